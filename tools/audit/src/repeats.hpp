// Role: finds values that stand twice among any number of them, in bounded memory.
#pragma once

#include <certledger/store/event_store.hpp>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace certledger::audit {

/// Values are told as 64-bit fingerprints with the positions that they stand at. What does not fit into
/// memory goes sorted into a nameless temporary file. Not thread-safe.
class Repeats {
  public:
    static constexpr std::size_t kMostInMemory = std::size_t{1} << 21U;

    explicit Repeats(std::size_t most_in_memory = kMostInMemory) : most_(most_in_memory) {}

    void add(std::uint64_t fingerprint, store::Position position);
    /// Tells of each position whose fingerprint stood at an earlier one: the two, in order of fingerprints.
    /// Two values may share a fingerprint: the caller looks. False: the temporary file failed.
    [[nodiscard]] bool finish(const std::function<void(store::Position first, store::Position again)>& told);

  private:
    struct Seen {
        std::uint64_t fingerprint;
        store::Position position;
        friend auto operator<=>(const Seen&, const Seen&) = default;
    };
    struct Closer {
        void operator()(std::FILE* file) const { std::fclose(file); }
    };
    class Run;
    void spill();

    std::size_t most_;
    std::vector<Seen> seen_;
    std::unique_ptr<std::FILE, Closer> file_;
    std::vector<std::size_t> runs_;  ///< Their lengths.
    bool failed_ = false;
};

}  // namespace certledger::audit

// Role: what `verify` remembers of each stream, in few octets, and how a stream is known there.
#pragma once

#include <array>
#include <certledger/events/enums.hpp>
#include <certledger/events/instant.hpp>
#include <certledger/store/event_store.hpp>
#include <optional>
#include <vector>

namespace certledger::audit {

/// 96 bits of a name's SHA-256 under a key that is drawn anew each time: nobody can choose two names that
/// meet, and among a thousand million streams it happens by chance once in 10^11 times.
struct NamePrint {
    std::uint64_t low = 0;
    std::uint32_t high = 0;
    friend bool operator==(const NamePrint&, const NamePrint&) = default;
};

/// Threads: const functions from any.
class NamePrints {
  public:
    NamePrints();
    [[nodiscard]] NamePrint of(std::string_view name) const;

  private:
    std::array<std::uint8_t, 16> key_{};
};

/// 40 octets.
struct StreamFold {
    std::uint64_t low = 0;
    std::uint32_t high = 0;
    std::uint32_t account = 0;   ///< Of its print.
    std::uint64_t last_and = 0;  ///< Position of the last record; its lowest octet is the status, 0: none.
    std::uint64_t version = 0;
    events::Instant first_at;

    [[nodiscard]] bool free() const noexcept { return last_and == 0; }
    [[nodiscard]] store::Position last() const noexcept { return last_and >> 8U; }
    [[nodiscard]] std::optional<events::Status> status() const;
    void set_last(store::Position position) { last_and = position << 8U | (last_and & 0xFFU); }
    void set_status(std::optional<events::Status> status);
};

/// A table of streams that takes no more than it was given. Not thread-safe.
class StreamFolds {
  public:
    /// Room for at least `most` streams, taken as it is needed: up to 92 octets for each while it grows.
    explicit StreamFolds(std::size_t most);

    /// The stream with that print, made when it is not there; null when it is not and there is no more
    /// room. Good until the next call. A made one is free until its last position is set, which must be done
    /// before the next call.
    [[nodiscard]] StreamFold* of(const NamePrint& print);
    [[nodiscard]] std::size_t size() const noexcept { return used_; }
    /// Forgets those that `keep` does not want.
    template <class Keep>
    void keep_only(const Keep& keep) {
        std::vector<StreamFold> kept;
        for (const StreamFold& fold : folds_)
            if (!fold.free() && keep(NamePrint{fold.low, fold.high})) kept.push_back(fold);
        refill(kept);
    }
    void clear() { refill({}); }

  private:
    [[nodiscard]] static std::size_t slot(const std::vector<StreamFold>& folds, const NamePrint& print);
    void grow();
    void refill(const std::vector<StreamFold>& kept);

    std::size_t most_;
    std::vector<StreamFold> folds_;  ///< Open addressing, a power of two.
    std::size_t used_ = 0;
};

}  // namespace certledger::audit

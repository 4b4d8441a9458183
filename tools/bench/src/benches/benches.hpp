// Role: one function a bench. Each measures in rounds and returns its Section; errors are Failures.
#pragma once

#include <certledger/tools/bench/bench.hpp>
#include <filesystem>

namespace certledger::bench {

/// What a bench works with.
struct Bed {
    const Options& options;
    std::filesystem::path folder;  ///< Exists; for whatever is made.

    void say(const std::string& what) const {
        if (options.progress) options.progress(what);
    }
    /// A folder below `folder` that is empty and goes with the returned value.
    class Scratch {
      public:
        explicit Scratch(std::filesystem::path path);
        Scratch(const Scratch&) = delete;
        Scratch& operator=(const Scratch&) = delete;
        ~Scratch();
        [[nodiscard]] const std::filesystem::path& path() const { return path_; }

      private:
        std::filesystem::path path_;
    };
    [[nodiscard]] Scratch scratch(const char* name) const { return Scratch(folder / name); }

    /// The made-up ledger of `options.certificates`; made when it is not there yet.
    [[nodiscard]] std::filesystem::path ledger() const;
};

[[nodiscard]] Section bench_append(const Bed& bed);
[[nodiscard]] Section bench_group(const Bed& bed);
[[nodiscard]] Section bench_replay(const Bed& bed);
[[nodiscard]] Section bench_verify(const Bed& bed);
[[nodiscard]] Section bench_views(const Bed& bed);
[[nodiscard]] Section bench_query(const Bed& bed);
[[nodiscard]] Section bench_archive(const Bed& bed);
[[nodiscard]] Section bench_machine(const Bed& bed);
[[nodiscard]] Section bench_startup(const Bed& bed);

}  // namespace certledger::bench

// Role: makes a ledger of any size for trials: a real one, written through the store.
#pragma once

#include <certledger/events/result.hpp>
#include <certledger/store/event_store.hpp>
#include <functional>
#include <string>

namespace certledger::bench {

inline constexpr std::uint64_t kMostCertificates = 50'000'000;

struct GenerateOptions {
    std::string folder;  ///< Where nothing or an empty folder is.
    std::uint64_t certificates = 10'000;
    std::uint64_t seed = 1;
    std::size_t records_per_append = 20'000;
    /// Told after each append.
    std::function<void(std::uint64_t certificates, std::uint64_t whole)> progress;
};

struct GenerateReport {
    std::uint64_t certificates = 0;
    std::uint64_t records = 0;
    std::uint64_t open = 0;        ///< Lives that go on at the end.
    std::uint64_t octets = 0;      ///< Of all records together.
    std::uint64_t log_octets = 0;  ///< Of the log's file.
    store::TreeHead tree;          ///< The same for the same certificates and seed.
    double seconds = 0;
};

/// Writes the ledger with simulated time. Each append is durable before the next begins. Memory: two appends
/// and the lives that are open (Workload), whatever the size. invalid_input: there is something already, or
/// more than kMostCertificates; outside: the folder cannot be written.
[[nodiscard]] Result<GenerateReport> generate(const GenerateOptions& options);

}  // namespace certledger::bench

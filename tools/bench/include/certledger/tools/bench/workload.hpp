// Role: records of made-up certificates' lives: what the benches append and what `bench generate` fills a
// ledger with.
//
// The lives are those that the rules allow: orders paid by price, quota or a predecessor's term, validation
// with failures, rejections and withdrawals, issue, deployment, renewal, revocation with its refund decision,
// expiry, deletion; 4 to 12 events each for most. They go on beside each other in the order of time.
#pragma once

#include <certledger/store/event_store.hpp>
#include <memory>
#include <vector>

namespace certledger::bench {

struct WorkloadOptions {
    std::uint64_t seed = 1;
    /// Certificates in all; 0: without end.
    std::uint64_t certificates = 0;
    /// Lives that go on at once, at most; a few more while renewals overlap.
    std::size_t open_max = 50'000;
};

/// The same options give the same records on every machine. Memory: bounded by the lives that are open.
/// Threads: one at a time.
class Workload {
  public:
    explicit Workload(const WorkloadOptions& options);
    ~Workload();
    Workload(const Workload&) = delete;
    Workload& operator=(const Workload&) = delete;

    /// Adds records until there are `records` of them or no more come; a command's records stay together, so
    /// that there may be some more. The first are those of a new ledger. False: nothing was added, it is
    /// over.
    bool next(std::vector<store::PendingRecord>& into, std::size_t records);

    /// Empties a vector of records that are done with, and uses their memory for the next ones.
    void recycle(std::vector<store::PendingRecord>& records);

    [[nodiscard]] std::uint64_t certificates() const;  ///< Begun so far.
    [[nodiscard]] std::size_t open() const;            ///< That go on.

  private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace certledger::bench

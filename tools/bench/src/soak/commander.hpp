// Role: gives commands to a ledger, as its own client would: certificates bought and taken through their
// lives.
#pragma once

#include <certledger/tools/engine/ledger.hpp>
#include <certledger/tools/evidence/keeper.hpp>
#include <deque>

#include "soak/parts.hpp"
#include "workload/random.hpp"

namespace certledger::bench {

/// One thread: the ledger's.
class Commander {
  public:
    Commander(engine::Ledger& ledger, SoakRun& run, std::uint64_t seed);

    /// Some commands in one commit, and a checkpoint when it is time for one. Adds to the run's faults what
    /// must not be.
    void step();

  private:
    enum class Stage { bought, applied, validated, issued, to_revoke, to_delete };
    struct Life {
        std::string id;
        std::string name;
        Stage stage = Stage::bought;
    };

    [[nodiscard]] domain::Command buy(Life& life);
    [[nodiscard]] domain::Command next(const Life& life);
    void move_on(Life life);
    void submit(Life life, domain::Command command);
    void flush();

    engine::Ledger& ledger_;
    SoakRun& run_;
    Random random_;
    evidence::EvidenceKeeper keeper_;
    std::deque<Life> lives_;
    std::vector<Life> waiting_;  ///< In the order of the commands that were submitted.
    std::uint64_t made_ = 0;
    std::uint64_t commands_ = 0;
};

}  // namespace certledger::bench

// Role: the engines that the contract suite runs over.
#pragma once

#include <certledger/store/event_store.hpp>
#include <memory>

namespace certledger::store::testing {

enum class EngineKind {
    memory,
    lmdb,
    lmdb_small_runs,  ///< Index flushed every few records and merged all the time.
    lmdb_collisions,  ///< Small runs, and only four different hashes.
};

/// One empty log; what it has on disk goes with the object.
class Engine {
  public:
    virtual ~Engine() = default;
    virtual EventStore& store() = 0;
};

[[nodiscard]] std::unique_ptr<Engine> make_engine(EngineKind kind);

}  // namespace certledger::store::testing

/// The generator of the suite: each test runs once with each engine.
#define CERTLEDGER_EACH_ENGINE                                                                             \
    GENERATE(certledger::store::testing::EngineKind::memory, certledger::store::testing::EngineKind::lmdb, \
             certledger::store::testing::EngineKind::lmdb_small_runs,                                      \
             certledger::store::testing::EngineKind::lmdb_collisions)

#include "support/engines.hpp"

#include <certledger/store/lmdb/lmdb_store.hpp>
#include <certledger/store/memory_store.hpp>
#include <stdexcept>

#include "support/records.hpp"
#include "support/scratch.hpp"

namespace certledger::store::testing {
namespace {

class MemoryEngine final : public Engine {
  public:
    EventStore& store() override { return store_; }

  private:
    MemoryStore store_{keys_of};
};

class LmdbEngine final : public Engine {
  public:
    explicit LmdbEngine(const lmdb::LmdbStoreOptions& options) {
        auto made = lmdb::LmdbStore::create(scratch_ / "log", options);
        if (!made) throw std::runtime_error(made.error().message);
        store_ = std::move(*made);
    }
    EventStore& store() override { return *store_; }

  private:
    Scratch scratch_;
    std::unique_ptr<lmdb::LmdbStore> store_;
};

lmdb::LmdbStoreOptions options_for(EngineKind kind) {
    lmdb::LmdbStoreOptions options;
    options.keys_of = keys_of;
    // What a power cut would leave is not what this suite is about.
    options.durable = false;
    if (kind == EngineKind::lmdb) return options;
    options.flush_at = 3;
    options.index_fan_in = 2;
    options.heads_max = 4;
    if (kind == EngineKind::lmdb_collisions) options.index_hash_mask = 0x3;
    return options;
}

}  // namespace

std::unique_ptr<Engine> make_engine(EngineKind kind) {
    if (kind == EngineKind::memory) return std::make_unique<MemoryEngine>();
    return std::make_unique<LmdbEngine>(options_for(kind));
}

}  // namespace certledger::store::testing

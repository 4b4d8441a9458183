#include "support/engines.hpp"

#include <certledger/store/memory_store.hpp>
#include <stdexcept>

#include "support/records.hpp"

namespace certledger::store::testing {
namespace {

class MemoryEngine final : public Engine {
  public:
    EventStore& store() override { return store_; }

  private:
    MemoryStore store_{keys_of};
};

}  // namespace

std::unique_ptr<Engine> make_engine(EngineKind) { return std::make_unique<MemoryEngine>(); }

}  // namespace certledger::store::testing

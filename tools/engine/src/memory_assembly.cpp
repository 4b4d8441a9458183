#include <certledger/adapters/system/identity.hpp>
#include <certledger/store/memory_store.hpp>
#include <certledger/tools/engine/assembly.hpp>
#include <certledger/tools/engine/record_keys.hpp>
#include <map>

namespace certledger::engine {
namespace {

class MemoryKeyValue final : public adapters::vault::KeyValue {
  public:
    Result<std::optional<events::Bytes>> get(std::string_view key) const override {
        const auto found = values_.find(key);
        if (found == values_.end()) return std::optional<events::Bytes>{};
        return std::optional<events::Bytes>{found->second};
    }
    Result<void> apply(const std::vector<adapters::vault::Change>& changes) override {
        for (const auto& change : changes) {
            if (change.value) {
                values_.insert_or_assign(change.key, *change.value);
            } else {
                values_.erase(change.key);
            }
        }
        return {};
    }
    Result<void> for_each(
        std::string_view prefix,
        const std::function<void(std::string_view, const events::Bytes&)>& visit) const override {
        for (auto at = values_.lower_bound(prefix); at != values_.end() && at->first.starts_with(prefix);
             ++at) {
            visit(at->first, at->second);
        }
        return {};
    }

  private:
    std::map<std::string, events::Bytes, std::less<>> values_;
};

}  // namespace

Assembly memory_assembly() {
    Assembly assembly;
    assembly.log = std::make_unique<store::MemoryStore>(&record_keys);
    assembly.open_rows = [](bool) {
        return Result<std::unique_ptr<projections::RowStore>>(
            std::make_unique<projections::MemoryRowStore>());
    };
    assembly.open_secrets = [] {
        return Result<std::unique_ptr<adapters::vault::KeyValue>>(std::make_unique<MemoryKeyValue>());
    };
    std::array<std::uint8_t, 32> key{};
    adapters::system::fill_random(key);
    assembly.master_key = events::to_hex(key.data(), key.size());
    assembly.path = "(memory)";
    return assembly;
}

}  // namespace certledger::engine

// Role: a KeyValue in memory, with a switch that makes it fail.
#pragma once

#include <certledger/adapters/vault/key_value.hpp>
#include <map>

namespace certledger::test {

class MemoryStore final : public adapters::vault::KeyValue {
  public:
    std::map<std::string, events::Bytes, std::less<>> rows;
    bool full = false;
    int batches = 0;

    Result<std::optional<events::Bytes>> get(std::string_view key) const override {
        const auto at = rows.find(key);
        return at == rows.end() ? std::nullopt : std::optional(at->second);
    }
    Result<void> apply(const std::vector<adapters::vault::Change>& changes) override {
        if (full) {
            return fail(ErrorKind::outside, "store: no space left");
        }
        ++batches;
        for (const auto& change : changes) {
            if (change.value) {
                rows[change.key] = *change.value;
            } else {
                rows.erase(change.key);
            }
        }
        return {};
    }
    Result<void> for_each(
        std::string_view prefix,
        const std::function<void(std::string_view, const events::Bytes&)>& visit) const override {
        for (const auto& [key, value] : rows) {
            if (std::string_view(key).starts_with(prefix)) {
                visit(key, value);
            }
        }
        return {};
    }
    /// Whether the text stands anywhere in what is stored.
    [[nodiscard]] bool holds(std::string_view text) const {
        for (const auto& [key, value] : rows) {
            if (std::string_view(reinterpret_cast<const char*>(value.data()), value.size()).find(text) !=
                std::string_view::npos) {
                return true;
            }
        }
        return false;
    }
};

}  // namespace certledger::test

#include "pays_json.hpp"

namespace certledger::events::json {
namespace {

constexpr const char* kForm = "\"term\", {\"quota\":id} or {\"price\":amount}";

}  // namespace

OrderedJson JsonValue<domain::Pays>::write(const domain::Pays& value) {
    if (value.quota) return {{"quota", value.quota->value}};
    if (value.price) return {{"price", JsonValue<Money>::write(*value.price)}};
    return "term";
}

tl::expected<domain::Pays, std::string> JsonValue<domain::Pays>::read(const Json& value) {
    domain::Pays pays;
    if (value == "term") return pays;
    if (value.is_string()) return tl::make_unexpected(must_be_shown(kForm, value));
    if (!value.is_object() || value.size() != 1) return tl::make_unexpected(must_be(kForm, value));
    if (const auto quota = value.find("quota"); quota != value.end()) {
        auto id = JsonValue<QuotaId>::read(*quota);
        if (!id) return tl::make_unexpected("has a quota that " + id.error());
        pays.kind = RenewalPayment::quota;
        pays.quota = std::move(*id);
        return pays;
    }
    if (const auto price = value.find("price"); price != value.end()) {
        const auto amount = JsonValue<Money>::read(*price);
        if (!amount) return tl::make_unexpected("has a price that " + amount.error());
        pays.kind = RenewalPayment::price;
        pays.price = *amount;
        return pays;
    }
    return tl::make_unexpected(must_be(kForm, value));
}

OrderedJson JsonValue<domain::Pays>::schema() {
    const auto only = [](const char* name, OrderedJson schema) {
        return OrderedJson{{"type", "object"},
                           {"properties", {{name, std::move(schema)}}},
                           {"required", OrderedJson::array({name})},
                           {"additionalProperties", false}};
    };
    return {{"oneOf",
             OrderedJson::array({OrderedJson{{"const", "term"}}, only("quota", JsonValue<QuotaId>::schema()),
                                 only("price", JsonValue<Money>::schema())})}};
}

}  // namespace certledger::events::json

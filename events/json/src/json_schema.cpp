#include <certledger/events/contract.hpp>
#include <certledger/events/json/json_schema.hpp>

namespace certledger::events::json {

void SchemaArchive::add(const std::string& name, OrderedJson schema, bool required) {
    Members& members = in_alternative_ ? alternatives_.back() : common_;
    CERTLEDGER_CHECK(!common_.properties.contains(name) && !members.properties.contains(name));
    members.properties[name] = std::move(schema);
    if (required) members.required.push_back(name);
}

void SchemaArchive::begin_alternative(const char* key, const std::string& tag) {
    CERTLEDGER_CHECK(alternatives_.empty() || in_alternative_);
    in_alternative_ = true;
    alternatives_.emplace_back();
    add(key, {{"const", tag}}, true);
}

void SchemaArchive::end_alternatives() { in_alternative_ = false; }

OrderedJson SchemaArchive::finish() const {
    const auto object = [this](const Members& own) {
        OrderedJson properties = common_.properties;
        properties.update(own.properties);
        OrderedJson required = common_.required;
        for (const auto& name : own.required) required.push_back(name);
        return OrderedJson{{"type", "object"},
                           {"properties", std::move(properties)},
                           {"required", std::move(required)},
                           {"additionalProperties", false}};
    };
    if (alternatives_.empty()) return object({});
    OrderedJson one_of = OrderedJson::array();
    for (const Members& alternative : alternatives_) one_of.push_back(object(alternative));
    return {{"type", "object"}, {"oneOf", std::move(one_of)}};
}

}  // namespace certledger::events::json

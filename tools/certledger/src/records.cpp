#include "records.hpp"

#include <array>
#include <certledger/events/json/record_json.hpp>
#include <certledger/store/tlog/hash.hpp>

#include "report.hpp"

namespace certledger::cli {
namespace {

using events::json::OrderedJson;

/// Members of events that say the most, in the order in which they are said.
constexpr std::array<std::string_view, 27> kTelling{
    "code",   "command", "name",   "names",  "target", "validation", "method",      "format",    "reason",
    "cause",  "message", "serial", "amount", "price",  "payment",    "count",       "unit",      "quota",
    "origin", "policy",  "days",   "at",     "forced", "successor",  "certificate", "reference", "not_after"};

std::string value_text(const OrderedJson& value) {
    if (value.is_string()) return value.get<std::string>();
    if (value.is_array()) {
        std::string text;
        for (const auto& element : value) text += (text.empty() ? "" : ", ") + value_text(element);
        return text;
    }
    if (value.is_object()) {
        if (value.contains("unicode")) return value_text(value["unicode"]);
        if (value.contains("kind")) return value_text(value["kind"]);
        if (value.contains("id"))
            return value_text(value["id"]) + " version " + value.value("version", OrderedJson()).dump();
        return {};
    }
    return value.dump();
}

}  // namespace

Result<OrderedJson> record_json(const events::RecordView& record, std::span<const std::uint8_t> bytes) {
    return events::json::record_to_object(record, store::tlog::leaf_hash(bytes));
}

std::string record_gist(const events::RecordView& record) {
    const auto object = events::json::record_to_object(record, std::nullopt);
    if (!object) return object.error().message;
    const OrderedJson& data = (*object)["data"];
    std::string text;
    for (const auto name : kTelling) {
        const auto member = data.find(name);
        if (member == data.end() || member->is_null() || *member == false) continue;
        std::string value = member->is_boolean() ? std::string(name) : value_text(*member);
        // A number or an end says nothing without a word beside it.
        if (member->is_number()) value = std::string(name) + " " + value;
        if (name == "not_after") value = "until " + value;
        if (!value.empty()) text += (text.empty() ? "" : " · ") + value;
    }
    return text;
}

Table record_table(bool with_stream) {
    // The log is skimmed, one line a record; the life of one certificate is read.
    if (with_stream) {
        return Table({{"POSITION", true, true},
                      {"TIME", false, true, 0, 1},
                      {"EVENT", false, false, 16},
                      {"STREAM", false, false, 16, 2},
                      {"ACTOR", false, false, 5, 3},
                      {"WHAT", false, false, 12, 4}});
    }
    return Table({{"POSITION", true, true},
                  {"TIME", false, true, 0, 2},
                  {"EVENT", false, true},
                  {"ACTOR", false, false, 5, 1},
                  {"WHAT", false, false, 14, 0, true}});
}

void add_record(Table& table, const events::RecordView& record, bool with_stream) {
    std::vector<Cell> row{{std::to_string(record.position), Style::faint},
                          {shown(record.occurred_at)},
                          {std::string(events::to_name(record.type)), Style::strong}};
    if (with_stream) row.push_back({std::string(record.stream)});
    row.push_back({std::string(record.actor), Style::faint});
    row.push_back({record_gist(record)});
    table.add(std::move(row));
}

}  // namespace certledger::cli

// Role: records of the log as people and machines read them.
#pragma once

#include <certledger/events/envelope.hpp>
#include <certledger/events/json/json.hpp>
#include <certledger/events/result.hpp>
#include <span>
#include <string>

#include "output/table.hpp"

namespace certledger::cli {

/// The form of interface section 4, with the leaf hash.
[[nodiscard]] Result<events::json::OrderedJson> record_json(const events::RecordView& record,
                                                            std::span<const std::uint8_t> bytes);

/// What an event says in a few words: names, cause, target, amount. Without sealed data.
[[nodiscard]] std::string record_gist(const events::RecordView& record);

/// A table of records: POSITION, TIME, EVENT, STREAM when `with_stream`, ACTOR, WHAT.
[[nodiscard]] Table record_table(bool with_stream);
void add_record(Table& table, const events::RecordView& record, bool with_stream);

}  // namespace certledger::cli

// Role: what changed between two points of the log, stream by stream.
#pragma once

#include <certledger/events/json/json.hpp>
#include <certledger/events/result.hpp>
#include <certledger/projections/query_point.hpp>
#include <certledger/store/event_store.hpp>
#include <certledger/tools/engine/ledger.hpp>
#include <optional>
#include <string>
#include <vector>

namespace certledger::audit {

/// A field that is not the same at both points; null where there was nothing.
struct Change {
    std::string field;
    events::json::OrderedJson before;
    events::json::OrderedJson after;
};

/// A certificate, a quota, or the policies of the ledger or of an account.
struct ChangedStream {
    std::string stream;
    std::string account;
    std::optional<std::string> certificate;  ///< Its id, where the stream is one.
    std::optional<std::string> quota;
    std::uint64_t records = 0;  ///< Of this stream, between the points.
    std::vector<Change> changes;
};

struct Diff {
    store::Position from = 0;
    store::Position to = 0;
    std::vector<ChangedStream> items;  ///< In the order of the streams' names.
};

/// Compares the views at two points (`to` missing: the head), each at its own clock, for every stream that
/// records between them are about, and for certificates that those touch without a record of their own (a
/// target taken over, a successor that was issued). Days left, which run by themselves, are no change.
/// invalid_input: `from` is behind `to`. Nothing may be pending.
[[nodiscard]] Result<Diff> diff(engine::Ledger& ledger, const projections::AsOf& from,
                                const std::optional<projections::AsOf>& to);

}  // namespace certledger::audit

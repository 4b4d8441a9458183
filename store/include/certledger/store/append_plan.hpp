// Role: the half of an append that every engine shares: what may be appended, whether the expectations hold,
// and the octets, positions and tree leaves that follow. An engine adds only what it stores and how.
#pragma once

#include <certledger/store/event_store.hpp>
#include <functional>

namespace certledger::store {

/// Most octets that one append may take together.
inline constexpr std::size_t kMaxAppendSize = std::size_t{256} << 20U;

/// The end of a stream before the append; version 0 when there is no such stream.
using StreamHeadSource = std::function<Result<StreamHead>(std::string_view stream)>;

/// Position of the newest record that carries the key, as its stream or by KeysOf; 0 for none. Answers below
/// `decided_at` need not be exact.
using NewestSource = std::function<Result<Position>(std::string_view key)>;

/// An append ready to be written: a value, tied to the head it was planned on.
struct AppendPlan {
    events::Bytes octets;                ///< The records, one behind the other.
    std::vector<std::uint32_t> offsets;  ///< Where each record begins; one more for the end.
    std::vector<events::Digest> leaves;  ///< Leaf hash of each record.
    std::vector<Stored> stored;
    Head head;  ///< The log's end after the append.

    [[nodiscard]] std::size_t count() const { return stored.size(); }
    [[nodiscard]] std::span<const std::uint8_t> record(std::size_t index) const {
        return std::span(octets).subspan(offsets[index], offsets[index + 1] - offsets[index]);
    }
};

/// What can be told without the log. No records: contract violation. invalid_input names the record, the
/// field and the limit: a record over kMaxRecordSize, all over kMaxAppendSize, a text that is not well-formed
/// UTF-8, a stream without a name, an instant out of range, a schema version of 0.
[[nodiscard]] Result<void> check_append(const Append& append);

/// Conflict when the newest record of one of `reads` lies behind `decided_at`.
[[nodiscard]] Result<void> check_reads(const Append& append, const NewestSource& newest);

/// Checks the expectations and gives each record its position, version, previous and recorded_at. The append
/// must have passed check_append. Conflict: an expectation does not hold; errors of the source are passed on.
[[nodiscard]] Result<AppendPlan> plan_append(const Append& append, const Head& head,
                                             const StreamHeadSource& stream_head);

}  // namespace certledger::store

// Role: the half of an append that every engine shares: what may be appended, whether the expectations hold,
// and the octets, positions and tree leaves that follow. An engine adds only what it stores and how.
#pragma once

#include <certledger/store/event_store.hpp>
#include <certledger/store/name_print.hpp>
#include <functional>
#include <unordered_map>

namespace certledger::store {

/// Most octets that one append may take together.
inline constexpr std::size_t kMaxAppendSize = std::size_t{256} << 20U;

/// The end of a stream before the append; version 0 when there is no such stream.
using StreamHeadSource = std::function<Result<StreamHead>(std::string_view stream, const NamePrint& print)>;

/// Position of the newest record that carries the key, as its stream or by KeysOf; 0 for none. An answer
/// below `above` need not be exact.
using NewestSource = std::function<Result<Position>(std::string_view key, Position above)>;

/// Where a stream ends once a plan is written.
struct StreamEnd {
    std::string_view stream;
    NamePrint print;
    StreamHead head;
};

/// Appends ready to be written: a value, tied to the head they were planned on. The names in `ends` are those
/// in the appends.
struct AppendPlan {
    events::Bytes octets;                ///< The records, one behind the other.
    std::vector<std::uint32_t> offsets;  ///< Where each record begins; one more for the end.
    std::vector<events::Digest> leaves;  ///< Leaf hash of each record.
    std::vector<Stored> stored;
    std::vector<StreamEnd> ends;  ///< Of each stream that is written to, once.
    Head head;                    ///< The log's end after the append.

    [[nodiscard]] std::size_t count() const { return stored.size(); }
    [[nodiscard]] std::span<const std::uint8_t> record(std::size_t index) const {
        return std::span(octets).subspan(offsets[index], offsets[index + 1] - offsets[index]);
    }
};

/// What can be told without the log. No records: contract violation. invalid_input names the record, the
/// field and the limit: a record over kMaxRecordSize, all over kMaxAppendSize, a text that is not well-formed
/// UTF-8, a stream without a name, an instant out of range, a schema version of 0. Gives the octets of all.
[[nodiscard]] Result<std::size_t> check_append(const Append& append);

/// Plans appends one behind the other. Threads: one. Lifetime: the appends outlive it and its plan.
class AppendPlanner {
  public:
    /// What the log says.
    struct Log {
        Head head;
        StreamHeadSource stream_head;
        NewestSource newest;
        KeysOf keys_of = nullptr;
    };
    /// How many records and octets are to come is known best beforehand; more or fewer may. The memory of an
    /// earlier plan serves again: fresh memory costs as much as what is written to it.
    AppendPlanner(Log log, std::size_t records, std::size_t octets = 0, AppendPlan memory = {});

    /// Holds what the append expects and has read against the log and what was planned before, then gives
    /// each record its position, version, previous and recorded_at. The append must have passed
    /// check_append. Conflict: something does not hold, nothing was planned. Errors of the log are passed
    /// on; the plan is not good for anything then.
    [[nodiscard]] Result<void> add(const Append& append);

    [[nodiscard]] std::size_t count() const { return plan_.count(); }
    [[nodiscard]] AppendPlan take();

  private:
    /// The end of a stream as the plan goes along.
    struct Known {
        StreamEnd end;
        bool written = false;
    };
    /// Part of the print spares a look at streams that only share the slot.
    struct Slot {
        std::uint32_t part = 0;
        std::uint32_t known = kNone;
    };
    static constexpr std::uint32_t kNone = ~std::uint32_t{0};

    [[nodiscard]] Result<void> check_reads(const Append& append);
    [[nodiscard]] Result<void> check_expectations(const Append& append);
    [[nodiscard]] Position planned_with(std::string_view key);
    [[nodiscard]] std::size_t slot_of(const NamePrint& print) const;
    [[nodiscard]] Result<Known*> known(std::string_view stream);
    void grow_slots();

    Log log_;
    AppendPlan plan_;
    std::size_t used_ = 0;  ///< Of the plan's octets.
    /// The streams that were met. A table of its own: the standard map's allocations would take as long as
    /// encoding the records.
    std::vector<Known> known_;
    std::vector<Slot> slots_;  ///< Open addressing by print: index into known_.
    /// Keys of the first keyed_ planned records, gathered when an append has read something.
    std::unordered_map<std::string, Position> keys_;
    std::size_t keyed_ = 0;
};

}  // namespace certledger::store

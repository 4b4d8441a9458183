// Role: the port to the event log. Two engines implement it (memory_store.hpp, lmdb/lmdb_store.hpp) and pass
// one contract suite (tests/store/contract).
//
// The log is one sequence of records (events/envelope.hpp) with positions from 1 and no gaps; each record
// belongs to a stream, with versions from 1 and no gaps. An append writes its records, for any number of
// streams, in one atomic and durable step; the Merkle tree's right edge moves in the same step. Nothing is
// ever changed or removed.
#pragma once

#include <certledger/events/digest.hpp>
#include <certledger/events/envelope.hpp>
#include <certledger/events/ids.hpp>
#include <certledger/events/result.hpp>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace certledger::store {

/// Position of a record in the log, from 1; 0 stands for "before the first".
using Position = std::uint64_t;

/// What a writer believes about a stream before its append.
struct ExpectedVersion {
    enum class Kind { any, no_stream, stream_exists, exact };
    Kind kind = Kind::any;
    std::uint64_t version = 0;  ///< With `exact`; 0 means the same as no_stream.

    [[nodiscard]] static ExpectedVersion any() { return {Kind::any, 0}; }
    [[nodiscard]] static ExpectedVersion no_stream() { return {Kind::no_stream, 0}; }
    [[nodiscard]] static ExpectedVersion stream_exists() { return {Kind::stream_exists, 0}; }
    [[nodiscard]] static ExpectedVersion exact(std::uint64_t version) { return {Kind::exact, version}; }

    /// Whether a stream at `actual` (0: no stream) is what was expected.
    [[nodiscard]] bool met_by(std::uint64_t actual) const noexcept;
};

struct Expectation {
    events::StreamId stream;
    ExpectedVersion expected;
};

/// An event to append: all of a record but what only the log can know (position, version, previous,
/// recorded_at).
struct PendingRecord {
    events::StreamId stream;
    events::EventType type = events::EventType::ledger_created;
    std::uint16_t schema = 1;
    events::Instant occurred_at;
    events::Instant not_before;  ///< recorded_at becomes max(recorded_at of the record before, this).
    events::Uuid id;
    events::Uuid causation;
    events::CommandDigest command_digest{};
    std::string actor;
    std::string account;
    std::string command;
    std::string correlation;
    events::Bytes payload;
};

/// One atomic append. The order of the records is the order of their positions.
///
/// `reads` names what the decision behind it was based on, as keys: stream names and the keys that KeysOf
/// gives. When a record behind `decided_at` carries one of them, the append conflicts.
struct Append {
    std::vector<PendingRecord> records;
    std::vector<Expectation> expectations;  ///< Looked at before the first record is written.
    std::vector<std::string> reads;
    Position decided_at = 0;
};

/// Where one record went.
struct Stored {
    std::uint64_t version = 0;
    Position position = 0;
};

/// The end of the log.
struct Head {
    Position position = 0;        ///< 0: the log is empty.
    events::Instant recorded_at;  ///< Of the last record.
    friend bool operator==(const Head&, const Head&) = default;
};

/// The end of one stream.
struct StreamHead {
    std::uint64_t version = 0;
    Position position = 0;
};

/// A root of the tree over the first `size` records (RFC 9162 section 2.1).
struct TreeHead {
    std::uint64_t size = 0;
    events::Digest root{};
    friend bool operator==(const TreeHead&, const TreeHead&) = default;
};

/// Names the keys under which a record can be found again besides its stream; none for most. Must be a pure
/// function.
using KeysOf = void (*)(const events::RecordView& record, std::vector<std::string>& keys);

/// Receives a record; its views hold until it returns. False ends the reading.
using RecordVisitor =
    std::function<bool(const events::RecordView& record, std::span<const std::uint8_t> bytes)>;

/// Receives records that stand one behind the other, from position `first` on; the octets hold until it
/// returns. False ends the reading.
using BatchVisitor =
    std::function<bool(Position first, std::span<const std::span<const std::uint8_t>> records)>;

enum class Direction { forward, backward };

/// Durability: what append() has returned survives the end of the process and, for a stored log, a power cut.
/// Threads: every function may be called from any thread; appends are put one after another. Lifetime: an
/// engine outlives its subscriptions. Damage found while reading throws OutcomeUnknown only where no Result
/// can say so; otherwise it is ErrorKind::damaged.
class EventStore {
  public:
    EventStore() = default;
    EventStore(const EventStore&) = delete;
    EventStore& operator=(const EventStore&) = delete;
    virtual ~EventStore() = default;

    /// Appends all records or none. Empty `records` is a contract violation.
    /// ErrorKind::conflict: an expectation or a read does not hold, nothing was written; read again and
    /// decide again. ErrorKind::outside: the disk or the map is full, nothing was written. Throws
    /// OutcomeUnknown when the commit failed in a way that leaves the outcome open.
    [[nodiscard]] virtual Result<std::vector<Stored>> append(const Append& append) = 0;

    /// Several appends, each all or nothing for itself and in this order: what one expects and has read is
    /// held against the log as the ones before it leave it. An engine may make them durable in one step;
    /// this one does them one by one. An outcome for each, as of append(); when the step itself fails, all
    /// that would have been written have its error. Throws OutcomeUnknown as append() does.
    [[nodiscard]] virtual std::vector<Result<std::vector<Stored>>> append_all(
        std::span<const Append> appends);

    [[nodiscard]] virtual Head head() const = 0;
    [[nodiscard]] virtual std::optional<StreamHead> stream_head(std::string_view stream) const = 0;

    /// Visits the records of a stream with from <= version <= to in the direction asked for.
    [[nodiscard]] virtual Result<void> read_stream(std::string_view stream, std::uint64_t from,
                                                   std::uint64_t to, Direction direction,
                                                   const RecordVisitor& visit) const = 0;

    /// Visits the records with from <= position <= to, in order. Bounded memory; no snapshot is held open
    /// longer than a batch, so records that are appended meanwhile are seen when `to` reaches beyond them.
    [[nodiscard]] virtual Result<void> read_all(Position from, Position to,
                                                const RecordVisitor& visit) const = 0;

    /// As read_all, but gives octets as they lie in the log, unchecked, many at a time: for who checks
    /// them, or has done so. Each record reaches at least to the end of its envelope.
    [[nodiscard]] virtual Result<void> read_batches(Position from, Position to,
                                                    const BatchVisitor& visit) const;

    /// The octets of one record; ErrorKind::not_found behind the head.
    [[nodiscard]] virtual Result<events::Bytes> record(Position position) const = 0;

    /// Visits the records that carry the key (see KeysOf), newest first.
    [[nodiscard]] virtual Result<void> find(std::string_view key, const RecordVisitor& visit) const = 0;

    /// Root over the first `size` records; not_found when the log is shorter.
    [[nodiscard]] virtual Result<TreeHead> tree_head(std::uint64_t size) const = 0;
    /// RFC 9162 section 2.1.3: path from the leaf `index` (position - 1) to the root over `size` records.
    [[nodiscard]] virtual Result<std::vector<events::Digest>> inclusion_proof(std::uint64_t index,
                                                                              std::uint64_t size) const = 0;
    /// RFC 9162 section 2.1.4.
    [[nodiscard]] virtual Result<std::vector<events::Digest>> consistency_proof(std::uint64_t from,
                                                                                std::uint64_t to) const = 0;
};

}  // namespace certledger::store

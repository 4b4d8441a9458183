#include <algorithm>
#include <certledger/domain/lifecycle/machine.hpp>
#include <certledger/events/events.hpp>
#include <certledger/events/fixed_fields.hpp>
#include <certledger/events/record_scan.hpp>
#include <certledger/store/tlog/right_edge.hpp>
#include <certledger/tools/audit/sweep.hpp>
#include <chrono>
#include <mutex>
#include <thread>

#include "stream_table.hpp"

namespace certledger::audit {
namespace {

using events::EventType;
using events::RecordScan;
using store::Position;

/// Records whose checksums and leaves one thread does; a complete subtree, so that it is one node of the
/// tree.
constexpr Position kStretch = 4096;
/// How far ahead the table of streams is asked for.
constexpr std::size_t kAhead = 16;

/// What each type code of a record means for the fold.
struct TypeFacts {
    std::optional<EventType> type;
    bool of_certificate = false;
    std::optional<std::size_t> payment_at;  ///< Offset of what was paid.
    std::optional<std::size_t> granted_at;  ///< Offset of what is given back.
};

std::vector<TypeFacts> facts_by_code() {
    std::vector<TypeFacts> facts;
    for (const auto& entry : events::EnumTraits<EventType>::entries) {
        const auto code = static_cast<std::size_t>(entry.value);
        if (facts.size() <= code) facts.resize(code + 1);
        facts[code].type = entry.value;
        facts[code].of_certificate = events::certificate_event(entry.value);
    }
    const auto at = [&](EventType type) -> TypeFacts& { return facts[static_cast<std::size_t>(type)]; };
    using events::fixed_offset;
    at(EventType::certificate_purchased).payment_at = fixed_offset<events::CertificatePurchased>("payment");
    at(EventType::certificate_created).payment_at = fixed_offset<events::CertificateCreated>("payment");
    at(EventType::refund_granted).granted_at = fixed_offset<events::RefundGranted>("amount");
    return facts;
}

/// One thread's share: the streams whose hash falls to it, and every so many stretches of the log.
class Sweeper {
  public:
    Sweeper(const store::EventStore& log, const SweepOptions& options, const std::vector<TypeFacts>& facts,
            unsigned index, unsigned count, Position head)
        : log_(log), options_(options), facts_(facts), index_(index), count_(count), head_(head) {}

    void run() {
        outcome_ = log_.read_batches(1, head_, [&](Position first, auto records) {
            take(first, records);
            if (index_ == 0 && options_.progress) options_.progress(first + records.size() - 1, head_);
            return true;
        });
    }

    [[nodiscard]] const Result<void>& outcome() const { return outcome_; }
    [[nodiscard]] const std::vector<std::pair<Position, events::Digest>>& stretches() const {
        return stretches_;
    }
    [[nodiscard]] const std::vector<events::Digest>& open_leaves() const { return leaves_; }

    void add_to(SweepReport& report) const {
        report.octets += octets_;
        report.streams += streams_.size();
        report.bad_records += bad_records_;
        if (first_fault_ && (!report.first_fault || first_fault_->first < report.first_fault->first))
            report.first_fault = first_fault_;
        streams_.each([&](const StreamTable::Stream& stream) {
            if (stream.status) ++report.certificates[*stream.status];
        });
        for (const auto& [currency, minor] : paid_) report.paid[currency] += minor;
        for (const auto& [currency, minor] : refunded_) report.refunded[currency] += minor;
    }

  private:
    using Records = std::span<const std::span<const std::uint8_t>>;

    void take(Position first, Records records) {
        hashes_.resize(records.size());
        for (std::size_t i = 0; i < records.size(); ++i) {
            const std::uint64_t hash = StreamTable::hash_of(RecordScan(records[i]).stream());
            hashes_[i] = hash;
            if (mine(hash)) streams_.prefetch(hash);
            if (i >= kAhead) fold_if_mine(first, records, i - kAhead);
            take_octets(first + i, records[i]);
        }
        for (std::size_t i = records.size() - std::min(records.size(), kAhead); i < records.size(); ++i)
            fold_if_mine(first, records, i);
    }

    [[nodiscard]] bool mine(std::uint64_t hash) const { return (hash >> 48U) % count_ == index_; }

    void fold_if_mine(Position first, Records records, std::size_t i) {
        if (mine(hashes_[i])) fold(first + i, hashes_[i], RecordScan(records[i]));
    }

    void fold(Position position, std::uint64_t hash, const RecordScan& record) {
        StreamTable::Stream& stream = streams_.of(hash);
        if (record.position() != position) fault(position, "it says another position");
        if (record.version() != stream.version + 1 || record.previous() != stream.last)
            fault(position, "its version or previous does not follow those of its stream");
        stream.version = record.version();
        stream.last = position;
        const std::uint16_t code = record.type_code();
        if (code >= facts_.size() || !facts_[code].type) return fault(position, "an unknown event type");
        const TypeFacts& facts = facts_[code];
        if (!facts.of_certificate) return;
        const auto to = lifecycle::next(stream.status, *facts.type);
        if (!to) return fault(position, "the lifecycle machine forbids it");
        stream.status = *to;
        if (facts.payment_at) add_money(paid_, record, *facts.payment_at);
        if (facts.granted_at) add_money(refunded_, record, *facts.granted_at);
    }

    static void add_money(std::map<std::string, std::int64_t>& sums, const RecordScan& record,
                          std::size_t at) {
        const auto payload = record.payload();
        if (payload.size() < at + 11) return;
        const auto money = events::decode<events::Money>(payload.subspan(at, 11));
        if (money && money->minor > 0) sums[std::string(money->currency.text())] += money->minor;
    }

    /// Checksum and leaf of the records in this thread's stretches.
    void take_octets(Position position, std::span<const std::uint8_t> octets) {
        const Position stretch = (position - 1) / kStretch;
        if (stretch % count_ != index_) return;
        octets_ += octets.size();
        if (options_.checksums && !RecordScan(octets).checksum_holds())
            fault(position, "its checksum does not match");
        if (!options_.leaves) return;
        leaves_.push_back(store::tlog::leaf_hash(octets));
        if (position % kStretch != 0) return;
        store::tlog::RightEdge edge;
        edge.append(leaves_);
        stretches_.emplace_back(stretch, edge.root());
        leaves_.clear();
    }

    void fault(Position position, const char* rule) {
        ++bad_records_;
        if (!first_fault_) first_fault_.emplace(position, rule);
    }

    const store::EventStore& log_;
    const SweepOptions& options_;
    const std::vector<TypeFacts>& facts_;
    const unsigned index_;
    const unsigned count_;
    const Position head_;

    StreamTable streams_;
    std::vector<std::uint64_t> hashes_;
    std::vector<events::Digest> leaves_;  ///< Of a stretch that is not complete.
    std::vector<std::pair<Position, events::Digest>> stretches_;
    std::map<std::string, std::int64_t> paid_;
    std::map<std::string, std::int64_t> refunded_;
    std::uint64_t octets_ = 0;
    std::uint64_t bad_records_ = 0;
    std::optional<std::pair<Position, std::string>> first_fault_;
    Result<void> outcome_;
};

/// RFC 9162 section 2.1.1: a tree is its largest complete subtree beside what is left, so complete stretches
/// can stand for leaves, and what is left of the last one goes to their right.
events::Digest root_of(const std::vector<Sweeper>& sweepers, Position head) {
    std::vector<events::Digest> nodes(head / kStretch);
    std::vector<events::Digest> open;
    for (const Sweeper& sweeper : sweepers) {
        for (const auto& [stretch, root] : sweeper.stretches()) nodes[stretch] = root;
        if (!sweeper.open_leaves().empty()) open = sweeper.open_leaves();
    }
    store::tlog::RightEdge complete;
    complete.append(nodes);
    std::vector<events::Digest> parts = complete.subtree_roots();
    if (!open.empty()) {
        store::tlog::RightEdge rest;
        rest.append(open);
        parts.push_back(rest.root());
    }
    if (parts.empty()) return store::tlog::empty_root();
    events::Digest root = parts.back();
    for (std::size_t i = parts.size() - 1; i-- > 0;) root = store::tlog::node_hash(parts[i], root);
    return root;
}

}  // namespace

Result<SweepReport> sweep(const store::EventStore& log, const SweepOptions& options) {
    const auto begun = std::chrono::steady_clock::now();
    SweepReport report;
    report.head = log.head().position;
    const unsigned count =
        options.threads > 0 ? options.threads : std::max(1U, std::thread::hardware_concurrency());
    const auto facts = facts_by_code();
    std::vector<Sweeper> sweepers;
    for (unsigned i = 0; i < count; ++i) sweepers.emplace_back(log, options, facts, i, count, report.head);
    std::vector<std::thread> threads;
    std::exception_ptr unknown;
    std::mutex unknown_mutex;
    for (Sweeper& sweeper : sweepers) {
        threads.emplace_back([&] {
            try {
                sweeper.run();
            } catch (...) {
                const std::lock_guard lock(unknown_mutex);
                unknown = std::current_exception();
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    if (unknown) std::rethrow_exception(unknown);
    for (const Sweeper& sweeper : sweepers) {
        if (!sweeper.outcome()) return tl::make_unexpected(sweeper.outcome().error());
        sweeper.add_to(report);
    }
    if (options.leaves) report.root = root_of(sweepers, report.head);
    report.milliseconds =
        std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begun)
            .count();
    return report;
}

}  // namespace certledger::audit

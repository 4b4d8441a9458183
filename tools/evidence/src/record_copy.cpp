#include <certledger/tools/evidence/record_copy.hpp>

namespace certledger::evidence {
namespace tlog = store::tlog;

namespace {

constexpr std::size_t kBatchRecords = 4'096;
constexpr std::size_t kBatchOctets = std::size_t{4} << 20U;

store::PendingRecord pending_from(const events::RecordView& view) {
    store::PendingRecord record;
    record.stream.value = std::string(view.stream);
    record.type = view.type;
    record.schema = view.schema;
    record.occurred_at = view.occurred_at;
    record.not_before = view.recorded_at;
    record.id = view.id;
    record.causation = view.causation;
    record.command_digest = view.command_digest;
    record.actor = std::string(view.actor);
    record.account = std::string(view.account);
    record.command = std::string(view.command);
    record.correlation = std::string(view.correlation);
    record.payload.assign(view.payload.begin(), view.payload.end());
    return record;
}

tl::unexpected<Error> bad(store::Position position, const std::string& what) {
    return fail(ErrorKind::damaged, "record " + std::to_string(position) + ": " + what);
}

}  // namespace

Result<void> RecordCopy::take(std::span<const std::uint8_t> record) {
    const auto view = events::read_record(record);
    if (!view) return bad(position_ + 1, view.error().message);
    if (view->position != position_ + 1) {
        return bad(position_ + 1, "position " + std::to_string(view->position) + " stands in its place");
    }
    position_ = view->position;
    batch_.records.push_back(pending_from(*view));
    expected_.push_back({view->version, view->position});
    edge_.append(tlog::leaf_hash(record));
    batch_octets_ += record.size();
    return batch_.records.size() >= kBatchRecords || batch_octets_ >= kBatchOctets ? flush() : Result<void>{};
}

Result<void> RecordCopy::flush() {
    if (batch_.records.empty()) return {};
    const auto stored = log_.append(batch_);
    if (!stored) return tl::make_unexpected(stored.error());
    for (std::size_t i = 0; i < stored->size(); ++i) {
        const store::Stored& wanted = expected_[i];
        if ((*stored)[i].position != wanted.position) return bad(wanted.position, "the log was not empty");
        if ((*stored)[i].version != wanted.version) {
            return bad(wanted.position, "version " + std::to_string(wanted.version) +
                                            " of its stream must be " + std::to_string((*stored)[i].version));
        }
    }
    batch_.records.clear();
    batch_octets_ = 0;
    expected_.clear();
    return {};
}

Result<store::TreeHead> RecordCopy::finish() {
    if (auto flushed = flush(); !flushed) return tl::make_unexpected(flushed.error());
    const store::TreeHead given{edge_.size(), edge_.root()};
    const auto made = log_.tree_head(given.size);
    if (!made) return tl::make_unexpected(made.error());
    if (made->root != given.root) {
        return fail(ErrorKind::damaged,
                    "the records cannot be written as they were given: their times or links do "
                    "not follow from the records before them");
    }
    return given;
}

}  // namespace certledger::evidence

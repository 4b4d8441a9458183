// The operator's decision to go on with a log that is behind.
#include <certledger/adapters/vault/vault.hpp>
#include <certledger/events/codec.hpp>
#include <certledger/tools/evidence/evidence.hpp>

#include "files.hpp"
#include "identity.hpp"

namespace certledger::evidence {
namespace fs = std::filesystem;
namespace tlog = store::tlog;

namespace {

constexpr std::size_t kLongestReason = 1'000;

/// What a note says, whoever signed it.
std::optional<tlog::Checkpoint> claimed(const std::string& note) {
    const auto parsed = tlog::parse_note(note);
    if (!parsed) return std::nullopt;
    auto checkpoint = tlog::parse_checkpoint(parsed->text);
    if (!checkpoint) return std::nullopt;
    return std::move(*checkpoint);
}

/// The largest tree that was given out, as far as can be read; an empty one when nothing can.
tlog::Checkpoint largest_claim(const fs::path& ledger, const BookEnd& end) {
    tlog::Checkpoint largest;
    const auto consider = [&](const std::string& note) {
        if (const auto claim = claimed(note); claim && claim->size >= largest.size) largest = *claim;
    };
    if (end.newest) consider(end.newest->body);
    if (const auto note = read_file(checkpoint_path(ledger), kLargestEntryBody); note && *note)
        consider(**note);
    return largest;
}

Result<void> remove_checkpoint(const fs::path& ledger) {
    std::error_code fault;
    fs::remove(checkpoint_path(ledger), fault);
    if (fault) return file_error(checkpoint_path(ledger), fault.value());
    return sync_folder(ledger);
}

}  // namespace

/// A book that does not read is put aside, under a name that says so.
Result<BookWriter> Evidence::open_any_book() const {
    auto book = BookWriter::open(parts_.ledger);
    if (book || book.error().kind != ErrorKind::damaged) return book;
    const fs::path path = book_path(parts_.ledger);
    const fs::path aside = path.string() + ".damaged-" + std::to_string(parts_.now().micros);
    std::error_code fault;
    fs::rename(path, aside, fault);
    if (fault) return file_error(path, fault.value());
    return BookWriter::open(parts_.ledger);
}

Result<store::Position> Evidence::append_decision(store::EventStore& log, const RollbackDecision& decision,
                                                  const tlog::Checkpoint& behind) const {
    events::RollbackAccepted accepted;
    accepted.checkpoint_size = static_cast<std::int64_t>(behind.size);
    accepted.checkpoint_root = behind.root;
    accepted.found_size = static_cast<std::int64_t>(log.head().position);
    accepted.reason = decision.reason;
    store::PendingRecord record;
    record.stream = events::ledger_stream();
    record.type = events::RollbackAccepted::kType;
    record.schema = events::RollbackAccepted::kSchema;
    record.occurred_at = decision.at;
    record.not_before = decision.at;
    record.id = decision.event_id;
    record.actor = decision.actor;
    record.account = decision.account;
    events::encode_event(accepted, record.payload);
    store::Append append;
    append.records.push_back(std::move(record));
    append.expectations = {{events::ledger_stream(), store::ExpectedVersion::stream_exists()}};
    const auto stored = log.append(append);
    if (!stored) return tl::make_unexpected(stored.error());
    return stored->front().position;
}

Result<AcceptedRollback> Evidence::accept_rollback(store::EventStore& log, const RollbackDecision& decision) {
    if (decision.reason.empty() || decision.reason.size() > kLongestReason ||
        !events::well_formed_utf8(decision.reason)) {
        return fail(ErrorKind::invalid_input, "reason: must be 1 to 1000 octets of UTF-8");
    }
    if (!decision.new_origin.empty()) {
        if (auto good = tlog::check_key_name(decision.new_origin); !good)
            return tl::make_unexpected(good.error());
    }
    const auto admitted = admit();
    if (admitted)
        return fail(ErrorKind::invalid_input,
                    "the log is not behind its checkpoint: there is nothing to accept");
    if (admitted.error().kind != ErrorKind::damaged) return tl::make_unexpected(admitted.error());
    auto book = open_any_book();
    if (!book) return tl::make_unexpected(book.error());

    const tlog::Checkpoint behind = largest_claim(parts_.ledger, book->end());
    AcceptedRollback done;
    done.checkpoint_size = behind.size;
    done.found_size = log.head().position;
    const auto position = append_decision(log, decision, behind);
    if (!position) return tl::make_unexpected(position.error());
    done.position = *position;

    // The old checkpoint goes before the book says that it binds no more: a crash in between leaves the
    // ledger behind the book, and the decision can be taken again.
    if (auto removed = remove_checkpoint(parts_.ledger); !removed)
        return tl::make_unexpected(removed.error());
    auto found = find_identity();
    if (!found) return tl::make_unexpected(found.error());
    std::vector<NewEntry> entries{
        {EntryKind::rollback_accepted, "position " + std::to_string(*position) + "\n"}};
    const bool new_key = !*found || !decision.new_origin.empty();
    if (new_key) {
        const auto genesis = genesis_origin(log);
        if (!genesis) return tl::make_unexpected(genesis.error());
        auto made = make_identity(decision.new_origin.empty() ? *genesis : decision.new_origin);
        if (!made) return tl::make_unexpected(made.error());
        found->emplace(std::move(*made));
    }
    if (new_key || book->end().number == 0)
        entries.push_back({EntryKind::key, (*found)->verifier().to_string() + "\n"});
    auto next = sign_head(**found, nullptr);
    if (!next) return tl::make_unexpected(next.error());
    entries.push_back({EntryKind::made, next->note});
    if (auto kept = book->append(entries, parts_.now()); !kept) return tl::make_unexpected(kept.error());
    if (auto shown = replace_file(checkpoint_path(parts_.ledger), next->note); !shown)
        return tl::make_unexpected(shown.error());
    done.checkpoint = std::move(*next);
    return done;
}

}  // namespace certledger::evidence

#include <certledger/tools/evidence/proofs.hpp>

#include "files.hpp"

namespace certledger::evidence {
namespace tlog = store::tlog;

namespace {

/// Whether the log's tree of the checkpoint's size has its root.
Result<void> log_has(const store::EventStore& log, const tlog::Checkpoint& checkpoint) {
    const store::Position end = log.head().position;
    if (checkpoint.size > end) {
        return fail(ErrorKind::damaged, "checkpoint: covers " + std::to_string(checkpoint.size) +
                                            " records, the log ends at position " + std::to_string(end));
    }
    const auto tree = log.tree_head(checkpoint.size);
    if (!tree) return tl::make_unexpected(tree.error());
    if (tree->root != checkpoint.root) {
        return fail(ErrorKind::damaged, "checkpoint: its root over " + std::to_string(checkpoint.size) +
                                            " records is not that of the log");
    }
    return {};
}

/// One reading of the book.
class BookCheck {
  public:
    BookCheck(const store::EventStore& log, std::uint64_t binds_after)
        : log_(log), binds_after_(binds_after) {}

    void visit(const BookEntry& entry) {
        ++findings.entries;
        if (entry.kind == EntryKind::key) {
            take_key(entry);
        } else if (entry.is_checkpoint()) {
            take_checkpoint(entry);
        }
    }
    void fault(const std::string& message) {
        ++findings.faults;
        if (findings.messages.size() < BookFindings::kMostMessages) findings.messages.push_back(message);
    }
    [[nodiscard]] const std::optional<tlog::VerifierKey>& key() const { return key_; }

    BookFindings findings;

  private:
    static std::string named(const BookEntry& entry) {
        return "checkpoints: entry " + std::to_string(entry.number);
    }

    void take_key(const BookEntry& entry) {
        auto key = tlog::VerifierKey::parse(std::string_view(entry.body).substr(0, entry.body.size() - 1));
        if (!key) return fault(named(entry) + ": " + key.error().message);
        key_ = std::move(*key);
    }
    void take_checkpoint(const BookEntry& entry) {
        if (!key_) return fault(named(entry) + ": no key stands before it");
        const auto opened = tlog::open_checkpoint(entry.body, *key_);
        if (!opened) return fault(named(entry) + ": " + opened.error().message);
        if (entry.number <= binds_after_) {
            ++findings.superseded;
            return;
        }
        ++findings.checkpoints;
        if (auto held = log_has(log_, opened->checkpoint); !held)
            fault(named(entry) + ": " + held.error().message);
    }

    const store::EventStore& log_;
    std::uint64_t binds_after_;
    std::optional<tlog::VerifierKey> key_;
};

/// The checkpoint beside the log must be the book's newest; a crash may have left it older, or, when it was
/// to be the first, not there.
void check_beside(BookCheck& check, const store::EventStore& log, const std::filesystem::path& ledger,
                  const BookEnd& end) {
    const std::string name = "file " + checkpoint_path(ledger).string() + ": ";
    const auto note = read_file(checkpoint_path(ledger), kLargestEntryBody);
    if (!note) return check.fault(note.error().message);
    if (!*note) {
        const bool first = check.findings.checkpoints + check.findings.superseded == 1;
        if (end.newest && !first) check.fault(name + "is missing, the book holds checkpoints");
        return;
    }
    if (!end.newest) return check.fault(name + "is there, but the book holds no checkpoint that binds");
    if (**note == end.newest->body) return;
    if (!check.key()) return check.fault(name + "no key is known for it");
    const auto opened = tlog::open_checkpoint(**note, *check.key());
    if (!opened) return check.fault(name + opened.error().message);
    const auto newest = tlog::open_checkpoint(end.newest->body, *check.key());
    if (newest && opened->checkpoint.size > newest->checkpoint.size)
        check.fault(name + "the book lacks this checkpoint, which was given out");
    if (auto held = log_has(log, opened->checkpoint); !held) check.fault(name + held.error().message);
}

}  // namespace

Result<std::string> prove(Evidence& evidence, const store::EventStore& log, store::Position position) {
    if (position == 0) return fail(ErrorKind::invalid_input, "position: must be at least 1");
    const auto covering = evidence.covering(position);
    if (!covering) return tl::make_unexpected(covering.error());
    const auto path = log.inclusion_proof(position - 1, covering->checkpoint.size);
    if (!path) return tl::make_unexpected(path.error());
    return tlog::format_proof_file({std::nullopt, position - 1, *path, covering->note});
}

Result<std::vector<events::Digest>> prove_consistency(const store::EventStore& log,
                                                      const tlog::Checkpoint& from,
                                                      const tlog::Checkpoint& to) {
    if (from.size > to.size) {
        return fail(ErrorKind::invalid_input, "--from: covers " + std::to_string(from.size) +
                                                  " records, --to only " + std::to_string(to.size));
    }
    for (const tlog::Checkpoint* one : {&from, &to}) {
        if (auto held = log_has(log, *one); !held) return tl::make_unexpected(held.error());
    }
    auto proof = log.consistency_proof(from.size, to.size);
    if (!proof) return proof;
    if (auto extends = tlog::check_consistency(from, to, *proof); !extends)
        return tl::make_unexpected(extends.error());
    return proof;
}

Result<ConsistentTrees> check_consistency_files(std::string_view from, std::string_view to,
                                                std::string_view proof, const tlog::VerifierKey& key) {
    auto earlier = tlog::open_checkpoint(from, key);
    if (!earlier) return fail(earlier.error().kind, "--from: " + earlier.error().message);
    auto later = tlog::open_checkpoint(to, key);
    if (!later) return fail(later.error().kind, "--to: " + later.error().message);
    const auto hashes = tlog::parse_hash_lines(proof);
    if (!hashes) return fail(hashes.error().kind, "--proof: " + hashes.error().message);
    if (auto extends = tlog::check_consistency(earlier->checkpoint, later->checkpoint, *hashes); !extends)
        return tl::make_unexpected(extends.error());
    return ConsistentTrees{std::move(earlier->checkpoint), std::move(later->checkpoint)};
}

Result<tlog::Checkpoint> check_against_checkpoint(const store::EventStore& log, std::string_view note,
                                                  const tlog::VerifierKey& key) {
    auto opened = tlog::open_checkpoint(note, key);
    if (!opened) return tl::make_unexpected(opened.error());
    if (auto held = log_has(log, opened->checkpoint); !held) return tl::make_unexpected(held.error());
    return std::move(opened->checkpoint);
}

Result<BookFindings> check_book(const store::EventStore& log, const std::filesystem::path& ledger,
                                const std::optional<tlog::VerifierKey>& trusted) {
    std::uint64_t binds_after = 0;
    const auto first = read_book(ledger, [&](const BookEntry& entry) {
        if (entry.kind == EntryKind::rollback_accepted) binds_after = entry.number;
        return true;
    });
    if (!first && first.error().kind != ErrorKind::damaged) return tl::make_unexpected(first.error());
    BookCheck check(log, binds_after);
    const auto end = read_book(ledger, [&](const BookEntry& entry) {
        check.visit(entry);
        return true;
    });
    if (!end) {
        if (end.error().kind != ErrorKind::damaged) return tl::make_unexpected(end.error());
        check.fault(end.error().message);
        return std::move(check.findings);
    }
    if (trusted && check.key() && *check.key() != *trusted)
        check.fault("checkpoints: the newest key is not the one that the vault holds");
    check_beside(check, log, ledger, *end);
    return std::move(check.findings);
}

}  // namespace certledger::evidence

#include <certledger/adapters/vault/vault.hpp>
#include <certledger/events/codec.hpp>
#include <certledger/events/contract.hpp>
#include <certledger/tools/evidence/evidence.hpp>

#include "files.hpp"
#include "identity.hpp"

namespace certledger::evidence {
namespace fs = std::filesystem;
namespace tlog = store::tlog;

namespace {

/// A checkpoint with a hundred signatures has a tenth of it.
constexpr std::size_t kLargestCheckpoint = kLargestEntryBody;

constexpr const char* kAdvice =
    "; reading goes on, but nothing is written or signed until an operator has looked into it and decides: "
    "certledger doctor --accept-rollback --reason TEXT";

Result<SignedCheckpoint> open_signed(const std::string& note, const tlog::VerifierKey& key) {
    auto opened = tlog::open_checkpoint(note, key);
    if (!opened) return tl::make_unexpected(opened.error());
    return SignedCheckpoint{note, std::move(opened->checkpoint)};
}

tl::unexpected<Error> prefixed(const Error& error, const std::string& prefix) {
    return fail(error.kind, prefix + ": " + error.message);
}

}  // namespace

fs::path checkpoint_path(const fs::path& ledger) { return ledger / "checkpoint"; }

Result<std::string> genesis_origin(const store::EventStore& log) {
    const auto bytes = log.record(1);
    if (!bytes) return fail(ErrorKind::damaged, "record 1: " + bytes.error().message);
    const auto record = events::read_record(*bytes);
    if (!record) return tl::make_unexpected(record.error());
    const auto event = events::decode_event(record->type, record->schema, record->payload);
    const auto* created = event ? std::get_if<events::LedgerCreated>(&*event) : nullptr;
    if (created == nullptr) return fail(ErrorKind::damaged, "record 1: is no ledger-created record");
    return created->origin;
}

const SignedCheckpoint* Evidence::Bound::newest() const noexcept {
    if (!book) return file ? &*file : nullptr;
    return file && file->checkpoint.size > book->checkpoint.size ? &*file : &*book;
}

Result<std::optional<tlog::Signer>> Evidence::find_identity() const {
    auto vault = parts_.vault();
    if (!vault) return tl::make_unexpected(vault.error());
    const auto origin = genesis_origin(*parts_.log);
    if (!origin) return tl::make_unexpected(origin.error());
    return find_signer(**vault, *origin);
}

Result<tlog::Signer> Evidence::make_identity(const std::string& origin) const {
    auto vault = parts_.vault();
    if (!vault) return tl::make_unexpected(vault.error());
    return make_signer(**vault, origin);
}

Result<Evidence::Bound> Evidence::bound_by(const BookEnd& end) const {
    const fs::path path = checkpoint_path(parts_.ledger);
    auto note = read_file(path, kLargestCheckpoint);
    if (!note) return tl::make_unexpected(note.error());
    Bound bound;
    if (!*note && !end.newest) return bound;
    const auto signer = find_identity();
    if (!signer) return tl::make_unexpected(signer.error());
    if (!*signer) {
        return fail(ErrorKind::damaged,
                    "ledger " + parts_.ledger.string() +
                        ": checkpoints were given out, but the vault does not hold the key that "
                        "signed them" +
                        kAdvice);
    }
    if (end.newest) {
        auto opened = open_signed(end.newest->body, (*signer)->verifier());
        if (!opened)
            return prefixed(opened.error(),
                            "file " + book_path(parts_.ledger).string() + ": its newest checkpoint");
        bound.book = std::move(*opened);
    }
    if (*note && bound.book && **note == bound.book->note) {
        bound.file = bound.book;
    } else if (*note) {
        auto opened = open_signed(**note, (*signer)->verifier());
        if (!opened)
            return fail(opened.error().kind,
                        "file " + path.string() + ": " + opened.error().message + kAdvice);
        bound.file = std::move(*opened);
    }
    return bound;
}

Result<void> Evidence::holds(const tlog::Checkpoint& checkpoint) const {
    const std::string ledger = "ledger " + parts_.ledger.string();
    const store::Position end = parts_.log->head().position;
    if (checkpoint.size > end) {
        return fail(ErrorKind::damaged, ledger + ": its log ends at position " + std::to_string(end) +
                                            ", but a checkpoint that was given out covers " +
                                            std::to_string(checkpoint.size) +
                                            " records: the log was put back to an older state" + kAdvice);
    }
    const auto tree = parts_.log->tree_head(checkpoint.size);
    if (!tree) return tl::make_unexpected(tree.error());
    if (tree->root != checkpoint.root) {
        return fail(ErrorKind::damaged,
                    ledger + ": its first " + std::to_string(checkpoint.size) +
                        " records are not those of a checkpoint that was given out: the log was "
                        "put back to an older state and went on, or was changed" +
                        kAdvice);
    }
    return {};
}

Result<void> Evidence::holds(const Bound& bound) const {
    if (bound.file) {
        if (auto held = holds(bound.file->checkpoint); !held) return held;
    }
    if (bound.book && (!bound.file || bound.book->checkpoint != bound.file->checkpoint))
        return holds(bound.book->checkpoint);
    return {};
}

Result<tlog::Signer> Evidence::identity(BookWriter& book, const std::string& new_origin) const {
    auto found = find_identity();
    if (!found) return tl::make_unexpected(found.error());
    const auto genesis = genesis_origin(*parts_.log);
    if (!genesis) return tl::make_unexpected(genesis.error());
    if (*found) {
        const std::string& name = (*found)->verifier().name();
        if (!new_origin.empty() && new_origin != name)
            return fail(ErrorKind::invalid_input, "origin: the log has one already, " + name);
    } else if (book.end().imported) {
        if (new_origin.empty() || new_origin == *genesis) {
            return fail(ErrorKind::invalid_input, "origin: the records were imported from the log " +
                                                      *genesis +
                                                      ", so this log needs a name of its own before it may "
                                                      "sign: certledger audit sign --origin NAME");
        }
    } else if (!new_origin.empty() && new_origin != *genesis) {
        return fail(ErrorKind::invalid_input, "origin: the log's first record names it, " + *genesis);
    } else if (book.end().number > 0) {
        return fail(ErrorKind::damaged, "the vault does not hold the key that signed this log's checkpoints" +
                                            std::string(kAdvice));
    }
    if (!*found) {
        auto made = make_identity(new_origin.empty() ? *genesis : new_origin);
        if (!made) return tl::make_unexpected(made.error());
        found->emplace(std::move(*made));
    }
    if (book.end().number == 0 || book.end().imported) {
        const NewEntry entry{EntryKind::key, (*found)->verifier().to_string() + "\n"};
        if (auto kept = book.append({entry}, parts_.now()); !kept) return tl::make_unexpected(kept.error());
    }
    return std::move(**found);
}

Result<tlog::VerifierKey> Evidence::key(const std::string& new_origin) {
    const auto found = find_identity();
    if (!found) return tl::make_unexpected(found.error());
    if (*found && new_origin.empty()) return (*found)->verifier();
    auto book = BookWriter::open(parts_.ledger);
    if (!book) return tl::make_unexpected(book.error());
    const auto made = identity(*book, new_origin);
    if (!made) return tl::make_unexpected(made.error());
    return made->verifier();
}

Result<std::optional<SignedCheckpoint>> Evidence::newest() {
    const auto end = read_book_end(parts_.ledger);
    if (!end) return tl::make_unexpected(end.error());
    const auto bound = bound_by(*end);
    if (!bound) return tl::make_unexpected(bound.error());
    if (bound->newest() == nullptr) return std::optional<SignedCheckpoint>{};
    return std::optional<SignedCheckpoint>{*bound->newest()};
}

Result<void> Evidence::admit() {
    const auto end = read_book_end(parts_.ledger);
    if (!end) return fail(end.error().kind, end.error().message + kAdvice);
    const auto bound = bound_by(*end);
    if (!bound) return tl::make_unexpected(bound.error());
    return holds(*bound);
}

Result<SignedCheckpoint> Evidence::sign_head(const tlog::Signer& signer, const SignedCheckpoint* last) const {
    const store::Position size = parts_.log->head().position;
    // What another process is just committing may be seen before it is on the disk.
    if (parts_.make_durable) {
        if (auto durable = parts_.make_durable(); !durable) return tl::make_unexpected(durable.error());
    }
    const auto tree = parts_.log->tree_head(size);
    if (!tree) return tl::make_unexpected(tree.error());
    const tlog::Checkpoint next{signer.verifier().name(), tree->size, tree->root, {}};
    if (last != nullptr) {
        const auto proof = parts_.log->consistency_proof(last->checkpoint.size, size);
        if (!proof) return tl::make_unexpected(proof.error());
        if (auto extends = tlog::check_consistency(last->checkpoint, next, *proof); !extends)
            return prefixed(extends.error(), "nothing was signed");
        if (last->checkpoint.size == size) return *last;
    }
    auto note = tlog::sign_checkpoint(next, signer);
    if (!note) return tl::make_unexpected(note.error());
    return SignedCheckpoint{std::move(*note), next};
}

Result<void> Evidence::publish(BookWriter& book, const Bound& bound, const SignedCheckpoint& next) const {
    std::vector<NewEntry> entries;
    const bool from_file = bound.newest() != nullptr && bound.file && bound.newest() == &*bound.file;
    if (from_file) entries.push_back({EntryKind::adopted, bound.file->note});
    if (bound.newest() == nullptr || bound.newest()->note != next.note)
        entries.push_back({EntryKind::made, next.note});
    if (!entries.empty()) {
        if (auto kept = book.append(entries, parts_.now()); !kept) return kept;
    }
    if (bound.file && bound.file->note == next.note) return {};
    return replace_file(checkpoint_path(parts_.ledger), next.note);
}

Result<SignedCheckpoint> Evidence::sign(const std::string& new_origin) {
    auto book = BookWriter::open(parts_.ledger);
    if (!book) return fail(book.error().kind, book.error().message + kAdvice);
    const auto bound = bound_by(book->end());
    if (!bound) return tl::make_unexpected(bound.error());
    if (auto held = holds(*bound); !held) return tl::make_unexpected(held.error());
    const auto signer = identity(*book, new_origin);
    if (!signer) return tl::make_unexpected(signer.error());
    auto next = sign_head(*signer, bound->newest());
    if (!next) return next;
    if (auto done = publish(*book, *bound, *next); !done) return tl::make_unexpected(done.error());
    return next;
}

Result<SignedCheckpoint> Evidence::covering(store::Position position) {
    const store::Position end = parts_.log->head().position;
    if (position > end) {
        return fail(ErrorKind::not_found,
                    "position " + std::to_string(position) + ": the log ends at " + std::to_string(end));
    }
    auto last = newest();
    if (!last) return tl::make_unexpected(last.error());
    if (*last && (*last)->checkpoint.size >= position) {
        if (auto held = holds((*last)->checkpoint); !held) return tl::make_unexpected(held.error());
        return std::move(**last);
    }
    return sign();
}

Result<void> Evidence::keep_cosigned(const std::string& note) {
    auto book = BookWriter::open(parts_.ledger);
    if (!book) return tl::make_unexpected(book.error());
    const auto bound = bound_by(book->end());
    if (!bound) return tl::make_unexpected(bound.error());
    const auto signer = find_identity();
    if (!signer) return tl::make_unexpected(signer.error());
    if (!*signer || bound->newest() == nullptr)
        return fail(ErrorKind::conflict, "the cosigned checkpoint is not the newest any more");
    const auto cosigned = open_signed(note, (*signer)->verifier());
    if (!cosigned) return tl::make_unexpected(cosigned.error());
    if (cosigned->checkpoint != bound->newest()->checkpoint)
        return fail(ErrorKind::conflict, "the cosigned checkpoint is not the newest any more");
    if (auto kept = book->append({{EntryKind::cosigned, note}}, parts_.now()); !kept) return kept;
    return replace_file(checkpoint_path(parts_.ledger), note);
}

Result<bool> Evidence::needs_origin() {
    const auto end = read_book_end(parts_.ledger);
    if (!end) return tl::make_unexpected(end.error());
    if (!end->imported) return false;
    const auto found = find_identity();
    // A ledger that is only read has no vault before it has a key.
    if (!found && found.error().kind == ErrorKind::not_found) return true;
    if (!found) return tl::make_unexpected(found.error());
    return !found->has_value();
}

Result<void> mark_imported(const fs::path& ledger, const store::TreeHead& tree, events::Instant at) {
    auto book = BookWriter::open(ledger);
    if (!book) return tl::make_unexpected(book.error());
    const std::string body = std::to_string(tree.size) + "\n" + events::to_base64(tree.root) + "\n";
    return book->append({{EntryKind::imported, body}}, at);
}

Result<tlog::VerifierKey> verifier_key_from(const std::string& text_or_file) {
    auto direct = tlog::VerifierKey::parse(text_or_file);
    if (direct) return direct;
    constexpr std::size_t kLargestKeyFile = 4'096;
    std::error_code ignored;
    if (!fs::is_regular_file(text_or_file, ignored)) return direct;
    const auto text = read_file(text_or_file, kLargestKeyFile);
    if (!text) return fail(ErrorKind::invalid_input, text.error().message);
    return tlog::VerifierKey::parse((*text)->substr(0, (*text)->find('\n')));
}

}  // namespace certledger::evidence

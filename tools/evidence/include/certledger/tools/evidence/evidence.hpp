// Role: the log as evidence: whose log it is, what was signed of it, whether it still holds all of that, and
// the next checkpoint.
//
// In the ledger's folder: `checkpoints`, the book of all that was signed (book.hpp), and `checkpoint`, the
// newest of them as it is given out. In the vault: the signing key (Ed25519 seed) and the origin that it
// signs for. Both are made when they are first needed; the origin is the one that the genesis record names,
// except for a ledger whose records were imported.
//
// Two things never happen: a checkpoint over records that are not durable, and one that does not extend the
// one before it (which is proved, not assumed). A log that is behind a checkpoint is neither written nor
// signed until an operator has decided so (accept_rollback), and the decision is an event.
#pragma once

#include <certledger/events/instant.hpp>
#include <certledger/events/result.hpp>
#include <certledger/events/uuid.hpp>
#include <certledger/store/event_store.hpp>
#include <certledger/store/tlog/checkpoint.hpp>
#include <certledger/tools/evidence/book.hpp>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace certledger::adapters::vault {
class Vault;
}

namespace certledger::evidence {

/// What evidence is made of. Everything outlives the Evidence.
struct EvidenceParts {
    std::filesystem::path ledger;  ///< The folder.
    const store::EventStore* log = nullptr;
    std::function<Result<adapters::vault::Vault*>()> vault;  ///< Asked when a key is needed.
    /// Makes durable whatever the log shows; empty for a log that shows nothing else.
    std::function<Result<void>()> make_durable;
    std::function<events::Instant()> now;
};

/// A checkpoint with its signatures, as it is given out.
struct SignedCheckpoint {
    std::string note;
    store::tlog::Checkpoint checkpoint;
};

struct RollbackDecision {
    std::string reason;  ///< 1 to 1,000 octets of UTF-8.
    std::string actor;
    std::string account;
    events::Instant at;
    events::Uuid event_id;
    /// Goes on under another origin with a new key, so that witnesses of the old one need not follow; empty:
    /// as before.
    std::string new_origin;
};

struct AcceptedRollback {
    store::Position position = 0;  ///< Of the event.
    std::uint64_t checkpoint_size = 0;
    std::uint64_t found_size = 0;
    SignedCheckpoint checkpoint;  ///< The first one that binds from now on.
};

/// Durability: what a function returned is on the disk. Threads: one at a time; several processes may do the
/// same at the same time. Errors of all functions: outside (disk, vault).
class Evidence {
  public:
    explicit Evidence(EvidenceParts parts) : parts_(std::move(parts)) {}

    /// The verifier key; made when there is none. invalid_input: `new_origin` is needed and missing (imported
    /// records), not allowed (the log has one already, or its genesis names another), or no good name;
    /// damaged: checkpoints were signed by a key that the vault does not hold.
    [[nodiscard]] Result<store::tlog::VerifierKey> key(const std::string& new_origin = {});

    /// The newest checkpoint as it was given out, whether the log still holds it or not; nothing when none
    /// binds. damaged: it does not verify.
    [[nodiscard]] Result<std::optional<SignedCheckpoint>> newest();

    /// Whether the log holds all of the newest checkpoint. damaged: it is behind it or differs from it, or
    /// what was kept of the checkpoints does not verify; the message says what an operator can do.
    [[nodiscard]] Result<void> admit();

    /// A checkpoint over the whole log: the newest when that covers it, else a new one. Errors as key() and
    /// admit(); nothing is signed then.
    [[nodiscard]] Result<SignedCheckpoint> sign(const std::string& new_origin = {});

    /// The newest checkpoint when it covers the position, else as sign(). not_found: the log ends before it.
    [[nodiscard]] Result<SignedCheckpoint> covering(store::Position position);

    /// Keeps the newest checkpoint with more signatures. conflict: it is no longer the newest.
    [[nodiscard]] Result<void> keep_cosigned(const std::string& note);

    /// Records that the log goes on although it is behind, and signs the first checkpoint that binds from
    /// then on. invalid_input: it is not behind, or the reason is no good text. When it fails in between it
    /// can be done again.
    [[nodiscard]] Result<AcceptedRollback> accept_rollback(store::EventStore& log,
                                                           const RollbackDecision& decision);

    /// Whether nothing can be signed before an origin is given: the records were imported.
    [[nodiscard]] Result<bool> needs_origin();

  private:
    /// The checkpoints that bind, verified.
    struct Bound {
        std::optional<SignedCheckpoint> book;  ///< The newest in the book.
        std::optional<SignedCheckpoint> file;  ///< The one beside the log.
        [[nodiscard]] const SignedCheckpoint* newest() const noexcept;
    };

    [[nodiscard]] Result<std::optional<store::tlog::Signer>> find_identity() const;
    [[nodiscard]] Result<store::tlog::Signer> identity(BookWriter& book, const std::string& new_origin) const;
    [[nodiscard]] Result<store::tlog::Signer> make_identity(const std::string& origin) const;
    [[nodiscard]] Result<Bound> bound_by(const BookEnd& end) const;
    [[nodiscard]] Result<void> holds(const store::tlog::Checkpoint& checkpoint) const;
    [[nodiscard]] Result<void> holds(const Bound& bound) const;
    [[nodiscard]] Result<SignedCheckpoint> sign_head(const store::tlog::Signer& signer,
                                                     const SignedCheckpoint* last) const;
    [[nodiscard]] Result<void> publish(BookWriter& book, const Bound& bound,
                                       const SignedCheckpoint& next) const;
    [[nodiscard]] Result<BookWriter> open_any_book() const;
    [[nodiscard]] Result<store::Position> append_decision(store::EventStore& log,
                                                          const RollbackDecision& decision,
                                                          const store::tlog::Checkpoint& behind) const;

    EvidenceParts parts_;
};

/// The origin that the first record names. damaged: there is none, or it is no genesis record.
[[nodiscard]] Result<std::string> genesis_origin(const store::EventStore& log);

/// The path of the newest checkpoint.
[[nodiscard]] std::filesystem::path checkpoint_path(const std::filesystem::path& ledger);

/// Marks the records of a new ledger as imported: it gets a new key and needs a new origin before it may
/// sign. The book that came with them, if any, is to be in place already. To be called before anything is
/// signed.
[[nodiscard]] Result<void> mark_imported(const std::filesystem::path& ledger, const store::TreeHead& tree,
                                         events::Instant at);

/// Reads a verifier key given by hand: the key itself, or the name of a file that holds it on its first line.
/// invalid_input: neither.
[[nodiscard]] Result<store::tlog::VerifierKey> verifier_key_from(const std::string& text_or_file);

}  // namespace certledger::evidence

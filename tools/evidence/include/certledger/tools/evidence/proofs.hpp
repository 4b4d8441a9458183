// Role: what `audit prove`, `check`, `consistency` and `verify --checkpoint` do. check_... of files alone
// need no ledger.
#pragma once

#include <certledger/store/tlog/checkpoint.hpp>
#include <certledger/store/tlog/tlog_proof.hpp>
#include <certledger/tools/evidence/evidence.hpp>
#include <span>
#include <string>
#include <string_view>

namespace certledger::evidence {

/// A proof file (C2SP tlog-proof) for the record at the position; a checkpoint over the whole log is signed
/// when the newest does not cover it. not_found: the log ends before it. Errors as Evidence::sign().
[[nodiscard]] Result<std::string> prove(Evidence& evidence, const store::EventStore& log,
                                        store::Position position);

/// Proof that the log of `to` extends that of `from`, and that this log holds both. damaged: it does not hold
/// one; invalid_input: `from` is larger.
[[nodiscard]] Result<std::vector<events::Digest>> prove_consistency(const store::EventStore& log,
                                                                    const store::tlog::Checkpoint& from,
                                                                    const store::tlog::Checkpoint& to);

struct ConsistentTrees {
    store::tlog::Checkpoint from;
    store::tlog::Checkpoint to;
};

/// Verifies two signed checkpoints of one log and the proof (one base64 hash a line) between them. damaged:
/// any of it does not hold.
[[nodiscard]] Result<ConsistentTrees> check_consistency_files(std::string_view from, std::string_view to,
                                                              std::string_view proof,
                                                              const store::tlog::VerifierKey& key);

/// Whether the log contains what the signed checkpoint says, by the key that the verifier brings; gives the
/// checkpoint. damaged: it is not signed by the key, the log is shorter, or the root differs.
[[nodiscard]] Result<store::tlog::Checkpoint> check_against_checkpoint(const store::EventStore& log,
                                                                       std::string_view note,
                                                                       const store::tlog::VerifierKey& key);

/// What came of looking at everything that was ever signed.
struct BookFindings {
    std::uint64_t entries = 0;
    std::uint64_t checkpoints = 0;  ///< That were compared with the log.
    std::uint64_t superseded =
        0;  ///< From before an accepted rollback: their signatures are checked, no more.
    std::uint64_t faults = 0;
    std::vector<std::string> messages;  ///< Of the first kMostMessages faults, one sentence each.

    static constexpr std::size_t kMostMessages = 20;
    [[nodiscard]] bool good() const noexcept { return faults == 0; }
};

/// Checks the ledger's book from its first entry: form, chain, every signature by the key that the book names
/// for it, every root against the log; and that the checkpoint beside the log is the book's newest.
/// `trusted`, when given, must be the key of the newest ones. Changes nothing.
[[nodiscard]] Result<BookFindings> check_book(const store::EventStore& log,
                                              const std::filesystem::path& ledger,
                                              const std::optional<store::tlog::VerifierKey>& trusted);

}  // namespace certledger::evidence

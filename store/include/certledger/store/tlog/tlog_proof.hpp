// Role: proof files (C2SP tlog-proof): one record's place in a signed tree, checked with no ledger at hand.
#pragma once

#include <certledger/store/tlog/checkpoint.hpp>

namespace certledger::store::tlog {

/// The parts of a proof file; nothing is verified yet.
struct ProofFile {
    std::optional<Bytes> extra;  ///< Opaque, authenticated by nothing.
    std::uint64_t index = 0;     ///< Of the leaf, from 0: the record's position - 1.
    std::vector<Digest> path;    ///< Leaf's sibling first; at most 64.
    std::string checkpoint;      ///< The signed checkpoint, verbatim.
};

/// The file's bytes. invalid_input: the checkpoint is no signed checkpoint, or the path is longer than 64.
[[nodiscard]] Result<std::string> format_proof_file(const ProofFile& proof);

/// Reads a proof file, strictly. Damaged: anything else, or larger than 2 MiB.
[[nodiscard]] Result<ProofFile> parse_proof_file(std::string_view bytes);

/// What a proof that holds shows.
struct CheckedProof {
    std::uint64_t index = 0;
    Digest leaf{};
    Checkpoint checkpoint;
    std::vector<VerifiedSignature> cosignatures;  ///< As in OpenedCheckpoint.
};

/// Is the record in the log of `log_key`, by this file alone? Checks the log's signature, the origin, and the
/// path from the record's hash to the signed root. Damaged, with what failed, if anything does not hold.
[[nodiscard]] Result<CheckedProof> check_proof(std::string_view file, std::span<const std::uint8_t> record,
                                               const VerifierKey& log_key,
                                               std::span<const VerifierKey> witnesses = {});

}  // namespace certledger::store::tlog

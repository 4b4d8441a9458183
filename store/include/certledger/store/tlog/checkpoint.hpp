// Role: checkpoints (C2SP tlog-checkpoint): the signed statement "the log of this origin has this size and
// root".
//
// Whoever signs must never sign two checkpoints that are inconsistent, nor one over records that are not
// durable; that is the caller's duty, nothing here remembers.
#pragma once

#include <certledger/store/tlog/note.hpp>

namespace certledger::store::tlog {

struct Checkpoint {
    std::string origin;
    std::uint64_t size = 0;  ///< Leaves.
    Digest root{};
    std::vector<std::string> extensions;  ///< Opaque lines; kept and signed, never understood.

    friend bool operator==(const Checkpoint&, const Checkpoint&) = default;
};

/// The note text. invalid_input: the origin breaks the rules of key names (ours are schema-less, without
/// spaces or '+'), or an extension line is empty or holds a control character.
[[nodiscard]] Result<std::string> format_checkpoint(const Checkpoint& checkpoint);

/// Reads a note's text. Takes any origin line that is not empty, as the specification demands of readers.
/// Damaged: fewer than three lines, an empty line, leading zeros, a root that is not 32 bytes of base64.
[[nodiscard]] Result<Checkpoint> parse_checkpoint(std::string_view text);

/// A checkpoint whose signature by the log's key holds.
struct OpenedCheckpoint {
    Checkpoint checkpoint;
    Note note;
    /// Witnesses that cosigned: `known` is an index into the list of witnesses given.
    std::vector<VerifiedSignature> cosignatures;
};

/// Parses and verifies a signed checkpoint. The log is who the verifier says it is: the origin must be the
/// name of `log_key`, and that key must have signed; known witnesses' lines must verify, none is demanded
/// here. Damaged: any of this fails. invalid_input: two different keys given share name and id.
[[nodiscard]] Result<OpenedCheckpoint> open_checkpoint(std::string_view bytes, const VerifierKey& log_key,
                                                       std::span<const VerifierKey> witnesses = {});

/// A checkpoint signed by the log, as note bytes. invalid_input: `format_checkpoint`'s reasons, or the origin
/// is not the signer's name.
[[nodiscard]] Result<std::string> sign_checkpoint(const Checkpoint& checkpoint, const Signer& log);

/// A witness's cosignature/v1 of a checkpoint's text; `time` in seconds since 1970.
[[nodiscard]] Result<NoteSignature> cosign_checkpoint(std::string_view text, const Signer& witness,
                                                      std::uint64_t time);

/// Adds those lines of a witness's answer that known witnesses made and that verify to the checkpoint's own.
/// Others are left out. Damaged: a malformed answer, a known witness's line that does not verify, or no line
/// that counts.
[[nodiscard]] Result<std::string> add_cosignatures(std::string_view checkpoint, std::string_view answer,
                                                   std::span<const VerifierKey> witnesses);

/// Does the later checkpoint extend the earlier, by this proof? Both must be opened already. Damaged, with
/// what failed, if not; different origins never extend each other.
[[nodiscard]] Result<void> check_consistency(const Checkpoint& earlier, const Checkpoint& later,
                                             std::span<const Digest> proof);

/// One base64 hash a line, as `audit consistency` prints and reads it; no line for an empty proof.
[[nodiscard]] std::string format_hash_lines(std::span<const Digest> hashes);

/// Reads such lines, at most `most`. Damaged: a line that is not the base64 of 32 bytes, or no final newline.
[[nodiscard]] Result<std::vector<Digest>> parse_hash_lines(std::string_view lines, std::size_t most = 64);

}  // namespace certledger::store::tlog

// Role: signed notes (C2SP signed-note): text with signature lines. A note's text means nothing before
// `verify_note`.
//
// Limits on input: 1 MiB in all, 100 signatures (the specification asks for at least 16).
#pragma once

#include <certledger/store/tlog/keys.hpp>
#include <vector>

namespace certledger::store::tlog {

inline constexpr std::size_t largest_note = 1U << 20U;
inline constexpr std::size_t most_signatures = 100;

/// One signature line, not yet verified.
struct NoteSignature {
    std::string name;
    std::uint32_t key_id = 0;
    Bytes signature;  ///< What stands behind the key id; at least one octet.

    friend bool operator==(const NoteSignature&, const NoteSignature&) = default;
};

struct Note {
    std::string text;  ///< Ends in a newline; the empty line before the signatures is not part of it.
    std::vector<NoteSignature> signatures;

    friend bool operator==(const Note&, const Note&) = default;
};

/// A signature line that verified.
struct VerifiedSignature {
    std::size_t known = 0;              ///< Index into the list of known keys.
    std::optional<std::uint64_t> time;  ///< Of a cosignature: seconds since 1970.
};

/// Reads a note. Damaged: over a limit, not UTF-8, a control character, no signature, or a malformed line.
[[nodiscard]] Result<Note> parse_note(std::string_view bytes);

/// Reads signature lines alone, as a witness answers with. Damaged as `parse_note`; no line at all is damaged
/// too.
[[nodiscard]] Result<std::vector<NoteSignature>> parse_signature_lines(std::string_view lines);

/// One line with its newline: em dash, name, base64(key id || signature).
[[nodiscard]] std::string format_signature_line(const NoteSignature& signature);

/// The bytes that `parse_note` reads back to the same note. invalid_input: it would not.
[[nodiscard]] Result<std::string> format_note(const Note& note);

/// Signs the text with a log's key or, with the time in seconds since 1970, a witness's key.
[[nodiscard]] NoteSignature sign_text(std::string_view text, const Signer& signer,
                                      std::optional<std::uint64_t> time = std::nullopt);

/// The good signatures of known keys, in the order of the lines. Lines of unknown keys are ignored. Damaged:
/// a line bears name and id of a known key but does not verify, or no known key has signed. invalid_input:
/// two different known keys share name and id.
[[nodiscard]] Result<std::vector<VerifiedSignature>> verify_note(const Note& note,
                                                                 std::span<const VerifierKey> known);

/// One note with the signatures of both, those of `first` first, each line once. Damaged: the texts differ,
/// or there are more than 100 signatures.
[[nodiscard]] Result<Note> merge_notes(const Note& first, const Note& second);

}  // namespace certledger::store::tlog

#include <algorithm>
#include <certledger/store/tlog/checkpoint.hpp>
#include <certledger/store/tlog/proofs.hpp>

#include "text.hpp"

namespace certledger::store::tlog {
namespace {

tl::unexpected<Error> bad(const std::string& why) { return fail(ErrorKind::damaged, "checkpoint: " + why); }

}  // namespace

Result<std::string> format_checkpoint(const Checkpoint& checkpoint) {
    if (auto fit = check_key_name(checkpoint.origin); !fit) {
        return fail(ErrorKind::invalid_input, "checkpoint origin: " + fit.error().message);
    }
    std::string text = checkpoint.origin + "\n" + std::to_string(checkpoint.size) + "\n" +
                       events::to_base64(checkpoint.root) + "\n";
    for (const std::string& line : checkpoint.extensions) {
        if (line.empty() || !is_utf8(line) || has_control(line) || line.find('\n') != std::string::npos) {
            return fail(ErrorKind::invalid_input, "checkpoint extension line " + quoted(line) +
                                                      ": must be one line of UTF-8, not empty");
        }
        text += line + "\n";
    }
    return text;
}

Result<Checkpoint> parse_checkpoint(std::string_view text) {
    if (text.size() > largest_note) return bad("must not be larger than 1 MiB");
    if (!is_utf8(text) || has_control(text)) return bad("must be UTF-8 without control characters");
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const auto line = take_line(text);
        if (!line) return bad("the last line must end in a newline");
        if (line->empty()) return bad("must not have an empty line");
        lines.push_back(*line);
    }
    if (lines.size() < 3) return bad("must have an origin, a size and a root, each on a line");
    Checkpoint out;
    out.origin = std::string(lines[0]);
    const auto size = parse_decimal(lines[1]);
    if (!size) return bad("size " + quoted(lines[1]) + " must be a decimal number without leading zeros");
    out.size = *size;
    const auto root = events::digest_from_base64(lines[2]);
    if (!root) return bad("root " + quoted(lines[2]) + " must be the base64 of 32 bytes");
    out.root = *root;
    out.extensions.assign(lines.begin() + 3, lines.end());
    return out;
}

Result<OpenedCheckpoint> open_checkpoint(std::string_view bytes, const VerifierKey& log_key,
                                         std::span<const VerifierKey> witnesses) {
    Result<Note> note = parse_note(bytes);
    if (!note) return tl::make_unexpected(note.error());
    std::vector<VerifierKey> known = {log_key};
    known.insert(known.end(), witnesses.begin(), witnesses.end());
    const auto verified = verify_note(*note, known);
    if (!verified) return tl::make_unexpected(verified.error());
    OpenedCheckpoint out;
    bool signed_by_log = false;
    for (const VerifiedSignature& signature : *verified) {
        if (signature.known == 0) {
            signed_by_log = true;
        } else {
            out.cosignatures.push_back(VerifiedSignature{signature.known - 1, signature.time});
        }
    }
    if (!signed_by_log) return bad("not signed by the log's key " + quoted(log_key.name()));
    Result<Checkpoint> checkpoint = parse_checkpoint(note->text);
    if (!checkpoint) return tl::make_unexpected(checkpoint.error());
    if (checkpoint->origin != log_key.name()) {
        return bad("origin " + quoted(checkpoint->origin) + " must be " + quoted(log_key.name()) +
                   ", the name of the log's key");
    }
    out.checkpoint = std::move(*checkpoint);
    out.note = std::move(*note);
    return out;
}

Result<std::string> sign_checkpoint(const Checkpoint& checkpoint, const Signer& log) {
    Result<std::string> text = format_checkpoint(checkpoint);
    if (!text) return text;
    if (checkpoint.origin != log.verifier().name() || log.verifier().type() != KeyType::ed25519) {
        return fail(ErrorKind::invalid_input, "checkpoint origin " + quoted(checkpoint.origin) +
                                                  ": must be signed by the log's Ed25519 key of that name");
    }
    return format_note(Note{*text, {sign_text(*text, log)}});
}

Result<NoteSignature> cosign_checkpoint(std::string_view text, const Signer& witness, std::uint64_t time) {
    if (auto checkpoint = parse_checkpoint(text); !checkpoint) return tl::make_unexpected(checkpoint.error());
    if (witness.verifier().type() != KeyType::cosignature) {
        return fail(ErrorKind::invalid_input, "witness key " + quoted(witness.verifier().name()) +
                                                  ": must be of type 4 (cosignature/v1)");
    }
    return sign_text(text, witness, time);
}

Result<std::string> add_cosignatures(std::string_view checkpoint, std::string_view answer,
                                     std::span<const VerifierKey> witnesses) {
    const Result<Note> note = parse_note(checkpoint);
    if (!note) return tl::make_unexpected(note.error());
    Result<std::vector<NoteSignature>> lines = parse_signature_lines(answer);
    if (!lines) return tl::make_unexpected(lines.error());
    std::erase_if(*lines, [&](const NoteSignature& line) {
        return std::none_of(witnesses.begin(), witnesses.end(), [&](const VerifierKey& key) {
            return key.id() == line.key_id && key.name() == line.name;
        });
    });
    const Note added{note->text, std::move(*lines)};
    if (auto verified = verify_note(added, witnesses); !verified)
        return tl::make_unexpected(verified.error());
    const Result<Note> merged = merge_notes(*note, added);
    if (!merged) return tl::make_unexpected(merged.error());
    return format_note(*merged);
}

Result<void> check_consistency(const Checkpoint& earlier, const Checkpoint& later,
                               std::span<const Digest> proof) {
    if (earlier.origin != later.origin) {
        return bad("origins " + quoted(earlier.origin) + " and " + quoted(later.origin) + " are two logs");
    }
    return verify_consistency(earlier.size, later.size, earlier.root, later.root, proof);
}

std::string format_hash_lines(std::span<const Digest> hashes) {
    std::string lines;
    for (const Digest& hash : hashes) lines += events::to_base64(hash) + "\n";
    return lines;
}

Result<std::vector<Digest>> parse_hash_lines(std::string_view lines, std::size_t most) {
    std::vector<Digest> hashes;
    while (!lines.empty()) {
        const auto line = take_line(lines);
        const auto hash = line ? events::digest_from_base64(*line) : std::nullopt;
        if (!hash) {
            return fail(ErrorKind::damaged, "proof line " + quoted(line.value_or(lines)) +
                                                ": must be the base64 of 32 bytes and end in a newline");
        }
        if (hashes.size() == most) {
            return fail(ErrorKind::damaged,
                        "proof: must not have more than " + std::to_string(most) + " hashes");
        }
        hashes.push_back(*hash);
    }
    return hashes;
}

}  // namespace certledger::store::tlog

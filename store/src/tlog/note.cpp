#include <algorithm>
#include <certledger/store/tlog/note.hpp>

#include "text.hpp"

namespace certledger::store::tlog {
namespace {

constexpr std::string_view dash = "\xE2\x80\x94 ";  // U+2014 and a space

tl::unexpected<Error> bad_note(const std::string& why) {
    return fail(ErrorKind::damaged, "signed note: " + why);
}

std::optional<NoteSignature> parse_signature_line(std::string_view line) {
    if (!line.starts_with(dash)) return std::nullopt;
    line.remove_prefix(dash.size());
    const std::size_t space = line.find(' ');
    if (space == std::string_view::npos || !check_key_name(line.substr(0, space), largest_note))
        return std::nullopt;
    const auto bytes = events::bytes_from_base64(line.substr(space + 1));
    if (!bytes || bytes->size() < 5) return std::nullopt;
    NoteSignature out;
    out.name = std::string(line.substr(0, space));
    for (std::size_t i = 0; i < 4; ++i) out.key_id = (out.key_id << 8U) | (*bytes)[i];
    out.signature.assign(bytes->begin() + 4, bytes->end());
    return out;
}

Result<void> check_characters(std::string_view bytes) {
    if (bytes.size() > largest_note) return bad_note("must not be larger than 1 MiB");
    if (!is_utf8(bytes)) return bad_note("must be UTF-8");
    if (has_control(bytes)) return bad_note("must not hold control characters");
    return {};
}

/// The known key that the line claims, if any.
Result<std::optional<std::size_t>> find_key(const NoteSignature& line, std::span<const VerifierKey> known) {
    std::optional<std::size_t> found;
    for (std::size_t i = 0; i < known.size(); ++i) {
        if (known[i].id() != line.key_id || known[i].name() != line.name) continue;
        if (found && !(known[*found] == known[i])) {
            return fail(ErrorKind::invalid_input, "verifier keys: two different keys share the name " +
                                                      quoted(line.name) + " and the id");
        }
        if (!found) found = i;
    }
    return found;
}

}  // namespace

Result<std::vector<NoteSignature>> parse_signature_lines(std::string_view lines) {
    if (auto fit = check_characters(lines); !fit) return tl::make_unexpected(fit.error());
    std::vector<NoteSignature> signatures;
    while (!lines.empty()) {
        const auto line = take_line(lines);
        if (!line) return bad_note("the last signature line must end in a newline");
        if (signatures.size() == most_signatures) return bad_note("must not have more than 100 signatures");
        auto signature = parse_signature_line(*line);
        if (!signature) return bad_note("malformed signature line " + quoted(*line));
        signatures.push_back(std::move(*signature));
    }
    if (signatures.empty()) return bad_note("has no signature");
    return signatures;
}

Result<Note> parse_note(std::string_view bytes) {
    if (auto fit = check_characters(bytes); !fit) return tl::make_unexpected(fit.error());
    // The text may hold empty lines; the last one ends it.
    const std::size_t split = bytes.rfind("\n\n");
    if (split == std::string_view::npos) return bad_note("has no empty line before the signatures");
    Result<std::vector<NoteSignature>> signatures = parse_signature_lines(bytes.substr(split + 2));
    if (!signatures) return tl::make_unexpected(signatures.error());
    return Note{std::string(bytes.substr(0, split + 1)), std::move(*signatures)};
}

std::string format_signature_line(const NoteSignature& signature) {
    Bytes bytes(4 + signature.signature.size());
    for (unsigned i = 0; i < 4; ++i) bytes[i] = static_cast<std::uint8_t>(signature.key_id >> (24 - 8 * i));
    std::copy(signature.signature.begin(), signature.signature.end(), bytes.begin() + 4);
    return std::string(dash) + signature.name + " " + events::to_base64(bytes) + "\n";
}

Result<std::string> format_note(const Note& note) {
    std::string bytes = note.text + "\n";
    for (const NoteSignature& signature : note.signatures) bytes += format_signature_line(signature);
    const Result<Note> again = parse_note(bytes);
    if (!again) return fail(ErrorKind::invalid_input, again.error().message);
    if (!(*again == note))
        return fail(ErrorKind::invalid_input, "signed note: the text must end in a newline");
    return bytes;
}

NoteSignature sign_text(std::string_view text, const Signer& signer, std::optional<std::uint64_t> time) {
    return NoteSignature{signer.verifier().name(), signer.verifier().id(), signer.sign(text, time)};
}

Result<std::vector<VerifiedSignature>> verify_note(const Note& note, std::span<const VerifierKey> known) {
    std::vector<VerifiedSignature> verified;
    for (const NoteSignature& line : note.signatures) {
        const auto key = find_key(line, known);
        if (!key) return tl::make_unexpected(key.error());
        if (!*key) continue;
        const auto time = known[**key].verify(note.text, line.signature);
        if (!time) return tl::make_unexpected(time.error());
        verified.push_back(VerifiedSignature{**key, *time});
    }
    if (verified.empty()) return bad_note("no known key has signed it");
    return verified;
}

Result<Note> merge_notes(const Note& first, const Note& second) {
    if (first.text != second.text) return bad_note("cannot merge signatures of two different texts");
    Note merged{first.text, {}};
    for (const Note* note : {&first, &second}) {
        for (const NoteSignature& line : note->signatures) {
            const auto& lines = merged.signatures;
            if (std::find(lines.begin(), lines.end(), line) == lines.end()) merged.signatures.push_back(line);
        }
    }
    if (merged.signatures.size() > most_signatures) return bad_note("must not have more than 100 signatures");
    return merged;
}

}  // namespace certledger::store::tlog

#include <certledger/store/tlog/proofs.hpp>
#include <certledger/store/tlog/tlog_proof.hpp>

#include "text.hpp"

namespace certledger::store::tlog {
namespace {

constexpr std::string_view header = "c2sp.org/tlog-proof@v1";
constexpr std::string_view extra_word = "extra ";
constexpr std::string_view index_word = "index ";
constexpr std::size_t largest_file = 2 * largest_note;
constexpr std::size_t longest_path = 64;

tl::unexpected<Error> bad(const std::string& why) { return fail(ErrorKind::damaged, "proof file: " + why); }

}  // namespace

Result<std::string> format_proof_file(const ProofFile& proof) {
    std::string bytes = std::string(header) + "\n";
    if (proof.extra) bytes += std::string(extra_word) + events::to_base64(*proof.extra) + "\n";
    bytes += std::string(index_word) + std::to_string(proof.index) + "\n";
    bytes += format_hash_lines(proof.path) + "\n" + proof.checkpoint;
    if (auto again = parse_proof_file(bytes); !again)
        return fail(ErrorKind::invalid_input, again.error().message);
    return bytes;
}

Result<ProofFile> parse_proof_file(std::string_view bytes) {
    if (bytes.size() > largest_file) return bad("must not be larger than 2 MiB");
    if (take_line(bytes) != header) return bad("the first line must be " + std::string(header));
    ProofFile out;
    auto line = take_line(bytes);
    if (line && line->starts_with(extra_word)) {
        out.extra = events::bytes_from_base64(line->substr(extra_word.size()));
        if (!out.extra) return bad("the extra data must be base64");
        line = take_line(bytes);
    }
    const auto index =
        line && line->starts_with(index_word) ? parse_decimal(line->substr(index_word.size())) : std::nullopt;
    if (!index) return bad("must name the leaf as \"index <decimal number>\"");
    out.index = *index;
    // The hashes end at the first empty line; with no hashes the empty line follows at once.
    const std::size_t end = bytes.starts_with('\n') ? 0 : bytes.find("\n\n");
    if (end == std::string_view::npos) return bad("has no empty line before the checkpoint");
    Result<std::vector<Digest>> path =
        parse_hash_lines(bytes.substr(0, end == 0 ? 0 : end + 1), longest_path);
    if (!path) return tl::make_unexpected(path.error());
    out.path = std::move(*path);
    out.checkpoint = std::string(bytes.substr(end == 0 ? 1 : end + 2));
    const Result<Note> note = parse_note(out.checkpoint);
    if (!note) return tl::make_unexpected(note.error());
    if (auto checkpoint = parse_checkpoint(note->text); !checkpoint)
        return tl::make_unexpected(checkpoint.error());
    return out;
}

Result<CheckedProof> check_proof(std::string_view file, std::span<const std::uint8_t> record,
                                 const VerifierKey& log_key, std::span<const VerifierKey> witnesses) {
    const Result<ProofFile> proof = parse_proof_file(file);
    if (!proof) return tl::make_unexpected(proof.error());
    Result<OpenedCheckpoint> opened = open_checkpoint(proof->checkpoint, log_key, witnesses);
    if (!opened) return tl::make_unexpected(opened.error());
    const Digest leaf = leaf_hash(record);
    const Checkpoint& checkpoint = opened->checkpoint;
    if (auto holds = verify_inclusion(proof->index, checkpoint.size, leaf, proof->path, checkpoint.root);
        !holds) {
        return tl::make_unexpected(holds.error());
    }
    return CheckedProof{proof->index, leaf, std::move(opened->checkpoint), std::move(opened->cosignatures)};
}

}  // namespace certledger::store::tlog

#include <certledger/store/tlog/entry_bundle.hpp>
#include <certledger/store/tlog/proofs.hpp>
#include <certledger/store/tlog/tile_path.hpp>
#include <certledger/store/tlog/tlog_proof.hpp>
#include <certledger/store/tlog/witness.hpp>

#include "targets.hpp"
#include "tlog.hpp"

namespace certledger::fuzz {
namespace {

using namespace store::tlog;

constexpr std::uint64_t kNow = 1'700'000'000;

std::vector<WitnessedLog> served() {
    return {{known_keys()[0].name(), {known_keys()[0]}}, {log_signer().verifier().name(), {known_keys()[1]}}};
}

/// A witness that has cosigned nothing yet: what it cosigns can be opened, and is remembered as it is.
void ask_witness(std::string_view body) {
    int asked = 0;
    const auto memory = [&](std::string_view) -> std::optional<WitnessedTree> {
        ++asked;
        return std::nullopt;
    };
    const auto decision = decide_add_checkpoint(body, served(), memory, witness_signer(), kNow);
    CERTLEDGER_CHECK(asked <= 1);
    CERTLEDGER_CHECK(!decision.body.empty() && !decision.content_type.empty());
    CERTLEDGER_CHECK((decision.answer == WitnessAnswer::cosigned) == decision.remember.has_value());
    CERTLEDGER_CHECK((decision.answer == WitnessAnswer::cosigned) == decision.reason.empty());
    if (!decision.remember) return;
    const auto request = parse_add_checkpoint(body);
    CERTLEDGER_CHECK(request.has_value() && request->old_size == 0);
    const VerifierKey witness = witness_signer().verifier();
    const auto cosigned = add_cosignatures(request->checkpoint, decision.body, std::span(&witness, 1));
    CERTLEDGER_CHECK(cosigned.has_value());
    const auto note = parse_note(*cosigned);
    CERTLEDGER_CHECK(note.has_value());
    const auto tree = parse_checkpoint(note->text);
    CERTLEDGER_CHECK(tree.has_value() && tree->size == decision.remember->size);
    CERTLEDGER_CHECK(tree->root == decision.remember->root);
}

}  // namespace

void cosignature(Octets octets) {
    const std::string_view text = text_of(octets);
    if (const auto lines = parse_signature_lines(text)) {
        std::string written;
        for (const auto& line : *lines) written += format_signature_line(line);
        CERTLEDGER_CHECK(written == text);
    }
    if (const auto request = parse_add_checkpoint(text)) {
        const auto written = format_add_checkpoint(*request);
        CERTLEDGER_CHECK(written.has_value() && *written == text);
    }
    ask_witness(text);
    static const std::string checkpoint =
        sign_checkpoint({log_signer().verifier().name(), 3, {}, {}}, log_signer()).value();
    const VerifierKey witness = witness_signer().verifier();
    if (const auto cosigned = add_cosignatures(checkpoint, text, std::span(&witness, 1))) {
        const auto opened = open_checkpoint(*cosigned, log_signer().verifier(), std::span(&witness, 1));
        CERTLEDGER_CHECK(opened.has_value() && !opened->cosignatures.empty());
    }
}

void proof(Octets octets) {
    const std::string_view text = text_of(octets);
    if (const auto hashes = parse_hash_lines(text)) {
        CERTLEDGER_CHECK(hashes->size() <= 64);
        CERTLEDGER_CHECK(format_hash_lines(*hashes) == text);
        // Any hashes are an answer to a question about trees, not a crash.
        const Digest root{};
        for (const std::uint64_t size : {std::uint64_t{1}, std::uint64_t{7}, std::uint64_t{1} << 40U}) {
            (void)verify_inclusion(size / 2, size, root, *hashes, root);
            (void)verify_consistency(size / 2, size, root, root, *hashes);
        }
    }
    const auto parsed = parse_proof_file(text);
    if (!parsed) return;
    const auto written = format_proof_file(*parsed);
    CERTLEDGER_CHECK(written.has_value() && *written == text);
    for (const auto& key : known_keys()) {
        const auto checked = check_proof(text, octets.first(octets.size() / 2), key, known_keys());
        if (!checked) continue;
        CERTLEDGER_CHECK(checked->index < checked->checkpoint.size);
        CERTLEDGER_CHECK(checked->checkpoint.origin == key.name());
    }
}

void tile(Octets octets) {
    const std::string_view text = text_of(octets);
    if (const auto path = parse_tile_path(text)) CERTLEDGER_CHECK(format_tile_path(*path) == text);
    if (octets.empty()) return;
    const std::size_t width = octets[0] + std::size_t{1};
    const Octets bundle = octets.subspan(1);
    const auto entries = split_entry_bundle(bundle, width);
    if (!entries) return;
    CERTLEDGER_CHECK(entries->size() == width);
    Bytes again;
    for (const auto& entry : *entries) CERTLEDGER_CHECK(append_entry(again, entry).has_value());
    CERTLEDGER_CHECK(std::equal(again.begin(), again.end(), bundle.begin(), bundle.end()));
}

}  // namespace certledger::fuzz

#include "tlog.hpp"

#include "targets.hpp"

namespace certledger::fuzz {
namespace {

using namespace store::tlog;

constexpr std::string_view kPublishedLog =
    "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx";

Signer signer(const char* name, KeyType type, std::uint8_t fill) {
    const std::vector<std::uint8_t> seed(Signer::seed_bytes, fill);
    auto made = Signer::from_seed(name, type, seed);
    CERTLEDGER_CHECK(made.has_value());
    return std::move(*made);
}

}  // namespace

const Signer& log_signer() {
    static const Signer made = signer("fuzz.example/log", KeyType::ed25519, 1);
    return made;
}

const Signer& witness_signer() {
    static const Signer made = signer("fuzz.example/witness", KeyType::cosignature, 2);
    return made;
}

const std::vector<VerifierKey>& known_keys() {
    static const std::vector<VerifierKey> keys{VerifierKey::parse(kPublishedLog).value(),
                                               log_signer().verifier(), witness_signer().verifier()};
    return keys;
}

void note(Octets octets) {
    const std::string_view text = text_of(octets);
    const auto note = parse_note(text);
    if (!note) return;
    // A note has one form: what was read is what would be written.
    const auto written = format_note(*note);
    CERTLEDGER_CHECK(written.has_value());
    CERTLEDGER_CHECK(*written == text);
    const auto merged = merge_notes(*note, *note);
    CERTLEDGER_CHECK(merged.has_value());
    CERTLEDGER_CHECK(merged->text == note->text && merged->signatures.size() <= note->signatures.size());
    const auto verified = verify_note(*note, known_keys());
    if (!verified) return;
    // What verifies does not verify any more when the text is another one.
    Note changed = *note;
    changed.text.insert(changed.text.begin(), 'x');
    CERTLEDGER_CHECK(!verify_note(changed, known_keys()));
}

void checkpoint(Octets octets) {
    const std::string_view text = text_of(octets);
    if (const auto parsed = parse_checkpoint(text)) {
        // Reading does not judge the origin; whoever opens a checkpoint compares it with the key's name.
        if (const auto written = format_checkpoint(*parsed)) CERTLEDGER_CHECK(*written == text);
        const auto line = cosign_checkpoint(text, witness_signer(), 1'700'000'000);
        CERTLEDGER_CHECK(line.has_value());
        CERTLEDGER_CHECK(witness_signer().verifier().verify(text, line->signature).has_value());
        CERTLEDGER_CHECK(!log_signer().verifier().verify(text, line->signature));
    }
    for (const auto& key : known_keys()) {
        const auto opened = open_checkpoint(text, key, known_keys());
        if (!opened) continue;
        CERTLEDGER_CHECK(opened->checkpoint.origin == key.name());
        const auto written = format_checkpoint(opened->checkpoint);
        CERTLEDGER_CHECK(written.has_value() && *written == opened->note.text);
    }
}

void verifier_key(Octets octets) {
    const auto key = VerifierKey::parse(text_of(octets));
    if (!key) return;
    const std::string written = key->to_string();
    const auto again = VerifierKey::parse(written);
    CERTLEDGER_CHECK(again.has_value());
    CERTLEDGER_CHECK(*again == *key);
    CERTLEDGER_CHECK(again->to_string() == written);
    CERTLEDGER_CHECK(written.size() == octets.size());
}

}  // namespace certledger::fuzz

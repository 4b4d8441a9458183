#include <catch2/catch.hpp>
#include <certledger/store/tlog/note.hpp>

#include "support.hpp"

using namespace tlog_test;

namespace {

const std::string dash = "\xE2\x80\x94 ";
const std::string published_text =
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n";
const std::string published_key = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const std::string published_note =
    published_text + "\n" + dash +
    "PeterNeumann "
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

std::string signed_by(const std::string& text, const std::vector<const Signer*>& signers) {
    Note note{text, {}};
    for (const Signer* signer : signers) note.signatures.push_back(sign_text(text, *signer));
    return format_note(note).value();
}

/// Parses and verifies under one key.
bool holds(const std::string& bytes, const VerifierKey& key) {
    const auto note = parse_note(bytes);
    return note && verify_note(*note, std::vector{key});
}

}  // namespace

TEST_CASE("the published signed note verifies under its published key", "[tlog][note]") {
    const auto key = VerifierKey::parse(published_key);
    REQUIRE(key);
    CHECK(key->name() == "PeterNeumann");
    CHECK(key->id() == 0xc74f20a3);
    CHECK(key->to_string() == published_key);
    const auto note = parse_note(published_note);
    REQUIRE(note);
    CHECK(note->text == published_text);
    CHECK(verify_note(*note, std::vector{*key}).value().size() == 1);
    CHECK(format_note(*note).value() == published_note);
}

TEST_CASE("published verifier keys of logs and of witnesses are read", "[tlog][note]") {
    const auto log = VerifierKey::parse("TEST+7997405c+AQcC+FTVKf0jlTdHDY3rbevmnKxxPjigCXlVtGe6RIr6");
    REQUIRE(log);
    CHECK(log->type() == KeyType::ed25519);
    const auto witness =
        VerifierKey::parse("remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2");
    REQUIRE(witness);
    CHECK(witness->type() == KeyType::cosignature);
    CHECK(witness->name() == "remora.n621.de");
}

TEST_CASE("malformed verifier keys are refused", "[tlog][note]") {
    const std::string key = published_key.substr(published_key.rfind('+') + 1);
    const std::vector<std::string> wrong = {
        "",
        "PeterNeumann",
        "PeterNeumann+c74f20a3",
        "PeterNeumann+c74f20a3+",
        "+c74f20a3+" + key,
        "PeterNeumann+c74f20a4+" + key,
        "PeterNeumanN+c74f20a3+" + key,
        "PeterNeumann+c74f20+" + key,
        "PeterNeumann+c74f20a300+" + key,
        "PeterNeumann+NOTAHEX0+" + key,
        "Peter Neumann+c74f20a3+" + key,
        published_key + "\n",
        " " + published_key,
        published_key.substr(0, published_key.size() - 4),
        published_key + "AAAA",
        "bananas.sigstore.dev+12344556",
        "rekor.sigstore.dev+12345678+THIS_IS_NOT_BASE64!",
        "rekor.sigstore.dev+12345678+AwEB",
    };
    for (const std::string& text : wrong) {
        INFO(text);
        const auto parsed = VerifierKey::parse(text);
        REQUIRE_FALSE(parsed);
        CHECK(parsed.error().kind == ErrorKind::invalid_input);
    }
    for (const unsigned type : {0U, 2U, 3U, 5U, 6U, 255U}) {
        Bytes bytes(33, 1);
        bytes[0] = static_cast<std::uint8_t>(type);
        const Bytes hashed = bytes_of("n\n" + std::string(bytes.begin(), bytes.end()));
        const std::string id = events::to_hex(sha256(hashed)).substr(0, 8);
        CHECK_FALSE(VerifierKey::parse("n+" + id + "+" + events::to_base64(bytes)));
    }
}

TEST_CASE("key names follow the rules of the specification", "[tlog][note]") {
    for (const char* name : {"a", "example.com/log",
                             "b\xC3\xBC"
                             "cher.example",
                             "\xF0\x9F\x94\x91", "-"}) {
        CHECK(check_key_name(name));
    }
    for (const char* name : {"", "a b", "a+b", "a\tb", "a\nb", "\x01", "\xC2\xA0", "\xE2\x80\x83",
                             "\xE3\x80\x80", "\xC2\x85", "\xFF", "\xC0\xAF", "\xE0\x80\xAF",
                             "\xF0\x80\x80\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE2\x80", "\x80"}) {
        INFO(name);
        CHECK_FALSE(check_key_name(name));
    }
    CHECK(check_key_name(std::string(255, 'a')));
    CHECK_FALSE(check_key_name(std::string(256, 'a')));
}

TEST_CASE("signing is RFC 8032's: the first test key signs the empty text as published", "[tlog][note]") {
    const auto seed =
        events::bytes_from_hex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60").value();
    const auto signer = Signer::from_seed("rfc8032", KeyType::ed25519, seed);
    REQUIRE(signer);
    const auto& key = signer->verifier().public_key();
    CHECK(events::to_hex(key.data(), key.size()) ==
          "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
    CHECK(events::to_hex(signer->sign("")) ==
          "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd2"
          "5bf5f0595bb"
          "e24655141438e7a100b");
}

TEST_CASE("seeds of another length and bad names make no signer", "[tlog][note]") {
    for (const std::size_t size : {std::size_t{0}, std::size_t{31}, std::size_t{33}, std::size_t{64}}) {
        CHECK_FALSE(Signer::from_seed("a", KeyType::ed25519, Bytes(size, 1)));
    }
    CHECK_FALSE(Signer::from_seed("a b", KeyType::ed25519, Bytes(32, 1)));
}

TEST_CASE("every changed, added or dropped byte of a note makes it fail", "[tlog][note]") {
    const VerifierKey key = VerifierKey::parse(published_key).value();
    REQUIRE(holds(published_note, key));
    for (std::size_t i = 0; i < published_note.size(); ++i) {
        for (int bit = 0; bit < 8; ++bit) {
            std::string changed = published_note;
            changed[i] = static_cast<char>(changed[i] ^ (1 << bit));
            REQUIRE_FALSE(holds(changed, key));
        }
        REQUIRE_FALSE(holds(published_note.substr(0, i), key));
        std::string longer = published_note;
        longer.insert(i, 1, 'A');
        REQUIRE_FALSE(holds(longer, key));
    }
    CHECK_FALSE(holds(published_note + "\n", key));
    CHECK_FALSE(holds(published_note + "A", key));
}

TEST_CASE("unknown keys are ignored, known keys that fail reject the note", "[tlog][note]") {
    const Signer log = make_signer("log.example", KeyType::ed25519, 1);
    const Signer other = make_signer("other.example", KeyType::ed25519, 2);
    const Signer namesake = make_signer("log.example", KeyType::ed25519, 3);
    const std::string bytes = signed_by("text\n", {&other, &log, &namesake});
    const Note note = parse_note(bytes).value();

    const auto verified = verify_note(note, std::vector{log.verifier()});
    REQUIRE(verified);
    REQUIRE(verified->size() == 1);
    CHECK(verified->front().known == 0);
    CHECK_FALSE(verified->front().time);
    CHECK(verify_note(note, std::vector{log.verifier(), other.verifier()}).value().size() == 2);
    CHECK_FALSE(verify_note(note, {}));
    const Signer stranger = make_signer("stranger.example", KeyType::ed25519, 4);
    CHECK_FALSE(verify_note(note, std::vector{stranger.verifier()}));

    Note broken = note;
    broken.signatures[0].signature[10] ^= 1;
    CHECK(verify_note(broken, std::vector{log.verifier()}));
    CHECK_FALSE(verify_note(broken, std::vector{log.verifier(), other.verifier()}));
    Note cut = note;
    cut.signatures[1].signature.pop_back();
    CHECK_FALSE(verify_note(cut, std::vector{log.verifier()}));
    // Name or id alone do not make a key known.
    Note renamed = note;
    renamed.signatures = {note.signatures[1]};
    renamed.signatures[0].key_id ^= 1;
    CHECK_FALSE(verify_note(renamed, std::vector{log.verifier()}));
}

TEST_CASE("a good line of a known key does not save a bad line of the same key", "[tlog][note]") {
    const Signer log = make_signer("log.example", KeyType::ed25519, 1);
    Note note{"text\n", {sign_text("text\n", log), sign_text("other text\n", log)}};
    CHECK_FALSE(verify_note(note, std::vector{log.verifier()}));
    note.signatures[1] = note.signatures[0];
    CHECK(verify_note(note, std::vector{log.verifier()}));
}

TEST_CASE("the text of a note may hold empty lines and lines that look like signatures", "[tlog][note]") {
    const Signer log = make_signer("log.example", KeyType::ed25519, 1);
    for (const std::string& text : {std::string("a\n\nb\n"), std::string("\n"),
                                    "x\n\n" + dash + "log.example AAAAAAA=\n", std::string("n\n\n\n")}) {
        const std::string bytes = signed_by(text, {&log});
        CHECK(parse_note(bytes).value().text == text);
        CHECK(holds(bytes, log.verifier()));
    }
}

TEST_CASE("malformed notes are refused", "[tlog][note]") {
    const std::string line = dash + "name AAAAAAA=\n";
    REQUIRE(parse_note("text\n\n" + line));
    const std::vector<std::string> wrong = {"",
                                            "\n",
                                            "\n\n",
                                            "text\n",
                                            "text\n\n",
                                            "text\n" + line,
                                            "text\n\n" + line + "\n",
                                            "text\n\nx" + line,
                                            "text\n\n" + line.substr(0, line.size() - 1),
                                            "text\n\n" + dash + "name\n",
                                            "text\n\n" + dash + " AAAAAAA=\n",
                                            "text\n\n" + dash + "na+me AAAAAAA=\n",
                                            "text\n\n" + dash + "na\xC2\xA0me AAAAAAA=\n",
                                            "text\n\n" + dash + "name  AAAAAAA=\n",
                                            "text\n\n" + dash + "name AAAAAA==\n",
                                            "text\n\n" + dash + "name AAAAAAB=\n",
                                            "text\n\n" + dash + "name AAAAAAA= \n",
                                            "text\n\n- name AAAAAAA=\n",
                                            "te\rxt\n\n" + line,
                                            std::string("te\0xt\n\n", 7) + line,
                                            "te\txt\n\n" + line,
                                            "te\xFFxt\n\n" + line,
                                            "text\n\n" + line + "text\n"};
    for (const std::string& bytes : wrong) {
        INFO(bytes);
        const auto parsed = parse_note(bytes);
        REQUIRE_FALSE(parsed);
        CHECK(parsed.error().kind == ErrorKind::damaged);
    }
    CHECK_FALSE(format_note(Note{"no newline", {NoteSignature{"a", 1, Bytes(64)}}}));
    CHECK_FALSE(format_note(Note{"text\n", {}}));
    CHECK_FALSE(format_note(Note{"text\n", {NoteSignature{"a b", 1, Bytes(64)}}}));
}

TEST_CASE("a note takes 100 signatures and 1 MiB, and no more", "[tlog][note]") {
    const Signer log = make_signer("log.example", KeyType::ed25519, 1);
    std::string bytes = "text\n\n";
    for (unsigned i = 0; i < 99; ++i)
        bytes += format_signature_line(NoteSignature{"w" + std::to_string(i), i, Bytes(64)});
    bytes += format_signature_line(sign_text("text\n", log));
    CHECK(holds(bytes, log.verifier()));
    CHECK_FALSE(parse_note(bytes + format_signature_line(NoteSignature{"w", 1, Bytes(64)})));

    const std::string longest(largest_note - 200, 'a');
    CHECK(holds(signed_by(longest + "\n", {&log}), log.verifier()));
    CHECK_FALSE(format_note(Note{std::string(largest_note, 'a') + "\n", {NoteSignature{"w", 1, Bytes(64)}}}));
    // One signature as large as a post-quantum one.
    CHECK(
        parse_note("text\n\n" + format_signature_line(NoteSignature{std::string(300, 'n'), 1, Bytes(5000)})));
}

TEST_CASE("two different known keys under one name and id are an error of the verifier's configuration",
          "[tlog][note]") {
    // Ids are 32 bits of a hash: among 2^17 keys two share one.
    std::map<std::uint32_t, VerifierKey> seen;
    std::vector<VerifierKey> colliding;
    for (std::uint32_t i = 0; colliding.empty() && i < 1U << 20U; ++i) {
        const VerifierKey key =
            VerifierKey::make("log.example", KeyType::ed25519, sha256(std::to_string(i))).value();
        const auto [place, fresh] = seen.emplace(key.id(), key);
        if (!fresh) colliding = {place->second, key};
    }
    REQUIRE(colliding.size() == 2);
    const Note note{"text\n", {NoteSignature{"log.example", colliding[0].id(), Bytes(64)}}};
    const auto refused = verify_note(note, colliding);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().kind == ErrorKind::invalid_input);
}

TEST_CASE("a known key given twice is no conflict", "[tlog][note]") {
    const Signer log = make_signer("log.example", KeyType::ed25519, 1);
    const Note note{"text\n", {sign_text("text\n", log)}};
    CHECK(verify_note(note, std::vector{log.verifier(), log.verifier()}).value().size() == 1);
}

TEST_CASE("a cosignature verifies with its time and only as a cosignature", "[tlog][note]") {
    const std::string text = "example.com/log\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n";
    const Signer witness = make_signer("witness.example/w1", KeyType::cosignature, 5);
    const Signer plain = make_signer("witness.example/w1", KeyType::ed25519, 5);
    CHECK(witness.verifier().public_key() == plain.verifier().public_key());
    CHECK(witness.verifier().id() != plain.verifier().id());
    for (const std::uint64_t time :
         {std::uint64_t{0}, std::uint64_t{1'679'315'147}, (std::uint64_t{1} << 63U) - 1}) {
        const Note note{text, {sign_text(text, witness, time)}};
        const auto verified = verify_note(note, std::vector{witness.verifier(), plain.verifier()});
        REQUIRE(verified);
        CHECK(verified->front().time == time);
        // The signed message is the one the specification shows: the log's plain signature over it is the
        // same.
        const Bytes as_text = plain.sign("cosignature/v1\ntime " + std::to_string(time) + "\n" + text);
        const Bytes& line = note.signatures[0].signature;
        CHECK(std::equal(as_text.begin(), as_text.end(), line.begin() + 8, line.end()));
        for (std::size_t i = 0; i < line.size(); ++i) {
            Note changed = note;
            changed.signatures[0].signature[i] ^= 0x10;
            REQUIRE_FALSE(verify_note(changed, std::vector{witness.verifier()}));
        }
    }
    CHECK_THROWS(witness.sign(text));
    CHECK_THROWS(plain.sign(text, 5));
    CHECK_THROWS(witness.sign(text, std::uint64_t{1} << 63U));
}

TEST_CASE("a cosignature whose time exceeds 2^63 - 1 is refused even if it is signed", "[tlog][note]") {
    const Signer witness = make_signer("w", KeyType::cosignature, 5);
    const Signer plain = make_signer("w", KeyType::ed25519, 5);
    const std::uint64_t time = std::uint64_t{1} << 63U;
    Bytes signature = {0x80, 0, 0, 0, 0, 0, 0, 0};
    const Bytes rest = plain.sign("cosignature/v1\ntime " + std::to_string(time) + "\ntext\n");
    signature.insert(signature.end(), rest.begin(), rest.end());
    CHECK_FALSE(witness.verifier().verify("text\n", signature));
}

TEST_CASE("merging two notes keeps each signature once, and only for one text", "[tlog][note]") {
    const Signer log = make_signer("log.example", KeyType::ed25519, 1);
    const Signer first = make_signer("w1", KeyType::cosignature, 2);
    const Signer second = make_signer("w2", KeyType::cosignature, 3);
    const Note a{"text\n", {sign_text("text\n", log), sign_text("text\n", first, 10)}};
    const Note b{"text\n", {sign_text("text\n", log), sign_text("text\n", second, 11)}};
    const Note merged = merge_notes(a, b).value();
    REQUIRE(merged.signatures.size() == 3);
    const auto verified =
        verify_note(merged, std::vector{log.verifier(), first.verifier(), second.verifier()});
    CHECK(verified.value().size() == 3);
    CHECK_FALSE(merge_notes(a, Note{"other\n", {}}));
}

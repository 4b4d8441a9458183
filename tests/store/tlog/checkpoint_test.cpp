#include <catch2/catch.hpp>
#include <certledger/store/tlog/checkpoint.hpp>
#include <certledger/store/tlog/tree_reader.hpp>

#include "support.hpp"

using namespace tlog_test;

namespace {

const std::string root_text = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
const Digest some_root = sha256(std::string_view());

Signer log_signer() { return make_signer("example.com/log", KeyType::ed25519, 1); }

/// A text signed by the log's key whatever it says.
std::string signed_text(const std::string& text) {
    return format_note(Note{text, {sign_text(text, log_signer())}}).value();
}

}  // namespace

TEST_CASE("a checkpoint is written as the specification shows it and reads back", "[tlog][checkpoint]") {
    const Checkpoint plain{"example.com/log", 20'852'163, some_root, {}};
    CHECK(format_checkpoint(plain).value() == "example.com/log\n20852163\n" + root_text + "\n");
    const Checkpoint extended{"example.com/log", ~std::uint64_t{0}, some_root, {"one", "two words + more"}};
    const std::string text = format_checkpoint(extended).value();
    CHECK(text == "example.com/log\n18446744073709551615\n" + root_text + "\none\ntwo words + more\n");
    CHECK(parse_checkpoint(text).value() == extended);
    CHECK(parse_checkpoint("go.sum database tree\n0\n" + root_text + "\n").value().origin ==
          "go.sum database tree");
}

TEST_CASE("origins and extension lines that break the rules are not written", "[tlog][checkpoint]") {
    for (const char* origin : {"", "a b", "a+b", "a\nb"}) {
        CHECK_FALSE(format_checkpoint(Checkpoint{origin, 1, some_root, {}}));
    }
    for (const char* line : {"", "a\nb", "a\tb", "\xFF"}) {
        CHECK_FALSE(format_checkpoint(Checkpoint{"log", 1, some_root, {line}}));
    }
}

TEST_CASE("malformed checkpoint texts are refused", "[tlog][checkpoint]") {
    const std::vector<std::string> wrong = {
        "",
        "\n",
        "log\n",
        "log\n1\n",
        "log\n1\n" + root_text,
        "\n1\n" + root_text + "\n",
        "log\n\n" + root_text + "\n",
        "log\n1\n\n" + root_text + "\n",
        "log\n1\n" + root_text + "\n\n",
        "log\n1\n" + root_text + "\n\next\n",
        "log\n1\n" + root_text + "\next",
        "log\n01\n" + root_text + "\n",
        "log\n00\n" + root_text + "\n",
        "log\n-1\n" + root_text + "\n",
        "log\n+1\n" + root_text + "\n",
        "log\n 1\n" + root_text + "\n",
        "log\n1 \n" + root_text + "\n",
        "log\n0x1\n" + root_text + "\n",
        "log\n1.0\n" + root_text + "\n",
        "log\n18446744073709551616\n" + root_text + "\n",
        "log\n1\n" + root_text.substr(1) + "\n",
        "log\n1\n" + root_text.substr(0, 43) + "\n",
        "log\n1\nAAAA\n",
        "log\n1\n" + root_text.substr(0, 42) + "V=\n",
        "log\n1\n " + root_text + "\n",
        "log\n1\n" + events::to_hex(some_root) + "\n",
        "log\r\n1\r\n" + root_text + "\r\n",
    };
    for (const std::string& text : wrong) {
        INFO(text);
        const auto parsed = parse_checkpoint(text);
        REQUIRE_FALSE(parsed);
        CHECK(parsed.error().kind == ErrorKind::damaged);
    }
}

TEST_CASE("a checkpoint signed by the log opens with the log's key only", "[tlog][checkpoint]") {
    const Signer log = log_signer();
    const Checkpoint checkpoint{"example.com/log", 5, some_root, {"extension"}};
    const std::string bytes = sign_checkpoint(checkpoint, log).value();
    CHECK(open_checkpoint(bytes, log.verifier()).value().checkpoint == checkpoint);
    CHECK_FALSE(open_checkpoint(bytes, make_signer("example.com/log", KeyType::ed25519, 2).verifier()));
    CHECK_FALSE(open_checkpoint(bytes, make_signer("example.com/log2", KeyType::ed25519, 1).verifier()));
    CHECK_FALSE(open_checkpoint(bytes, make_signer("example.com/log", KeyType::cosignature, 1).verifier()));
    CHECK_FALSE(sign_checkpoint(checkpoint, make_signer("example.com/other", KeyType::ed25519, 1)));
    CHECK_FALSE(sign_checkpoint(checkpoint, make_signer("example.com/log", KeyType::cosignature, 1)));
}

TEST_CASE("the log is who the verifier says: another origin under the log's key is refused",
          "[tlog][checkpoint]") {
    const VerifierKey key = log_signer().verifier();
    REQUIRE(open_checkpoint(signed_text("example.com/log\n5\n" + root_text + "\n"), key));
    CHECK_FALSE(open_checkpoint(signed_text("example.com/other\n5\n" + root_text + "\n"), key));
    CHECK_FALSE(open_checkpoint(signed_text("example.com/log\n05\n" + root_text + "\n"), key));
    CHECK_FALSE(open_checkpoint(signed_text("not a checkpoint\n"), key));
}

TEST_CASE("cosignatures are added to a checkpoint and counted by whoever knows the witnesses",
          "[tlog][checkpoint]") {
    const Signer log = log_signer();
    const Signer first = make_signer("w1.example", KeyType::cosignature, 2);
    const Signer second = make_signer("w2.example", KeyType::cosignature, 3);
    const Signer stranger = make_signer("w3.example", KeyType::cosignature, 4);
    const std::string bytes = sign_checkpoint(Checkpoint{"example.com/log", 5, some_root, {}}, log).value();
    const std::string text = parse_note(bytes).value().text;
    const auto line = [&](const Signer& witness, std::uint64_t time) {
        return format_signature_line(cosign_checkpoint(text, witness, time).value());
    };
    const std::vector<VerifierKey> known = {first.verifier(), second.verifier()};

    std::string merged = add_cosignatures(bytes, line(stranger, 1) + line(first, 100), known).value();
    merged = add_cosignatures(merged, line(second, 200), known).value();
    const auto opened = open_checkpoint(merged, log.verifier(), known);
    REQUIRE(opened);
    CHECK(opened->note.signatures.size() == 3);
    REQUIRE(opened->cosignatures.size() == 2);
    CHECK(opened->cosignatures[0].known == 0);
    CHECK(opened->cosignatures[0].time == 100);
    CHECK(opened->cosignatures[1].known == 1);
    CHECK(opened->cosignatures[1].time == 200);
    CHECK(open_checkpoint(merged, log.verifier()).value().cosignatures.empty());

    CHECK_FALSE(add_cosignatures(bytes, line(stranger, 1), known));
    CHECK_FALSE(add_cosignatures(bytes, "", known));
    CHECK_FALSE(add_cosignatures(bytes, "nonsense\n", known));
    const std::string other =
        format_signature_line(cosign_checkpoint("example.com/log\n6\n" + root_text + "\n", first, 1).value());
    CHECK_FALSE(add_cosignatures(bytes, other, known));
    CHECK_FALSE(open_checkpoint(bytes + other, log.verifier(), known));
    CHECK(open_checkpoint(bytes + other, log.verifier()));
    CHECK_FALSE(cosign_checkpoint("not a checkpoint\n", first, 1));
    CHECK_FALSE(cosign_checkpoint(text, log, 1));
    // A witness's word alone is not the log's.
    CHECK_FALSE(open_checkpoint(format_note(Note{text, {cosign_checkpoint(text, first, 1).value()}}).value(),
                                log.verifier(), known));
}

TEST_CASE("two checkpoints of one log are consistent by a proof, those of two logs never",
          "[tlog][checkpoint]") {
    MemoryTree tree;
    tree.append(leaves_of(50));
    const auto at = [&](std::uint64_t n) {
        return Checkpoint{"example.com/log", n, root_at(n, tree.source()).value(), {}};
    };
    const auto proof = consistency_proof(20, 50, tree.source()).value();
    CHECK(check_consistency(at(20), at(50), proof));
    CHECK_FALSE(check_consistency(at(21), at(50), proof));
    CHECK_FALSE(check_consistency(at(50), at(20), proof));
    Checkpoint elsewhere = at(50);
    elsewhere.origin = "example.com/elsewhere";
    CHECK_FALSE(check_consistency(at(20), elsewhere, proof));
    CHECK(parse_hash_lines(format_hash_lines(proof)).value() == proof);
    CHECK(parse_hash_lines("").value().empty());
    CHECK_FALSE(parse_hash_lines("\n"));
    CHECK_FALSE(parse_hash_lines(root_text));
    CHECK_FALSE(parse_hash_lines(root_text + " \n"));
    CHECK_FALSE(parse_hash_lines(format_hash_lines(std::vector<Digest>(65))));
}

#include <catch2/catch.hpp>
#include <certledger/store/tlog/tlog_proof.hpp>
#include <certledger/store/tlog/tree_reader.hpp>

#include "support.hpp"

using namespace tlog_test;

namespace {

/// A log of `size` records, its key, and proof files for it.
struct Log {
    Signer signer = make_signer("example.com/log", KeyType::ed25519, 1);
    MemoryTree tree;
    std::string checkpoint;

    explicit Log(std::uint64_t size) {
        tree.append(leaves_of(size));
        checkpoint =
            sign_checkpoint(Checkpoint{"example.com/log", size, tree.edge.root(), {}}, signer).value();
    }

    [[nodiscard]] ProofFile proof(std::uint64_t index) const {
        return ProofFile{std::nullopt, index, inclusion_proof(index, tree.edge.size(), tree.source()).value(),
                         checkpoint};
    }
};

}  // namespace

TEST_CASE("a proof file has the specification's form and shows that its record is in the log",
          "[tlog][proof]") {
    const Log log(11);
    for (std::uint64_t i = 0; i < 11; ++i) {
        const std::string file = format_proof_file(log.proof(i)).value();
        std::string expected = "c2sp.org/tlog-proof@v1\nindex " + std::to_string(i) + "\n";
        for (const Digest& hash : log.proof(i).path) expected += events::to_base64(hash) + "\n";
        CHECK(file == expected + "\n" + log.checkpoint);
        const auto checked = check_proof(file, record_of(i), log.signer.verifier());
        REQUIRE(checked);
        CHECK(checked->index == i);
        CHECK(checked->leaf == leaf_hash(record_of(i)));
        CHECK(checked->checkpoint.size == 11);
        const auto refused = check_proof(file, record_of(i + 1), log.signer.verifier());
        REQUIRE_FALSE(refused);
        CHECK(refused.error().kind == ErrorKind::damaged);
    }
}

TEST_CASE("a log of one record has a proof without hashes", "[tlog][proof]") {
    const Log log(1);
    const std::string file = format_proof_file(log.proof(0)).value();
    CHECK(file == "c2sp.org/tlog-proof@v1\nindex 0\n\n" + log.checkpoint);
    CHECK(check_proof(file, record_of(0), log.signer.verifier()));
}

TEST_CASE("every changed or dropped byte of a proof file makes it fail", "[tlog][proof]") {
    const Log log(11);
    const std::string file = format_proof_file(log.proof(4)).value();
    for (std::size_t i = 0; i < file.size(); ++i) {
        for (int bit = 0; bit < 8; ++bit) {
            std::string changed = file;
            changed[i] = static_cast<char>(changed[i] ^ (1 << bit));
            REQUIRE_FALSE(check_proof(changed, record_of(4), log.signer.verifier()));
        }
        std::string shorter = file;
        shorter.erase(i, 1);
        REQUIRE_FALSE(check_proof(shorter, record_of(4), log.signer.verifier()));
        REQUIRE_FALSE(check_proof(file.substr(0, i), record_of(4), log.signer.verifier()));
    }
}

TEST_CASE("a proof does not hold under another key or with another log's checkpoint", "[tlog][proof]") {
    const Log log(11);
    const std::string file = format_proof_file(log.proof(4)).value();
    CHECK_FALSE(
        check_proof(file, record_of(4), make_signer("example.com/log", KeyType::ed25519, 2).verifier()));
    ProofFile other = log.proof(4);
    other.checkpoint = Log(12).checkpoint;
    CHECK_FALSE(check_proof(format_proof_file(other).value(), record_of(4), log.signer.verifier()));
}

TEST_CASE("extra data is read and kept, and proves nothing", "[tlog][proof]") {
    const Log log(11);
    ProofFile proof = log.proof(4);
    for (const char* extra : {"", "some context"}) {
        proof.extra = bytes_of(extra);
        const std::string file = format_proof_file(proof).value();
        CHECK(parse_proof_file(file).value().extra == proof.extra);
        CHECK(check_proof(file, record_of(4), log.signer.verifier()));
    }
}

TEST_CASE("a proof file names the witnesses that cosigned its checkpoint", "[tlog][proof]") {
    const Log log(11);
    const Signer witness = make_signer("w.example", KeyType::cosignature, 2);
    const std::vector<VerifierKey> known = {witness.verifier()};
    const std::string text = parse_note(log.checkpoint).value().text;
    ProofFile proof = log.proof(4);
    const std::string line = format_signature_line(cosign_checkpoint(text, witness, 77).value());
    proof.checkpoint = add_cosignatures(proof.checkpoint, line, known).value();
    const std::string file = format_proof_file(proof).value();
    const auto checked = check_proof(file, record_of(4), log.signer.verifier(), known);
    REQUIRE(checked);
    REQUIRE(checked->cosignatures.size() == 1);
    CHECK(checked->cosignatures[0].time == 77);
}

TEST_CASE("malformed proof files are refused", "[tlog][proof]") {
    const Log log(2);
    const std::string head = "c2sp.org/tlog-proof@v1\n";
    const std::string hash = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n";
    const std::string tail = "\n" + log.checkpoint;
    REQUIRE(parse_proof_file(head + "index 0\n" + hash + tail));
    std::string many;
    for (int i = 0; i < 65; ++i) many += hash;
    const std::vector<std::string> wrong = {
        "",
        head,
        "c2sp.org/tlog-proof@v2\nindex 0\n" + hash + tail,
        "\n" + head + "index 0\n" + hash + tail,
        head + "index 00\n" + hash + tail,
        head + "index -1\n" + hash + tail,
        head + "index\n" + hash + tail,
        head + "Index 0\n" + hash + tail,
        head + "index  0\n" + hash + tail,
        head + hash + tail,
        head + "index 18446744073709551616\n" + hash + tail,
        head + "index 0\nextra AA==\n" + hash + tail,
        head + "extra !\nindex 0\n" + hash + tail,
        head + "extra AA==\n" + hash + tail,
        head + "extra AA==\nextra AA==\nindex 0\n" + hash + tail,
        head + "index 0\n" + hash + log.checkpoint,
        head + "index 0\nAAAA\n" + tail,
        head + "index 0\n" + many + tail,
        head + "index 0\n" + hash + "\n",
        head + "index 0\n\n" + hash + tail,
        head + "index 0\n" + hash + "\nno note\n",
        head + "index 0\n" + hash + "\nlog\n1\n\n\xE2\x80\x94 name AAAAAAA=\n"};
    for (const std::string& bytes : wrong) {
        INFO(bytes);
        const auto parsed = parse_proof_file(bytes);
        REQUIRE_FALSE(parsed);
        CHECK(parsed.error().kind == ErrorKind::damaged);
    }
    CHECK_FALSE(parse_proof_file(std::string(3U << 20U, 'a')));
    CHECK_FALSE(format_proof_file(ProofFile{std::nullopt, 0, {}, "no note"}));
}

#include <catch2/catch.hpp>
#include <certledger/store/tlog/tree_reader.hpp>
#include <certledger/store/tlog/witness.hpp>

#include "support.hpp"

using namespace tlog_test;

namespace {

const std::string origin = "example.com/log";

/// A log, a witness with its memory, and requests between them.
struct Scene {
    Signer log = make_signer(origin, KeyType::ed25519, 1);
    Signer witness = make_signer("witness.example", KeyType::cosignature, 2);
    std::vector<WitnessedLog> logs = {{origin, {log.verifier()}}};
    std::map<std::string, WitnessedTree, std::less<>> memory;
    MemoryTree tree;

    Scene() { tree.append(leaves_of(100)); }

    [[nodiscard]] Checkpoint at(std::uint64_t size) const {
        return Checkpoint{origin, size, root_at(size, tree.source()).value(), {}};
    }

    [[nodiscard]] std::string request(std::uint64_t old_size, std::uint64_t size) const {
        return format_add_checkpoint({old_size, consistency_proof(old_size, size, tree.source()).value(),
                                      sign_checkpoint(at(size), log).value()})
            .value();
    }

    WitnessDecision ask(const std::string& body, std::uint64_t time = 1000) {
        const WitnessMemory recall = [this](std::string_view name) -> std::optional<WitnessedTree> {
            const auto found = memory.find(name);
            if (found == memory.end()) return std::nullopt;
            return found->second;
        };
        WitnessDecision decision = decide_add_checkpoint(body, logs, recall, witness, time);
        CHECK(decision.remember.has_value() == (decision.answer == WitnessAnswer::cosigned));
        if (decision.remember) memory[decision.origin] = *decision.remember;
        return decision;
    }
};

}  // namespace

TEST_CASE("a witness cosigns a log that grows, and its lines verify with their times", "[tlog][witness]") {
    Scene scene;
    std::uint64_t last = 0;
    for (const std::uint64_t size :
         {std::uint64_t{1}, std::uint64_t{1}, std::uint64_t{64}, std::uint64_t{100}}) {
        const WitnessDecision decision = scene.ask(scene.request(last, size), 1000 + size);
        REQUIRE(decision.answer == WitnessAnswer::cosigned);
        CHECK(decision.remember == WitnessedTree{size, scene.at(size).root});
        CHECK(decision.origin == origin);
        CHECK(decision.reason.empty());
        const std::vector<VerifierKey> known = {scene.witness.verifier()};
        const auto merged =
            add_cosignatures(sign_checkpoint(scene.at(size), scene.log).value(), decision.body, known);
        const auto opened = open_checkpoint(merged.value(), scene.log.verifier(), known);
        REQUIRE(opened);
        CHECK(opened->cosignatures.at(0).time == 1000 + size);
        last = size;
    }
}

TEST_CASE("a witness answers a wrong old size with the one it remembers", "[tlog][witness]") {
    Scene scene;
    CHECK(scene.ask(scene.request(5, 10)).body == "0\n");
    REQUIRE(scene.ask(scene.request(0, 10)).answer == WitnessAnswer::cosigned);
    for (const std::uint64_t old_size : {std::uint64_t{0}, std::uint64_t{9}, std::uint64_t{11}}) {
        const WitnessDecision decision = scene.ask(scene.request(old_size, 50));
        CHECK(decision.answer == WitnessAnswer::conflict);
        CHECK(decision.body == "10\n");
        CHECK(decision.content_type == "text/x.tlog.size");
    }
    CHECK(scene.memory.at(origin).size == 10);
}

TEST_CASE("a witness never goes back to a smaller tree", "[tlog][witness]") {
    Scene scene;
    REQUIRE(scene.ask(scene.request(0, 50)).answer == WitnessAnswer::cosigned);
    CHECK(scene.ask(scene.request(0, 20)).answer == WitnessAnswer::conflict);
    CHECK(scene.ask(scene.request(20, 20)).answer == WitnessAnswer::conflict);
    const std::string body = "old 50\n\n" + sign_checkpoint(scene.at(20), scene.log).value();
    CHECK(scene.ask(body).answer == WitnessAnswer::malformed);
    CHECK(scene.memory.at(origin).size == 50);
}

TEST_CASE("a witness does not cosign another root for a size it has cosigned", "[tlog][witness]") {
    Scene scene;
    REQUIRE(scene.ask(scene.request(0, 50)).answer == WitnessAnswer::cosigned);
    Checkpoint other = scene.at(50);
    other.root[0] ^= 1;
    const WitnessDecision decision = scene.ask("old 50\n\n" + sign_checkpoint(other, scene.log).value());
    CHECK(decision.answer == WitnessAnswer::conflict);
    CHECK(decision.body == "50\n");
    CHECK(scene.ask(scene.request(50, 50)).answer == WitnessAnswer::cosigned);
}

TEST_CASE("a witness does not cosign a tree that is not proven to extend the last one", "[tlog][witness]") {
    Scene scene;
    REQUIRE(scene.ask(scene.request(0, 50)).answer == WitnessAnswer::cosigned);
    std::vector<Digest> changed = leaves_of(100);
    changed[7][0] ^= 1;
    MemoryTree forked;
    forked.append(changed);
    const auto proof = consistency_proof(50, 100, forked.source()).value();
    const Checkpoint fork{origin, 100, forked.edge.root(), {}};
    const std::string body =
        format_add_checkpoint({50, proof, sign_checkpoint(fork, scene.log).value()}).value();
    CHECK(scene.ask(body).answer == WitnessAnswer::bad_proof);

    const std::string good = sign_checkpoint(scene.at(100), scene.log).value();
    CHECK(scene.ask("old 50\n\n" + good).answer == WitnessAnswer::bad_proof);
    CHECK(scene.memory.at(origin).size == 50);
    CHECK(scene.ask(scene.request(50, 100)).answer == WitnessAnswer::cosigned);
}

TEST_CASE("a first checkpoint, and one of the remembered size, need an empty proof", "[tlog][witness]") {
    Scene scene;
    const std::string hash = events::to_base64(empty_root()) + "\n";
    const std::string checkpoint = sign_checkpoint(scene.at(10), scene.log).value();
    CHECK(scene.ask("old 0\n" + hash + "\n" + checkpoint).answer == WitnessAnswer::bad_proof);
    CHECK(scene.ask("old 0\n\n" + checkpoint).answer == WitnessAnswer::cosigned);
    CHECK(scene.ask("old 10\n" + hash + "\n" + checkpoint).answer == WitnessAnswer::bad_proof);
}

TEST_CASE("the empty tree is cosigned with its own root only", "[tlog][witness]") {
    Scene scene;
    Checkpoint wrong = scene.at(0);
    wrong.root[0] ^= 1;
    CHECK(scene.ask("old 0\n\n" + sign_checkpoint(wrong, scene.log).value()).answer ==
          WitnessAnswer::conflict);
    CHECK(scene.ask(scene.request(0, 0)).answer == WitnessAnswer::cosigned);
    CHECK(scene.ask(scene.request(0, 10)).answer == WitnessAnswer::cosigned);
}

TEST_CASE("unknown origins and untrusted keys are told apart", "[tlog][witness]") {
    Scene scene;
    const Signer elsewhere = make_signer("example.com/elsewhere", KeyType::ed25519, 1);
    Checkpoint checkpoint = scene.at(10);
    checkpoint.origin = "example.com/elsewhere";
    const std::string foreign = "old 0\n\n" + sign_checkpoint(checkpoint, elsewhere).value();
    CHECK(scene.ask(foreign).answer == WitnessAnswer::unknown_origin);

    const Signer impostor = make_signer(origin, KeyType::ed25519, 3);
    CHECK(scene.ask("old 0\n\n" + sign_checkpoint(scene.at(10), impostor).value()).answer ==
          WitnessAnswer::unknown_key);
    // A key that is trusted for one log says nothing about another.
    scene.logs.push_back({"example.com/elsewhere", {impostor.verifier()}});
    CHECK(scene.ask(foreign).answer == WitnessAnswer::unknown_key);
    CHECK(scene.ask("old 0\n\n" + sign_checkpoint(scene.at(10), impostor).value()).answer ==
          WitnessAnswer::unknown_key);

    Note note = parse_note(sign_checkpoint(scene.at(10), scene.log).value()).value();
    note.signatures[0].signature[0] ^= 1;
    CHECK(scene.ask("old 0\n\n" + format_note(note).value()).answer == WitnessAnswer::unknown_key);
    CHECK(scene.memory.empty());
}

TEST_CASE("signatures of unknown keys on the checkpoint do not disturb the witness", "[tlog][witness]") {
    Scene scene;
    const std::string stranger =
        format_signature_line(sign_text("x\n", make_signer("stranger.example", KeyType::ed25519, 9)));
    CHECK(scene.ask(scene.request(0, 10) + stranger).answer == WitnessAnswer::cosigned);
}

TEST_CASE("malformed requests are refused before anything is looked up", "[tlog][witness]") {
    Scene scene;
    const std::string checkpoint = sign_checkpoint(scene.at(10), scene.log).value();
    const std::string hash = events::to_base64(empty_root()) + "\n";
    std::string many;
    for (int i = 0; i < 64; ++i) many += hash;
    const std::vector<std::string> wrong = {"",
                                            "old 0\n",
                                            "old 0\n\n",
                                            "\n" + checkpoint,
                                            "old 00\n\n" + checkpoint,
                                            "old -1\n\n" + checkpoint,
                                            "old\n\n" + checkpoint,
                                            "Old 0\n\n" + checkpoint,
                                            "old 0 \n\n" + checkpoint,
                                            "old  0\n\n" + checkpoint,
                                            "old 0\n" + checkpoint,
                                            "old 0\nAAAA\n\n" + checkpoint,
                                            "old 0\n" + many + "\n" + checkpoint,
                                            "old 18446744073709551616\n\n" + checkpoint,
                                            "old 0\r\n\r\n" + checkpoint,
                                            "old 11\n\n" + checkpoint,
                                            "old 0\n\n\n" + checkpoint,
                                            "old 0\n\n" + checkpoint.substr(0, checkpoint.size() - 1),
                                            "old 0\n\nnot a checkpoint\n\n\xE2\x80\x94 name AAAAAAA=\n",
                                            std::string(3U << 20U, 'a')};
    for (const std::string& body : wrong) {
        INFO(body.substr(0, 200));
        const WitnessDecision decision = scene.ask(body);
        CHECK(decision.answer == WitnessAnswer::malformed);
        CHECK_FALSE(decision.reason.empty());
    }
    CHECK(scene.memory.empty());
    CHECK_FALSE(format_add_checkpoint({0, {}, "no note"}));
    CHECK_FALSE(format_add_checkpoint({0, std::vector<Digest>(64), checkpoint}));
}

TEST_CASE("no changed byte of a request makes the witness remember another tree", "[tlog][witness]") {
    Scene scene;
    REQUIRE(scene.ask(scene.request(0, 37)).answer == WitnessAnswer::cosigned);
    const std::string good = scene.request(37, 90);
    for (std::size_t i = 0; i < good.size(); ++i) {
        for (const int mask : {0x01, 0x04, 0x80}) {
            std::string changed = good;
            changed[i] = static_cast<char>(changed[i] ^ mask);
            const WitnessDecision decision = scene.ask(changed);
            INFO(changed);
            REQUIRE(decision.answer != WitnessAnswer::cosigned);
        }
    }
    CHECK(scene.ask(good).answer == WitnessAnswer::cosigned);
}

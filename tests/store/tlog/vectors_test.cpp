#include <catch2/catch.hpp>
#include <certledger/store/tlog/entry_bundle.hpp>
#include <certledger/store/tlog/proofs.hpp>
#include <certledger/store/tlog/tree_reader.hpp>
#include <nlohmann/json.hpp>
#include <sstream>

#include "support.hpp"

using namespace tlog_test;

namespace {

std::vector<nlohmann::json> cases_of(const std::string& file) {
    std::istringstream in(read_file(vector_path("transparency-dev-merkle/" + file)));
    std::vector<nlohmann::json> cases;
    for (std::string line; std::getline(in, line);) cases.push_back(nlohmann::json::parse(line));
    return cases;
}

/// A hash of another length is no digest and never reaches the checks.
std::optional<Digest> digest_at(const nlohmann::json& value) {
    return events::digest_from_base64(value.get<std::string>());
}

std::optional<std::vector<Digest>> path_of(const nlohmann::json& list) {
    std::vector<Digest> path;
    for (const auto& item : list) {
        const auto hash = digest_at(item);
        if (!hash) return std::nullopt;
        path.push_back(*hash);
    }
    return path;
}

std::string log_file(const std::string& name) {
    return read_file(vector_path("tessera-testdata-log/" + name));
}

VerifierKey log_key() {
    std::string text = log_file("log.vkey");
    while (text.ends_with('\n')) text.pop_back();
    return VerifierKey::parse(text).value();
}

}  // namespace

TEST_CASE("the published inclusion cases are decided as their source decides them", "[tlog][vectors]") {
    const auto cases = cases_of("inclusion.jsonl");
    CHECK(cases.size() == 49);
    for (const auto& item : cases) {
        INFO(item.at("case").get<std::string>());
        const auto leaf = digest_at(item.at("leafHash"));
        const auto root = digest_at(item.at("root"));
        const auto path = path_of(item.at("proof"));
        const bool holds = leaf && root && path &&
                           verify_inclusion(item.at("leafIdx").get<std::uint64_t>(),
                                            item.at("treeSize").get<std::uint64_t>(), *leaf, *path, *root);
        CHECK(holds == !item.at("wantErr").get<bool>());
    }
}

TEST_CASE("the published consistency cases are decided as their source decides them", "[tlog][vectors]") {
    const auto cases = cases_of("consistency.jsonl");
    CHECK(cases.size() == 49);
    for (const auto& item : cases) {
        INFO(item.at("case").get<std::string>());
        const auto old_root = digest_at(item.at("root1"));
        const auto root = digest_at(item.at("root2"));
        const auto path = path_of(item.at("proof"));
        const bool holds = old_root && root && path &&
                           verify_consistency(item.at("size1").get<std::uint64_t>(),
                                              item.at("size2").get<std::uint64_t>(), *old_root, *root, *path);
        CHECK(holds == !item.at("wantErr").get<bool>());
    }
}

TEST_CASE("the published log of 15 entries has its signed roots, tiles and bundles at every size",
          "[tlog][vectors]") {
    const VerifierKey key = log_key();
    const Bytes bundle = bytes_of(log_file("tile/entries/000.p/15"));
    const auto records = split_entry_bundle(bundle, 15).value();
    CHECK(std::string(records[0].begin(), records[0].end()) == "one");
    MemoryTree tree;
    Bytes rebuilt;
    for (std::size_t n = 0; n <= 15; ++n) {
        if (n > 0) {
            REQUIRE(append_entry(rebuilt, records[n - 1]));
            tree.append(std::vector<Digest>{leaf_hash(records[n - 1])});
            CHECK(tree.tiles.at({0, 0}) == bytes_of(log_file("tile/0/000.p/" + std::to_string(n))));
            CHECK(rebuilt == bytes_of(log_file("tile/entries/000.p/" + std::to_string(n))));
        }
        const auto opened = open_checkpoint(log_file("checkpoint." + std::to_string(n)), key);
        REQUIRE(opened);
        CHECK(opened->checkpoint.size == n);
        CHECK(opened->checkpoint.root == tree.edge.root());
        CHECK(format_note(opened->note).value() == log_file("checkpoint." + std::to_string(n)));
    }
    CHECK(log_file("checkpoint") == log_file("checkpoint.15"));
}

TEST_CASE("between any two checkpoints of the published log there is a consistency proof",
          "[tlog][vectors]") {
    const VerifierKey key = log_key();
    const TileSource source = [](unsigned level, std::uint64_t index) -> Result<Bytes> {
        if (level != 0 || index != 0) return fail(ErrorKind::not_found, "no such tile");
        return bytes_of(log_file("tile/0/000.p/15"));
    };
    std::vector<Checkpoint> checkpoints;
    for (std::size_t n = 0; n <= 15; ++n) {
        const auto opened = open_checkpoint(log_file("checkpoint." + std::to_string(n)), key);
        checkpoints.push_back(opened.value().checkpoint);
    }
    for (std::size_t n = 0; n <= 15; ++n) {
        for (std::size_t m = 0; m <= n; ++m) {
            const auto proof = consistency_proof(m, n, source).value();
            CHECK(check_consistency(checkpoints[m], checkpoints[n], proof));
            if (m != n) CHECK_FALSE(check_consistency(checkpoints[n], checkpoints[m], proof));
        }
    }
}

TEST_CASE("any changed byte of a published checkpoint is noticed, and no other key opens it",
          "[tlog][vectors]") {
    const VerifierKey key = log_key();
    const std::string good = log_file("checkpoint");
    for (std::size_t i = 0; i < good.size(); ++i) {
        for (const int mask : {0x01, 0x20, 0x80}) {
            std::string changed = good;
            changed[i] = static_cast<char>(changed[i] ^ mask);
            REQUIRE_FALSE(open_checkpoint(changed, key));
        }
        std::string shorter = good;
        shorter.erase(i, 1);
        REQUIRE_FALSE(open_checkpoint(shorter, key));
    }
    const Signer other = make_signer(key.name(), KeyType::ed25519, 9);
    CHECK_FALSE(open_checkpoint(good, other.verifier()));
}

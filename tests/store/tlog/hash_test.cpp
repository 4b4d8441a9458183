#include <algorithm>
#include <catch2/catch.hpp>
#include <thread>

#include "support.hpp"

using namespace tlog_test;

namespace {

/// The leaves of the Certificate Transparency reference tree.
std::vector<Bytes> reference_records() {
    std::vector<Bytes> records;
    for (const char* hex : {"", "00", "10", "2021", "3031", "40414243", "5051525354555657",
                            "606162636465666768696a6b6c6d6e6f"}) {
        records.push_back(events::bytes_from_hex(hex).value());
    }
    return records;
}

const char* const reference_roots[] = {
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
};

}  // namespace

TEST_CASE("SHA-256 gives the digests of FIPS 180", "[tlog]") {
    CHECK(events::to_hex(sha256(std::string_view("abc"))) ==
          "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK(events::to_hex(sha256(Bytes())) == reference_roots[0]);
    CHECK(sha256(bytes_of("abc")) == sha256(std::string_view("abc")));
    CHECK(empty_root() == sha256(std::string_view()));
}

TEST_CASE("the reference tree of Certificate Transparency has its known roots at every size", "[tlog]") {
    RightEdge edge;
    std::vector<Digest> leaves;
    CHECK(events::to_hex(edge.root()) == reference_roots[0]);
    for (const Bytes& record : reference_records()) {
        leaves.push_back(leaf_hash(record));
        edge.append(leaves.back());
        CHECK(events::to_hex(edge.root()) == reference_roots[leaves.size()]);
        CHECK(tree_head(leaves) == edge.root());
    }
}

TEST_CASE("leaf and node hashes are kept apart by their prefixes", "[tlog]") {
    const Digest left = sha256(std::string_view("left"));
    const Digest right = sha256(std::string_view("right"));
    Bytes both(left.begin(), left.end());
    both.insert(both.end(), right.begin(), right.end());
    CHECK_FALSE(leaf_hash(both) == node_hash(left, right));
    CHECK_FALSE(node_hash(left, right) == node_hash(right, left));
}

TEST_CASE("leaf and node hashes are those of OpenSSL at every length, singly and many at once", "[tlog]") {
    // Every length twice, beside one of the same and one of another length.
    std::vector<Bytes> records;
    for (std::size_t size = 0; size <= 400; ++size) {
        for (std::size_t copy = 0; copy < 2; ++copy) {
            Bytes record(size);
            for (std::size_t i = 0; i < size; ++i)
                record[i] = static_cast<std::uint8_t>(i * 131 + size * 7 + copy);
            records.push_back(std::move(record));
        }
    }
    std::rotate(records.begin(), records.begin() + 1, records.begin() + 301);
    std::vector<std::span<const std::uint8_t>> views(records.begin(), records.end());
    std::vector<Digest> hashes(records.size());
    leaf_hashes(views, hashes);
    for (std::size_t i = 0; i < records.size(); ++i) {
        Bytes prefixed{0};
        prefixed.insert(prefixed.end(), records[i].begin(), records[i].end());
        REQUIRE(hashes[i] == sha256(prefixed));
        REQUIRE(leaf_hash(records[i]) == hashes[i]);
    }
    for (const std::size_t pairs : {0U, 1U, 2U, 3U, 200U}) {
        std::vector<Digest> nodes(hashes.begin(), hashes.begin() + static_cast<std::ptrdiff_t>(2 * pairs));
        node_hashes(nodes, std::span(nodes).first(pairs));
        for (std::size_t i = 0; i < pairs; ++i) {
            Bytes prefixed{1};
            for (const Digest& child : {hashes[2 * i], hashes[2 * i + 1]})
                prefixed.insert(prefixed.end(), child.begin(), child.end());
            REQUIRE(nodes[i] == sha256(prefixed));
            REQUIRE(node_hash(hashes[2 * i], hashes[2 * i + 1]) == nodes[i]);
        }
    }
}

TEST_CASE("several threads hash at once without disturbing one another", "[tlog]") {
    const Digest expected = tree_head(leaves_of(500));
    std::vector<Digest> roots(4);
    std::vector<std::thread> threads;
    for (Digest& root : roots) {
        threads.emplace_back([&root] {
            RightEdge edge;
            edge.append(leaves_of(500));
            root = edge.root();
        });
    }
    for (std::thread& thread : threads) thread.join();
    for (const Digest& root : roots) CHECK(root == expected);
}

TEST_CASE("the right edge has the RFC's root at every size, appended singly or in bulk", "[tlog]") {
    const std::vector<Digest> leaves = leaves_of(300);
    RightEdge single;
    for (std::size_t n = 0; n <= leaves.size(); ++n) {
        if (n > 0) single.append(leaves[n - 1]);
        REQUIRE(single.size() == n);
        REQUIRE(single.root() == tree_head(std::span(leaves).first(n)));
        RightEdge bulk;
        bulk.append(std::span(leaves).first(n / 3));
        bulk.append(std::span(leaves).subspan(n / 3, n - n / 3));
        REQUIRE(bulk == single);
    }
}

TEST_CASE("the right edge tells of every node once, with the hash of its leaves", "[tlog]") {
    const std::vector<Digest> leaves = leaves_of(37);
    std::map<std::pair<unsigned, std::uint64_t>, Digest> nodes;
    RightEdge edge;
    edge.append(leaves, [&](unsigned height, std::uint64_t index, const Digest& hash) {
        CHECK(nodes.emplace(std::pair(height, index), hash).second);
        CHECK(hash == tree_head(std::span(leaves).subspan(index << height, std::size_t{1} << height)));
    });
    CHECK(nodes.size() == 37 + 18 + 9 + 4 + 2 + 1);
}

TEST_CASE("a right edge reads back from its bytes, and from no others", "[tlog]") {
    for (const std::uint64_t n : {0U, 1U, 2U, 7U, 64U, 255U, 256U, 257U}) {
        RightEdge edge;
        edge.append(leaves_of(n));
        const Bytes bytes = edge.serialise();
        const auto again = RightEdge::parse(bytes);
        REQUIRE(again);
        CHECK(*again == edge);
        for (std::size_t cut = 0; cut < bytes.size(); ++cut) {
            CHECK_FALSE(RightEdge::parse(std::span(bytes).first(cut)));
        }
        Bytes longer = bytes;
        longer.push_back(0);
        CHECK_FALSE(RightEdge::parse(longer));
    }
    const Bytes seven = events::bytes_from_hex("0000000000000002").value();
    const auto refused = RightEdge::parse(seven);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().kind == ErrorKind::damaged);
    CHECK(refused.error().message == "right edge: 0 subtree roots, a tree of 2 leaves has 1");
}

TEST_CASE("a tree of 2^64 - 1 leaves has an edge and takes no further leaf", "[tlog]") {
    std::vector<Digest> roots(64);
    for (std::size_t i = 0; i < roots.size(); ++i) roots[i] = sha256(std::to_string(i));
    auto edge = RightEdge::from_subtree_roots(~std::uint64_t{0}, roots);
    REQUIRE(edge);
    CHECK(RightEdge::parse(edge->serialise()).value() == *edge);
    CHECK_THROWS(edge->append(roots.front()));
}

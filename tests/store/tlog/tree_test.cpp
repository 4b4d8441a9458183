#include <catch2/catch.hpp>
#include <certledger/store/tlog/proofs.hpp>
#include <certledger/store/tlog/tree_reader.hpp>
#include <random>

#include "support.hpp"

using namespace tlog_test;

namespace {

constexpr std::size_t largest = 70;

/// The tree of 70 leaves and its root at every size.
struct Small {
    std::vector<Digest> leaves = leaves_of(largest);
    std::vector<Digest> roots;
    MemoryTree tree;

    Small() {
        tree.append(leaves);
        for (std::size_t n = 0; n <= largest; ++n) roots.push_back(tree_head(std::span(leaves).first(n)));
    }
};

Digest flipped(Digest hash, std::size_t bit) {
    hash[bit / 8] = static_cast<std::uint8_t>(hash[bit / 8] ^ (1U << (bit % 8)));
    return hash;
}

/// Each wrong path made from a good one, handed to `check`; every bit below `bits` of every hash is flipped.
template <class Check>
void for_each_wrong_path(const std::vector<Digest>& path, std::size_t bits, const Check& check) {
    for (std::size_t i = 0; i < path.size(); ++i) {
        for (std::size_t bit = 0; bit < bits; ++bit) {
            std::vector<Digest> wrong = path;
            wrong[i] = flipped(wrong[i], (bit * 37) % 256);
            check(wrong);
        }
        std::vector<Digest> shorter = path;
        shorter.erase(shorter.begin() + static_cast<std::ptrdiff_t>(i));
        check(shorter);
        if (i > 0) {
            std::vector<Digest> swapped = path;
            std::swap(swapped[i], swapped[i - 1]);
            check(swapped);
        }
    }
    std::vector<Digest> longer = path;
    longer.push_back(empty_root());
    check(longer);
}

}  // namespace

TEST_CASE("roots and edges read from tiles are the RFC's at every size", "[tlog]") {
    const Small small;
    for (std::size_t n = 0; n <= largest; ++n) {
        REQUIRE(root_at(n, small.tree.source()).value() == small.roots[n]);
        RightEdge edge;
        edge.append(std::span(small.leaves).first(n));
        REQUIRE(right_edge_at(n, small.tree.source()).value() == edge);
    }
}

TEST_CASE("every inclusion proof up to 70 leaves holds, and for no other index, leaf, root or path",
          "[tlog]") {
    const Small small;
    std::size_t proofs = 0;
    for (std::size_t n = 1; n <= largest; ++n) {
        for (std::size_t i = 0; i < n; ++i) {
            const Digest& leaf = small.leaves[i];
            const Digest& root = small.roots[n];
            const auto path = inclusion_proof(i, n, small.tree.source());
            REQUIRE(path);
            REQUIRE(verify_inclusion(i, n, leaf, *path, root));
            ++proofs;
            for (std::size_t other = 0; other <= n + 1; ++other) {
                if (other != i) REQUIRE_FALSE(verify_inclusion(other, n, leaf, *path, root));
            }
            REQUIRE_FALSE(verify_inclusion(i, n, flipped(leaf, n * 3 % 256), *path, root));
            REQUIRE_FALSE(verify_inclusion(i, n, leaf, *path, flipped(root, i * 5 % 256)));
            REQUIRE_FALSE(verify_inclusion(i, 0, leaf, *path, root));
            for_each_wrong_path(*path, n <= 16 ? 256 : 3, [&](const std::vector<Digest>& wrong) {
                REQUIRE_FALSE(verify_inclusion(i, n, leaf, wrong, root));
            });
        }
        CHECK_FALSE(inclusion_proof(n, n, small.tree.source()));
    }
    CHECK(proofs == 70 * 71 / 2);
}

TEST_CASE("an inclusion proof does not hold under another size unless the shape of its path is the same",
          "[tlog]") {
    const Small small;
    for (std::size_t n = 1; n <= largest; ++n) {
        for (std::size_t i = 0; i < n; ++i) {
            const auto path = inclusion_proof(i, n, small.tree.source()).value();
            for (std::size_t size = i + 1; size <= largest; ++size) {
                // The root belongs to one size: with the root of the size claimed the path must be that
                // size's.
                const bool holds =
                    verify_inclusion(i, size, small.leaves[i], path, small.roots[size]).has_value();
                REQUIRE(holds == (size == n));
            }
        }
    }
}

TEST_CASE("every consistency proof up to 70 leaves holds, and for no other size, root or path", "[tlog]") {
    const Small small;
    for (std::size_t n = 0; n <= largest; ++n) {
        for (std::size_t m = 0; m <= n; ++m) {
            const auto path = consistency_proof(m, n, small.tree.source());
            REQUIRE(path);
            const Digest& old_root = small.roots[m];
            const Digest& root = small.roots[n];
            REQUIRE(verify_consistency(m, n, old_root, root, *path));
            REQUIRE_FALSE(verify_consistency(m, n, flipped(old_root, n % 256), root, *path));
            if (m > 0) REQUIRE_FALSE(verify_consistency(m, n, old_root, flipped(root, m % 256), *path));
            if (m < n) REQUIRE_FALSE(verify_consistency(n, m, root, old_root, *path));
            for_each_wrong_path(*path, n <= 16 ? 256 : 3, [&](const std::vector<Digest>& wrong) {
                REQUIRE_FALSE(verify_consistency(m, n, old_root, root, wrong));
            });
            for (std::size_t other = 1; other <= n; ++other) {
                if (other == m || m == 0) continue;
                REQUIRE_FALSE(verify_consistency(other, n, small.roots[m], root, *path));
            }
        }
        CHECK_FALSE(consistency_proof(n + 1, n, small.tree.source()));
    }
}

TEST_CASE("a path that goes on above the root proves nothing, whatever it leads to", "[tlog]") {
    const Small small;
    const Digest extra = sha256(std::string_view("extra"));
    for (std::size_t n = 1; n <= largest; ++n) {
        for (std::size_t i = 0; i < n; ++i) {
            auto path = inclusion_proof(i, n, small.tree.source()).value();
            path.push_back(extra);
            REQUIRE_FALSE(verify_inclusion(i, n, small.leaves[i], path, node_hash(extra, small.roots[n])));
            REQUIRE_FALSE(verify_inclusion(i, n, small.leaves[i], path, node_hash(small.roots[n], extra)));
            if (i == 0) continue;
            path = consistency_proof(i, n, small.tree.source()).value();
            path.push_back(extra);
            const Digest above = node_hash(extra, small.roots[n]);
            REQUIRE_FALSE(verify_consistency(i, n, node_hash(extra, small.roots[i]), above, path));
            REQUIRE_FALSE(verify_consistency(i, n, small.roots[i], above, path));
            REQUIRE_FALSE(verify_consistency(i, n, small.roots[i], node_hash(small.roots[n], extra), path));
        }
    }
}

TEST_CASE("the empty tree is the beginning of every tree, but only with its own root", "[tlog]") {
    const Digest other = sha256(std::string_view("other"));
    CHECK(verify_consistency(0, 0, empty_root(), empty_root(), {}));
    CHECK(verify_consistency(0, 5, empty_root(), other, {}));
    CHECK_FALSE(verify_consistency(0, 5, other, other, {}));
    CHECK_FALSE(verify_consistency(0, 0, other, other, {}));
    CHECK_FALSE(verify_consistency(0, 0, empty_root(), other, {}));
    CHECK_FALSE(verify_consistency(0, 5, empty_root(), other, std::vector<Digest>{other}));
    CHECK_FALSE(verify_inclusion(0, 0, other, {}, empty_root()));
}

TEST_CASE("an old tree that was changed has no consistency proof with the new one", "[tlog]") {
    const Small small;
    std::mt19937_64 random(20260101);
    for (int round = 0; round < 200; ++round) {
        const std::size_t n = 2 + random() % (largest - 1);
        const std::size_t m = 1 + random() % (n - 1);
        std::vector<Digest> changed(small.leaves.begin(),
                                    small.leaves.begin() + static_cast<std::ptrdiff_t>(n));
        const std::size_t at = random() % m;
        changed[at] = flipped(changed[at], random() % 256);
        MemoryTree tree;
        tree.append(changed);
        const auto path = consistency_proof(m, n, tree.source()).value();
        REQUIRE_FALSE(verify_consistency(m, n, small.roots[m], tree.edge.root(), path));
    }
}

TEST_CASE("proof checks end quickly and refuse at sizes up to 2^64 - 1", "[tlog]") {
    const Digest hash = sha256(std::string_view("x"));
    const std::vector<Digest> path(100'000, hash);
    const std::uint64_t most = ~std::uint64_t{0};
    for (const std::uint64_t size :
         {most, most - 1, std::uint64_t{1} << 63U, (std::uint64_t{1} << 63U) + 1}) {
        for (const std::uint64_t index : {std::uint64_t{0}, size / 2, size - 2, size - 1, size}) {
            for (const std::size_t length : {std::size_t{0}, std::size_t{63}, std::size_t{64}, path.size()}) {
                const auto part = std::span(path).first(length);
                CHECK_FALSE(verify_inclusion(index, size, hash, part, hash));
                if (index != size) CHECK_FALSE(verify_consistency(index + 1, size, hash, empty_root(), part));
            }
        }
    }
}

TEST_CASE("a path of 64 hashes proves a leaf in a tree of 2^64 - 1 leaves", "[tlog]") {
    // Leaf 0: a left child on every level of the great left half, then under a root whose right part is
    // smaller.
    const std::uint64_t size = ~std::uint64_t{0};
    Digest hash = sha256(std::string_view("leaf"));
    const Digest leaf = hash;
    std::vector<Digest> path;
    for (int level = 0; level < 64; ++level) {
        path.push_back(sha256(std::to_string(level)));
        hash = node_hash(hash, path.back());
    }
    CHECK(verify_inclusion(0, size, leaf, path, hash));
    CHECK_FALSE(verify_inclusion(1, size, leaf, path, hash));
    path.pop_back();
    CHECK_FALSE(verify_inclusion(0, size, leaf, path, hash));
}

TEST_CASE("proofs of a large tree cost few tile reads", "[tlog]") {
    const std::uint64_t size = 70'000;
    MemoryTree tree;
    tree.append(leaves_of(size));
    std::mt19937_64 random(7);
    for (int round = 0; round < 300; ++round) {
        const std::uint64_t n = 1 + random() % size;
        const std::uint64_t i = random() % n;
        tree.reads = 0;
        const auto root = root_at(n, tree.source());
        REQUIRE(root);
        CHECK(tree.reads <= 3);
        tree.reads = 0;
        const auto inclusion = inclusion_proof(i, n, tree.source());
        REQUIRE(inclusion);
        CHECK(tree.reads <= 6);
        REQUIRE(verify_inclusion(i, n, leaf_hash(record_of(i)), *inclusion, *root));
        tree.reads = 0;
        const auto consistency = consistency_proof(i, n, tree.source());
        REQUIRE(consistency);
        CHECK(tree.reads <= 6);
        REQUIRE(verify_consistency(i, n, root_at(i, tree.source()).value(), *root, *consistency));
    }
    CHECK(root_at(size, tree.source()).value() == tree.edge.root());
}

TEST_CASE("a subtree's hash is that of its leaves, on every level", "[tlog]") {
    const std::vector<Digest> leaves = leaves_of(1024);
    MemoryTree tree;
    tree.append(leaves);
    for (unsigned height = 0; height <= 10; ++height) {
        const std::size_t width = std::size_t{1} << height;
        for (std::size_t index = 0; index < leaves.size() / width; index += 1 + index / 3) {
            const Digest expected = tree_head(std::span(leaves).subspan(index * width, width));
            REQUIRE(subtree_hash(height, index, tree.source()).value() == expected);
        }
    }
    CHECK_FALSE(subtree_hash(11, 0, tree.source()));
    CHECK(subtree_hash(64, 0, tree.source()).error().kind == ErrorKind::invalid_input);
    CHECK(subtree_hash(63, 1, tree.source()).error().kind == ErrorKind::invalid_input);
}

TEST_CASE("missing, short, long and torn tiles are found when proofs are made", "[tlog]") {
    MemoryTree tree;
    tree.append(leaves_of(600));
    const auto answer = [&](const Bytes& bytes) {
        return inclusion_proof(3, 600, [&](unsigned level, std::uint64_t index) -> Result<Bytes> {
            if (level == 0 && index == 0) return bytes;
            return tree.tiles.at({level, index});
        });
    };
    const Bytes good = tree.tiles.at({0, 0});
    CHECK(answer(good));
    for (const std::size_t size : {std::size_t{0}, std::size_t{32}, std::size_t{8191}, std::size_t{8160}}) {
        const auto result = answer(Bytes(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(size)));
        REQUIRE_FALSE(result);
        CHECK(result.error().kind == ErrorKind::damaged);
    }
    CHECK_FALSE(answer(Bytes(8192 + 32)));
    tree.tiles.erase({1, 0});
    const auto missing = inclusion_proof(3, 600, tree.source());
    REQUIRE_FALSE(missing);
    CHECK(missing.error().kind == ErrorKind::not_found);
}

#include <catch2/catch.hpp>
#include <certledger/store/tlog/entry_bundle.hpp>
#include <certledger/store/tlog/tile_path.hpp>
#include <certledger/store/tlog/tree_reader.hpp>
#include <random>

#include "support.hpp"

using namespace tlog_test;

TEST_CASE("a tree of 70,000 leaves has the tiles that the specification lists for it", "[tlog][tiles]") {
    RightEdge edge;
    TileWriter writer;
    const auto full = writer.append(edge, leaves_of(70'000));
    CHECK(full.size() == 273 + 1);
    std::map<unsigned, std::size_t> partial;
    for (const Tile& tile : writer.partial_tiles()) partial[tile.level] = tile.width();
    CHECK(partial == std::map<unsigned, std::size_t>{{0, 112}, {1, 17}, {2, 1}});
    CHECK(width_at(70'000, 0, 272) == 256);
    CHECK(width_at(70'000, 0, 273) == 112);
    CHECK(width_at(70'000, 0, 274) == 0);
    CHECK(width_at(70'000, 1, 1) == 17);
    CHECK(width_at(70'000, 2, 0) == 1);
    CHECK(width_at(70'000, 3, 0) == 0);
    CHECK(width_at(70'000, 8, 0) == 0);
    CHECK(width_at(256, 0, 0) == 256);
    CHECK(width_at(256, 1, 0) == 1);
    CHECK(width_at(~std::uint64_t{0}, 7, 0) == 255);
}

TEST_CASE("a tile holds the roots of the full tiles below it", "[tlog][tiles]") {
    const std::vector<Digest> leaves = leaves_of(1000);
    MemoryTree tree;
    tree.append(leaves);
    const Bytes& upper = tree.tiles.at({1, 0});
    REQUIRE(upper.size() == 3 * 32);
    for (std::size_t i = 0; i < 3; ++i) {
        const Digest root = tree_head(std::span(leaves).subspan(i * 256, 256));
        CHECK(std::equal(root.begin(), root.end(), upper.begin() + static_cast<std::ptrdiff_t>(i * 32)));
    }
}

TEST_CASE("tiles are the same however the leaves were appended, and a writer goes on where another stopped",
          "[tlog][tiles]") {
    const std::vector<Digest> leaves = leaves_of(3000);
    MemoryTree whole;
    whole.append(leaves);
    std::mt19937_64 random(42);
    for (int round = 0; round < 10; ++round) {
        MemoryTree parts;
        for (std::size_t at = 0; at < leaves.size();) {
            const std::size_t count = std::min<std::size_t>(1 + random() % 400, leaves.size() - at);
            auto resumed = TileWriter::resume(parts.edge.size(), parts.source());
            REQUIRE(resumed);
            CHECK(resumed->partial_tiles() == parts.writer.partial_tiles());
            parts.writer = std::move(*resumed);
            parts.append(std::span(leaves).subspan(at, count));
            at += count;
            REQUIRE(root_at(at, parts.source()).value() == parts.edge.root());
        }
        CHECK(parts.tiles == whole.tiles);
        CHECK(parts.edge == whole.edge);
    }
}

TEST_CASE("a writer resumes with tiles that already hold more hashes than its size", "[tlog][tiles]") {
    const std::vector<Digest> leaves = leaves_of(600);
    MemoryTree tree;
    tree.append(leaves);
    auto writer = TileWriter::resume(300, tree.source());
    REQUIRE(writer);
    auto edge = right_edge_at(300, tree.source()).value();
    (void)writer->append(edge, std::span(leaves).subspan(300));
    CHECK(writer->partial_tiles() == tree.writer.partial_tiles());
    CHECK(edge == tree.edge);
}

TEST_CASE("only partial tiles with new hashes are named as changed", "[tlog][tiles]") {
    MemoryTree tree;
    tree.append(leaves_of(600));
    const auto levels = [&](std::uint64_t since) {
        std::vector<unsigned> out;
        for (const Tile& tile : tree.writer.changed_partial_tiles(since)) out.push_back(tile.level);
        return out;
    };
    CHECK(levels(600).empty());
    CHECK(levels(599) == std::vector<unsigned>{0});
    CHECK(levels(512) == std::vector<unsigned>{0});
    CHECK(levels(511) == std::vector<unsigned>{0, 1});
    CHECK_THROWS(tree.writer.changed_partial_tiles(601));
}

TEST_CASE("a writer does not resume on missing or torn tiles, nor with an edge of another size",
          "[tlog][tiles]") {
    MemoryTree tree;
    tree.append(leaves_of(600));
    for (const std::size_t size :
         {std::size_t{0}, std::size_t{31}, std::size_t{87 * 32}, std::size_t{8224}}) {
        const auto refused =
            TileWriter::resume(600, [&](unsigned level, std::uint64_t index) -> Result<Bytes> {
                if (level == 0) return Bytes(size);
                return tree.tiles.at({level, index});
            });
        REQUIRE_FALSE(refused);
        CHECK(refused.error().kind == ErrorKind::damaged);
    }
    RightEdge edge;
    CHECK_THROWS(tree.writer.append(edge, leaves_of(1)));
}

TEST_CASE("tile paths are written as the specification's examples and read back", "[tlog][tiles]") {
    CHECK(format_tile_path({0, 1'234'067, 256}) == "tile/0/x001/x234/067");
    CHECK(format_tile_path({0, 273, 112}) == "tile/0/273.p/112");
    CHECK(format_tile_path({std::nullopt, 0, 15}) == "tile/entries/000.p/15");
    CHECK(format_tile_path({63, 1000, 1}) == "tile/63/x001/000.p/1");
    CHECK(format_tile_path({7, ~std::uint64_t{0}, 256}) == "tile/7/x018/x446/x744/x073/x709/x551/615");
    std::mt19937_64 random(3);
    for (int round = 0; round < 2000; ++round) {
        TilePath path;
        if (random() % 4 != 0) path.level = static_cast<unsigned>(random() % 64);
        path.index = random() >> (random() % 64);
        path.width = static_cast<unsigned>(1 + random() % 256);
        const auto again = parse_tile_path(format_tile_path(path));
        REQUIRE(again);
        REQUIRE(*again == path);
    }
    CHECK_THROWS(format_tile_path({0, 0, 0}));
    CHECK_THROWS(format_tile_path({64, 0, 1}));
}

TEST_CASE("names that are not exactly a tile's are refused", "[tlog][tiles]") {
    const char* const wrong[] = {"",
                                 "tile",
                                 "tile/",
                                 "tile/0",
                                 "tile/0/",
                                 "/tile/0/000",
                                 "tile/0/000/",
                                 "tile/00/000",
                                 "tile/64/000",
                                 "tile/-1/000",
                                 "tile/+1/000",
                                 "tile/0/0",
                                 "tile/0/00",
                                 "tile/0/0000",
                                 "tile/0/x000/001",
                                 "tile/0/x001",
                                 "tile/0/001/002",
                                 "tile/0/x001/x002",
                                 "tile/0/X001/002",
                                 "tile/0/abc",
                                 "tile/0/000.p",
                                 "tile/0/000.p/",
                                 "tile/0/000.p/0",
                                 "tile/0/000.p/256",
                                 "tile/0/000.p/01",
                                 "tile/0/000.p/1/",
                                 "tile/0/000.p/1.p/2",
                                 "tile/entries",
                                 "tile/entries/",
                                 "tile/Entries/000",
                                 "tile/0/ 00",
                                 "tile/0/000 ",
                                 "tile/0/../000",
                                 "tile/7/x018/x446/x744/x073/x709/x551/616",
                                 "tile/7/x999/x999/x999/x999/x999/x999/x999/999",
                                 "tile/0/-01"};
    for (const char* path : wrong) {
        INFO(path);
        const auto parsed = parse_tile_path(path);
        REQUIRE_FALSE(parsed);
        CHECK(parsed.error().kind == ErrorKind::invalid_input);
    }
}

TEST_CASE("entry bundles read back, and nothing but whole bundles is read", "[tlog][tiles]") {
    Bytes bundle;
    std::vector<Bytes> records = {Bytes(), bytes_of("a"), Bytes(65'535, 7), Bytes(256, 1)};
    for (const Bytes& record : records) REQUIRE(append_entry(bundle, record));
    const auto again = split_entry_bundle(bundle, records.size());
    REQUIRE(again);
    for (std::size_t i = 0; i < records.size(); ++i) {
        CHECK(std::equal((*again)[i].begin(), (*again)[i].end(), records[i].begin(), records[i].end()));
    }
    CHECK_FALSE(split_entry_bundle(bundle, 3));
    CHECK_FALSE(split_entry_bundle(bundle, 5));
    CHECK_FALSE(split_entry_bundle(Bytes(), 1));
    for (const std::size_t cut : {std::size_t{1}, std::size_t{3}, std::size_t{4}, bundle.size() - 1}) {
        CHECK_FALSE(split_entry_bundle(std::span(bundle).first(cut), records.size()));
    }
    const Bytes before = bundle;
    CHECK_FALSE(append_entry(bundle, Bytes(65'536)));
    CHECK(bundle == before);
}

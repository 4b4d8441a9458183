#include <catch2/catch.hpp>
#include <certledger/store/tlog/proofs.hpp>

#include "support/engines.hpp"
#include "support/records.hpp"

using namespace certledger;
using namespace certledger::store;
using namespace certledger::store::testing;

namespace {

constexpr std::uint64_t kRecords = 70;

std::vector<events::Digest> roots_of(const EventStore& store, std::uint64_t size) {
    std::vector<events::Digest> roots;
    for (std::uint64_t i = 0; i <= size; ++i) {
        const auto head = store.tree_head(i);
        REQUIRE(head);
        CHECK(head->size == i);
        roots.push_back(head->root);
    }
    return roots;
}

void fill(EventStore& store, std::uint64_t records) {
    for (std::uint64_t written = 0; written < records;) {
        Append append;
        for (std::uint64_t i = 0; i <= written % 4 && written < records; ++i, ++written)
            append.records.push_back(pending("s" + std::to_string(written % 7), std::to_string(written)));
        REQUIRE(store.append(append));
    }
}

}  // namespace

TEST_CASE("every record is proved to be in the tree of every size") {
    const auto engine = make_engine(CERTLEDGER_EACH_ENGINE);
    EventStore& store = engine->store();
    fill(store, kRecords);
    const auto roots = roots_of(store, kRecords);
    CHECK(roots[0] == tlog::empty_root());
    for (std::uint64_t index = 0; index < kRecords; ++index) {
        const auto leaf = tlog::leaf_hash(*store.record(index + 1));
        for (std::uint64_t size = index + 1; size <= kRecords; ++size) {
            const auto path = store.inclusion_proof(index, size);
            REQUIRE(path);
            REQUIRE(tlog::verify_inclusion(index, size, leaf, *path, roots[size]));
        }
    }
}

TEST_CASE("the tree of every size is proved to extend that of every smaller size") {
    const auto engine = make_engine(CERTLEDGER_EACH_ENGINE);
    EventStore& store = engine->store();
    fill(store, kRecords);
    const auto roots = roots_of(store, kRecords);
    for (std::uint64_t from = 0; from <= kRecords; ++from) {
        for (std::uint64_t to = from; to <= kRecords; ++to) {
            const auto path = store.consistency_proof(from, to);
            REQUIRE(path);
            REQUIRE(tlog::verify_consistency(from, to, roots[from], roots[to], *path));
        }
    }
}

TEST_CASE("a root does not change when the log grows beyond it") {
    const auto engine = make_engine(CERTLEDGER_EACH_ENGINE);
    EventStore& store = engine->store();
    std::vector<events::Digest> as_made;
    for (int i = 0; i < 600; ++i) {
        REQUIRE(store.append(append_to("s" + std::to_string(i % 11))));
        as_made.push_back(store.tree_head(store.head().position)->root);
    }
    // More than two full tiles, so that roots come from tiles, partial tiles and records alike.
    const auto later = roots_of(store, 600);
    for (std::size_t i = 0; i < 600; ++i) REQUIRE(later[i + 1] == as_made[i]);
}

TEST_CASE("a tree or proof beyond the log is not found") {
    const auto engine = make_engine(CERTLEDGER_EACH_ENGINE);
    EventStore& store = engine->store();
    fill(store, 5);
    CHECK(store.tree_head(6).error().kind == ErrorKind::not_found);
    CHECK(store.inclusion_proof(0, 6).error().kind == ErrorKind::not_found);
    CHECK(store.consistency_proof(2, 6).error().kind == ErrorKind::not_found);
    CHECK(store.inclusion_proof(5, 5).error().kind == ErrorKind::invalid_input);
    CHECK(store.consistency_proof(4, 3).error().kind == ErrorKind::invalid_input);
}

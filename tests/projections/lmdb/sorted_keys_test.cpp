#include <catch2/catch.hpp>
#include <filesystem>
#include <map>
#include <random>

#include "sorted_keys.hpp"

using namespace certledger;
using certledger::projections::lmdb::SortedKeys;

namespace {

struct Folder {
    Folder() {
        std::string name = (std::filesystem::temp_directory_path() / "certledger-sort-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        path = name;
    }
    ~Folder() { std::filesystem::remove_all(path); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    std::filesystem::path path;
};

}  // namespace

TEST_CASE("keys come out in the order of their octets with their values, from memory and from files") {
    const Folder folder;
    for (const std::size_t room : {std::size_t{1} << 30U, std::size_t{40'000}, std::size_t{1}}) {
        std::mt19937_64 random(7);
        SortedKeys keys(folder.path, room);
        std::map<std::string, std::string> expected;
        const int count = room == 1 ? 60 : 5000;
        for (int i = 0; i < count; ++i) {
            // A few groups with long shared beginnings, octets of every value, and keys that begin others.
            std::string key(1, static_cast<char>(random() % 5 + 1));
            if (random() % 2 == 0) key += "an-account-that-most-have";
            if (random() % 2 == 0) key += random() % 2 == 0 ? "b" : "an";
            if (random() % 4 != 0) key.push_back('\0');
            for (std::uint64_t n = random() % 20; n > 0; --n)
                key.push_back(static_cast<char>(random() % 256));
            std::string value(random() % 3 == 0 ? 8 : 0, static_cast<char>(i));
            if (!expected.emplace(key, value).second) continue;
            REQUIRE(keys.add(key, value));
        }
        CHECK((keys.runs() > 0) == (room < 1'000'000));
        auto next = expected.begin();
        const auto taken = keys.each([&](std::string_view key, std::string_view value) -> Result<void> {
            REQUIRE(next != expected.end());
            CHECK(key == next->first);
            CHECK(value == next->second);
            ++next;
            return {};
        });
        CHECK(taken);
        CHECK(next == expected.end());
        // The files have no names.
        CHECK(std::filesystem::is_empty(folder.path));
    }
}

TEST_CASE("an error of who takes the keys ends the sorting, and nothing at all is no key") {
    const Folder folder;
    SortedKeys none(folder.path);
    CHECK(none.each([](auto, auto) -> Result<void> { return fail(ErrorKind::outside, "no"); }));
    SortedKeys keys(folder.path, 1);
    for (const char* key : {"b", "a", "c"}) REQUIRE(keys.add(key, ""));
    int seen = 0;
    const auto taken = keys.each([&](auto, auto) -> Result<void> {
        return ++seen < 2 ? Result<void>() : fail(ErrorKind::outside, "full");
    });
    REQUIRE_FALSE(taken);
    CHECK(taken.error().message == "full");
    CHECK(seen == 2);
}

TEST_CASE("a folder that does not take files is an error, not a loss") {
    SortedKeys keys("/proc/no/such/folder", 1);
    REQUIRE(keys.add("a", ""));
    const auto added = keys.add("b", "");
    REQUIRE_FALSE(added);
    CHECK(added.error().kind == ErrorKind::outside);
}

TEST_CASE("several are merged into one order, from memory and from files, whatever the group") {
    const Folder folder;
    std::mt19937_64 random(11);
    SortedKeys small(folder.path, 3'000);
    SortedKeys large(folder.path);
    SortedKeys empty(folder.path);
    std::map<std::string, std::string> expected;
    for (int i = 0; i < 3'000; ++i) {
        // Groups with accounts and without, numbers with NULs among them.
        std::string key(1,
                        "\x01\x02"
                        "CIO"[random() % 5]);
        for (int n = 0; n < 8; ++n) key.push_back(static_cast<char>(random() % 3));
        std::string value(random() % 600, 'v');
        if (!expected.emplace(key, value).second) continue;
        REQUIRE((i % 3 == 0 ? small : large).add(key, value));
    }
    CHECK(small.runs() > 3);
    large.sort();
    auto next = expected.begin();
    const auto taken =
        SortedKeys::each_of({&empty, &small, &large}, [&](std::string_view key, std::string_view value) {
            REQUIRE(next != expected.end());
            CHECK(key == next->first);
            CHECK(value == next->second);
            ++next;
            return Result<void>();
        });
    CHECK(taken);
    CHECK(next == expected.end());
}

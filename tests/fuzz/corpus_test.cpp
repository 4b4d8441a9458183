// Where there is no libFuzzer: every input that is kept, and small changes of it, through every target.
#include <algorithm>
#include <catch2/catch.hpp>
#include <certledger/events/event_types.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <set>
#include <vector>

#include "targets.hpp"

namespace {

namespace fs = std::filesystem;
using certledger::fuzz::Target;
using Bytes = std::vector<std::uint8_t>;

fs::path corpus_of(const Target& target) { return fs::path(CERTLEDGER_TEST_DIR) / "corpus" / target.name; }

std::vector<fs::path> inputs_of(const Target& target) {
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(corpus_of(target))) files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    return files;
}

Bytes read(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return Bytes(std::istreambuf_iterator<char>(in), {});
}

/// One of the changes that find the most: an octet flipped, a part dropped, doubled or put elsewhere.
Bytes changed(Bytes octets, std::minstd_rand& random) {
    if (octets.empty()) return {static_cast<std::uint8_t>(random())};
    const std::size_t at = random() % octets.size();
    const std::size_t count = std::min<std::size_t>(1 + random() % 8, octets.size() - at);
    const auto from = octets.begin() + static_cast<std::ptrdiff_t>(at);
    const Bytes part(from, from + static_cast<std::ptrdiff_t>(count));
    switch (random() % 4) {
        case 0:
            octets[at] ^= static_cast<std::uint8_t>(1U << (random() % 8));
            break;
        case 1:
            octets.erase(from, from + static_cast<std::ptrdiff_t>(count));
            break;
        case 2:
            octets.insert(from, part.begin(), part.end());
            break;
        default:
            octets.resize(at);
            octets.insert(octets.end(), part.begin(), part.end());
    }
    return octets;
}

}  // namespace

TEST_CASE("every input of the fuzzers' corpus keeps its target's property") {
    for (const Target& target : certledger::fuzz::kTargets) {
        const auto files = inputs_of(target);
        CHECK(files.size() >= 5);
        for (const auto& file : files) {
            INFO(target.name << ": " << file.filename().string());
            CHECK_NOTHROW(target.run(read(file)));
        }
    }
}

TEST_CASE("inputs that are changed a little keep it too") {
    constexpr int kChanges = 4;
    std::minstd_rand random(20'260'101);
    for (const Target& target : certledger::fuzz::kTargets) {
        for (const auto& file : inputs_of(target)) {
            Bytes octets = read(file);
            for (int i = 0; i < kChanges; ++i) {
                octets = changed(std::move(octets), random);
                INFO(target.name << ": change " << i << " of " << file.filename().string());
                CHECK_NOTHROW(target.run(octets));
            }
        }
    }
}

TEST_CASE("each target has a corpus, and each corpus a target") {
    std::vector<std::string> folders;
    for (const auto& entry : fs::directory_iterator(fs::path(CERTLEDGER_TEST_DIR) / "corpus"))
        folders.push_back(entry.path().filename().string());
    std::vector<std::string> names;
    for (const Target& target : certledger::fuzz::kTargets) names.emplace_back(target.name);
    std::sort(folders.begin(), folders.end());
    std::sort(names.begin(), names.end());
    CHECK(folders == names);
}

TEST_CASE("every event type stands in the corpus") {
    std::set<std::uint16_t> codes;
    for (const auto& file : inputs_of({"event", certledger::fuzz::event})) {
        const Bytes octets = read(file);
        if (octets.size() >= 2) codes.insert(static_cast<std::uint16_t>(octets[0] | (octets[1] << 8U)));
    }
    for (const auto& entry : certledger::events::EnumTraits<certledger::events::EventType>::entries) {
        INFO(entry.name);
        CHECK(codes.count(static_cast<std::uint16_t>(entry.value)) == 1);
    }
}

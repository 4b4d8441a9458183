#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <certledger/adapters/vault/master_key.hpp>
#include <certledger/adapters/vault/vault.hpp>
#include <filesystem>
#include <set>
#include <string>
#include <thread>

#include "../support/vectors.hpp"
#include "memory_store.hpp"

using namespace certledger;
using namespace certledger::adapters::vault;
using certledger::test::MemoryStore;
using certledger::test::TemporaryFolder;
using certledger::test::write_text;

namespace {

unsigned mode_of(const std::string& path) {
    struct stat status {};
    REQUIRE(::stat(path.c_str(), &status) == 0);
    return status.st_mode & 07777;
}

}  // namespace

TEST_CASE("a new key file is private, complete and read back as the same key") {
    const TemporaryFolder folder;
    const std::string path = folder.file("master.key");
    CHECK(read_master_key(path).error().kind == ErrorKind::not_found);
    const auto made = create_master_key(path);
    REQUIRE(made);
    CHECK(mode_of(path) == 0600);
    CHECK(test::read_text(path).size() == 65);
    CHECK(read_master_key(path)->text() == made->text());
    // A second attempt leaves the first key alone, and no other file stays behind.
    CHECK(create_master_key(path)->text() == made->text());
    CHECK(std::distance(std::filesystem::directory_iterator(folder.path()), {}) == 1);
    CHECK(create_master_key(folder.file("missing/master.key")).error().kind == ErrorKind::outside);
}

TEST_CASE("several that make the key file at once agree on one key") {
    const TemporaryFolder folder;
    std::vector<std::thread> threads;
    std::vector<std::string> keys(8);
    for (std::string& key : keys) {
        threads.emplace_back([&folder, &key] { key = create_master_key(folder.file("k"))->text(); });
    }
    for (std::thread& thread : threads) thread.join();
    CHECK(std::set<std::string>(keys.begin(), keys.end()).size() == 1);
}

TEST_CASE("a key file that others can read, a link, a folder or other contents are refused") {
    const TemporaryFolder folder;
    const std::string path = folder.file("master.key");
    REQUIRE(create_master_key(path));
    for (const mode_t mode : {0640, 0604, 0644, 0620, 0602}) {
        REQUIRE(::chmod(path.c_str(), mode) == 0);
        const auto refused = read_master_key(path);
        REQUIRE_FALSE(refused);
        CHECK(refused.error().message.find("must be 0600") != std::string::npos);
        CHECK(refused.error().message.find(path) != std::string::npos);
    }
    REQUIRE(::chmod(path.c_str(), 0400) == 0);
    CHECK(read_master_key(path));
    std::filesystem::create_symlink(path, folder.file("link"));
    CHECK(read_master_key(folder.file("link")).error().kind == ErrorKind::invalid_input);
    std::filesystem::create_directory(folder.file("folder"));
    CHECK(read_master_key(folder.file("folder")).error().kind == ErrorKind::invalid_input);
    REQUIRE(::chmod(path.c_str(), 0600) == 0);
    for (const std::string& bad :
         {std::string(), std::string(63, 'a'), std::string(65, 'a'), std::string(64, 'g'),
          std::string(64, 'a') + "\n\n", std::string(1000, 'a')}) {
        write_text(path, bad);
        CHECK(read_master_key(path).error().kind == ErrorKind::damaged);
    }
}

TEST_CASE("a key in the environment needs no file and must be well-formed") {
    const TemporaryFolder folder;
    MemoryStore store;
    const std::string path = folder.file("master.key");
    const std::string hex(64, 'C');
    { REQUIRE(Vault::open(store, path, hex)); }
    CHECK_FALSE(std::filesystem::exists(path));
    CHECK(Vault::open(store, path, std::string(64, 'c')));
    for (const char* bad : {"", "cc", "zz"}) {
        const auto refused = Vault::open(store, path, bad);
        REQUIRE_FALSE(refused);
        CHECK(refused.error().kind == ErrorKind::invalid_input);
    }
}

TEST_CASE("the key file is made for a new vault only") {
    const TemporaryFolder folder;
    MemoryStore store;
    const std::string path = folder.file("master.key");
    { REQUIRE(Vault::open(store, path, std::nullopt)); }
    CHECK(std::filesystem::exists(path));
    CHECK(Vault::open(store, path, std::nullopt));
    std::filesystem::remove(path);
    const auto refused = Vault::open(store, path, std::nullopt);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().kind == ErrorKind::not_found);
    CHECK(refused.error().message.find("missing") != std::string::npos);
    CHECK_FALSE(std::filesystem::exists(path));
}

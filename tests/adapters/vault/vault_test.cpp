#include <catch2/catch.hpp>
#include <certledger/adapters/vault/master_key.hpp>
#include <certledger/adapters/vault/vault.hpp>
#include <set>
#include <string>
#include <thread>

#include "../support/vectors.hpp"
#include "memory_store.hpp"

using namespace certledger;
using namespace certledger::adapters;
using namespace certledger::adapters::vault;
using certledger::test::MemoryStore;
using certledger::test::octets_of;

namespace {

SecretBytes master(char digit) { return *master_key_from_text(std::string(64, digit)); }

Vault open_vault(MemoryStore& store, char digit = 'a') {
    auto opened = Vault::open(store, master(digit));
    REQUIRE(opened);
    return std::move(*opened);
}

std::string text_of(const Result<std::optional<SecretBytes>>& secret) {
    REQUIRE(secret);
    return *secret ? std::string((*secret)->text()) : "(none)";
}

}  // namespace

TEST_CASE("what is put is read at once, stored at commit, and never stands in the clear") {
    MemoryStore store;
    {
        Vault vault = open_vault(store);
        vault.put(entry::private_key("k1"), octets_of("the private key"));
        vault.put(entry::kLogSigningSeed, octets_of("seed"));
        CHECK(text_of(vault.get("key/k1")) == "the private key");
        CHECK(*vault.contains("key/k1"));
        CHECK(store.rows.size() == 1);  // the check entry only
        REQUIRE(vault.commit());
        CHECK(store.batches == 2);  // both in one
        REQUIRE(vault.commit());
        CHECK(store.batches == 2);  // nothing new, nothing written
    }
    CHECK_FALSE(store.holds("private key"));
    Vault vault = open_vault(store);
    CHECK(text_of(vault.get("key/k1")) == "the private key");
    CHECK(text_of(vault.get(entry::kLogSigningSeed)) == "seed");
    CHECK(text_of(vault.get("key/k2")) == "(none)");
    CHECK(*vault.verify() == 3);
    vault.put("empty", {});
    CHECK(text_of(vault.get("empty")).empty());
}

TEST_CASE("removal counts at once and is durable at commit, discarded changes are gone") {
    MemoryStore store;
    Vault vault = open_vault(store);
    vault.put("a", octets_of("1"));
    REQUIRE(vault.commit());
    vault.erase("a");
    CHECK(text_of(vault.get("a")) == "(none)");
    vault.discard();
    CHECK(text_of(vault.get("a")) == "1");
    vault.put("a", octets_of("2"));
    vault.erase("a");
    REQUIRE(vault.commit());
    CHECK(store.rows.count("a") == 0);
}

TEST_CASE("a commit that fails keeps what was collected for the next") {
    MemoryStore store;
    Vault vault = open_vault(store);
    vault.put("a", octets_of("1"));
    store.full = true;
    const auto refused = vault.commit();
    REQUIRE_FALSE(refused);
    CHECK(refused.error().kind == ErrorKind::outside);
    CHECK(store.rows.count("a") == 0);
    store.full = false;
    REQUIRE(vault.commit());
    CHECK(store.rows.count("a") == 1);
}

TEST_CASE("another master key is refused when the vault is opened") {
    MemoryStore store;
    { const Vault vault = open_vault(store, 'a'); }
    const auto refused = Vault::open(store, master('b'));
    REQUIRE_FALSE(refused);
    CHECK(refused.error().kind == ErrorKind::invalid_input);
    CHECK(refused.error().message.find("not the key that this vault was made with") != std::string::npos);
    CHECK(refused.error().message.find("bbbb") == std::string::npos);
}

TEST_CASE("every changed octet of a stored value, and a value under another name, is damage") {
    MemoryStore store;
    Vault vault = open_vault(store);
    vault.put("a", octets_of("secret"));
    vault.put("b", octets_of("other"));
    REQUIRE(vault.commit());
    const events::Bytes good = store.rows["a"];
    CHECK(good.size() == 1 + 12 + 6 + 16);
    for (std::size_t i = 0; i < good.size(); ++i) {
        store.rows["a"] = good;
        store.rows["a"][i] ^= 1;
        const auto secret = vault.get("a");
        REQUIRE_FALSE(secret);
        CHECK(secret.error().kind == ErrorKind::damaged);
        CHECK(secret.error().message.find("vault entry a") != std::string::npos);
        CHECK_FALSE(vault.verify());
    }
    for (std::size_t size = 0; size < good.size(); ++size) {
        store.rows["a"].assign(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(size));
        CHECK_FALSE(vault.get("a"));
    }
    store.rows["a"] = store.rows["b"];
    CHECK_FALSE(vault.get("a"));
    store.rows["a"] = good;
    CHECK(vault.verify());
}

TEST_CASE("the same secret is stored differently each time") {
    MemoryStore store;
    Vault vault = open_vault(store);
    std::set<events::Bytes> seen;
    for (int i = 0; i < 200; ++i) {
        vault.put("a", octets_of("secret"));
        REQUIRE(vault.commit());
        seen.insert(store.rows["a"]);
    }
    CHECK(seen.size() == 200);
}

TEST_CASE("personal data opens for its subject only, and never again once the subject's key is destroyed") {
    MemoryStore store;
    Vault vault = open_vault(store);
    const auto ada = vault.seal("ada", octets_of("Ada <ada@example.com>"));
    const auto bob = vault.seal("bob", octets_of("Bob"));
    REQUIRE(ada);
    REQUIRE(bob);
    CHECK(ada->size() == 12 + 21 + 16);
    REQUIRE(vault.commit());
    const auto more = vault.seal("ada", octets_of("more"));
    CHECK(vault.open_sealed("ada", *ada)->text() == "Ada <ada@example.com>");
    CHECK(vault.open_sealed("ada", *more)->text() == "more");
    CHECK(vault.open_sealed("bob", *ada).error().kind == ErrorKind::damaged);
    CHECK(vault.open_sealed("eve", *ada).error().kind == ErrorKind::not_found);
    events::Bytes changed = *ada;
    changed[15] ^= 1;
    const auto refused = vault.open_sealed("ada", changed);
    CHECK(refused.error().kind == ErrorKind::damaged);

    vault.destroy_subject("ada");
    REQUIRE(vault.commit());
    CHECK(vault.open_sealed("ada", *ada).error().kind == ErrorKind::not_found);
    CHECK(vault.open_sealed("bob", *bob)->text() == "Bob");
    // A new key for the same subject does not bring the old data back.
    REQUIRE(vault.seal("ada", octets_of("new")));
    CHECK(vault.open_sealed("ada", *ada).error().kind == ErrorKind::damaged);
}

TEST_CASE("derived keys hang on purpose and master key and on nothing else") {
    MemoryStore store;
    MemoryStore other;
    const Vault vault = open_vault(store);
    CHECK(vault.derived_key("command-digest").text() ==
          open_vault(store).derived_key("command-digest").text());
    CHECK(vault.derived_key("command-digest").text() != vault.derived_key("other").text());
    CHECK(vault.derived_key("command-digest").text() !=
          open_vault(other, 'c').derived_key("command-digest").text());
    CHECK(vault.derived_key("command-digest").size() == 32);
}

TEST_CASE("threads that put and commit at once lose nothing, and one subject gets one key") {
    MemoryStore store;
    Vault vault = open_vault(store);
    std::vector<std::thread> threads;
    std::vector<events::Bytes> sealed(4);
    std::vector<int> committed(4, 0);
    for (std::size_t t = 0; t < 4; ++t) {
        threads.emplace_back([&, t] {
            for (int i = 0; i < 100; ++i) {
                vault.put("n/" + std::to_string(t) + "/" + std::to_string(i), octets_of("x"));
                committed[t] += vault.commit().has_value();
            }
            sealed[t] = *vault.seal("same", octets_of("data"));
        });
    }
    for (std::thread& thread : threads) thread.join();
    REQUIRE(vault.commit());
    CHECK(store.rows.size() == 402);  // with the check entry and the one subject key
    for (const int count : committed) CHECK(count == 100);
    for (const events::Bytes& one : sealed) CHECK(vault.open_sealed("same", one)->text() == "data");
}

#include <catch2/catch.hpp>
#include <certledger/adapters/openssl/hash.hpp>
#include <certledger/adapters/secret/secret_bytes.hpp>
#include <certledger/events/digest.hpp>
#include <set>
#include <string>

using namespace certledger;
using namespace certledger::adapters;

TEST_CASE("SHA-256 of known texts is known") {
    CHECK(events::to_hex(openssl::sha256("")) ==
          "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    CHECK(events::to_hex(openssl::sha256("abc")) ==
          "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_CASE("HMAC-SHA-256 gives the answers of RFC 4231") {
    const events::Bytes key(20, 0x0b);
    const std::string data = "Hi There";
    const events::Bytes octets(data.begin(), data.end());
    CHECK(events::to_hex(openssl::hmac_sha256(key, octets)) ==
          "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    // An empty key must not be taken for the key of the call before.
    CHECK(openssl::hmac_sha256({}, octets) != openssl::hmac_sha256(key, octets));
}

TEST_CASE("HKDF-SHA-256 gives the third answer of RFC 5869 and any length asked for") {
    const events::Bytes key(22, 0x0b);
    const SecretBytes derived = openssl::hkdf_sha256(key, "", 42);
    CHECK(events::to_hex(derived.data(), derived.size()) ==
          "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8");
    CHECK(openssl::hkdf_sha256(key, "", 5).octets()[4] == derived.octets()[4]);
    CHECK(events::to_hex(openssl::hkdf_sha256(key, "a", 16).data(), 16) !=
          events::to_hex(derived.data(), 16));
}

TEST_CASE("random octets do not repeat") {
    std::set<std::string> seen;
    for (int i = 0; i < 1000; ++i) {
        seen.insert(std::string(openssl::random_bytes(16).text()));
    }
    CHECK(seen.size() == 1000);
}

TEST_CASE("a secret keeps its contents while it grows, moves and shrinks") {
    SecretBytes secret = SecretBytes::copy_of("abc");
    for (int i = 0; i < 100; ++i) {
        secret.append("0123456789");
    }
    SecretBytes moved = std::move(secret);
    CHECK(moved.size() == 1003);
    CHECK(moved.text().substr(0, 5) == "abc01");
    const std::uint8_t* before = moved.data();
    moved.shrink(3);
    CHECK(moved.data() == before);
    CHECK(moved.text() == "abc");
    CHECK(before[3] == 0);  // what was cut off is wiped
    CHECK(constant_time_equal(moved.text(), "abc"));
    CHECK_FALSE(constant_time_equal(moved.text(), "abd"));
    CHECK_FALSE(constant_time_equal(moved.text(), "ab"));
}

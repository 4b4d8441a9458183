#include <catch2/catch.hpp>
#include <certledger/adapters/openssl/csr.hpp>
#include <string>
#include <vector>

#include "../support/vectors.hpp"

using namespace certledger;
using namespace certledger::adapters::openssl;
using certledger::test::read_csv;
using certledger::test::read_octets;
using certledger::test::TemporaryFolder;
using certledger::test::vectors;

namespace {

/// `DNS:a, DNS:b` as the names alone.
std::vector<std::string> listed_names(const std::string& cell) {
    std::vector<std::string> names;
    for (std::size_t at = 0; (at = cell.find("DNS:", at)) != std::string::npos;) {
        at += 4;
        names.push_back(cell.substr(at, cell.find(',', at) - at));
    }
    return names;
}

bool usable(const Result<CsrFacts>& facts) {
    return facts && facts->signature_ok && facts->invalid_because.empty() && facts->weak_because.empty();
}

}  // namespace

TEST_CASE("published certificate requests are judged as their manifest says") {
    const auto folder = vectors() / "csr";
    const auto rows = read_csv(folder / "manifest.csv");
    REQUIRE(rows.size() == 12);
    for (const auto& row : rows) {
        INFO(row.at("file"));
        const auto facts = read_csr(read_octets(folder / row.at("file")));
        CHECK(usable(facts) == (row.at("expected") != "reject"));
        REQUIRE(facts);
        CHECK(facts->signature_ok == (row.at("openssl_signature") == "self-signature ok"));
        CHECK(std::to_string(facts->key.bits) == row.at("key_bits"));
        CHECK(facts->signature_algorithm == row.at("signature_algorithm"));
        CHECK(facts->subject == row.at("subject"));
        if (!row.at("subject_alt_names").empty()) {
            CHECK(facts->dns_names == listed_names(row.at("subject_alt_names")));
        }
    }
}

TEST_CASE("each reason to turn a request down is named") {
    const auto folder = vectors() / "csr";
    const auto read = [&](const char* file) {
        auto facts = read_csr(read_octets(folder / file));
        REQUIRE(facts);
        return *facts;
    };
    CHECK(read("boulder/bad_algorithm.der.csr").weak_because.find("SHA1") != std::string::npos);
    CHECK(read("boulder/short_key.der.csr").weak_because.find("512 bits") != std::string::npos);
    CHECK(read("x509-limbo/explicit_curve_leaf.csr").weak_because.find("explicit") != std::string::npos);
    CHECK(read("boulder/invalid_signature.der.csr").invalid_because.find("signature") != std::string::npos);
    CHECK(read("boulder/no_names.der.csr").invalid_because.find("no host") != std::string::npos);
    CHECK(read("pyca/bad-version.pem").invalid_because.find("version") != std::string::npos);
    CHECK_FALSE(read("pyca/two_basic_constraints.pem").invalid_because.empty());
}

TEST_CASE("without alternative names the common name is the name") {
    const auto facts = read_csr(read_octets(vectors() / "csr/ct-go/leaf03.csr.pem"));
    REQUIRE(facts);
    CHECK_FALSE(facts->has_san);
    CHECK(facts->dns_names == std::vector<std::string>{"leaf03.csr.pem"});
    CHECK(facts->key.algorithm == "ec-p256");
}

TEST_CASE("a request made here says what was asked for and verifies") {
    for (const auto algorithm :
         {events::KeyAlgorithm::rsa_2048, events::KeyAlgorithm::ec_p256, events::KeyAlgorithm::ec_p384}) {
        const PrivateKey key = generate_key(algorithm);
        const auto pem = make_csr(key, {"example.com", "*.xn--r8jz45g.jp"}, {"192.0.2.1", "2001:db8::1"});
        REQUIRE(pem);
        const auto facts = read_csr(*pem);
        REQUIRE(usable(facts));
        CHECK(facts->subject.empty());
        CHECK(facts->dns_names == std::vector<std::string>{"example.com", "*.xn--r8jz45g.jp"});
        CHECK(facts->ip_names == std::vector<std::string>{"192.0.2.1", "2001:db8::1"});
        CHECK(facts->key.spki_sha256 == key.facts().spki_sha256);
        const TemporaryFolder folder;
        test::write_text(folder.file("r.pem"), *pem);
        const auto told = test::run("openssl req -verify -noout -text -in " + folder.file("r.pem"));
        CHECK(told.status == 0);
        CHECK(told.output.find("DNS:example.com") != std::string::npos);
        CHECK(told.output.find("IP Address:2001:DB8:0:0:0:0:0:1") != std::string::npos);
    }
}

TEST_CASE("of a file with a key before the request the facts hold the request alone") {
    const PrivateKey key = generate_key(events::KeyAlgorithm::ec_p256);
    const auto pem = make_csr(key, {"example.com"}, {});
    REQUIRE(pem);
    const auto alone = read_csr(*pem);
    REQUIRE(alone);
    const auto beside = read_csr(std::string(key.pem().text()) + *pem);
    REQUIRE(beside);
    CHECK(beside->der == alone->der);
    const auto from_der = read_csr(std::span<const std::uint8_t>(alone->der));
    REQUIRE(from_der);
    CHECK(from_der->der == alone->der);
    CHECK(usable(from_der));
}

TEST_CASE("a request cannot be made without names or with names that are none") {
    const PrivateKey key = generate_key(events::KeyAlgorithm::ec_p256);
    CHECK_FALSE(make_csr(key, {}, {}));
    CHECK_FALSE(make_csr(key, {"例え.jp"}, {}));
    CHECK_FALSE(make_csr(key, {"a b.com"}, {}));
    CHECK_FALSE(make_csr(key, {""}, {}));
    CHECK_FALSE(make_csr(key, {}, {"example.com"}));
    CHECK_FALSE(make_csr(key, {"example.com"}, {}, std::string(65, 'a')));
    const auto named = make_csr(key, {"example.com"}, {}, "example.com");
    REQUIRE(named);
    CHECK(read_csr(*named)->subject == "CN=example.com");
}

TEST_CASE("other kinds of alternative names are counted, and names in a request become lower case") {
    const TemporaryFolder folder;
    const auto made = test::run(
        "openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout /dev/null "
        "-subj /CN=x -addext subjectAltName=DNS:ExAmple.COM,email:a@b.c,URI:http://x/ -out " +
        folder.file("r.pem"));
    REQUIRE(made.status == 0);
    const auto facts = read_csr(test::read_text(folder.file("r.pem")));
    REQUIRE(facts);
    CHECK(facts->dns_names == std::vector<std::string>{"example.com"});
    CHECK(facts->other_names == 2);
}

#include <algorithm>
#include <catch2/catch.hpp>
#include <certledger/adapters/openssl/embedded_ca.hpp>
#include <certledger/adapters/openssl/pkcs12.hpp>
#include <string>

#include "../support/vectors.hpp"

using namespace certledger;
using namespace certledger::adapters::openssl;
using certledger::test::read_csv;
using certledger::test::read_octets;
using certledger::test::TemporaryFolder;
using certledger::test::vectors;

TEST_CASE("published PKCS#12 containers open, or do not, as their manifest says") {
    const auto rows = read_csv(vectors() / "pkcs12" / "manifest.csv");
    REQUIRE(rows.size() == 21);
    for (const auto& row : rows) {
        INFO(row.at("file"));
        const auto octets = read_octets(vectors() / "pkcs12" / "botan" / row.at("file"));
        const auto bundle = read_pkcs12(octets, row.at("password"));
        if (row.at("openssl_3_0_verdict") != "opens") {
            REQUIRE_FALSE(bundle);
            continue;
        }
        if (!bundle) FAIL_CHECK(bundle.error().message);
        REQUIRE(bundle);
        CHECK(std::to_string(bundle->certificates.size()) == row.at("certificates"));
        CHECK(std::to_string(bundle->keys.size()) == row.at("private_keys"));
        const auto wrong = read_pkcs12(octets, row.at("password") + "x");
        REQUIRE_FALSE(wrong);
        CHECK(wrong.error().kind == ErrorKind::invalid_input);
        CHECK(wrong.error().message.find("password") != std::string::npos);
    }
}

TEST_CASE("display names of a container are read in its order") {
    const auto named = read_pkcs12(read_octets(vectors() / "pkcs12/botan/name-all-pwd.p12"), "password");
    REQUIRE(named);
    CHECK(named->friendly_names == std::vector<std::string>{"name", "name2", "name3", "name"});
}

namespace {

struct Issued {
    PrivateKey key;
    events::Bytes leaf;
    events::Bytes issuer;
};

Issued issue_one() {
    const auto now = events::Instant::from_seconds(1'767'225'600);
    auto ca = EmbeddedCa::create("Test", now);
    PrivateKey key = generate_key(events::KeyAlgorithm::ec_p256);
    LeafRequest request;
    request.spki = key.facts().spki;
    request.dns_names = {"example.com"};
    request.not_before = now;
    request.not_after = now.plus_seconds(90 * events::kSecondsPerDay);
    return {std::move(key), *ca->issue(request), ca->intermediate_der()};
}

}  // namespace

TEST_CASE("a container made here holds key, certificate and chain, for us and for the OpenSSL command line") {
    const Issued issued = issue_one();
    for (const PfxEncryption encryption : {PfxEncryption::aes_256, PfxEncryption::triple_des_sha1}) {
        const auto pfx =
            make_pfx(issued.key, issued.leaf, {issued.issuer}, "s3cret", "example.com", encryption);
        REQUIRE(pfx);
        const auto bundle = read_pkcs12(pfx->octets(), "s3cret");
        REQUIRE(bundle);
        REQUIRE(bundle->certificates.size() == 2);
        CHECK(bundle->certificates[0].der == issued.leaf);
        REQUIRE(bundle->keys.size() == 1);
        CHECK(bundle->keys[0].matches(bundle->certificates[0].key.spki));

        const TemporaryFolder folder;
        test::write_text(folder.file("c.pfx"), pfx->text());
        const auto told =
            test::run("openssl pkcs12 -info -noout -passin pass:s3cret -in " + folder.file("c.pfx"));
        CHECK(told.status == 0);
        const std::string wanted =
            encryption == PfxEncryption::aes_256 ? "AES-256-CBC" : "pbeWithSHA1And3-KeyTripleDES-CBC";
        CHECK(told.output.find(wanted) != std::string::npos);
        CHECK(test::run("openssl pkcs12 -noout -passin pass:wrong -in " + folder.file("c.pfx")).status != 0);
    }
}

TEST_CASE("a container is not made for a key of another certificate") {
    const Issued issued = issue_one();
    const PrivateKey other = generate_key(events::KeyAlgorithm::ec_p256);
    const auto refused = make_pfx(other, issued.leaf, {}, "s3cret", "x");
    REQUIRE_FALSE(refused);
    CHECK(refused.error().message.find("does not belong") != std::string::npos);
}

TEST_CASE("a container that asks for endless key derivation is refused at once") {
    const Issued issued = issue_one();
    const TemporaryFolder folder;
    test::write_text(folder.file("k.pem"), issued.key.pem().text());
    test::write_text(folder.file("c.pem"), certificate_pem(issued.leaf));
    for (const std::string form :
         {"-nomac -certpbe NONE -keypbe PBE-SHA1-3DES", "-certpbe NONE -keypbe NONE"}) {
        const auto made = test::run("openssl pkcs12 -export -iter 65536 -passout pass: " + form + " -inkey " +
                                    folder.file("k.pem") + " -in " + folder.file("c.pem") + " -out " +
                                    folder.file("c.p12"));
        REQUIRE(made.status == 0);
        auto octets = read_octets(folder.file("c.p12"));
        REQUIRE(read_pkcs12(octets, ""));
        // INTEGER 65536 becomes INTEGER 8388607. In the first form it belongs to the key, in the second to
        // the integrity check; neither stands under the check itself.
        const std::vector<std::uint8_t> rounds{0x02, 0x03, 0x01, 0x00, 0x00};
        const auto found = std::find_end(octets.begin(), octets.end(), rounds.begin(), rounds.end());
        REQUIRE(found != octets.end());
        found[2] = 0x7f;
        found[3] = 0xff;
        found[4] = 0xff;
        const auto refused = read_pkcs12(octets, "");
        REQUIRE_FALSE(refused);
        CHECK(refused.error().message.find("rounds") != std::string::npos);
    }
}

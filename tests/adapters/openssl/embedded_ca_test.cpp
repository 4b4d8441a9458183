#include <catch2/catch.hpp>
#include <certledger/adapters/openssl/certificate.hpp>
#include <certledger/adapters/openssl/csr.hpp>
#include <certledger/adapters/openssl/embedded_ca.hpp>
#include <set>
#include <string>

#include "../support/vectors.hpp"

using namespace certledger;
using namespace certledger::adapters::openssl;
using certledger::test::run;
using certledger::test::TemporaryFolder;
using certledger::test::write_text;

namespace {

const events::Instant kNow = *events::instant_from_string("2026-01-02T00:06:00Z");

EmbeddedCa new_ca() {
    auto ca = EmbeddedCa::create("Test", kNow);
    REQUIRE(ca);
    return std::move(*ca);
}

LeafRequest request_for(const PrivateKey& key) {
    LeafRequest request;
    request.spki = key.facts().spki;
    request.dns_names = {"example.com", "www.example.com"};
    request.not_before = kNow;
    request.not_after = kNow.plus_seconds(200 * events::kSecondsPerDay - 1);
    return request;
}

/// The files that the openssl command line is given.
struct Files {
    TemporaryFolder folder;
    explicit Files(const EmbeddedCa& ca) {
        write_text(folder.file("root.pem"), ca.root_pem());
        write_text(folder.file("inter.pem"), ca.intermediate_pem());
    }
    [[nodiscard]] std::string verify(const std::string& leaf, const std::string& more = "") const {
        return "openssl verify -x509_strict -purpose sslserver -attime " +
               std::to_string(kNow.seconds() + 3600) + " -CAfile " + folder.file("root.pem") +
               " -untrusted " + folder.file("inter.pem") + " " + more + " " + folder.file(leaf);
    }
};

}  // namespace

TEST_CASE("an issued certificate verifies up to the root for its names and carries what was asked") {
    const EmbeddedCa ca = new_ca();
    const Files files(ca);
    for (const auto algorithm : {events::KeyAlgorithm::ec_p256, events::KeyAlgorithm::rsa_2048}) {
        const PrivateKey key = generate_key(algorithm);
        LeafRequest request = request_for(key);
        request.ip_names = {"2001:db8::1"};
        request.crl_url = "http://ca.example/a,b.crl";
        const auto der = ca.issue(request);
        REQUIRE(der);
        const auto facts = read_certificate(std::span<const std::uint8_t>(*der));
        REQUIRE(facts);
        CHECK(facts->dns_names == request.dns_names);
        CHECK(facts->ip_names == request.ip_names);
        CHECK(facts->not_before == request.not_before);
        CHECK(facts->not_after == request.not_after);
        CHECK(facts->key.spki_sha256 == key.facts().spki_sha256);
        CHECK(facts->issuer == "C=XX, O=Test, CN=Test Issuing CA");
        CHECK_FALSE(facts->is_ca);
        write_text(files.folder.file("leaf.pem"), certificate_pem(*der));
        const auto verified = run(files.verify("leaf.pem", "-verify_hostname www.example.com"));
        INFO(verified.output);
        CHECK(verified.status == 0);
        CHECK(run(files.verify("leaf.pem", "-verify_hostname other.com")).status != 0);
        CHECK(run(files.verify("leaf.pem", "-verify_ip 2001:db8::1")).status == 0);
        const std::string text = run("openssl x509 -noout -text -in " + files.folder.file("leaf.pem")).output;
        CHECK(text.find("2.23.140.1.2.1") != std::string::npos);
        CHECK(text.find("TLS Web Server Authentication") != std::string::npos);
        CHECK(text.find("URI:http://ca.example/a,b.crl") != std::string::npos);
        CHECK(text.find("X509v3 Authority Key Identifier") != std::string::npos);
        CHECK((text.find("Key Encipherment") != std::string::npos) ==
              (algorithm == events::KeyAlgorithm::rsa_2048));
    }
}

TEST_CASE("ov and ev certificates carry the organisation and their policy") {
    const EmbeddedCa ca = new_ca();
    const PrivateKey key = generate_key(events::KeyAlgorithm::ec_p256);
    LeafRequest request = request_for(key);
    request.level = events::Level::ov;
    CHECK_FALSE(ca.issue(request));
    request.organization = SubjectOrganization{"Grüße AG, Bern", "ch", "CHE-123", "Bern"};
    auto facts = read_certificate(std::span<const std::uint8_t>(*ca.issue(request)));
    REQUIRE(facts);
    CHECK(facts->subject == "C=CH, L=Bern, O=Grüße AG\\, Bern, CN=example.com");
    request.level = events::Level::ev;
    const auto der = ca.issue(request);
    REQUIRE(der);
    facts = read_certificate(std::span<const std::uint8_t>(*der));
    CHECK(facts->subject ==
          "businessCategory=Private Organization, jurisdictionC=CH, serialNumber=CHE-123, C=CH, L=Bern, "
          "O=Grüße AG\\, Bern, CN=example.com");
    const Files files(ca);
    write_text(files.folder.file("ev.pem"), certificate_pem(*der));
    CHECK(run(files.verify("ev.pem")).status == 0);
    CHECK(run("openssl x509 -noout -text -in " + files.folder.file("ev.pem")).output.find("2.23.140.1.1\n") !=
          std::string::npos);
    request.organization->name = std::string(100, 'x');
    REQUIRE(ca.issue(request));
    request.organization->country = "Switzerland";
    CHECK_FALSE(ca.issue(request));
}

TEST_CASE("a first name too long for a common name leaves the subject empty and the names critical") {
    const EmbeddedCa ca = new_ca();
    const PrivateKey key = generate_key(events::KeyAlgorithm::ec_p256);
    LeafRequest request = request_for(key);
    request.dns_names = {std::string(60, 'a') + ".example.com"};
    const auto der = ca.issue(request);
    REQUIRE(der);
    CHECK(read_certificate(std::span<const std::uint8_t>(*der))->subject.empty());
    const Files files(ca);
    write_text(files.folder.file("long.pem"), certificate_pem(*der));
    CHECK(run(files.verify("long.pem")).status == 0);
}

TEST_CASE("the revocation list turns a revoked certificate down and leaves the other one alone") {
    const EmbeddedCa ca = new_ca();
    const Files files(ca);
    const PrivateKey key = generate_key(events::KeyAlgorithm::ec_p256);
    const auto good = ca.issue(request_for(key));
    const auto bad = ca.issue(request_for(key));
    REQUIRE(good);
    REQUIRE(bad);
    const std::string serial = read_certificate(std::span<const std::uint8_t>(*bad))->serial;
    CHECK(serial != read_certificate(std::span<const std::uint8_t>(*good))->serial);
    const RevokedEntry entry{serial, kNow.plus_seconds(60), events::RevocationReason::key_compromise};
    const auto list = ca.make_crl({entry, entry, {"0a1", kNow, events::RevocationReason::unspecified}},
                                  kNow.plus_seconds(60), kNow.plus_seconds(7 * events::kSecondsPerDay), 2);
    REQUIRE(list);
    write_text(files.folder.file("good.pem"), certificate_pem(*good));
    write_text(files.folder.file("bad.pem"), certificate_pem(*bad));
    write_text(files.folder.file("list.pem"), *list);
    const std::string with_list = "-crl_check -CRLfile " + files.folder.file("list.pem");
    const auto fine = run(files.verify("good.pem", with_list));
    INFO(fine.output);
    CHECK(fine.status == 0);
    const auto revoked = run(files.verify("bad.pem", with_list));
    CHECK(revoked.status != 0);
    CHECK(revoked.output.find("certificate revoked") != std::string::npos);
    const std::string text = run("openssl crl -noout -text -in " + files.folder.file("list.pem")).output;
    CHECK(text.find("Key Compromise") != std::string::npos);
    CHECK(text.find("Serial Number: 0A01\n") == std::string::npos);
    CHECK(text.find("Serial Number: A1\n") != std::string::npos);
    const std::string again = "Serial Number: ";
    CHECK(text.find(again, text.find(again, text.find(again) + 1) + 1) == std::string::npos);  // two entries
}

TEST_CASE("an empty revocation list is a list too, and wrong ones are refused") {
    const EmbeddedCa ca = new_ca();
    CHECK(ca.make_crl({}, kNow, kNow.plus_seconds(60), 1));
    CHECK_FALSE(ca.make_crl({}, kNow, kNow, 1));
    CHECK_FALSE(ca.make_crl({{"zz", kNow, {}}}, kNow, kNow.plus_seconds(60), 1));
    CHECK_FALSE(ca.make_crl({{"", kNow, {}}}, kNow, kNow.plus_seconds(60), 1));
}

TEST_CASE("a stored authority signs on as the same one, a mixed-up one is damaged") {
    const EmbeddedCa ca = new_ca();
    const EmbeddedCa other = new_ca();
    auto again = EmbeddedCa::load(ca.state());
    REQUIRE(again);
    CHECK(again->root_pem() == ca.root_pem());
    const Files files(ca);
    const PrivateKey key = generate_key(events::KeyAlgorithm::ec_p256);
    write_text(files.folder.file("leaf.pem"), certificate_pem(*again->issue(request_for(key))));
    CHECK(run(files.verify("leaf.pem")).status == 0);

    CaState mixed = ca.state();
    mixed.intermediate_key = other.state().intermediate_key;
    const auto damaged = EmbeddedCa::load(mixed);
    REQUIRE_FALSE(damaged);
    CHECK(damaged.error().kind == ErrorKind::damaged);
    mixed = ca.state();
    mixed.root_pem = other.root_pem();
    mixed.root_key = other.state().root_key;
    CHECK_FALSE(EmbeddedCa::load(mixed));
    mixed.root_pem.clear();
    CHECK_FALSE(EmbeddedCa::load(mixed));
}

TEST_CASE("requests that break a rule are refused") {
    const EmbeddedCa ca = new_ca();
    const PrivateKey key = generate_key(events::KeyAlgorithm::ec_p256);
    const LeafRequest good = request_for(key);
    const auto refused = [&](auto change) {
        LeafRequest request = good;
        change(request);
        const auto issued = ca.issue(request);
        return !issued && issued.error().kind == ErrorKind::invalid_input;
    };
    CHECK(refused([](LeafRequest& r) { r.dns_names.clear(); }));
    CHECK(refused([](LeafRequest& r) { r.dns_names = {"例え.jp"}; }));
    CHECK(refused([](LeafRequest& r) { r.ip_names = {"1.2.3"}; }));
    CHECK(refused([](LeafRequest& r) { r.spki = {1, 2, 3}; }));
    CHECK(refused([](LeafRequest& r) { r.not_after = r.not_before.plus_seconds(-1); }));
    CHECK(refused([](LeafRequest& r) { r.not_before = kNow.plus_seconds(-1); }));
    CHECK(refused([](LeafRequest& r) { r.not_after = kNow.plus_seconds(3650 * events::kSecondsPerDay); }));
    CHECK(refused([](LeafRequest& r) { r.serial = {0, 0}; }));
    CHECK(refused([](LeafRequest& r) { r.serial = events::Bytes(21, 1); }));
    CHECK(refused([](LeafRequest& r) { r.crl_url = "http://x y"; }));
    const auto weak = PrivateKey::read(
        run("openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:1024 2>/dev/null; true").output);
    CHECK_FALSE(EmbeddedCa::create("", kNow));
    CHECK_FALSE(EmbeddedCa::create(std::string(41, 'a'), kNow));
    REQUIRE(weak);
    CHECK(refused([&](LeafRequest& r) { r.spki = weak->facts().spki; }));
}

TEST_CASE("serials are the caller's when given, else random and long") {
    const EmbeddedCa ca = new_ca();
    const PrivateKey key = generate_key(events::KeyAlgorithm::ec_p256);
    LeafRequest request = request_for(key);
    request.serial = {0x0a, 0x1b};
    CHECK(read_certificate(std::span<const std::uint8_t>(*ca.issue(request)))->serial == "0a1b");
    request.serial.clear();
    std::set<std::string> serials;
    for (int i = 0; i < 100; ++i) {
        const std::string serial =
            read_certificate(std::span<const std::uint8_t>(*ca.issue(request)))->serial;
        CHECK(serial.size() == 32);
        serials.insert(serial);
    }
    CHECK(serials.size() == 100);
}

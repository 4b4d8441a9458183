#include <catch2/catch.hpp>
#include <certledger/adapters/openssl/certificate.hpp>
#include <cstdlib>
#include <string>
#include <vector>

#include "../support/vectors.hpp"

using namespace certledger;
using namespace certledger::adapters::openssl;
using certledger::test::octets_of;
using certledger::test::read_csv;
using certledger::test::read_text;
using certledger::test::TemporaryFolder;
using certledger::test::vectors;
using certledger::test::write_text;

namespace {

/// The form of the manifest: blanks around `=`, no escapes.
std::string as_manifest(const std::string& name) {
    std::string text;
    for (std::size_t i = 0; i < name.size(); ++i) {
        if (name[i] == '\\') {
            continue;
        }
        name[i] == '=' ? text += " = " : text += name[i];
    }
    return text;
}

std::string names_cell(const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names) {
        text += (text.empty() ? "DNS:" : ", DNS:") + name;
    }
    return text;
}

std::string time_cell(events::Instant instant) {
    std::string text = events::to_string(instant);
    text[10] = ' ';
    return text;
}

void check_folder(const std::filesystem::path& folder, std::size_t at_least) {
    const auto rows = read_csv(folder / "manifest.csv");
    REQUIRE(rows.size() >= at_least);
    for (const auto& row : rows) {
        INFO(row.at("file"));
        const auto facts = read_certificate(read_text(folder / row.at("file")));
        REQUIRE(facts);
        CHECK(events::to_hex(facts->sha256) == row.at("sha256"));
        CHECK(facts->serial == row.at("serial_hex"));
        CHECK(as_manifest(facts->subject) == row.at("subject"));
        CHECK(as_manifest(facts->issuer) == row.at("issuer"));
        CHECK(names_cell(facts->dns_names) == row.at("subject_alt_names"));
        CHECK(time_cell(facts->not_before) == row.at("notBefore"));
        CHECK(time_cell(facts->not_after) == row.at("notAfter"));
        CHECK(facts->signature_algorithm == row.at("signature_algorithm"));
        const std::string key = row.at("key_type") == "RSA-2048" ? "rsa-2048" : "ec-p256";
        CHECK(facts->key.algorithm == key);
        CHECK_FALSE(facts->is_ca);
        CHECK_FALSE(facts->is_precertificate);
        // PEM and DER are the same certificate.
        const auto from_der = read_certificate(std::span<const std::uint8_t>(facts->der));
        REQUIRE(from_der);
        CHECK(from_der->sha256 == facts->sha256);
        CHECK(read_certificate(certificate_pem(facts->der))->der == facts->der);
    }
}

}  // namespace

TEST_CASE("real certificates read as their manifest says") {
    check_folder(vectors() / "certs", 6);
    // A larger set with the same manifest, where somebody has one.
    if (const char* more = std::getenv("CERTLEDGER_EXTRA_CERTS"); more != nullptr) {
        check_folder(more, 1);
    }
}

TEST_CASE("a bundle of PEM certificates keeps their order and takes keys and PKCS#7 along") {
    const auto folder = vectors() / "certs";
    const std::string one = read_text(folder / "0245f647525ceacf638a15ef.pem");
    const std::string two = read_text(folder / "6b4d73abfc6ae030c685dca4.pem");
    const PrivateKey key = generate_key(events::KeyAlgorithm::ec_p256);
    const std::string text = one + "some words\n" + std::string(key.pem().text()) + two;
    const auto bundle = read_bundle(octets_of(text));
    REQUIRE(bundle);
    REQUIRE(bundle->certificates.size() == 2);
    CHECK(bundle->certificates[0].subject == "CN=www.fastly.com");
    CHECK(bundle->certificates[1].subject == "CN=stackoverflow.com");
    REQUIRE(bundle->keys.size() == 1);
    CHECK(bundle->keys[0].facts().spki == key.facts().spki);

    const TemporaryFolder scratch;
    write_text(scratch.file("two.pem"), one + two);
    for (const std::string form : {"PEM", "DER"}) {
        const std::string out = scratch.file("b.p7b");
        REQUIRE(test::run("openssl crl2pkcs7 -nocrl -certfile " + scratch.file("two.pem") + " -outform " +
                          form + " -out " + out)
                    .status == 0);
        const auto read = read_bundle(octets_of(read_text(out)));
        REQUIRE(read);
        CHECK(read->certificates.size() == 2);
    }
}

TEST_CASE("bundles with nothing in them, a damaged part or an encrypted key are refused") {
    const std::string one = read_text(vectors() / "certs" / "0245f647525ceacf638a15ef.pem");
    const TemporaryFolder scratch;
    const PrivateKey key = generate_key(events::KeyAlgorithm::ec_p256);
    write_text(scratch.file("k.pem"), key.pem().text());
    REQUIRE(test::run("openssl pkey -aes256 -passout pass:x -in " + scratch.file("k.pem") + " -out " +
                      scratch.file("e.pem"))
                .status == 0);
    for (const std::string& bad :
         {std::string(), std::string("words"),
          std::string("-----BEGIN NOTHING-----\nAA==\n-----END NOTHING-----\n"), one + one.substr(0, 500),
          one + read_text(scratch.file("e.pem")), std::string(1'048'577, 'A')}) {
        const auto refused = read_bundle(octets_of(bad));
        REQUIRE_FALSE(refused);
        CHECK(refused.error().kind == ErrorKind::invalid_input);
    }
}

TEST_CASE("a certificate authority, a precertificate and odd serials are told apart") {
    const TemporaryFolder scratch;
    const std::string out = scratch.file("c.pem");
    const std::string request =
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout /dev/null -subj '/O=A, "
        "B/CN=x' -out " +
        out;
    REQUIRE(test::run(request + " -set_serial 1 -addext 1.3.6.1.4.1.11129.2.4.3=critical,DER:0500").status ==
            0);
    auto facts = read_certificate(read_text(out));
    REQUIRE(facts);
    CHECK(facts->is_precertificate);
    CHECK(facts->is_ca);
    CHECK(facts->serial == "01");
    CHECK(facts->subject == "O=A\\, B, CN=x");
    CHECK(facts->dns_names.empty());
    REQUIRE(test::run(request + " -set_serial 0x0a1b2 -addext basicConstraints=CA:FALSE -addext "
                                "subjectAltName=DNS:X.Example,IP:2001:DB8::0:1,IP:1.2.3.4")
                .status == 0);
    facts = read_certificate(read_text(out));
    REQUIRE(facts);
    CHECK_FALSE(facts->is_precertificate);
    CHECK(facts->serial == "a1b2");
    CHECK(facts->dns_names == std::vector<std::string>{"x.example"});
    CHECK(facts->ip_names == std::vector<std::string>{"2001:db8::1", "1.2.3.4"});
}

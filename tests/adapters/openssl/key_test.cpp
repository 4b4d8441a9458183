#include <catch2/catch.hpp>
#include <certledger/adapters/openssl/csr.hpp>
#include <certledger/adapters/openssl/hash.hpp>
#include <certledger/adapters/openssl/key.hpp>
#include <string>

#include "../support/vectors.hpp"

using namespace certledger;
using namespace certledger::adapters::openssl;
using certledger::test::run;
using certledger::test::TemporaryFolder;
using certledger::test::write_text;

TEST_CASE("each key algorithm makes a key of its own name and size, which reads back as the same key") {
    struct Row {
        events::KeyAlgorithm algorithm;
        int bits;
    };
    for (const Row row :
         {Row{events::KeyAlgorithm::rsa_2048, 2048}, Row{events::KeyAlgorithm::rsa_3072, 3072},
          Row{events::KeyAlgorithm::ec_p256, 256}, Row{events::KeyAlgorithm::ec_p384, 384}}) {
        const PrivateKey key = generate_key(row.algorithm);
        CHECK(key.facts().algorithm == events::to_name(row.algorithm));
        CHECK(key.facts().bits == row.bits);
        CHECK(key.facts().weak_because.empty());
        CHECK(key.facts().spki_sha256 == sha256(key.facts().spki));
        const auto from_pem = PrivateKey::read(key.pem().text());
        const auto from_der = PrivateKey::read(key.pkcs8().octets());
        REQUIRE(from_pem);
        REQUIRE(from_der);
        CHECK(from_pem->facts().spki == key.facts().spki);
        CHECK(from_der->matches(key.facts().spki));
        CHECK_FALSE(generate_key(events::KeyAlgorithm::ec_p256).matches(key.facts().spki));
    }
}

TEST_CASE("keys that no certificate may use are named and called weak") {
    const TemporaryFolder folder;
    struct Row {
        const char* command;
        const char* name;
    };
    for (const Row row :
         {Row{"genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:1024", "rsa-1024"},
          Row{"genpkey -algorithm ED25519", "ed25519"},
          Row{"genpkey -algorithm EC -pkeyopt ec_paramgen_curve:secp521r1", "ec-p521"},
          Row{"genpkey -algorithm EC -pkeyopt ec_paramgen_curve:secp256k1", "ec-secp256k1"},
          Row{"genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -pkeyopt ec_param_enc:explicit",
              "ec-explicit"},
          Row{"genpkey -algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048", "rsa-pss-2048"}}) {
        const std::string file = folder.file("key.pem");
        REQUIRE(run(std::string("openssl ") + row.command + " -out " + file).status == 0);
        const auto key = PrivateKey::read(test::read_text(file));
        REQUIRE(key);
        CHECK(key->facts().algorithm == row.name);
        CHECK_FALSE(key->facts().weak_because.empty());
    }
}

TEST_CASE("traditional forms are read, encrypted and broken keys are refused without asking anybody") {
    const TemporaryFolder folder;
    const PrivateKey key = generate_key(events::KeyAlgorithm::ec_p256);
    write_text(folder.file("k.pem"), key.pem().text());
    REQUIRE(run("openssl ec -in " + folder.file("k.pem") + " -out " + folder.file("ec.pem")).status == 0);
    REQUIRE(run("openssl pkey -aes256 -passout pass:x -in " + folder.file("k.pem") + " -out " +
                folder.file("enc.pem"))
                .status == 0);
    const std::string traditional = test::read_text(folder.file("ec.pem"));
    REQUIRE(traditional.find("BEGIN EC PRIVATE KEY") != std::string::npos);
    const auto read = PrivateKey::read(traditional);
    REQUIRE(read);
    CHECK(read->facts().spki == key.facts().spki);

    for (const std::string& bad :
         {test::read_text(folder.file("enc.pem")), std::string("-----BEGIN PRIVATE KEY-----\n"),
          std::string(), std::string("x"), std::string(2'000'000, 'A')}) {
        const auto refused = PrivateKey::read(bad);
        REQUIRE_FALSE(refused);
        CHECK(refused.error().kind == ErrorKind::invalid_input);
    }
}

TEST_CASE("a key whose private half belongs to another public half is refused") {
    const PrivateKey one = generate_key(events::KeyAlgorithm::ec_p256);
    const PrivateKey two = generate_key(events::KeyAlgorithm::ec_p256);
    // PKCS#8 of a P-256 key ends with the 65 octets of the public point.
    events::Bytes mixed(one.pkcs8().octets().begin(), one.pkcs8().octets().end());
    std::copy_n(two.pkcs8().data() + two.pkcs8().size() - 65, 65, mixed.end() - 65);
    CHECK_FALSE(PrivateKey::read(std::span<const std::uint8_t>(mixed)));
}

TEST_CASE("a public key is described from its DER") {
    const PrivateKey key = generate_key(events::KeyAlgorithm::ec_p384);
    const auto facts = read_public_key(key.facts().spki);
    REQUIRE(facts);
    CHECK(facts->algorithm == "ec-p384");
    CHECK(facts->spki_sha256 == key.facts().spki_sha256);
    events::Bytes longer = key.facts().spki;
    longer.push_back(0);
    CHECK_FALSE(read_public_key(longer));
    CHECK_FALSE(key.matches(longer));
}

TEST_CASE("EC keys made here are written octet by octet as OpenSSL writes them") {
    const TemporaryFolder folder;
    for (const auto algorithm : {events::KeyAlgorithm::ec_p256, events::KeyAlgorithm::ec_p384}) {
        const PrivateKey key = generate_key(algorithm);
        write_text(folder.file("k.der"), key.pkcs8().text());
        const std::string pkey = "openssl pkey -inform DER -in " + folder.file("k.der") + " -outform DER ";
        REQUIRE(run(pkey + "-out " + folder.file("again.der")).status == 0);
        REQUIRE(run(pkey + "-pubout -out " + folder.file("public.der")).status == 0);
        // `openssl pkey` writes the traditional form; topk8 gives PKCS#8.
        REQUIRE(run("openssl pkcs8 -topk8 -nocrypt -inform DER -in " + folder.file("again.der") +
                    " -outform DER -out " + folder.file("pkcs8.der"))
                    .status == 0);
        CHECK(test::read_text(folder.file("pkcs8.der")) == key.pkcs8().text());
        const auto spki = test::read_octets(folder.file("public.der"));
        CHECK(spki == key.facts().spki);
    }
}

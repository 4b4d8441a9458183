// Octets from outside: whatever they are, the readers answer, and never fall over.
#include <catch2/catch.hpp>
#include <certledger/adapters/openssl/certificate.hpp>
#include <certledger/adapters/openssl/csr.hpp>
#include <certledger/adapters/openssl/pkcs12.hpp>
#include <random>
#include <string>
#include <vector>

#include "../support/vectors.hpp"

using namespace certledger;
using namespace certledger::adapters::openssl;
using certledger::test::read_octets;
using certledger::test::vectors;

namespace {

using Octets = std::vector<std::uint8_t>;

/// Gives every reader the octets; returns how many took them.
int try_all(const Octets& octets) {
    int taken = 0;
    taken += read_certificate(std::span<const std::uint8_t>(octets)).has_value();
    taken += read_bundle(octets).has_value();
    taken += read_csr(std::span<const std::uint8_t>(octets)).has_value();
    taken += PrivateKey::read(std::span<const std::uint8_t>(octets)).has_value();
    taken += read_public_key(octets).has_value();
    taken += read_pkcs12(octets, "password").has_value();
    return taken;
}

std::vector<Octets> samples() {
    const auto certificate =
        read_certificate(test::read_text(vectors() / "certs/6b4d73abfc6ae030c685dca4.pem"));
    REQUIRE(certificate);
    const PrivateKey key = generate_key(events::KeyAlgorithm::ec_p256);
    return {certificate->der, read_octets(vectors() / "csr/boulder/ct_poison_extension.der.csr"),
            read_octets(vectors() / "pkcs12/botan/name-2-3-pwd.p12"),
            Octets(key.pkcs8().octets().begin(), key.pkcs8().octets().end()),
            read_octets(vectors() / "csr/ct-go/leaf03.csr.pem")};
}

}  // namespace

TEST_CASE("every truncation of a good DER input is refused") {
    for (const Octets& sample : samples()) {
        const bool pem = sample.front() == '-';
        const std::size_t step = sample.size() > 2000 ? 7 : 1;
        for (std::size_t size = 0; size < sample.size(); size += step) {
            const int taken =
                try_all(Octets(sample.begin(), sample.begin() + static_cast<std::ptrdiff_t>(size)));
            if (!pem) {
                REQUIRE(taken == 0);
            }
        }
        CHECK(try_all(sample) > 0);
    }
}

TEST_CASE("random changes to good input never do more than change the answer") {
    std::mt19937 random(20260102);
    for (const Octets& sample : samples()) {
        for (int round = 0; round < 150; ++round) {
            Octets changed = sample;
            const unsigned changes = 1 + random() % 4;
            for (unsigned i = 0; i < changes; ++i) {
                changed[random() % changed.size()] = static_cast<std::uint8_t>(random());
            }
            CHECK(try_all(changed) <= 3);
        }
    }
}

TEST_CASE("input over the limit is refused before it is read") {
    CHECK(try_all(Octets(kMaxInputOctets + 1, 0x30)) == 0);
    CHECK(try_all(Octets(kMaxInputOctets, 0x30)) == 0);
    CHECK(try_all({}) == 0);
}

#include <openssl/core_names.h>
#include <openssl/decoder.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <cctype>
#include <certledger/adapters/openssl/hash.hpp>
#include <certledger/adapters/openssl/key.hpp>
#include <certledger/events/contract.hpp>
#include <utility>

#include "ec_encoding.hpp"
#include "handles.hpp"
#include "key_access.hpp"

namespace certledger::adapters::openssl {

namespace {

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

/// BR section 6.1.6: the exponent is odd and at least 65537 (3 is odd too, but below the recommended range).
bool has_weak_exponent(EVP_PKEY* key) {
    BIGNUM* raw = nullptr;
    if (EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &raw) != 1) {
        return true;
    }
    const BignumHandle exponent(raw);
    return BN_is_odd(exponent.get()) == 0 || BN_is_word(exponent.get(), 1) != 0;
}

void describe_rsa(EVP_PKEY* key, PublicKeyFacts& facts) {
    const std::string number = std::to_string(facts.bits);
    const bool pss = EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA_PSS;
    facts.algorithm = (pss ? "rsa-pss-" : "rsa-") + number;
    if (pss) {
        facts.weak_because = "RSA-PSS keys are not for server certificates (BR section 7.1.3.1)";
    } else if (facts.bits < 2048) {
        facts.weak_because = "RSA key of " + number + " bits: at least 2048 are needed (BR section 6.1.5)";
    } else if (facts.bits % 8 != 0) {
        facts.weak_because = "RSA key of " + number + " bits: must be a multiple of 8 (BR section 6.1.5)";
    } else if (has_weak_exponent(key)) {
        facts.weak_because = "RSA public exponent must be odd and larger than 1 (BR section 6.1.6)";
    }
}

void describe_ec(EVP_PKEY* key, PublicKeyFacts& facts) {
    int from_explicit = 0;
    EVP_PKEY_get_int_param(key, OSSL_PKEY_PARAM_EC_DECODED_FROM_EXPLICIT_PARAMS, &from_explicit);
    char group[64] = {};
    std::size_t length = 0;
    const bool named = EVP_PKEY_get_group_name(key, group, sizeof group, &length) == 1;
    if (from_explicit != 0 || !named) {
        facts.algorithm = "ec-explicit";
        facts.weak_because =
            "EC key with explicit curve parameters: only named curves are allowed (RFC 5480 section 2.1.1)";
        return;
    }
    const std::string_view name(group);
    if (name == SN_X9_62_prime256v1) {
        facts.algorithm = "ec-p256";
    } else if (name == SN_secp384r1) {
        facts.algorithm = "ec-p384";
    } else {
        facts.algorithm = name == SN_secp521r1 ? "ec-p521" : "ec-" + lower(std::string(name));
        facts.weak_because = "EC curve " + std::string(name) + ": only P-256 and P-384 are taken";
    }
}

}  // namespace

PublicKeyFacts public_key_facts(EVP_PKEY* key, events::Bytes spki) {
    PublicKeyFacts facts;
    facts.bits = EVP_PKEY_get_bits(key);
    facts.spki_sha256 = sha256(spki);
    facts.spki = std::move(spki);
    switch (EVP_PKEY_get_base_id(key)) {
        case EVP_PKEY_RSA:
        case EVP_PKEY_RSA_PSS:
            describe_rsa(key, facts);
            break;
        case EVP_PKEY_EC:
            describe_ec(key, facts);
            break;
        default: {
            const char* type = EVP_PKEY_get0_type_name(key);
            facts.algorithm = lower(type != nullptr ? type : "unknown");
            if (EVP_PKEY_get_base_id(key) == EVP_PKEY_DSA) {
                facts.algorithm += "-" + std::to_string(facts.bits);
            }
            facts.weak_because =
                "key type " + facts.algorithm + " is not allowed in server certificates (BR section 6.1.5)";
        }
    }
    return facts;
}

PkeyHandle KeyAccess::handle(const PrivateKey& key) {
    const auto info = from_der<Pkcs8Handle, d2i_PKCS8_PRIV_KEY_INFO>(key.pkcs8().octets());
    CERTLEDGER_CHECK(info != nullptr);
    PkeyHandle pair(EVP_PKCS82PKEY(info.get()));
    CERTLEDGER_CHECK(pair != nullptr);
    return pair;
}

PrivateKey KeyAccess::assemble(SecretBytes pkcs8, PublicKeyFacts facts) {
    return PrivateKey(std::move(pkcs8), std::move(facts));
}

Result<PrivateKey> KeyAccess::wrap(EVP_PKEY* pair) {
    const Pkcs8Handle info(EVP_PKEY2PKCS8(pair));
    events::Bytes spki = to_der<i2d_PUBKEY>(pair);
    if (!info || spki.empty()) {
        return refuse("private key: cannot be written as PKCS#8");
    }
    const int size = i2d_PKCS8_PRIV_KEY_INFO(info.get(), nullptr);
    CERTLEDGER_CHECK(size > 0);
    SecretBytes pkcs8(static_cast<std::size_t>(size));
    std::uint8_t* cursor = pkcs8.data();
    i2d_PKCS8_PRIV_KEY_INFO(info.get(), &cursor);
    return PrivateKey(std::move(pkcs8), public_key_facts(pair, std::move(spki)));
}

namespace {

/// A password callback that has none: an encrypted key must not ask the terminal.
int no_password(char*, int, int, void*) { return -1; }

PkeyHandle parse_private_key(std::span<const std::uint8_t> octets) {
    const BioHandle bio = memory_bio(octets);
    if (looks_like_pem(octets)) {
        return PkeyHandle(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_password, nullptr));
    }
    PkeyHandle pair(d2i_PrivateKey_bio(bio.get(), nullptr));
    return BIO_pending(bio.get()) == 0 ? std::move(pair) : nullptr;
}

bool numbers_fit(EVP_PKEY* pair) {
    const PkeyContext context(EVP_PKEY_CTX_new(pair, nullptr));
    // Checks that the private half belongs to the public one. The full check of RSA tests primes for seconds
    // on a hostile 16384-bit key, so the size is limited first.
    return EVP_PKEY_get_bits(pair) <= 8192 && context && EVP_PKEY_pairwise_check(context.get()) == 1;
}

}  // namespace

Result<PrivateKey> PrivateKey::read(std::span<const std::uint8_t> octets) {
    if (octets.empty() || octets.size() > kMaxInputOctets) {
        return refuse("private key: " + std::to_string(octets.size()) + " octets, must be 1 to 1048576");
    }
    const PkeyHandle pair = parse_private_key(octets);
    if (!pair) {
        return refuse("private key: must be an unencrypted private key in PEM or DER");
    }
    if (!numbers_fit(pair.get())) {
        return refuse(
            "private key: its private and public halves do not fit together, or it is over 8192 bits");
    }
    return KeyAccess::wrap(pair.get());
}

Result<PrivateKey> PrivateKey::read(std::string_view pem_or_der) { return read(as_octets(pem_or_der)); }

SecretBytes PrivateKey::pem() const {
    std::string text = to_pem(PEM_STRING_PKCS8INF, pkcs8_.octets());
    SecretBytes secret = SecretBytes::copy_of(text);
    wipe(text);
    return secret;
}

bool PrivateKey::matches(std::span<const std::uint8_t> spki_der) const {
    if (std::equal(spki_der.begin(), spki_der.end(), facts_.spki.begin(), facts_.spki.end())) {
        return true;
    }
    const auto other = from_der<PkeyHandle, d2i_PUBKEY>(spki_der);
    const auto mine = from_der<PkeyHandle, d2i_PUBKEY>(facts_.spki);
    return other && mine && EVP_PKEY_eq(mine.get(), other.get()) == 1;
}

PrivateKey generate_key(events::KeyAlgorithm algorithm) {
    PkeyHandle pair;
    switch (algorithm) {
        case events::KeyAlgorithm::rsa_2048:
            pair.reset(EVP_RSA_gen(2048U));
            break;
        case events::KeyAlgorithm::rsa_3072:
            pair.reset(EVP_RSA_gen(3072U));
            break;
        case events::KeyAlgorithm::rsa_4096:
            pair.reset(EVP_RSA_gen(4096U));
            break;
        case events::KeyAlgorithm::ec_p256:
            pair.reset(EVP_EC_gen("P-256"));
            break;
        case events::KeyAlgorithm::ec_p384:
            pair.reset(EVP_EC_gen("P-384"));
            break;
    }
    CERTLEDGER_CHECK(pair != nullptr);
    if (auto encoding = encode_ec_key(pair.get())) {
        return KeyAccess::assemble(std::move(encoding->pkcs8),
                                   public_key_facts(pair.get(), std::move(encoding->spki)));
    }
    auto key = KeyAccess::wrap(pair.get());
    CERTLEDGER_CHECK(key.has_value());
    return std::move(*key);
}

Result<PublicKeyFacts> read_public_key(std::span<const std::uint8_t> spki_der) {
    if (spki_der.size() > kMaxInputOctets) {
        return refuse("public key: longer than 1048576 octets");
    }
    const auto key = from_der<PkeyHandle, d2i_PUBKEY>(spki_der);
    if (!key) {
        return refuse("public key: must be a DER SubjectPublicKeyInfo of a known type");
    }
    return public_key_facts(key.get(), events::Bytes(spki_der.begin(), spki_der.end()));
}

}  // namespace certledger::adapters::openssl

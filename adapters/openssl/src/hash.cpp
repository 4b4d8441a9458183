#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>
#include <openssl/rand.h>

#include <algorithm>
#include <certledger/adapters/openssl/hash.hpp>
#include <certledger/events/contract.hpp>

#include "handles.hpp"

namespace certledger::adapters::openssl {

events::Digest sha256(std::span<const std::uint8_t> octets) {
    events::Digest digest{};
    unsigned size = 0;
    CERTLEDGER_CHECK(EVP_Digest(octets.data(), octets.size(), digest.data(), &size, EVP_sha256(), nullptr) ==
                     1);
    return digest;
}

events::Digest sha256(std::string_view text) { return sha256(as_octets(text)); }

events::Digest hmac_sha256(std::span<const std::uint8_t> key, std::span<const std::uint8_t> octets) {
    // HMAC() reads a null key as "the key of before"; an empty key must be a real pointer.
    static constexpr std::uint8_t kNothing = 0;
    const std::uint8_t* key_data = key.empty() ? &kNothing : key.data();
    events::Digest digest{};
    unsigned size = 0;
    CERTLEDGER_CHECK(HMAC(EVP_sha256(), key_data, static_cast<int>(key.size()), octets.data(), octets.size(),
                          digest.data(), &size) != nullptr);
    return digest;
}

SecretBytes hkdf_sha256(std::span<const std::uint8_t> key, std::string_view info, std::size_t size) {
    constexpr std::size_t kBlock = 32;
    CERTLEDGER_CHECK(size <= 255 * kBlock);
    // RFC 5869 section 2.2 and 2.3; a missing salt is a string of zeros.
    const events::Digest zeros{};
    events::Digest extracted = hmac_sha256(zeros, key);
    SecretBytes derived(size);
    SecretBytes block;
    for (std::size_t done = 0, counter = 1; done < size; done += kBlock, ++counter) {
        SecretBytes input = std::move(block);
        input.append(info);
        const auto octet = static_cast<std::uint8_t>(counter);
        input.append(std::span<const std::uint8_t>(&octet, 1));
        events::Digest output = hmac_sha256(extracted, input.octets());
        block = SecretBytes::copy_of(std::span<const std::uint8_t>(output));
        wipe(output.data(), output.size());
        std::copy_n(block.data(), std::min(kBlock, size - done), derived.data() + done);
    }
    wipe(extracted.data(), extracted.size());
    return derived;
}

SecretBytes random_bytes(std::size_t size) {
    SecretBytes octets(size);
    CERTLEDGER_CHECK(size == 0 || RAND_priv_bytes(octets.data(), static_cast<int>(size)) == 1);
    return octets;
}

}  // namespace certledger::adapters::openssl

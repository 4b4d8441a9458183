#include "gcm.hpp"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <certledger/events/contract.hpp>
#include <memory>

namespace certledger::adapters::vault {

namespace {

using Context = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

const EVP_CIPHER* cipher() {
    // Fetched once: the lookup costs more than sealing a short text.
    static const EVP_CIPHER* const fetched = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
    CERTLEDGER_CHECK(fetched != nullptr);
    return fetched;
}

Context new_context() {
    Context context(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
    CERTLEDGER_CHECK(context != nullptr);
    return context;
}

const unsigned char* octets(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

void gcm_seal(std::span<const std::uint8_t> key, std::string_view associated,
              std::span<const std::uint8_t> plain, events::Bytes& out) {
    CERTLEDGER_CHECK(key.size() == kKeyOctets);
    const std::size_t start = out.size();
    out.resize(start + kNonceOctets + plain.size() + kTagOctets);
    std::uint8_t* nonce = out.data() + start;
    std::uint8_t* body = nonce + kNonceOctets;
    std::uint8_t* tag = body + plain.size();
    CERTLEDGER_CHECK(RAND_bytes(nonce, static_cast<int>(kNonceOctets)) == 1);
    const Context context = new_context();
    int size = 0;
    CERTLEDGER_CHECK(EVP_EncryptInit_ex2(context.get(), cipher(), key.data(), nonce, nullptr) == 1 &&
                     EVP_EncryptUpdate(context.get(), nullptr, &size, octets(associated),
                                       static_cast<int>(associated.size())) == 1);
    if (!plain.empty()) {
        CERTLEDGER_CHECK(
            EVP_EncryptUpdate(context.get(), body, &size, plain.data(), static_cast<int>(plain.size())) == 1);
    }
    CERTLEDGER_CHECK(
        EVP_EncryptFinal_ex(context.get(), tag, &size) == 1 &&
        EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, static_cast<int>(kTagOctets), tag) == 1);
}

std::optional<SecretBytes> gcm_open(std::span<const std::uint8_t> key, std::string_view associated,
                                    std::span<const std::uint8_t> sealed) {
    CERTLEDGER_CHECK(key.size() == kKeyOctets);
    if (sealed.size() < kNonceOctets + kTagOctets) {
        return std::nullopt;
    }
    const auto body = sealed.subspan(kNonceOctets, sealed.size() - kNonceOctets - kTagOctets);
    std::array<std::uint8_t, kTagOctets> tag{};
    std::copy(sealed.end() - static_cast<std::ptrdiff_t>(kTagOctets), sealed.end(), tag.begin());
    const Context context = new_context();
    SecretBytes plain(body.size());
    int size = 0;
    CERTLEDGER_CHECK(EVP_DecryptInit_ex2(context.get(), cipher(), key.data(), sealed.data(), nullptr) == 1 &&
                     EVP_DecryptUpdate(context.get(), nullptr, &size, octets(associated),
                                       static_cast<int>(associated.size())) == 1);
    if (!body.empty()) {
        CERTLEDGER_CHECK(EVP_DecryptUpdate(context.get(), plain.data(), &size, body.data(),
                                           static_cast<int>(body.size())) == 1);
    }
    CERTLEDGER_CHECK(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, static_cast<int>(kTagOctets),
                                         tag.data()) == 1);
    std::uint8_t nothing = 0;
    if (EVP_DecryptFinal_ex(context.get(), &nothing, &size) != 1) {
        return std::nullopt;
    }
    return plain;
}

SecretBytes hkdf(std::span<const std::uint8_t> key, std::string_view info) {
    const std::unique_ptr<EVP_KDF, decltype(&EVP_KDF_free)> kdf(EVP_KDF_fetch(nullptr, "HKDF", nullptr),
                                                                EVP_KDF_free);
    CERTLEDGER_CHECK(kdf != nullptr);
    const std::unique_ptr<EVP_KDF_CTX, decltype(&EVP_KDF_CTX_free)> context(EVP_KDF_CTX_new(kdf.get()),
                                                                            EVP_KDF_CTX_free);
    CERTLEDGER_CHECK(context != nullptr);
    // OSSL_PARAM takes pointers to non-const and does not write through them here.
    std::array<char, 7> digest{"SHA256"};
    const std::array<OSSL_PARAM, 4> parameters{
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest.data(), 0),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, const_cast<std::uint8_t*>(key.data()),
                                          key.size()),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, const_cast<char*>(info.data()), info.size()),
        OSSL_PARAM_construct_end()};
    SecretBytes derived(kKeyOctets);
    CERTLEDGER_CHECK(EVP_KDF_derive(context.get(), derived.data(), derived.size(), parameters.data()) == 1);
    return derived;
}

SecretBytes random_key() {
    SecretBytes key(kKeyOctets);
    CERTLEDGER_CHECK(RAND_priv_bytes(key.data(), static_cast<int>(key.size())) == 1);
    return key;
}

}  // namespace certledger::adapters::vault

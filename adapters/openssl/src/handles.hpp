// Role: owners for OpenSSL's objects and the few conversions that every file of this module needs.
#pragma once

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/pkcs12.h>
#include <openssl/pkcs7.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <certledger/adapters/secret/secret_bytes.hpp>
#include <certledger/events/digest.hpp>
#include <certledger/events/result.hpp>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace certledger::adapters::openssl {

template <auto Free>
struct Freer {
    template <class T>
    void operator()(T* object) const noexcept {
        Free(object);
    }
};
template <class T, auto Free>
using Handle = std::unique_ptr<T, Freer<Free>>;

inline void free_openssl_memory(void* memory) noexcept { OPENSSL_free(memory); }

using PkeyHandle = Handle<EVP_PKEY, EVP_PKEY_free>;
using PkeyContext = Handle<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;
using SpkiHandle = Handle<X509_PUBKEY, X509_PUBKEY_free>;
using Pkcs8Handle = Handle<PKCS8_PRIV_KEY_INFO, PKCS8_PRIV_KEY_INFO_free>;
using CertificateHandle = Handle<X509, X509_free>;
using RequestHandle = Handle<X509_REQ, X509_REQ_free>;
using CrlHandle = Handle<X509_CRL, X509_CRL_free>;
using NameHandle = Handle<X509_NAME, X509_NAME_free>;
using BioHandle = Handle<BIO, BIO_free_all>;
using BignumHandle = Handle<BIGNUM, BN_free>;
using IntegerHandle = Handle<ASN1_INTEGER, ASN1_INTEGER_free>;
using TimeHandle = Handle<ASN1_TIME, ASN1_TIME_free>;
using ExtensionHandle = Handle<X509_EXTENSION, X509_EXTENSION_free>;
using GeneralNames = Handle<GENERAL_NAMES, GENERAL_NAMES_free>;
using Pkcs7Handle = Handle<PKCS7, PKCS7_free>;
using Pkcs12Handle = Handle<PKCS12, PKCS12_free>;
template <class T>
using OpensslMemory = std::unique_ptr<T, Freer<free_openssl_memory>>;

/// A refusal of input; empties OpenSSL's error queue, whose text is not shown: it may quote the input.
[[nodiscard]] tl::unexpected<Error> refuse(std::string message);

/// A read-only BIO over memory that must outlive it. The size is limited by kMaxInputOctets before.
[[nodiscard]] BioHandle memory_bio(std::span<const std::uint8_t> octets);

[[nodiscard]] inline std::span<const std::uint8_t> as_octets(std::string_view text) noexcept {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

/// Whether the octets are to be read as PEM text rather than as DER.
[[nodiscard]] bool looks_like_pem(std::span<const std::uint8_t> octets) noexcept;

/// DER of an object by its i2d function.
template <auto I2d, class T>
[[nodiscard]] events::Bytes to_der(const T* object) {
    // Some i2d functions take a non-const pointer without changing the object.
    T* unconst = const_cast<T*>(object);
    const int size = I2d(unconst, nullptr);
    events::Bytes der(size > 0 ? static_cast<std::size_t>(size) : 0);
    if (size > 0) {
        std::uint8_t* cursor = der.data();
        I2d(unconst, &cursor);
    }
    return der;
}

/// One object from DER by its d2i function; null when it does not parse or octets are left over.
template <class H, auto D2i>
[[nodiscard]] H from_der(std::span<const std::uint8_t> der) {
    const std::uint8_t* cursor = der.data();
    H object(D2i(nullptr, &cursor, static_cast<long>(der.size())));
    if (object && cursor != der.data() + der.size()) {
        object.reset();
    }
    return object;
}

/// A PEM block of the label around the octets.
[[nodiscard]] std::string to_pem(const char* label, std::span<const std::uint8_t> der);

}  // namespace certledger::adapters::openssl

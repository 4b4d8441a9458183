#include <openssl/err.h>
#include <openssl/pem.h>

#include <certledger/adapters/openssl/certificate.hpp>
#include <string_view>
#include <utility>

#include "certificate_access.hpp"
#include "handles.hpp"

namespace certledger::adapters::openssl {

namespace {

Result<void> add_certificate(Bundle& bundle, const X509* certificate) {
    if (bundle.certificates.size() >= kMaxBundleEntries) {
        return refuse("bundle: more than 1000 certificates in one file");
    }
    auto facts = certificate_facts(certificate);
    if (!facts) {
        return tl::make_unexpected(facts.error());
    }
    bundle.certificates.push_back(std::move(*facts));
    return {};
}

Result<void> add_pkcs7(Bundle& bundle, std::span<const std::uint8_t> der) {
    const auto container = from_der<Pkcs7Handle, d2i_PKCS7>(der);
    if (!container || PKCS7_type_is_signed(container.get()) == 0 || container->d.sign == nullptr) {
        return refuse("bundle: the PKCS#7 part must be signed data (RFC 2315 section 9.1)");
    }
    const STACK_OF(X509)* certificates = container->d.sign->cert;
    for (int i = 0; i < sk_X509_num(certificates); ++i) {
        if (auto added = add_certificate(bundle, sk_X509_value(certificates, i)); !added) {
            return added;
        }
    }
    return {};
}

Result<void> add_block(Bundle& bundle, std::string_view label, std::span<const std::uint8_t> octets) {
    if (label == PEM_STRING_X509 || label == PEM_STRING_X509_OLD) {
        const auto certificate = from_der<CertificateHandle, d2i_X509>(octets);
        return certificate ? add_certificate(bundle, certificate.get())
                           : Result<void>(refuse("bundle: a CERTIFICATE block holds no certificate"));
    }
    if (label == PEM_STRING_PKCS7 || label == "CMS" || label == PEM_STRING_PKCS7_SIGNED) {
        return add_pkcs7(bundle, octets);
    }
    if (label == PEM_STRING_PKCS8) {
        return refuse("bundle: the private key is encrypted; give it unencrypted or as PKCS#12");
    }
    if (label == PEM_STRING_PKCS8INF || label == PEM_STRING_RSA || label == PEM_STRING_ECPRIVATEKEY) {
        if (bundle.keys.size() >= kMaxBundleEntries) {
            return refuse("bundle: more than 1000 keys in one file");
        }
        auto key = PrivateKey::read(octets);
        if (!key) {
            return tl::make_unexpected(key.error());
        }
        bundle.keys.push_back(std::move(*key));
    }
    return {};  // parameters, requests and other blocks are passed over
}

/// One PEM block; wipes its octets, which may be a key.
struct PemBlock {
    char* label = nullptr;
    char* header = nullptr;
    unsigned char* octets = nullptr;
    long size = 0;

    PemBlock() = default;
    PemBlock(const PemBlock&) = delete;
    PemBlock& operator=(const PemBlock&) = delete;
    ~PemBlock() {
        OPENSSL_free(label);
        OPENSSL_free(header);
        OPENSSL_clear_free(octets, static_cast<std::size_t>(size));
    }
};

Result<Bundle> read_pem(std::span<const std::uint8_t> octets) {
    Bundle bundle;
    const BioHandle bio = memory_bio(octets);
    while (true) {
        PemBlock block;
        if (PEM_read_bio(bio.get(), &block.label, &block.header, &block.octets, &block.size) != 1) {
            break;
        }
        if (block.header != nullptr &&
            std::string_view(block.header).find("ENCRYPTED") != std::string_view::npos) {
            return refuse("bundle: the private key is encrypted; give it unencrypted or as PKCS#12");
        }
        if (auto added = add_block(bundle, block.label, {block.octets, static_cast<std::size_t>(block.size)});
            !added) {
            return tl::make_unexpected(added.error());
        }
    }
    // Anything but "no further block" means that a block is cut off or damaged.
    if (ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE) {
        return refuse("bundle: a PEM block is cut off or damaged");
    }
    ERR_clear_error();
    if (bundle.certificates.empty() && bundle.keys.empty()) {
        return refuse("bundle: no certificate and no key in the PEM text");
    }
    return bundle;
}

}  // namespace

Result<Bundle> read_bundle(std::span<const std::uint8_t> octets) {
    if (octets.empty() || octets.size() > kMaxInputOctets) {
        return refuse("bundle: " + std::to_string(octets.size()) + " octets, must be 1 to 1048576");
    }
    if (looks_like_pem(octets)) {
        return read_pem(octets);
    }
    Bundle bundle;
    Result<void> added;
    if (const auto certificate = from_der<CertificateHandle, d2i_X509>(octets)) {
        added = add_certificate(bundle, certificate.get());
    } else {
        added = add_pkcs7(bundle, octets);
    }
    if (!added) {
        return tl::make_unexpected(added.error());
    }
    if (bundle.certificates.empty()) {
        return refuse("bundle: no certificate in it");
    }
    return bundle;
}

}  // namespace certledger::adapters::openssl

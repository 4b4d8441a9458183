#include <openssl/err.h>
#include <openssl/pem.h>

#include <algorithm>
#include <cctype>
#include <certledger/adapters/openssl/csr.hpp>
#include <certledger/events/contract.hpp>
#include <set>
#include <utility>

#include "handles.hpp"
#include "key_access.hpp"
#include "x509_text.hpp"

namespace certledger::adapters::openssl {

namespace {

using ExtensionStack =
    std::unique_ptr<STACK_OF(X509_EXTENSION), decltype([](STACK_OF(X509_EXTENSION) * stack) {
                        sk_X509_EXTENSION_pop_free(stack, X509_EXTENSION_free);
                    })>;

RequestHandle parse(std::span<const std::uint8_t> octets) {
    if (looks_like_pem(octets)) {
        const BioHandle bio = memory_bio(octets);
        return RequestHandle(PEM_read_bio_X509_REQ(bio.get(), nullptr, nullptr, nullptr));
    }
    return from_der<RequestHandle, d2i_X509_REQ>(octets);
}

/// Each extension may stand once (RFC 5280 section 4.2).
bool has_duplicates(const STACK_OF(X509_EXTENSION) * extensions) {
    std::set<std::string> seen;
    for (int i = 0; i < sk_X509_EXTENSION_num(extensions); ++i) {
        const ASN1_OBJECT* object = X509_EXTENSION_get_object(sk_X509_EXTENSION_value(extensions, i));
        const auto* octets = reinterpret_cast<const char*>(OBJ_get0_data(object));
        if (!seen.insert(std::string(octets, OBJ_length(object))).second) {
            return true;
        }
    }
    return false;
}

/// An entry's text, in lower case; empty when it holds control characters.
std::string entry_text(const X509_NAME_ENTRY* entry) {
    unsigned char* raw = nullptr;
    const int size = ASN1_STRING_to_UTF8(&raw, X509_NAME_ENTRY_get_data(entry));
    const OpensslMemory<unsigned char> owner(raw);
    if (size <= 0) {
        return {};
    }
    std::string text(reinterpret_cast<const char*>(raw), static_cast<std::size_t>(size));
    const auto control = [](unsigned char c) { return c < ' ' || c == 0x7f; };
    if (std::any_of(text.begin(), text.end(), control)) {
        return {};
    }
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

std::vector<std::string> common_names(const X509_NAME* subject) {
    std::vector<std::string> names;
    for (int at = -1; (at = X509_NAME_get_index_by_NID(subject, NID_commonName, at)) >= 0;) {
        auto text = entry_text(X509_NAME_get_entry(subject, at));
        if (!text.empty()) names.push_back(std::move(text));
    }
    return names;
}

/// A request is kept as it was signed, in the clear and for ever: what must not be kept so. Empty when there
/// is nothing of the kind.
std::string personal_part(X509_REQ* request) {
    const X509_NAME* subject = X509_REQ_get_subject_name(request);
    for (int at = 0; at < X509_NAME_entry_count(subject); ++at) {
        if (entry_text(X509_NAME_get_entry(subject, at)).find('@') != std::string::npos)
            return "its subject holds a mail address, which no certificate may show (BR section 7.1.2.7)";
    }
    for (const int attribute : {NID_pkcs9_challengePassword, NID_pkcs9_unstructuredName}) {
        if (X509_REQ_get_attr_by_NID(request, attribute, -1) >= 0) {
            return std::string("it holds the attribute ") + OBJ_nid2sn(attribute) +
                   ", which would be kept in the clear";
        }
    }
    return {};
}

/// Takes the names over into the facts; returns what is wrong with them.
std::string read_names(X509_REQ* request, CsrFacts& facts) {
    const ExtensionStack extensions(X509_REQ_get_extensions(request));
    if (has_duplicates(extensions.get())) {
        return "an extension stands twice in it (RFC 5280 section 4.2)";
    }
    int critical = -1;
    const GeneralNames names(static_cast<GENERAL_NAMES*>(
        X509V3_get_d2i(extensions.get(), NID_subject_alt_name, &critical, nullptr)));
    if (!names && critical != -1) {
        return "its subject alternative names are malformed";
    }
    facts.common_names = common_names(X509_REQ_get_subject_name(request));
    if (names) {
        auto sorted = alternative_names(names.get());
        if (!sorted) {
            return "a subject alternative name is neither a printable host name nor an IP address";
        }
        facts.has_san = true;
        facts.dns_names = std::move(sorted->dns);
        facts.ip_names = std::move(sorted->ip);
        facts.other_names = sorted->others;
    } else if (!facts.common_names.empty()) {
        const std::string& name = facts.common_names.back();
        const events::Bytes address = ip_octets(name);
        address.empty() ? facts.dns_names.push_back(name) : facts.ip_names.push_back(ip_text(address));
    }
    if (facts.dns_names.empty() && facts.ip_names.empty())
        return "it names no host, neither as an alternative name nor as common name";
    return personal_part(request);
}

}  // namespace

Result<CsrFacts> read_csr(std::span<const std::uint8_t> pem_or_der) {
    if (pem_or_der.empty() || pem_or_der.size() > kMaxInputOctets) {
        return refuse("certificate request: " + std::to_string(pem_or_der.size()) +
                      " octets, must be 1 to 1048576");
    }
    const RequestHandle request = parse(pem_or_der);
    if (!request) {
        return refuse("certificate request: must be PKCS#10 in PEM or DER");
    }
    EVP_PKEY* key = X509_REQ_get0_pubkey(request.get());
    if (key == nullptr) {
        return refuse("certificate request: its public key cannot be read");
    }
    CsrFacts facts;
    facts.der = to_der<i2d_X509_REQ>(request.get());
    facts.subject = name_text(X509_REQ_get_subject_name(request.get()));
    facts.key = public_key_facts(key, to_der<i2d_X509_PUBKEY>(X509_REQ_get_X509_PUBKEY(request.get())));
    const X509_ALGOR* algorithm = nullptr;
    X509_REQ_get0_signature(request.get(), nullptr, &algorithm);
    facts.signature_algorithm = algorithm_text(algorithm);
    facts.signature_ok = X509_REQ_verify(request.get(), key) == 1;
    facts.weak_because = facts.key.weak_because.empty() ? weak_signature(algorithm) : facts.key.weak_because;
    facts.invalid_because = read_names(request.get(), facts);
    if (const long version = X509_REQ_get_version(request.get()); version != X509_REQ_VERSION_1) {
        facts.invalid_because =
            "its version is " + std::to_string(version) + ", must be 0 (RFC 2986 section 4.1)";
    } else if (!facts.signature_ok) {
        facts.invalid_because = "its signature does not verify under its own key";
    }
    ERR_clear_error();
    return facts;
}

Result<CsrFacts> read_csr(std::string_view pem_or_der) { return read_csr(as_octets(pem_or_der)); }

namespace {

bool add_names_extension(X509_REQ* request, const GENERAL_NAMES* names) {
    // RFC 5280 section 4.2.1.6: critical when the subject is empty.
    const int critical = X509_NAME_entry_count(X509_REQ_get_subject_name(request)) == 0 ? 1 : 0;
    X509_EXTENSION* extension =
        X509V3_EXT_i2d(NID_subject_alt_name, critical, const_cast<GENERAL_NAMES*>(names));
    const ExtensionStack extensions(sk_X509_EXTENSION_new_null());
    return extension != nullptr && sk_X509_EXTENSION_push(extensions.get(), extension) > 0 &&
           X509_REQ_add_extensions(request, extensions.get()) == 1;
}

}  // namespace

Result<std::string> make_csr(const PrivateKey& key, const std::vector<std::string>& dns_names,
                             const std::vector<std::string>& ip_names, std::string_view common_name) {
    const GeneralNames names = general_names(dns_names, ip_names);
    if (!names || sk_GENERAL_NAME_num(names.get()) == 0) {
        return refuse(
            "certificate request: needs at least one name, DNS names in ASCII, IP names as addresses");
    }
    if (common_name.size() > 64) {
        return refuse("certificate request: common name of " + std::to_string(common_name.size()) +
                      " octets, at most 64 are allowed (RFC 5280 appendix A)");
    }
    const RequestHandle request(X509_REQ_new());
    CERTLEDGER_CHECK(request != nullptr);
    const PkeyHandle pair = KeyAccess::handle(key);
    if (!common_name.empty() &&
        X509_NAME_add_entry_by_NID(X509_REQ_get_subject_name(request.get()), NID_commonName, MBSTRING_UTF8,
                                   reinterpret_cast<const unsigned char*>(common_name.data()),
                                   static_cast<int>(common_name.size()), -1, 0) != 1) {
        return refuse("certificate request: common name must be UTF-8 of at most 64 characters");
    }
    const EVP_MD* digest = key.facts().algorithm == "ec-p384" ? EVP_sha384() : EVP_sha256();
    CERTLEDGER_CHECK(X509_REQ_set_version(request.get(), X509_REQ_VERSION_1) == 1 &&
                     X509_REQ_set_pubkey(request.get(), pair.get()) == 1 &&
                     add_names_extension(request.get(), names.get()));
    if (X509_REQ_sign(request.get(), pair.get(), digest) <= 0) {
        return refuse("certificate request: a key of type " + key.facts().algorithm + " cannot sign it");
    }
    return to_pem(PEM_STRING_X509_REQ, to_der<i2d_X509_REQ>(request.get()));
}

}  // namespace certledger::adapters::openssl

#include "x509_text.hpp"

#include <arpa/inet.h>
#include <openssl/objects.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <certledger/events/contract.hpp>
#include <cstdio>
#include <ctime>

namespace certledger::adapters::openssl {

std::string name_text(const X509_NAME* name) {
    const BioHandle bio(BIO_new(BIO_s_mem()));
    CERTLEDGER_CHECK(bio != nullptr);
    // Not ESC_MSB: UTF-8 stays readable. Not DN_REV: the order of the certificate.
    constexpr unsigned long kFlags =
        (ASN1_STRFLGS_RFC2253 & ~static_cast<unsigned long>(ASN1_STRFLGS_ESC_MSB)) | XN_FLAG_SEP_CPLUS_SPC |
        XN_FLAG_FN_SN;
    if (X509_NAME_entry_count(name) == 0 || X509_NAME_print_ex(bio.get(), name, 0, kFlags) < 0) {
        return {};
    }
    char* text = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &text);
    return {text, static_cast<std::size_t>(size)};
}

std::string ip_text(std::span<const std::uint8_t> address) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (address.size() == 4) {
        return inet_ntop(AF_INET, address.data(), text.data(), text.size());
    }
    if (address.size() != 16) {
        return {};
    }
    const bool first_twelve_zero =
        std::all_of(address.begin(), address.begin() + 12, [](auto o) { return o == 0; });
    if (first_twelve_zero && (address[12] != 0 || address[13] != 0)) {
        // inet_ntop writes the long deprecated "IPv4-compatible" range with dots; RFC 5952 section 5 does
        // not.
        std::snprintf(text.data(), text.size(), "::%x:%x", address[12] * 256U + address[13],
                      address[14] * 256U + address[15]);
        return text.data();
    }
    return inet_ntop(AF_INET6, address.data(), text.data(), text.size());
}

events::Bytes ip_octets(const std::string& text) {
    events::Bytes octets(16);
    if (inet_pton(AF_INET6, text.c_str(), octets.data()) == 1) {
        return octets;
    }
    octets.resize(4);
    if (inet_pton(AF_INET, text.c_str(), octets.data()) == 1) {
        return octets;
    }
    return {};
}

std::optional<AlternativeNames> alternative_names(const GENERAL_NAMES* names) {
    AlternativeNames found;
    for (int i = 0; i < sk_GENERAL_NAME_num(names); ++i) {
        const GENERAL_NAME* entry = sk_GENERAL_NAME_value(names, i);
        if (entry->type == GEN_DNS) {
            const ASN1_IA5STRING* value = entry->d.dNSName;
            std::string text(reinterpret_cast<const char*>(ASN1_STRING_get0_data(value)),
                             static_cast<std::size_t>(ASN1_STRING_length(value)));
            // A NUL or a control character inside a name is how one name is passed off as another.
            if (text.empty() ||
                std::any_of(text.begin(), text.end(), [](char c) { return c <= ' ' || c >= 0x7f; })) {
                return std::nullopt;
            }
            std::transform(text.begin(), text.end(), text.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
            found.dns.push_back(std::move(text));
        } else if (entry->type == GEN_IPADD) {
            const ASN1_OCTET_STRING* value = entry->d.iPAddress;
            std::string text =
                ip_text({ASN1_STRING_get0_data(value), static_cast<std::size_t>(ASN1_STRING_length(value))});
            if (text.empty()) {
                return std::nullopt;
            }
            found.ip.push_back(std::move(text));
        } else {
            ++found.others;
        }
    }
    return found;
}

GeneralNames general_names(const std::vector<std::string>& dns_names,
                           const std::vector<std::string>& ip_names) {
    GeneralNames names(GENERAL_NAMES_new());
    CERTLEDGER_CHECK(names != nullptr);
    const auto add = [&names](int type, ASN1_STRING* value, const void* data, std::size_t size) {
        CERTLEDGER_CHECK(value != nullptr && ASN1_STRING_set(value, data, static_cast<int>(size)) == 1);
        GENERAL_NAME* entry = GENERAL_NAME_new();
        CERTLEDGER_CHECK(entry != nullptr);
        GENERAL_NAME_set0_value(entry, type, value);
        CERTLEDGER_CHECK(sk_GENERAL_NAME_push(names.get(), entry) > 0);
    };
    for (const std::string& dns : dns_names) {
        if (dns.empty() || dns.size() > 255 ||
            std::any_of(dns.begin(), dns.end(), [](char c) { return c <= ' ' || c >= 0x7f; })) {
            return nullptr;
        }
        add(GEN_DNS, ASN1_IA5STRING_new(), dns.data(), dns.size());
    }
    for (const std::string& ip : ip_names) {
        const events::Bytes octets = ip_octets(ip);
        if (octets.empty()) {
            return nullptr;
        }
        add(GEN_IPADD, ASN1_OCTET_STRING_new(), octets.data(), octets.size());
    }
    return names;
}

std::string serial_hex(const ASN1_INTEGER* serial) {
    const BignumHandle number(ASN1_INTEGER_to_BN(serial, nullptr));
    if (!number) {
        return {};
    }
    const OpensslMemory<char> digits(BN_bn2hex(number.get()));
    CERTLEDGER_CHECK(digits != nullptr);
    std::string text(digits.get());
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text == "0" ? "00" : text;
}

std::optional<events::Instant> instant_of(const ASN1_TIME* time) {
    std::tm parts{};
    if (time == nullptr || ASN1_TIME_to_tm(time, &parts) != 1) {
        return std::nullopt;
    }
    const std::int64_t days = events::days_from_date({parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday});
    const std::int64_t seconds =
        days * events::kSecondsPerDay + parts.tm_hour * 3600L + parts.tm_min * 60L + parts.tm_sec;
    const events::Instant instant = events::Instant::from_seconds(seconds);
    if (instant < events::kEarliest || instant > events::kLatest) {
        return std::nullopt;
    }
    return instant;
}

TimeHandle asn1_time(events::Instant instant) {
    TimeHandle time(ASN1_TIME_set(nullptr, static_cast<time_t>(instant.seconds())));
    CERTLEDGER_CHECK(time != nullptr);
    return time;
}

std::string algorithm_text(const X509_ALGOR* algorithm) {
    const ASN1_OBJECT* object = nullptr;
    X509_ALGOR_get0(&object, nullptr, nullptr, algorithm);
    std::array<char, 128> text{};
    OBJ_obj2txt(text.data(), static_cast<int>(text.size()), object, 0);
    return text.data();
}

namespace {

int pss_digest(const X509_ALGOR* algorithm) {
    int type = 0;
    const void* parameter = nullptr;
    X509_ALGOR_get0(nullptr, &type, &parameter, algorithm);
    if (type != V_ASN1_SEQUENCE) {
        return NID_sha1;  // RFC 4055 section 3.1: the default
    }
    const auto* sequence = static_cast<const ASN1_STRING*>(parameter);
    const auto pss = from_der<Handle<RSA_PSS_PARAMS, RSA_PSS_PARAMS_free>, d2i_RSA_PSS_PARAMS>(
        {ASN1_STRING_get0_data(sequence), static_cast<std::size_t>(ASN1_STRING_length(sequence))});
    if (!pss || pss->hashAlgorithm == nullptr) {
        return NID_sha1;
    }
    const ASN1_OBJECT* hash = nullptr;
    X509_ALGOR_get0(&hash, nullptr, nullptr, pss->hashAlgorithm);
    return OBJ_obj2nid(hash);
}

}  // namespace

std::string weak_signature(const X509_ALGOR* algorithm) {
    const ASN1_OBJECT* object = nullptr;
    X509_ALGOR_get0(&object, nullptr, nullptr, algorithm);
    const int signature = OBJ_obj2nid(object);
    int digest = NID_undef;
    if (signature == NID_rsassaPss) {
        digest = pss_digest(algorithm);
    } else if (OBJ_find_sigid_algs(signature, &digest, nullptr) != 1) {
        return "signature algorithm " + algorithm_text(algorithm) + " is unknown";
    }
    switch (digest) {
        case NID_sha224:
        case NID_sha256:
        case NID_sha384:
        case NID_sha512:
        case NID_sha3_256:
        case NID_sha3_384:
        case NID_sha3_512:
        case NID_undef:  // the algorithm brings its own, such as Ed25519
            return {};
        default:
            return "signature algorithm " + algorithm_text(algorithm) + ": the digest " + OBJ_nid2sn(digest) +
                   " is too weak (BR section 7.1.3.2)";
    }
}

}  // namespace certledger::adapters::openssl

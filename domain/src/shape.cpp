// What a command's text tells to be wrong without the ledger (rulings 6, 8, 15, 30, 31).
#include <algorithm>
#include <cctype>

#include "rules.hpp"

namespace certledger::domain {
namespace {

using Fault = std::optional<Refusal>;

constexpr std::size_t kMostText = 1'024;
constexpr std::size_t kMostCause = 4'096;

Fault id_fault(const char* field, const std::string& value) {
    if (events::well_formed_id(value)) return std::nullopt;
    return invalid_field(field, std::string(field) + " must match [A-Za-z0-9._-]{1,64}");
}
template <class IdType>
Fault id_fault(const char* field, const std::optional<IdType>& id) {
    return id ? id_fault(field, id->value) : std::nullopt;
}

Fault text_fault(const char* field, const std::string& value, std::size_t most = kMostText) {
    if (blank(value)) return invalid_field(field, std::string(field) + " is blank");
    if (value.size() > most) {
        return invalid_field(field,
                             std::string(field) + " is longer than " + std::to_string(most) + " octets");
    }
    return std::nullopt;
}
Fault text_fault(const char* field, const std::optional<std::string>& value, std::size_t most = kMostText) {
    return value ? text_fault(field, *value, most) : std::nullopt;
}

/// A cause that must be there when the outcome is a failure.
Fault cause_fault(const std::optional<std::string>& cause, bool needed) {
    if (!cause && needed) return invalid_field("cause", "cause is missing: an outcome of failed needs one");
    return text_fault("cause", cause, kMostCause);
}

Fault product_fault(const events::Product& product) {
    const auto brand_character = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    };
    const bool multi = product.kind == events::Kind::multi;
    if (product.brand.empty() || product.brand.size() > 32 ||
        !std::all_of(product.brand.begin(), product.brand.end(), brand_character)) {
        return invalid_field("product", "product.brand must match [a-z0-9-]{1,32}");
    }
    if (product.names_max < 1 || product.names_max > (multi ? 250 : 1)) {
        return invalid_field("product", multi
                                            ? "product.names_max of a multi product must be 1 to 250"
                                            : "product.names_max of a single or wildcard product must be 1");
    }
    if (product.term_years < 1 || product.term_years > 6) {
        return invalid_field("product", "product.term_years must be 1 to 6");
    }
    if (product.level == events::Level::ev && product.kind == events::Kind::wildcard) {
        return invalid_field("product", "there is no ev wildcard product");
    }
    return std::nullopt;
}

/// Count and kind of the ways to give a key. `rsa-1024` is a key that exists and is refused as weak, by a
/// guard.
Fault key_fault(const ApplicationFields& fields) {
    const int given = (fields.key ? 1 : 0) + (fields.csr ? 1 : 0) + (fields.key_sha256 ? 1 : 0);
    if (given != 1) {
        const char* field = fields.csr && (fields.key || fields.key_sha256) ? "csr"
                            : fields.key_sha256 && fields.key               ? "key_sha256"
                                                                            : "key";
        return invalid_field(field, "exactly one of key, csr and key_sha256 is needed");
    }
    if (fields.key && *fields.key != "rsa-1024" && !events::from_name<events::KeyAlgorithm>(*fields.key)) {
        return invalid_field("key", "key must be one of rsa-2048, rsa-3072, rsa-4096, ec-p256, ec-p384");
    }
    return std::nullopt;
}

Fault pays_fault(const Pays& pays) { return pays.quota ? id_fault("pays", pays.quota->value) : std::nullopt; }

Fault shape(const BuyQuota& c, const Facts&) {
    if (auto fault = id_fault("quota", c.quota)) return fault;
    if (auto fault = product_fault(c.product)) return fault;
    if (c.count < 1) return invalid_field("count", "count must be at least 1");
    return std::nullopt;
}
Fault shape(const RefundQuota& c, const Facts&) {
    if (auto fault = id_fault("quota", c.quota.value)) return fault;
    if (c.count && *c.count < 1) return invalid_field("count", "count must be at least 1");
    return std::nullopt;
}
Fault shape(const BuyCertificate& c, const Facts&) {
    if (auto fault = id_fault("certificate", c.certificate)) return fault;
    return product_fault(c.product);
}
Fault shape(const CreateCertificate& c, const Facts&) {
    if (auto fault = id_fault("quota", c.quota.value)) return fault;
    if (auto fault = id_fault("certificate", c.certificate)) return fault;
    if (c.quick_issue.value_or(false)) return key_fault(application_fields(c));
    const std::pair<const char*, bool> given[] = {{"validation", c.validation.has_value()},
                                                  {"contact", c.contact.has_value()},
                                                  {"company", c.company.has_value()},
                                                  {"key", c.key.has_value()},
                                                  {"csr", c.csr.has_value()},
                                                  {"key_sha256", c.key_sha256.has_value()}};
    for (const auto& [field, present] : given) {
        if (present) return invalid_field(field, std::string(field) + " is taken only with quick_issue");
    }
    return std::nullopt;
}
Fault shape(const SubmitApplication& c, const Facts&) {
    if (auto fault = id_fault("certificate", c.certificate.value)) return fault;
    return key_fault(application_fields(c));
}
Fault shape(const RecordValidation& c, const Facts&) {
    if (auto fault = id_fault("certificate", c.certificate.value)) return fault;
    return cause_fault(c.cause, c.outcome == ValidationOutcome::failed);
}
Fault shape(const RecordIssuance& c, const Facts&) {
    if (auto fault = id_fault("certificate", c.certificate.value)) return fault;
    return cause_fault(c.cause, c.outcome == IssuanceOutcome::failed);
}
Fault shape(const RejectApplication& c, const Facts&) {
    if (auto fault = id_fault("certificate", c.certificate.value)) return fault;
    return text_fault("cause", c.cause, kMostCause);
}

bool hexadecimal(const std::string& text) {
    return !text.empty() && text.size() <= 40 &&
           std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isxdigit(c) != 0; });
}

/// Facts given beside a certificate must be the certificate's.
Fault disagreement(const IssueCertificate& c, const CertificateFact& read) {
    const auto differs = [](const char* field) {
        return invalid_field(field, std::string(field) + " is not what stands in certificate_pem");
    };
    if (c.serial) {
        std::string serial = *c.serial;
        std::transform(serial.begin(), serial.end(), serial.begin(),
                       [](unsigned char ch) { return static_cast<char>(std::tolower(ch)); });
        const auto digits = [](const std::string& text) {
            const auto at = text.find_first_not_of('0');
            return at == std::string::npos ? std::string("0") : text.substr(at);
        };
        if (digits(serial) != digits(read.serial)) return differs("serial");
    }
    if (c.issuer && *c.issuer != read.issuer) return differs("issuer");
    if (c.not_before && *c.not_before != read.not_before) return differs("not_before");
    if (c.not_after && *c.not_after != read.not_after) return differs("not_after");
    if (c.sha256 && *c.sha256 != read.sha256) return differs("sha256");
    if (c.key_sha256 && *c.key_sha256 != read.key_sha256) return differs("key_sha256");
    return std::nullopt;
}

Fault shape(const IssueCertificate& c, const Facts& facts) {
    if (auto fault = id_fault("certificate", c.certificate.value)) return fault;
    if (c.serial && !hexadecimal(*c.serial)) {
        return invalid_field("serial",
                             "serial must be 1 to 40 hexadecimal digits (RFC 5280 section 4.1.2.2)");
    }
    if (auto fault = text_fault("issuer", c.issuer)) return fault;
    for (const auto& [field, instant] :
         {std::pair("not_before", c.not_before), std::pair("not_after", c.not_after)}) {
        if (instant && !instant->whole_second()) {
            return invalid_field(field,
                                 std::string(field) + " has a fraction; certificates count in whole seconds");
        }
    }
    if (c.certificate_pem) {
        if (!facts.certificate || !facts.certificate->fault.empty()) {
            return invalid_field("certificate_pem",
                                 "certificate_pem: " + (facts.certificate ? facts.certificate->fault
                                                                          : std::string("not read")));
        }
        if (facts.certificate->not_after <= facts.certificate->not_before) {
            return invalid_field("certificate_pem",
                                 "certificate_pem: not_after is not later than not_before");
        }
        return disagreement(c, *facts.certificate);
    }
    const std::pair<const char*, bool> needed[] = {{"serial", c.serial.has_value()},
                                                   {"issuer", c.issuer.has_value()},
                                                   {"not_before", c.not_before.has_value()},
                                                   {"not_after", c.not_after.has_value()},
                                                   {"sha256", c.sha256.has_value()}};
    for (const auto& [field, present] : needed) {
        if (!present)
            return invalid_field(field, std::string(field) + " is missing and there is no certificate_pem");
    }
    if (*c.not_after <= *c.not_before)
        return invalid_field("not_after", "not_after is not later than not_before");
    return std::nullopt;
}
Fault shape(const UploadCertificate& c, const Facts& facts) {
    if (auto fault = id_fault("certificate", c.certificate)) return fault;
    if (!facts.certificate || !facts.certificate->fault.empty()) {
        return invalid_field(
            "certificate_pem",
            "certificate_pem: " + (facts.certificate ? facts.certificate->fault : std::string("not read")));
    }
    if (facts.private_key && !facts.private_key->fault.empty()) {
        return invalid_field("private_key_pem", "private_key_pem: " + facts.private_key->fault);
    }
    return std::nullopt;
}
/// A target is written into events, which are for ever: no user with a password, as `//user:password@host`.
Fault target_fault(const std::string& target) {
    const auto scheme = target.find("://");
    if (scheme != std::string::npos || target.starts_with("//")) {
        const std::string_view rest =
            std::string_view(target).substr(scheme != std::string::npos ? scheme + 3 : 2);
        const std::string_view host = rest.substr(0, rest.find('/'));
        const auto user_end = host.rfind('@');
        if (user_end != std::string_view::npos && host.substr(0, user_end).find(':') < user_end)
            return invalid_field("target", "target holds a password, must name the place alone");
    }
    return text_fault("target", target);
}

Fault shape(const DeployCertificate& c, const Facts&) {
    if (auto fault = id_fault("certificate", c.certificate.value)) return fault;
    return target_fault(c.target);
}
Fault shape(const RecordDeployment& c, const Facts&) {
    if (auto fault = id_fault("certificate", c.certificate.value)) return fault;
    if (auto fault = target_fault(c.target)) return fault;
    return cause_fault(c.cause, false);
}
Fault shape(const RenewCertificate& c, const Facts&) {
    if (auto fault = id_fault("certificate", c.certificate.value)) return fault;
    if (auto fault = id_fault("successor", c.successor)) return fault;
    return c.pays ? pays_fault(*c.pays) : std::nullopt;
}
Fault shape(const RequestRevocation& c, const Facts&) {
    if (auto fault = id_fault("certificate", c.certificate.value)) return fault;
    if (c.reason == events::RevocationReason::privilege_withdrawn) {
        return invalid_field("reason", "reason privilege-withdrawn is the CA's to give");
    }
    return std::nullopt;
}
Fault shape(const RecordRevocation& c, const Facts&) {
    if (auto fault = id_fault("certificate", c.certificate.value)) return fault;
    if (auto fault = cause_fault(c.cause, false)) return fault;
    if (c.reason && !c.by) return invalid_field("reason", "reason is taken only with \"by\":\"ca\"");
    if (c.by && c.outcome == RevocationOutcome::declined) {
        return invalid_field("by", "by is taken only with the outcome completed");
    }
    if (c.by && !c.reason)
        return invalid_field("reason", "reason is missing: a revocation by the CA needs one");
    return std::nullopt;
}
Fault shape(const PayRefund& c, const Facts&) {
    if (auto fault = id_fault("certificate", c.certificate.value)) return fault;
    return text_fault("reference", c.reference);
}
Fault shape(const AdoptPolicy&, const Facts& facts) {
    if (facts.policy_fault.empty()) return std::nullopt;
    return invalid_field("policy", "policy: " + facts.policy_fault);
}
template <class Other>
Fault shape(const Other& c, const Facts&) {
    return id_fault("certificate", c.certificate.value);
}

}  // namespace

std::optional<Refusal> shape_fault(const Command& command, const Facts& facts) {
    return std::visit([&](const auto& held) { return shape(held, facts); }, command);
}

}  // namespace certledger::domain

#include "support/convert.hpp"

#include <certledger/events/contract.hpp>

#include "model/ascii_names.hpp"

namespace certledger::testing {

namespace {

using namespace events;
using domain::Command;
using model::Request;

template <class E>
E named(const std::string& text) {
    const auto value = from_name<E>(text);
    CERTLEDGER_CHECK(value.has_value());
    return *value;
}

template <class E>
std::optional<E> named(const std::optional<std::string>& text) {
    return text ? std::optional<E>(named<E>(*text)) : std::nullopt;
}

template <class IdType>
std::optional<IdType> id(const std::optional<std::string>& text) {
    return text ? std::optional<IdType>(IdType{*text}) : std::nullopt;
}

Money money(const model::Amount& amount) {
    Money made;
    made.minor = amount.minor;
    std::copy(amount.currency.begin(), amount.currency.end(), made.currency.code.begin());
    return made;
}

Product product(const model::Product& p) {
    Product made;
    made.level = named<Level>(p.level);
    made.kind = named<Kind>(p.kind);
    made.names_max = p.names_max;
    made.term_years = p.term_years;
    made.brand = p.brand;
    return made;
}

std::vector<DatedDays> steps(const model::Policy& policy) {
    std::vector<DatedDays> made;
    for (const auto& [from, days] : policy.steps) made.push_back({Instant{from}, days});
    return made;
}

PolicyTerms terms(const model::Policy& p) {
    switch (named<PolicyKind>(p.kind)) {
        case PolicyKind::refund: {
            RefundPolicy made;
            made.days = p.days;
            made.clock = named<RefundClock>(p.clock);
            made.day = named<DayRule>(p.day);
            made.unissued = named<UnissuedRule>(p.unissued);
            made.ca_initiated = named<CaInitiatedRule>(p.ca_initiated);
            made.zone = p.zone;
            return made;
        }
        case PolicyKind::validity:
            return ValidityPolicy{steps(p)};
        case PolicyKind::reuse:
            return ReusePolicy{steps(p)};
        case PolicyKind::renewal:
            return RenewalPolicy{p.days};
        case PolicyKind::term:
            return TermPolicy{p.days};
        case PolicyKind::review:
            return ReviewPolicy{};
        case PolicyKind::revocation:
            return RevocationPolicy{p.key_compromise_seconds, p.other_seconds};
        case PolicyKind::notices:
            return NoticesPolicy{{30}};
    }
    return RefundPolicy{};
}

template <class To>
void application(const Request& r, To& made) {
    made.validation = named<ValidationMethod>(r.validation);
    if (r.contact) made.contact = domain::Contact{r.contact->name, r.contact->mail, r.contact->phone};
    if (r.company)
        made.company =
            domain::Company{r.company->name, r.company->country, r.company->registration, r.company->address};
    made.key = r.key;
    if (r.csr) made.csr = "csr";
    if (r.key_sha256) made.key_sha256 = digest_of(*r.key_sha256);
}

// One function for each shape of command; `to` gives it the command's fields.
template <class To>
Command of_certificate(const Request& r) {
    To made;
    made.certificate.value = *r.certificate;
    if constexpr (requires { made.name; }) made.name = *r.name;
    if constexpr (requires { made.outcome; })
        made.outcome = named<std::remove_cvref_t<decltype(made.outcome)>>(*r.outcome);
    if constexpr (requires { made.cause; }) {
        if constexpr (std::is_same_v<decltype(made.cause), std::string>) {
            made.cause = r.cause.value_or("");
        } else {
            made.cause = r.cause;
        }
    }
    if constexpr (requires { made.target; }) made.target = *r.target;
    if constexpr (requires { made.force; }) made.force = r.force;
    if constexpr (requires { made.format; }) made.format = named<DownloadFormat>(*r.format);
    if constexpr (requires { made.reference; }) made.reference = *r.reference;
    if constexpr (requires { made.amount; }) {
        if (r.amount) made.amount = money(*r.amount);
    }
    if constexpr (requires { made.fingerprint; }) {
        if (r.fingerprint) made.fingerprint = digest_of(*r.fingerprint);
    }
    if constexpr (requires { made.by; }) made.by = named<domain::RevocationBy>(r.by);
    if constexpr (requires { made.reason; }) {
        if constexpr (std::is_same_v<decltype(made.reason), RevocationReason>) {
            made.reason = named<RevocationReason>(*r.reason);
        } else {
            made.reason = named<RevocationReason>(r.reason);
        }
    }
    if constexpr (requires { made.validation; }) application(r, made);
    return made;
}

Command buy_quota(const Request& r) {
    domain::BuyQuota made;
    made.quota = id<QuotaId>(r.quota);
    made.product = product(*r.product);
    made.count = *r.count;
    made.price = money(*r.price);
    return made;
}

Command refund_quota(const Request& r) {
    domain::RefundQuota made;
    made.quota.value = *r.quota;
    made.count = r.count;
    return made;
}

Command buy_certificate(const Request& r) {
    domain::BuyCertificate made;
    made.certificate = id<CertificateId>(r.certificate);
    made.product = product(*r.product);
    made.names = *r.names;
    made.price = money(*r.price);
    return made;
}

Command create_certificate(const Request& r) {
    domain::CreateCertificate made;
    made.quota.value = *r.quota;
    made.certificate = id<CertificateId>(r.certificate);
    made.names = *r.names;
    made.quick_issue = r.quick_issue;
    application(r, made);
    return made;
}

Command issue_certificate(const Request& r) {
    domain::IssueCertificate made;
    made.certificate.value = *r.certificate;
    made.serial = r.serial;
    made.issuer = r.issuer;
    if (r.not_before) made.not_before = Instant{*r.not_before};
    if (r.not_after) made.not_after = Instant{*r.not_after};
    if (r.sha256) made.sha256 = digest_of(*r.sha256);
    made.names = r.names;
    if (r.key_sha256) made.key_sha256 = digest_of(*r.key_sha256);
    if (r.pem) made.certificate_pem = "pem";
    return made;
}

Command upload_certificate(const Request& r) {
    domain::UploadCertificate made;
    made.certificate = id<CertificateId>(r.certificate);
    made.certificate_pem = "pem";
    if (r.private_key) made.private_key_pem = "key";
    return made;
}

Command renew_certificate(const Request& r) {
    domain::RenewCertificate made;
    made.certificate.value = *r.certificate;
    made.successor = id<CertificateId>(r.successor);
    if (!r.pays) return made;
    made.pays.emplace();
    made.pays->kind = named<RenewalPayment>(r.pays->kind);
    if (r.pays->kind == "quota") made.pays->quota = QuotaId{r.pays->quota};
    if (r.pays->kind == "price") made.pays->price = money(r.pays->price);
    return made;
}

Command adopt_policy(const Request& r) {
    domain::AdoptPolicy made;
    made.scope = named<domain::PolicyScope>(r.scope);
    made.policy.effective_from = Instant{r.policy->effective_from};
    made.policy.terms = terms(*r.policy);
    return made;
}

Command command_of(const Request& r) {
    using namespace domain;
    using Make = Command (*)(const Request&);
    static const std::vector<std::pair<std::string, Make>> makers{
        {"buy-quota", buy_quota},
        {"refund-quota", refund_quota},
        {"buy-certificate", buy_certificate},
        {"create-certificate", create_certificate},
        {"submit-application", of_certificate<SubmitApplication>},
        {"withdraw-application", of_certificate<WithdrawApplication>},
        {"issue-challenge", of_certificate<IssueChallenge>},
        {"record-validation", of_certificate<RecordValidation>},
        {"record-review", of_certificate<RecordReview>},
        {"record-mail", of_certificate<RecordMail>},
        {"record-phone", of_certificate<RecordPhone>},
        {"record-organization", of_certificate<RecordOrganization>},
        {"record-issuance", of_certificate<RecordIssuance>},
        {"reject-application", of_certificate<RejectApplication>},
        {"issue-certificate", issue_certificate},
        {"upload-certificate", upload_certificate},
        {"deploy-certificate", of_certificate<DeployCertificate>},
        {"record-deployment", of_certificate<RecordDeployment>},
        {"download-certificate", of_certificate<DownloadCertificate>},
        {"enable-hosting", of_certificate<EnableHosting>},
        {"disable-hosting", of_certificate<DisableHosting>},
        {"renew-certificate", renew_certificate},
        {"request-revocation", of_certificate<RequestRevocation>},
        {"confirm-revocation", of_certificate<ConfirmRevocation>},
        {"record-revocation", of_certificate<RecordRevocation>},
        {"request-refund", of_certificate<RequestRefund>},
        {"pay-refund", of_certificate<PayRefund>},
        {"expire-certificate", of_certificate<ExpireCertificate>},
        {"delete-certificate", of_certificate<DeleteCertificate>},
        {"adopt-policy", adopt_policy},
    };
    for (const auto& [name, make] : makers)
        if (name == r.command) return make(r);
    throw ContractViolation("no command is called " + r.command);
}

domain::NameFact name_fact(const std::string& given) {
    const model::Name read = model::read_name(given);
    domain::NameFact fact;
    fact.given = given;
    if (!read.good) {
        fact.fault = "not a name that a certificate can have";
        return fact;
    }
    fact.name = {read.ascii, read.ascii};
    fact.form = read.form == model::Form::plain      ? domain::NameForm::plain
                : read.form == model::Form::wildcard ? domain::NameForm::wildcard
                                                     : domain::NameForm::address;
    return fact;
}

domain::CertificateFact certificate_fact(const model::Pem& pem) {
    domain::CertificateFact fact;
    if (pem.broken) {
        fact.fault = "not a certificate";
        return fact;
    }
    fact.serial = "0a";
    fact.issuer = "CN=Test CA";
    fact.subject = "CN=test";
    fact.not_before = Instant{pem.not_before};
    fact.not_after = Instant{pem.not_after};
    fact.sha256 = digest_of(pem.sha256);
    fact.key_sha256 = digest_of(pem.key);
    for (const auto& name : pem.names) fact.names.push_back({model::read_name(name).ascii, name});
    return fact;
}

domain::Facts facts_of(const Request& r, const Command& command, const policies::Zones& zones) {
    domain::Facts facts;
    facts.generated_id = r.generated;
    facts.token = "token";
    if (r.names)
        for (const auto& name : *r.names) facts.names.push_back(name_fact(name));
    if (r.name) facts.names.push_back(name_fact(*r.name));
    if (r.csr) {
        auto& csr = facts.csr.emplace();
        if (r.csr->broken) csr.fault = "not a request";
        if (r.csr->weak) csr.weakness = "too short";
        csr.names = r.csr->names;
        csr.key_sha256 = digest_of(r.csr->key);
    }
    if (r.pem) facts.certificate = certificate_fact(*r.pem);
    if (r.private_key) {
        auto& key = facts.private_key.emplace();
        if (r.private_key->broken) key.fault = "not a key";
        key.key_sha256 = digest_of(r.private_key->key);
    }
    if (const auto* adopt = std::get_if<domain::AdoptPolicy>(&command))
        facts.policy_fault = policies::policy_fault(adopt->policy, zones).value_or("");
    return facts;
}

}  // namespace

Asked convert(const Request& request, const policies::Zones& zones) {
    Asked asked;
    asked.header.account.value = request.account;
    asked.header.actor = "tester";
    asked.header.at = Instant{request.at};
    asked.command = command_of(request);
    asked.facts = facts_of(request, asked.command, zones);
    return asked;
}

Digest digest_of(const std::string& token) {
    Digest digest{};
    CERTLEDGER_CHECK(token.size() <= digest.size());
    std::copy(token.begin(), token.end(), digest.begin());
    return digest;
}

std::string token_of(const Digest& digest) {
    std::string token;
    for (const auto octet : digest)
        if (octet != 0) token += static_cast<char>(octet);
    return token;
}

}  // namespace certledger::testing

#include <algorithm>
#include <set>

#include "rules.hpp"

namespace certledger::domain {
namespace {

using events::Level;
using events::ValidationMethod;

bool missing(const std::optional<std::string>& member) { return !member || blank(*member); }

bool wildcard(const events::DomainName& name) { return name.ascii.starts_with("*."); }

bool has_address(const std::vector<events::DomainName>& names) {
    return std::any_of(names.begin(), names.end(), [](const auto& name) { return is_address(name.ascii); });
}

/// The method by which the order is validated, or why the one asked for cannot be used (domain.md section 4).
tl::expected<ValidationMethod, Refusal> choose_method(const ApplicationFields& fields, const Case& facts,
                                                      const events::Product& product,
                                                      const std::vector<events::DomainName>& names) {
    const bool dv = product.level == Level::dv;
    const bool address = has_address(names);
    if (!fields.validation) {
        if (dv)
            return refuse(facts, RefusalCode::invalid_field, "validation is missing; a dv order needs one",
                          "validation");
        return address ? ValidationMethod::http_file : ValidationMethod::mail;
    }
    const ValidationMethod method = *fields.validation;
    const auto not_allowed = [&](const std::string& why) {
        return refuse(facts, RefusalCode::method_not_allowed,
                      std::string(events::to_name(method)) + " " + why, "validation");
    };
    if (dv) {
        if (method == ValidationMethod::mail) return not_allowed("is for ov and ev orders");
        if (method == ValidationMethod::http_file && std::any_of(names.begin(), names.end(), wildcard)) {
            return not_allowed("cannot prove control of a wildcard");
        }
        return method;
    }
    if (address && method != ValidationMethod::http_file)
        return not_allowed("cannot prove control of an address");
    if (!address && method != ValidationMethod::mail)
        return not_allowed("is for dv orders; ov and ev use mail");
    return method;
}

/// Contact and company are complete; the personal data themselves are never looked at.
std::optional<Refusal> person_fault(const ApplicationFields& fields, const Case& facts,
                                    const events::Product& product) {
    const auto fault = [&](RefusalCode code, const char* field, const std::string& what) {
        return refuse(facts, code, what + " is missing or blank", field).value();
    };
    const auto& contact = fields.contact;
    if (!contact) return fault(RefusalCode::contact_incomplete, "contact", "contact");
    for (const auto& [name, member] : {std::pair("name", &Contact::name), std::pair("mail", &Contact::mail),
                                       std::pair("phone", &Contact::phone)}) {
        if (missing((*contact).*member)) {
            return fault(RefusalCode::contact_incomplete, "contact", std::string("contact.") + name);
        }
    }
    if (product.level == Level::dv) return std::nullopt;
    const auto& company = fields.company;
    if (!company) return fault(RefusalCode::company_required, "company", "company");
    for (const auto& [name, member] :
         {std::pair("name", &Company::name), std::pair("country", &Company::country),
          std::pair("registration", &Company::registration), std::pair("address", &Company::address)}) {
        if (missing((*company).*member)) {
            return fault(RefusalCode::company_required, "company", std::string("company.") + name);
        }
    }
    return std::nullopt;
}

/// The key of the application, however it was given.
std::optional<Refusal> take_key(events::ApplicationSubmitted& event, const ApplicationFields& fields,
                                const Case& facts, const std::vector<events::DomainName>& names) {
    if (fields.key) {
        if (*fields.key == "rsa-1024") {
            return refuse(facts, RefusalCode::weak_key,
                          "rsa-1024 is too short; at least 2,048 bits are needed", "key")
                .value();
        }
        event.key_source = events::KeySource::held_here;
        event.key_algorithm = events::from_name<events::KeyAlgorithm>(*fields.key);
        event.key_sha256 = facts.facts.made_key_sha256.value_or(events::Digest{});
        return std::nullopt;
    }
    if (fields.key_sha256) {
        event.key_source = events::KeySource::elsewhere;
        event.key_sha256 = *fields.key_sha256;
        return std::nullopt;
    }
    const CsrFact csr = facts.facts.csr.value_or(CsrFact{"was not read", {}, {}, {}, {}});
    if (!csr.fault.empty())
        return refuse(facts, RefusalCode::csr_invalid, "csr: " + csr.fault, "csr").value();
    if (!csr.weakness.empty())
        return refuse(facts, RefusalCode::weak_key, "csr: " + csr.weakness, "csr").value();
    std::set<std::string_view> ordered;
    for (const auto& name : names) ordered.insert(name.ascii);
    if (std::set<std::string_view>(csr.names.begin(), csr.names.end()) != ordered) {
        return refuse(facts, RefusalCode::csr_names_mismatch, "csr: its names are not the certificate's",
                      "csr")
            .value();
    }
    event.key_source = events::KeySource::csr;
    event.key_sha256 = csr.key_sha256;
    event.csr = csr.der;
    return std::nullopt;
}

}  // namespace

tl::expected<events::ApplicationSubmitted, Refusal> application(
    const ApplicationFields& fields, const Case& facts, const events::Product& product,
    const std::vector<events::DomainName>& names) {
    events::ApplicationSubmitted event;
    const auto method = choose_method(fields, facts, product, names);
    if (!method) return tl::make_unexpected(method.error());
    event.validation = *method;
    if (auto fault = person_fault(fields, facts, product)) return tl::make_unexpected(*fault);
    if (auto fault = take_key(event, fields, facts, names)) return tl::make_unexpected(*fault);
    event.contact = facts.facts.contact.value_or(events::Sealed{});
    event.company = facts.facts.company;
    return event;
}

namespace {

/// Finds the application's name that a command speaks of.
tl::expected<std::string, Refusal> named(const Case& facts) {
    const NameFact fact = facts.facts.names.empty() ? NameFact{} : facts.facts.names.front();
    for (const auto& name : facts.state.names) {
        if (fact.fault.empty() && name.ascii == fact.name.ascii) return name.ascii;
    }
    return refuse(facts, RefusalCode::invalid_field, quoted(fact.given) + " is not a name of the application",
                  "name");
}

/// ov and ev validate their DNS names by mail alone (rulings 17).
std::optional<Refusal> mail_only(const Case& facts) {
    if (!facts.identity_checked()) return std::nullopt;
    const NameFact fact = facts.facts.names.empty() ? NameFact{} : facts.facts.names.front();
    if (fact.fault.empty() && fact.form == NameForm::address) return std::nullopt;
    return refuse(facts, RefusalCode::method_not_allowed, "names of an ov or ev order are validated by mail",
                  "name")
        .value();
}

std::optional<Refusal> only_for_identity(const Case& facts, const char* what) {
    if (facts.identity_checked()) return std::nullopt;
    return refuse(facts, RefusalCode::method_not_allowed, std::string(what) + " is for ov and ev orders")
        .value();
}

Decision one(const Case& facts, events::Event event) {
    return std::vector<Caused>{facts.cause(std::move(event))};
}

}  // namespace

Decision rule(const SubmitApplication& command, const Case& facts) {
    if (const auto code = flag_fault(CommandType::submit_application, facts.state)) {
        return refuse(facts, *code,
                      "the payment was refunded; only pay-refund and delete-certificate are left");
    }
    auto event = application(application_fields(command), facts, *facts.state.product, facts.state.names);
    if (!event) return tl::make_unexpected(event.error());
    return one(facts, std::move(*event));
}

Decision rule(const WithdrawApplication&, const Case& facts) {
    return one(facts, events::ApplicationWithdrawn{});
}

Decision rule(const IssueChallenge&, const Case& facts) {
    if (auto fault = mail_only(facts)) return tl::make_unexpected(*fault);
    const auto name = named(facts);
    if (!name) return tl::make_unexpected(name.error());
    const auto method =
        facts.state.application ? facts.state.application->validation : ValidationMethod::http_file;
    return one(facts, events::ChallengeIssued{method, *name, facts.facts.token});
}

Decision rule(const RecordValidation& command, const Case& facts) {
    if (auto fault = mail_only(facts)) return tl::make_unexpected(*fault);
    const auto name = named(facts);
    if (!name) return tl::make_unexpected(name.error());
    if (command.outcome == ValidationOutcome::succeeded) return one(facts, events::DomainValidated{*name});
    return one(facts, events::DomainValidationFailed{*name, command.cause.value_or("")});
}

Decision rule(const RecordReview&, const Case& facts) { return one(facts, events::ReviewStarted{}); }

Decision rule(const RecordMail& command, const Case& facts) {
    if (auto fault = only_for_identity(facts, "the validation mail")) return tl::make_unexpected(*fault);
    if (command.outcome == MailOutcome::sent) return one(facts, events::ValidationMailSent{});
    return one(facts, events::ValidationMailConfirmed{});
}

Decision rule(const RecordPhone& command, const Case& facts) {
    if (auto fault = only_for_identity(facts, "verification by phone")) return tl::make_unexpected(*fault);
    if (command.outcome == PhoneOutcome::requested) return one(facts, events::PhoneVerificationRequested{});
    return one(facts, events::PhoneVerified{});
}

Decision rule(const RecordOrganization&, const Case& facts) {
    if (auto fault = only_for_identity(facts, "verification of the organisation"))
        return tl::make_unexpected(*fault);
    return one(facts, events::OrganizationVerified{});
}

Decision rule(const RejectApplication& command, const Case& facts) {
    return one(facts, events::ApplicationRejected{command.cause});
}

}  // namespace certledger::domain

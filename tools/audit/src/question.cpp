#include "question.hpp"

#include <algorithm>

namespace certledger::audit {
namespace {

namespace ev = events;
using domain::Command;

/// Rulings 47: a host name's last label is never all digits, and no label holds a colon.
domain::NameForm form_of(std::string_view ascii) {
    if (ascii.starts_with("*.")) return domain::NameForm::wildcard;
    const std::string_view last = ascii.substr(ascii.rfind('.') + 1);
    const bool digits = last.find_first_not_of("0123456789") == std::string_view::npos;
    if (ascii.find(':') != std::string_view::npos || (!last.empty() && digits))
        return domain::NameForm::address;
    return domain::NameForm::plain;
}

/// A name as it was recorded. Which names are good depends on lists that change; that is not asked again.
domain::NameFact fact_of(const ev::DomainName& name) {
    return {name.ascii, name, form_of(name.ascii), name.ascii.empty() ? "must not be empty" : ""};
}

std::optional<std::string> said(const std::string& text) {
    return text.empty() ? std::nullopt : std::optional(text);
}

domain::CertificateFact fact_of(const ev::CertificateIssued& event) {
    return {"",           event.serial,     event.issuer, "",       event.not_before, event.not_after,
            event.sha256, event.key_sha256, event.names,  event.der};
}

/// Asks about one event of a stream; the overloads tell which command it answers, if it can stand first.
class Asker {
  public:
    Asker(const std::vector<HeldEvent>& group, const domain::World& world) : group_(group), world_(world) {
        const HeldEvent& first = group.front();
        id_.value = std::string(ev::id_part(first.stream));
        question_.header.id = first.command;
        question_.header.account.value = first.account;
        question_.header.at = first.occurred_at;
    }

    std::optional<Question> ask() {
        const bool known = std::visit([this](const auto& event) { return about(event); },
                                      static_cast<const ev::EventVariant&>(group_.front().event));
        if (!known) return std::nullopt;
        return std::move(question_);
    }

  private:
    template <class C>
    bool is(C command) {
        question_.command = std::move(command);
        return true;
    }
    void names(const std::vector<ev::DomainName>& names) {
        for (const auto& name : names) question_.facts.names.push_back(fact_of(name));
    }
    void name(const std::string& ascii) { question_.facts.names.push_back(fact_of({ascii, ascii})); }
    template <class E>
    [[nodiscard]] const E* second() const {
        return group_.size() > 1 ? std::get_if<E>(&group_[1].event) : nullptr;
    }

    template <class E>
    bool about(const E&) {
        return false;  // Follows others, or was not decided by a command.
    }
    bool about(const ev::QuotaPurchased& e) {
        return is(domain::BuyQuota{ev::QuotaId{id_.value}, e.product, e.count, e.price});
    }
    bool about(const ev::QuotaRefunded& e) { return is(domain::RefundQuota{{id_.value}, e.count}); }
    bool about(const ev::QuotaConsumed& e) {
        if (const auto* created = second<ev::CertificateCreated>()) {
            domain::CreateCertificate command;
            command.quota.value = id_.value;
            command.certificate = e.certificate;
            names(created->names);
            for (const auto& named : created->names) command.names.push_back(named.ascii);
            return is(std::move(command));
        }
        if (const auto* renewed = second<ev::RenewalStarted>()) {
            domain::Pays pays{ev::RenewalPayment::quota, ev::QuotaId{id_.value}, std::nullopt};
            return is(domain::RenewCertificate{
                {std::string(ev::id_part(group_[1].stream))}, renewed->successor, std::move(pays)});
        }
        return false;
    }
    bool about(const ev::RenewalStarted& e) {
        const auto* ordered = second<ev::CertificatePurchased>();
        domain::Pays pays{e.pays, std::nullopt, std::nullopt};
        if (ordered != nullptr && e.pays == ev::RenewalPayment::price) pays.price = ordered->payment;
        if (ordered == nullptr || e.pays == ev::RenewalPayment::quota) return false;
        return is(domain::RenewCertificate{id_, e.successor, std::move(pays)});
    }
    bool about(const ev::CertificatePurchased& e) {
        domain::BuyCertificate command{id_, e.product, {}, e.payment};
        names(e.names);
        for (const auto& named : e.names) command.names.push_back(named.ascii);
        return is(std::move(command));
    }
    bool about(const ev::CertificateUploaded& e) {
        question_.facts.certificate =
            domain::CertificateFact{"",          e.serial, e.issuer,     e.subject, e.not_before,
                                    e.not_after, e.sha256, e.key_sha256, e.names,   e.der};
        domain::UploadCertificate command{id_, "recorded", std::nullopt};
        if (e.key_held) {
            command.private_key_pem = "recorded";
            question_.facts.private_key = domain::PrivateKeyFact{"", e.key_sha256};
        }
        return is(std::move(command));
    }
    bool about(const ev::ApplicationSubmitted& e);
    bool about(const ev::ApplicationWithdrawn&) { return is(domain::WithdrawApplication{id_}); }
    bool about(const ev::ChallengeIssued& e) {
        name(e.name);
        question_.facts.token = e.token;
        return is(domain::IssueChallenge{id_, e.name});
    }
    bool about(const ev::DomainValidated& e) {
        name(e.name);
        return is(domain::RecordValidation{id_, e.name, domain::ValidationOutcome::succeeded, std::nullopt});
    }
    bool about(const ev::DomainValidationFailed& e) {
        name(e.name);
        return is(domain::RecordValidation{id_, e.name, domain::ValidationOutcome::failed, said(e.cause)});
    }
    bool about(const ev::ReviewStarted&) { return is(domain::RecordReview{id_}); }
    bool about(const ev::ValidationMailSent&) {
        return is(domain::RecordMail{id_, domain::MailOutcome::sent});
    }
    bool about(const ev::ValidationMailConfirmed&) {
        return is(domain::RecordMail{id_, domain::MailOutcome::confirmed});
    }
    bool about(const ev::PhoneVerificationRequested&) {
        return is(domain::RecordPhone{id_, domain::PhoneOutcome::requested});
    }
    bool about(const ev::PhoneVerified&) {
        return is(domain::RecordPhone{id_, domain::PhoneOutcome::verified});
    }
    bool about(const ev::OrganizationVerified&) { return is(domain::RecordOrganization{id_}); }
    bool about(const ev::IssuanceIntended&) {
        return is(domain::RecordIssuance{id_, domain::IssuanceOutcome::intended, std::nullopt});
    }
    bool about(const ev::IssuanceFailed& e) {
        return is(domain::RecordIssuance{id_, domain::IssuanceOutcome::failed, said(e.cause)});
    }
    bool about(const ev::ApplicationRejected& e) { return is(domain::RejectApplication{id_, e.cause}); }
    bool about(const ev::CertificateIssued& e) {
        domain::IssueCertificate command;
        command.certificate = id_;
        if (!e.der.empty()) {
            question_.facts.certificate = fact_of(e);
            command.certificate_pem = "recorded";
            return is(std::move(command));
        }
        command.serial = e.serial;
        command.issuer = e.issuer;
        command.not_before = e.not_before;
        command.not_after = e.not_after;
        command.sha256 = e.sha256;
        command.key_sha256 = e.key_sha256;
        command.names.emplace();
        names(e.names);
        for (const auto& named : e.names) command.names->push_back(named.ascii);
        return is(std::move(command));
    }
    bool about(const ev::DeploymentStarted& e) {
        return is(domain::DeployCertificate{id_, e.target, e.force});
    }
    bool deployment(const std::string& target, domain::DeploymentOutcome outcome, const std::string& cause,
                    const std::optional<ev::Digest>& seen = std::nullopt) {
        return is(domain::RecordDeployment{id_, target, outcome, said(cause), seen});
    }
    bool about(const ev::CertificateDeployed& e) {
        return deployment(e.target, domain::DeploymentOutcome::succeeded, "");
    }
    bool about(const ev::DeploymentFailed& e) {
        return deployment(e.target, domain::DeploymentOutcome::failed, e.cause);
    }
    bool about(const ev::DeploymentRolledBack& e) {
        return deployment(e.target, domain::DeploymentOutcome::rolled_back, e.cause);
    }
    bool about(const ev::DeploymentObserved& e) {
        return deployment(e.target, domain::DeploymentOutcome::observed, "", e.fingerprint);
    }
    bool about(const ev::DeploymentDrifted& e) {
        return deployment(e.target, domain::DeploymentOutcome::drifted, e.cause, e.fingerprint);
    }
    bool about(const ev::CertificateDownloaded& e) { return is(domain::DownloadCertificate{id_, e.format}); }
    bool about(const ev::HostingEnabled&) { return is(domain::EnableHosting{id_}); }
    bool about(const ev::HostingDisabled&) { return is(domain::DisableHosting{id_}); }
    bool about(const ev::RevocationRequested& e) { return is(domain::RequestRevocation{id_, e.reason}); }
    bool about(const ev::RevocationConfirmed&) { return is(domain::ConfirmRevocation{id_}); }
    bool about(const ev::RevocationDeclined& e) {
        return is(domain::RecordRevocation{id_, domain::RevocationOutcome::declined, said(e.cause),
                                           std::nullopt, std::nullopt});
    }
    bool about(const ev::CertificateRevoked& e) {
        domain::RecordRevocation command{id_, domain::RevocationOutcome::completed, std::nullopt,
                                         std::nullopt, std::nullopt};
        if (e.by_ca) {
            command.by = domain::RevocationBy::ca;
            command.reason = e.reason;
        }
        return is(std::move(command));
    }
    bool about(const ev::RefundGranted&) { return is(domain::RequestRefund{id_}); }
    bool about(const ev::RefundDeclined&) { return is(domain::RequestRefund{id_}); }
    bool about(const ev::RefundPaid& e) { return is(domain::PayRefund{id_, e.reference, e.amount}); }
    bool about(const ev::CertificateExpired&) { return is(domain::ExpireCertificate{id_}); }
    bool about(const ev::CertificateDeleted& e) { return is(domain::DeleteCertificate{id_, e.forced}); }
    bool about(const ev::RenewalDue&) { return is(domain::NoteRenewalDue{id_}); }
    bool about(const ev::ExpiryNoticed& e) { return is(domain::NoteExpiry{id_, e.days}); }
    bool about(const ev::PolicyAdopted& e) {
        const bool ledger = group_.front().stream == ev::policy_stream().value;
        question_.facts.policy_fault = policies::policy_fault(e.policy, world_.zones()).value_or("");
        return is(domain::AdoptPolicy{ledger ? domain::PolicyScope::ledger : domain::PolicyScope::account,
                                      e.policy});
    }

    const std::vector<HeldEvent>& group_;
    const domain::World& world_;
    ev::CertificateId id_;
    Question question_;
};

bool Asker::about(const ev::ApplicationSubmitted& e) {
    const std::string given = "recorded";
    domain::SubmitApplication command;
    command.certificate = id_;
    command.validation = e.validation;
    command.contact = domain::Contact{given, given, given};
    question_.facts.contact = e.contact;
    if (e.company) command.company = domain::Company{given, given, given, given};
    question_.facts.company = e.company;
    switch (e.key_source) {
        case ev::KeySource::held_here:
            if (e.key_algorithm) command.key = std::string(ev::to_name(*e.key_algorithm));
            question_.facts.made_key_sha256 = e.key_sha256;
            break;
        case ev::KeySource::elsewhere:
            command.key_sha256 = e.key_sha256;
            break;
        case ev::KeySource::csr: {
            command.csr = given;
            domain::CsrFact csr{"", "", {}, e.key_sha256, e.csr};
            for (const auto& named : world_.certificate(id_).names) csr.names.push_back(named.ascii);
            question_.facts.csr = std::move(csr);
        }
    }
    return is(std::move(command));
}

}  // namespace

std::size_t events_needed(const std::vector<HeldEvent>& group) {
    const bool consumed = std::holds_alternative<ev::QuotaConsumed>(group.front().event);
    const bool renewed = std::holds_alternative<ev::RenewalStarted>(group.front().event);
    return consumed || renewed ? 2 : 1;
}

std::optional<Question> question_of(const std::vector<HeldEvent>& group, const domain::World& world) {
    return Asker(group, world).ask();
}

}  // namespace certledger::audit

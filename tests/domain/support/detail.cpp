// What an event says, in the short form in which the model says it.
#include <certledger/events/events.hpp>

#include "model/model.hpp"
#include "support/convert.hpp"

namespace certledger::testing {

namespace {

using namespace events;

std::string text(Instant instant) { return model::time_text(instant.micros); }
std::string text(const Money& money) {
    return std::to_string(money.minor) + std::string(money.currency.text());
}
std::string text(const PolicyRef& ref) { return "policy=" + ref.id + "@" + std::to_string(ref.version); }
template <NamedEnum E>
std::string text(E value) {
    return std::string(to_name(value));
}
std::string text(const std::vector<DomainName>& names) {
    std::vector<std::string> ascii;
    for (const auto& name : names) ascii.push_back(name.ascii);
    return model::list_text(ascii);
}

template <class Ordered>
std::string order(const Ordered& e) {
    return "payment=" + text(e.payment) + " term-end=" + text(e.term_end) + " names=" + text(e.names) +
           (e.payment.minor > 0 ? " paid=" + text(e.paid_at) : "") +
           (e.predecessor ? " predecessor=" + e.predecessor->value : "");
}

template <class Decided>
std::string decision(const Decided& e) {
    const bool window = e.reason == RefundReason::within_window || e.reason == RefundReason::window_closed;
    std::string made = "reason=" + text(e.reason) + " " + text(e.policy);
    if (window) made += " window-end=" + (e.inputs.window_end ? text(*e.inputs.window_end) : "none");
    return made;
}

struct Details {
    std::string operator()(const QuotaPurchased& e) const {
        return "count=" + std::to_string(e.count) + " price=" + text(e.price);
    }
    std::string operator()(const QuotaConsumed& e) const {
        return "unit=" + std::to_string(e.unit) + " share=" + text(e.share) +
               " certificate=" + e.certificate.value;
    }
    std::string operator()(const QuotaReturned& e) const {
        return "unit=" + std::to_string(e.unit) + " certificate=" + e.certificate.value;
    }
    std::string operator()(const QuotaRefunded& e) const {
        std::string units;
        for (const auto& range : e.units)
            for (std::int64_t unit = range.first; unit <= range.last; ++unit)
                units.append(units.empty() ? "" : ",").append(std::to_string(unit));
        return "amount=" + text(e.amount) + " units=" + units + " " + text(e.policy);
    }
    std::string operator()(const CertificatePurchased& e) const { return order(e); }
    std::string operator()(const CertificateCreated& e) const {
        return order(e) + " unit=" + e.quota.value + "/" + std::to_string(e.unit);
    }
    std::string operator()(const CertificateUploaded& e) const {
        return "names=" + text(e.names) + " valid=" + text(e.not_before) + ".." + text(e.not_after) +
               (e.key_held ? " key-held" : "");
    }
    std::string operator()(const ApplicationSubmitted& e) const {
        const std::string source = e.key_algorithm ? text(*e.key_algorithm) : text(e.key_source);
        return "validation=" + text(e.validation) + " key=" + source + "/" + token_of(e.key_sha256) +
               (e.company ? " company" : "");
    }
    std::string operator()(const ChallengeIssued& e) const {
        return "name=" + e.name + " method=" + text(e.method);
    }
    std::string operator()(const DomainValidated& e) const { return "name=" + e.name; }
    std::string operator()(const DomainValidationFailed& e) const {
        return "name=" + e.name + " cause=" + e.cause;
    }
    std::string operator()(const IssuanceFailed& e) const { return "cause=" + e.cause; }
    std::string operator()(const ApplicationRejected& e) const { return "cause=" + e.cause; }
    std::string operator()(const CertificateIssued& e) const {
        return "valid=" + text(e.not_before) + ".." + text(e.not_after) + "/" + token_of(e.sha256) +
               " cap=" + std::to_string(e.validity_cap_days) + "/" + text(e.validity_policy) +
               " reuse=" + std::to_string(e.reuse_days) + "/" + text(e.reuse_policy) +
               " names=" + text(e.names);
    }
    std::string operator()(const DeploymentStarted& e) const { return "target=" + e.target; }
    std::string operator()(const CertificateDeployed& e) const { return "target=" + e.target; }
    std::string operator()(const DeploymentFailed& e) const { return "target=" + e.target; }
    std::string operator()(const DeploymentRolledBack& e) const { return "target=" + e.target; }
    std::string operator()(const DeploymentObserved& e) const { return "target=" + e.target; }
    std::string operator()(const DeploymentDrifted& e) const { return "target=" + e.target; }
    std::string operator()(const CertificateDownloaded& e) const {
        return "format=" + text(e.format) + (e.with_key ? " with-key" : "");
    }
    std::string operator()(const RenewalStarted& e) const {
        return "pays=" + text(e.pays) + " successor=" + e.successor.value + " " + text(e.policy);
    }
    std::string operator()(const RenewalCompleted& e) const { return "successor=" + e.successor.value; }
    std::string operator()(const RevocationRequested& e) const {
        return "reason=" + text(e.reason) + " due=" + text(e.due) + " " + text(e.policy);
    }
    std::string operator()(const CertificateRevoked& e) const {
        return "reason=" + text(e.reason) + (e.by_ca ? " by-ca" : "");
    }
    std::string operator()(const CertificateExpired& e) const { return "not-after=" + text(e.not_after); }
    std::string operator()(const RefundGranted& e) const { return decision(e) + " amount=" + text(e.amount); }
    std::string operator()(const RefundDeclined& e) const { return decision(e); }
    std::string operator()(const RefundPaid& e) const {
        return "amount=" + text(e.amount) + " reference=" + e.reference;
    }
    std::string operator()(const PolicyAdopted& e) const {
        return "kind=" + text(e.policy.kind()) + " from=" + text(e.policy.effective_from);
    }
    template <class Other>
    std::string operator()(const Other&) const {
        return "";
    }
};

}  // namespace

std::string detail(const Event& event) { return std::visit(Details{}, event); }

}  // namespace certledger::testing

// What can be wrong with a command: its form, and the guards of domain.md section 3 in the order of its text,
// then those that only the rulings have.
#include <algorithm>

#include "model/model.hpp"

namespace certledger::model {

namespace {

using Strings = std::vector<std::string>;

bool one_of(const std::string& text, std::initializer_list<const char*> list) {
    return std::any_of(list.begin(), list.end(), [&](const char* each) { return text == each; });
}

bool has_address(const Strings& names) {
    return std::any_of(names.begin(), names.end(),
                       [](const std::string& name) { return read_name(name).form == Form::address; });
}

std::set<std::string> as_set(const Strings& names) {
    std::set<std::string> set;
    for (const auto& name : names) {
        const Name read = read_name(name);
        set.insert(read.good ? read.ascii : "?" + name);
    }
    return set;
}

bool product_fault(const Product& p) {
    const bool brand =
        !p.brand.empty() && p.brand.size() <= 32 && std::all_of(p.brand.begin(), p.brand.end(), [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
        });
    const bool size = p.kind == "multi" ? p.names_max >= 1 && p.names_max <= 250 : p.names_max == 1;
    const bool term = p.term_years >= 1 && p.term_years <= 6;
    return !brand || !size || !term || (p.level == "ev" && p.kind == "wildcard");
}

/// Whether a served name is still served by these: literally, or by a wildcard one label up.
bool covered(const std::string& served, const std::set<std::string>& names) {
    if (names.count(served) > 0) return true;
    const auto dot = served.find('.');
    return served.front() != '*' && dot != std::string::npos && names.count("*" + served.substr(dot)) > 0;
}

}  // namespace

bool blank(const std::optional<std::string>& text) {
    return !text || text->find_first_not_of(" \t\n") == std::string::npos;
}

Model::Fault Model::shape(const Request& r) {
    const auto invalid = [](const char* field) { return Fault(Refused{"invalid-field", field}); };
    if (r.product && product_fault(*r.product)) return invalid("product");
    if (r.count && *r.count < 1) return invalid("count");
    if (r.command == "create-certificate") {
        if (r.quick_issue.value_or(false)) return application_shape(r);
        if (r.validation) return invalid("validation");
        if (r.contact) return invalid("contact");
        if (r.company) return invalid("company");
        if (r.key) return invalid("key");
        if (r.csr) return invalid("csr");
        if (r.key_sha256) return invalid("key_sha256");
    }
    if (r.command == "submit-application") return application_shape(r);
    if (one_of(r.command, {"record-validation", "record-issuance"}) && r.outcome == "failed" &&
        blank(r.cause))
        return invalid("cause");
    if (r.command == "reject-application" && blank(r.cause)) return invalid("cause");
    if (r.command == "issue-certificate") return issue_shape(r);
    if (r.command == "upload-certificate") {
        if (r.pem->broken) return invalid("certificate_pem");
        if (r.private_key && r.private_key->broken) return invalid("private_key_pem");
    }
    if (r.command == "request-revocation" && r.reason == "privilege-withdrawn") return invalid("reason");
    if (r.command == "record-revocation") {
        if (r.by && r.outcome == "declined") return invalid("");
        if (r.by && !r.reason) return invalid("");
        if (!r.by && r.reason) return invalid("");
    }
    if (r.command == "adopt-policy") return policy_shape(*r.policy);
    return std::nullopt;
}

Model::Fault Model::application_shape(const Request& r) {
    // Which of the three is named when there are none or two is left open.
    if (int(r.key.has_value()) + int(r.csr.has_value()) + int(r.key_sha256.has_value()) != 1)
        return Refused{"invalid-field", ""};
    if (r.key && !one_of(*r.key, {"rsa-1024", "rsa-2048", "rsa-3072", "rsa-4096", "ec-p256", "ec-p384"}))
        return Refused{"invalid-field", "key"};
    return std::nullopt;
}

Model::Fault Model::issue_shape(const Request& r) {
    const auto invalid = [](const char* field) { return Fault(Refused{"invalid-field", field}); };
    if (!r.pem) {
        if (!r.serial) return invalid("serial");
        if (!r.issuer) return invalid("issuer");
        if (!r.not_before) return invalid("not_before");
        if (!r.not_after) return invalid("not_after");
        if (!r.sha256) return invalid("sha256");
        return *r.not_after <= *r.not_before ? invalid("not_after") : std::nullopt;
    }
    if (r.pem->broken) return invalid("certificate_pem");
    if (r.not_before && *r.not_before != r.pem->not_before) return invalid("not_before");
    if (r.not_after && *r.not_after != r.pem->not_after) return invalid("not_after");
    if (r.sha256 && *r.sha256 != r.pem->sha256) return invalid("sha256");
    return r.pem->not_after <= r.pem->not_before ? invalid("") : std::nullopt;
}

Model::Fault Model::policy_shape(const Policy& policy) {
    const Fault invalid = Refused{"invalid-field", "policy"};
    if (policy.kind == "refund") {
        if (policy.days < 0 || (policy.zone && *policy.zone != "UTC")) return invalid;
    } else if (policy.kind == "validity" || policy.kind == "reuse") {
        if (policy.steps.empty()) return invalid;
        for (std::size_t i = 1; i < policy.steps.size(); ++i)
            if (policy.steps[i].first <= policy.steps[i - 1].first) return invalid;
    }
    return std::nullopt;
}

Model::Fault Model::guards(const Request& r) const {
    const std::string& name = r.command;
    if (name == "buy-certificate") return names_fit(*r.product, *r.names);
    if (name == "refund-quota") return refund_quota_guards(r);
    if (name == "create-certificate") {
        const Quota& quota = quotas_.at(*r.quota);
        if (std::count(quota.units.begin(), quota.units.end(), Unit::free) == 0)
            return Refused{"quota-exhausted"};
        if (const Fault fault = names_fit(quota.product, *r.names)) return fault;
        return r.quick_issue.value_or(false) ? application_complete(r, quota.product, *r.names)
                                             : std::nullopt;
    }
    if (name == "upload-certificate") return upload_guards(r);
    if (name == "adopt-policy") return policy_guards(r);
    if (name == "buy-quota") return std::nullopt;
    const Certificate& c = certificates_.at(*r.certificate);
    if (name == "submit-application") {
        if (c.refund == "granted" || c.refund == "paid") return Refused{"already-refunded"};
        return application_complete(r, *c.product, c.names);
    }
    if (one_of(name, {"issue-challenge", "record-validation", "record-mail", "record-phone",
                      "record-organization"}))
        return review_guards(r, c);
    if (name == "issue-certificate") return issue_guards(r, c);
    if (name == "deploy-certificate") return deploy_guards(r, c);
    if (name == "record-deployment") return record_deployment_guards(r, c);
    if (name == "download-certificate") {
        if (one_of(*r.format, {"pfx", "iis", "tomcat", "jks"}) && !c.key_held) return Refused{"key-not-held"};
        if (c.uploaded) return Refused{"uploaded"};
        return std::nullopt;
    }
    if (name == "renew-certificate") return renew_guards(r, c);
    if (one_of(name, {"enable-hosting", "disable-hosting", "request-revocation", "confirm-revocation",
                      "record-revocation"}))
        return revocation_guards(r, c);
    if (one_of(name, {"request-refund", "pay-refund"})) return refund_guards(r, c);
    if (name == "expire-certificate") {
        if (r.at <= c.not_after) return Refused{"not-expired"};
        if (c.requested) return Refused{"revocation-pending"};
    }
    if (name == "delete-certificate") return delete_guards(r, c);
    return std::nullopt;
}

Model::Fault Model::names_fit(const Product& product, const Strings& names) {
    for (const auto& name : names)
        if (!read_name(name).good) return Refused{"invalid-domain-name", "names"};
    const Fault unfit = Refused{"names-do-not-fit-product", "names"};
    const auto count = static_cast<std::int64_t>(names.size());
    if (count < 1 || count > product.names_max || as_set(names).size() != names.size()) return unfit;
    for (const auto& name : names) {
        const Form form = read_name(name).form;
        if ((product.kind == "wildcard") != (form == Form::wildcard)) return unfit;
        if (form == Form::address && product.level != "ov") return unfit;
    }
    return std::nullopt;
}

Model::Fault Model::application_complete(const Request& r, const Product& product, const Strings& names) {
    const bool address = has_address(names);
    if (!r.validation) {
        if (product.level == "dv") return Refused{"invalid-field", "validation"};
    } else if (product.level == "dv") {
        if (*r.validation == "mail") return Refused{"method-not-allowed"};
        if (product.kind == "wildcard" && *r.validation == "http-file") return Refused{"method-not-allowed"};
    } else if (*r.validation != (address ? "http-file" : "mail")) {
        return Refused{"method-not-allowed"};
    }
    if (!r.contact || blank(r.contact->name) || blank(r.contact->mail) || blank(r.contact->phone))
        return Refused{"contact-incomplete"};
    if (product.level != "dv" && (!r.company || blank(r.company->name) || blank(r.company->country) ||
                                  blank(r.company->registration) || blank(r.company->address)))
        return Refused{"company-required"};
    if (r.key == "rsa-1024") return Refused{"weak-key"};
    if (r.csr) {
        if (r.csr->broken) return Refused{"csr-invalid"};
        if (r.csr->weak) return Refused{"weak-key"};
        if (as_set(r.csr->names) != as_set(names)) return Refused{"csr-names-mismatch"};
    }
    return std::nullopt;
}

Model::Fault Model::refund_quota_guards(const Request& r) const {
    const Quota& quota = quotas_.at(*r.quota);
    const auto free = std::count(quota.units.begin(), quota.units.end(), Unit::free);
    if (free == 0 || r.count.value_or(free) > free) return Refused{"quota-exhausted"};
    if (policy(r.account, "refund", r.at).policy.unissued == "none") return Refused{"not-refundable"};
    return std::nullopt;
}

Model::Fault Model::review_guards(const Request& r, const Certificate& c) const {
    const bool dv = c.product->level == "dv";
    if (!r.name) return dv ? Fault(Refused{"method-not-allowed"}) : std::nullopt;
    const Name name = read_name(*r.name);
    // A name that cannot be read is in no application: ruling 18, not 32.
    if (!dv && name.form != Form::address) return Refused{"method-not-allowed"};
    if (as_set(c.names).count(name.ascii) == 0) return Refused{"invalid-field", "name"};
    return std::nullopt;
}

Model::Fault Model::issue_guards(const Request& r, const Certificate& c) const {
    const std::int64_t reuse = days(c.account, "reuse", r.at) * kDay;
    const bool dv = c.product->level == "dv";
    if (!dv && (!c.organization_at || !c.mail_at || r.at - *c.mail_at > reuse))
        return Refused{"not-validated"};
    for (const auto& name : c.names) {
        if (!dv && read_name(name).form != Form::address) continue;
        const auto result = c.validations.find(name);
        if (result == c.validations.end() || !result->second.succeeded || r.at - result->second.at > reuse)
            return Refused{"not-validated"};
    }
    const auto names = r.pem ? std::optional<Strings>(r.pem->names) : r.names;
    if (names && as_set(*names) != as_set(c.names)) return Refused{"names-mismatch"};
    const auto key = r.pem ? std::optional<std::string>(r.pem->key) : r.key_sha256;
    if (key && *key != c.application_key) return Refused{"key-mismatch"};
    const std::int64_t not_before = r.pem ? r.pem->not_before : *r.not_before;
    const std::int64_t not_after = r.pem ? r.pem->not_after : *r.not_after;
    const std::int64_t length = (not_after - not_before + kSecond + kDay - 1) / kDay;
    if (length > days(c.account, "validity", r.at)) return Refused{"validity-exceeds-policy"};
    if (not_after < r.at) return Refused{"invalid-field", "not_after"};
    if (c.paid_by_term && not_after > c.term_end) return Refused{"validity-exceeds-policy"};
    if (fingerprint_known(c.account, r.pem ? r.pem->sha256 : *r.sha256)) return Refused{"already-exists"};
    return std::nullopt;
}

bool Model::fingerprint_known(const std::string& account, const std::string& sha256) const {
    return std::any_of(certificates_.begin(), certificates_.end(), [&](const auto& entry) {
        const Certificate& c = entry.second;
        return c.account == account && c.status != "deleted" && (c.issued_at || c.uploaded) &&
               c.sha256 == sha256;
    });
}

Model::Fault Model::upload_guards(const Request& r) const {
    if (r.private_key && r.private_key->key != r.pem->key) return Refused{"key-mismatch"};
    if (fingerprint_known(r.account, r.pem->sha256)) return Refused{"already-exists"};
    return std::nullopt;
}

Model::Fault Model::deploy_guards(const Request& r, const Certificate& c) const {
    if (r.at > c.not_after) return Refused{"expired"};
    const std::string kind = r.target->substr(0, r.target->find(':'));
    if (one_of(kind, {"nginx", "apache", "haproxy", "iis", "tomcat"}) && !c.key_held)
        return Refused{"key-not-held"};
    const auto holder = target_holder_.find({c.account, *r.target});
    if (holder != target_holder_.end() && !r.force.value_or(false))
        for (const auto& name : certificates_.at(holder->second).names)
            if (!covered(name, as_set(c.names))) return Refused{"names-not-superset"};
    return std::nullopt;
}

Model::Fault Model::record_deployment_guards(const Request& r, const Certificate& c) const {
    const auto found = c.targets.find(*r.target);
    const Target target = found == c.targets.end() ? Target{} : found->second;
    const bool fits = one_of(*r.outcome, {"observed", "drifted"}) ? target.ever_deployed
                      : r.outcome == "rolled-back"                ? target.started || target.last_succeeded
                                                                  : target.started;
    return fits ? std::nullopt : Fault(Refused{"illegal-transition"});
}

Model::Fault Model::renew_guards(const Request& r, const Certificate& c) const {
    const std::int64_t window = policy(c.account, "renewal", r.at).policy.days * kDay;
    if (r.at < c.not_after - window || r.at > c.not_after) return Refused{"not-in-renewal-window"};
    if (c.uploaded) return Refused{"uploaded"};
    if (renewed(c)) return Refused{"already-renewed"};
    const std::string pays = r.pays ? r.pays->kind : "term";
    if (pays == "term" && r.at > c.term_end) return Refused{"term-ended"};
    if (pays == "quota") {
        const Quota& quota = quotas_.at(r.pays->quota);
        if (!(quota.product == *c.product)) return Refused{"product-mismatch"};
        if (std::count(quota.units.begin(), quota.units.end(), Unit::free) == 0)
            return Refused{"quota-exhausted"};
    }
    return std::nullopt;
}

Model::Fault Model::revocation_guards(const Request& r, const Certificate& c) const {
    if (c.uploaded) return Refused{"uploaded"};
    const bool dv = c.product->level == "dv";
    if (r.command == "enable-hosting") {
        if (c.requested) return Refused{"revocation-pending"};
        if (c.hosted) return Refused{"hosted"};
        if (r.at > c.not_after) return Refused{"expired"};
    } else if (r.command == "disable-hosting") {
        if (!c.hosted) return Refused{"not-hosted"};
    } else if (r.command == "request-revocation") {
        if (c.hosted) return Refused{"hosted"};
        if (r.at > c.not_after) return Refused{"expired"};
        if (c.requested) return Refused{"revocation-already-requested"};
    } else if (r.command == "confirm-revocation") {
        if (dv || c.confirmed) return Refused{"illegal-transition"};
        if (!c.requested) return Refused{"revocation-not-requested"};
    } else if (!r.by) {
        if (!c.requested) return Refused{"revocation-not-requested"};
        if (r.outcome == "completed" && !dv && !c.confirmed) return Refused{"revocation-not-confirmed"};
    }
    return std::nullopt;
}

Model::Fault Model::refund_guards(const Request& r, const Certificate& c) const {
    if (r.command == "request-refund") {
        if (c.refund == "granted" || c.refund == "paid") return Refused{"already-refunded"};
        const bool unissued = c.status == "paid" || c.status == "validation-failed";
        if (!unissued || c.refund == "declined") return Refused{"not-refundable"};
        return std::nullopt;
    }
    if (c.refund == "none" || c.refund == "declined") return Refused{"not-refundable"};
    if (c.refund == "paid") return Refused{"already-refunded"};
    if (r.amount && !(*r.amount == c.refund_amount)) return Refused{"invalid-field", "amount"};
    return std::nullopt;
}

Model::Fault Model::delete_guards(const Request& r, const Certificate& c) const {
    const bool force = r.force.value_or(false);
    if (!force && !served(*r.certificate).empty()) return Refused{"still-deployed"};
    if (c.hosted) return Refused{"hosted"};
    if (c.refund == "granted") return Refused{"refund-unpaid"};
    if (!force && c.requested && c.status == "issued") return Refused{"revocation-pending"};
    return std::nullopt;
}

Model::Fault Model::policy_guards(const Request& r) const {
    const std::string stream = r.scope == "ledger" ? "policy" : "policy-" + r.account;
    const auto found = policies_.find(stream);
    if (found == policies_.end()) return std::nullopt;
    for (const auto& each : found->second)
        if (each.policy.kind == r.policy->kind && each.policy.effective_from > r.policy->effective_from)
            return Refused{"policy-not-monotone"};
    return std::nullopt;
}

Model::Fault Model::too_early(const Request& r) const {
    // Ruling 4: not before the first event of any stream that the command writes to.
    const Fault early = Refused{"invalid-field", "occurred_at"};
    const auto before_quota = [&](const std::string& id) {
        const auto quota = quotas_.find(id);
        return quota != quotas_.end() && r.at < quota->second.first_at;
    };
    if (r.command == "buy-quota") return std::nullopt;
    if (r.command == "refund-quota" || r.command == "create-certificate")
        return before_quota(*r.quota) ? early : std::nullopt;
    if (r.command == "adopt-policy") {
        const auto first = policy_first_.find(r.scope == "ledger" ? "policy" : "policy-" + r.account);
        return first != policy_first_.end() && r.at < first->second ? early : std::nullopt;
    }
    const auto named = certificates_.find(id_of(r));
    if (named == certificates_.end()) return std::nullopt;
    const Certificate& c = named->second;
    if (r.at < c.first_at) return early;
    if (r.command == "renew-certificate" && r.pays && r.pays->kind == "quota" && before_quota(r.pays->quota))
        return early;
    if (r.command == "delete-certificate" && !c.quota.empty() && !c.issued_at && c.refund != "paid" &&
        before_quota(c.quota))
        return early;
    if (r.command == "issue-certificate" && !c.predecessor.empty()) {
        const Certificate& old = certificates_.at(c.predecessor);
        if (old.status == "issued" && r.at < old.first_at) return early;
    }
    return std::nullopt;
}

}  // namespace certledger::model

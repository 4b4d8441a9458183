// What an accepted command does to the model, and the events that tell of it.
#include <algorithm>
#include <cstdio>
#include <ostream>

#include "model/model.hpp"

namespace certledger::model {

namespace {

std::string stream_of(const std::string& certificate) { return "certificate-" + certificate; }

std::string ref(const Adopted& adopted) {
    return "policy=" + adopted.stream + "@" + std::to_string(adopted.version);
}

/// The cost of unit `index` (from 0) of a quota: minor units divided by count, the remainder to the first.
std::int64_t unit_cost(const Quota& quota, std::size_t index) {
    const auto count = static_cast<std::int64_t>(quota.units.size());
    const std::int64_t whole = quota.price.minor / count;
    return whole + (static_cast<std::int64_t>(index) < quota.price.minor - whole * count ? 1 : 0);
}

/// Whole days since 1970, rounded towards the past.
std::int64_t day_number(std::int64_t micros) {
    return micros >= 0 ? micros / kDay : -((-micros + kDay - 1) / kDay);
}

std::vector<std::string> normal(const std::vector<std::string>& names) {
    std::vector<std::string> made;
    for (const auto& name : names) made.push_back(read_name(name).ascii);
    return made;
}

}  // namespace

std::string money_text(const Amount& amount) { return std::to_string(amount.minor) + amount.currency; }

std::string list_text(const std::vector<std::string>& items) {
    std::string text;
    for (const auto& item : items) text.append(text.empty() ? "" : ",").append(item);
    return "[" + text + "]";
}

std::vector<Caused> Model::apply(const Request& r) {
    const std::string& name = r.command;
    if (name == "buy-quota" || name == "refund-quota") return apply_quota(r);
    if (name == "buy-certificate" || name == "create-certificate" || name == "upload-certificate")
        return apply_order(r);
    if (name == "adopt-policy") return {apply_policy(r)};
    if (name == "renew-certificate") return apply_renewal(r);
    Certificate& c = certificates_.at(*r.certificate);
    if (name == "issue-certificate") return apply_issue(r, c);
    if (name == "deploy-certificate" || name == "record-deployment" || name == "download-certificate" ||
        name == "enable-hosting" || name == "disable-hosting")
        return apply_deployment(r, c);
    if (c.status == "pending-verification" || name == "submit-application") return apply_review(r, c);
    return apply_end(r, c);
}

std::vector<Caused> Model::apply_quota(const Request& r) {
    const std::string id = r.quota.value_or(r.generated);
    if (r.command == "buy-quota") {
        Quota quota{r.account, r.at, *r.product, *r.price, {}};
        quota.units.assign(static_cast<std::size_t>(*r.count), Unit::free);
        quotas_[id] = std::move(quota);
        return {{"quota-purchased", "quota-" + id,
                 "count=" + std::to_string(*r.count) + " price=" + money_text(*r.price)}};
    }
    Quota& quota = quotas_.at(id);
    Amount amount{0, quota.price.currency};
    std::int64_t left = r.count.value_or(std::count(quota.units.begin(), quota.units.end(), Unit::free));
    const std::int64_t count = left;
    std::string units;
    for (std::size_t i = quota.units.size(); i-- > 0 && left > 0;) {
        if (quota.units[i] != Unit::free) continue;
        quota.units[i] = Unit::given_back;
        amount.minor += unit_cost(quota, i);
        units = std::to_string(i + 1) + (units.empty() ? "" : ",") + units;
        --left;
    }
    quota.refunded += count;
    return {
        {"quota-refunded", "quota-" + id,
         "amount=" + money_text(amount) + " units=" + units + " " + ref(policy(r.account, "refund", r.at))}};
}

Caused Model::consume(const std::string& quota_id, const std::string& certificate, Certificate& c) {
    Quota& quota = quotas_.at(quota_id);
    const auto unit = std::find(quota.units.begin(), quota.units.end(), Unit::free);
    const auto index = static_cast<std::size_t>(unit - quota.units.begin());
    *unit = Unit::used;
    ++quota.consumed;
    c.quota = quota_id;
    c.unit = static_cast<std::int64_t>(index) + 1;
    c.payment = {unit_cost(quota, index), quota.price.currency};
    c.paid_at = quota.first_at;
    return {
        "quota-consumed", "quota-" + quota_id,
        "unit=" + std::to_string(c.unit) + " share=" + money_text(c.payment) + " certificate=" + certificate};
}

Caused Model::ordered(const std::string& id, const Certificate& c, bool from_quota) const {
    std::string detail = "payment=" + money_text(c.payment) + " term-end=" + time_text(c.term_end) +
                         " names=" + list_text(c.names);
    if (c.payment.minor > 0) detail += " paid=" + time_text(c.paid_at);
    if (!c.predecessor.empty()) detail += " predecessor=" + c.predecessor;
    if (from_quota) detail += " unit=" + c.quota + "/" + std::to_string(c.unit);
    return {from_quota ? "certificate-created" : "certificate-purchased", stream_of(id), detail};
}

std::vector<Caused> Model::apply_order(const Request& r) {
    const std::string id = id_of(r);
    std::vector<Caused> events;
    Certificate c;
    c.account = r.account;
    c.first_at = r.at;
    if (r.command == "upload-certificate") {
        c.status = "issued";
        c.uploaded = true;
        c.key_held = r.private_key.has_value();
        c.names = normal(r.pem->names);
        c.not_before = r.pem->not_before;
        c.not_after = r.pem->not_after;
        c.sha256 = r.pem->sha256;
        events.push_back({"certificate-uploaded", stream_of(id),
                          "names=" + list_text(c.names) + " valid=" + time_text(c.not_before) + ".." +
                              time_text(c.not_after) + (c.key_held ? " key-held" : "")});
    } else {
        const bool created = r.command == "create-certificate";
        c.status = "paid";
        c.product = created ? quotas_.at(*r.quota).product : *r.product;
        c.names = normal(*r.names);
        c.term_end = r.at + c.product->term_years * policy(r.account, "term", r.at).policy.days * kDay;
        if (created) {
            events.push_back(consume(*r.quota, id, c));
        } else {
            c.payment = *r.price;
            c.paid_at = r.at;
        }
        events.push_back(ordered(id, c, created));
    }
    certificates_[id] = std::move(c);
    if (r.quick_issue.value_or(false)) events.push_back(submit(r, id));
    return events;
}

Caused Model::submit(const Request& r, const std::string& id) {
    Certificate& c = certificates_.at(id);
    const bool address = std::any_of(c.names.begin(), c.names.end(), [](const std::string& name) {
        return read_name(name).form == Form::address;
    });
    c.status = "pending-verification";
    c.validation = r.validation.value_or(address ? "http-file" : "mail");
    c.application_key = r.key ? "made:" + id : r.csr ? r.csr->key : *r.key_sha256;
    c.key_held = r.key.has_value();
    c.mail_at.reset();
    c.organization_at.reset();
    return {"application-submitted", stream_of(id),
            "validation=" + c.validation + " key=" +
                (r.key   ? *r.key
                 : r.csr ? "csr"
                         : "elsewhere") +
                "/" + c.application_key + (r.company ? " company" : "")};
}

std::vector<Caused> Model::apply_review(const Request& r, Certificate& c) {
    if (r.command == "submit-application") return {submit(r, *r.certificate)};
    static const std::map<std::string, std::string> types{
        {"withdraw-application", "application-withdrawn"}, {"issue-challenge", "challenge-issued"},
        {"record-validation", "domain-validated"},         {"record-review", "review-started"},
        {"record-mail", "validation-mail-sent"},           {"record-phone", "phone-verification-requested"},
        {"record-organization", "organization-verified"},  {"record-issuance", "issuance-intended"},
        {"reject-application", "application-rejected"},
    };
    Caused event{types.at(r.command), stream_of(*r.certificate), ""};
    const std::string name = r.name ? read_name(*r.name).ascii : "";
    if (r.command == "withdraw-application") c.status = "paid";
    if (r.command == "reject-application") {
        c.status = "validation-failed";
        event.detail = "cause=" + *r.cause;
    }
    if (r.command == "issue-challenge") event.detail = "name=" + name + " method=" + c.validation;
    if (r.command == "record-validation") {
        const bool good = r.outcome == "succeeded";
        c.validations[name] = {good, r.at};
        event.detail = "name=" + name;
        if (!good) {
            event.type = "domain-validation-failed";
            event.detail += " cause=" + *r.cause;
        }
    }
    if (r.command == "record-mail" && r.outcome == "confirmed") {
        event.type = "validation-mail-confirmed";
        c.mail_at = r.at;
    }
    if (r.command == "record-phone" && r.outcome == "verified") event.type = "phone-verified";
    if (r.command == "record-organization") c.organization_at = r.at;
    if (r.command == "record-issuance" && r.outcome == "failed") {
        event.type = "issuance-failed";
        event.detail = "cause=" + *r.cause;
    }
    return {event};
}

std::vector<Caused> Model::apply_issue(const Request& r, Certificate& c) {
    c.status = "issued";
    c.issued_at = r.at;
    c.not_before = r.pem ? r.pem->not_before : *r.not_before;
    c.not_after = r.pem ? r.pem->not_after : *r.not_after;
    c.sha256 = r.pem ? r.pem->sha256 : *r.sha256;
    std::vector<Caused> events{{"certificate-issued", stream_of(*r.certificate),
                                "valid=" + time_text(c.not_before) + ".." + time_text(c.not_after) + "/" +
                                    c.sha256 + " cap=" + std::to_string(days(c.account, "validity", r.at)) +
                                    "/" + ref(policy(c.account, "validity", r.at)) +
                                    " reuse=" + std::to_string(days(c.account, "reuse", r.at)) + "/" +
                                    ref(policy(c.account, "reuse", r.at)) + " names=" + list_text(c.names)}};
    if (!c.predecessor.empty() && certificates_.at(c.predecessor).status == "issued")
        events.push_back({"renewal-completed", stream_of(c.predecessor), "successor=" + *r.certificate});
    return events;
}

std::vector<Caused> Model::apply_deployment(const Request& r, Certificate& c) {
    Caused event{"", stream_of(*r.certificate), r.target ? "target=" + *r.target : ""};
    if (r.command == "download-certificate") {
        event.type = "certificate-downloaded";
        event.detail = "format=" + *r.format + (c.key_held ? " with-key" : "");
    } else if (r.command == "enable-hosting" || r.command == "disable-hosting") {
        c.hosted = r.command == "enable-hosting";
        event.type = c.hosted ? "hosting-enabled" : "hosting-disabled";
    } else if (r.command == "deploy-certificate") {
        event.type = "deployment-started";
        c.targets[*r.target].started = true;
    } else if (r.outcome == "observed" || r.outcome == "drifted") {
        event.type = "deployment-" + *r.outcome;
    } else {
        Target& target = c.targets[*r.target];
        target.started = false;
        target.last_succeeded = r.outcome == "succeeded";
        const auto key = std::make_pair(c.account, *r.target);
        event.type = r.outcome == "failed" ? "deployment-failed" : "deployment-rolled-back";
        if (r.outcome == "succeeded") {
            event.type = "certificate-deployed";
            target.ever_deployed = true;
            target_holder_[key] = *r.certificate;
        } else if (r.outcome == "rolled-back") {
            const auto holder = target_holder_.find(key);
            if (holder != target_holder_.end() && holder->second == *r.certificate)
                target_holder_.erase(holder);
        }
    }
    return {event};
}

std::vector<Caused> Model::apply_renewal(const Request& r) {
    const std::string id = r.successor.value_or(r.generated);
    const std::string pays = r.pays ? r.pays->kind : "term";
    Certificate& old = certificates_.at(*r.certificate);
    old.successor = id;
    std::vector<Caused> events;
    Certificate c;
    c.account = r.account;
    c.first_at = r.at;
    c.status = "paid";
    c.product = old.product;
    c.names = old.names;
    c.predecessor = *r.certificate;
    c.paid_by_term = pays == "term";
    c.term_end = c.paid_by_term
                     ? old.term_end
                     : r.at + c.product->term_years * policy(r.account, "term", r.at).policy.days * kDay;
    c.payment = {0, old.payment.currency};
    c.paid_at = r.at;
    if (pays == "quota") events.push_back(consume(r.pays->quota, id, c));
    if (pays == "price") c.payment = r.pays->price;
    events.push_back({"renewal-started", stream_of(*r.certificate),
                      "pays=" + pays + " successor=" + id + " " + ref(policy(r.account, "renewal", r.at))});
    events.push_back(ordered(id, c, pays == "quota"));
    certificates_[id] = std::move(c);
    return events;
}

Caused Model::decide_refund(const Request& r, Certificate& c, const std::string& stream, bool by_ca) const {
    const Adopted& rule = policy(c.account, "refund", r.at);
    std::string reason, window;
    bool granted = false;
    if (c.payment.minor == 0) {
        reason = "nothing-paid";
    } else if (!c.issued_at) {
        granted = rule.policy.unissued == "full";
        reason = granted ? "unissued" : "unissued-not-refundable";
    } else if (by_ca && rule.policy.ca_initiated == "full") {
        granted = true;
        reason = "ca-initiated";
    } else {
        const std::int64_t start = rule.policy.clock == "issue" ? *c.issued_at : c.paid_at;
        const std::int64_t end = rule.policy.day == "elapsed"
                                     ? start + rule.policy.days * kDay
                                     : (day_number(start) + rule.policy.days + 1) * kDay - kSecond;
        granted = r.at <= end;
        reason = granted ? "within-window" : "window-closed";
        window = " window-end=" + time_text(end);
    }
    c.refund = granted ? "granted" : "declined";
    std::string detail = "reason=" + reason + " " + ref(rule) + window;
    if (granted) {
        c.refund_amount = c.payment;
        detail += " amount=" + money_text(c.payment);
    }
    return {granted ? "refund-granted" : "refund-declined", stream, detail};
}

std::vector<Caused> Model::apply_end(const Request& r, Certificate& c) {
    const std::string stream = stream_of(*r.certificate);
    if (r.command == "request-refund") return {decide_refund(r, c, stream, false)};
    if (r.command == "pay-refund") {
        c.refund = "paid";
        return {
            {"refund-paid", stream, "amount=" + money_text(c.refund_amount) + " reference=" + *r.reference}};
    }
    if (r.command == "request-revocation") {
        c.requested = true;
        c.revocation_reason = *r.reason;
        const Adopted& rule = policy(c.account, "revocation", r.at);
        const std::int64_t seconds =
            *r.reason == "key-compromise" ? rule.policy.key_compromise_seconds : rule.policy.other_seconds;
        return {{"revocation-requested", stream,
                 "reason=" + *r.reason + " due=" + time_text(r.at + seconds * kSecond) + " " + ref(rule)}};
    }
    if (r.command == "confirm-revocation") {
        c.confirmed = true;
        return {{"revocation-confirmed", stream, ""}};
    }
    if (r.command == "record-revocation") {
        const bool by_ca = r.by.has_value();
        const std::string reason = by_ca ? *r.reason : c.revocation_reason;
        c.requested = c.confirmed = false;
        if (r.outcome == "declined") return {{"revocation-declined", stream, ""}};
        c.status = "revoked";
        c.hosted = false;
        Caused revoked{"certificate-revoked", stream, "reason=" + reason + (by_ca ? " by-ca" : "")};
        return {revoked, decide_refund(r, c, stream, by_ca)};
    }
    if (r.command == "expire-certificate") {
        c.status = "expired";
        c.hosted = false;
        return {{"certificate-expired", stream, "not-after=" + time_text(c.not_after)}};
    }
    std::vector<Caused> events{{"certificate-deleted", stream, ""}};
    if (!c.quota.empty() && !c.issued_at && c.refund != "granted" && c.refund != "paid") {
        Quota& quota = quotas_.at(c.quota);
        quota.units[static_cast<std::size_t>(c.unit - 1)] = Unit::free;
        ++quota.returned;
        events.push_back({"quota-returned", "quota-" + c.quota,
                          "unit=" + std::to_string(c.unit) + " certificate=" + *r.certificate});
    }
    c.status = "deleted";
    for (auto it = target_holder_.begin(); it != target_holder_.end();)
        it = it->second == *r.certificate ? target_holder_.erase(it) : std::next(it);
    return events;
}

Caused Model::apply_policy(const Request& r) {
    const std::string stream = r.scope == "ledger" ? "policy" : "policy-" + r.account;
    auto& all = policies_[stream];
    all.push_back({*r.policy, stream, static_cast<std::int64_t>(all.size()) + 1});
    policy_first_.emplace(stream, r.at);
    return {"policy-adopted", stream,
            "kind=" + r.policy->kind + " from=" + time_text(r.policy->effective_from)};
}

}  // namespace certledger::model

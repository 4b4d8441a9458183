// The model's state table, the order of its checks, what is allowed, and what it tells of its state.
#include <algorithm>

#include "model/model.hpp"

namespace certledger::model {

namespace {

using Set = std::set<std::string>;

struct Row {
    Set from;
    std::string to;  // empty: the status stays
};

// domain.md section 2, row by row.
const std::map<std::string, Row>& table() {
    static const Set pending{"pending-verification"};
    static const Set issued{"issued"};
    static const Set given_up{"revoked", "paid", "validation-failed"};
    static const Set seen{"issued", "expired", "revoked"};
    static const std::map<std::string, Row> rows{
        {"certificate-purchased", {{""}, "paid"}},
        {"certificate-created", {{""}, "paid"}},
        {"certificate-uploaded", {{""}, "issued"}},
        {"application-submitted", {{"paid", "validation-failed"}, "pending-verification"}},
        {"application-withdrawn", {pending, "paid"}},
        {"challenge-issued", {pending, ""}},
        {"domain-validated", {pending, ""}},
        {"domain-validation-failed", {pending, ""}},
        {"review-started", {pending, ""}},
        {"validation-mail-sent", {pending, ""}},
        {"validation-mail-confirmed", {pending, ""}},
        {"phone-verification-requested", {pending, ""}},
        {"phone-verified", {pending, ""}},
        {"organization-verified", {pending, ""}},
        {"issuance-intended", {pending, ""}},
        {"issuance-failed", {pending, ""}},
        {"application-rejected", {pending, "validation-failed"}},
        {"certificate-issued", {pending, "issued"}},
        {"deployment-started", {issued, ""}},
        {"certificate-deployed", {issued, ""}},
        {"deployment-failed", {issued, ""}},
        {"deployment-rolled-back", {issued, ""}},
        {"deployment-observed", {seen, ""}},
        {"deployment-drifted", {seen, ""}},
        {"certificate-downloaded", {{"issued", "expired"}, ""}},
        {"renewal-due", {issued, ""}},
        {"renewal-started", {issued, ""}},
        {"renewal-completed", {issued, ""}},
        {"expiry-noticed", {issued, ""}},
        {"hosting-enabled", {issued, ""}},
        {"hosting-disabled", {issued, ""}},
        {"revocation-requested", {issued, ""}},
        {"revocation-confirmed", {issued, ""}},
        {"revocation-declined", {issued, ""}},
        {"certificate-revoked", {issued, "revoked"}},
        {"certificate-expired", {issued, "expired"}},
        {"refund-granted", {given_up, ""}},
        {"refund-declined", {given_up, ""}},
        {"refund-paid", {given_up, ""}},
        {"certificate-deleted", {{"paid", "validation-failed", "issued", "revoked", "expired"}, "deleted"}},
    };
    return rows;
}

/// The event by which the table judges a command on a certificate that exists.
std::string judged_by(const Request& r) {
    static const std::map<std::string, std::string> one{
        {"submit-application", "application-submitted"},
        {"withdraw-application", "application-withdrawn"},
        {"issue-challenge", "challenge-issued"},
        {"record-validation", "domain-validated"},
        {"record-review", "review-started"},
        {"record-mail", "validation-mail-sent"},
        {"record-phone", "phone-verified"},
        {"record-organization", "organization-verified"},
        {"record-issuance", "issuance-intended"},
        {"reject-application", "application-rejected"},
        {"issue-certificate", "certificate-issued"},
        {"deploy-certificate", "deployment-started"},
        {"download-certificate", "certificate-downloaded"},
        {"enable-hosting", "hosting-enabled"},
        {"disable-hosting", "hosting-disabled"},
        {"renew-certificate", "renewal-started"},
        {"request-revocation", "revocation-requested"},
        {"confirm-revocation", "revocation-confirmed"},
        {"record-revocation", "certificate-revoked"},
        {"pay-refund", "refund-paid"},
        {"expire-certificate", "certificate-expired"},
        {"delete-certificate", "certificate-deleted"},
    };
    if (r.command == "record-deployment") {
        const bool sight = r.outcome == "observed" || r.outcome == "drifted";
        return sight ? "deployment-observed" : "certificate-deployed";
    }
    return one.at(r.command);
}

const Set& making() {
    static const Set commands{"buy-certificate", "create-certificate", "upload-certificate"};
    return commands;
}

bool of_quota_or_policy(const Request& r) {
    return r.command == "buy-quota" || r.command == "refund-quota" || r.command == "adopt-policy";
}

}  // namespace

std::optional<std::string> after(const std::string& status, const std::string& event) {
    const auto row = table().find(event);
    if (row == table().end() || row->second.from.count(status) == 0) return std::nullopt;
    return row->second.to.empty() ? status : row->second.to;
}

std::string Model::id_of(const Request& r) const { return r.certificate ? *r.certificate : r.generated; }

Answer Model::run(const Request& r) {
    if (const Fault fault = shape(r)) {
        Answer answer;
        answer.code = fault->code;
        answer.field = fault->field;
        answer.situation_known = false;
        return answer;
    }
    if (auto missing = existence(r)) return *missing;
    const auto named = certificates_.find(id_of(r));
    if (!of_quota_or_policy(r) && making().count(r.command) == 0 && !table_allows(r, named->second))
        return refuse(r, {"illegal-transition"});
    if (const Fault fault = guards(r)) return refuse(r, *fault);
    if (const Fault fault = too_early(r)) return refuse(r, *fault);
    Answer answer;
    answer.ok = true;
    answer.events = apply(r);
    return answer;
}

Answer Model::refuse(const Request& r, const Refused& refused) const {
    Answer answer;
    answer.code = refused.code;
    answer.field = refused.field;
    if (of_quota_or_policy(r)) {
        answer.allowed_known = false;
        return answer;
    }
    if (refused.code == "not-authorized") return answer;
    const auto named = certificates_.find(id_of(r));
    if (named == certificates_.end()) {
        answer.allowed.assign(making().begin(), making().end());
        return answer;
    }
    if (named->second.account != r.account) return answer;
    answer.status = named->second.status;
    answer.allowed = allowed(named->first);
    return answer;
}

std::optional<Answer> Model::existence(const Request& r) const {
    if (r.command == "adopt-policy") {
        if (r.scope == "ledger" && r.account != "default") return refuse(r, {"not-authorized"});
        return std::nullopt;
    }
    std::vector<std::string> others;  // accounts of the streams that must be there
    const auto quota = [&](const std::string& id) {
        const auto found = quotas_.find(id);
        if (found != quotas_.end()) others.push_back(found->second.account);
        return found != quotas_.end();
    };
    if (r.command == "buy-quota") {
        if (quotas_.count(r.quota.value_or(r.generated)) > 0) return refuse(r, {"already-exists"});
        return std::nullopt;
    }
    if (r.command == "refund-quota") {
        if (!quota(*r.quota)) return refuse(r, {"unknown-stream"});
    } else if (making().count(r.command) > 0) {
        if (certificates_.count(id_of(r)) > 0) return refuse(r, {"already-exists"});
        if (r.command == "create-certificate" && !quota(*r.quota)) return refuse(r, {"unknown-stream"});
    } else {
        const auto named = certificates_.find(*r.certificate);
        if (named == certificates_.end()) return refuse(r, {"unknown-stream"});
        if (r.command == "renew-certificate") {
            const auto taken = certificates_.find(r.successor.value_or(r.generated));
            if (taken != certificates_.end()) {
                Answer answer = refuse(r, {"already-exists"});
                if (taken->second.account != r.account) {
                    answer.status.reset();
                    answer.allowed.clear();
                }
                return answer;
            }
            if (r.pays && r.pays->kind == "quota" && !quota(r.pays->quota))
                return refuse(r, {"unknown-stream"});
        }
        others.push_back(named->second.account);
    }
    for (const auto& account : others)
        if (account != r.account) return refuse(r, {"not-authorized"});
    const auto named = certificates_.find(id_of(r));
    if (named != certificates_.end() && named->second.status == "deleted") return refuse(r, {"deleted"});
    return std::nullopt;
}

bool Model::table_allows(const Request& r, const Certificate& c) const {
    // Ruling 24: what request-refund says is an exception to ruling 6.
    if (r.command == "request-refund") return c.status != "pending-verification";
    return after(c.status, judged_by(r)).has_value();
}

bool Model::renewed(const Certificate& c) const {
    const auto successor = certificates_.find(c.successor);
    if (successor == certificates_.end()) return false;
    return successor->second.status != "deleted" || successor->second.issued_at.has_value();
}

std::vector<std::string> Model::served(const std::string& certificate) const {
    std::vector<std::string> targets;
    for (const auto& [key, holder] : target_holder_)
        if (holder == certificate) targets.push_back(key.second);
    return targets;
}

std::vector<std::string> Model::allowed(const std::string& id) const {
    const Certificate& c = certificates_.at(id);
    const std::string& s = c.status;
    const bool given_back = c.refund == "granted" || c.refund == "paid";
    std::vector<std::string> list;
    const auto add = [&](bool condition, std::initializer_list<const char*> commands) {
        if (condition) list.insert(list.end(), commands.begin(), commands.end());
    };
    if (s == "paid" || s == "validation-failed") {
        add(!given_back, {"submit-application"});
        add(c.refund == "none", {"request-refund"});
    }
    add(s == "pending-verification", {"withdraw-application", "issue-challenge", "record-validation",
                                      "record-review", "record-mail", "record-phone", "record-organization",
                                      "record-issuance", "reject-application", "issue-certificate"});
    if (s == "issued") {
        add(true, {"deploy-certificate"});
        add(!c.uploaded && !c.hosted && !c.requested, {"enable-hosting", "request-revocation"});
        add(c.hosted, {"disable-hosting"});
        add(!c.uploaded && !renewed(c), {"renew-certificate"});
        add(c.requested && !c.confirmed, {"confirm-revocation"});
        add(!c.uploaded, {"record-revocation"});
        add(!c.requested, {"expire-certificate"});
    }
    add(s == "issued" || s == "expired" || s == "revoked", {"record-deployment"});
    add((s == "issued" || s == "expired") && !c.uploaded, {"download-certificate"});
    add(c.refund == "granted", {"pay-refund"});
    add(s != "pending-verification" && s != "deleted" && c.refund != "granted" && !c.hosted,
        {"delete-certificate"});
    std::sort(list.begin(), list.end());
    return list;
}

const Adopted& Model::policy(const std::string& account, const std::string& kind, std::int64_t at) const {
    const auto in_force = [&](const std::string& stream) {
        const Adopted* best = nullptr;
        const auto found = policies_.find(stream);
        if (found == policies_.end()) return best;
        for (const auto& each : found->second)
            if (each.policy.kind == kind && each.policy.effective_from <= at &&
                (best == nullptr || each.policy.effective_from >= best->policy.effective_from))
                best = &each;
        return best;
    };
    const Adopted* own = in_force("policy-" + account);
    return own != nullptr ? *own : *in_force("policy");
}

std::int64_t Model::days(const std::string& account, const std::string& kind, std::int64_t at) const {
    const auto& steps = policy(account, kind, at).policy.steps;
    std::int64_t found = steps.front().second;
    for (const auto& [from, length] : steps)
        if (from <= at) found = length;
    return found;
}

Model::Model() {
    // 2020-09-01, 2026-03-15, 2027-03-15, 2029-03-15, all at midnight UTC.
    constexpr std::int64_t y2020 = 18'506, y2026 = 20'527, y2027 = 20'892, y2029 = 21'623;
    const auto adopt = [this](Policy policy) {
        auto& all = policies_["policy"];
        all.push_back({std::move(policy), "policy", static_cast<std::int64_t>(all.size()) + 1});
    };
    for (const char* kind :
         {"refund", "validity", "reuse", "renewal", "term", "review", "revocation", "notices"}) {
        Policy policy;
        policy.kind = kind;
        if (policy.kind == "term") policy.days = 365;
        if (policy.kind == "validity")
            policy.steps = {
                {0, 825}, {y2020 * kDay, 398}, {y2026 * kDay, 200}, {y2027 * kDay, 100}, {y2029 * kDay, 47}};
        if (policy.kind == "reuse")
            policy.steps = {
                {0, 398}, {y2020 * kDay, 398}, {y2026 * kDay, 200}, {y2027 * kDay, 100}, {y2029 * kDay, 10}};
        adopt(std::move(policy));
    }
    policy_first_["policy"] = 0;
}

std::string Model::describe_certificate(const std::string& id) const {
    const auto found = certificates_.find(id);
    if (found == certificates_.end()) return "none";
    const Certificate& c = found->second;
    std::string text = "account=" + c.account + " status=" + c.status;
    if (c.status == "deleted") return text;
    const auto add = [&text](const std::string& name, const std::string& value) {
        text.append(" ").append(name).append("=").append(value);
    };
    add("first", time_text(c.first_at));
    if (c.uploaded) text += " uploaded";
    if (c.key_held) text += " key-held";
    add("names", list_text(c.names));
    if (c.product) {
        add("payment", money_text(c.payment));
        add("term-end", time_text(c.term_end));
        if (!c.quota.empty()) add("unit", c.quota + "/" + std::to_string(c.unit));
    }
    if (c.paid_by_term) text += " by-term";
    if (!c.predecessor.empty()) add("predecessor", c.predecessor);
    if (!c.successor.empty()) add("successor", c.successor);
    if (c.status == "pending-verification") {
        add("application", c.validation + "/" + c.application_key);
        if (c.mail_at) add("mail", time_text(*c.mail_at));
        if (c.organization_at) add("organization", time_text(*c.organization_at));
    }
    for (const auto& [name, result] : c.validations)
        add("v:" + name, (result.succeeded ? "yes@" : "no@") + time_text(result.at));
    if (c.issued_at) add("issued", time_text(*c.issued_at));
    if (c.issued_at || c.uploaded)
        add("valid", time_text(c.not_before) + ".." + time_text(c.not_after) + "/" + c.sha256);
    if (c.hosted) text += " hosted";
    if (c.status == "issued" && c.requested)
        add("revocation", (c.confirmed ? "confirmed/" : "requested/") + c.revocation_reason);
    if (c.refund != "none") add("refund", c.refund);
    if (c.refund == "granted" || c.refund == "paid") add("amount", money_text(c.refund_amount));
    for (const auto& [name, target] : c.targets)
        add("t:" + name,
            std::string(target.started ? "started," : "") + (target.ever_deployed ? "ever" : ""));
    add("serves", list_text(served(id)));
    return text;
}

std::string Model::describe_quota(const std::string& id) const {
    const auto found = quotas_.find(id);
    if (found == quotas_.end()) return "none";
    const Quota& q = found->second;
    const auto free = std::count(q.units.begin(), q.units.end(), Unit::free);
    std::string text = "account=" + q.account + " count=" + std::to_string(q.units.size()) +
                       " price=" + money_text(q.price) + " consumed=" + std::to_string(q.consumed) +
                       " returned=" + std::to_string(q.returned) + " refunded=" + std::to_string(q.refunded) +
                       " free=" + std::to_string(free) + " units=";
    for (const Unit unit : q.units) text += unit == Unit::free ? '1' : '0';
    return text;
}

}  // namespace certledger::model

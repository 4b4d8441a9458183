#include "cert/explain.hpp"

#include <certledger/events/codec.hpp>
#include <certledger/events/json/archive.hpp>

#include <concepts>

#include "policy_file.hpp"
#include "report.hpp"

namespace certledger::cli {
namespace {

using events::PolicyRef;
using events::RefundReason;
using events::to_name;

/// The references to policies in an event.
struct References {
    std::vector<PolicyRef> operator()(const events::CertificateIssued& e) const {
        return {e.validity_policy, e.reuse_policy};
    }
    template <class Event>
    std::vector<PolicyRef> operator()([[maybe_unused]] const Event& e) const {
        if constexpr (requires { requires std::same_as<decltype(e.policy), PolicyRef>; }) {
            return {e.policy};
        } else {
            return {};
        }
    }
};

std::string count(std::int64_t number, const char* what) {
    return std::to_string(number) + " " + what + (number == 1 ? "" : "s");
}

/// `30 days of 86,400 s from the issue at … end at …`.
std::string window_text(const events::RefundInputs& in) {
    const bool from_issue = in.clock == events::RefundClock::issue;
    std::string text = in.day == events::DayRule::elapsed
                           ? count(in.days, "day") + " of 86,400 s"
                           : count(in.days, "calendar day") + " in " + in.zone.value_or("UTC");
    text += from_issue ? " from the issue" : " from the payment";
    if (const auto start = from_issue ? in.issued_at : std::optional(in.paid_at))
        text += " at " + shown(*start);
    if (in.window_end) text += " end at " + shown(*in.window_end);
    return text;
}

std::string reason_text(RefundReason reason, const events::RefundInputs& in) {
    const std::string decided = shown(in.decided_at);
    switch (reason) {
        case RefundReason::within_window:
            return window_text(in) + "; the revocation was completed at " + decided + ", inside of it";
        case RefundReason::window_closed:
            return window_text(in) + "; the revocation was completed at " + decided + ", after it";
        case RefundReason::unissued:
            return "it was never issued, and the rule gives everything back then";
        case RefundReason::unissued_not_refundable:
            return "it was never issued, and the rule gives nothing back then";
        case RefundReason::ca_initiated:
            return "the CA itself revoked it, and the rule gives everything back then";
        case RefundReason::nothing_paid:
            return "nothing was paid for it";
    }
    return {};
}

}  // namespace

std::vector<AppliedRule> rules_of(const projections::Moment& moment, const events::RecordView& record) {
    std::vector<AppliedRule> rules;
    const auto event = events::decode_event(record.type, record.schema, record.payload);
    if (!event) return rules;
    const auto references = std::visit(References{}, static_cast<const events::EventVariant&>(*event));
    for (const auto& ref : references) {
        AppliedRule rule{record.type, record.position, ref, std::nullopt};
        if (const auto row = moment.rows().policies(ref.id)) {
            for (const auto& version : row->versions) {
                if (version.version == static_cast<std::uint64_t>(ref.version)) rule.policy = version.policy;
            }
        }
        rules.push_back(std::move(rule));
    }
    return rules;
}

std::string rule_text(const AppliedRule& rule) {
    const std::string version = rule.ref.id + ", version " + std::to_string(rule.ref.version);
    if (!rule.policy) return version;
    return std::string(to_name(rule.policy->kind())) + " (" + version + "): " + terms_text(*rule.policy);
}

events::json::OrderedJson rule_json(const AppliedRule& rule) {
    events::json::OrderedJson object;
    object["event"] = to_name(rule.event);
    object["position"] = rule.position;
    object["id"] = rule.ref.id;
    object["version"] = rule.ref.version;
    object["policy"] = rule.policy ? events::json::to_json_object(*rule.policy) : events::json::OrderedJson();
    return object;
}

std::string refund_text(const projections::Refund& refund) {
    using projections::RefundStanding;
    const std::string amount = refund.amount ? events::to_string(*refund.amount) : "nothing";
    std::string text;
    switch (refund.state) {
        case RefundStanding::none:
            return {};
        case RefundStanding::eligible:
            text = amount + " would come back";
            return refund.eligible_until
                       ? text + " if a revocation is completed by " + shown(*refund.eligible_until)
                       : text + " if it is asked for before the issue";
        case RefundStanding::closed:
            return refund.eligible_until ? "the window ended at " + shown(*refund.eligible_until)
                                         : std::string("nothing comes back any more");
        case RefundStanding::granted:
            text = amount + " granted, not paid yet";
            break;
        case RefundStanding::declined:
            text = "declined";
            break;
        case RefundStanding::paid:
            text = amount + " paid";
            break;
    }
    if (refund.reason && refund.inputs) text += ": " + reason_text(*refund.reason, *refund.inputs);
    return text;
}

}  // namespace certledger::cli

#include <certledger/domain/policies/book.hpp>

namespace certledger::policies {
namespace {

using Fault = std::optional<std::string>;

// Beyond this many days or seconds the arithmetic could leave the range of instants.
constexpr std::int64_t kMostDays = 36'500;
constexpr std::int64_t kMostSeconds = kMostDays * events::kSecondsPerDay;

Fault range_fault(const char* member, std::int64_t value, std::int64_t most) {
    if (value >= 0 && value <= most) return std::nullopt;
    return std::string(member) + " " + std::to_string(value) + " is not between 0 and " +
           std::to_string(most);
}

Fault steps_fault(const std::vector<events::DatedDays>& steps) {
    if (steps.empty()) return "steps is empty";
    for (std::size_t i = 0; i < steps.size(); ++i) {
        if (auto fault = range_fault("days of a step", steps[i].days, kMostDays)) return fault;
        if (i > 0 && steps[i].from <= steps[i - 1].from) return "steps are not in order of `from`";
    }
    return std::nullopt;
}

Fault fault(const events::RefundPolicy& terms, const Zones& zones) {
    if (auto bad = range_fault("days", terms.days, kMostDays)) return bad;
    if (terms.zone && *terms.zone != "UTC" && !zones.exists(*terms.zone)) {
        return "zone \"" + *terms.zone + "\" is not in the time zone database";
    }
    return std::nullopt;
}
Fault fault(const events::ValidityPolicy& terms, const Zones&) { return steps_fault(terms.steps); }
Fault fault(const events::ReusePolicy& terms, const Zones&) { return steps_fault(terms.steps); }
Fault fault(const events::RenewalPolicy& terms, const Zones&) {
    return range_fault("window_days", terms.window_days, kMostDays);
}
Fault fault(const events::TermPolicy& terms, const Zones&) {
    return range_fault("days_per_year", terms.days_per_year, 3'650);
}
Fault fault(const events::ReviewPolicy& terms, const Zones&) {
    if (auto bad = range_fault("dv_seconds", terms.dv_seconds, kMostSeconds)) return bad;
    if (auto bad = range_fault("ov_seconds", terms.ov_seconds, kMostSeconds)) return bad;
    return range_fault("ev_seconds", terms.ev_seconds, kMostSeconds);
}
Fault fault(const events::RevocationPolicy& terms, const Zones&) {
    if (auto bad = range_fault("key_compromise_seconds", terms.key_compromise_seconds, kMostSeconds))
        return bad;
    return range_fault("other_seconds", terms.other_seconds, kMostSeconds);
}
Fault fault(const events::NoticesPolicy& terms, const Zones&) {
    for (std::size_t i = 0; i < terms.days.size(); ++i) {
        if (auto bad = range_fault("days", terms.days[i], kMostDays)) return bad;
        for (std::size_t j = 0; j < i; ++j) {
            if (terms.days[j] == terms.days[i])
                return "days names " + std::to_string(terms.days[i]) + " twice";
        }
    }
    return std::nullopt;
}

}  // namespace

std::optional<std::string> policy_fault(const events::Policy& policy, const Zones& zones) {
    return std::visit([&](const auto& terms) { return fault(terms, zones); }, policy.terms);
}

}  // namespace certledger::policies

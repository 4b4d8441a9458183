#include <certledger/projections/columns.hpp>

namespace certledger::projections {

namespace {

// Texts of values; null is empty.
std::string show(const std::string& value) { return value; }
std::string show(bool value) { return value ? "yes" : "no"; }
std::string show(std::int64_t value) { return std::to_string(value); }
std::string show(events::Instant value) { return to_string(value); }
std::string show(const events::Money& value) { return to_string(value); }
std::string show(const events::Digest& value) { return events::to_hex(value); }
std::string show(const events::PolicyRef& value) { return value.id + "#" + std::to_string(value.version); }
template <class Tag>
std::string show(const events::Id<Tag>& value) {
    return value.value;
}
template <events::NamedEnum E>
std::string show(E value) {
    return std::string(events::to_name(value));
}
template <class T>
std::string show(const std::optional<T>& value) {
    return value ? show(*value) : std::string();
}
template <class T>
std::string show(const std::vector<T>& values) {
    std::string made;
    for (const auto& value : values) {
        if (!made.empty()) made.push_back(' ');
        made.append(show(value));
    }
    return made;
}

std::string date(const std::optional<events::Instant>& instant) {
    return instant ? to_string(*instant).substr(0, 10) : std::string();
}
std::string minute(const std::optional<events::Instant>& instant) {
    return instant ? to_string(*instant).substr(0, 16) + "Z" : std::string();
}
/// The first of several, and how many more there are.
std::string first_of(const std::vector<std::string>& all) {
    if (all.empty()) return {};
    return all.size() == 1 ? all.front() : all.front() + " +" + std::to_string(all.size() - 1);
}
std::string short_hex(const std::optional<events::Digest>& digest) {
    return digest ? events::to_hex(*digest).substr(0, 12) : std::string();
}
/// `3 d 4 h`, the two largest units.
std::string duration(std::int64_t seconds) {
    const std::pair<std::int64_t, const char*> units[] = {{86'400, "d"}, {3'600, "h"}, {60, "min"}, {1, "s"}};
    for (std::size_t i = 0; i < 4; ++i) {
        const auto whole = seconds / units[i].first;
        if (whole == 0 && i < 3) continue;
        auto made = std::to_string(whole) + " " + units[i].second;
        if (i < 3) {
            const auto rest = seconds % units[i].first / units[i + 1].first;
            if (rest != 0)
                made.append(" ").append(std::to_string(rest)).append(" ").append(units[i + 1].second);
        }
        return made;
    }
    return {};
}

constexpr auto kBoth = Shown::table_and_card;
constexpr auto kCard = Shown::card;
constexpr auto kLeft = Align::left;
constexpr auto kRight = Align::right;

}  // namespace

// A column's text is a plain function, so that the tables below are data.
#define CERTLEDGER_FIELD(member) [](const auto& row) { return show(row.member); }
#define CERTLEDGER_SHORT(how, member) [](const auto& row) { return how(row.member); }

const Columns<ListItem>& list_columns() {
    static const Columns<ListItem> columns{
        {"certificate", "Certificate", "id of the certificate", CERTLEDGER_FIELD(certificate)},
        {"account", "Account", "who owns it", CERTLEDGER_FIELD(account), nullptr, kLeft, kCard},
        {"names", "Names", "names as the rules see them", CERTLEDGER_FIELD(names), nullptr, kLeft, kCard},
        {"names_unicode", "Names", "names as people write them", CERTLEDGER_FIELD(names_unicode),
         CERTLEDGER_SHORT(first_of, names_unicode), kLeft, kBoth, 0, 14},
        {"brand", "Brand", "brand of the product", CERTLEDGER_FIELD(brand), nullptr, kLeft, kBoth, 5, 8},
        {"level", "Level", "dv, ov or ev", CERTLEDGER_FIELD(level), nullptr, kLeft, kBoth, 4},
        {"kind", "Kind", "single, wildcard or multi", CERTLEDGER_FIELD(kind), nullptr, kLeft, kBoth, 6},
        {"status", "Status", "where it stands", CERTLEDGER_FIELD(status)},
        {"flags", "Flags", "what is true beside the status", CERTLEDGER_FIELD(flags), nullptr, kLeft, kBoth,
         3, 8},
        {"not_before", "Not before", "first instant of validity", CERTLEDGER_FIELD(not_before),
         CERTLEDGER_SHORT(date, not_before), kLeft, kBoth, 9},
        {"not_after", "Not after", "last instant of validity", CERTLEDGER_FIELD(not_after),
         CERTLEDGER_SHORT(date, not_after), kLeft, kBoth, 1},
        {"days_left", "Days", "whole days until its end", CERTLEDGER_FIELD(days_left), nullptr, kRight, kBoth,
         2},
        {"serial", "Serial", "serial number, hexadecimal", CERTLEDGER_FIELD(serial), nullptr, kLeft, kCard},
        {"sha256", "SHA-256", "fingerprint", CERTLEDGER_FIELD(sha256), CERTLEDGER_SHORT(short_hex, sha256),
         kLeft, kBoth, 10},
        {"targets", "Targets", "where it is served", CERTLEDGER_FIELD(targets),
         CERTLEDGER_SHORT(first_of, targets), kLeft, kBoth, 7, 10},
        {"predecessor", "Renews", "the certificate that it renews", CERTLEDGER_FIELD(predecessor), nullptr,
         kLeft, kCard},
        {"successor", "Renewed by", "the certificate that renews it", CERTLEDGER_FIELD(successor), nullptr,
         kLeft, kBoth, 11},
        {"created_at", "Created", "when it was ordered or taken in", CERTLEDGER_FIELD(created_at),
         CERTLEDGER_SHORT(date, created_at), kLeft, kBoth, 8},
    };
    return columns;
}

const Columns<CountItem>& count_columns() {
    static const Columns<CountItem> columns{
        {"month", "Month", "month of creation (UTC)", CERTLEDGER_FIELD(month), nullptr, kLeft, kBoth, 1},
        {"status", "Status", "where they stand", CERTLEDGER_FIELD(status)},
        {"certificates", "Certificates", "how many", CERTLEDGER_FIELD(certificates), nullptr, kRight},
    };
    return columns;
}

const Columns<ProgressStep>& progress_columns() {
    static const Columns<ProgressStep> columns{
        {"step", "Step", "what is to be done", CERTLEDGER_FIELD(step)},
        {"name", "Name", "the name that is validated", CERTLEDGER_FIELD(name)},
        {"state", "State", "done, current, waiting, failed or skipped", CERTLEDGER_FIELD(state)},
        {"at", "At", "since when", CERTLEDGER_FIELD(at), CERTLEDGER_SHORT(minute, at)},
        {"cause", "Cause", "why it stands so", CERTLEDGER_FIELD(cause), nullptr, kLeft, kBoth, 3, 12},
        {"expected.event", "Expected", "the event that should come next",
         [](const ProgressStep& row) { return row.expected ? show(row.expected->event) : std::string(); },
         nullptr, kLeft, kBoth, 1},
        {"expected.from", "From", "who makes it happen",
         [](const ProgressStep& row) { return row.expected ? show(row.expected->from) : std::string(); },
         nullptr, kLeft, kBoth, 2},
        {"expected.by", "By", "when it should have happened",
         [](const ProgressStep& row) { return row.expected ? show(row.expected->by) : std::string(); },
         [](const ProgressStep& row) { return row.expected ? minute(row.expected->by) : std::string(); },
         kLeft, kBoth, 2},
        {"expected.overdue", "Overdue", "whether that time has passed",
         [](const ProgressStep& row) { return row.expected ? show(row.expected->overdue) : std::string(); },
         nullptr, kLeft, kBoth, 4},
    };
    return columns;
}

const Columns<Refund>& refund_columns() {
    static const Columns<Refund> columns{
        {"certificate", "Certificate", "id of the certificate", CERTLEDGER_FIELD(certificate)},
        {"state", "Refund", "none, eligible, closed, granted, declined or paid", CERTLEDGER_FIELD(state)},
        {"amount", "Amount", "what comes back", CERTLEDGER_FIELD(amount), nullptr, kRight},
        {"eligible_until", "Eligible until", "last instant with a refund", CERTLEDGER_FIELD(eligible_until),
         CERTLEDGER_SHORT(minute, eligible_until), kLeft, kBoth, 2},
        {"decided_at", "Decided", "the instant that the decision is about", CERTLEDGER_FIELD(decided_at),
         CERTLEDGER_SHORT(minute, decided_at), kLeft, kBoth, 1},
        {"reason", "Reason", "why it was decided so", CERTLEDGER_FIELD(reason), nullptr, kLeft, kBoth, 1},
        {"policy", "Policy", "policy stream and version", CERTLEDGER_FIELD(policy), nullptr, kLeft, kBoth, 4},
        {"paid_at", "Paid", "when the money went out", CERTLEDGER_FIELD(paid_at),
         CERTLEDGER_SHORT(minute, paid_at), kLeft, kBoth, 3},
        {"reference", "Reference", "of the payment", CERTLEDGER_FIELD(reference), nullptr, kLeft, kBoth, 5,
         8},
    };
    return columns;
}

const Columns<RefundTotal>& total_columns() {
    static const Columns<RefundTotal> columns{
        {"month", "Month", "month of the decisions (UTC)", CERTLEDGER_FIELD(month), nullptr, kLeft, kBoth, 1},
        {"account", "Account", "whose refunds", CERTLEDGER_FIELD(account), nullptr, kLeft, kBoth, 2},
        {"currency", "Currency", "ISO 4217", CERTLEDGER_FIELD(currency)},
        {"amount", "Amount", "granted and paid", CERTLEDGER_FIELD(amount), nullptr, kRight},
    };
    return columns;
}

const Columns<QuotaItem>& quota_columns() {
    static const Columns<QuotaItem> columns{
        {"quota", "Quota", "id of the quota", CERTLEDGER_FIELD(quota)},
        {"account", "Account", "who owns it", CERTLEDGER_FIELD(account), nullptr, kLeft, kCard},
        {"product.brand", "Brand", "brand of the product", CERTLEDGER_FIELD(product.brand), nullptr, kLeft,
         kBoth, 1, 8},
        {"product.level", "Level", "dv, ov or ev", CERTLEDGER_FIELD(product.level), nullptr, kLeft, kBoth, 1},
        {"product.kind", "Kind", "single, wildcard or multi", CERTLEDGER_FIELD(product.kind), nullptr, kLeft,
         kBoth, 2},
        {"product.names_max", "Names", "most names of one certificate", CERTLEDGER_FIELD(product.names_max),
         nullptr, kRight, kBoth, 4},
        {"product.term_years", "Years", "paid term", CERTLEDGER_FIELD(product.term_years), nullptr, kRight,
         kBoth, 4},
        {"price", "Price", "for all units", CERTLEDGER_FIELD(price), nullptr, kRight},
        {"bought", "Bought", "units paid for", CERTLEDGER_FIELD(bought), nullptr, kRight},
        {"consumed", "Consumed", "units that became certificates", CERTLEDGER_FIELD(consumed), nullptr,
         kRight, kBoth, 2},
        {"returned", "Returned", "units that came back", CERTLEDGER_FIELD(returned), nullptr, kRight, kBoth,
         3},
        {"refunded", "Refunded", "units given back", CERTLEDGER_FIELD(refunded), nullptr, kRight, kBoth, 3},
        {"free", "Free", "units left", CERTLEDGER_FIELD(free), nullptr, kRight},
    };
    return columns;
}

const Columns<WatchItem>& watch_columns() {
    static const Columns<WatchItem> columns{
        {"certificate", "Certificate", "id of the certificate", CERTLEDGER_FIELD(certificate)},
        {"event", "Missing", "the event that has not come", CERTLEDGER_FIELD(event)},
        {"by", "By", "when it should have happened", CERTLEDGER_FIELD(by), CERTLEDGER_SHORT(minute, by)},
        {"overdue_seconds", "Overdue", "for how long it has been missing", CERTLEDGER_FIELD(overdue_seconds),
         CERTLEDGER_SHORT(duration, overdue_seconds), kRight},
    };
    return columns;
}

const Columns<CalendarItem>& calendar_columns() {
    static const Columns<CalendarItem> columns{
        {"not_after", "Ends", "last instant of validity", CERTLEDGER_FIELD(not_after),
         CERTLEDGER_SHORT(date, not_after)},
        {"days_left", "Days", "whole days until its end", CERTLEDGER_FIELD(days_left), nullptr, kRight},
        {"certificate", "Certificate", "id of the certificate", CERTLEDGER_FIELD(certificate)},
        {"names", "Names", "its names", CERTLEDGER_FIELD(names), CERTLEDGER_SHORT(first_of, names), kLeft,
         kBoth, 0, 14},
        {"status", "Status", "where it stands", CERTLEDGER_FIELD(status), nullptr, kLeft, kBoth, 4},
        {"renewal_from", "Renewal from", "first instant of the renewal window",
         CERTLEDGER_FIELD(renewal_from), CERTLEDGER_SHORT(date, renewal_from), kLeft, kBoth, 1},
        {"successor", "Renewed by", "the certificate that renews it", CERTLEDGER_FIELD(successor), nullptr,
         kLeft, kBoth, 2},
        {"next_notice_at", "Next notice", "when the next notice is due", CERTLEDGER_FIELD(next_notice_at),
         CERTLEDGER_SHORT(date, next_notice_at), kLeft, kBoth, 3},
    };
    return columns;
}

const Columns<DeploymentItem>& deployment_columns() {
    static const Columns<DeploymentItem> columns{
        {"target", "Target", "where", CERTLEDGER_FIELD(target), nullptr, kLeft, kBoth, 0, 20},
        {"certificate", "Certificate", "the certificate that it serves", CERTLEDGER_FIELD(certificate)},
        {"names", "Names", "its names", CERTLEDGER_FIELD(names), CERTLEDGER_SHORT(first_of, names), kLeft,
         kBoth, 2, 14},
        {"status", "Status", "where the certificate stands", CERTLEDGER_FIELD(status)},
        {"not_after", "Not after", "last instant of validity", CERTLEDGER_FIELD(not_after),
         CERTLEDGER_SHORT(date, not_after), kLeft, kBoth, 1},
        {"deployed_at", "Deployed", "when it took the certificate", CERTLEDGER_FIELD(deployed_at),
         CERTLEDGER_SHORT(minute, deployed_at), kLeft, kBoth, 3},
        {"seen", "Seen", "never, served or drifted", CERTLEDGER_FIELD(seen)},
        {"seen_at", "Seen at", "when it was last looked at", CERTLEDGER_FIELD(seen_at),
         CERTLEDGER_SHORT(minute, seen_at), kLeft, kBoth, 4},
        {"cause", "Cause", "what a drift is about", CERTLEDGER_FIELD(cause), nullptr, kLeft, kBoth, 5, 12},
        {"fingerprint", "Fingerprint", "what was seen", CERTLEDGER_FIELD(fingerprint),
         CERTLEDGER_SHORT(short_hex, fingerprint), kLeft, kBoth, 6},
    };
    return columns;
}

const Columns<EvidenceItem>& evidence_columns() {
    static const Columns<EvidenceItem> columns{
        {"certificate", "Certificate", "id of the certificate", CERTLEDGER_FIELD(certificate), nullptr, kLeft,
         kCard},
        {"name", "Name", "the name that is proven", CERTLEDGER_FIELD(name), nullptr, kLeft, kBoth, 0, 14},
        {"method", "Method", "how", CERTLEDGER_FIELD(method)},
        {"succeeded", "Proven", "yes, no, or empty without a result", CERTLEDGER_FIELD(succeeded)},
        {"at", "At", "when", CERTLEDGER_FIELD(at), CERTLEDGER_SHORT(minute, at)},
        {"cause", "Cause", "why it failed", CERTLEDGER_FIELD(cause), nullptr, kLeft, kBoth, 2, 12},
        {"challenged_at", "Challenged", "when the proof was asked for", CERTLEDGER_FIELD(challenged_at),
         CERTLEDGER_SHORT(minute, challenged_at), kLeft, kBoth, 3},
        {"reusable_until", "Reusable until", "last instant at which it may be used for an issue",
         CERTLEDGER_FIELD(reusable_until), CERTLEDGER_SHORT(minute, reusable_until), kLeft, kBoth, 1},
    };
    return columns;
}

#undef CERTLEDGER_FIELD
#undef CERTLEDGER_SHORT

}  // namespace certledger::projections

// The views as queries answer with them.
#include <certledger/projections/views.hpp>

#include "reference/reference.hpp"

namespace certledger::cli {
namespace {

void add_view(std::string& page, const char* name, const char* says, const std::vector<Field>& fields) {
    page += "### " + std::string(name) + "\n\n" + says + "\n\n";
    add_fields(page, fields, {});
}

template <events::NamedEnum E>
void add_names(std::string& page, const char* what) {
    std::string names;
    for (const auto& entry : events::EnumTraits<E>::entries) {
        names += (names.empty() ? "`" : ", `") + std::string(entry.name) + "`";
    }
    page += std::string(what) + ": " + names + "\n\n";
}

/// With everything that may be there, so that it is described.
projections::Progress whole_progress() { return {}; }

projections::ProgressStep whole_step() {
    projections::ProgressStep step;
    step.name.emplace();
    return step;
}

projections::RefundTotal whole_total() {
    projections::RefundTotal total;
    total.month.emplace();
    total.account.emplace();
    return total;
}

}  // namespace

void add_views(std::string& page) {
    using namespace projections;
    page +=
        "## Views\n\n"
        "A member without a value is `null`, except where it says that it may be absent. Every query takes "
        "`account`, `as_of`\n(a position or a recorded time) and `as_at` (an effective time).\n\n";
    add_names<events::Status>(page, "Statuses");
    add_names<Flag>(page, "Flags beside the status");
    add_view(page, "list, certificate", "`list` answers `{items, next, as_of}`; `certificate` with one item.",
             fields_of<ListItem>());
    add_view(page, "progress", "Every step of one certificate.", fields_of(whole_progress()));
    add_view(page, "a step of progress", "`name` only in the validation of a dv order, else absent.",
             fields_of(whole_step()));
    add_view(page, "refund", "What comes back of one certificate's payment.", fields_of<Refund>());
    add_view(page, "totals of refunds",
             "`refunds` answers `{items, totals}`. `month` and `account` are absent unless asked for.",
             fields_of(whole_total()));
    add_view(page, "quota", "bought − consumed + returned − refunded = free.", fields_of<QuotaItem>());
    add_view(page, "watch", "`{items}`: what should have happened by now and did not.",
             fields_of<WatchItem>());
    add_view(page, "evidence", "`{items}`: what proves control of each name.", fields_of<EvidenceItem>());
    add_view(page, "deployments", "`{items}`: what is where.", fields_of<DeploymentItem>());
    add_view(page, "calendar", "`{items}`: what ends when.", fields_of<CalendarItem>());
}

}  // namespace certledger::cli

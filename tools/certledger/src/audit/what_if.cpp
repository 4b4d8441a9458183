#include <certledger/tools/audit/what_if.hpp>

#include "args/values.hpp"
#include "audit/verbs.hpp"
#include "nouns/evidence.hpp"
#include "policy_file.hpp"
#include "report.hpp"

namespace certledger::cli {
namespace {

using audit::WhatIfItem;
using audit::WhatIfReport;
using events::json::OrderedJson;

struct WhatIfInput {
    std::string policy;
    std::optional<PointInLog> from;
    std::optional<PointInLog> to;
};

Result<std::vector<events::Policy>> policies_of(engine::Ledger& ledger, const std::string& file) {
    auto policies = read_policies(file);
    if (!policies) return policies;
    for (const auto& policy : *policies) {
        if (const auto fault = policies::policy_fault(policy, ledger.zones())) {
            return fail(ErrorKind::invalid_input, "policy file " + file + ": " + *fault);
        }
    }
    return policies;
}

/// The last position recorded up to a point.
Result<store::Position> last_until(engine::Ledger& ledger, const PointInLog& point) {
    if (point.position) return *point.position;
    const auto views = ledger.views();
    if (!views) return tl::make_unexpected(views.error());
    return (*views)->position_of(*point.time);
}

/// The first position recorded at a point or behind it.
Result<store::Position> first_from(engine::Ledger& ledger, const PointInLog& point) {
    if (point.position) return *point.position;
    const PointInLog before{std::nullopt, events::Instant{point.time->micros - 1}};
    const auto last = last_until(ledger, before);
    if (!last) return last;
    return *last + 1;
}

Result<audit::WhatIfOptions> options_of(engine::Ledger& ledger, const WhatIfInput& in,
                                        const Globals& globals) {
    audit::WhatIfOptions options;
    auto policies = policies_of(ledger, in.policy);
    if (!policies) return tl::make_unexpected(std::move(policies.error()));
    options.policies = std::move(*policies);
    if (in.from) {
        const auto from = first_from(ledger, *in.from);
        if (!from) return tl::make_unexpected(from.error());
        options.from = *from;
    }
    if (const auto& to = in.to ? in.to : globals.as_of) {
        const auto last = last_until(ledger, *to);
        if (!last) return tl::make_unexpected(last.error());
        options.to = *last;
    }
    return options;
}

OrderedJson item_json(const WhatIfItem& item) {
    OrderedJson object;
    object["position"] = item.position;
    object["stream"] = item.stream;
    object["account"] = item.account;
    object["occurred_at"] = events::to_string(item.occurred_at);
    object["decision"] = item.decision;
    object["was"] = item.was;
    object["would"] = item.would;
    object["was_amount"] = item.was_amount ? OrderedJson(events::to_string(*item.was_amount)) : OrderedJson();
    object["would_amount"] =
        item.would_amount ? OrderedJson(events::to_string(*item.would_amount)) : OrderedJson();
    return object;
}

/// The items as one JSON document, or for people as a block each, printed while they come.
class Printer {
  public:
    explicit Printer(Output& out) : out_(out) {}

    void item(const WhatIfItem& item) {
        if (out_.json()) {
            items_.push_back(item_json(item));
            return;
        }
        out_.line(out_.paint(Style::strong, item.stream) + "  position " + std::to_string(item.position));
        print_facts(out_, {{"  decided", {item.decision + ", " + shown(item.occurred_at)}},
                           {"  was", {with_amount(item.was, item.was_amount)}},
                           {"  would have been", {with_amount(item.would, item.would_amount), Style::warn}}});
        out_.line();
    }

    void end(const WhatIfReport& report) {
        if (out_.json()) return document(report);
        if (!report.totals.empty()) {
            Table totals({{"REFUNDS", false, true}, {"WAS", true, true}, {"WOULD HAVE BEEN", true, true}});
            for (const auto& total : report.totals) {
                totals.add({{total.currency},
                            {total.was},
                            {total.would, total.was == total.would ? Style::plain : Style::warn}});
            }
            totals.print(out_);
            out_.line();
        }
        out_.line(std::to_string(report.differing) + " of " + std::to_string(report.judged) +
                  " decisions would have been others");
        if (report.not_judged > 0) {
            out_.note(
                std::to_string(report.not_judged) +
                " refusals under such a rule are not judged: the log keeps their reason, not their fields");
        }
    }

  private:
    static std::string with_amount(const std::string& text, const std::optional<events::Money>& amount) {
        return amount && amount->minor > 0 ? events::to_string(*amount) + " " + text : text;
    }
    void document(const WhatIfReport& report) {
        OrderedJson document;
        document["from"] = report.from;
        document["to"] = report.to;
        document["judged"] = report.judged;
        document["not_judged"] = report.not_judged;
        document["items"] = std::move(items_);
        document["totals"] = OrderedJson::array();
        for (const auto& total : report.totals) {
            document["totals"].push_back(
                {{"currency", total.currency}, {"was", total.was}, {"would", total.would}});
        }
        out_.document(document);
    }

    Output& out_;
    OrderedJson items_ = OrderedJson::array();
};

Result<int> what_if(Context& context, const WhatIfInput& in) {
    auto ledger = existing_ledger(context);
    if (!ledger) return tl::make_unexpected(std::move(ledger.error()));
    const auto options = options_of(**ledger, in, context.globals());
    if (!options) return tl::make_unexpected(options.error());
    Printer printer(context.out());
    const auto report = audit::what_if((*ledger)->store(), (*ledger)->zones(), *options,
                                       [&](const WhatIfItem& item) { printer.item(item); });
    if (!report) return tl::make_unexpected(report.error());
    printer.end(*report);
    return exit_done;
}

}  // namespace

void describe_audit_what_if(Command& verb) {
    auto in = std::make_shared<WhatIfInput>();
    verb.option("--policy", "FILE", "The other rules: a policy as JSON, or an array of them",
                into(in->policy))
        .required()
        .path();
    verb.option("--from", "POINT", "Only decisions from this position or recorded time on", into(in->from));
    verb.option("--to", "POINT", "Only decisions up to this position or recorded time", into(in->to));
    verb.note(
        "From its effective_from on a rule of the file holds in place of every rule of its kind, an "
        "account's\n"
        "own too. Refunds, validity caps, reuse of validations, renewal windows, terms, notices and "
        "deadlines of\n"
        "revocations are judged again, each by itself: what would have followed from another decision is "
        "not\n"
        "played on. Nothing is written.");
    verb.example("certledger policy show refund --json > refund.json");
    verb.example("certledger audit what-if --policy refund.json --from 2026-01-01T00:00:00Z",
                 "edit it, then:");
    verb.query([in](Context& context) { return what_if(context, *in); });
}

}  // namespace certledger::cli

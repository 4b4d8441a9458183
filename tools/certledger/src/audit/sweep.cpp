#include <certledger/tools/audit/sweep.hpp>

#include "audit/verbs.hpp"
#include "report.hpp"

namespace certledger::cli {
namespace {

using events::json::OrderedJson;

/// Amounts as money is written; a sum beyond one amount's range keeps to minor units.
OrderedJson amounts(const std::map<std::string, std::int64_t>& sums) {
    OrderedJson list = OrderedJson::array();
    for (const auto& [code, minor] : sums) {
        events::Money money{minor, {}};
        std::copy(code.begin(), code.end(), money.currency.code.begin());
        list.push_back(events::to_string(money));
    }
    return list;
}

std::int64_t per_second(const audit::SweepReport& report) {
    return static_cast<std::int64_t>(report.head) * 1'000 / std::max<std::int64_t>(report.milliseconds, 1);
}

OrderedJson report_json(const audit::SweepReport& report) {
    OrderedJson document;
    document["ok"] = report.good();
    document["position"] = report.head;
    document["root"] = events::to_base64(*report.root);
    document["streams"] = report.streams;
    document["octets"] = report.octets;
    document["certificates"] = OrderedJson::object();
    for (const auto& [status, count] : report.certificates)
        document["certificates"][std::string(events::to_name(status))] = count;
    document["paid"] = amounts(report.paid);
    document["refunded"] = amounts(report.refunded);
    document["bad_records"] = report.bad_records;
    document["first_fault"] = nullptr;
    if (report.first_fault) {
        document["first_fault"] = {{"position", report.first_fault->first},
                                   {"message", report.first_fault->second}};
    }
    document["milliseconds"] = report.milliseconds;
    document["records_per_second"] = per_second(report);
    return document;
}

std::string joined(const OrderedJson& list) {
    std::string text;
    for (const auto& one : list) text += (text.empty() ? "" : ", ") + one.get<std::string>();
    return text;
}

void print_report(Output& out, const audit::SweepReport& report) {
    std::string certificates;
    for (const auto& [status, count] : report.certificates) {
        certificates += (certificates.empty() ? "" : ", ") + std::to_string(count) + " " +
                        std::string(events::to_name(status));
    }
    print_facts(out, {{"records",
                       {std::to_string(report.head) + " of " + std::to_string(report.streams) +
                        " streams in " + std::to_string(report.milliseconds) + " ms (" +
                        std::to_string(per_second(report)) + " records/s)"}},
                      {"certificates", {certificates}},
                      {"paid", {joined(amounts(report.paid))}},
                      {"refunded", {joined(amounts(report.refunded))}},
                      {"root", {events::to_base64(*report.root)}}});
    if (report.good()) {
        out.line(out.paint(Style::good, "checksums, versions, legality and tree hold"));
        return;
    }
    out.line(out.paint(Style::bad, "the log does not hold: ") + std::to_string(report.bad_records) +
             " bad records, the first at position " + std::to_string(report.first_fault->first) + ": " +
             report.first_fault->second);
}

Result<int> run_sweep(Context& context) {
    auto ledger = context.ledger();
    if (!ledger) return tl::make_unexpected(std::move(ledger.error()));
    Output& out = context.out();
    audit::SweepOptions options;
    options.progress = [&out](std::uint64_t done, std::uint64_t whole) {
        out.progress("sweeping", done, whole);
    };
    auto report = audit::sweep((*ledger)->store(), options);
    out.end_progress();
    if (!report) return tl::make_unexpected(std::move(report.error()));
    // The tree that commits have built must be the one that the records have.
    const auto stored = (*ledger)->store().tree_head(report->head);
    if (!stored) return tl::make_unexpected(stored.error());
    if (stored->root != *report->root && report->good()) {
        return fail(ErrorKind::damaged, "tree: the store's root " + events::to_base64(stored->root) +
                                            " is not that of the records, " +
                                            events::to_base64(*report->root));
    }
    if (out.json()) {
        out.document(report_json(*report));
    } else {
        print_report(out, *report);
    }
    return report->good() ? exit_done : exit_damaged;
}

}  // namespace

void describe_audit_sweep(Command& verb) {
    verb.note(
        "Every record's checksum, its place in log and stream, legality by the lifecycle machine, and the "
        "tree's root, on all cores; seconds for ten million records. Rules, refunds, balances, signed "
        "checkpoints and views are verify's.");
    verb.example("certledger audit sweep");
    verb.example("certledger audit sweep --json | jq .records_per_second");
    verb.run(run_sweep);
}

}  // namespace certledger::cli

#include <certledger/tools/audit/verify.hpp>
#include <certledger/tools/evidence/keeper.hpp>
#include <certledger/tools/evidence/proofs.hpp>

#include "args/values.hpp"
#include "audit/verbs.hpp"
#include "report.hpp"

namespace certledger::cli {
namespace {

using events::json::OrderedJson;

constexpr std::size_t kMaxCheckpointFile = 1U << 20U;

struct VerifyInput {
    std::optional<std::int64_t> from;
    std::string checkpoint;
    std::string key;
};

std::int64_t per_second(std::uint64_t count, std::int64_t milliseconds) {
    return static_cast<std::int64_t>(count) * 1'000 / std::max<std::int64_t>(milliseconds, 1);
}

/// Compares the log with a checkpoint that somebody kept, and with all that was ever signed here; the newest
/// of these covers so many records.
Result<void> check_signed(engine::Ledger& ledger, const VerifyInput& in, audit::VerifyReport& report,
                          std::uint64_t& covered) {
    const auto add = [&](const std::string& message) {
        ++report.other_faults;
        report.findings.push_back({0, message});
    };
    std::optional<store::tlog::VerifierKey> trusted;
    if (!in.key.empty()) {
        auto key = evidence::verifier_key_from(in.key);
        if (!key) return tl::make_unexpected(std::move(key.error()));
        trusted = std::move(*key);
    }
    // A key given for an old checkpoint need not be the one that signs now.
    const auto book = evidence::check_book(ledger.store(), ledger.info().path,
                                           in.checkpoint.empty() ? trusted : std::nullopt);
    if (!book) return tl::make_unexpected(book.error());
    for (const auto& message : book->messages) add("checkpoints: " + message);
    report.checked.push_back(std::to_string(book->checkpoints) + " signed checkpoints");
    // Which records nobody could change unseen; a fault here is among the findings already.
    if (const auto newest = evidence::Evidence(evidence::parts_of(ledger)).newest(); newest && *newest) {
        covered = (*newest)->checkpoint.size;
        report.checked.back() += ", the newest over " + std::to_string(covered) + " of " +
                                 std::to_string(report.head) + " records";
    }
    if (in.checkpoint.empty()) return {};
    const auto note = read_text_file(in.checkpoint, kMaxCheckpointFile);
    if (!note) return tl::make_unexpected(note.error());
    if (!trusted) {
        auto own = evidence::Evidence(evidence::parts_of(ledger)).key();
        if (!own) return tl::make_unexpected(std::move(own.error()));
        trusted = std::move(*own);
    }
    const auto held = evidence::check_against_checkpoint(ledger.store(), *note, *trusted);
    if (!held) {
        if (held.error().kind != ErrorKind::damaged) return tl::make_unexpected(held.error());
        add("checkpoint " + in.checkpoint + ": " + held.error().message);
    }
    report.checked.push_back("the checkpoint " + in.checkpoint);
    return {};
}

OrderedJson report_json(const audit::VerifyReport& report, std::uint64_t covered) {
    OrderedJson document;
    document["ok"] = report.good();
    document["position"] = report.head;
    document["root"] = events::to_base64(report.root);
    document["records"] = report.records;
    document["covered"] = covered;
    document["streams"] = report.streams;
    document["decisions"] = report.decisions;
    document["view_rows"] = report.view_rows;
    document["checked"] = report.checked;
    document["bad_records"] = report.bad_records;
    document["other_faults"] = report.other_faults;
    document["findings"] = OrderedJson::array();
    for (const auto& finding : report.findings) {
        OrderedJson item;
        item["position"] = finding.position == 0 ? OrderedJson() : OrderedJson(finding.position);
        item["message"] = finding.message;
        document["findings"].push_back(std::move(item));
    }
    document["milliseconds"] = report.milliseconds;
    document["records_per_second"] = per_second(report.records, report.milliseconds);
    return document;
}

void print_report(Output& out, const audit::VerifyReport& report) {
    for (const auto& what : report.checked) out.line("checked  " + what);
    for (const auto& finding : report.findings) {
        const std::string where =
            finding.position == 0 ? "" : "position " + std::to_string(finding.position) + ": ";
        out.line(out.paint(Style::bad, "bad") + "      " + where + finding.message);
    }
    out.line();
    out.line(std::to_string(report.records) + " records of " + std::to_string(report.streams) + " streams, " +
             std::to_string(report.decisions) + " decisions and " + std::to_string(report.view_rows) +
             " rows of views in " + std::to_string(report.milliseconds) + " ms (" +
             std::to_string(per_second(report.records, report.milliseconds)) + " records/s)");
    out.line("root     " + events::to_base64(report.root));
    if (report.good()) {
        out.line(out.paint(Style::good, "the log holds"));
        return;
    }
    std::string verdict = std::to_string(report.bad_records) + " bad records";
    if (report.bad_records > 0 && report.findings.front().position > 0) {
        verdict += ", the first at position " + std::to_string(report.findings.front().position);
    }
    if (report.other_faults > 0) verdict += "; " + std::to_string(report.other_faults) + " other faults";
    out.line(out.paint(Style::bad, "the log does not hold: ") + verdict);
}

Result<int> verify(Context& context, const VerifyInput& in) {
    auto ledger = context.ledger();
    if (!ledger) return tl::make_unexpected(std::move(ledger.error()));
    Output& out = context.out();
    audit::VerifyOptions options;
    if (in.from) options.from = static_cast<store::Position>(*in.from);
    options.progress = [&out](std::uint64_t done, std::uint64_t whole) {
        out.progress("verifying", done, whole);
    };
    auto report = audit::verify(**ledger, options);
    out.end_progress();
    if (!report) return tl::make_unexpected(std::move(report.error()));
    std::uint64_t covered = 0;
    if (auto checked = check_signed(**ledger, in, *report, covered); !checked)
        return tl::make_unexpected(std::move(checked.error()));
    if (out.json()) {
        out.document(report_json(*report, covered));
    } else {
        print_report(out, *report);
    }
    return report->good() ? exit_done : exit_damaged;
}

}  // namespace

void describe_audit_verify(Command& verb) {
    auto in = std::make_shared<VerifyInput>();
    verb.option("--from", "POSITION", "Check the records from here on; those before are only folded",
                into(in->from, 1));
    verb.option("--checkpoint", "FILE", "Also prove that the log extends this signed checkpoint",
                into(in->checkpoint))
        .path();
    verb.option("--key", "VKEY", "Its verifier key, or a file with it (default: this ledger's)",
                into(in->key));
    verb.note("Ends with 0 when everything holds and with 4 when not; then the first bad record is named.");
    verb.example("certledger audit verify");
    verb.example("certledger audit verify --checkpoint kept.checkpoint --key log.vkey --json");
    verb.run([in](Context& context) { return verify(context, *in); });
}

}  // namespace certledger::cli

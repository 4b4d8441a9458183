#include <certledger/projections/views.hpp>
#include <certledger/tools/audit/verify.hpp>

#include <algorithm>
#include <chrono>

#include "checker.hpp"
#include "findings.hpp"

namespace certledger::audit {
namespace {

using store::Position;
using Clock = std::chrono::steady_clock;

std::int64_t since(Clock::time_point begun) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begun).count();
}

constexpr Position kTellEvery = 8'192;

/// Tells now and then how far a pass has come.
class Progress {
  public:
    Progress(const OnProgress& tell, Position head) : tell_(tell), head_(head) {}
    void reached(Position done) {
        if (!tell_ || (done - told_ < kTellEvery && done != head_)) return;
        told_ = done;
        tell_(done, head_);
    }

  private:
    const OnProgress& tell_;
    Position head_;
    Position told_ = 0;
};

void check_records(const store::EventStore& log, const VerifyOptions& options, Checker& checker,
                   VerifyReport& report) {
    const NamePrints prints;
    Progress progress(options.progress, report.head);
    prepare_all(log, report.head, prints, {options.from, false}, [&](Block& block) {
        for (Prepared& prepared : block.records) {
            const bool thorough = prepared.position >= options.from;
            if (thorough && !prepared.missing) ++report.records;
            if (thorough) report.octets += prepared.octets;
            checker.take(prepared, thorough);
        }
        progress.reached(block.records.back().position);
    });
    checker.finish();
    while (checker.next_pass()) {
        Progress again(options.progress, report.head);
        prepare_all(log, report.head, prints, {options.from, true}, [&](Block& block) {
            for (const Prepared& prepared : block.records)
                checker.take_again(prepared, prepared.position >= options.from);
            again.reached(block.records.back().position);
        });
    }
}

void check_tree(const store::EventStore& log, const Checker& checker, VerifyReport& report,
                Findings& findings) {
    report.root = checker.edge().root();
    if (!checker.whole()) return;
    const auto tree = log.tree_head(report.head);
    if (!tree) {
        findings.add(0, "tree: " + tree.error().message);
    } else if (tree->root != report.root) {
        findings.add(0, "tree: the store's root " + events::to_base64(tree->root) +
                            " is not that of the records, " + events::to_base64(report.root));
    }
}

/// Compares every view with a fold of its own; the views are brought up to the log first.
void check_views(engine::Ledger& ledger, const VerifyOptions& options, VerifyReport& report) {
    const auto add = [&](const std::string& message) {
        ++report.other_faults;
        if (report.findings.size() < VerifyReport::kMostFindings) report.findings.push_back({0, message});
    };
    report.checked.emplace_back("every view equal to its fold");
    auto views = ledger.views();
    if (!views) return add("views: " + views.error().message);
    const auto verified = (*views)->verify(options.progress);
    if (!verified) return add("views: " + verified.error().message);
    report.view_rows = verified->rows;
    for (const auto& difference : verified->differences) add("views: " + difference);
}

std::vector<std::string> what_was_checked() {
    return {"envelopes, checksums and canonical encoding",
            "ids of events and commands, each of its own",
            "positions, versions and pointers without gaps",
            "recorded times in order",
            "every event legal by the lifecycle machine",
            "every decision made again: guards, shares, refunds, and all events of each command",
            "quota balances",
            "the tree's root"};
}

}  // namespace

Result<VerifyReport> verify_log(const store::EventStore& log, const policies::Zones& zones,
                                const VerifyOptions& options) {
    const auto begun = Clock::now();
    VerifyReport report;
    report.head = log.head().position;
    if (options.from > report.head) {
        return fail(ErrorKind::not_found, "position " + std::to_string(options.from) + ": the log ends at " +
                                              std::to_string(report.head));
    }
    Findings findings(report);
    Checker checker(log, zones, options, [&](Position position, std::string message) {
        findings.add(position, std::move(message));
    });
    check_records(log, options, checker, report);
    check_tree(log, checker, report, findings);
    findings.finish();
    report.streams = checker.streams();
    report.passes = checker.passes();
    report.decisions = checker.decisions();
    report.checked = what_was_checked();
    report.milliseconds = since(begun);
    return report;
}

Result<VerifyReport> verify(engine::Ledger& ledger, const VerifyOptions& options) {
    const auto begun = Clock::now();
    auto report = verify_log(ledger.store(), ledger.zones(), options);
    if (!report) return report;
    // Where the log itself is damaged nobody knows what the views should say.
    if (options.views && report->bad_records == 0) check_views(ledger, options, *report);
    report->milliseconds = since(begun);
    return report;
}

}  // namespace certledger::audit

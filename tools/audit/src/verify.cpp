#include <certledger/projections/views.hpp>
#include <certledger/tools/audit/verify.hpp>

#include <algorithm>
#include <chrono>

#include "checker.hpp"

namespace certledger::audit {
namespace {

using store::Position;

constexpr Position kTellEvery = 8'192;

/// Gathers findings: the first in full, the rest as numbers.
class Findings {
  public:
    explicit Findings(VerifyReport& report) : report_(report) {}

    void operator()(Position position, std::string message) {
        if (position == 0) {
            ++report_.other_faults;
        } else if (position != last_) {
            ++report_.bad_records;
        }
        last_ = position;
        if (report_.findings.size() < VerifyReport::kMostFindings) {
            report_.findings.push_back({position, std::move(message)});
        }
    }

  private:
    VerifyReport& report_;
    Position last_ = 0;
};

/// Visits every record; one that cannot be read is reported and stepped over.
void read_all(const store::EventStore& log, const VerifyOptions& options, Checker& checker,
              VerifyReport& report) {
    Position next = 1;
    while (next <= report.head) {
        const auto read = log.read_all(next, report.head, [&](const auto& record, auto octets) {
            checker.take(record, octets, next >= options.from);
            if (next >= options.from) {
                ++report.records;
                report.octets += octets.size();
            }
            if (options.progress && next % kTellEvery == 0) options.progress(next, report.head);
            ++next;
            return true;
        });
        if (read && next > report.head) return;
        checker.miss(next, read ? "the record is missing" : read.error().message);
        ++next;
    }
}

void check_tree(const store::EventStore& log, const Checker& checker, VerifyReport& report,
                Findings& findings) {
    report.root = checker.edge().root();
    if (!checker.whole()) return;
    const auto tree = log.tree_head(report.head);
    if (!tree) {
        findings(0, "tree: " + tree.error().message);
    } else if (tree->root != report.root) {
        findings(0, "tree: the store's root " + events::to_base64(tree->root) +
                        " is not that of the records, " + events::to_base64(report.root));
    }
}

void check_views(engine::Ledger& ledger, const VerifyOptions& options, VerifyReport& report,
                 Findings& findings) {
    auto views = ledger.views();
    if (!views) {
        findings(0, "views: " + views.error().message);
        return;
    }
    const auto verified = (*views)->verify(options.progress);
    if (!verified) {
        findings(0, "views: " + verified.error().message);
        return;
    }
    report.view_rows = verified->rows;
    for (const auto& difference : verified->differences) findings(0, "views: " + difference);
}

}  // namespace

Result<VerifyReport> verify(engine::Ledger& ledger, const VerifyOptions& options) {
    const auto begun = std::chrono::steady_clock::now();
    VerifyReport report;
    Findings findings(report);
    const store::EventStore& log = ledger.store();
    report.head = log.head().position;
    if (options.from > report.head) {
        return fail(ErrorKind::not_found, "position " + std::to_string(options.from) + ": the log ends at " +
                                              std::to_string(report.head));
    }
    Checker checker(ledger.zones(),
                    [&](Position position, std::string message) { findings(position, std::move(message)); });
    read_all(log, options, checker, report);
    checker.finish();
    check_tree(log, checker, report, findings);
    report.streams = checker.streams();
    report.checked = {"envelopes, checksums and canonical encoding",
                      "positions, versions and pointers without gaps",
                      "recorded times in order",
                      "every event legal by the lifecycle machine",
                      "quota balances and shares",
                      "refund decisions made again from their inputs",
                      "the tree's root"};
    if (options.views && report.bad_records == 0) {
        check_views(ledger, options, report, findings);
        report.checked.emplace_back("every view equal to its fold");
    }
    std::stable_sort(report.findings.begin(), report.findings.end(), [](const Finding& a, const Finding& b) {
        return a.position != 0 && (b.position == 0 || a.position < b.position);
    });
    report.milliseconds =
        std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begun)
            .count();
    return report;
}

}  // namespace certledger::audit

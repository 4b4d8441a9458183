#include "nouns/nouns.hpp"

#include <array>

#include "nouns/evidence.hpp"

namespace certledger::cli {

std::span<const Noun> nouns() {
    static constexpr const char* kCare = "Certificates";
    static constexpr const char* kTime = "Time";
    static constexpr const char* kLedger = "The ledger";
    static constexpr const char* kProgram = "The program";
    static constexpr std::array table{
        Noun{"quota", kCare, "Paid rights to create certificates: buy, list, show, refund", describe_quota},
        Noun{"cert", kCare, "Certificates from purchase to deletion", describe_cert},
        Noun{"review", kCare, "The CA's desk: list, approve, reject, record", describe_review},
        Noun{"ca", kCare, "The embedded CA: root, chain, crl", describe_ca},
        Noun{"refunds", kCare, "Refunds: list, show, pay, totals", describe_refunds},
        Noun{"list", kCare, "The certificates (as `cert list`)", describe_list},
        Noun{"progress", kCare, "Where a certificate stands and what comes next (as `cert progress`)",
             describe_progress},
        Noun{"counts", kCare, "How many certificates stand where", describe_counts},
        Noun{"deployments", kCare, "What is where, and whether it was seen there", describe_deployments},
        Noun{"calendar", kTime, "What ends when, with renewal and notices before it", describe_calendar},
        Noun{"watch", kTime, "What should have happened by now and did not", describe_watch},
        Noun{"tick", kTime, "Make the events that time brings: due, notices, expiry", describe_tick},
        Noun{"run", kTime, "The worker: ticks and carries out follow-up work until stopped", describe_run},
        Noun{"demo", kLedger, "The whole lifecycle on real input, with the embedded CA", describe_demo},
        Noun{"init", kLedger, "Make a ledger", describe_init},
        Noun{"exec", kLedger, "Commands and queries as JSON Lines", describe_exec},
        Noun{"log", kLedger, "The log itself: show, tail, export, import", describe_log},
        Noun{"audit", kLedger, "Prove that the log holds: verify, prove, check, sign, witness",
             describe_audit},
        Noun{"backup", kLedger, "Write a checked copy of the ledger to a file, while others write",
             describe_backup},
        Noun{"restore", kLedger, "Make a ledger of a backup", describe_restore},
        Noun{"doctor", kLedger, "Look the ledger over, with advice; accept a rollback", describe_doctor},
        Noun{"policy", kLedger, "The dated rules: list, show, adopt", describe_policy},
        Noun{"views", kLedger, "What is computed from the log: status, rebuild, verify", describe_views},
        Noun{"bench", kProgram, "Make large ledgers, and measure what the program reaches", describe_bench},
        Noun{"machine", kProgram, "Print the table of transitions", describe_machine},
        Noun{"reference", kProgram, "Commands, codes, events, policies and views on one page",
             describe_reference},
        Noun{"completion", kProgram, "Completion for bash, zsh or fish", describe_completion},
    };
    return table;
}

}  // namespace certledger::cli

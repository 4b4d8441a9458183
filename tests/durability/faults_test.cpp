// Every system call on the ledger's files fails once, in every way that is legal for it: the program says so
// with the right exit code, has lost nothing that it answered, and does not deny what it did.
#include <catch2/catch.hpp>
#include <cerrno>
#include <cstdio>
#include <map>

#include "support/failed_run.hpp"
#include "support/recording.hpp"
#include "support/scratch.hpp"
#include "support/workers.hpp"

using namespace certledger::durability;
using certledger::store::testing::Scratch;

namespace {

enum Count : std::size_t { failed, tolerated, unknown, not_reached };

struct Way {
    int error = 0;  ///< 0: the write is cut short.
    const char* when = "before";
    const char* often = "once";
};

/// What can be made to fail: the calls of a run without faults.
struct Calls {
    std::string path;
    std::string call;
    std::size_t count = 0;
};

const char* call_of(Step step) {
    switch (step) {
        case Step::write:
        case Step::sync_write:
            return "write";
        case Step::sync:
            return "sync";
        case Step::resize:
            return "resize";
        case Step::rename:
        case Step::link:
        case Step::unlink:
            return "name";
        case Step::make:
            return "open";
        case Step::make_folder:
            return "folder";
        case Step::output:
        case Step::fault:
            return nullptr;
    }
    return nullptr;
}

/// Names that are made up have a star for what is.
std::string without_chance(const std::string& path) {
    for (const char* made_up : {".mdb.new-", "master.key."}) {
        if (const std::size_t at = path.find(made_up); at != std::string::npos)
            return path.substr(0, at + std::string(made_up).size()) + "*";
    }
    return path;
}

std::vector<Calls> calls_in(const std::vector<Recorded>& steps) {
    std::map<std::pair<std::string, std::string>, std::size_t> counted;
    for (const Recorded& step : steps) {
        if (call_of(step.step) == nullptr) continue;
        const bool new_name = step.step == Step::rename || step.step == Step::link;
        ++counted[{without_chance(new_name ? step.octets : step.path), call_of(step.step)}];
    }
    std::vector<Calls> calls;
    for (const auto& [what, count] : counted) {
        // A file is opened more often than it is made.
        calls.push_back({what.first, what.second, what.second == "open" ? count + 3 : count});
    }
    return calls;
}

std::vector<Way> ways_of(const Calls& calls) {
    const bool log = calls.path == kLog;
    std::vector<Way> ways{{EIO, "before", "once"}, {ENOSPC, "before", "always"}};
    if (calls.call == "open" || calls.call == "name" || calls.call == "folder") {
        ways.push_back({EACCES, "before", "once"});
        return ways;
    }
    if (calls.call == "write") ways.push_back({0, "before", "once"});
    if (!log && factor() == 1) return ways;
    ways.push_back({EIO, "after", "once"});
    ways.push_back({EIO, "after", "always"});
    ways.push_back({EIO, "before", "always"});
    ways.push_back({EINTR, "before", "once"});
    ways.push_back({ENOSPC, "before", "once"});
    if (calls.call == "write") ways.push_back({0, "before", "always"});
    return ways;
}

std::vector<std::string> all_faults(const std::vector<Recorded>& steps) {
    std::vector<std::string> faults;
    for (const Calls& calls : calls_in(steps)) {
        for (std::size_t number = 1; number <= calls.count; ++number) {
            for (const Way& way : ways_of(calls))
                faults.push_back(calls.path + " " + calls.call + " " + std::to_string(number) + " " +
                                 std::to_string(way.error) + " " + way.when + " " + way.often);
        }
    }
    return faults;
}

bool was_given(const std::filesystem::path& trace) {
    for (const Recorded& step : read_trace(trace)) {
        if (step.step == Step::fault) return true;
    }
    return false;
}

/// `prepare` makes the ledger as it is before the work.
void try_faults(const std::vector<std::string>& faults, const std::filesystem::path& place,
                const std::vector<Breath>& work, const std::vector<Answered>& sound, unsigned number,
                unsigned of, Report& report) {
    const std::filesystem::path mine = place / ("worker" + std::to_string(number));
    for (std::size_t i = number; i < faults.size() && !report.failed; i += of) {
        report.trying(faults[i]);
        std::filesystem::remove_all(mine);
        std::filesystem::create_directories(mine / "disk");
        const auto trace = mine / "trace";
        const auto run =
            run_exec(mine / "disk" / kLedger, work, {(mine / "disk").string(), trace.string(), faults[i]});
        if (!was_given(trace)) {
            report.count(not_reached);
            continue;
        }
        try {
            if (require_honest(mine / "disk" / kLedger, work, run, sound)) report.count(unknown);
        } catch (const std::exception& fault) {
            report.fail(fault.what());
        }
        report.count(run.code == 0 ? tolerated : failed);
    }
    std::filesystem::remove_all(mine);
}

}  // namespace

TEST_CASE(
    "a system call that fails is told, loses nothing that was answered and denies nothing that was done") {
    const Scratch scratch;
    const auto work = mixed_work("f", 5 + factor());
    const Recording recording = record(scratch.path(), {{{"exec"}, work}});
    const auto faults = all_faults(recording.steps);
    REQUIRE(faults.size() > 100);
    const unsigned count = workers();
    const Total total = run_workers(count, [&](unsigned number, Report& report) {
        try_faults(faults, scratch.path(), work, recording.history.answers, number, count, report);
    });
    INFO(total.complaint);
    CHECK(total.complaint.empty());
    CHECK(total.counts[failed] > 100);
    CHECK(total.counts[unknown] > 0);
    CHECK(total.counts[not_reached] < faults.size() / 4);
    std::printf(
        "system calls: %llu failed (%llu ended the program with exit code 5, %llu were borne; %llu times the "
        "outcome was "
        "unknown and something was there); lost acknowledged events: 0\n",
        static_cast<unsigned long long>(total.counts[failed] + total.counts[tolerated]),
        static_cast<unsigned long long>(total.counts[failed]),
        static_cast<unsigned long long>(total.counts[tolerated]),
        static_cast<unsigned long long>(total.counts[unknown]));
}

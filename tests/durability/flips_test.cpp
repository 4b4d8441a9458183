// One flipped bit after the other in the log's file of a small ledger: `audit verify` finds it, or the ledger
// says exactly what it said before; nothing crashes or hangs. tests/store/lmdb/flips_test.cpp does the same
// to the store alone, with appends and with large files that are not walked through.
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cerrno>
#include <certledger/tools/audit/verify.hpp>
#include <certledger/tools/evidence/proofs.hpp>
#include <cstdio>

#include "support/failed_run.hpp"
#include "support/log_pages.hpp"
#include "support/scratch.hpp"
#include "support/workers.hpp"

using namespace certledger;
using namespace certledger::durability;
using certledger::store::testing::octets_in;
using certledger::store::testing::put_octet;
using certledger::store::testing::same_meta_pages;
using certledger::store::testing::Scratch;
using certledger::store::testing::write_octets;

namespace {

constexpr int kFoundByGuard = 4;

enum Count : std::size_t { harmless, found, by_guard, next };

struct Flip {
    std::size_t at = 0;
    unsigned bit = 0;
};

/// All bits with CERTLEDGER_DURABILITY=8 or more; else some of each octet that is not in empty space.
std::vector<Flip> flips_in(const std::vector<std::uint8_t>& whole) {
    std::vector<Flip> flips;
    const auto of_octet = static_cast<unsigned>(std::min<std::uint64_t>(factor(), 8));
    for (std::size_t at = 0; at < whole.size(); ++at) {
        const bool head = at % 4'096 < 160;
        if (of_octet < 8 && whole[at] == 0 && !head && at % 29 != 0) continue;
        const unsigned bits = at < 8'192 && head ? 8 : of_octet;
        for (unsigned i = 0; i < bits; ++i)
            flips.push_back({at, static_cast<unsigned>((at * 5 + 3 * i) % 8)});
    }
    return flips;
}

/// What the program would end with: 0 or an exit code; the complaint when it should be another.
class Verifier {
  public:
    Verifier(std::filesystem::path ledger, const History& history)
        : ledger_(std::move(ledger)), history_(history) {}

    [[nodiscard]] bool finds_damage() const {
        engine::LedgerOptions options;
        options.read_only = true;
        try {
            auto ledger = engine::Ledger::open(ledger_.string(), options);
            if (!ledger) return damaged(ledger.error());
            audit::VerifyOptions quick;
            quick.views = false;
            const auto report = audit::verify(*ledger, quick);
            if (!report) return damaged(report.error());
            if (!report->good()) return true;
            const auto book = evidence::check_book(ledger->store(), ledger->info().path, std::nullopt);
            if (!book) return damaged(book.error());
            if (!book->good()) return true;
            compare(ledger->store());
            return false;
        } catch (const OutcomeUnknown&) {
            return true;
        }
    }

  private:
    static bool damaged(const Error& error) {
        if (error.kind != ErrorKind::damaged)
            throw std::runtime_error("called something else: " + error.message);
        return true;
    }
    void compare(const store::EventStore& log) const {
        std::size_t count = 0;
        const auto read = log.read_all(1, ~std::uint64_t{0}, [&](const auto&, auto octets) {
            const auto& expected = history_.records.at(count++);
            return std::equal(octets.begin(), octets.end(), expected.begin(), expected.end());
        });
        if (!read || count != history_.records.size())
            throw std::runtime_error("another log, and nothing was found");
    }

    std::filesystem::path ledger_;
    const History& history_;
};

/// Goes through a worker's flips from report.counts[next] on; ends the process when the guard does.
void try_flips(const std::vector<Flip>& flips, const std::vector<std::uint8_t>& whole,
               const Verifier& verifier, const std::filesystem::path& file, unsigned of, Report& report) {
    for (std::size_t i = report.counts[next]; i < flips.size() && !report.failed; i += of) {
        report.counts[next] = i;
        const auto [at, bit] = flips[i];
        report.trying("octet " + std::to_string(at) + ", bit " + std::to_string(bit));
        put_octet(file, at, static_cast<std::uint8_t>(whole[at] ^ (1U << bit)));
        try {
            report.count(verifier.finds_damage() ? found : harmless);
        } catch (const std::exception& fault) {
            report.fail(fault.what());
        }
        put_octet(file, at, whole[at]);
        // A meta page that does not hold any more makes the commit before it the last: then the log redoes
        // one.
        if (!same_meta_pages(file, whole)) write_octets(file, whole);
    }
    report.counts[next] = flips.size();
}

}  // namespace

TEST_CASE("every flipped bit in the log's file is found by audit verify or changes no answer") {
    const Scratch scratch;
    const FailedRun made = run_exec(scratch / "ledger", mixed_work("x", 4), {});
    REQUIRE(made.code == 0);
    const History history = read_history(scratch / "ledger", made.answers);
    const auto whole = octets_in(scratch / "ledger/log/data.mdb");
    const auto flips = flips_in(whole);
    REQUIRE(flips.size() > 5'000);
    const unsigned count = workers();
    const Total total = run_workers(count, [&](unsigned number, Report& report) {
        const auto mine = scratch.path() / std::to_string(number);
        std::filesystem::copy(scratch / "ledger", mine, std::filesystem::copy_options::recursive);
        const auto file = mine / "log" / "data.mdb";
        const Verifier verifier(mine, history);
        report.counts[next] = number;
        while (report.counts[next] < flips.size() && !report.failed) {
            const pid_t child = ::fork();
            if (child < 0) throw std::runtime_error("cannot fork");
            if (child == 0) {
                std::freopen("/dev/null", "w", stderr);
                try_flips(flips, whole, verifier, file, count, report);
                ::_exit(0);
            }
            int status = 0;
            while (::waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
            if (WIFEXITED(status) && WEXITSTATUS(status) == 0) break;
            if (!WIFEXITED(status) || WEXITSTATUS(status) != kFoundByGuard)
                report.fail(WIFSIGNALED(status) ? "signal " + std::to_string(WTERMSIG(status))
                                                : "it crashed");
            report.count(by_guard);
            const auto [at, bit] = flips[report.counts[next]];
            put_octet(file, at, whole[at]);
            report.counts[next] += count;
        }
        std::filesystem::remove_all(mine);
    });
    INFO(total.complaint);
    CHECK(total.complaint.empty());
    CHECK(total.counts[harmless] + total.counts[found] + total.counts[by_guard] == flips.size());
    // Of the whole file much is free: found are fewer than among the bits that are taken otherwise.
    CHECK(total.counts[found] > flips.size() / 8);
    std::printf(
        "flipped bits: %zu of the %zu in the file, %llu found, %llu ended by the guard, %llu changed no "
        "answer\n",
        flips.size(), whole.size() * 8, static_cast<unsigned long long>(total.counts[found]),
        static_cast<unsigned long long>(total.counts[by_guard]),
        static_cast<unsigned long long>(total.counts[harmless]));
}

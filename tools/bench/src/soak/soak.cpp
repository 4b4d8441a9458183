#include <certledger/projections/views.hpp>
#include <certledger/store/lmdb/lmdb_store.hpp>
#include <certledger/tools/bench/soak.hpp>
#include <thread>

#include "measure/process.hpp"
#include "measure/sheet.hpp"
#include "soak/checks.hpp"
#include "soak/commander.hpp"
#include "soak/victim.hpp"

namespace certledger::bench {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

/// Runs the work on a thread of its own; what it throws is a fault.
class Worker {
  public:
    template <class Work>
    Worker(SoakRun& run, const char* name, Work work) {
        thread_ = std::thread([&run, name, work = std::move(work)]() mutable {
            try {
                work();
            } catch (const std::exception& why) {
                run.fault(std::string(name) + ": " + why.what());
            }
        });
    }
    Worker(Worker&&) = default;
    ~Worker() {
        if (thread_.joinable()) thread_.join();
    }

  private:
    std::thread thread_;
};

class Soak {
  public:
    Soak(const SoakOptions& options, engine::Ledger& ledger, SoakRun& run)
        : options_(options),
          ledger_(ledger),
          run_(run),
          views_(*sure(ledger.views())),
          store_(ledger.store()),
          log_(*ledger.folder_log()),
          path_(ledger.info().path) {}

    std::vector<SoakSample> run() {
        std::vector<SoakSample> samples;
        {
            std::vector<Worker> workers;
            // Goes before the workers, who are waited for then.
            const Ending ending{run_};
            workers.emplace_back(run_, "commands", [this] { command(); });
            workers.emplace_back(run_, "questions", [this] { ask(); });
            workers.emplace_back(run_, "projector", [this] { project(); });
            workers.emplace_back(run_, "rebuilds", [this] { rebuild(); });
            workers.emplace_back(run_, "slow reader", [this] { read_slowly(); });
            workers.emplace_back(run_, "second process", [this] {
                run_victim(run_, options_.program.empty() ? own_program() : options_.program, path_,
                           options_.seed + 1);
            });
            watch(samples);
        }
        return samples;
    }

  private:
    struct Ending {
        SoakRun& run;
        ~Ending() { run.end(); }
    };

    void watch(std::vector<SoakSample>& samples) {
        const auto begun = Clock::now();
        const auto whole = static_cast<double>(options_.seconds);
        const auto pause = milliseconds(std::max<std::uint64_t>(100, options_.seconds * 1'000 / 200));
        for (double now = 0; now < whole && !run_.over_within(pause); now = seconds_since(begun)) {
            samples.push_back(sample(now));
            if (options_.progress) options_.progress(static_cast<std::uint64_t>(now), options_.seconds);
        }
        samples.push_back(sample(seconds_since(begun)));
    }

    [[nodiscard]] SoakSample sample(double now) const {
        SoakSample taken;
        taken.second = now;
        taken.memory = own_memory();
        taken.events = store_.head().position;
        const auto stats = sure(log_.stats());
        const auto index = sure(log_.index_stats());
        taken.log_octets = stats.pages * stats.page_size;
        taken.index_octets = index.file.pages * index.file.page_size;
        std::error_code none;
        const auto views = fs::file_size(fs::path(path_) / "views" / "views.mdb", none);
        taken.views_octets = none ? 0 : views;
        return taken;
    }

    void command() {
        Commander commander(ledger_, run_, options_.seed);
        while (!run_.over_within(milliseconds(50))) commander.step();
    }

    void ask() {
        Random random(options_.seed + 2);
        const events::AccountId account{"default"};
        while (!run_.over_within(milliseconds(10))) {
            const auto now = store_.head();
            const projections::QueryPoint point{now.recorded_at, std::nullopt, std::nullopt};
            {
                const auto moment = sure(views_.moment(point));
                projections::ListQuery query;
                query.limit = 50;
                query.descending = true;
                const auto page = sure(moment.list(account, query));
                static_cast<void>(moment.counts(account, true));
                static_cast<void>(moment.watch(account));
                if (!page.items.empty()) {
                    const auto& id = page.items[random.below(page.items.size())].certificate;
                    if (!moment.progress(account, id)) run_.fault("a listed certificate has no progress");
                    look_back(account, id, now, random);
                }
            }
            run_.count("questions");
        }
    }

    void look_back(const events::AccountId& account, const events::CertificateId& id, const store::Head& now,
                   Random& random) {
        projections::QueryPoint past{now.recorded_at, projections::AsOf{1 + random.below(now.position)},
                                     std::nullopt};
        static_cast<void>(sure(views_.moment_of(past, id)).progress(account, id));
        past.as_of = projections::AsOf{now.position - std::min<store::Position>(now.position - 1, 500)};
        static_cast<void>(sure(views_.moment(past)).counts(account, false));
        run_.count("questions about the past", 2);
    }

    void project() {
        while (!run_.over_within(milliseconds(100))) static_cast<void>(sure(views_.catch_up()));
    }

    void rebuild() {
        const auto pause = milliseconds(std::max<std::uint64_t>(1'500, options_.seconds * 1'000 / 60));
        while (!run_.over_within(pause)) {
            static_cast<void>(sure(views_.rebuild()));
            run_.count("rebuilds");
        }
    }

    /// Reads the log from its beginning and takes its time, with a snapshot of the views in its hand.
    void read_slowly() {
        while (!run_.over_within(milliseconds(50))) {
            const auto held = sure(views_.moment({store_.head().recorded_at, std::nullopt, std::nullopt}));
            store::Position expected = 1;
            bool in_order = true;
            sure(store_.read_all(1, store_.head().position, [&](const events::RecordView& record, auto) {
                in_order = in_order && record.position == expected++;
                return expected % 1'000 != 0 || !run_.over_within(milliseconds(30));
            }));
            if (!in_order) run_.fault("the log gave a record out of order");
            run_.count("slow readings");
        }
    }

    const SoakOptions& options_;
    engine::Ledger& ledger_;
    SoakRun& run_;
    projections::Views& views_;
    // The ledger itself is the commanding thread's.
    const store::EventStore& store_;
    const store::lmdb::LmdbStore& log_;
    const std::string path_;
};

SoakReport run_soak(const SoakOptions& options) {
    const fs::path folder(options.dir);
    std::error_code why;
    fs::create_directories(folder, why);
    if (why) throw Failure({ErrorKind::outside, options.dir + ": " + why.message()});
    if (!fs::is_empty(folder, why))
        throw Failure({ErrorKind::invalid_input, options.dir + ": the folder must be empty or not there"});
    SoakReport report;
    SoakRun run(folder / "answers");
    auto ledger = sure(engine::Ledger::create((folder / "ledger").string(), {}));
    ledger.keep_with(evidence::make_keeper(ledger));
    report.samples = Soak(options, ledger, run).run();
    report.faults = run.faults();
    const auto answers = check_answers(ledger.store(), run.close_answers(), report.faults);
    check_ledger(ledger, report.faults);
    check_growth(report.samples, report.faults);
    sure(ledger.close());
    for (const auto& [what, count] : run.counts()) report.counts.emplace_back(what, count);
    report.counts.emplace_back("events", ledger.store().head().position);
    report.counts.emplace_back("answered events found again", answers);
    return report;
}

}  // namespace

Result<SoakReport> soak(const SoakOptions& options) {
    try {
        return run_soak(options);
    } catch (const Failure& failure) {
        return tl::make_unexpected(failure.error());
    }
}

}  // namespace certledger::bench

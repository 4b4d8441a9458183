#include <unistd.h>
#include <algorithm>
#include <certledger/events/instant.hpp>
#include <certledger/tools/bench/generate.hpp>
#include <certledger/tools/engine/ledger.hpp>
#include <certledger/tools/version.hpp>
#include <ctime>

#include "benches/benches.hpp"
#include "measure/sheet.hpp"

namespace certledger::bench {
namespace {

namespace fs = std::filesystem;

struct Known {
    Bench bench;
    Section (*measure)(const Bed&);
    bool by_size = false;  ///< Should give the same figures on a ledger of any size.
};

constexpr Known kKnown[] = {
    {{"append", "Durable appends in batches, against raw LMDB and SQLite"}, &bench_append},
    {{"group", "Single events, many in flight"}, &bench_group},
    {{"replay", "The log read again: fold, legality, leaf hashes"}, &bench_replay},
    {{"verify", "What audit verify costs"}, &bench_verify},
    {{"views", "Views rebuilt and kept up"}, &bench_views, true},
    {{"query", "Questions in process"}, &bench_query, true},
    {{"archive", "serialize() against Boost's binary archives"}, &bench_archive},
    {{"machine", "The lifecycle machine and its table"}, &bench_machine},
    {{"startup", "Wall time of short commands"}, &bench_startup, true},
};

/// The folder to work in; one that was made up goes with this.
class WorkFolder {
  public:
    explicit WorkFolder(const std::string& wanted) {
        std::error_code why;
        if (!wanted.empty()) {
            path_ = wanted;
            fs::create_directories(path_, why);
            if (why) throw Failure({ErrorKind::outside, wanted + ": " + why.message()});
            return;
        }
        std::string made = (fs::current_path(why) / "certledger-bench-XXXXXX").string();
        if (::mkdtemp(made.data()) == nullptr)
            throw Failure({ErrorKind::outside, "no folder can be made here; --dir names another place"});
        path_ = made;
        goes_ = true;
    }
    WorkFolder(const WorkFolder&) = delete;
    WorkFolder& operator=(const WorkFolder&) = delete;
    ~WorkFolder() {
        std::error_code ignored;
        if (goes_) fs::remove_all(path_, ignored);
    }
    [[nodiscard]] const fs::path& path() const { return path_; }

  private:
    fs::path path_;
    bool goes_ = false;
};

std::string now_text() {
    return events::to_string(events::Instant::from_seconds(static_cast<std::int64_t>(std::time(nullptr))));
}

std::vector<const Known*> chosen(const std::vector<std::string>& names) {
    std::vector<const Known*> found;
    for (const auto& name : names) {
        bool any = false;
        for (const Known& known : kKnown) {
            if (name != "all" && name != known.bench.name) continue;
            found.push_back(&known);
            any = true;
        }
        if (!any) throw Failure({ErrorKind::invalid_input, "there is no bench " + name});
    }
    return found;
}

constexpr std::size_t kRoundsOfLarge = 3;

/// Sections that bear the size in their names.
void measure_at(std::uint64_t certificates, const std::vector<const Known*>& wanted, const Options& options,
                const fs::path& folder, Report& report) {
    Options larger = options;
    larger.certificates = certificates;
    larger.rounds = std::min(options.rounds, kRoundsOfLarge);
    const Bed bed{larger, folder};
    for (const Known* known : wanted) {
        if (!known->by_size) continue;
        bed.say(std::string(known->bench.name) + " at " + std::to_string(certificates));
        Section section = known->measure(bed);
        section.name += "-" + std::to_string(certificates);
        section.title += ", " + std::to_string(certificates) + " certificates";
        report.sections.push_back(std::move(section));
    }
}

}  // namespace

Bed::Scratch::Scratch(fs::path path) : path_(std::move(path)) {
    std::error_code why;
    fs::remove_all(path_, why);
    fs::create_directories(path_, why);
    if (why) throw Failure({ErrorKind::outside, path_.string() + ": " + why.message()});
}

Bed::Scratch::~Scratch() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
}

fs::path Bed::ledger() const {
    const fs::path path =
        folder / ("ledger-" + std::to_string(options.certificates) + "-" + std::to_string(options.seed));
    if (engine::Ledger::exists(path.string())) return path;
    // Under another name until it is whole: a run that was interrupted leaves nothing that is taken for it.
    const fs::path half = path.string() + ".part";
    std::error_code why;
    fs::remove_all(half, why);
    GenerateOptions made;
    made.folder = half.string();
    made.certificates = options.certificates;
    made.seed = options.seed;
    made.progress = [this](std::uint64_t done, std::uint64_t whole) {
        say("ledger: " + std::to_string(done) + " of " + std::to_string(whole) + " certificates");
    };
    static_cast<void>(sure(generate(made)));
    fs::rename(half, path, why);
    if (why) throw Failure({ErrorKind::outside, path.string() + ": " + why.message()});
    return path;
}

const std::vector<Bench>& benches() {
    static const std::vector<Bench> all = [] {
        std::vector<Bench> list;
        for (const Known& known : kKnown) list.push_back(known.bench);
        return list;
    }();
    return all;
}

Result<Report> run(const std::vector<std::string>& names, const Options& options) {
    try {
        const auto wanted = chosen(names);
        const WorkFolder folder(options.dir);
        const Bed bed{options, folder.path()};
        Report report;
        report.machine = this_machine(folder.path().string());
        report.version = tools::version();
        report.commit = tools::commit();
        report.command = options.command;
        report.measured_at = now_text();
        for (const Known* known : wanted) {
            bed.say(known->bench.name);
            report.sections.push_back(known->measure(bed));
        }
        for (const auto size : options.also_at) measure_at(size, wanted, options, folder.path(), report);
        return report;
    } catch (const Failure& failure) {
        return tl::make_unexpected(failure.error());
    }
}

}  // namespace certledger::bench

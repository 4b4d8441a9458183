#include "doctor_files.hpp"

#include <certledger/store/lmdb/environment.hpp>
#include <cstdio>

namespace certledger::evidence {
namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t kMiB = std::uint64_t{1} << 20U;
constexpr std::uint64_t kLittleSpace = 1'024 * kMiB;
constexpr std::uint64_t kNoSpace = 64 * kMiB;
/// Below this, free pages are not worth a word.
constexpr std::uint64_t kMuchFree = 64 * kMiB;
constexpr std::uint64_t kManyReaders = 400;

bool open_to_others(const fs::directory_entry& entry) {
    std::error_code fault;
    const fs::perms mode = entry.symlink_status(fault).permissions();
    return !fault && (mode & (fs::perms::group_all | fs::perms::others_all)) != fs::perms::none;
}

/// Whether it can be read.
bool examine_database(const fs::path& ledger, const fs::path& file, DoctorReport& report) {
    const std::string name = fs::relative(file, ledger).string();
    const auto environment =
        store::lmdb::Environment::open({.file = file, .create = false, .read_only = true});
    const auto stats = environment ? (*environment)->stats() : tl::make_unexpected(environment.error());
    if (!stats) {
        report.findings.push_back({"database", Weight::fault, name + ": " + stats.error().message,
                                   name.starts_with("views")
                                       ? "certledger views rebuild"
                                       : "restore the newest backup beside it and compare"});
        return false;
    }
    const std::uint64_t used = (stats->pages - std::min(stats->pages, stats->free_pages)) * stats->page_size;
    const std::uint64_t unused = stats->free_pages * stats->page_size;
    const bool wasteful = unused > kMuchFree && unused > used;
    report.findings.push_back({"free-pages", wasteful ? Weight::note : Weight::good,
                               name + ": " + shown_size(used) + " in use, " +
                                   std::to_string(stats->free_pages) + " pages (" + shown_size(unused) +
                                   ") free for the next commits",
                               !wasteful                   ? ""
                               : name.starts_with("views") ? "certledger views rebuild makes them small again"
                                                           : "backup and restore make a compact copy"});
    const bool tight = stats->map_size < stats->pages * stats->page_size + kMiB;
    report.findings.push_back({"map-size", tight ? Weight::note : Weight::good,
                               name + ": address space of " + shown_size(stats->map_size) +
                                   " for a file of " + shown_size(stats->file_size),
                               tight ? "nothing: the next write makes it larger" : ""});
    const bool crowded = stats->readers > kManyReaders;
    report.findings.push_back(
        {"readers", crowded ? Weight::warning : Weight::good,
         name + ": " + std::to_string(stats->readers) +
             " reader slots in use; those of dead processes were given back",
         crowded ? "find processes that hang and end them: a held snapshot lets the file grow" : ""});
    return true;
}

}  // namespace

std::string shown_size(std::uint64_t octets) {
    static constexpr std::array units{"octets", "KiB", "MiB", "GiB", "TiB"};
    constexpr double kStep = 1'024.0;
    auto value = static_cast<double>(octets);
    std::size_t unit = 0;
    while (value >= kStep && unit + 1 < units.size()) {
        value /= kStep;
        ++unit;
    }
    char text[64];
    std::snprintf(text, sizeof text, unit == 0 ? "%.0f %s" : "%.1f %s", value, units[unit]);
    return text;
}

void examine_modes(const fs::path& ledger, DoctorReport& report) {
    std::string open_ones;
    std::size_t count = 0;
    const auto look = [&](const fs::directory_entry& entry) {
        if (!open_to_others(entry)) return;
        constexpr std::size_t kShown = 5;
        if (++count <= kShown) open_ones += (open_ones.empty() ? "" : ", ") + entry.path().string();
    };
    std::error_code fault;
    look(fs::directory_entry(ledger, fault));
    for (auto at = fs::recursive_directory_iterator(ledger, fault);
         !fault && at != fs::recursive_directory_iterator(); at.increment(fault)) {
        look(*at);
    }
    if (fault) {
        report.findings.push_back({"file-modes", Weight::fault, ledger.string() + ": " + fault.message(),
                                   "run as the ledger's owner"});
    } else if (count > 0) {
        report.findings.push_back(
            {"file-modes", Weight::warning,
             std::to_string(count) + " files or folders are open to other users: " + open_ones,
             "chmod -R go-rwx " + ledger.string()});
    } else {
        report.findings.push_back({"file-modes", Weight::good, "only the owner can read the ledger", ""});
    }
}

void examine_disk(const fs::path& ledger, DoctorReport& report) {
    std::error_code fault;
    const fs::space_info space = fs::space(ledger, fault);
    if (fault) {
        report.findings.push_back({"disk-space", Weight::fault, fault.message(), ""});
        return;
    }
    const Weight weight = space.available < kNoSpace       ? Weight::fault
                          : space.available < kLittleSpace ? Weight::warning
                                                           : Weight::good;
    report.findings.push_back(
        {"disk-space", weight, shown_size(space.available) + " free",
         weight == Weight::good ? "" : "make room: a full disk refuses commands, it loses none"});
}

bool examine_databases(const fs::path& folder, DoctorReport& report) {
    std::vector<fs::path> files;
    std::error_code fault;
    for (auto at = fs::directory_iterator(folder, fault); !fault && at != fs::directory_iterator();
         at.increment(fault)) {
        if (at->path().extension() == ".mdb" && at->is_regular_file(fault)) files.push_back(at->path());
    }
    std::sort(files.begin(), files.end());
    bool sound = true;
    for (const fs::path& file : files) sound = examine_database(folder.parent_path(), file, report) && sound;
    return sound;
}

}  // namespace certledger::evidence

#include "paper/reach.hpp"

#include <algorithm>

namespace certledger::bench {
namespace {

enum class Better { more, less };

/// `needed` or `aim` 0: there is none.
struct Goal {
    const char* what;
    const char* section;
    const char* name;
    const char* unit;
    Better better;
    double needed;
    double aim;
    const char* between;
    std::uint64_t most_events = 0;  ///< Asked of a log of no more; 0: of the largest that was measured.
    /// Of the same section; and what it was on the machine for which the goals were set. Nothing: not known.
    const char* limit = nullptr;
    double limit_then = 0;
};

/// What was asked for a log of ten million events is asked of one of about as many.
constexpr std::uint64_t kTenMillionOrSo = 20'000'000;

constexpr const char* kAppendCost =
    "The engine checks versions, encodes each record with its checksum, hashes it as a leaf and moves the "
    "tree's "
    "right edge; the raw commit only copies octets that are ready.";
constexpr const char* kUnhashedCost =
    "The time of the leaf hashes is taken off; what is left is encoding, the table of streams and the "
    "commit.";
constexpr const char* kIndexCost =
    "The index in the commit dirties a page for nearly every event; the engine writes its stream index in "
    "sorted runs "
    "behind the log.";
constexpr const char* kGroupCost =
    "A commit is one flush of the disk, where raw LMDB has two; before and after it the processor checks, "
    "encodes, hashes and answers, and the disk idles. Now and then a flush meets the zeros that are written "
    "ahead. Raw LMDB with as many ready events in each commit, and nobody who waits for an answer, stands "
    "beside it.";
constexpr const char* kOneCost =
    "One flush is most of the time. Bare LMDB flushes twice; the engine writes its pages and the commit once "
    "more, and takes some 50 us of the processor: after a wait for the disk a profile shows the time "
    "wherever "
    "code and memory are touched first. SQLite's WAL writes one place of its file, LMDB some five.";
constexpr const char* kFoldCost =
    "A bare scan adds up words; here the stream of each record is looked up and its event judged.";
constexpr const char* kHashCost = "SHA-256 over every record is most of the time.";
constexpr const char* kViewsCost =
    "Records are decoded, folded and written with every index that the lists need, some fourteen entries a "
    "certificate: raw LMDB puts of the same entries, ready and in order, stand beside it. A log that "
    "does not fit into memory is read from the disk several times.";
constexpr const char* kQueryCost =
    "Besides the read: a snapshot, and the card's fields found where they lie. Two walks through trees of "
    "many pages wait for memory that is in no cache, as the bare read does.";
constexpr const char* kPageCost =
    "An entry of the index holds all that a page shows, some 300 octets, and its fields are read where they "
    "lie; most of the time goes for memory that is in no cache.";
constexpr const char* kStreamCost =
    "The records of a stream stand apart in the log, each on a page of its own that is found by a walk "
    "through the "
    "tree of commits, or read from the disk where the log does not fit into memory; each is checked and "
    "decoded.";
constexpr const char* kSizeCost =
    "A record's envelope is in both; what is added are directories and page remainders.";
constexpr const char* kAllSizeCost =
    "Each row is stored once and named by its indexes; every one of them takes room.";
constexpr const char* kStartCost =
    "The program is started, linked and given its libraries before the ledger is opened.";
constexpr const char* kArchiveCost =
    "A stock archive is built for each event and goes through a stream buffer; this one reads where the "
    "octets lie.";

constexpr Goal kGoals[] = {
    {"durable append, batch 100, share of raw LMDB, hashing included", "append", "share_100", "times",
     Better::more, 0.60, 0.80, kAppendCost},
    {"the same, batch 1000", "append", "share_1000", "times", Better::more, 0.60, 0.80, kAppendCost},
    {"durable append, batch 100, share of raw LMDB, without hashing", "append", "share_unhashed_100", "times",
     Better::more, 0.85, 0.95, kUnhashedCost},
    {"the same, batch 1000", "append", "share_unhashed_1000", "times", Better::more, 0.85, 0.95,
     kUnhashedCost},
    {"against LMDB with a (stream, version) index in the commit, batch 100", "append", "over_index_100",
     "times", Better::more, 8, 11, kIndexCost},
    {"the same, batch 1000", "append", "over_index_1000", "times", Better::more, 8, 11, kIndexCost},
    {"group commit, 256 in flight", "group", "group_256", "events/s", Better::more, 0.7e6, 1.3e6, kGroupCost,
     0, "raw_256", 1.32e6},
    {"the same, p99", "group", "group_256_p99", "us", Better::less, 500, 260, kGroupCost, 0, "raw_256_p99",
     257},
    {"one in flight, share of raw LMDB", "append", "share_1", "times", Better::more, 0.90, 0, kOneCost},
    {"one in flight, against SQLite WAL", "append", "over_sqlite_1", "times", Better::more, 0, 1.3, kOneCost},
    {"against SQLite WAL+FULL, batch 1000", "append", "over_sqlite_1000", "times", Better::more, 10, 20,
     kAppendCost},
    {"replay, fold, legality and version, a core", "replay", "fold", "events/s", Better::more, 6e6, 12e6,
     kFoldCost, 0, "scan_1", 28.7e6},
    {"the same with every leaf hashed, all cores", "replay", "fold_hashed_all_cores", "events/s",
     Better::more, 3e6, 5e6, kHashCost, 0, "scan_2", 54.0e6},
    {"list, progress and refunds rebuilt durably", "views", "rebuild", "events/s", Better::more, 4e6, 9e6,
     kViewsCost, kTenMillionOrSo},
    {"point query, p99", "query", "point_p99", "us", Better::less, 10, 3, kQueryCost, 0, "raw_get_p99", 2.95},
    {"page of 50, p99", "query", "page_p99", "us", Better::less, 20, 4, kPageCost, 0, "raw_page_p99", 4.02},
    {"one stream loaded and folded, p99", "query", "stream_p99", "us", Better::less, 40, 20, kStreamCost,
     kTenMillionOrSo},
    {"octets on disk: log, of the raw records", "views", "log_size", "times", Better::less, 1.10, 1.01,
     kSizeCost, kTenMillionOrSo},
    {"octets on disk: log, index and views", "views", "all_size", "times", Better::less, 1.6, 1.35,
     kAllSizeCost, kTenMillionOrSo},
    {"certledger cert show, wall", "startup", "show", "ms", Better::less, 10, 2, kStartCost},
    {"decode through serialize() against a stock binary_iarchive", "archive", "issued_decode_times", "times",
     Better::more, 10, 25, kArchiveCost},
};

/// A size that a section was measured at; 0: it names none so.
std::uint64_t size_of(const Section& section, std::string_view name) {
    const auto size = std::find_if(section.sizes.begin(), section.sizes.end(),
                                   [&](const auto& one) { return one.first == name; });
    return size == section.sizes.end() ? 0 : size->second;
}

/// The wish about the index is a larger one on a large log.
Goal for_size(Goal goal, const Section& section) {
    if (std::string_view(goal.name).starts_with("over_index_") &&
        size_of(section, "events_before") >= 9'000'000) {
        goal.needed = 20;
        goal.aim = 40;
    }
    return goal;
}

/// The section of the largest ledger that the goal is about; it stands last.
const Section* section_for(const Report& report, const Goal& goal) {
    const std::string_view name = goal.section;
    const Section* found = nullptr;
    for (const auto& section : report.sections) {
        if (section.name != name && !section.name.starts_with(std::string(name) + "-")) continue;
        if (goal.most_events == 0 || size_of(section, "events") <= goal.most_events) found = &section;
    }
    return found;
}

std::optional<double> value_of(const Section& section, const char* name) {
    if (const auto* figure = section.figure(name)) return figure->value.median;
    if (const auto* ratio = section.ratio(name)) return ratio->value.median;
    return std::nullopt;
}

std::string with_unit(double value, const Goal& goal) {
    if (value == 0) return "";
    return readable(value) + " " + goal.unit;
}

std::string verdict_of(double value, const Goal& goal) {
    const auto meets = [&](double wanted) {
        return goal.better == Better::more ? value >= wanted : value <= wanted;
    };
    if (goal.aim != 0 && meets(goal.aim)) return "aim reached";
    if (goal.needed == 0) return "short of the aim";
    return meets(goal.needed) ? "enough" : "missed";
}

/// The limit then and now, and what part of it was asked for and measured.
Reach::Limit limit_of(const Goal& goal, double measured, const Section& section) {
    const auto now = goal.limit != nullptr ? value_of(section, goal.limit) : std::nullopt;
    if (!now) return {};
    const auto part = [](double figure, double limit) { return readable(figure / limit) + " times"; };
    return {with_unit(goal.limit_then, goal), part(goal.needed, goal.limit_then), with_unit(*now, goal),
            part(measured, *now)};
}

/// A goal with what the report says of it.
struct Found {
    Goal goal;
    const Section* section = nullptr;
    std::optional<double> value;
};

std::vector<Found> look_up(const Report& report) {
    std::vector<Found> all;
    for (const Goal& stated : kGoals) {
        const Section* section = section_for(report, stated);
        if (section == nullptr) {
            all.push_back({stated, nullptr, std::nullopt});
        } else {
            all.push_back({for_size(stated, *section), section, value_of(*section, stated.name)});
        }
    }
    return all;
}

std::optional<double> if_set(double wish) { return wish == 0 ? std::nullopt : std::optional(wish); }

}  // namespace

std::vector<Row> rows_of(const Report& report) {
    std::vector<Row> rows;
    for (const auto& [goal, section, value] : look_up(report)) {
        if (!value) continue;
        Row row;
        row.metric = std::string(goal.section) + "." + goal.name;
        row.value = *value;
        row.unit = goal.unit;
        if (goal.limit != nullptr) row.limit = value_of(*section, goal.limit);
        if (row.limit) row.ratio = *value / *row.limit;
        if (section->ratio(goal.name) != nullptr) row.ratio = *value;
        row.needed = if_set(goal.needed);
        row.aim = if_set(goal.aim);
        row.more_is_better = goal.better == Better::more;
        rows.push_back(std::move(row));
    }
    return rows;
}

std::vector<Reach> reach_of(const Report& report) {
    std::vector<Reach> all;
    for (const auto& [goal, section, value] : look_up(report)) {
        Reach reach{goal.what,
                    with_unit(goal.needed, goal),
                    with_unit(goal.aim, goal),
                    "not measured",
                    "",
                    goal.between,
                    {}};
        if (value) {
            reach.measured = with_unit(*value, goal);
            reach.verdict = verdict_of(*value, goal);
            reach.limit = limit_of(goal, *value, *section);
        }
        all.push_back(std::move(reach));
    }
    return all;
}

}  // namespace certledger::bench

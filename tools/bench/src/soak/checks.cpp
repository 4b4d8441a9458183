#include "soak/checks.hpp"

#include <algorithm>
#include <certledger/events/envelope.hpp>
#include <certledger/tools/audit/verify.hpp>
#include <fstream>

#include "measure/sheet.hpp"

namespace certledger::bench {
namespace {

constexpr double kMebibyte = 1'024.0 * 1'024.0;
/// A file grows in steps, and memory is given back late.
constexpr double kSlack = 64 * kMebibyte;
/// What the caches come to, and how many events it takes until they are full: an hour's run had 183 MB at
/// 134,000 events, and 187 MB at its end.
constexpr double kCaches = 160 * kMebibyte;
constexpr std::uint64_t kEventsInCaches = 150'000;

std::string mebibytes(double octets) { return readable(octets / kMebibyte) + " MiB"; }

/// Median of a field over the samples between two parts of the run.
template <class Field>
double median_between(const std::vector<SoakSample>& samples, double from, double to, Field field) {
    std::vector<double> values;
    const double whole = samples.back().second;
    for (const auto& sample : samples) {
        if (sample.second >= whole * from && sample.second <= whole * to)
            values.push_back(static_cast<double>(sample.*field));
    }
    if (values.empty()) return 0;
    return percentile(values, 0.5);
}

void check_file(const std::vector<SoakSample>& samples, const char* name, std::uint64_t SoakSample::*field,
                std::vector<std::string>& faults) {
    const auto& early = samples[samples.size() / 4];
    const auto& late = samples.back();
    if (early.events == 0) return;
    const double an_event = static_cast<double>(early.*field) / static_cast<double>(early.events);
    const double allowed = 1.5 * an_event * static_cast<double>(late.events) + kSlack;
    if (static_cast<double>(late.*field) <= allowed) return;
    faults.push_back(std::string(name) + " grew to " + mebibytes(static_cast<double>(late.*field)) +
                     " with the log's events, must be at most " + mebibytes(allowed));
}

}  // namespace

std::uint64_t check_answers(const store::EventStore& log, const std::filesystem::path& answers,
                            std::vector<std::string>& faults) {
    std::ifstream in(answers);
    std::uint64_t position = 0;
    std::uint64_t version = 0;
    std::string stream;
    std::uint64_t count = 0;
    std::uint64_t lost = 0;
    while (in >> position >> version >> stream) {
        ++count;
        const auto octets = log.record(position);
        const auto record = octets ? events::read_record(*octets) : tl::make_unexpected(octets.error());
        const bool there = record && record->stream == stream && record->version == version;
        if (there || ++lost > 1) continue;
        faults.push_back("lost: position " + std::to_string(position) + " was answered as version " +
                         std::to_string(version) + " of " + stream);
    }
    if (lost > 1) faults.push_back("lost: " + std::to_string(lost) + " answered events in all");
    return count;
}

void check_growth(const std::vector<SoakSample>& samples, std::vector<std::string>& faults) {
    if (samples.size() < 8) {
        faults.emplace_back("too few samples to tell whether memory is flat");
        return;
    }
    const double early = median_between(samples, 0.25, 0.5, &SoakSample::memory);
    const double late = median_between(samples, 0.75, 1.0, &SoakSample::memory);
    const bool filling = samples[samples.size() / 4].events < kEventsInCaches;
    if (late > 1.25 * early + (filling ? kCaches : kSlack))
        faults.push_back("memory went from " + mebibytes(early) + " to " + mebibytes(late));
    check_file(samples, "the log", &SoakSample::log_octets, faults);
    check_file(samples, "the stream index", &SoakSample::index_octets, faults);
    check_file(samples, "the views", &SoakSample::views_octets, faults);
}

void check_ledger(engine::Ledger& ledger, std::vector<std::string>& faults) {
    const auto report = audit::verify(ledger);
    if (!report) {
        faults.push_back("audit verify: " + report.error().message);
        return;
    }
    for (const auto& finding : report->findings) {
        faults.push_back("audit verify, position " + std::to_string(finding.position) + ": " +
                         finding.message);
        if (faults.size() > 20) break;
    }
}

}  // namespace certledger::bench

#include "measure/sheet.hpp"

#include <algorithm>
#include <certledger/events/contract.hpp>
#include <cmath>

namespace certledger::bench {

double percentile(std::vector<double>& samples, double share) {
    CERTLEDGER_CHECK(!samples.empty());
    const auto last = static_cast<double>(samples.size() - 1);
    const auto place = static_cast<std::ptrdiff_t>(std::lround(last * share));
    std::nth_element(samples.begin(), samples.begin() + place, samples.end());
    return samples[static_cast<std::size_t>(place)];
}

Spread spread_of(std::vector<double> samples) {
    Spread spread;
    spread.rounds = samples.size();
    if (samples.empty()) return spread;
    std::sort(samples.begin(), samples.end());
    const std::size_t middle = samples.size() / 2;
    spread.median = samples.size() % 2 == 1 ? samples[middle] : (samples[middle - 1] + samples[middle]) / 2;
    spread.low = samples.front();
    spread.high = samples.back();
    return spread;
}

Sheet::Sheet(std::string name, std::string title) {
    section_.name = std::move(name);
    section_.title = std::move(title);
}

void Sheet::figure(const std::string& name, const std::string& label, const std::string& unit) {
    section_.figures.push_back({name, label, unit, false, {}});
}

void Sheet::limit(const std::string& name, const std::string& label, const std::string& unit) {
    section_.figures.push_back({name, label, unit, true, {}});
}

void Sheet::sample(const std::string& name, double value) {
    CERTLEDGER_CHECK(section_.figure(name) != nullptr);
    samples_[name].push_back(value);
}

void Sheet::ratio(const std::string& name, const std::string& label, const std::string& of,
                  const std::string& to) {
    section_.ratios.push_back({name, label, of, to, {}});
}

Section Sheet::section() const {
    Section made = section_;
    made.figures.clear();
    for (Figure figure : section_.figures) {
        const auto found = samples_.find(figure.name);
        if (found == samples_.end()) continue;
        figure.value = spread_of(found->second);
        made.figures.push_back(std::move(figure));
    }
    made.ratios.clear();
    for (Ratio ratio : section_.ratios) {
        const auto of = samples_.find(ratio.of);
        const auto to = samples_.find(ratio.to);
        if (of == samples_.end() || to == samples_.end()) continue;
        std::vector<double> quotients;
        for (std::size_t i = 0; i < std::min(of->second.size(), to->second.size()); ++i) {
            if (to->second[i] > 0) quotients.push_back(of->second[i] / to->second[i]);
        }
        ratio.value = spread_of(std::move(quotients));
        if (ratio.value.rounds > 0) made.ratios.push_back(std::move(ratio));
    }
    return made;
}

void declare_latencies(Sheet& sheet, const std::string& name, const std::string& label, bool limit,
                       bool with_p999) {
    const std::pair<const char*, const char*> kinds[] = {
        {"_p50", ", p50"}, {"_p99", ", p99"}, {"_p999", ", p99.9"}};
    for (const auto& [suffix, text] : kinds) {
        if (std::string_view(suffix) == "_p999" && !with_p999) continue;
        if (limit) {
            sheet.limit(name + suffix, label + text, "us");
        } else {
            sheet.figure(name + suffix, label + text, "us");
        }
    }
}

void sample_latencies(Sheet& sheet, const std::string& name, std::vector<double> micros, bool with_p999) {
    if (micros.empty()) return;
    sheet.sample(name + "_p50", percentile(micros, 0.5));
    sheet.sample(name + "_p99", percentile(micros, 0.99));
    if (with_p999) sheet.sample(name + "_p999", percentile(micros, 0.999));
}

}  // namespace certledger::bench

#include <certledger/tools/bench/report.hpp>

#include <algorithm>
#include <certledger/events/json/json.hpp>
#include <cmath>
#include <cstdio>

#include "paper/reach.hpp"

namespace certledger::bench {
namespace {

using events::json::OrderedJson;

template <class T>
const T* by_name(const std::vector<T>& all, const std::string& name) {
    const auto found = std::find_if(all.begin(), all.end(), [&](const T& one) { return one.name == name; });
    return found == all.end() ? nullptr : &*found;
}

OrderedJson spread_json(const Spread& spread) {
    OrderedJson object;
    object["median"] = spread.median;
    object["low"] = spread.low;
    object["high"] = spread.high;
    object["rounds"] = spread.rounds;
    return object;
}

OrderedJson section_json(const Section& section) {
    OrderedJson object;
    object["bench"] = section.name;
    object["title"] = section.title;
    object["sizes"] = OrderedJson::object();
    for (const auto& [what, count] : section.sizes) object["sizes"][what] = count;
    object["figures"] = OrderedJson::array();
    for (const auto& figure : section.figures) {
        OrderedJson entry;
        entry["name"] = figure.name;
        entry["label"] = figure.label;
        entry["unit"] = figure.unit;
        entry["limit"] = figure.limit;
        entry.update(spread_json(figure.value));
        object["figures"].push_back(std::move(entry));
    }
    object["ratios"] = OrderedJson::array();
    for (const auto& ratio : section.ratios) {
        OrderedJson entry;
        entry["name"] = ratio.name;
        entry["label"] = ratio.label;
        entry["of"] = ratio.of;
        entry["to"] = ratio.to;
        entry.update(spread_json(ratio.value));
        object["ratios"].push_back(std::move(entry));
    }
    object["notes"] = section.notes;
    return object;
}

OrderedJson or_null(const std::optional<double>& value) {
    return value ? OrderedJson(*value) : OrderedJson();
}

OrderedJson row_json(const Row& row) {
    OrderedJson object;
    object["metric"] = row.metric;
    object["value"] = row.value;
    object["unit"] = row.unit;
    object["limit"] = or_null(row.limit);
    object["ratio"] = or_null(row.ratio);
    object["needed"] = or_null(row.needed);
    object["aim"] = or_null(row.aim);
    object["better"] = row.more_is_better ? "higher" : "lower";
    return object;
}

}  // namespace

const Figure* Section::figure(const std::string& wanted) const { return by_name(figures, wanted); }
const Ratio* Section::ratio(const std::string& wanted) const { return by_name(ratios, wanted); }
const Section* Report::section(const std::string& wanted) const { return by_name(sections, wanted); }

std::string to_json(const Report& report) {
    OrderedJson document;
    OrderedJson& machine = document["machine"];
    machine["cpu"] = report.machine.cpu;
    machine["cores"] = report.machine.cores;
    machine["memory_octets"] = report.machine.memory_octets;
    machine["kernel"] = report.machine.kernel;
    machine["file_system"] = report.machine.file_system;
    machine["compiler"] = report.machine.compiler;
    document["version"] = report.version;
    document["commit"] = report.commit;
    document["command"] = report.command;
    document["measured_at"] = report.measured_at;
    document["rows"] = OrderedJson::array();
    for (const auto& row : rows_of(report)) document["rows"].push_back(row_json(row));
    document["benches"] = OrderedJson::array();
    for (const auto& section : report.sections) document["benches"].push_back(section_json(section));
    return document.dump(2);
}

std::string readable(double value) {
    const std::pair<double, const char*> steps[] = {{1e9, "G"}, {1e6, "M"}, {1e3, "k"}};
    const double size = std::fabs(value);
    const char* suffix = "";
    for (const auto& [step, text] : steps) {
        // 9,999 stays as it is; 10,000 becomes 10.0k.
        if (size < step * (step == 1e3 ? 10 : 1)) continue;
        value /= step;
        suffix = text;
        break;
    }
    const double shown = std::fabs(value);
    const int digits = shown >= 100 || (suffix[0] == '\0' && value == std::floor(value)) ? 0
                       : shown >= 10                                                     ? 1
                       : shown >= 1                                                      ? 2
                                                                                         : 3;
    char text[48];
    std::snprintf(text, sizeof text, "%.*f%s", digits, value, suffix);
    return text;
}

}  // namespace certledger::bench

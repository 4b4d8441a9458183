#include <certledger/tools/bench/bench.hpp>

#include <filesystem>
#include <fstream>

#include "paper/reach.hpp"
#include "paper/svg.hpp"

namespace certledger::bench {
namespace {

namespace fs = std::filesystem;

std::string row(const std::vector<std::string>& cells) {
    std::string line = "|";
    for (const auto& cell : cells) line += " " + cell + " |";
    return line + "\n";
}

std::string head(const std::vector<std::string>& titles, std::size_t left) {
    std::string rule = "|";
    for (std::size_t i = 0; i < titles.size(); ++i) rule += i < left ? " --- |" : " ---: |";
    return row(titles) + rule + "\n";
}

std::string spread_cell(const Spread& spread) {
    return readable(spread.low) + " to " + readable(spread.high);
}

/// Empty when the report has none of the limits.
std::string limits_table(const std::vector<Reach>& all) {
    std::string rows;
    for (const auto& [what, needed, aim, measured, verdict, between, limit] : all) {
        if (!limit.now.empty()) rows += row({what, limit.then, limit.needed, limit.now, limit.measured});
    }
    if (rows.empty()) return rows;
    return "The figures in seconds were asked for on another machine (2 cores of a Sapphire Rapids Xeon, a "
           "write and flush of 4 KiB in 36 us). This is what part of the limit was asked for there, and what "
           "part of the limit of the same run was measured here; for times less is better.\n\n" +
           head({"", "limit there", "needed, of it", "limit here", "measured, of it"}, 1) + rows + "\n";
}

std::string reach_table(const Report& report) {
    std::string text = "## Reach\n\nWhat was asked for, and what was measured.\n\n";
    text += row({"", "needed", "aim", "measured", "verdict"});
    text += "| --- | ---: | ---: | ---: | --- |\n";
    const auto all = reach_of(report);
    for (const auto& one : all) text += row({one.what, one.needed, one.aim, one.measured, one.verdict});
    text += "\nWhat stands between a figure and its limit:\n\n";
    std::string before;
    for (const auto& one : all) {
        if (one.between == before) continue;
        before = one.between;
        text += "- " + one.what + ": " + one.between + "\n";
    }
    return text + "\n" + limits_table(all);
}

/// The figures of one unit, which a picture can show together.
std::vector<Bar> bars_of(const Section& section, const std::string& unit) {
    std::vector<Bar> bars;
    for (const auto& figure : section.figures) {
        if (figure.unit == unit)
            bars.push_back(
                {figure.label, figure.value.median, figure.value.low, figure.value.high, figure.limit});
    }
    return bars;
}

std::string section_text(const Section& section, bool picture) {
    const std::string bench = section.name.substr(0, section.name.find('-'));
    std::string text = "## " + section.title + "\n\n`certledger bench " + bench + "`";
    std::string between = ": ";
    for (const auto& [what, count] : section.sizes) {
        std::string words = what;
        for (char& c : words) c = c == '_' ? ' ' : c;
        text += between + words + " " + std::to_string(count);
        between = ", ";
    }
    text += ".\n\n";
    if (picture) text += "![" + section.title + "](performance/" + section.name + ".svg)\n\n";
    text += head({"", "median", "low to high", "unit"}, 1);
    for (const auto& figure : section.figures) {
        text += row({figure.limit ? "*" + figure.label + "*" : figure.label, readable(figure.value.median),
                     spread_cell(figure.value), figure.unit});
    }
    text += "\n";
    if (!section.ratios.empty()) {
        text += head({"quotient, round by round", "median", "low to high"}, 1);
        for (const auto& ratio : section.ratios)
            text += row({ratio.label, readable(ratio.value.median), spread_cell(ratio.value)});
        text += "\n";
    }
    for (const auto& note : section.notes) text += note + "\n\n";
    return text;
}

std::string front(const Report& report) {
    const Machine& machine = report.machine;
    std::size_t rounds = 0;
    for (const auto& section : report.sections) {
        for (const auto& figure : section.figures) rounds = std::max(rounds, figure.value.rounds);
    }
    return "# Performance\n\nMeasured by the program itself; this page is written by the command below. Each "
           "bench\n"
           "measures the engine and what the machine allows in turns within one run, over " +
           std::to_string(rounds) +
           " rounds: the table\ngives the median with the lowest and the highest. Rows in italics are "
           "limits: the same "
           "work without the\nengine, or by another program. Trust the quotients before the figures.\n\n" +
           head({"", ""}, 2) + row({"command", "`" + report.command + "`"}) +
           row({"commit", report.commit + " (version " + report.version + ")"}) +
           row({"measured", report.measured_at}) +
           row({"processor", machine.cpu + ", " + std::to_string(machine.cores) + " cores"}) +
           row({"memory", std::to_string(machine.memory_octets >> 20U) + " MiB"}) +
           row({"system", machine.kernel + ", " + machine.compiler}) +
           row({"file system", machine.file_system}) + "\n";
}

Result<void> write_file(const fs::path& file, const std::string& text) {
    std::ofstream out(file, std::ios::binary | std::ios::trunc);
    out << text;
    out.close();
    if (!out) return fail(ErrorKind::outside, file.string() + ": it cannot be written");
    return {};
}

}  // namespace

Result<void> write_paper(const Report& report, const std::string& docs) {
    const fs::path folder = fs::path(docs) / "performance";
    std::error_code why;
    fs::create_directories(folder, why);
    if (why) return fail(ErrorKind::outside, folder.string() + ": " + why.message());
    std::string text = front(report) + reach_table(report);
    for (const auto& section : report.sections) {
        const auto bars =
            section.figures.empty() ? std::vector<Bar>() : bars_of(section, section.figures.front().unit);
        text += section_text(section, !bars.empty());
        if (bars.empty()) continue;
        const auto drawn = bars_svg(section.title, section.figures.front().unit, bars);
        if (auto written = write_file(folder / (section.name + ".svg"), drawn); !written) return written;
    }
    return write_file(fs::path(docs) / "PERFORMANCE.md", text);
}

}  // namespace certledger::bench

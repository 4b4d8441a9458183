#include "output/table.hpp"

#include <algorithm>
#include <certledger/events/contract.hpp>

#include "output/text.hpp"

namespace certledger::cli {
namespace {

constexpr std::size_t kGap = 2;

/// The columns to show and how wide each is.
struct Plan {
    std::vector<std::size_t> shown;
    std::vector<std::size_t> widths;  ///< By column, not by place.
};

std::size_t total(const Plan& plan) {
    std::size_t sum = plan.shown.empty() ? 0 : kGap * (plan.shown.size() - 1);
    for (const auto column : plan.shown) sum += plan.widths[column];
    return sum;
}

/// Takes one column from the widest that may still be cut; false when none may.
bool shrink(Plan& plan, const std::vector<Column>& columns) {
    std::size_t widest = columns.size();
    for (const auto i : plan.shown) {
        if (columns[i].whole || plan.widths[i] <= columns[i].least) continue;
        if (widest == columns.size() || plan.widths[i] > plan.widths[widest]) widest = i;
    }
    if (widest == columns.size()) return false;
    --plan.widths[widest];
    return true;
}

/// Leaves the least important column out; false when every one has to stay.
bool drop(Plan& plan, const std::vector<Column>& columns) {
    const auto last =
        std::max_element(plan.shown.begin(), plan.shown.end(),
                         [&](std::size_t a, std::size_t b) { return columns[a].rank < columns[b].rank; });
    if (last == plan.shown.end() || columns[*last].rank == 0) return false;
    plan.shown.erase(last);
    return true;
}

Plan plan_for(const std::vector<Column>& columns, const std::vector<std::size_t>& natural,
              std::size_t width) {
    Plan plan;
    for (std::size_t i = 0; i < columns.size(); ++i) plan.shown.push_back(i);
    do {
        plan.widths = natural;
        while (total(plan) > width && shrink(plan, columns)) {
        }
    } while (total(plan) > width && drop(plan, columns));
    return plan;
}

std::string csv_field(const std::string& text) {
    if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
    std::string quoted = "\"";
    for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
    return quoted + "\"";
}

}  // namespace

void Table::add(std::vector<Cell> row) {
    CERTLEDGER_CHECK(row.size() == columns_.size());
    for (auto& cell : row) cell.text = harmless(cell.text);
    rows_.push_back(std::move(row));
}

void Table::print(Output& out) const {
    std::vector<std::size_t> natural;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        std::size_t width = display_width(columns_[i].title);
        for (const auto& row : rows_) width = std::max(width, display_width(row[i].text));
        natural.push_back(width);
    }
    const Plan plan = plan_for(columns_, natural, out.width());
    const auto print_line = [&](const std::vector<Cell>& cells) {
        std::string line;
        // Nothing is written behind the last text, so that no line ends in spaces.
        std::size_t used = plan.shown.size();
        while (used > 0 && cells[plan.shown[used - 1]].text.empty()) --used;
        for (std::size_t place = 0; place < used; ++place) {
            const std::size_t i = plan.shown[place];
            const bool last = place + 1 == used;
            std::string shown = fitted(cells[i].text, plan.widths[i], columns_[i].right);
            if (last) shown.erase(shown.find_last_not_of(' ') + 1);
            line += out.paint(cells[i].style, shown) + (last ? "" : std::string(kGap, ' '));
        }
        out.line(line);
    };
    const auto print_row = [&](auto&& cell_of) {
        std::vector<std::vector<Cell>> lines(1, std::vector<Cell>(columns_.size()));
        for (const auto i : plan.shown) {
            const Cell cell = cell_of(i);
            lines[0][i] = cell;
            if (!columns_[i].wraps || display_width(cell.text) <= plan.widths[i]) continue;
            const auto parts = wrapped_lines(cell.text, plan.widths[i]);
            if (lines.size() < parts.size()) lines.resize(parts.size(), std::vector<Cell>(columns_.size()));
            for (std::size_t at = 0; at < parts.size(); ++at) lines[at][i] = {parts[at], cell.style};
        }
        for (const auto& line : lines) print_line(line);
    };
    print_row([&](std::size_t i) { return Cell{columns_[i].title, Style::strong}; });
    for (const auto& row : rows_) {
        print_row([&](std::size_t i) { return row[i]; });
    }
}

void Table::print_cards(Output& out) const {
    bool first = true;
    for (const auto& row : rows_) {
        if (!first) out.line();
        first = false;
        out.line(out.paint(Style::strong, cut(row.front().text, out.width())));
        std::vector<std::pair<std::string, Cell>> facts;
        for (std::size_t i = 1; i < row.size(); ++i) {
            if (!row[i].text.empty()) facts.emplace_back("  " + columns_[i].title, row[i]);
        }
        print_facts(out, facts);
    }
}

void Table::print_csv(Output& out) const {
    const auto print_row = [&](auto&& text_of) {
        std::string line;
        for (std::size_t i = 0; i < columns_.size(); ++i) line += (i == 0 ? "" : ",") + csv_field(text_of(i));
        out.text(line + "\r\n");
    };
    print_row([&](std::size_t i) { return columns_[i].title; });
    for (const auto& row : rows_) {
        print_row([&](std::size_t i) { return row[i].text; });
    }
}

void print_facts(Output& out, const std::vector<std::pair<std::string, Cell>>& facts) {
    std::size_t labels = 0;
    for (const auto& [label, cell] : facts) labels = std::max(labels, display_width(label));
    const std::size_t room = out.width() > labels + kGap + 20 ? out.width() - labels - kGap : kUnlimited;
    for (const auto& [label, cell] : facts) {
        std::string value = wrapped(harmless(cell.text), room);
        const std::string margin(labels + kGap, ' ');
        for (std::size_t at = 0; (at = value.find('\n', at)) != std::string::npos; at += margin.size() + 1) {
            value.insert(at + 1, margin);
        }
        out.line(out.paint(Style::faint, fitted(label, labels)) + std::string(kGap, ' ') +
                 out.paint(cell.style, value));
    }
}

}  // namespace certledger::cli

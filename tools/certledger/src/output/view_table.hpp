// Role: any view for people and for spreadsheets, made of its columns (projections/columns.hpp) alone.
#pragma once

#include <algorithm>
#include <certledger/projections/columns.hpp>

#include "args/command.hpp"
#include "output/table.hpp"

namespace certledger::cli {

enum class Layout { table, card, csv };

/// What `--layout table|card` and `--csv` ask for.
struct Display {
    bool cards = false;
    bool csv = false;
    [[nodiscard]] Layout layout() const { return csv ? Layout::csv : cards ? Layout::card : Layout::table; }
};
/// Adds the two options.
void describe_display(Command& verb, Display& display);

/// How a value stands out: statuses and the like by their urgency, names by weight.
[[nodiscard]] Style style_of(std::string_view column, const std::string& text);
/// `NOT AFTER` of `Not after`.
[[nodiscard]] std::string heading(std::string_view title);

namespace view_detail {

template <class Row>
using Chosen = std::vector<const projections::Column<Row>*>;

/// What a column says in a table: in short, but what could be cut stands in full where there is no end.
template <class Row>
std::string table_text(const Output& out, const projections::Column<Row>& column, const Row& row) {
    const bool in_full = column.least > 0 && out.width() == kUnlimited;
    return column.brief != nullptr && !in_full ? column.brief(row) : column.text(row);
}

/// Columns that no row fills only take room, unless they always stand.
template <class Row>
Chosen<Row> for_table(const Output& out, const projections::Columns<Row>& columns,
                      const std::vector<Row>& rows) {
    Chosen<Row> chosen;
    for (const auto& column : columns) {
        if (column.shown != projections::Shown::table_and_card) continue;
        const bool filled = std::any_of(
            rows.begin(), rows.end(), [&](const Row& row) { return !table_text(out, column, row).empty(); });
        if (filled || column.rank == 0) chosen.push_back(&column);
    }
    return chosen;
}

}  // namespace view_detail

template <class Row>
void print_table(Output& out, const projections::Columns<Row>& columns, const std::vector<Row>& rows) {
    const auto chosen = view_detail::for_table(out, columns, rows);
    std::vector<Column> heads;
    for (const auto* column : chosen) {
        heads.push_back({heading(column->title), column->align == projections::Align::right,
                         column->least == 0, column->least, column->rank});
    }
    Table table(std::move(heads));
    for (const Row& row : rows) {
        std::vector<Cell> cells;
        for (const auto* column : chosen)
            cells.push_back(
                {view_detail::table_text(out, *column, row), style_of(column->name, column->text(row))});
        table.add(std::move(cells));
    }
    table.print(out);
}

/// One block a row, headed by the first column; a line that says again what stands above it is left out.
template <class Row>
void print_cards(Output& out, const projections::Columns<Row>& columns, const std::vector<Row>& rows) {
    bool first = true;
    for (const Row& row : rows) {
        if (!first) out.line();
        first = false;
        out.line(out.paint(Style::strong, columns.front().text(row)));
        std::vector<std::pair<std::string, Cell>> facts;
        for (std::size_t i = 1; i < columns.size(); ++i) {
            const std::string title = "  " + std::string(columns[i].title);
            Cell cell{columns[i].text(row), style_of(columns[i].name, columns[i].text(row))};
            const bool said =
                !facts.empty() && facts.back().first == title && facts.back().second.text == cell.text;
            if (!cell.text.empty() && !said) facts.emplace_back(title, std::move(cell));
        }
        print_facts(out, facts);
    }
}

/// Every column, under the name of its JSON member.
template <class Row>
void print_csv(Output& out, const projections::Columns<Row>& columns, const std::vector<Row>& rows) {
    std::vector<Column> heads;
    for (const auto& column : columns) heads.push_back({std::string(column.name)});
    Table table(std::move(heads));
    for (const Row& row : rows) {
        std::vector<Cell> cells;
        for (const auto& column : columns) cells.push_back({column.text(row)});
        table.add(std::move(cells));
    }
    table.print_csv(out);
}

/// `none` is said, to people only, when there is no row.
template <class Row>
void print_view(Output& out, const projections::Columns<Row>& columns, const std::vector<Row>& rows,
                Layout layout, std::string_view none) {
    if (layout == Layout::csv) {
        print_csv(out, columns, rows);
    } else if (rows.empty()) {
        out.note(std::string(none));
    } else if (layout == Layout::card) {
        print_cards(out, columns, rows);
    } else {
        print_table(out, columns, rows);
    }
}

}  // namespace certledger::cli

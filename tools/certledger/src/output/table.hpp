// Role: rows for people (a table that fits the terminal, or cards) and for spreadsheets (CSV, RFC 4180).
#pragma once

#include <string>
#include <vector>

#include "output/output.hpp"

namespace certledger::cli {

struct Column {
    std::string title;
    bool right = false;     ///< Numbers stand to the right.
    bool whole = false;     ///< Never cut: ids, which must be good to paste.
    std::size_t least = 8;  ///< May be cut down to this many columns.
    int rank = 0;           ///< Where the terminal is too narrow the highest rank goes first; 0 always stays.
    bool wraps = false;  ///< Goes on in lines below instead of being cut: reasons, which must be read whole.
};

struct Cell {
    std::string text;
    Style style = Style::plain;
};

/// A regular value.
class Table {
  public:
    explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

    /// As many cells as columns (contract).
    void add(std::vector<Cell> row);
    [[nodiscard]] bool empty() const noexcept { return rows_.empty(); }
    [[nodiscard]] std::size_t size() const noexcept { return rows_.size(); }

    void print(Output& out) const;
    /// One block a row: the first cell as its title, the others as `label  value`, empty ones left out.
    void print_cards(Output& out) const;
    void print_csv(Output& out) const;

  private:
    std::vector<Column> columns_;
    std::vector<std::vector<Cell>> rows_;
};

/// `label  value` lines under each other with the values aligned; long values wrap.
void print_facts(Output& out, const std::vector<std::pair<std::string, Cell>>& facts);

}  // namespace certledger::cli

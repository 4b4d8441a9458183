// Role: what each view shows, described once: tables, cards, CSV, help and docs are made from these columns.
// A column bears the name of the JSON member that it shows.
#pragma once

#include <certledger/projections/calendar/calendar.hpp>
#include <certledger/projections/deployments/deployments.hpp>
#include <certledger/projections/evidence/evidence.hpp>
#include <certledger/projections/list/counts.hpp>
#include <certledger/projections/list/list_item.hpp>
#include <certledger/projections/progress/progress.hpp>
#include <certledger/projections/quotas/quotas.hpp>
#include <certledger/projections/refunds/refunds.hpp>
#include <certledger/projections/watch/watch.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace certledger::projections {

enum class Align { left, right };

/// Where a column is shown. CSV has every column.
enum class Shown {
    table_and_card,
    card,  ///< Too long or too seldom asked for to stand in a table.
};

template <class Row>
struct Column {
    std::string_view name;                       ///< Of the JSON member, and of the CSV column.
    std::string_view title;                      ///< Over the table's column and before the card's line.
    std::string_view help;                       ///< One clause.
    std::string (*text)(const Row&);             ///< In full; empty for null.
    std::string (*brief)(const Row&) = nullptr;  ///< For a table, where the full text is too long.
    Align align = Align::left;
    Shown shown = Shown::table_and_card;
    /// A table that is too wide leaves out the columns of the highest rank first; never rank 0.
    int rank = 0;
    /// A table may cut the text to so many characters; 0: never, as of what is pasted or compared.
    std::size_t least = 0;
};

template <class Row>
using Columns = std::vector<Column<Row>>;

// Each lives as long as the program.
[[nodiscard]] const Columns<ListItem>& list_columns();
[[nodiscard]] const Columns<CountItem>& count_columns();
[[nodiscard]] const Columns<ProgressStep>& progress_columns();
[[nodiscard]] const Columns<Refund>& refund_columns();
[[nodiscard]] const Columns<RefundTotal>& total_columns();
[[nodiscard]] const Columns<QuotaItem>& quota_columns();
[[nodiscard]] const Columns<WatchItem>& watch_columns();
[[nodiscard]] const Columns<CalendarItem>& calendar_columns();
[[nodiscard]] const Columns<DeploymentItem>& deployment_columns();
[[nodiscard]] const Columns<EvidenceItem>& evidence_columns();

}  // namespace certledger::projections

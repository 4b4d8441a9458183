// The columns are what a person sees of a view: they bear the names of its JSON members and leave none out.
#include <certledger/projections/columns.hpp>
#include <set>

#include "ledger.hpp"

namespace certledger::test {

namespace {

/// An archive that writes down the names of the members that a view shows in JSON.
struct Members {
    using is_saving = std::true_type;
    template <class T>
    Members& operator&(const boost::serialization::nvp<T>& field) {
        names.insert(field.name());
        return *this;
    }
    std::set<std::string> names;
};

template <class Row>
std::set<std::string> members(Row row) {
    Members made;
    row.serialize(made, 1U);
    return made.names;
}

template <class Row>
std::set<std::string> shown(const views::Columns<Row>& columns) {
    std::set<std::string> made;
    for (const auto& column : columns) {
        made.insert(std::string(column.name.substr(0, column.name.find('.'))));
        CHECK_FALSE(column.title.empty());
        CHECK_FALSE(column.help.empty());
        REQUIRE(column.text != nullptr);
        CHECK(column.text(Row{}).find('\n') == std::string::npos);
    }
    return made;
}

template <class Row>
std::string text(const views::Columns<Row>& columns, std::string_view name, const Row& row, bool brief) {
    for (const auto& column : columns) {
        if (column.name == name)
            return brief && column.brief != nullptr ? column.brief(row) : column.text(row);
    }
    FAIL("no column " << name);
    return {};
}

}  // namespace

TEST_CASE("the columns of each view show every member of its JSON") {
    CHECK(shown(views::list_columns()) == members(views::ListItem{}));
    views::CountItem count;
    count.month = "x";
    CHECK(shown(views::count_columns()) == members(count));
    views::ProgressStep step;
    step.name = "a.com";
    CHECK(shown(views::progress_columns()) == members(step));
    auto refund = members(views::Refund{});
    refund.erase("inputs");  // The proof is for programs.
    refund.insert({"paid_at", "reference"});
    CHECK(shown(views::refund_columns()) == refund);
    views::RefundTotal total;
    total.month = total.account = "x";
    CHECK(shown(views::total_columns()) == members(total));
    auto quota = members(views::QuotaItem{});
    quota.erase("count");  // The same number as `bought`.
    CHECK(shown(views::quota_columns()) == quota);
    CHECK(shown(views::watch_columns()) == members(views::WatchItem{}));
    CHECK(shown(views::calendar_columns()) == members(views::CalendarItem{}));
    CHECK(shown(views::deployment_columns()) == members(views::DeploymentItem{}));
    CHECK(shown(views::evidence_columns()) == members(views::EvidenceItem{}));
}

TEST_CASE("a table shows long values briefly and null as nothing") {
    Ledger ledger;
    ledger.make("k", {"a.com", "b.com", "c.com"}, day(0), day(100), 0xAB);
    const auto item = *ledger.moment(day(1)).certificate(ada(), {"k"});
    const auto& columns = views::list_columns();
    CHECK(text(columns, "names_unicode", item, false) == "a.com b.com c.com");
    CHECK(text(columns, "names_unicode", item, true) == "a.com +2");
    CHECK(text(columns, "not_after", item, false) == "2026-04-11T00:00:00Z");
    CHECK(text(columns, "not_after", item, true) == "2026-04-11");
    CHECK(text(columns, "sha256", item, true) == "ab0000000000");
    CHECK(text(columns, "successor", item, true).empty());
    CHECK(text(columns, "days_left", item, true) == "99");
    views::WatchItem watched;
    watched.overdue_seconds = 2 * kSecondsPerDay + 3'700;
    CHECK(text(views::watch_columns(), "overdue_seconds", watched, true) == "2 d 1 h");
    watched.overdue_seconds = 0;
    CHECK(text(views::watch_columns(), "overdue_seconds", watched, true) == "0 s");
}

}  // namespace certledger::test

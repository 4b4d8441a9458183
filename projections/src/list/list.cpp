#include "list.hpp"

#include <algorithm>
#include <set>

#include "cursor.hpp"
#include "filter.hpp"
#include "standing.hpp"

namespace certledger::projections {

namespace {

/// An index that orders by the part of its keys behind `prefix`, and the bounds of that part.
struct Drive {
    Index index = Index::created;
    std::string prefix;
    std::string first;                ///< Smallest tail, included.
    std::optional<std::string> last;  ///< Prefix of the largest tail, included.
};

Index index_of(ListSort sort) {
    switch (sort) {
        case ListSort::not_after:
            return Index::not_after;
        case ListSort::name:
            return Index::name;
        case ListSort::status:
            return Index::status;
        case ListSort::created:
            break;
    }
    return Index::created;
}

std::string octets_of(Instant at) {
    std::string made;
    key::append(made, at);
    return made;
}

/// The flags that have an index of their own; the others follow from the clock.
bool kept_flag(const std::optional<Flag>& flag) {
    return flag && *flag != Flag::expiring && *flag != Flag::stalled;
}

/// Statuses that a flag implies.
std::optional<events::Status> status_of(const ListQuery& query) {
    if (query.status) return query.status;
    if (query.flag == Flag::expiring) return Status::issued;
    if (query.flag == Flag::stalled) return Status::pending_verification;
    return std::nullopt;
}

/// Most certificates are in force or have been; few are in another status at any time.
bool expected_few(events::Status status) { return status != Status::issued && status != Status::expired; }

/// An index in the order asked for, narrowed as far as one index can.
Drive drive_in_order(std::string_view account, const ListQuery& query, Instant now) {
    Drive drive{index_of(query.sort), key::of_account(account), {}, std::nullopt};
    const auto status = status_of(query);
    if (query.sort == ListSort::created || query.sort == ListSort::status) {
        if (query.sort == ListSort::created && kept_flag(query.flag)) {
            drive.index = Index::flag;
            key::append(drive.prefix, events::to_name(*query.flag));
        } else if (query.sort == ListSort::created && query.brand && !(status && expected_few(*status))) {
            drive.index = Index::brand;
            key::append(drive.prefix, *query.brand);
        } else if (query.sort == ListSort::created && status) {
            drive.index = Index::status;
            drive.prefix.push_back(static_cast<char>(*status));
        }
        if (query.sort == ListSort::created) {
            if (query.created_since) drive.first = octets_of(*query.created_since);
            if (query.created_until) drive.last = octets_of(*query.created_until);
        } else if (status) {
            drive.first = drive.last.emplace(1, static_cast<char>(*status));
        }
    } else if (query.sort == ListSort::not_after) {
        if (status) {
            drive.index = Index::status_not_after;
            drive.prefix.push_back(static_cast<char>(*status));
        }
        if (const auto ending = ending_of(query, now)) {
            drive.first = octets_of(ending->from);
            drive.last = octets_of(ending->until);
        } else if (query.flag == Flag::expiring) {
            drive.last = octets_of(moved(now, kExpiringDays * events::kSecondsPerDay));
        }
    }
    return drive;
}

/// Ranges of an index that together hold every match and are expected to be few.
struct Selection {
    Index index = Index::created;
    std::vector<std::pair<std::string, std::string>> ranges;
};

std::pair<std::string, std::string> below(std::string prefix) {
    auto end = key::behind(prefix);
    return {std::move(prefix), std::move(end)};
}

std::optional<Selection> select(std::string_view account, const ListQuery& query, Instant now) {
    const auto prefix = key::of_account(account);
    const auto text_range = [&](std::string_view text) {
        auto made = prefix;
        key::append(made, text);
        return below(made);
    };
    if (query.fingerprint)
        return Selection{Index::fingerprint,
                         {below(prefix + std::string(query.fingerprint->begin(), query.fingerprint->end()))}};
    if (query.serial) return Selection{Index::serial, {text_range(*query.serial)}};
    if (query.target) return Selection{Index::target, {text_range(*query.target)}};
    if (query.covers) {
        Selection selection{Index::domain, {text_range(key::turned_round(*query.covers))}};
        const auto dot = query.covers->find('.');
        if (dot != std::string::npos)
            selection.ranges.push_back(text_range(key::turned_round("*" + query.covers->substr(dot))));
        return selection;
    }
    if (query.domain) {
        if (!query.domain->starts_with("*."))
            return Selection{Index::domain, {text_range(key::turned_round(*query.domain))}};
        // `*.x.y` turned round begins with `y.x.`; what stands directly under it has one more label.
        return Selection{
            Index::domain,
            {below(prefix + key::turned_round(query.domain->substr(2)).substr(0, key::kMostText))}};
    }
    if (const auto ending = ending_of(query, now); ending && query.sort != ListSort::not_after) {
        return Selection{
            Index::not_after,
            {{prefix + octets_of(ending->from), key::behind(prefix + octets_of(ending->until))}}};
    }
    return std::nullopt;
}

/// Rows that are looked up one by one are taken only while they are few; otherwise the order's own index is
/// read, where a page ends early.
constexpr std::size_t kFewRows = 4'096;

class Lister {
  public:
    Lister(const RowReader& rows, std::string_view account, const ListQuery& query,
           const policies::PolicyBook& book, Instant now, const CardVisitor& visit)
        : rows_(rows), account_(account), query_(query), book_(book), now_(now), visit_(visit) {
        order_ = "l" + std::to_string(static_cast<int>(query.sort)) + (query.descending ? "-" : "+");
    }

    Result<ListEnd> page(Position as_of) {
        end_.as_of = as_of;
        if (query_.limit && *query_.limit == 0)
            return fail(ErrorKind::invalid_input, "limit: 0, must be at least 1");
        if (query_.cursor) {
            auto tail = read_cursor(*query_.cursor, order_);
            if (!tail) return tl::make_unexpected(tail.error());
            after_ = std::move(*tail);
        }
        if (const auto few = few_rows()) {
            from_rows(*few);
        } else {
            from_index();
        }
        return std::move(end_);
    }

  private:
    /// The rows of a selective index; nothing when there is none or they are many.
    std::optional<std::set<RowId>> few_rows() const {
        const auto selection = select(account_, query_, now_);
        if (!selection) return std::nullopt;
        std::set<RowId> found;
        for (const auto& [from, to] : selection->ranges) {
            rows_.scan(selection->index, from, to, false, [&](std::string_view, RowId row) {
                found.insert(row);
                return found.size() <= kFewRows;
            });
        }
        if (found.size() > kFewRows) return std::nullopt;
        return found;
    }

    /// Adds a certificate that matches; false when the page is full. `tail` is the row's place in the order.
    bool add(const Card& card, std::string_view tail) {
        if (filtered_ && !matches(card.row(), query_, book_, now_)) return true;
        if (query_.limit && shown_ == *query_.limit) {
            end_.next = make_cursor(order_, last_);
            return false;
        }
        visit_(card);
        ++shown_;
        last_ = tail;
        return true;
    }

    [[nodiscard]] bool behind_cursor(const std::string& tail) const {
        return !after_ || (query_.descending ? tail < *after_ : tail > *after_);
    }

    void from_rows(const std::set<RowId>& few) {
        const Index index = index_of(query_.sort);
        std::vector<std::pair<std::string, CertificateRow>> found;
        for (const auto id : few) {
            auto row = rows_.certificate(id);
            if (!row) continue;
            auto tail = order_tail(*row, index);
            if (behind_cursor(tail)) found.emplace_back(std::move(tail), std::move(*row));
        }
        std::sort(found.begin(), found.end(), [this](const auto& a, const auto& b) {
            return query_.descending ? a.first > b.first : a.first < b.first;
        });
        for (const auto& [tail, row] : found) {
            if (!add(Card(row), tail)) return;
        }
    }

    void from_index() {
        const Drive drive = drive_in_order(account_, query_, now_);
        std::string from = drive.prefix + drive.first;
        std::string to = key::behind(drive.last ? drive.prefix + *drive.last : drive.prefix);
        if (after_ && query_.descending) to = std::min(to, drive.prefix + *after_);
        if (after_ && !query_.descending) from = std::max(from, drive.prefix + *after_ + '\0');
        if (drive.index == Index::created) {
            // It has the listed certificates of the account within the bounds, and nothing else.
            filtered_ = narrowed(query_);
            rows_.scan_cards(from, to, query_.descending, [&](std::string_view found, const Card& card) {
                return add(card, found.substr(drive.prefix.size()));
            });
            return;
        }
        CertificateRow card;  // Its memory serves for one after the other.
        rows_.scan(drive.index, from, to, query_.descending, [&](std::string_view found, RowId id) {
            return !rows_.read_card(id, card) || add(Card(card), found.substr(drive.prefix.size()));
        });
    }

    const RowReader& rows_;
    std::string_view account_;
    const ListQuery& query_;
    const policies::PolicyBook& book_;
    Instant now_;
    std::string order_;
    std::optional<std::string> after_;
    std::string last_;
    const CardVisitor& visit_;
    bool filtered_ = true;
    std::size_t shown_ = 0;
    ListEnd end_;
};

}  // namespace

Result<ListEnd> visit_list(const RowReader& rows, std::string_view account, const ListQuery& query,
                           const policies::PolicyBook& book, Instant now, Position as_of,
                           const CardVisitor& visit) {
    return Lister(rows, account, query, book, now, visit).page(as_of);
}

}  // namespace certledger::projections

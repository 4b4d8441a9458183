#include "weighing.hpp"

#include <algorithm>
#include <atomic>
#include <certledger/events/record_scan.hpp>
#include <certledger/projections/memory_rows.hpp>
#include <string_view>

#include "lanes.hpp"

namespace certledger::projections {

namespace {

using events::EventType;
using events::RecordScan;

/// The log is looked through in so many stretches for each thread.
constexpr std::size_t kStretchesALane = 4;

/// Whose rows the record changes. The ledger's rules and those of accounts are rows of their own.
std::string_view account_of(const RecordScan& record) {
    const bool rules = record.type_code() == static_cast<std::uint16_t>(EventType::policy_adopted);
    return rules ? std::string_view() : record.account();
}

/// The accounts that a stretch has records of, in the order of their first.
class Names {
  public:
    std::uint32_t number_of(std::string_view name) {
        const auto known = numbers_.find(name);
        if (known != numbers_.end()) return known->second;
        const auto number = static_cast<std::uint32_t>(weights_.size());
        numbers_.emplace(name, number);
        weights_.emplace_back();
        return number;
    }
    void add(std::uint32_t number, std::size_t octets) {
        ++weights_[number].records;
        weights_[number].octets += octets;
    }
    /// By number.
    [[nodiscard]] const std::vector<Weight>& weights() const { return weights_; }
    [[nodiscard]] const TextMap<std::uint32_t>& all() const { return numbers_; }

  private:
    TextMap<std::uint32_t> numbers_;
    std::vector<Weight> weights_;
};

/// The names of all stretches in their order; nothing when keys do not have the same order.
std::optional<std::vector<std::string_view>> sorted_names(const std::vector<Names>& found) {
    std::vector<std::string_view> names;
    for (const auto& some : found) {
        for (const auto& [name, number] : some.all()) names.push_back(name);
    }
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    const bool whole = std::all_of(names.begin(), names.end(), [](std::string_view name) {
        return name.size() <= key::kLongestAccount && name.find('\0') == std::string_view::npos;
    });
    return whole ? std::optional(std::move(names)) : std::nullopt;
}

/// Looks through the log, each thread through a stretch after the other.
class Weighing {
  public:
    Weighing(const store::EventStore& log, Position to, std::size_t lanes)
        : log_(log), lanes_(lanes), found_(lanes * kStretchesALane) {
        weighed_.account_of.resize(to);
        const Position each = to / found_.size() + 1;
        for (Position from = 1; weighed_.stretches.size() < found_.size(); from += each)
            weighed_.stretches.push_back({from, std::min(to, from + each - 1), {}});
    }

    Result<std::optional<Weighed>> run() {
        const auto read = each_stretch([this](std::size_t stretch) { return look(stretch); });
        if (!read) return tl::make_unexpected(read.error());
        const auto names = sorted_names(found_);
        if (!*read || !names) return std::nullopt;
        weighed_.accounts.resize(names->size());
        static_cast<void>(each_stretch([&](std::size_t stretch) -> Result<bool> {
            put_in_order(stretch, *names);
            return true;
        }));
        for (const auto& stretch : weighed_.stretches) {
            for (std::size_t account = 0; account < names->size(); ++account) {
                weighed_.accounts[account].records += stretch.accounts[account].records;
                weighed_.accounts[account].octets += stretch.accounts[account].octets;
            }
        }
        return std::move(weighed_);
    }

  private:
    template <class Work>
    Result<bool> each_stretch(const Work& work) {
        std::atomic<std::size_t> next = 0;
        return in_lanes(lanes_, [&](std::size_t) -> Result<bool> {
            for (std::size_t stretch = next++; stretch < found_.size(); stretch = next++) {
                const auto good = work(stretch);
                if (!good || !*good) return good;
            }
            return true;
        });
    }

    Result<bool> look(std::size_t which) {
        auto& names = found_[which];
        const auto& [from, to, none] = weighed_.stretches[which];
        const auto read = log_.read_batches(from, to, [&](Position first, auto records) {
            for (const auto octets : records) {
                const auto number = names.number_of(account_of(RecordScan(octets)));
                names.add(number, octets.size());
                weighed_.account_of[first++ - 1] = number;
            }
            return true;
        });
        if (!read && read.error().kind != ErrorKind::damaged) return tl::make_unexpected(read.error());
        return read.has_value();
    }

    /// From the stretch's own numbers to those of all.
    void put_in_order(std::size_t which, const std::vector<std::string_view>& names) {
        auto& stretch = weighed_.stretches[which];
        stretch.accounts.resize(names.size());
        std::vector<std::uint32_t> place(found_[which].all().size());
        for (const auto& [name, number] : found_[which].all()) {
            const auto found = std::lower_bound(names.begin(), names.end(), name) - names.begin();
            place[number] = static_cast<std::uint32_t>(found);
            stretch.accounts[place[number]] = found_[which].weights()[number];
        }
        for (Position position = stretch.from; position <= stretch.to; ++position) {
            auto& account = weighed_.account_of[position - 1];
            account = place[account];
        }
    }

    const store::EventStore& log_;
    const std::size_t lanes_;
    std::vector<Names> found_;
    Weighed weighed_;
};

}  // namespace

Result<std::optional<Weighed>> weigh(const store::EventStore& log, Position to, std::size_t lanes) {
    return Weighing(log, to, lanes).run();
}

}  // namespace certledger::projections

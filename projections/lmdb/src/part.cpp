#include "part.hpp"

#include <algorithm>

#include "ordered_append.hpp"

namespace certledger::projections::lmdb {

void AccountEntries::add(Index index, std::string_view key, std::string_view value) {
    places_[static_cast<std::size_t>(index)].push_back(
        {prefix_of(key.substr(behind_account_)), octets_.size()});
    append_entry(octets_, key, value);
}

bool AccountEntries::before(const Place& a, const Place& b) const {
    if (a.prefix != b.prefix) return a.prefix < b.prefix;
    return entry_at(octets_.data() + a.at).key < entry_at(octets_.data() + b.at).key;
}

void AccountEntries::sort() {
    const auto in_order = [this](const Place& a, const Place& b) { return before(a, b); };
    for (auto& places : places_) {
        // Rows come in the order of creation, and so do the entries of several indexes.
        if (!std::is_sorted(places.begin(), places.end(), in_order))
            std::sort(places.begin(), places.end(), in_order);
    }
}

namespace {

/// Goes through the entries of one index.
class Walk {
  public:
    Walk(const Part& part, Index index) : part_(&part), index_(index) { find(); }

    [[nodiscard]] bool done() const { return account_ == part_->size(); }
    [[nodiscard]] Entry entry() const {
        constexpr std::size_t ahead = 8;
        const auto& account = (*part_)[account_];
        if (next_ + ahead < account.count(index_)) account.ask_for(index_, next_ + ahead);
        return account.entry(index_, next_);
    }
    void go_on() {
        ++next_;
        find();
    }

  private:
    void find() {
        while (account_ < part_->size() && next_ == (*part_)[account_].count(index_)) {
            ++account_;
            next_ = 0;
        }
    }

    const Part* part_;
    Index index_;
    std::size_t account_ = 0;
    std::size_t next_ = 0;
};

/// As many entries as one transaction takes; the walk goes on behind them.
Result<void> append_some(engine::WriteTransaction& transaction, engine::Database to, Walk& walk) {
    std::size_t octets = 0;
    for (std::size_t entries = 0; !walk.done() && entries < kStepEntries && octets < kStepOctets; ++entries) {
        const auto [made, value] = walk.entry();
        if (auto done = transaction.append(to, engine::octets_of(made), engine::octets_of(value)); !done)
            return done;
        octets += made.size() + value.size();
        walk.go_on();
    }
    return {};
}

}  // namespace

Result<void> append_part(engine::Environment& environment, const Generation& to, const Part& part) {
    for (const auto index : kIndexes) {
        for (Walk walk(part, index); !walk.done();) {
            Walk behind = walk;
            const auto written = environment.write([&](engine::WriteTransaction& transaction) {
                behind = walk;  // It may be done again.
                return append_some(transaction, to.of(index), behind);
            });
            if (!written) return written;
            walk = behind;
        }
    }
    return {};
}

}  // namespace certledger::projections::lmdb

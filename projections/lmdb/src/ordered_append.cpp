#include "ordered_append.hpp"

namespace certledger::projections::lmdb {

using engine::octets_of;

namespace {

/// Entries that go into one transaction; kept until it has ended, for it may have to be done again.
class Step {
  public:
    void add(std::string_view made, std::string_view value) {
        sizes_.emplace_back(made.size(), value.size());
        octets_.append(made).append(value);
    }
    [[nodiscard]] bool full() const { return sizes_.size() >= 20'000 || octets_.size() >= (1U << 23U); }
    void clear() {
        sizes_.clear();
        octets_.clear();
    }
    Result<void> write(engine::WriteTransaction& transaction, const Generation& to) const {
        std::string_view left = octets_;
        for (const auto& [key_size, value_size] : sizes_) {
            const auto made = left.substr(0, key_size);
            const auto value = left.substr(key_size, value_size);
            left.remove_prefix(key_size + value_size);
            if (auto done = append(transaction, to, made, octets_of(value)); !done) return done;
        }
        return {};
    }

  private:
    static Result<void> append(engine::WriteTransaction& transaction, const Generation& to,
                               std::string_view made, engine::Octets value) {
        const auto rest = made.substr(1);
        switch (made.front()) {
            case kCertificates:
            case kDeleted: {
                const std::uint64_t row = key::read_number(rest);
                return transaction.append(made.front() == kDeleted ? to.deleted : to.certificates,
                                          engine::integer_key(row), value);
            }
            case kIds:
                return transaction.append(to.ids, octets_of(rest), value);
            case kOthers:
                return transaction.append(to.others, octets_of(rest), value);
            default:
                return transaction.append(to.index, octets_of(made), value);
        }
    }

    std::string octets_;
    std::vector<std::pair<std::size_t, std::size_t>> sizes_;
};

}  // namespace

Result<void> append_in_order(engine::Environment& environment, const Generation& to,
                             const std::vector<SortedKeys*>& all, const LastStep& last) {
    Step step;
    const auto taken = SortedKeys::each_of(all, [&](std::string_view made, std::string_view value) {
        Result<void> done;
        step.add(made, value);
        if (step.full()) {
            done = environment.write(
                [&](engine::WriteTransaction& transaction) { return step.write(transaction, to); });
            step.clear();
        }
        return done;
    });
    if (!taken) return taken;
    return environment.write([&](engine::WriteTransaction& transaction) -> Result<void> {
        if (auto done = step.write(transaction, to); !done) return done;
        return last(transaction);
    });
}

}  // namespace certledger::projections::lmdb

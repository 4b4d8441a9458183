// Role: the index entries of some accounts, in the order in which tables are filled, until they are.
#pragma once

#include <array>
#include <vector>

#include "entry.hpp"
#include "lmdb_rows.hpp"

namespace certledger::projections::lmdb {

/// The entries of one account. Threads: one.
class AccountEntries {
  public:
    explicit AccountEntries(std::string_view account) : behind_account_(key::of_account(account).size()) {}

    /// Keys of this account, each once in its index.
    void add(Index index, std::string_view key, std::string_view value);
    /// Nothing is added afterwards.
    void sort();

    /// Once sorted.
    [[nodiscard]] std::size_t count(Index index) const { return of(index).size(); }
    [[nodiscard]] Entry entry(Index index, std::size_t number) const {
        return entry_at(octets_.data() + of(index)[number].at);
    }
    void ask_for(Index index, std::size_t number) const {
        ask_for_entry(octets_.data() + of(index)[number].at);
    }

  private:
    /// Where an entry stands, and what tells its key from most others without a look there.
    struct Place {
        std::uint64_t prefix = 0;  ///< Behind the account.
        std::uint64_t at = 0;
    };
    [[nodiscard]] const std::vector<Place>& of(Index index) const {
        return places_[static_cast<std::size_t>(index)];
    }
    [[nodiscard]] bool before(const Place& a, const Place& b) const;

    std::size_t behind_account_;
    events::Bytes octets_;
    std::array<std::vector<Place>, kIndexCodes> places_;
};

/// Accounts in the order of their names.
using Part = std::vector<AccountEntries>;

/// Appends every entry to its table, in transactions of bounded size. All that the tables hold is of accounts
/// before. No snapshot may be held. outside: no room left.
[[nodiscard]] Result<void> append_part(engine::Environment& environment, const Generation& to,
                                       const Part& part);

}  // namespace certledger::projections::lmdb

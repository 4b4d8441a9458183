// Role: reading and writing inside one transaction of an Environment (environment.hpp).
//
// Lifetime: a Database outlives every transaction; a Cursor must end before its transaction ends or is
// renewed; octets that a function returns hold until the transaction ends or is renewed and, in a write
// transaction, until the next write. Threads: a transaction belongs to the thread that began it.
//
// Errors of all functions: damaged when a page does not hold; outside when the world does not give what is
// needed (disk, map, reader slots). A key that is empty or longer than kMaxKeySize is a contract violation.
#pragma once

#include <certledger/events/digest.hpp>
#include <certledger/events/result.hpp>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

namespace certledger::store::lmdb {

class Environment;
class WriteTransaction;

using Octets = std::span<const std::uint8_t>;

inline constexpr std::size_t kMaxKeySize = 511;

/// The octets of a text, as a key or a value.
[[nodiscard]] inline Octets octets_of(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
[[nodiscard]] inline std::string_view text_of(Octets octets) {
    return {reinterpret_cast<const char*>(octets.data()), octets.size()};
}

/// The key of a database of KeyOrder::integers; `number` outlives the span.
[[nodiscard]] inline Octets integer_key(const std::uint64_t& number) {
    return {reinterpret_cast<const std::uint8_t*>(&number), sizeof number};
}

/// The number that integer_key() was made of; 0 for octets that are no such key.
[[nodiscard]] inline std::uint64_t integer_of(Octets key) {
    std::uint64_t number = 0;
    if (key.size() == sizeof number) std::memcpy(&number, key.data(), sizeof number);
    return number;
}

/// How the keys of a database are ordered: as octets (shorter first among equals), or as 64-bit numbers in
/// this machine's form.
enum class KeyOrder { octets, integers };

/// A named sub-database; a cheap value. Environment::database makes it.
class Database {
  public:
    Database() = default;

  private:
    friend class Environment;
    friend class Transaction;
    friend class WriteTransaction;
    explicit Database(unsigned handle) : handle_(handle) {}
    unsigned handle_ = 0;
};

/// A place among a database's items, in key order. Begins nowhere: move it first.
class Cursor {
  public:
    Cursor(Cursor&& other) noexcept;
    Cursor& operator=(Cursor&&) = delete;
    ~Cursor();

    /// Each says whether there is an item at the new place; key() and value() are empty when not.
    [[nodiscard]] Result<bool> first();
    [[nodiscard]] Result<bool> last();
    [[nodiscard]] Result<bool> next();
    [[nodiscard]] Result<bool> previous();
    /// The first item with a key at or behind `key`.
    [[nodiscard]] Result<bool> seek(Octets key);
    /// The last item with a key at or before `key`.
    [[nodiscard]] Result<bool> seek_back(Octets key);

    [[nodiscard]] Octets key() const noexcept { return key_; }
    [[nodiscard]] Octets value() const noexcept { return value_; }

    /// Removes the item at the cursor; next() then goes to the one behind it. Only in a write transaction.
    [[nodiscard]] Result<void> erase();

  private:
    friend class Transaction;
    struct Place;
    explicit Cursor(std::unique_ptr<Place> place);
    [[nodiscard]] Result<bool> move(int operation, Octets key);

    std::unique_ptr<Place> place_;
    Octets key_;
    Octets value_;
};

/// What reading and writing transactions share.
class Transaction {
  public:
    struct State;

    /// The value of a key, or nothing.
    [[nodiscard]] Result<std::optional<Octets>> get(Database database, Octets key) const;
    [[nodiscard]] Result<Cursor> cursor(Database database) const;
    /// Number of items.
    [[nodiscard]] Result<std::uint64_t> size(Database database) const;
    /// Number of the newest commit that is seen; in a write transaction the number it will have.
    [[nodiscard]] std::uint64_t id() const;
    /// So many octets from that place in the file on, whatever they are part of; nothing when the file ends
    /// before.
    [[nodiscard]] Result<std::optional<events::Bytes>> octets_at(std::uint64_t place,
                                                                 std::uint64_t size) const;

  protected:
    friend class Environment;
    explicit Transaction(std::unique_ptr<State> state);
    Transaction(Transaction&&) noexcept;
    ~Transaction();

    std::unique_ptr<State> state_;
};

/// A snapshot. Renew it in long readings: a held snapshot keeps every page freed since from being used again.
class ReadTransaction : public Transaction {
  public:
    ReadTransaction(ReadTransaction&&) noexcept = default;
    ReadTransaction& operator=(ReadTransaction&&) = delete;
    ~ReadTransaction();

    /// Gives the snapshot back and takes the newest.
    [[nodiscard]] Result<void> renew();

  private:
    friend class Environment;
    using Transaction::Transaction;
};

/// The one writer. Made by Environment::write, which commits it or not.
class WriteTransaction : public Transaction {
  public:
    WriteTransaction(WriteTransaction&&) noexcept = default;
    WriteTransaction& operator=(WriteTransaction&&) = delete;
    ~WriteTransaction();

    /// Writes the value in place of one that is there.
    [[nodiscard]] Result<void> put(Database database, Octets key, Octets value);
    /// Writes the value unless the key is there; says whether it did.
    [[nodiscard]] Result<bool> insert(Database database, Octets key, Octets value);
    /// For keys that come in order: fills pages to the end. invalid_input: the key is not behind every other.
    [[nodiscard]] Result<void> append(Database database, Octets key, Octets value);
    /// append(), with the value's octets left to the caller, who fills all of them before the next write.
    [[nodiscard]] Result<std::span<std::uint8_t>> append_reserved(Database database, Octets key,
                                                                  std::size_t size);
    [[nodiscard]] Result<std::span<std::uint8_t>> reserve(Database database, Octets key, std::size_t size);
    /// Says whether the key was there.
    [[nodiscard]] Result<bool> erase(Database database, Octets key);
    /// Makes a named database, unless it is there, in this transaction. Environment::database opens it after
    /// the commit.
    [[nodiscard]] Result<void> create(std::string_view name, KeyOrder order);
    /// Removes every item.
    [[nodiscard]] Result<void> clear(Database database);
    /// Where in the file a value will stand that append_reserved() or reserve() has just given the room for;
    /// nothing when it shares a page with others, as one of less than a page may.
    [[nodiscard]] std::optional<std::uint64_t> place_of(std::span<const std::uint8_t> reserved) const;

    /// Takes back what was written in place, in a transaction that is not committed.
    using Undo = std::function<Result<void>(WriteTransaction&)>;
    /// Lets the commit wait for the disk once instead of twice: `octets` are written over those of `value`
    /// from `at` on, where it stands in the file, and the commit then leaves LMDB's meta page to the next
    /// one. After a power cut the file may be as it was before the commit, however often that was seen;
    /// `value` then holds the octets, whole, and a value that the commit gave pages of its own is at its
    /// place_of(). `value` is one of an earlier commit as get() gives it; every snapshot that has it sees the
    /// octets at once. To be called last. Says false, and does nothing, when the value has no pages of its
    /// own or this transaction changed it. When the commit fails with nothing written `undo` is called, with
    /// the lock of writers, which others may have had in between; throws CommitUnknown when it fails.
    [[nodiscard]] Result<bool> keep_in_place(Octets value, std::size_t at, Octets octets, Undo undo);
    /// Writes the octets into the file where neither this commit nor anything before it reaches, unless
    /// `place` is there already. Gives the place. They are on the disk, until other commits reach them, and
    /// so is the commit before this one. To be called behind everything that puts or erases.
    [[nodiscard]] Result<std::uint64_t> set_aside(std::uint64_t place, Octets octets);
    /// Writes over a value as keep_in_place() does, and waits until it is on the disk. Contract: the value
    /// has pages of its own and was not changed by this transaction.
    [[nodiscard]] Result<void> write_in_place(Octets value, std::size_t at, Octets octets);

  private:
    friend class Environment;
    using Transaction::Transaction;
    [[nodiscard]] Result<std::span<std::uint8_t>> put_with(Database database, Octets key, std::size_t size,
                                                           const std::uint8_t* data, unsigned flags);
};

}  // namespace certledger::store::lmdb

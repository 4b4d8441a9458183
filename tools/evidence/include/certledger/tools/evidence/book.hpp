// Role: the book of a ledger: every checkpoint that was ever signed, in order, and what befell the log
// between them. The file `checkpoints` in the ledger's folder, mode 0600; it only grows.
//
// An entry is a line and a body:
//
//   @ <number> <kind> <time> <octets of the body> <base64: SHA-256 of the entry before, whole>
//
// Numbers count from 1; the first entry bears the hash of nothing. So an entry that is edited, dropped, added
// or put elsewhere is found, except at the end of the book: there the file `checkpoint` beside it speaks. An
// entry is durable before its checkpoint is shown to anybody; a crash can leave the beginning of one at the
// end, which nobody has seen and the next writer cuts off.
#pragma once

#include <certledger/events/digest.hpp>
#include <certledger/events/instant.hpp>
#include <certledger/events/named_enum.hpp>
#include <certledger/events/result.hpp>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace certledger::evidence {

enum class EntryKind : std::uint8_t {
    key = 1,       ///< Verifier key of the checkpoints that follow.
    made = 2,      ///< A checkpoint, signed here.
    cosigned = 3,  ///< The same with signatures of witnesses.
    adopted = 4,   ///< A checkpoint that stood beside the log but not in the book.
    rollback_accepted =
        5,         ///< The checkpoints before bind no more; body: position of the event that says so.
    imported = 6,  ///< The records came from elsewhere: so did the checkpoints before.
};

}  // namespace certledger::evidence

template <>
struct certledger::events::EnumTraits<certledger::evidence::EntryKind> {
    using Kind = certledger::evidence::EntryKind;
    static constexpr std::string_view kind = "kind of entry";
    static constexpr std::array entries{
        EnumEntry<Kind>{Kind::key, "key"},
        EnumEntry<Kind>{Kind::made, "signed"},
        EnumEntry<Kind>{Kind::cosigned, "cosigned"},
        EnumEntry<Kind>{Kind::adopted, "adopted"},
        EnumEntry<Kind>{Kind::rollback_accepted, "rollback-accepted"},
        EnumEntry<Kind>{Kind::imported, "imported"},
    };
};

namespace certledger::evidence {

struct BookEntry {
    std::uint64_t number = 0;
    EntryKind kind = EntryKind::made;
    events::Instant at;
    std::string body;
    events::Digest previous{};
    events::Digest digest{};  ///< Of the whole entry.

    [[nodiscard]] bool is_checkpoint() const noexcept {
        return kind == EntryKind::made || kind == EntryKind::cosigned || kind == EntryKind::adopted;
    }
};

/// Largest body; a checkpoint with a hundred signatures has a tenth of it.
inline constexpr std::size_t kLargestEntryBody = std::size_t{48} << 10U;

/// What the end of the book says.
struct BookEnd {
    std::uint64_t number = 0;         ///< Of the last entry; 0: the book is empty.
    std::uint64_t octets = 0;         ///< Of all whole entries.
    bool torn = false;                ///< The beginning of an entry follows.
    events::Digest digest{};          ///< Of the last entry; of nothing in an empty book.
    std::optional<BookEntry> newest;  ///< The newest checkpoint that binds.
    bool imported = false;            ///< The records came from elsewhere and no key was made since.
};

/// An entry to be.
struct NewEntry {
    EntryKind kind = EntryKind::made;
    std::string body;
};

/// A book of which this process is the one writer while the object lives. Threads: one. Movable.
class BookWriter {
  public:
    /// Waits until no other process or thread has the book; makes the file. Errors: outside; damaged: the end
    /// of the book does not read.
    [[nodiscard]] static Result<BookWriter> open(const std::filesystem::path& ledger);

    BookWriter(BookWriter&&) noexcept;
    BookWriter& operator=(BookWriter&&) noexcept;
    ~BookWriter();

    [[nodiscard]] const BookEnd& end() const noexcept;

    /// Writes the entries behind the last, cutting off a torn one; durable on return. outside: nothing that
    /// would be read was written.
    [[nodiscard]] Result<void> append(const std::vector<NewEntry>& entries, events::Instant at);

  private:
    struct Impl;
    explicit BookWriter(std::unique_ptr<Impl> impl) noexcept;
    std::unique_ptr<Impl> impl_;
};

[[nodiscard]] std::filesystem::path book_path(const std::filesystem::path& ledger);

/// The end of the book, from its last octets; an empty end when there is no book. damaged: they do not read.
[[nodiscard]] Result<BookEnd> read_book_end(const std::filesystem::path& ledger);

/// Visits every entry in order and checks form, numbers and hashes; false ends the reading. damaged names the
/// entry; what was visited before held. Bounded memory.
[[nodiscard]] Result<BookEnd> read_book(const std::filesystem::path& ledger,
                                        const std::function<bool(const BookEntry&)>& visit);

/// The octets of an entry.
[[nodiscard]] std::string format_entry(const BookEntry& entry);

}  // namespace certledger::evidence

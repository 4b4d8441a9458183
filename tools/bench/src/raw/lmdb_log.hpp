// Role: LMDB by itself, without this engine: the limit that appends and scans are measured against.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string_view>

namespace certledger::bench {

enum class RawLayout {
    commits,  ///< One value a commit, in the order of positions.
    indexed,  ///< One value an event, and a key of stream and version that must not be there yet.
};

/// An event as the raw log takes it.
struct RawEvent {
    std::uint64_t position = 0;
    std::uint64_t version = 0;
    std::string_view stream;
    std::span<const std::uint8_t> octets;
};

/// A file of its own with LMDB's default flags: a commit is on the disk when it returns. Errors throw
/// Failure. One thread.
class RawLog {
  public:
    /// `zeros_ahead`: keep the file grown ahead of what is written, with zeros, outside of what is timed.
    RawLog(const std::filesystem::path& file, RawLayout layout, bool zeros_ahead);
    ~RawLog();
    RawLog(const RawLog&) = delete;
    RawLog& operator=(const RawLog&) = delete;

    /// One commit. `octets`: the events' octets behind one another.
    void append(std::span<const RawEvent> events, std::span<const std::uint8_t> octets);
    /// Until sync(), commits are not waited for: to fill it before it is measured.
    void hurry(bool on);
    void sync();
    /// Grows the file where that was asked for.
    void grow_ahead();
    /// Octets in use.
    [[nodiscard]] std::uint64_t used() const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

struct RawScan {
    std::uint64_t values = 0;
    std::uint64_t octets = 0;
    std::uint64_t sum = 0;  ///< Of all 8-octet words: every octet was looked at.
};

/// Reads every value of a database of an LMDB file, in key order, with so many threads. `database` empty: the
/// unnamed one. Nobody else in this process may have the file open.
[[nodiscard]] RawScan raw_scan(const std::filesystem::path& file, const char* database, unsigned threads);

/// What copying rows took.
struct RawCopy {
    std::uint64_t rows = 0;
    std::uint64_t octets = 0;
    double seconds = 0;
};

/// Puts every key and value of all named databases of `from` into the new file `to`, in key order, and waits
/// for the disk once at the end: the least that making such rows can cost. Timed without the reading.
[[nodiscard]] RawCopy raw_copy(const std::filesystem::path& from, const std::filesystem::path& to);

/// What queries come to at least: point reads in two steps, a name to a row's number and the number to the
/// row, and entries of an index that stand behind one another.
class RawReader {
  public:
    /// The databases whose names end so and that hold something. Nobody else in this process may have the
    /// file open.
    RawReader(const std::filesystem::path& file, std::string_view names, std::string_view rows,
              std::string_view index);
    ~RawReader();
    RawReader(const RawReader&) = delete;
    RawReader& operator=(const RawReader&) = delete;

    /// Reads every octet of the row, in a snapshot of its own; false when there is none.
    [[nodiscard]] bool get(std::string_view name);
    /// Reads every octet of so many entries of the index from a key on, in the snapshot of the last get();
    /// how many there were.
    [[nodiscard]] std::size_t page(std::string_view from, std::size_t count);

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace certledger::bench

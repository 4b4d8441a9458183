// Role: the same work on a plain SQLite event table, when the machine has the library.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "raw/lmdb_log.hpp"

namespace certledger::bench {

/// A table of events with a unique (stream, version), journal_mode=WAL, synchronous=FULL. Errors throw
/// Failure. One thread.
class SqliteLog {
  public:
    /// Nothing when libsqlite3.so.0 cannot be loaded.
    [[nodiscard]] static std::unique_ptr<SqliteLog> open(const std::filesystem::path& file);
    ~SqliteLog();
    SqliteLog(const SqliteLog&) = delete;
    SqliteLog& operator=(const SqliteLog&) = delete;

    /// One transaction.
    void append(std::span<const RawEvent> events);
    /// To fill it before it is measured.
    void hurry(bool on);
    [[nodiscard]] std::string version() const;

  private:
    struct Impl;
    explicit SqliteLog(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace certledger::bench

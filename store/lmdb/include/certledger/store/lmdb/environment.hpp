// Role: the one thin wrapper of LMDB. The log, the views and the vault each keep an environment: a data file
// `<name>` and its lock file `<name>-lock`. lmdb.h stays behind the .cpp files.
//
// What it takes care of, because LMDB does not: one environment a file and process, none across fork; a map
// that is full or was resized by another process; reader slots of dead processes; a disk that is full;
// damaged files (page_check.hpp, fault_guard.hpp).
#pragma once

#include <certledger/store/lmdb/page_check.hpp>
#include <certledger/store/lmdb/transaction.hpp>
#include <filesystem>
#include <functional>
#include <type_traits>

namespace certledger::store::lmdb {

struct EnvironmentOptions {
    std::filesystem::path file;  ///< The data file; missing folders are made with mode 0700.
    bool create = true;          ///< Make the file when it is not there.
    bool read_only = false;
    /// False: commits survive the end of the process but not a power cut, after which the file may be
    /// damaged. For what can be made again; not for a file that anybody opens durable.
    bool durable = true;
    bool grow_ahead = false;  ///< Let the file grow in steps of zeros ahead of its use.
    std::uint64_t grow_from = std::uint64_t{1} << 20U;  ///< Octets in use before it does, and the least step.
    std::uint64_t map_size = std::uint64_t{1} << 30U;   ///< Octets of address space to begin with.
    std::uint64_t map_size_max = std::uint64_t{1} << 42U;  ///< What it may grow to, doubling.
    unsigned databases_max = 16;
    unsigned readers_max = 510;
    /// A file of at most so many octets is walked through before LMDB sees it.
    std::uint64_t check_up_to = std::uint64_t{64} << 20U;
};

/// The disk failed in a commit, so that nobody knows whether it is there; the file itself is sound. What was
/// to be written can be given again once the file was opened anew and looked at.
class CommitUnknown : public OutcomeUnknown {
  public:
    explicit CommitUnknown(const std::string& what)
        : OutcomeUnknown(what +
                         "; the outcome is unknown: what was not answered may be recorded or not, give it "
                         "again with the same ids") {}
};

/// What an environment takes.
struct EnvironmentStats {
    std::uint64_t page_size = 0;
    std::uint64_t pages = 0;       ///< That have ever been used, free ones among them.
    std::uint64_t free_pages = 0;  ///< That the next commits use again.
    std::uint64_t file_size = 0;   ///< Octets, those grown ahead among them.
    std::uint64_t map_size = 0;    ///< Octets of address space.
    std::uint64_t last_commit = 0;
    unsigned readers = 0;  ///< Slots in use, of all processes.
};

/// An open LMDB environment.
/// Durability: see EnvironmentOptions::durable. Threads: any; one write at a time among all processes,
/// readers wait for nobody. Lifetime: outlives its transactions. A thread must not write while it holds a
/// ReadTransaction of the same environment (contract).
class Environment {
  public:
    /// Changes the file of that name, which nobody has open.
    using Amend = std::function<Result<void>(const std::filesystem::path& draft)>;

    /// not_found: no file, and `create` is false. damaged: the file is no sound LMDB file; the message names
    /// page and rule. outside: the world does not give what is needed. Contract violation: this process has
    /// the file open already.
    [[nodiscard]] static Result<std::unique_ptr<Environment>> open(const EnvironmentOptions& options);
    Environment(const Environment&) = delete;
    Environment& operator=(const Environment&) = delete;
    ~Environment();

    /// The sub-database of that name; `name` without a NUL. not_found: it is not there and `create` is false.
    /// damaged: it is there with another order. Not while another thread makes or opens one.
    [[nodiscard]] Result<Database> database(std::string_view name, KeyOrder order, bool create);
    /// The unnamed database, in order of octets, in which the named ones stand by their names as well.
    [[nodiscard]] Database main() const { return Database(1); }

    [[nodiscard]] Result<ReadTransaction> read() const;

    /// Runs `body(WriteTransaction&)`, which returns a Result, and commits when that has a value; an error or
    /// an exception of the body leaves everything as it was. When the map is full it is made larger and the
    /// body runs again from the start, so the body changes nothing but through the transaction. outside:
    /// disk, file size limit or map are at their end; nothing was written, and the environment can still be
    /// used. Throws CommitUnknown when the commit failed otherwise.
    template <class Body>
    [[nodiscard]] std::invoke_result_t<Body&, WriteTransaction&> write(Body&& body) {
        for (;;) {
            bool map_full = false;
            auto outcome = write_once(body, map_full);
            if (!map_full) return outcome;
            if (auto grown = grow_map(); !grown) return tl::make_unexpected(grown.error());
        }
    }

    /// Waits until everything committed is on the disk; only needed when `durable` is false.
    [[nodiscard]] Result<void> sync();

    /// Lets the disk begin with what is committed, so that sync() has less to wait for; what fails, fails
    /// there.
    void begin_sync() noexcept;

    /// Writes a compact copy of the newest snapshot to a file that does not exist yet, mode 0600: under
    /// another name first, changed by `amend` where there is one, checked, and renamed once it is on the
    /// disk. Writers go on meanwhile. The copy's transactions are numbered anew.
    [[nodiscard]] Result<void> copy_compact(const std::filesystem::path& to, const Amend& amend = {}) const;

    /// Walks through the newest snapshot (page_check.hpp) while others go on.
    [[nodiscard]] Result<PageReport> check_pages() const;

    [[nodiscard]] Result<EnvironmentStats> stats() const;
    [[nodiscard]] const std::filesystem::path& file() const;
    /// As EnvironmentOptions::durable.
    [[nodiscard]] bool durable() const;
    /// Changes whenever the map may have moved. Octets read in one snapshot stay where they are for every
    /// reader of a snapshot with the same id(), as long as this number stays.
    [[nodiscard]] std::uint64_t map_generation() const;

  private:
    friend class Cursor;
    friend class Transaction;
    friend class ReadTransaction;
    friend class WriteTransaction;
    struct Impl;
    explicit Environment(std::unique_ptr<Impl> impl);

    [[nodiscard]] Result<WriteTransaction> begin_write();
    /// Commits; what fails leaves nothing written, and the transaction ends with its object at the latest.
    [[nodiscard]] Result<void> commit(WriteTransaction& transaction);
    /// After the commit of that number has failed: what it kept in place must not be redone.
    void forget_kept(const WriteTransaction::Undo& undo, std::uint64_t number);
    [[nodiscard]] static bool ran_out_of_map(const WriteTransaction& transaction);
    [[nodiscard]] Result<void> grow_map();

    template <class Body>
    [[nodiscard]] std::invoke_result_t<Body&, WriteTransaction&> write_once(Body& body, bool& map_full) {
        auto transaction = begin_write();
        if (!transaction) return tl::make_unexpected(transaction.error());
        auto outcome = body(*transaction);
        if (outcome) {
            if (auto committed = commit(*transaction); !committed)
                outcome = tl::make_unexpected(committed.error());
        }
        map_full = !outcome && ran_out_of_map(*transaction);
        return outcome;
    }

    std::unique_ptr<Impl> impl_;
};

}  // namespace certledger::store::lmdb

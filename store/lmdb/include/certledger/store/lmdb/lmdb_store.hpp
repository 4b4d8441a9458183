// Role: the event log on disk: the folder `log/` of a ledger.
//
//   data.mdb   the log itself: one value a commit, and the log's end; nothing else is in a commit's way
//   index.mdb  where the records of a stream or key stand; made from the log, behind it, and again when lost
#pragma once

#include <certledger/store/event_store.hpp>
#include <certledger/store/lmdb/environment.hpp>

namespace certledger::store::lmdb {

class LogFile;
class ReadAhead;

struct LmdbStoreOptions {
    KeysOf keys_of = nullptr;
    bool durable = true;  ///< False: what append() has returned survives the process, not a power cut.
    bool preallocate = true;
    bool read_only = false;
    /// Address space of the log. Large from the start, because it costs nothing and readers then never have
    /// to wait until it has grown.
    std::uint64_t map_size = std::uint64_t{1} << 40U;
    std::uint64_t map_size_max = std::uint64_t{1} << 44U;
    std::uint64_t check_up_to = std::uint64_t{64} << 20U;  ///< See EnvironmentOptions.

    // How the index is kept. Tests make these small.
    std::uint64_t flush_at = 32'768;  ///< Records that are kept in memory before the index takes them.
    std::uint64_t flush_on_close_at = 1'024;  ///< A process that ends leaves no more than these to the next.
    std::uint64_t heads_max = std::uint64_t{4} << 20U;  ///< Ends of streams kept in memory, 32 octets each.
    unsigned index_fan_in = 4;
    std::uint64_t index_run_entries_max = std::uint64_t{4} << 20U;
    std::uint64_t index_hash_mask = ~std::uint64_t{0};
};

/// The log in an LMDB environment.
/// Durability: what append() has returned is on the disk (see `durable`). Several processes may append to one
/// log; each sees what the others have appended. Threads: any; one of its own writes the index, begun when
/// there is something to write, and calls keys_of besides those that ask. Memory: bounded by some times
/// flush_at, and heads_max, whatever the log's size. A visitor may read the store but must not append to it
/// (contract). Lifetime: outlives its readers; the destructor writes the index.
class LmdbStore final : public EventStore {
  public:
    /// Makes an empty log; missing folders are made with mode 0700. invalid_input: there is one already.
    /// outside: it cannot be made, or nobody knows whether it was.
    [[nodiscard]] static Result<std::unique_ptr<LmdbStore>> create(const std::filesystem::path& folder,
                                                                   const LmdbStoreOptions& options);
    /// not_found: no log in the folder. damaged: the message names file, page or position and rule. outside:
    /// it cannot be opened.
    [[nodiscard]] static Result<std::unique_ptr<LmdbStore>> open(const std::filesystem::path& folder,
                                                                 const LmdbStoreOptions& options);
    ~LmdbStore() override;

    [[nodiscard]] Result<std::vector<Stored>> append(const Append& append) override;
    /// All in one commit, or in as few as they fit.
    [[nodiscard]] std::vector<Result<std::vector<Stored>>> append_all(
        std::span<const Append> appends) override;
    /// Throws OutcomeUnknown when the log's end cannot be read; so does stream_head.
    [[nodiscard]] Head head() const override;
    [[nodiscard]] std::optional<StreamHead> stream_head(std::string_view stream) const override;
    [[nodiscard]] Result<void> read_stream(std::string_view stream, std::uint64_t from, std::uint64_t to,
                                           Direction direction, const RecordVisitor& visit) const override;
    [[nodiscard]] Result<void> read_all(Position from, Position to,
                                        const RecordVisitor& visit) const override;
    [[nodiscard]] Result<void> read_batches(Position from, Position to,
                                            const BatchVisitor& visit) const override;
    [[nodiscard]] Result<events::Bytes> record(Position position) const override;
    [[nodiscard]] Result<void> find(std::string_view key, const RecordVisitor& visit) const override;
    [[nodiscard]] Result<TreeHead> tree_head(std::uint64_t size) const override;
    [[nodiscard]] Result<std::vector<events::Digest>> inclusion_proof(std::uint64_t index,
                                                                      std::uint64_t size) const override;
    [[nodiscard]] Result<std::vector<events::Digest>> consistency_proof(std::uint64_t from,
                                                                        std::uint64_t to) const override;

    /// A compact copy of the log's data file, as it is now, to a file that does not exist yet: a backup.
    [[nodiscard]] Result<void> copy_to(const std::filesystem::path& file) const;
    /// Walks through the pages of the log (page_check.hpp); also on a large log, which open() does not.
    [[nodiscard]] Result<PageReport> check_pages() const;
    /// Of the log.
    [[nodiscard]] Result<EnvironmentStats> stats() const;
    /// Position that the index has reached, and its sorted runs: how much a look-up has to touch. Waits for
    /// what is on its way into it.
    struct IndexStats {
        Position position = 0;
        std::uint64_t runs = 0;
        std::uint64_t entries = 0;
        EnvironmentStats file;
    };
    [[nodiscard]] Result<IndexStats> index_stats() const;

  private:
    class Core;
    explicit LmdbStore(std::unique_ptr<Core> core);
    /// Makes or opens the log.
    template <class Log>
    [[nodiscard]] static Result<std::unique_ptr<LmdbStore>> begin(const std::filesystem::path& folder,
                                                                  const LmdbStoreOptions& options,
                                                                  const Log& log_of);
    [[nodiscard]] static Result<std::unique_ptr<LmdbStore>> start(LogFile& log,
                                                                  const std::filesystem::path& folder,
                                                                  const LmdbStoreOptions& options);
    [[nodiscard]] Result<void> read_short_stream(std::string_view stream, const StreamHead& head,
                                                 std::uint64_t from, std::uint64_t to, Direction direction,
                                                 const RecordVisitor& visit) const;
    [[nodiscard]] Result<Position> visit_stretch(Position from, Position to, ReadAhead& ahead,
                                                 const BatchVisitor& visit) const;
    template <class Next>
    [[nodiscard]] Result<void> visit_each(const Next& next, const RecordVisitor& visit) const;
    template <class Answer>
    [[nodiscard]] auto from_tree(std::uint64_t size, const Answer& answer) const;

    std::unique_ptr<Core> core_;
};

}  // namespace certledger::store::lmdb

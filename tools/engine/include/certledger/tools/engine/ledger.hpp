// Role: a ledger in use: the log, the views, the vault and the rules put together. Every front (the command
// line, exec, the worker) works through it.
//
// A ledger is a folder with `log/`, `views/`, `vault/` and, once something was signed, `checkpoint`
// (docs/FORMAT.md). Several processes may use one at the same time.
//
// Commands are decided when they are submitted, on top of what this ledger has decided but not yet committed,
// and become durable together with the next flush(); an answer holds only from then on.
#pragma once

#include <certledger/adapters/secret/secret_bytes.hpp>
#include <certledger/domain/policies/book.hpp>
#include <certledger/domain/state.hpp>
#include <certledger/events/instant.hpp>
#include <certledger/events/result.hpp>
#include <certledger/tools/engine/assembly.hpp>
#include <certledger/tools/engine/log_keeper.hpp>
#include <certledger/tools/engine/request.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace certledger::adapters::vault {
class Vault;
}
namespace certledger::projections {
class Views;
}
namespace certledger::store::lmdb {
class LmdbStore;
}

namespace certledger::engine {

struct LedgerOptions {
    bool create_if_missing = true;     ///< open(): make a ledger where there is none.
    bool read_only = false;            ///< Nothing is written, also not to the views; submit() is refused.
    std::string actor = "certledger";  ///< Of a new ledger's first records.
    bool refusals_recorded = true;     ///< Leave a command-refused event for a refusal (off for bulk loads).
    std::optional<events::Instant> now;  ///< `--now`; only for a ledger with simulated time.
    /// Told how far views() has come, when it does not find the views at the log's end.
    std::function<void(store::Position done, store::Position whole)> on_views;

    // For a ledger that is made.
    bool simulated_time = false;
    std::string origin;  ///< Names the log in its checkpoints; empty: one is made up.
};

/// What a ledger says of itself in its first record.
struct LedgerInfo {
    std::string path;
    std::string origin;
    bool simulated_time = false;
    std::int64_t format = 1;
    events::Instant created_at;  ///< recorded_at of the first record.
};

/// The status of a certificate and the commands that status and flags permit (rulings 13).
struct Standing {
    std::optional<events::Status> status;  ///< Empty: there is none, or it is another account's.
    std::vector<domain::CommandType> allowed;
};

/// A batch is full at this many commands, or octets of records.
inline constexpr std::size_t kBatchCommands = 1'000;
inline constexpr std::size_t kBatchOctets = std::size_t{4} << 20U;

/// How often a batch is decided again when others were faster.
inline constexpr int kConflictTries = 8;

/// Durability: what flush() has answered survives the end of the process and a power cut. Threads: none of
/// its functions may run at the same time as another; the store and the vault have their own rules. Movable.
/// Any function may throw OutcomeUnknown; the ledger must then be opened anew.
class Ledger {
  public:
    /// Makes a ledger at a path where nothing or an empty folder is. invalid_input: there is a ledger or
    /// something else already, or the origin is no good name; outside: the folder cannot be written.
    [[nodiscard]] static Result<Ledger> create(const std::string& url, const LedgerOptions& options);

    /// Opens the ledger at a path. not_found: there is none and `create_if_missing` is off; invalid_input: a
    /// folder with something else in it, a `postgres://` URL, `now` on a ledger with real time; damaged: the
    /// first record is none of a ledger or of a newer format.
    [[nodiscard]] static Result<Ledger> open(const std::string& url, const LedgerOptions& options);

    /// A ledger over parts that the caller has made; an empty log gets its first records when
    /// `create_if_missing` is on. Errors as in open().
    [[nodiscard]] static Result<Ledger> assemble(Assembly parts, const LedgerOptions& options);

    /// Whether the text can name a ledger of this build: a folder. invalid_input: empty, or an address.
    [[nodiscard]] static Result<void> check_url(const std::string& url);

    /// Whether open() would find a ledger at this path rather than make one.
    [[nodiscard]] static bool exists(const std::string& url);

    Ledger(Ledger&&) noexcept;
    Ledger& operator=(Ledger&&) noexcept;
    ~Ledger();

    [[nodiscard]] const LedgerInfo& info() const noexcept;

    /// Whether this ledger may be written to at all; submit() asks it too. For whoever learns only later
    /// whether there is something to write. Errors as there.
    [[nodiscard]] Result<void> admit();

    /// Decides a command and keeps what came out for the next flush(). An error is about the ledger or the
    /// call, not about the command: invalid_input for a ledger opened read-only or a `now` before the log's
    /// end (rulings 45), damaged for a log that is behind its checkpoint or does not read. The command has no
    /// answer then. CERTLEDGER_CHECKs that the batch is not full().
    [[nodiscard]] Result<void> submit(Request request);

    /// Commands submitted and not yet answered.
    [[nodiscard]] std::size_t pending() const noexcept;
    /// Whether flush() must come before the next submit().
    [[nodiscard]] bool full() const noexcept;

    /// Makes everything submitted durable in one step and gives the answers in the order of submission.
    /// conflict: others were faster kConflictTries times; outside: the disk is full. Nothing was appended
    /// then and the commands of the batch have no answer; they may be submitted again.
    [[nodiscard]] Result<std::vector<Answer>> flush();

    /// submit() and flush() for one command. Nothing else may be pending.
    [[nodiscard]] Result<Answer> execute(Request request);

    /// The instant that a query goes by: `now`, else on a ledger with simulated time the last recorded_at,
    /// else the clock (rulings 11).
    [[nodiscard]] events::Instant query_now() const;

    /// The clock of commands that bring no time of their own, now.
    [[nodiscard]] events::Instant command_now() const;

    /// A certificate as it stands with everything submitted so far; an empty state where there is none. Good
    /// until the next call that is not const. damaged: its records do not read.
    [[nodiscard]] Result<const domain::CertificateState*> certificate(const events::CertificateId& id);
    [[nodiscard]] Result<const domain::QuotaState*> quota(const events::QuotaId& id);

    /// How a certificate stands, as a refusal would say it to an account: nothing about another account's.
    [[nodiscard]] Result<Standing> standing(const events::AccountId& account,
                                            const events::CertificateId& id);

    /// The views, with every durable record in them. Nothing may be pending.
    [[nodiscard]] Result<projections::Views*> views();
    /// The views as they were left, or empty ones where those are damaged, for whoever makes them anew. Not
    /// after views(). Nothing may be pending.
    [[nodiscard]] Result<projections::Views*> views_to_rebuild();

    /// The private key of a certificate or of its application, PKCS#8 DER; none when no key is held here.
    /// damaged: the log says that one is held, and the vault has none or it does not open.
    [[nodiscard]] Result<std::optional<adapters::SecretBytes>> private_key(const events::CertificateId& id);

    [[nodiscard]] store::EventStore& store() noexcept;
    [[nodiscard]] const store::EventStore& store() const noexcept;
    /// The log when it is that of a folder, for what only such a one can do (backup, page check); else null.
    [[nodiscard]] store::lmdb::LmdbStore* folder_log() noexcept;
    /// Opened, and made with its master key for a new ledger, when it is first needed. invalid_input: the
    /// master key is not that of this vault; not_found: its file is lost.
    [[nodiscard]] Result<adapters::vault::Vault*> vault();
    [[nodiscard]] const policies::Zones& zones() const noexcept;

    /// Puts a keeper in place before the first submit(); without one every write is admitted.
    void keep_with(std::unique_ptr<LogKeeper> keeper);

    /// Leaves a checkpoint when something was written. Nothing may be pending. The destructor does the same
    /// but cannot say that it failed.
    [[nodiscard]] Result<void> close();

  private:
    struct Parts;
    explicit Ledger(std::unique_ptr<Parts> parts) noexcept;
    std::unique_ptr<Parts> parts_;
};

}  // namespace certledger::engine

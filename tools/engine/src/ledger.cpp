#include <certledger/adapters/system/clock.hpp>
#include <certledger/adapters/system/identity.hpp>
#include <certledger/adapters/system/uuid_generator.hpp>
#include <certledger/adapters/vault/master_key.hpp>
#include <certledger/adapters/vault/vault.hpp>
#include <certledger/adapters/zones/system_zones.hpp>
#include <certledger/events/contract.hpp>
#include <certledger/projections/views.hpp>
#include <certledger/tools/engine/ledger.hpp>
#include <cstdlib>

#include "genesis.hpp"
#include "secrets.hpp"
#include "session.hpp"

namespace certledger::engine {
namespace {

namespace vault = adapters::vault;

/// 256 random bits as they may stand in a DNS record, a path or a mail (RFC 8555 section 8.1 asks for 128).
std::string new_token() {
    std::array<std::uint8_t, 32> octets{};
    adapters::system::fill_random(octets);
    std::string text = events::to_base64(octets.data(), octets.size());
    while (!text.empty() && text.back() == '=') text.pop_back();
    for (char& c : text) {
        if (c == '+') c = '-';
        if (c == '/') c = '_';
    }
    return text;
}

Sources sources_of(std::shared_ptr<const adapters::system::Clock> clock) {
    if (!clock) clock = std::make_shared<adapters::system::WallClock>();
    auto ids = std::make_shared<adapters::system::UuidGenerator>();
    Sources sources;
    sources.clock = [clock] { return clock->now(); };
    sources.new_id = [clock, ids] { return ids->next(clock->now()); };
    sources.new_stream_id = [clock, ids] { return events::to_string(ids->next(clock->now())); };
    sources.new_token = new_token;
    return sources;
}

/// Records that a process writes before it leaves a checkpoint without being closed.
constexpr store::Position kCheckpointEvery = 10'000;

}  // namespace

/// Lives at one address: its parts refer to each other.
struct Ledger::Parts {
    Parts(Assembly made, const LedgerOptions& given, Sources from, LedgerInfo what)
        : assembly(std::move(made)),
          info(std::move(what)),
          on_views(given.on_views),
          secrets([this] { return open_vault(); }, from.new_stream_id),
          session(*assembly.log, zones, secrets, from,
                  {info.simulated_time, given.read_only, given.refusals_recorded, given.now}) {}

    Result<vault::Vault*> open_vault();
    Result<projections::Views*> open_views(bool to_rebuild);

    Assembly assembly;
    LedgerInfo info;
    projections::OnProgress on_views;
    adapters::zones::SystemZones zones;
    Secrets secrets;
    Session session;
    std::unique_ptr<vault::KeyValue> vault_store;
    std::optional<vault::Vault> vault_opened;
    std::unique_ptr<projections::RowStore> rows;
    std::optional<projections::Views> views_opened;
    bool read_only = false;
    bool closed = false;
    store::Position checkpoint_due = 0;  ///< From this position on; 0: nothing was written yet.

    void leave_checkpoint_if_due();
};

/// What was answered is in the log, whether it can be signed or not: close() tries again, and says so.
void Ledger::Parts::leave_checkpoint_if_due() {
    LogKeeper* const keeper = session.keeper();
    if (keeper == nullptr || !session.wrote()) return;
    const store::Position end = assembly.log->head().position;
    const bool due = checkpoint_due != 0 && end >= checkpoint_due;
    if (checkpoint_due == 0 || due) checkpoint_due = end + kCheckpointEvery;
    if (due) static_cast<void>(keeper->leave_checkpoint(*assembly.log));
}

Result<vault::Vault*> Ledger::Parts::open_vault() {
    if (vault_opened) return &*vault_opened;
    if (!vault_store) {
        auto opened = assembly.open_secrets();
        if (!opened) return tl::make_unexpected(opened.error());
        vault_store = std::move(*opened);
    }
    const char* const from_environment = std::getenv(vault::kMasterKeyVariable);
    std::optional<std::string_view> key;
    if (from_environment != nullptr) key = from_environment;
    if (!assembly.master_key.empty()) key = assembly.master_key;
    auto opened = vault::Vault::open(*vault_store, assembly.key_file, key);
    if (!opened) return tl::make_unexpected(opened.error());
    vault_opened.emplace(std::move(*opened));
    return &*vault_opened;
}

Result<projections::Views*> Ledger::Parts::open_views(bool to_rebuild) {
    if (!views_opened) {
        auto opened = assembly.open_rows(to_rebuild);
        if (!opened) return tl::make_unexpected(opened.error());
        rows = std::move(*opened);
        views_opened.emplace(*assembly.log, *rows, zones);
    }
    return &*views_opened;
}

Ledger::Ledger(std::unique_ptr<Parts> parts) noexcept : parts_(std::move(parts)) {}
Ledger::Ledger(Ledger&&) noexcept = default;
Ledger& Ledger::operator=(Ledger&&) noexcept = default;

Ledger::~Ledger() {
    if (!parts_ || parts_->session.pending() > 0) return;
    try {
        // Whoever wants to know whether it went well calls close().
        (void)close();
    } catch (const std::exception&) {
    }
}

Result<Ledger> Ledger::assemble(Assembly assembly, const LedgerOptions& options) {
    CERTLEDGER_CHECK(assembly.log != nullptr);
    Sources sources = sources_of(assembly.clock);
    if (assembly.log->head().position == 0) {
        if (!options.create_if_missing || options.read_only) {
            return fail(ErrorKind::not_found, assembly.path + ": there is no ledger");
        }
        if (auto written = write_genesis(*assembly.log, options, sources); !written)
            return tl::make_unexpected(written.error());
    }
    auto info = read_genesis(*assembly.log, assembly.path);
    if (!info) return tl::make_unexpected(info.error());
    if (options.now && !info->simulated_time) {
        return fail(ErrorKind::invalid_input,
                    "--now is taken only for a ledger that was made with --simulated-time");
    }
    auto parts = std::make_unique<Parts>(std::move(assembly), options, std::move(sources), std::move(*info));
    parts->read_only = options.read_only;
    return Ledger(std::move(parts));
}

const LedgerInfo& Ledger::info() const noexcept { return parts_->info; }

Result<void> Ledger::admit() { return parts_->session.admit(); }
Result<void> Ledger::submit(Request request) { return parts_->session.submit(std::move(request)); }
std::size_t Ledger::pending() const noexcept { return parts_->session.pending(); }
bool Ledger::full() const noexcept { return parts_->session.full(); }
Result<std::vector<Answer>> Ledger::flush() {
    auto answers = parts_->session.flush();
    if (answers) parts_->leave_checkpoint_if_due();
    return answers;
}

Result<Answer> Ledger::execute(Request request) {
    CERTLEDGER_CHECK(pending() == 0);
    if (auto submitted = submit(std::move(request)); !submitted)
        return tl::make_unexpected(submitted.error());
    auto answers = flush();
    if (!answers) return tl::make_unexpected(answers.error());
    return std::move(answers->front());
}

events::Instant Ledger::query_now() const { return parts_->session.query_now(); }
events::Instant Ledger::command_now() const { return parts_->session.command_now(); }

Result<const domain::CertificateState*> Ledger::certificate(const events::CertificateId& id) {
    return parts_->session.look([&](const LogWorld& world) { return &world.certificate(id); });
}

Result<const domain::QuotaState*> Ledger::quota(const events::QuotaId& id) {
    return parts_->session.look([&](const LogWorld& world) { return &world.quota(id); });
}

Result<Standing> Ledger::standing(const events::AccountId& account, const events::CertificateId& id) {
    return parts_->session.look([&](const LogWorld& world) { return standing_of(world, account, id); });
}

Result<std::optional<adapters::SecretBytes>> Ledger::private_key(const events::CertificateId& id) {
    const auto state = certificate(id);
    if (!state) return tl::make_unexpected(state.error());
    const domain::CertificateState& held = **state;
    if (!held.key_held) return std::optional<adapters::SecretBytes>{};
    const bool signed_already = held.issued_at || held.uploaded || !held.application;
    auto key = parts_->secrets.key(id, signed_already ? held.key_sha256 : held.application->key_sha256);
    if (key && !*key) {
        return fail(ErrorKind::damaged, "the key of certificate " + id.value + " is not in the vault");
    }
    return key;
}

Result<projections::Views*> Ledger::views_to_rebuild() {
    CERTLEDGER_CHECK(pending() == 0 && !parts_->views_opened);
    return parts_->open_views(true);
}

Result<projections::Views*> Ledger::views() {
    CERTLEDGER_CHECK(pending() == 0);
    auto opened = parts_->open_views(false);
    if (!opened || parts_->read_only) return opened;
    if (auto caught_up = (*opened)->catch_up(parts_->on_views); !caught_up)
        return tl::make_unexpected(caught_up.error());
    return opened;
}

store::EventStore& Ledger::store() noexcept { return *parts_->assembly.log; }
const store::EventStore& Ledger::store() const noexcept { return *parts_->assembly.log; }
Result<vault::Vault*> Ledger::vault() { return parts_->open_vault(); }
const policies::Zones& Ledger::zones() const noexcept { return parts_->zones; }

void Ledger::keep_with(std::unique_ptr<LogKeeper> keeper) { parts_->session.keep_with(std::move(keeper)); }

Result<void> Ledger::close() {
    CERTLEDGER_CHECK(pending() == 0);
    if (std::exchange(parts_->closed, true) || !parts_->session.wrote()) return {};
    LogKeeper* const keeper = parts_->session.keeper();
    return keeper == nullptr ? Result<void>{} : keeper->leave_checkpoint(*parts_->assembly.log);
}

}  // namespace certledger::engine

#include <certledger/adapters/system/clock.hpp>
#include <certledger/events/codec.hpp>
#include <certledger/projections/lmdb/lmdb_row_store.hpp>
#include <certledger/projections/views.hpp>
#include <certledger/tools/engine/ledger.hpp>
#include <certledger/tools/evidence/doctor.hpp>
#include <certledger/tools/evidence/keeper.hpp>
#include <certledger/tools/evidence/proofs.hpp>
#include <certledger/tools/evidence/sealed_vault.hpp>

#include "doctor_files.hpp"

namespace certledger::evidence {
namespace fs = std::filesystem;

namespace {

constexpr std::string_view kKeyPrefix = "key/";

/// The public keys that the records of a certificate speak of.
Result<std::vector<std::string>> keys_spoken_of(const store::EventStore& log,
                                                const events::CertificateId& id) {
    std::vector<std::string> digests;
    const auto visit = [&](const events::RecordView& record, auto) {
        if (record.type != events::EventType::application_submitted &&
            record.type != events::EventType::certificate_uploaded) {
            return true;
        }
        const auto event = events::decode_event(record.type, record.schema, record.payload);
        if (!event) return true;
        if (const auto* submitted = std::get_if<events::ApplicationSubmitted>(&*event))
            digests.push_back(events::to_hex(submitted->key_sha256));
        if (const auto* uploaded = std::get_if<events::CertificateUploaded>(&*event))
            digests.push_back(events::to_hex(uploaded->key_sha256));
        return true;
    };
    const auto read =
        log.read_stream(events::stream_of(id).value, 1, UINT64_MAX, store::Direction::forward, visit);
    if (!read) return tl::make_unexpected(read.error());
    return digests;
}

Result<bool> is_orphan(const store::EventStore& log, std::string_view name) {
    name.remove_prefix(kKeyPrefix.size());
    const std::size_t slash = name.find('/');
    const auto spoken_of = keys_spoken_of(log, {std::string(name.substr(0, slash))});
    if (!spoken_of) return tl::make_unexpected(spoken_of.error());
    const std::string digest(slash == std::string_view::npos ? "" : name.substr(slash + 1));
    return std::find(spoken_of->begin(), spoken_of->end(), digest) == spoken_of->end();
}

void examine_keys(const store::EventStore& log, const SealedVault& vault, DoctorReport& report) {
    std::size_t keys = 0;
    std::size_t orphans = 0;
    for (const auto& [name, value] : vault.entries) {
        if (!name.starts_with(kKeyPrefix)) continue;
        ++keys;
        const auto orphan = is_orphan(log, name);
        if (!orphan) {
            report.findings.push_back(
                {"orphan-keys", Weight::fault, orphan.error().message, "certledger audit verify"});
            return;
        }
        if (*orphan) ++orphans;
    }
    report.findings.push_back(
        {"orphan-keys", orphans > 0 ? Weight::note : Weight::good,
         std::to_string(keys) + " private keys in the vault, " + std::to_string(orphans) +
             " of which no record speaks",
         orphans > 0 ? "harmless: left by an interrupted command or a log that was put back" : ""});
}

void examine_views(const fs::path& ledger, const engine::Ledger& opened, DoctorReport& report) {
    const store::Position head = opened.store().head().position;
    std::error_code ignored;
    if (!fs::exists(ledger / "views", ignored)) {
        report.findings.push_back(
            {"views-lag", Weight::note, "there are no views yet", "the next query makes them"});
        return;
    }
    auto rows = projections::lmdb::LmdbRowStore::open(ledger / "views");
    if (!rows) {
        report.findings.push_back(
            {"views-lag", Weight::fault, rows.error().message, "certledger views rebuild"});
        return;
    }
    const projections::Views views(opened.store(), **rows, opened.zones());
    const auto status = views.status();
    if (status.stopped) {
        report.findings.push_back({"views-lag", Weight::fault,
                                   "the views stopped: " + status.stopped->message,
                                   "certledger audit verify, then certledger views rebuild"});
        return;
    }
    const bool ahead = status.checkpoint > head;
    const std::uint64_t lag = ahead ? 0 : head - status.checkpoint;
    report.findings.push_back({"views-lag", lag > 0 || ahead ? Weight::note : Weight::good,
                               ahead
                                   ? "the views are ahead of the log, at " + std::to_string(status.checkpoint)
                                   : "the views are " + std::to_string(lag) + " records behind the log",
                               lag > 0 || ahead ? "the next query brings them up" : ""});
}

void examine_clock(const engine::Ledger& opened, DoctorReport& report) {
    if (opened.info().simulated_time) {
        report.findings.push_back({"clock", Weight::good, "time is simulated in this ledger", ""});
        return;
    }
    constexpr std::int64_t kMuch = 60 * events::kMicrosPerSecond;
    const events::Instant last = opened.store().head().recorded_at;
    const std::int64_t behind = last.micros - adapters::system::WallClock().now().micros;
    const Weight weight = behind > kMuch ? Weight::warning : behind > 0 ? Weight::note : Weight::good;
    report.findings.push_back(
        {"clock", weight,
         behind > 0 ? "the clock is " + std::to_string(behind / events::kMicrosPerSecond) +
                          " s behind the last record, of " + events::to_string(last)
                    : "the last record is of " + events::to_string(last),
         weight == Weight::warning ? "set the clock; until it has caught up, recorded times stand still"
                                   : ""});
}

void examine_checkpoints(engine::Ledger& opened, DoctorReport& report) {
    Evidence evidence(parts_of(opened));
    if (const auto held = evidence.admit(); !held) {
        report.findings.push_back({"checkpoints", Weight::fault, held.error().message,
                                   "find out who put the log back and what is lost; then certledger doctor "
                                   "--accept-rollback --reason TEXT, or put the right log in place"});
        return;
    }
    const auto book = check_book(opened.store(), opened.info().path, std::nullopt);
    if (!book || !book->good()) {
        report.findings.push_back({"checkpoints", Weight::fault,
                                   book ? book->messages.front() : book.error().message,
                                   "compare with what witnesses and those who were given checkpoints hold"});
        return;
    }
    const auto waits = evidence.needs_origin();
    if (waits && *waits) {
        report.findings.push_back({"checkpoints", Weight::note,
                                   "the records were imported; nothing is signed yet",
                                   "certledger audit sign --origin NAME"});
        return;
    }
    const auto newest = evidence.newest();
    const std::uint64_t size = newest && *newest ? (*newest)->checkpoint.size : 0;
    const std::uint64_t unsigned_records = opened.store().head().position - size;
    report.findings.push_back(
        {"checkpoints", unsigned_records > 0 ? Weight::note : Weight::good,
         std::to_string(book->checkpoints) + " checkpoints hold; the newest covers " + std::to_string(size) +
             " records, " + std::to_string(unsigned_records) + " are not covered",
         unsigned_records > 0 ? "certledger audit sign, unless a process is still writing" : ""});
}

void examine_opened(const fs::path& ledger, bool views_sound, DoctorReport& report) {
    const auto vault = read_sealed_vault(ledger);
    if (!vault)
        report.findings.push_back(
            {"vault", Weight::fault, vault.error().message, "restore the vault from a backup"});
    engine::LedgerOptions options;
    options.create_if_missing = false;
    options.read_only = true;
    auto opened = engine::Ledger::open(ledger.string(), options);
    if (!opened) {
        report.findings.push_back({"log", Weight::fault, opened.error().message,
                                   "restore the newest backup beside it and compare"});
        return;
    }
    report.findings.push_back(
        {"log", Weight::good,
         "the log opens and ends at position " + std::to_string(opened->store().head().position), ""});
    examine_clock(*opened, report);
    if (views_sound) examine_views(ledger, *opened, report);
    if (vault) examine_keys(opened->store(), *vault, report);
    examine_checkpoints(*opened, report);
}

}  // namespace

Result<DoctorReport> examine(const std::string& ledger) {
    if (!engine::Ledger::exists(ledger))
        return fail(ErrorKind::not_found, "ledger " + ledger + ": there is none");
    DoctorReport report;
    examine_modes(ledger, report);
    examine_disk(ledger, report);
    examine_databases(fs::path(ledger) / "log", report);
    const bool views_sound = examine_databases(fs::path(ledger) / "views", report);
    examine_databases(fs::path(ledger) / "vault", report);
    examine_opened(ledger, views_sound, report);
    return report;
}

}  // namespace certledger::evidence

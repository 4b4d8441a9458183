#include <fcntl.h>

#include <cerrno>
#include <certledger/adapters/system/clock.hpp>
#include <certledger/tools/evidence/keeper.hpp>

#include "files.hpp"

namespace certledger::evidence {
namespace {

/// Waits until what the log's file shows is on the disk. Only the data file: closing LMDB's lock file would
/// give its locks back.
Result<void> sync_log(const std::filesystem::path& ledger) {
    const std::filesystem::path path = ledger / "log" / "data.mdb";
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file.open()) return file_error(path, errno);
    return sync_file(file, path);
}

}  // namespace

Evidence EvidenceKeeper::evidence_of(const store::EventStore& log) const {
    EvidenceParts parts = parts_;
    parts.log = &log;
    return Evidence(std::move(parts));
}

Result<void> EvidenceKeeper::admit_writes(const store::EventStore& log) { return evidence_of(log).admit(); }

Result<void> EvidenceKeeper::leave_checkpoint(const store::EventStore& log) {
    Evidence evidence = evidence_of(log);
    const auto waits = evidence.needs_origin();
    if (!waits) return tl::make_unexpected(waits.error());
    if (*waits) return {};
    const auto done = evidence.sign();
    if (!done) return tl::make_unexpected(done.error());
    signed_size_ = done->checkpoint.size;
    return {};
}

Result<void> EvidenceKeeper::committed(const store::EventStore& log) {
    if (options_.every == 0) return {};
    if (!signed_known_) {
        const auto newest = evidence_of(log).newest();
        if (!newest) return tl::make_unexpected(newest.error());
        if (*newest) signed_size_ = (*newest)->checkpoint.size;
        signed_known_ = true;
    }
    const std::uint64_t size = log.head().position;
    if (size < signed_size_ + options_.every) return {};
    return leave_checkpoint(log);
}

EvidenceParts parts_of(engine::Ledger& ledger) {
    EvidenceParts parts;
    parts.ledger = ledger.info().path;
    parts.log = &ledger.store();
    parts.vault = [&ledger] { return ledger.vault(); };
    parts.make_durable = [path = parts.ledger] { return sync_log(path); };
    parts.now = [] { return adapters::system::WallClock().now(); };
    return parts;
}

std::unique_ptr<engine::LogKeeper> make_keeper(engine::Ledger& ledger, KeeperOptions options) {
    return std::make_unique<EvidenceKeeper>(parts_of(ledger), options);
}

}  // namespace certledger::evidence

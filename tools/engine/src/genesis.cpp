#include "genesis.hpp"

#include <certledger/domain/policies/book.hpp>
#include <certledger/events/codec.hpp>
#include <certledger/store/tlog/keys.hpp>

namespace certledger::engine {
namespace {

constexpr std::int64_t kFormat = 1;

store::PendingRecord first_record(const events::StreamId& stream, const events::Event& event,
                                  events::Instant at, const LedgerOptions& options, const Sources& sources) {
    store::PendingRecord record;
    record.stream = stream;
    record.type = events::type_of(event);
    record.schema = static_cast<std::uint16_t>(events::schema_of(event));
    record.occurred_at = at;
    record.not_before = at;
    record.id = sources.new_id();
    record.actor = options.actor;
    record.account = "default";
    events::encode_event(event, record.payload);
    return record;
}

}  // namespace

Result<void> check_genesis(const LedgerOptions& options) {
    if (!options.origin.empty()) {
        if (auto good = store::tlog::check_key_name(options.origin); !good)
            return fail(ErrorKind::invalid_input, "origin " + options.origin + ": " + good.error().message);
    }
    if (!events::well_formed_actor(options.actor)) {
        return fail(ErrorKind::invalid_input, "actor must be 1 to 128 octets of UTF-8");
    }
    return {};
}

Result<void> write_genesis(store::EventStore& log, const LedgerOptions& options, const Sources& sources) {
    if (auto good = check_genesis(options); !good) return good;
    events::LedgerCreated created;
    created.format = kFormat;
    created.simulated_time = options.simulated_time;
    created.origin = options.origin.empty() ? "certledger/" + sources.new_stream_id() : options.origin;
    const events::Instant at =
        options.simulated_time ? options.now.value_or(events::Instant{}) : sources.clock();
    store::Append append;
    append.records.push_back(first_record(events::ledger_stream(), created, at, options, sources));
    for (const auto& policy : policies::default_policies()) {
        append.records.push_back(
            first_record(events::policy_stream(), events::PolicyAdopted{policy}, at, options, sources));
        append.records.back().causation = append.records.front().id;
    }
    append.expectations = {{events::ledger_stream(), store::ExpectedVersion::no_stream()}};
    const auto written = log.append(append);
    if (!written && written.error().kind != ErrorKind::conflict) return tl::make_unexpected(written.error());
    return {};
}

Result<LedgerInfo> read_genesis(const store::EventStore& log, const std::string& path) {
    LedgerInfo info;
    info.path = path;
    std::optional<Error> failed = Error{ErrorKind::damaged, path + ": the log is empty"};
    const auto visit = [&](const events::RecordView& record, std::span<const std::uint8_t>) {
        failed.reset();
        const auto event = events::decode_event(record.type, record.schema, record.payload);
        const auto* created = event ? std::get_if<events::LedgerCreated>(&*event) : nullptr;
        if (created == nullptr) {
            failed =
                Error{ErrorKind::damaged, path + ": record 1 is no ledger-created record of this program"};
        } else if (created->format != kFormat) {
            failed = Error{ErrorKind::damaged, path + ": the ledger has format " +
                                                   std::to_string(created->format) +
                                                   ", this program knows format " + std::to_string(kFormat)};
        } else {
            info.origin = created->origin;
            info.simulated_time = created->simulated_time;
            info.format = created->format;
            info.created_at = record.recorded_at;
        }
        return false;
    };
    if (auto read = log.read_all(1, 1, visit); !read) return tl::make_unexpected(read.error());
    if (failed) return tl::make_unexpected(std::move(*failed));
    return info;
}

}  // namespace certledger::engine

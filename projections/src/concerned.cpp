#include "concerned.hpp"

#include <certledger/events/codec.hpp>

namespace certledger::projections {

using events::EventType;

std::set<std::string> ever_deployed_on(const RowReader& later, std::string_view account,
                                       std::string_view target) {
    std::set<std::string> found;
    auto prefix = key::of_account(account);
    key::append(prefix, target);
    CertificateRow row;
    later.scan(Index::target, prefix, key::behind(prefix), false, [&](std::string_view, RowId id) {
        if (later.read_certificate(id, row)) found.insert(row.certificate.value);
        return true;
    });
    return found;
}

Result<void> Concerned::add_stream(const events::StreamId& stream) {
    if (!taken_.insert(stream.value).second) return {};
    return log_.read_stream(stream.value, 1, ~std::uint64_t{0}, store::Direction::forward,
                            [&](const events::RecordView& record, std::span<const std::uint8_t> bytes) {
                                if (record.position > position_) return false;
                                records_.emplace(record.position, events::Bytes(bytes.begin(), bytes.end()));
                                return true;
                            });
}

Result<void> Concerned::add_certificate(const std::string& id) {
    const auto stream = events::stream_of(events::CertificateId{id});
    if (auto done = add_stream(stream); !done) return done;
    // Read again for what it points at: it may have been added before for another's sake.
    std::set<std::string> others;
    std::optional<Error> damaged;
    const auto read = log_.read_stream(
        stream.value, 1, ~std::uint64_t{0}, store::Direction::forward,
        [&](const events::RecordView& record, std::span<const std::uint8_t>) {
            if (record.position > position_) return false;
            if (record.type != EventType::renewal_started && record.type != EventType::certificate_deployed)
                return true;
            const auto event = events::decode_event(record.type, record.schema, record.payload);
            if (!event) {
                damaged = event.error();
                return false;
            }
            if (const auto* renewal = std::get_if<events::RenewalStarted>(&*event)) {
                others.insert(renewal->successor.value);
            } else if (const auto* deployed = std::get_if<events::CertificateDeployed>(&*event)) {
                others.merge(ever_deployed_on(later_, record.account, deployed->target));
            }
            return true;
        });
    if (!read) return read;
    if (damaged) return tl::make_unexpected(*damaged);
    for (const auto& other : others) {
        if (auto done = add_stream(events::stream_of(events::CertificateId{other})); !done) return done;
    }
    return {};
}

Result<void> Concerned::fold_into(MemoryRows& rows, const std::optional<Instant>& as_at) const {
    for (const auto& [position, bytes] : records_) {
        const auto record = events::read_record_unchecked(bytes);
        if (!record) return tl::make_unexpected(record.error());
        if (auto done = fold_record(rows, *record, as_at); !done) return done;
    }
    return {};
}

}  // namespace certledger::projections

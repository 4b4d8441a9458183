#include <certledger/store/event_store.hpp>

namespace certledger::store {

bool ExpectedVersion::met_by(std::uint64_t actual) const noexcept {
    switch (kind) {
        case Kind::any:
            return true;
        case Kind::no_stream:
            return actual == 0;
        case Kind::stream_exists:
            return actual != 0;
        case Kind::exact:
            return actual == version;
    }
    return false;
}

std::vector<Result<std::vector<Stored>>> EventStore::append_all(std::span<const Append> appends) {
    std::vector<Result<std::vector<Stored>>> outcomes;
    outcomes.reserve(appends.size());
    for (const Append& one : appends) outcomes.push_back(append(one));
    return outcomes;
}

Result<void> EventStore::read_batches(Position from, Position to, const BatchVisitor& visit) const {
    return read_all(from, to, [&](const events::RecordView& record, std::span<const std::uint8_t> octets) {
        return visit(record.position, {&octets, 1});
    });
}

}  // namespace certledger::store

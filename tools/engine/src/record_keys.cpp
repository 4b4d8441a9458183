#include <certledger/tools/engine/record_keys.hpp>

#include <certledger/domain/decide.hpp>
#include <certledger/events/codec.hpp>

namespace certledger::engine {
namespace {

/// Whether domain::keys_of() may say anything about the type, so that no other payload is decoded.
bool has_keys(events::EventType type) {
    switch (type) {
        case events::EventType::certificate_issued:
        case events::EventType::certificate_uploaded:
        case events::EventType::certificate_deployed:
        case events::EventType::deployment_rolled_back:
            return true;
        default:
            return false;
    }
}

}  // namespace

void record_keys(const events::RecordView& record, std::vector<std::string>& keys) {
    if (!record.command.empty() && record.type != events::EventType::command_refused) {
        keys.push_back(domain::keys::command(record.account, record.command));
    }
    if (!has_keys(record.type)) return;
    const auto event = events::decode_event(record.type, record.schema, record.payload);
    if (!event) return;
    for (auto& key : domain::keys_of(*event, record.account)) keys.push_back(std::move(key));
}

}  // namespace certledger::engine

#include <certledger/events/json/writer.hpp>

#include "line.hpp"
#include "pays_json.hpp"
#include "targets.hpp"

namespace certledger::fuzz {
namespace {

using events::json::OrderedJson;

exec::LineDefaults defaults() {
    exec::LineDefaults made;
    made.actor = "fuzz";
    return made;
}

/// The line that says the same.
std::string line_of(const engine::Request& request) {
    OrderedJson line = std::visit([](const auto& held) { return events::json::to_json_object(held); },
                                  static_cast<const domain::CommandVariant&>(request.command));
    line["command"] = events::to_name(domain::type_of(request.command));
    line["id"] = request.id;
    line["account"] = request.account.value;
    line["actor"] = request.actor;
    if (!request.correlation.empty()) line["correlation"] = request.correlation;
    if (request.occurred_at) line["occurred_at"] = events::to_string(*request.occurred_at);
    return line.dump();
}

}  // namespace

void exec_line(Octets octets) {
    const auto parsed = exec::parse_line(text_of(octets), defaults());
    if (const auto* fault = std::get_if<exec::LineFault>(&parsed)) {
        CERTLEDGER_CHECK(!fault->refusal.message.empty());
        // Whatever was sent, the answer that names it is JSON.
        CERTLEDGER_CHECK(!OrderedJson(fault->refusal.message).dump().empty());
        return;
    }
    const auto* request = std::get_if<engine::Request>(&parsed);
    if (request == nullptr) return;
    const auto again = exec::parse_line(line_of(*request), defaults());
    const auto* same = std::get_if<engine::Request>(&again);
    CERTLEDGER_CHECK(same != nullptr);
    CERTLEDGER_CHECK(same->command == request->command);
    CERTLEDGER_CHECK(same->id == request->id);
    CERTLEDGER_CHECK(same->account == request->account);
    CERTLEDGER_CHECK(same->occurred_at == request->occurred_at);
}

}  // namespace certledger::fuzz

// Command ids that were used before (rulings 14): in this batch, or in the log.
#include <algorithm>
#include <certledger/domain/state.hpp>
#include <certledger/events/codec.hpp>

#include "facts.hpp"
#include "session.hpp"

namespace certledger::engine {
namespace {

using domain::CommandHeader;

/// The id that was made for a command when it was first accepted: that of the stream its events began.
std::string generated_before(const domain::Command& command, const std::vector<EventRef>& events) {
    const bool quota = domain::type_of(command) == domain::CommandType::buy_quota;
    for (const auto& event : events) {
        const bool begins = quota ? event.type == events::EventType::quota_purchased
                                  : event.type == events::EventType::certificate_purchased ||
                                        event.type == events::EventType::certificate_created ||
                                        event.type == events::EventType::certificate_uploaded;
        if (begins) return std::string(events::id_part(event.stream.value));
    }
    return {};
}

}  // namespace

bool Session::known(Entry& entry, const CommandHeader& header) {
    if (entry.request.id.empty()) return false;
    const std::string key = domain::keys::command(header.account.value, entry.request.id);
    const auto reused = [&] {
        domain::Refusal refusal;
        refusal.code = events::RefusalCode::command_id_reused;
        refusal.field = "id";
        refusal.message = "the command id " + entry.request.id + " was used for another command";
        describe(refusal, entry, header);
        refuse(entry, header, std::move(refusal));
        return true;
    };
    if (const auto claimed = claimed_.find(key); claimed != claimed_.end()) {
        if (entries_[claimed->second].digest != entry.digest) return reused();
        entry.original = claimed->second;
        return true;
    }
    world_.note_read(key);
    auto first = first_answer(key, entry.request);
    if (!first) return false;
    if (first->digest != entry.digest) return reused();
    answer_again(entry, header, std::move(*first));
    return true;
}

std::optional<Session::FirstAnswer> Session::first_answer(const std::string& key,
                                                          const Request& request) const {
    std::optional<FirstAnswer> first;
    const auto found = log_.find(key, [&](const events::RecordView& record, std::span<const std::uint8_t>) {
        const bool mine = record.command == request.id && record.account == request.account.value &&
                          record.type != events::EventType::command_refused;
        if (!mine || record.position > world_.head().position) return true;
        if (!first) first.emplace().digest = record.command_digest;
        first->events.push_back({record.type, events::StreamId{std::string(record.stream)}, record.version,
                                 record.position, record.id});
        return true;
    });
    if (!found) throw Failed{found.error()};
    if (first) std::reverse(first->events.begin(), first->events.end());
    return first;
}

void Session::answer_again(Entry& entry, const CommandHeader& header, FirstAnswer first) const {
    const domain::Command& command = entry.request.command;
    Answer& answer = entry.answer;
    answer.ok = true;
    answer.replayed = true;
    answer.position = first.events.back().position;
    domain::Facts facts;
    facts.generated_id = generated_before(command, first.events);
    const auto named = domain::named_stream(header, command, facts);
    std::uint64_t version = 0;
    for (const auto& event : first.events) {
        if (event.stream == named) version = event.version;
    }
    answer.status = status_at(named, version);
    name_generated(command, facts.generated_id, answer);
    answer.events = std::move(first.events);
}

std::optional<events::Status> Session::status_at(const events::StreamId& stream,
                                                 std::uint64_t version) const {
    if (version == 0 || events::stream_kind(stream.value) != events::StreamKind::certificate)
        return std::nullopt;
    domain::CertificateState state;
    std::optional<Error> failed;
    const auto visit = [&](const events::RecordView& record, std::span<const std::uint8_t>) {
        const auto event = events::decode_event(record.type, record.schema, record.payload);
        if (!event) {
            failed = event.error();
            return false;
        }
        domain::evolve(state, *event, record.occurred_at, events::AccountId{std::string(record.account)});
        return true;
    };
    const auto read = log_.read_stream(stream.value, 1, version, store::Direction::forward, visit);
    if (!read) throw Failed{read.error()};
    if (failed) throw Failed{std::move(*failed)};
    return state.status;
}

}  // namespace certledger::engine

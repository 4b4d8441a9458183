// Written by hand: an answer has a handful of members, and there are many answers.
#include <certledger/tools/exec/answer_line.hpp>

namespace certledger::exec {
namespace {

constexpr char kHex[] = "0123456789abcdef";

template <class Number>
void append_number(const char* name, Number number, std::string& out) {
    out.append(name).append(std::to_string(number));
}

void append_member(const char* name, std::string_view text, std::string& out) {
    out.append(name);
    append_text(text, out);
}

void append_event(const engine::EventRef& event, std::string& out) {
    out.append("{\"type\":\"").append(events::to_name(event.type));
    append_member("\",\"stream\":", event.stream.value, out);
    append_number(",\"version\":", event.version, out);
    append_number(",\"position\":", event.position, out);
    out.push_back('}');
}

void append_done(const engine::Answer& answer, std::string& out) {
    out.append(",\"events\":[");
    for (std::size_t i = 0; i < answer.events.size(); ++i) {
        if (i > 0) out.push_back(',');
        append_event(answer.events[i], out);
    }
    out.push_back(']');
    if (answer.status) append_member(",\"status\":", events::to_name(*answer.status), out);
    if (answer.certificate) append_member(",\"certificate\":", answer.certificate->value, out);
    if (answer.quota) append_member(",\"quota\":", answer.quota->value, out);
    if (answer.successor) append_member(",\"successor\":", answer.successor->value, out);
}

}  // namespace

void append_text(std::string_view text, std::string& out) {
    out.push_back('"');
    for (const char c : text) {
        const auto octet = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            out.push_back('\\');
            out.push_back(c);
        } else if (c == '\n') {
            out.append("\\n");
        } else if (c == '\t') {
            out.append("\\t");
        } else if (octet < 0x20 || octet == 0x7F) {
            out.append("\\u00").push_back(kHex[octet >> 4U]);
            out.push_back(kHex[octet & 0xFU]);
        } else {
            out.push_back(c);
        }
    }
    out.push_back('"');
}

void append_refusal(const domain::Refusal& refusal, std::optional<std::string_view> command,
                    std::string& out) {
    append_member("{\"code\":", events::to_name(refusal.code), out);
    append_member(",\"message\":", refusal.message, out);
    if (refusal.status) {
        append_member(",\"status\":", events::to_name(*refusal.status), out);
    } else {
        out.append(",\"status\":null");
    }
    if (command) {
        append_member(",\"command\":", *command, out);
    } else {
        out.append(",\"command\":null");
    }
    out.append(",\"allowed\":[");
    for (std::size_t i = 0; i < refusal.allowed.size(); ++i) {
        append_member(i > 0 ? "," : "", events::to_name(refusal.allowed[i]), out);
    }
    out.push_back(']');
    if (!refusal.field.empty()) append_member(",\"field\":", refusal.field, out);
    out.push_back('}');
}

void append_answer(const engine::Answer& answer, std::string& out) {
    append_member("{\"id\":", answer.id, out);
    out.append(answer.ok ? ",\"ok\":true" : ",\"ok\":false");
    if (answer.replayed) out.append(",\"replayed\":true");
    if (answer.position) append_number(",\"position\":", *answer.position, out);
    if (answer.ok) {
        append_done(answer, out);
    } else if (answer.refusal) {
        out.append(",\"refusal\":");
        append_refusal(*answer.refusal, events::to_name(answer.command), out);
    }
    out.push_back('}');
}

}  // namespace certledger::exec

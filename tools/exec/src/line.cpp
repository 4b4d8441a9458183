#include "line.hpp"

#include <certledger/events/json/parse.hpp>

#include "commands.hpp"

namespace certledger::exec {
namespace {

using events::json::FieldError;
using events::json::Json;
using events::json::JsonValue;

constexpr std::size_t kMostCorrelation = 256;

domain::Refusal invalid(std::string field, std::string message) {
    domain::Refusal refusal;
    refusal.code = events::RefusalCode::invalid_field;
    refusal.field = std::move(field);
    refusal.message = std::move(message);
    return refusal;
}

LineFault no_object(std::string message) {
    LineFault fault;
    fault.no_object = true;
    fault.refusal = invalid({}, std::move(message));
    return fault;
}

/// Reads one line's members; the first fault stays.
class Members {
  public:
    explicit Members(const Json& line) : line_(line) {}

    [[nodiscard]] bool ok() const noexcept { return !fault_; }
    [[nodiscard]] FieldError& fault() { return *fault_; }
    [[nodiscard]] bool has(const char* name) const { return line_.contains(name); }

    void fault_at(FieldError fault) {
        if (!fault_) fault_ = std::move(fault);
    }
    void refuse(std::string field, std::string rule) { fault_at({field, field + " " + std::move(rule)}); }

    template <class T>
    std::optional<T> read(const char* name) {
        const auto member = line_.find(name);
        if (!ok() || member == line_.end()) return std::nullopt;
        auto value = JsonValue<T>::read(*member);
        if (!value) {
            refuse(name, std::move(value.error()));
            return std::nullopt;
        }
        return std::move(*value);
    }

  private:
    const Json& line_;
    std::optional<FieldError> fault_;
};

/// The id, if it is one; a missing id is a fault of commands only.
std::optional<std::string> read_id(Members& members) {
    auto id = members.read<std::string>("id");
    if (!id) return std::nullopt;
    if (events::well_formed_command_id(*id)) return id;
    members.refuse("id", "must be 1 to 128 printable ASCII characters");
    return std::nullopt;
}

events::AccountId read_account(Members& members, const LineDefaults& defaults) {
    auto account = members.read<events::AccountId>("account");
    if (!account) return defaults.account;
    if (!events::well_formed_id(account->value)) members.refuse("account", "must match [A-Za-z0-9._-]{1,64}");
    return std::move(*account);
}

std::string read_actor(Members& members, const LineDefaults& defaults) {
    auto actor = members.read<std::string>("actor");
    if (!actor) return defaults.actor;
    if (!events::well_formed_actor(*actor)) members.refuse("actor", "must be 1 to 128 octets of UTF-8");
    return std::move(*actor);
}

std::string read_correlation(Members& members) {
    auto correlation = members.read<std::string>("correlation");
    if (!correlation) return {};
    if (correlation->empty() || correlation->size() > kMostCorrelation) {
        members.refuse("correlation", "must be 1 to 256 octets of UTF-8");
    }
    return std::move(*correlation);
}

std::optional<store::ExpectedVersion> read_expected_version(Members& members, const Json& line) {
    using store::ExpectedVersion;
    const auto member = line.find("expected_version");
    if (!members.ok() || member == line.end()) return std::nullopt;
    if (*member == "any") return ExpectedVersion::any();
    if (*member == "no-stream") return ExpectedVersion::no_stream();
    if (*member == "stream-exists") return ExpectedVersion::stream_exists();
    if (const auto version = JsonValue<std::uint64_t>::read(*member)) return ExpectedVersion::exact(*version);
    members.refuse("expected_version",
                   "must be a version (a whole number from 0), \"no-stream\", "
                   "\"stream-exists\" or \"any\"");
    return std::nullopt;
}

/// What a fault says besides itself: the id, the stream that the line speaks of.
LineFault fault_of(Members& members, const Json& line, std::optional<std::string> id, std::string asked,
                   const LineDefaults& defaults) {
    LineFault fault;
    fault.id = std::move(id);
    fault.refusal = invalid(std::move(members.fault().field), std::move(members.fault().message));
    fault.asked = std::move(asked);
    fault.account = defaults.account;
    const auto text_of = [&](const char* name) -> std::optional<std::string> {
        const auto member = line.find(name);
        if (member == line.end() || !member->is_string()) return std::nullopt;
        const auto& text = member->get_ref<const std::string&>();
        if (!events::well_formed_id(text)) return std::nullopt;
        return text;
    };
    if (auto account = text_of("account")) fault.account.value = std::move(*account);
    if (auto certificate = text_of("certificate"))
        fault.certificate = events::CertificateId{std::move(*certificate)};
    return fault;
}

/// The text of a member, where it is one: also behind a fault, so that the answer can name what was asked.
std::optional<std::string> text_in(const Json& line, const char* name) {
    const auto member = line.find(name);
    if (member == line.end() || !member->is_string()) return std::nullopt;
    return member->get<std::string>();
}

/// Whether the text names a command that can be given from outside; `type` says which.
bool known_command(const std::optional<std::string>& name, domain::CommandType& type) {
    for (const auto& entry : events::EnumTraits<domain::CommandType>::entries) {
        if (!name || entry.name != *name || !domain::from_outside(entry.value)) continue;
        type = entry.value;
        return true;
    }
    return false;
}

ParsedLine parse_command(const Json& line, Members& members, std::optional<std::string> id,
                         const LineDefaults& defaults) {
    domain::CommandType type{};
    std::string asked;
    if (!members.has("query") && known_command(text_in(line, "command"), type)) {
        asked = events::to_name(type);
    } else {
        (void)members.read<std::string>("command");
        members.refuse("command", "is none that this program knows");
    }
    if (!members.has("id")) members.refuse("id", "is missing");
    engine::Request request;
    request.account = read_account(members, defaults);
    request.actor = read_actor(members, defaults);
    request.correlation = read_correlation(members);
    request.occurred_at = members.read<events::Instant>("occurred_at");
    request.expected_version = read_expected_version(members, line);
    if (members.ok()) {
        auto command = read_command(type, line);
        if (command) {
            request.id = std::move(*id);
            request.command = std::move(*command);
            return request;
        }
        members.fault_at(std::move(command.error()));
    }
    return fault_of(members, line, std::move(id), std::move(asked), defaults);
}

ParsedLine parse_query(const Json& line, Members& members, std::optional<std::string> id,
                       const LineDefaults& defaults) {
    QueryRequest request;
    const auto name = text_in(line, "query");
    const bool known = name && select_query(*name, request.query);
    if (!known) {
        (void)members.read<std::string>("query");
        members.refuse("query", "is none that this program knows");
    }
    request.account = read_account(members, defaults);
    (void)read_actor(members, defaults);
    (void)read_correlation(members);
    request.as_of = members.read<projections::AsOf>("as_of");
    request.as_at = members.read<events::Instant>("as_at");
    if (members.ok()) {
        if (auto fault = read_query(line, request.query)) members.fault_at(std::move(*fault));
    }
    if (!members.ok()) return fault_of(members, line, std::move(id), known ? *name : "", defaults);
    if (!request.as_of) request.as_of = defaults.as_of;
    if (!request.as_at) request.as_at = defaults.as_at;
    request.id = std::move(id);
    return request;
}

}  // namespace

LineFault too_long() { return no_object("the line is longer than " + std::to_string(kMaxLine) + " octets"); }

ParsedLine parse_line(std::string_view text, const LineDefaults& defaults) {
    auto document = events::json::parse_document(text, kMaxLine);
    if (!document) return no_object(std::move(document.error().message));
    const Json& line = document->value;
    if (!line.is_object()) return no_object("the line is JSON but no object");
    Members members(line);
    auto id = read_id(members);
    if (document->fault) {
        if (document->fault->field == "id") id.reset();
        members.fault_at(std::move(*document->fault));
    }
    if (members.has("command") == members.has("query")) {
        members.fault_at({"command", members.has("query") ? "command and query stand in one line"
                                                          : "command is missing, and so is query"});
    }
    return members.has("query") && !members.has("command")
               ? parse_query(line, members, std::move(id), defaults)
               : parse_command(line, members, std::move(id), defaults);
}

}  // namespace certledger::exec

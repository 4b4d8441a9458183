// Decides one request of a batch: the checks in their order (rulings 6), and the records that follow.
#include <certledger/events/codec.hpp>
#include <certledger/events/contract.hpp>

#include "facts.hpp"
#include "session.hpp"

namespace certledger::engine {
namespace {

using domain::CommandHeader;
using domain::Refusal;
using events::RefusalCode;

constexpr std::size_t kMostCorrelation = 256;
constexpr std::size_t kMostMessage = 2'048;

Refusal invalid(const char* field, std::string message) {
    Refusal refusal;
    refusal.code = RefusalCode::invalid_field;
    refusal.field = field;
    refusal.message = std::move(message);
    return refusal;
}

std::string expectation_text(const store::ExpectedVersion& expected) {
    switch (expected.kind) {
        case store::ExpectedVersion::Kind::any:
            return "any";
        case store::ExpectedVersion::Kind::no_stream:
            return "no-stream";
        case store::ExpectedVersion::Kind::stream_exists:
            return "stream-exists";
        case store::ExpectedVersion::Kind::exact:
            break;
    }
    return std::to_string(expected.version);
}

std::size_t size_of(const store::PendingRecord& record) {
    return events::kEnvelopeSize + events::kChecksumSize + record.stream.value.size() + record.actor.size() +
           record.account.size() + record.command.size() + record.correlation.size() + record.payload.size();
}

/// At most so many octets, cut between two characters.
void shorten(std::string& text, std::size_t most) {
    if (text.size() <= most) return;
    std::size_t end = most;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
    text.resize(end);
}

/// Whether an accepted command leaves something in the vault.
bool needs_the_vault(const domain::Command& command) {
    const auto* upload = std::get_if<domain::UploadCertificate>(&command);
    return domain::needs_preparation(command) || (upload != nullptr && upload->private_key_pem);
}

/// A rule about the record's size, with the field that weighs most.
Refusal too_large(const domain::Command& command, std::size_t size) {
    const auto type = domain::type_of(command);
    const char* field =
        type == domain::CommandType::issue_certificate || type == domain::CommandType::upload_certificate
            ? "certificate_pem"
            : "names";
    return invalid(field, std::string(field) + ": the event would take " + std::to_string(size) +
                              " octets, a record takes at most " + std::to_string(events::kMaxRecordSize));
}

}  // namespace

CommandHeader Session::header_of(const Entry& entry) const {
    CommandHeader header;
    header.id = entry.request.id;
    header.account = entry.request.account;
    header.actor = entry.request.actor;
    header.correlation = entry.request.correlation;
    header.at = entry.request.occurred_at ? *entry.request.occurred_at : command_now();
    return header;
}

/// What the request says beside the command's own fields (rulings 4 and 15).
std::optional<Refusal> Session::request_fault(const Request& request) const {
    if (!request.id.empty() && !events::well_formed_command_id(request.id)) {
        return invalid("id", "id must be 1 to 128 printable ASCII characters");
    }
    if (!events::well_formed_id(request.account.value)) {
        return invalid("account", "account must match [A-Za-z0-9._-]{1,64}");
    }
    if (!events::well_formed_actor(request.actor)) {
        return invalid("actor", "actor must be 1 to 128 octets of UTF-8");
    }
    if (request.correlation.size() > kMostCorrelation) {
        return invalid("correlation", "correlation must be at most 256 octets");
    }
    if (request.occurred_at && !options_.simulated_time && *request.occurred_at > sources_.clock()) {
        return invalid("occurred_at",
                       "occurred_at " + events::to_string(*request.occurred_at) + " lies in the future");
    }
    return std::nullopt;
}

std::optional<Refusal> Session::version_fault(const Entry& entry, const CommandHeader& header) const {
    const auto& expected = entry.request.expected_version;
    if (!expected) return std::nullopt;
    const auto stream = domain::named_stream(header, entry.request.command, entry.facts);
    const std::uint64_t version = world_.version(stream);
    if (expected->met_by(version)) return std::nullopt;
    Refusal refusal;
    refusal.code = RefusalCode::version_conflict;
    refusal.field = "expected_version";
    refusal.message = stream.value + " is at version " + std::to_string(version) + ", expected was " +
                      expectation_text(*expected);
    return refusal;
}

void Session::decide(Entry& entry, std::size_t index) {
    const domain::Command& command = entry.request.command;
    entry.answer = Answer{};
    entry.answer.id = entry.request.id;
    entry.answer.command = domain::type_of(command);
    entry.first_record = append_.records.size();
    entry.records = 0;
    entry.original.reset();
    const CommandHeader header = header_of(entry);

    const auto refuse_described = [&](Refusal refusal) {
        describe(refusal, entry, header);
        refuse(entry, header, std::move(refusal));
    };
    if (auto fault = request_fault(entry.request)) return refuse_described(std::move(*fault));
    if (auto fault = domain::shape_fault(command, entry.facts)) return refuse_described(std::move(*fault));
    if (known(entry, header)) return;
    if (auto fault = domain::existence_fault(header, command, entry.facts, world_)) {
        return refuse(entry, header, std::move(*fault));
    }
    if (auto fault = version_fault(entry, header)) return refuse_described(std::move(*fault));
    auto decision = domain::decide(header, command, entry.facts, world_);
    if (decision && !entry.prepared && needs_the_vault(command)) {
        make_what_it_needs(entry, header);
        decision = domain::decide(header, command, entry.facts, world_);
    }
    if (!decision) return refuse(entry, header, std::move(decision.error()));
    accept(entry, header, std::move(*decision));
    if (entry.answer.ok && !entry.request.id.empty()) {
        claimed_.emplace(domain::keys::command(header.account.value, entry.request.id), index);
    }
}

namespace {

struct Prepare {
    domain::Facts& facts;
    Secrets& secrets;
    events::CertificateId id;

    template <class Application>
    Result<void> application(const Application& c) const {
        if (c.key) {
            const auto algorithm = events::from_name<events::KeyAlgorithm>(*c.key);
            CERTLEDGER_CHECK(algorithm.has_value());
            const auto made = secrets.make_key(*algorithm, id);
            if (!made) return tl::make_unexpected(made.error());
            facts.made_key_sha256 = *made;
        }
        if (c.contact) {
            auto sealed = secrets.seal(id, "contact", events::encode(*c.contact));
            if (!sealed) return tl::make_unexpected(sealed.error());
            facts.contact = std::move(*sealed);
        }
        if (c.company) {
            auto sealed = secrets.seal(id, "company", events::encode(*c.company));
            if (!sealed) return tl::make_unexpected(sealed.error());
            facts.company = std::move(*sealed);
        }
        return {};
    }

    Result<void> operator()(const domain::SubmitApplication& c) const { return application(c); }
    Result<void> operator()(const domain::CreateCertificate& c) const { return application(c); }
    Result<void> operator()(const domain::UploadCertificate& c) const {
        if (!c.private_key_pem) return {};
        return secrets.keep_key(*c.private_key_pem, facts.private_key->key_sha256, id);
    }
    template <class Other>
    Result<void> operator()(const Other&) const {
        return {};
    }
};

}  // namespace

void Session::make_what_it_needs(Entry& entry, const CommandHeader& header) {
    const auto stream = domain::named_stream(header, entry.request.command, entry.facts);
    const events::CertificateId id{std::string(events::id_part(stream.value))};
    const auto made = std::visit(Prepare{entry.facts, secrets_, id}, entry.request.command);
    if (!made) throw Failed{made.error()};
    entry.prepared = true;
}

store::PendingRecord Session::record_of(const Entry& entry, const CommandHeader& header,
                                        const events::StreamId& stream, const events::Event& event,
                                        const events::Uuid& cause) const {
    store::PendingRecord record;
    record.stream = stream;
    record.type = events::type_of(event);
    record.schema = static_cast<std::uint16_t>(events::schema_of(event));
    record.occurred_at = header.at;
    record.not_before = options_.simulated_time ? header.at : sources_.clock();
    record.id = sources_.new_id();
    record.causation = cause;
    record.command_digest = entry.digest;
    record.actor = header.actor;
    record.account = header.account.value;
    record.command = header.id;
    record.correlation = header.correlation;
    events::encode_event(event, record.payload);
    return record;
}

void Session::buffer(store::PendingRecord record) {
    recorded_ = std::max(recorded_, record.not_before);
    octets_ += size_of(record);
    append_.records.push_back(std::move(record));
}

void Session::accept(Entry& entry, const CommandHeader& header, std::vector<domain::Caused> caused) {
    CERTLEDGER_CHECK(!caused.empty());
    std::vector<store::PendingRecord> records;
    records.reserve(caused.size());
    for (const auto& one : caused) {
        // What follows in one command follows from its first event.
        const events::Uuid& cause = records.empty() ? entry.request.causation : records.front().id;
        records.push_back(record_of(entry, header, one.stream, one.event, cause));
        if (const std::size_t size = size_of(records.back()); size > events::kMaxRecordSize) {
            Refusal refusal = too_large(entry.request.command, size);
            describe(refusal, entry, header);
            return refuse(entry, header, std::move(refusal));
        }
    }
    Answer& answer = entry.answer;
    answer.ok = true;
    entry.records = records.size();
    for (std::size_t i = 0; i < caused.size(); ++i) {
        answer.events.push_back({records[i].type, caused[i].stream, 0, 0, records[i].id});
        if (written_.insert(caused[i].stream.value).second) {
            append_.expectations.push_back(
                {caused[i].stream, store::ExpectedVersion::exact(world_.version(caused[i].stream))});
        }
        world_.apply(caused[i], header.at, header.account);
        buffer(std::move(records[i]));
    }
    const auto named = domain::named_stream(header, entry.request.command, entry.facts);
    const std::string id(events::id_part(named.value));
    if (events::stream_kind(named.value) == events::StreamKind::certificate) {
        answer.status = world_.certificate({id}).status;
    }
    name_generated(entry.request.command, entry.facts.generated_id, answer);
}

void name_generated(const domain::Command& command, const std::string& generated, Answer& answer) {
    if (!wants_generated_id(command)) return;
    switch (domain::type_of(command)) {
        case domain::CommandType::buy_quota:
            answer.quota = events::QuotaId{generated};
            break;
        case domain::CommandType::renew_certificate:
            answer.successor = events::CertificateId{generated};
            break;
        default:
            answer.certificate = events::CertificateId{generated};
            break;
    }
}

Standing standing_of(const LogWorld& world, const events::AccountId& account,
                     const events::CertificateId& id) {
    const auto& state = world.certificate(id);
    // Nothing is told about another account's certificate.
    if (state.exists() && state.stream.account != account) return {};
    if (state.deleted()) return {state.status, {}};
    return {state.status, domain::allowed_commands(state, world)};
}

/// Status and what is permitted, for a refusal that the rules of the domain did not make.
void Session::describe(Refusal& refusal, const Entry& entry, const CommandHeader& header) const {
    const auto named = domain::named_stream(header, entry.request.command, entry.facts);
    const std::string id(events::id_part(named.value));
    if (events::stream_kind(named.value) != events::StreamKind::certificate || !events::well_formed_id(id))
        return;
    Standing standing = standing_of(world_, header.account, {id});
    refusal.status = standing.status;
    refusal.allowed = std::move(standing.allowed);
}

void Session::refuse(Entry& entry, const CommandHeader& header, Refusal refusal) {
    shorten(refusal.message, kMostMessage);
    const bool told =
        refusal.code == RefusalCode::invalid_field || refusal.code == RefusalCode::command_id_reused;
    if (options_.refusals_recorded && !told && !domain::names_generated_stream(entry.request.command)) {
        events::CommandRefused event;
        event.code = refusal.code;
        event.status = refusal.status;
        event.command = std::string(events::to_name(entry.answer.command));
        event.message = refusal.message;
        if (!refusal.field.empty()) event.field = refusal.field;
        const auto named = domain::named_stream(header, entry.request.command, entry.facts);
        buffer(record_of(entry, header, events::rejection_stream(named), event, entry.request.causation));
        entry.records = 1;
    }
    entry.answer.ok = false;
    entry.answer.refusal = std::move(refusal);
}

}  // namespace certledger::engine

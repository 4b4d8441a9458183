#include "application.hpp"

#include <certledger/events/codec.hpp>

namespace certledger::workflow {
namespace {

using events::EventType;

/// Walks a certificate's stream from its end; false from `visit` ends the walk.
Result<void> walk_back(const engine::Ledger& ledger, const events::CertificateId& id,
                       const std::function<Result<bool>(const events::RecordView&)>& visit) {
    std::optional<Error> fault;
    auto read =
        ledger.store().read_stream(events::stream_of(id).value, 1, UINT64_MAX, store::Direction::backward,
                                   [&](const events::RecordView& record, std::span<const std::uint8_t>) {
                                       auto on = visit(record);
                                       if (!on) fault = on.error();
                                       return on && *on;
                                   });
    if (!read) return read;
    if (fault) return tl::make_unexpected(*fault);
    return {};
}

template <class T>
Result<T> decoded(const events::RecordView& record) {
    auto event = events::decode_event(record.type, record.schema, record.payload);
    if (!event) return tl::make_unexpected(std::move(event.error()));
    return std::get<T>(std::move(*event));
}

}  // namespace

Result<ApplicationRecord> read_application(const engine::Ledger& ledger, const events::CertificateId& id) {
    ApplicationRecord application;
    bool found = false;
    bool issuance_seen = false;
    const auto walked = walk_back(ledger, id, [&](const events::RecordView& record) -> Result<bool> {
        if (record.type == EventType::challenge_issued) {
            const auto challenge = decoded<events::ChallengeIssued>(record);
            if (!challenge) return tl::make_unexpected(challenge.error());
            application.tokens.emplace(challenge->name, challenge->token);
        } else if (record.type == EventType::issuance_intended || record.type == EventType::issuance_failed) {
            if (!issuance_seen) application.issuance_intended = record.type == EventType::issuance_intended;
            issuance_seen = true;
        } else if (record.type == EventType::application_submitted) {
            auto submitted = decoded<events::ApplicationSubmitted>(record);
            if (!submitted) return tl::make_unexpected(std::move(submitted.error()));
            application.submitted = std::move(*submitted);
            application.id = record.id;
            found = true;
        }
        return !found;
    });
    if (!walked) return tl::make_unexpected(walked.error());
    if (!found)
        return fail(ErrorKind::not_found, "certificate " + id.value + ": no application was submitted");
    return application;
}

Result<CertificateRecord> read_certificate_record(const engine::Ledger& ledger,
                                                  const events::CertificateId& id) {
    std::optional<CertificateRecord> found;
    const auto walked = walk_back(ledger, id, [&](const events::RecordView& record) -> Result<bool> {
        if (record.type == EventType::certificate_issued) {
            auto issued = decoded<events::CertificateIssued>(record);
            if (!issued) return tl::make_unexpected(std::move(issued.error()));
            found = CertificateRecord{std::move(issued->der), std::move(issued->issuer)};
        } else if (record.type == EventType::certificate_uploaded) {
            auto uploaded = decoded<events::CertificateUploaded>(record);
            if (!uploaded) return tl::make_unexpected(std::move(uploaded.error()));
            found = CertificateRecord{std::move(uploaded->der), std::move(uploaded->issuer)};
        }
        return !found;
    });
    if (!walked) return tl::make_unexpected(walked.error());
    if (!found) return fail(ErrorKind::not_found, "certificate " + id.value + " was never issued");
    return std::move(*found);
}

Result<events::Uuid> read_deployment_start(const engine::Ledger& ledger, const events::CertificateId& id,
                                           const std::string& target) {
    std::optional<events::Uuid> found;
    const auto walked = walk_back(ledger, id, [&](const events::RecordView& record) -> Result<bool> {
        if (record.type != EventType::deployment_started) return true;
        const auto started = decoded<events::DeploymentStarted>(record);
        if (!started) return tl::make_unexpected(started.error());
        if (started->target == target) found = record.id;
        return !found;
    });
    if (!walked) return tl::make_unexpected(walked.error());
    if (!found)
        return fail(ErrorKind::not_found, "certificate " + id.value + ": nothing was deployed to " + target);
    return *found;
}

Result<std::string> token_of(const engine::Ledger& ledger, const engine::Answer& answer) {
    for (const auto& reference : answer.events) {
        if (reference.type != EventType::challenge_issued) continue;
        const auto bytes = ledger.store().record(reference.position);
        if (!bytes) return tl::make_unexpected(bytes.error());
        const auto record = events::read_record(*bytes);
        if (!record) return tl::make_unexpected(record.error());
        const auto challenge = decoded<events::ChallengeIssued>(*record);
        if (!challenge) return tl::make_unexpected(challenge.error());
        return challenge->token;
    }
    return fail(ErrorKind::not_found, "the answer names no challenge");
}

}  // namespace certledger::workflow

// Role: what the rule files of this room share. Private to domain/src.
#pragma once

#include <certledger/domain/decide.hpp>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace certledger::domain {

using events::RefusalCode;

/// What a rule for a command on a certificate looks at.
struct Case {
    const CommandHeader& header;
    const Facts& facts;
    const World& world;
    const events::CertificateId& id;
    const CertificateState& state;

    [[nodiscard]] Instant now() const noexcept { return header.at; }
    [[nodiscard]] policies::PolicyBook policies() const {
        return {world.ledger_policies(), &world.account_policies(header.account)};
    }
    /// Whether the CA checks more than control of the names.
    [[nodiscard]] bool identity_checked() const {
        return state.product && state.product->level != events::Level::dv;
    }
    [[nodiscard]] Caused cause(events::Event event) const {
        return {events::stream_of(id), std::move(event)};
    }
};

/// A refusal about a certificate; status and allowed commands are filled in.
[[nodiscard]] Refusal refusal(const CertificateState& state, const World& world, RefusalCode code,
                              std::string message, std::string field = {});

/// The same as a Decision.
[[nodiscard]] tl::unexpected<Refusal> refuse(const Case& facts, RefusalCode code, std::string message,
                                             std::string field = {});

/// A refusal that is not about a certificate.
[[nodiscard]] tl::unexpected<Refusal> refuse_plainly(RefusalCode code, std::string message,
                                                     std::string field = {});

[[nodiscard]] Refusal invalid_field(std::string field, std::string message);

/// Whether a text is empty or white space only.
[[nodiscard]] bool blank(std::string_view text) noexcept;

/// The first fault of ordered names: syntax first, then number and kind against the product.
[[nodiscard]] std::optional<std::pair<RefusalCode, std::string>> names_fault(
    const std::vector<NameFact>& names, const events::Product& product);

[[nodiscard]] std::vector<events::DomainName> normal_names(const std::vector<NameFact>& names);

/// Whether two lists name the same set.
[[nodiscard]] bool same_names(const std::vector<events::DomainName>& a,
                              const std::vector<events::DomainName>& b);

/// Whether an A-label form is an IP address.
[[nodiscard]] bool is_address(std::string_view ascii) noexcept;

/// ` "k1"` and the like: an id in a message.
[[nodiscard]] std::string quoted(std::string_view text);

/// Code with which a command is refused by status and flags alone; nothing when it is permitted. What hangs
/// on clock, product or target is not looked at.
[[nodiscard]] std::optional<RefusalCode> status_fault(CommandType command, const CertificateState& state);

/// Facts of the stream that forbid a command which the status alone would permit, whatever clock, product and
/// target say.
[[nodiscard]] std::optional<RefusalCode> flag_fault(CommandType command, const CertificateState& state);

/// Whether there is a successor that counts: one that was deleted before it was ever issued does not (rulings
/// 23).
[[nodiscard]] bool has_live_successor(const CertificateState& state, const World& world);

/// Whether `occurred_at` is not before the first event of a stream that the command writes to (rulings 4).
[[nodiscard]] std::optional<Refusal> time_fault(const CommandHeader& header, const StreamFacts& stream,
                                                const events::StreamId& name);

// One function a command; each needs a command without shape and existence faults, and a status that permits
// it.
[[nodiscard]] Decision rule(const BuyQuota& command, const CommandHeader& header, const Facts& facts);
[[nodiscard]] Decision rule(const RefundQuota& command, const CommandHeader& header, const World& world);
[[nodiscard]] Decision rule(const AdoptPolicy& command, const CommandHeader& header, const World& world);
[[nodiscard]] Decision rule(const BuyCertificate& command, const Case& facts);
[[nodiscard]] Decision rule(const CreateCertificate& command, const Case& facts);
[[nodiscard]] Decision rule(const UploadCertificate& command, const Case& facts);
[[nodiscard]] Decision rule(const RenewCertificate& command, const Case& facts);
[[nodiscard]] Decision rule(const DeleteCertificate& command, const Case& facts);
[[nodiscard]] Decision rule(const ExpireCertificate& command, const Case& facts);
[[nodiscard]] Decision rule(const SubmitApplication& command, const Case& facts);
[[nodiscard]] Decision rule(const WithdrawApplication& command, const Case& facts);
[[nodiscard]] Decision rule(const IssueChallenge& command, const Case& facts);
[[nodiscard]] Decision rule(const RecordValidation& command, const Case& facts);
[[nodiscard]] Decision rule(const RecordReview& command, const Case& facts);
[[nodiscard]] Decision rule(const RecordMail& command, const Case& facts);
[[nodiscard]] Decision rule(const RecordPhone& command, const Case& facts);
[[nodiscard]] Decision rule(const RecordOrganization& command, const Case& facts);
[[nodiscard]] Decision rule(const RejectApplication& command, const Case& facts);
[[nodiscard]] Decision rule(const RecordIssuance& command, const Case& facts);
[[nodiscard]] Decision rule(const IssueCertificate& command, const Case& facts);
[[nodiscard]] Decision rule(const DeployCertificate& command, const Case& facts);
[[nodiscard]] Decision rule(const RecordDeployment& command, const Case& facts);
[[nodiscard]] Decision rule(const DownloadCertificate& command, const Case& facts);
[[nodiscard]] Decision rule(const EnableHosting& command, const Case& facts);
[[nodiscard]] Decision rule(const DisableHosting& command, const Case& facts);
[[nodiscard]] Decision rule(const RequestRevocation& command, const Case& facts);
[[nodiscard]] Decision rule(const ConfirmRevocation& command, const Case& facts);
[[nodiscard]] Decision rule(const RecordRevocation& command, const Case& facts);
[[nodiscard]] Decision rule(const RequestRefund& command, const Case& facts);
[[nodiscard]] Decision rule(const PayRefund& command, const Case& facts);
[[nodiscard]] Decision rule(const NoteRenewalDue& command, const Case& facts);
[[nodiscard]] Decision rule(const NoteExpiry& command, const Case& facts);

/// Checks an application's form and makes its event; shared by submit-application and quick issue.
struct ApplicationFields {
    const std::optional<events::ValidationMethod>& validation;
    const std::optional<Contact>& contact;
    const std::optional<Company>& company;
    const std::optional<std::string>& key;
    const std::optional<std::string>& csr;
    const std::optional<events::Digest>& key_sha256;
};
template <class Command>
[[nodiscard]] ApplicationFields application_fields(const Command& command) {
    return {command.validation, command.contact, command.company,
            command.key,        command.csr,     command.key_sha256};
}
[[nodiscard]] tl::expected<events::ApplicationSubmitted, Refusal> application(
    const ApplicationFields& fields, const Case& facts, const events::Product& product,
    const std::vector<events::DomainName>& names);

}  // namespace certledger::domain

// Role: the types of command and the compound values and outcomes that their fields use.
#pragma once

#include <array>
#include <certledger/events/canonical.hpp>
#include <certledger/events/policy.hpp>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace certledger::domain {

using events::make_nvp;

// The outcomes that can be reported, by command.
enum class ValidationOutcome : std::uint8_t { succeeded = 1, failed = 2 };
enum class ReviewOutcome : std::uint8_t { started = 1 };
enum class MailOutcome : std::uint8_t { sent = 1, confirmed = 2 };
enum class PhoneOutcome : std::uint8_t { requested = 1, verified = 2 };
enum class OrganizationOutcome : std::uint8_t { verified = 1 };
enum class IssuanceOutcome : std::uint8_t { intended = 1, failed = 2 };
enum class DeploymentOutcome : std::uint8_t {
    succeeded = 1,
    failed = 2,
    rolled_back = 3,
    observed = 4,
    drifted = 5
};
enum class RevocationOutcome : std::uint8_t { completed = 1, declined = 2 };
enum class RevocationBy : std::uint8_t { ca = 1 };
enum class PolicyScope : std::uint8_t { account = 1, ledger = 2 };

/// Contact of an application as it was given; every member is needed, which a guard says, not the reader.
struct Contact {
    std::optional<std::string> name;
    std::optional<std::string> mail;
    std::optional<std::string> phone;

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("name", name) & make_nvp("mail", mail) & make_nvp("phone", phone);
    }
    friend bool operator==(const Contact&, const Contact&) = default;
};

/// Company of an ov or ev application as it was given.
struct Company {
    std::optional<std::string> name;
    std::optional<std::string> country;
    std::optional<std::string> registration;
    std::optional<std::string> address;

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("name", name) & make_nvp("country", country) & make_nvp("registration", registration) &
            make_nvp("address", address);
    }
    friend bool operator==(const Company&, const Company&) = default;
};

/// How a renewal is paid for: the text "term", {"quota": id} or {"price": money}.
struct Pays {
    events::RenewalPayment kind = events::RenewalPayment::term;
    std::optional<events::QuotaId> quota;  ///< With kind `quota`.
    std::optional<events::Money> price;    ///< With kind `price`.

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("kind", kind) & make_nvp("quota", quota) & make_nvp("price", price);
    }
    friend bool operator==(const Pays&, const Pays&) = default;
};

/// The commands, in the order of the reference. The last two are made by `tick` only and cannot be given from
/// outside.
enum class CommandType : std::uint8_t {
    buy_quota = 1,
    refund_quota = 2,
    buy_certificate = 3,
    create_certificate = 4,
    submit_application = 5,
    withdraw_application = 6,
    issue_challenge = 7,
    record_validation = 8,
    record_review = 9,
    record_mail = 10,
    record_phone = 11,
    record_organization = 12,
    record_issuance = 13,
    reject_application = 14,
    issue_certificate = 15,
    upload_certificate = 16,
    deploy_certificate = 17,
    record_deployment = 18,
    download_certificate = 19,
    enable_hosting = 20,
    disable_hosting = 21,
    renew_certificate = 22,
    request_revocation = 23,
    confirm_revocation = 24,
    record_revocation = 25,
    request_refund = 26,
    pay_refund = 27,
    expire_certificate = 28,
    delete_certificate = 29,
    adopt_policy = 30,
    note_renewal_due = 31,
    note_expiry = 32,
};

}  // namespace certledger::domain

namespace certledger::events {

template <>
struct EnumTraits<domain::ValidationOutcome> {
    static constexpr std::string_view kind = "validation outcome";
    static constexpr std::array entries{
        EnumEntry<domain::ValidationOutcome>{domain::ValidationOutcome::succeeded, "succeeded"},
        EnumEntry<domain::ValidationOutcome>{domain::ValidationOutcome::failed, "failed"},
    };
};

template <>
struct EnumTraits<domain::ReviewOutcome> {
    static constexpr std::string_view kind = "review outcome";
    static constexpr std::array entries{
        EnumEntry<domain::ReviewOutcome>{domain::ReviewOutcome::started, "started"},
    };
};

template <>
struct EnumTraits<domain::MailOutcome> {
    static constexpr std::string_view kind = "mail outcome";
    static constexpr std::array entries{
        EnumEntry<domain::MailOutcome>{domain::MailOutcome::sent, "sent"},
        EnumEntry<domain::MailOutcome>{domain::MailOutcome::confirmed, "confirmed"},
    };
};

template <>
struct EnumTraits<domain::PhoneOutcome> {
    static constexpr std::string_view kind = "phone outcome";
    static constexpr std::array entries{
        EnumEntry<domain::PhoneOutcome>{domain::PhoneOutcome::requested, "requested"},
        EnumEntry<domain::PhoneOutcome>{domain::PhoneOutcome::verified, "verified"},
    };
};

template <>
struct EnumTraits<domain::OrganizationOutcome> {
    static constexpr std::string_view kind = "organization outcome";
    static constexpr std::array entries{
        EnumEntry<domain::OrganizationOutcome>{domain::OrganizationOutcome::verified, "verified"},
    };
};

template <>
struct EnumTraits<domain::IssuanceOutcome> {
    static constexpr std::string_view kind = "issuance outcome";
    static constexpr std::array entries{
        EnumEntry<domain::IssuanceOutcome>{domain::IssuanceOutcome::intended, "intended"},
        EnumEntry<domain::IssuanceOutcome>{domain::IssuanceOutcome::failed, "failed"},
    };
};

template <>
struct EnumTraits<domain::DeploymentOutcome> {
    static constexpr std::string_view kind = "deployment outcome";
    static constexpr std::array entries{
        EnumEntry<domain::DeploymentOutcome>{domain::DeploymentOutcome::succeeded, "succeeded"},
        EnumEntry<domain::DeploymentOutcome>{domain::DeploymentOutcome::failed, "failed"},
        EnumEntry<domain::DeploymentOutcome>{domain::DeploymentOutcome::rolled_back, "rolled-back"},
        EnumEntry<domain::DeploymentOutcome>{domain::DeploymentOutcome::observed, "observed"},
        EnumEntry<domain::DeploymentOutcome>{domain::DeploymentOutcome::drifted, "drifted"},
    };
};

template <>
struct EnumTraits<domain::RevocationOutcome> {
    static constexpr std::string_view kind = "revocation outcome";
    static constexpr std::array entries{
        EnumEntry<domain::RevocationOutcome>{domain::RevocationOutcome::completed, "completed"},
        EnumEntry<domain::RevocationOutcome>{domain::RevocationOutcome::declined, "declined"},
    };
};

template <>
struct EnumTraits<domain::RevocationBy> {
    static constexpr std::string_view kind = "revoker";
    static constexpr std::array entries{
        EnumEntry<domain::RevocationBy>{domain::RevocationBy::ca, "ca"},
    };
};

template <>
struct EnumTraits<domain::PolicyScope> {
    static constexpr std::string_view kind = "policy scope";
    static constexpr std::array entries{
        EnumEntry<domain::PolicyScope>{domain::PolicyScope::account, "account"},
        EnumEntry<domain::PolicyScope>{domain::PolicyScope::ledger, "ledger"},
    };
};

template <>
struct EnumTraits<domain::CommandType> {
    static constexpr std::string_view kind = "command";
    static constexpr std::array entries{
        EnumEntry<domain::CommandType>{domain::CommandType::buy_quota, "buy-quota"},
        EnumEntry<domain::CommandType>{domain::CommandType::refund_quota, "refund-quota"},
        EnumEntry<domain::CommandType>{domain::CommandType::buy_certificate, "buy-certificate"},
        EnumEntry<domain::CommandType>{domain::CommandType::create_certificate, "create-certificate"},
        EnumEntry<domain::CommandType>{domain::CommandType::submit_application, "submit-application"},
        EnumEntry<domain::CommandType>{domain::CommandType::withdraw_application, "withdraw-application"},
        EnumEntry<domain::CommandType>{domain::CommandType::issue_challenge, "issue-challenge"},
        EnumEntry<domain::CommandType>{domain::CommandType::record_validation, "record-validation"},
        EnumEntry<domain::CommandType>{domain::CommandType::record_review, "record-review"},
        EnumEntry<domain::CommandType>{domain::CommandType::record_mail, "record-mail"},
        EnumEntry<domain::CommandType>{domain::CommandType::record_phone, "record-phone"},
        EnumEntry<domain::CommandType>{domain::CommandType::record_organization, "record-organization"},
        EnumEntry<domain::CommandType>{domain::CommandType::record_issuance, "record-issuance"},
        EnumEntry<domain::CommandType>{domain::CommandType::reject_application, "reject-application"},
        EnumEntry<domain::CommandType>{domain::CommandType::issue_certificate, "issue-certificate"},
        EnumEntry<domain::CommandType>{domain::CommandType::upload_certificate, "upload-certificate"},
        EnumEntry<domain::CommandType>{domain::CommandType::deploy_certificate, "deploy-certificate"},
        EnumEntry<domain::CommandType>{domain::CommandType::record_deployment, "record-deployment"},
        EnumEntry<domain::CommandType>{domain::CommandType::download_certificate, "download-certificate"},
        EnumEntry<domain::CommandType>{domain::CommandType::enable_hosting, "enable-hosting"},
        EnumEntry<domain::CommandType>{domain::CommandType::disable_hosting, "disable-hosting"},
        EnumEntry<domain::CommandType>{domain::CommandType::renew_certificate, "renew-certificate"},
        EnumEntry<domain::CommandType>{domain::CommandType::request_revocation, "request-revocation"},
        EnumEntry<domain::CommandType>{domain::CommandType::confirm_revocation, "confirm-revocation"},
        EnumEntry<domain::CommandType>{domain::CommandType::record_revocation, "record-revocation"},
        EnumEntry<domain::CommandType>{domain::CommandType::request_refund, "request-refund"},
        EnumEntry<domain::CommandType>{domain::CommandType::pay_refund, "pay-refund"},
        EnumEntry<domain::CommandType>{domain::CommandType::expire_certificate, "expire-certificate"},
        EnumEntry<domain::CommandType>{domain::CommandType::delete_certificate, "delete-certificate"},
        EnumEntry<domain::CommandType>{domain::CommandType::adopt_policy, "adopt-policy"},
        EnumEntry<domain::CommandType>{domain::CommandType::note_renewal_due, "note-renewal-due"},
        EnumEntry<domain::CommandType>{domain::CommandType::note_expiry, "note-expiry"},
    };
};

}  // namespace certledger::events

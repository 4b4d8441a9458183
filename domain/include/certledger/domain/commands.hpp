// Role: what can be asked of the ledger. Each command states its fields once; the reader of JSON Lines, its
// schema, the reference and the tests come from here.
//
// A field that may be missing is optional. What a command says is checked in three places: its form by the
// reader and by shape_fault() (told from the command alone), everything that needs the ledger by decide().
#pragma once

#include <certledger/domain/command_parts.hpp>

namespace certledger::domain {

/// Buy a number of certificates of one product.
struct BuyQuota {
    static constexpr CommandType kType = CommandType::buy_quota;
    static constexpr std::string_view kSummary = "Buy a number of certificates of one product.";
    std::optional<events::QuotaId> quota;
    events::Product product;
    std::int64_t count = 0;
    events::Money price;

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("quota", quota) & make_nvp("product", product) & make_nvp("count", count) &
            make_nvp("price", price);
    }
    friend bool operator==(const BuyQuota&, const BuyQuota&) = default;
};

/// Give unused units back.
struct RefundQuota {
    static constexpr CommandType kType = CommandType::refund_quota;
    static constexpr std::string_view kSummary = "Give unused units back.";
    events::QuotaId quota;
    std::optional<std::int64_t> count;  ///< Missing: all.

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("quota", quota) & make_nvp("count", count);
    }
    friend bool operator==(const RefundQuota&, const RefundQuota&) = default;
};

/// Buy one certificate for given names.
struct BuyCertificate {
    static constexpr CommandType kType = CommandType::buy_certificate;
    static constexpr std::string_view kSummary = "Buy one certificate for given names.";
    std::optional<events::CertificateId> certificate;
    events::Product product;
    std::vector<std::string> names;
    events::Money price;

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("certificate", certificate) & make_nvp("product", product) & make_nvp("names", names) &
            make_nvp("price", price);
    }
    friend bool operator==(const BuyCertificate&, const BuyCertificate&) = default;
};

/// Turn a unit of a quota into a certificate for given names; with `quick_issue` apply at once.
struct CreateCertificate {
    static constexpr CommandType kType = CommandType::create_certificate;
    static constexpr std::string_view kSummary =
        "Turn a unit of a quota into a certificate for given names; with `quick_issue` apply at once.";
    events::QuotaId quota;
    std::optional<events::CertificateId> certificate;
    std::vector<std::string> names;
    std::optional<bool> quick_issue;
    std::optional<events::ValidationMethod> validation;  ///< Missing: mail, for ov and ev.
    std::optional<Contact> contact;
    std::optional<Company> company;
    std::optional<std::string>
        key;  ///< A key algorithm; the key is made and held here. One of key, csr, key_sha256.
    std::optional<std::string> csr;  ///< PEM.
    std::optional<events::Digest>
        key_sha256;  ///< Digest of the SubjectPublicKeyInfo of a key held elsewhere.

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("quota", quota) & make_nvp("certificate", certificate) & make_nvp("names", names) &
            make_nvp("quick_issue", quick_issue) & make_nvp("validation", validation) &
            make_nvp("contact", contact) & make_nvp("company", company) & make_nvp("key", key) &
            make_nvp("csr", csr) & make_nvp("key_sha256", key_sha256);
    }
    friend bool operator==(const CreateCertificate&, const CreateCertificate&) = default;
};

/// Apply to the CA.
struct SubmitApplication {
    static constexpr CommandType kType = CommandType::submit_application;
    static constexpr std::string_view kSummary = "Apply to the CA.";
    events::CertificateId certificate;
    std::optional<events::ValidationMethod> validation;  ///< Missing: mail, for ov and ev.
    std::optional<Contact> contact;
    std::optional<Company> company;
    std::optional<std::string>
        key;  ///< A key algorithm; the key is made and held here. One of key, csr, key_sha256.
    std::optional<std::string> csr;  ///< PEM.
    std::optional<events::Digest>
        key_sha256;  ///< Digest of the SubjectPublicKeyInfo of a key held elsewhere.

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("certificate", certificate) & make_nvp("validation", validation) &
            make_nvp("contact", contact) & make_nvp("company", company) & make_nvp("key", key) &
            make_nvp("csr", csr) & make_nvp("key_sha256", key_sha256);
    }
    friend bool operator==(const SubmitApplication&, const SubmitApplication&) = default;
};

/// Take an application back.
struct WithdrawApplication {
    static constexpr CommandType kType = CommandType::withdraw_application;
    static constexpr std::string_view kSummary = "Take an application back.";
    events::CertificateId certificate;

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("certificate", certificate);
    }
    friend bool operator==(const WithdrawApplication&, const WithdrawApplication&) = default;
};

/// Tell the applicant what to publish for a name.
struct IssueChallenge {
    static constexpr CommandType kType = CommandType::issue_challenge;
    static constexpr std::string_view kSummary = "Tell the applicant what to publish for a name.";
    events::CertificateId certificate;
    std::string name;

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("certificate", certificate) & make_nvp("name", name);
    }
    friend bool operator==(const IssueChallenge&, const IssueChallenge&) = default;
};

/// Report the outcome of a domain validation.
struct RecordValidation {
    static constexpr CommandType kType = CommandType::record_validation;
    static constexpr std::string_view kSummary = "Report the outcome of a domain validation.";
    events::CertificateId certificate;
    std::string name;
    ValidationOutcome outcome = ValidationOutcome::succeeded;
    std::optional<std::string> cause;  ///< Needed with `failed`.

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("certificate", certificate) & make_nvp("name", name) & make_nvp("outcome", outcome) &
            make_nvp("cause", cause);
    }
    friend bool operator==(const RecordValidation&, const RecordValidation&) = default;
};

/// Report that the CA took the application up.
struct RecordReview {
    static constexpr CommandType kType = CommandType::record_review;
    static constexpr std::string_view kSummary = "Report that the CA took the application up.";
    events::CertificateId certificate;
    ReviewOutcome outcome = ReviewOutcome::started;

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("certificate", certificate) & make_nvp("outcome", outcome);
    }
    friend bool operator==(const RecordReview&, const RecordReview&) = default;
};

/// Report on the validation mail.
struct RecordMail {
    static constexpr CommandType kType = CommandType::record_mail;
    static constexpr std::string_view kSummary = "Report on the validation mail.";
    events::CertificateId certificate;
    MailOutcome outcome = MailOutcome::sent;

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("certificate", certificate) & make_nvp("outcome", outcome);
    }
    friend bool operator==(const RecordMail&, const RecordMail&) = default;
};

/// Report on the verification by phone.
struct RecordPhone {
    static constexpr CommandType kType = CommandType::record_phone;
    static constexpr std::string_view kSummary = "Report on the verification by phone.";
    events::CertificateId certificate;
    PhoneOutcome outcome = PhoneOutcome::requested;

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("certificate", certificate) & make_nvp("outcome", outcome);
    }
    friend bool operator==(const RecordPhone&, const RecordPhone&) = default;
};

/// Report that the organisation is verified.
struct RecordOrganization {
    static constexpr CommandType kType = CommandType::record_organization;
    static constexpr std::string_view kSummary = "Report that the organisation is verified.";
    events::CertificateId certificate;
    OrganizationOutcome outcome = OrganizationOutcome::verified;

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("certificate", certificate) & make_nvp("outcome", outcome);
    }
    friend bool operator==(const RecordOrganization&, const RecordOrganization&) = default;
};

/// Report that the CA is about to be asked to sign, or failed to.
struct RecordIssuance {
    static constexpr CommandType kType = CommandType::record_issuance;
    static constexpr std::string_view kSummary =
        "Report that the CA is about to be asked to sign, or failed to.";
    events::CertificateId certificate;
    IssuanceOutcome outcome = IssuanceOutcome::intended;
    std::optional<std::string> cause;  ///< Needed with `failed`.

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("certificate", certificate) & make_nvp("outcome", outcome) & make_nvp("cause", cause);
    }
    friend bool operator==(const RecordIssuance&, const RecordIssuance&) = default;
};

/// Report that the CA refused the application.
struct RejectApplication {
    static constexpr CommandType kType = CommandType::reject_application;
    static constexpr std::string_view kSummary = "Report that the CA refused the application.";
    events::CertificateId certificate;
    std::string cause;

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("certificate", certificate) & make_nvp("cause", cause);
    }
    friend bool operator==(const RejectApplication&, const RejectApplication&) = default;
};

/// Report that the CA signed.
struct IssueCertificate {
    static constexpr CommandType kType = CommandType::issue_certificate;
    static constexpr std::string_view kSummary = "Report that the CA signed.";
    events::CertificateId certificate;
    std::optional<std::string>
        serial;  ///< Hexadecimal; needed without certificate_pem, as are the next four.
    std::optional<std::string> issuer;
    std::optional<events::Instant> not_before;
    std::optional<events::Instant> not_after;
    std::optional<events::Digest> sha256;           ///< Fingerprint of the DER form.
    std::optional<std::vector<std::string>> names;  ///< Missing: the application's.
    std::optional<events::Digest> key_sha256;       ///< Digest of the SubjectPublicKeyInfo.
    std::optional<std::string> certificate_pem;

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("certificate", certificate) & make_nvp("serial", serial) & make_nvp("issuer", issuer) &
            make_nvp("not_before", not_before) & make_nvp("not_after", not_after) &
            make_nvp("sha256", sha256) & make_nvp("names", names) & make_nvp("key_sha256", key_sha256) &
            make_nvp("certificate_pem", certificate_pem);
    }
    friend bool operator==(const IssueCertificate&, const IssueCertificate&) = default;
};

/// Take a certificate of another issuer into care.
struct UploadCertificate {
    static constexpr CommandType kType = CommandType::upload_certificate;
    static constexpr std::string_view kSummary = "Take a certificate of another issuer into care.";
    std::optional<events::CertificateId> certificate;
    std::string certificate_pem;
    std::optional<std::string> private_key_pem;

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("certificate", certificate) & make_nvp("certificate_pem", certificate_pem) &
            make_nvp("private_key_pem", private_key_pem);
    }
    friend bool operator==(const UploadCertificate&, const UploadCertificate&) = default;
};

/// Announce that a target is about to be changed.
struct DeployCertificate {
    static constexpr CommandType kType = CommandType::deploy_certificate;
    static constexpr std::string_view kSummary = "Announce that a target is about to be changed.";
    events::CertificateId certificate;
    std::string target;
    std::optional<bool> force;

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("certificate", certificate) & make_nvp("target", target) & make_nvp("force", force);
    }
    friend bool operator==(const DeployCertificate&, const DeployCertificate&) = default;
};

/// Report what became of a deployment, or what a target was seen to serve.
struct RecordDeployment {
    static constexpr CommandType kType = CommandType::record_deployment;
    static constexpr std::string_view kSummary =
        "Report what became of a deployment, or what a target was seen to serve.";
    events::CertificateId certificate;
    std::string target;
    DeploymentOutcome outcome = DeploymentOutcome::succeeded;
    std::optional<std::string> cause;
    std::optional<events::Digest> fingerprint;

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("certificate", certificate) & make_nvp("target", target) & make_nvp("outcome", outcome) &
            make_nvp("cause", cause) & make_nvp("fingerprint", fingerprint);
    }
    friend bool operator==(const RecordDeployment&, const RecordDeployment&) = default;
};

/// Record that a package was handed out.
struct DownloadCertificate {
    static constexpr CommandType kType = CommandType::download_certificate;
    static constexpr std::string_view kSummary = "Record that a package was handed out.";
    events::CertificateId certificate;
    events::DownloadFormat format = events::DownloadFormat::pem;

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("certificate", certificate) & make_nvp("format", format);
    }
    friend bool operator==(const DownloadCertificate&, const DownloadCertificate&) = default;
};

/// Let the service look after the certificate.
struct EnableHosting {
    static constexpr CommandType kType = CommandType::enable_hosting;
    static constexpr std::string_view kSummary = "Let the service look after the certificate.";
    events::CertificateId certificate;

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("certificate", certificate);
    }
    friend bool operator==(const EnableHosting&, const EnableHosting&) = default;
};

/// End hosting.
struct DisableHosting {
    static constexpr CommandType kType = CommandType::disable_hosting;
    static constexpr std::string_view kSummary = "End hosting.";
    events::CertificateId certificate;

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("certificate", certificate);
    }
    friend bool operator==(const DisableHosting&, const DisableHosting&) = default;
};

/// Order the successor of a certificate.
struct RenewCertificate {
    static constexpr CommandType kType = CommandType::renew_certificate;
    static constexpr std::string_view kSummary = "Order the successor of a certificate.";
    events::CertificateId certificate;
    std::optional<events::CertificateId> successor;
    std::optional<Pays> pays;  ///< Missing: the term.

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("certificate", certificate) & make_nvp("successor", successor) & make_nvp("pays", pays);
    }
    friend bool operator==(const RenewCertificate&, const RenewCertificate&) = default;
};

/// Ask the CA to revoke.
struct RequestRevocation {
    static constexpr CommandType kType = CommandType::request_revocation;
    static constexpr std::string_view kSummary = "Ask the CA to revoke.";
    events::CertificateId certificate;
    events::RevocationReason reason = events::RevocationReason::unspecified;

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("certificate", certificate) & make_nvp("reason", reason);
    }
    friend bool operator==(const RequestRevocation&, const RequestRevocation&) = default;
};

/// Report that the revocation's mail was answered.
struct ConfirmRevocation {
    static constexpr CommandType kType = CommandType::confirm_revocation;
    static constexpr std::string_view kSummary = "Report that the revocation's mail was answered.";
    events::CertificateId certificate;

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("certificate", certificate);
    }
    friend bool operator==(const ConfirmRevocation&, const ConfirmRevocation&) = default;
};

/// Report the CA's answer to a revocation, or a revocation by the CA itself.
struct RecordRevocation {
    static constexpr CommandType kType = CommandType::record_revocation;
    static constexpr std::string_view kSummary =
        "Report the CA's answer to a revocation, or a revocation by the CA itself.";
    events::CertificateId certificate;
    RevocationOutcome outcome = RevocationOutcome::completed;
    std::optional<std::string> cause;
    std::optional<RevocationBy> by;  ///< `ca`: without a request; then with a reason.
    std::optional<events::RevocationReason> reason;

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("certificate", certificate) & make_nvp("outcome", outcome) & make_nvp("cause", cause) &
            make_nvp("by", by) & make_nvp("reason", reason);
    }
    friend bool operator==(const RecordRevocation&, const RecordRevocation&) = default;
};

/// Ask for the payment of a certificate that was never issued.
struct RequestRefund {
    static constexpr CommandType kType = CommandType::request_refund;
    static constexpr std::string_view kSummary =
        "Ask for the payment of a certificate that was never issued.";
    events::CertificateId certificate;

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("certificate", certificate);
    }
    friend bool operator==(const RequestRefund&, const RequestRefund&) = default;
};

/// Report that a granted refund was paid.
struct PayRefund {
    static constexpr CommandType kType = CommandType::pay_refund;
    static constexpr std::string_view kSummary = "Report that a granted refund was paid.";
    events::CertificateId certificate;
    std::string reference;
    std::optional<events::Money> amount;  ///< Missing: the amount granted.

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("certificate", certificate) & make_nvp("reference", reference) &
            make_nvp("amount", amount);
    }
    friend bool operator==(const PayRefund&, const PayRefund&) = default;
};

/// Record that not-after has passed.
struct ExpireCertificate {
    static constexpr CommandType kType = CommandType::expire_certificate;
    static constexpr std::string_view kSummary = "Record that not-after has passed.";
    events::CertificateId certificate;

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("certificate", certificate);
    }
    friend bool operator==(const ExpireCertificate&, const ExpireCertificate&) = default;
};

/// Close a certificate's stream.
struct DeleteCertificate {
    static constexpr CommandType kType = CommandType::delete_certificate;
    static constexpr std::string_view kSummary = "Close a certificate's stream.";
    events::CertificateId certificate;
    std::optional<bool> force;

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("certificate", certificate) & make_nvp("force", force);
    }
    friend bool operator==(const DeleteCertificate&, const DeleteCertificate&) = default;
};

/// Adopt a dated rule.
struct AdoptPolicy {
    static constexpr CommandType kType = CommandType::adopt_policy;
    static constexpr std::string_view kSummary = "Adopt a dated rule.";
    std::optional<PolicyScope> scope;  ///< Missing: account.
    events::Policy policy;

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("scope", scope) & make_nvp("policy", policy);
    }
    friend bool operator==(const AdoptPolicy&, const AdoptPolicy&) = default;
};

/// Record that the renewal window has opened; made by tick.
struct NoteRenewalDue {
    static constexpr CommandType kType = CommandType::note_renewal_due;
    static constexpr std::string_view kSummary = "Record that the renewal window has opened; made by tick.";
    events::CertificateId certificate;

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("certificate", certificate);
    }
    friend bool operator==(const NoteRenewalDue&, const NoteRenewalDue&) = default;
};

/// Record an expiry notice; made by tick.
struct NoteExpiry {
    static constexpr CommandType kType = CommandType::note_expiry;
    static constexpr std::string_view kSummary = "Record an expiry notice; made by tick.";
    events::CertificateId certificate;
    std::int64_t days = 0;

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("certificate", certificate) & make_nvp("days", days);
    }
    friend bool operator==(const NoteExpiry&, const NoteExpiry&) = default;
};

/// The command structs, in the order of CommandType.
using CommandVariant =
    std::variant<BuyQuota, RefundQuota, BuyCertificate, CreateCertificate, SubmitApplication,
                 WithdrawApplication, IssueChallenge, RecordValidation, RecordReview, RecordMail, RecordPhone,
                 RecordOrganization, RecordIssuance, RejectApplication, IssueCertificate, UploadCertificate,
                 DeployCertificate, RecordDeployment, DownloadCertificate, EnableHosting, DisableHosting,
                 RenewCertificate, RequestRevocation, ConfirmRevocation, RecordRevocation, RequestRefund,
                 PayRefund, ExpireCertificate, DeleteCertificate, AdoptPolicy, NoteRenewalDue, NoteExpiry>;

/// A struct that is one of the commands.
template <class T>
concept CommandStruct = std::same_as<decltype(std::remove_cvref_t<T>::kType), const CommandType>;

/// One command of any type; a class of its own for the reason that events::Event is one.
class Command : public CommandVariant {
  public:
    Command();
    template <CommandStruct C>
    Command(C&& command)  // NOLINT(google-explicit-constructor): converts as the variant does
        : CommandVariant(std::in_place_type<std::remove_cvref_t<C>>, std::forward<C>(command)) {}
    Command(const Command& other);
    Command(Command&& other) noexcept;
    Command& operator=(const Command& other);
    Command& operator=(Command&& other) noexcept;
    ~Command();

    friend bool operator==(const Command& left, const Command& right);
};

/// Whether a command of this type can be given from outside.
[[nodiscard]] constexpr bool from_outside(CommandType type) noexcept {
    return type != CommandType::note_renewal_due && type != CommandType::note_expiry;
}

[[nodiscard]] CommandType type_of(const Command& command);

/// One place has one text: the path of `kind:/path` without empty parts, `.` and a slash at its end. What has
/// another form, an address say, stays as it is.
[[nodiscard]] std::string target_text(std::string_view target);

/// The command as all that say the same are decided, recorded and compared: targets by their text, and what
/// says no more than leaving it out does left out.
void to_normal_form(Command& command);

/// What comes with every command besides its own fields.
struct CommandHeader {
    std::string id;  ///< Idempotency key, per account; empty for what has none.
    events::AccountId account{"default"};
    std::string actor;
    events::Instant
        at;  ///< When it happens in the world: `occurred_at`, or the clock where that was not given.
    std::string correlation;
};

}  // namespace certledger::domain

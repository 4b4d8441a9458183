// Role: the one wide row of a certificate: everything that the views of certificates need, folded from the
// log.
//
// Described once by serialize(); the canonical archive stores it, and the description's fingerprint tells
// whether stored rows are those of this program. The row also carries what happens on other streams: a target
// that another certificate took over, a successor that was issued or deleted.
#pragma once

#include <certledger/events/event_types.hpp>
#include <certledger/events/revocation_events.hpp>
#include <optional>
#include <string>
#include <vector>

namespace certledger::projections {

using events::Instant;
using events::make_nvp;
using events::Status;

/// Identifies a row: the position of the stream's first record. The same in every fold of the log.
using RowId = std::uint64_t;

/// A name as rows hold it; in most both forms are the same.
struct NameRow {
    std::string ascii;                   ///< A-labels or a canonical address.
    std::optional<std::string> unicode;  ///< The form to show where it is another one.

    NameRow() = default;
    explicit NameRow(const events::DomainName& name) : ascii(name.ascii) {
        if (name.unicode != name.ascii) unicode = name.unicode;
    }
    /// Lifetime: of this.
    [[nodiscard]] std::string_view shown() const noexcept { return unicode ? *unicode : ascii; }

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("ascii", ascii) & make_nvp("unicode", unicode);
    }
    friend bool operator==(const NameRow&, const NameRow&) = default;
};

/// When something last happened, and why it did where it failed.
struct Outcome {
    Instant at;
    std::string cause;

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("at", at) & make_nvp("cause", cause);
    }
    friend bool operator==(const Outcome&, const Outcome&) = default;
};

/// The application in force; the next submission makes a new one.
struct ApplicationRow {
    events::ValidationMethod validation = events::ValidationMethod::dns_auto;
    Instant submitted_at;
    std::optional<Instant> withdrawn_at;
    std::optional<Instant> review_started_at;
    std::optional<Instant> mail_sent_at;
    std::optional<Instant> mail_confirmed_at;
    std::optional<Instant> phone_requested_at;
    std::optional<Instant> phone_verified_at;
    std::optional<Instant> organization_verified_at;
    std::optional<Instant> issuance_intended_at;  ///< Empty again when the signing failed.
    std::optional<Outcome> issuance_failed;
    std::optional<Outcome> rejected;

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("validation", validation) & make_nvp("submitted_at", submitted_at) &
            make_nvp("withdrawn_at", withdrawn_at) & make_nvp("review_started_at", review_started_at) &
            make_nvp("mail_sent_at", mail_sent_at) & make_nvp("mail_confirmed_at", mail_confirmed_at) &
            make_nvp("phone_requested_at", phone_requested_at) &
            make_nvp("phone_verified_at", phone_verified_at) &
            make_nvp("organization_verified_at", organization_verified_at) &
            make_nvp("issuance_intended_at", issuance_intended_at) &
            make_nvp("issuance_failed", issuance_failed) & make_nvp("rejected", rejected);
    }
    friend bool operator==(const ApplicationRow&, const ApplicationRow&) = default;
};

/// The last result of validating one name; lives on through resubmission.
struct ValidationRow {
    std::string name;
    events::ValidationMethod method = events::ValidationMethod::dns_auto;
    std::optional<Instant> challenged_at;
    std::optional<bool> succeeded;
    Instant at;  ///< Of the result.
    std::string cause;

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("name", name) & make_nvp("method", method) & make_nvp("challenged_at", challenged_at) &
            make_nvp("succeeded", succeeded) & make_nvp("at", at) & make_nvp("cause", cause);
    }
    friend bool operator==(const ValidationRow&, const ValidationRow&) = default;
};

/// What happened between the certificate and one target.
struct DeploymentRow {
    std::string target;
    bool held = false;                  ///< The target serves this certificate (rulings 25).
    std::optional<Instant> open_since;  ///< Of a start without an outcome.
    std::optional<Instant> deployed_at;
    std::optional<Outcome> failed;       ///< The last outcome, when it was a failure.
    std::optional<Outcome> rolled_back;  ///< The last outcome, when it was that.
    std::optional<Instant> seen_at;      ///< Since the last success.
    bool drifted = false;                ///< Whether something else was seen.
    std::string drift_cause;
    std::optional<events::Digest> seen_fingerprint;

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("target", target) & make_nvp("held", held) & make_nvp("open_since", open_since) &
            make_nvp("deployed_at", deployed_at) & make_nvp("failed", failed) &
            make_nvp("rolled_back", rolled_back) & make_nvp("seen_at", seen_at) &
            make_nvp("drifted", drifted) & make_nvp("drift_cause", drift_cause) &
            make_nvp("seen_fingerprint", seen_fingerprint);
    }
    friend bool operator==(const DeploymentRow&, const DeploymentRow&) = default;
};

/// The renewal of this certificate by its successor.
struct RenewalRow {
    events::CertificateId successor;
    Instant started_at;
    std::optional<Instant> completed_at;  ///< The successor was issued.

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("successor", successor) & make_nvp("started_at", started_at) &
            make_nvp("completed_at", completed_at);
    }
    friend bool operator==(const RenewalRow&, const RenewalRow&) = default;
};

/// A request for revocation that the CA has not answered.
struct RevocationRow {
    Instant requested_at;
    events::RevocationReason reason = events::RevocationReason::unspecified;
    Instant due;
    std::optional<Instant> confirmed_at;

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("requested_at", requested_at) & make_nvp("reason", reason) & make_nvp("due", due) &
            make_nvp("confirmed_at", confirmed_at);
    }
    friend bool operator==(const RevocationRow&, const RevocationRow&) = default;
};

struct RevokedRow {
    Instant at;
    events::RevocationReason reason = events::RevocationReason::unspecified;
    bool by_ca = false;

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("at", at) & make_nvp("reason", reason) & make_nvp("by_ca", by_ca);
    }
    friend bool operator==(const RevokedRow&, const RevokedRow&) = default;
};

/// A decided refund.
struct RefundRow {
    bool granted = false;
    events::RefundReason reason = events::RefundReason::within_window;
    events::Money amount;
    events::PolicyRef policy;
    events::RefundInputs inputs;
    Instant decided_at;
    std::optional<Instant> paid_at;
    std::string reference;

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("granted", granted) & make_nvp("reason", reason) & make_nvp("amount", amount) &
            make_nvp("policy", policy) & make_nvp("inputs", inputs) & make_nvp("decided_at", decided_at) &
            make_nvp("paid_at", paid_at) & make_nvp("reference", reference);
    }
    friend bool operator==(const RefundRow&, const RefundRow&) = default;
};

/// What the certificate itself says, as far as lists show it.
struct IssuedRow {
    Instant not_before;
    Instant not_after;
    events::Digest sha256{};
    std::string serial;

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("not_before", not_before) & make_nvp("not_after", not_after) &
            make_nvp("sha256", sha256) & make_nvp("serial", serial);
    }
    friend bool operator==(const IssuedRow&, const IssuedRow&) = default;
};

/// Where it comes from; there whenever an IssuedRow is.
struct IssuanceRow {
    Instant at;  ///< When it was issued, or taken in.
    events::Digest key_sha256{};
    std::string issuer;

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("at", at) & make_nvp("key_sha256", key_sha256) & make_nvp("issuer", issuer);
    }
    friend bool operator==(const IssuanceRow&, const IssuanceRow&) = default;
};

/// Regular value.
struct CertificateRow {
    RowId row = 0;
    std::uint64_t version = 0;  ///< Events of the stream that were folded.
    Status status = Status::paid;
    bool broken = false;  ///< An event followed that the machine forbids; it changed nothing.
    bool uploaded = false;
    bool hosted = false;
    bool key_held = false;
    Instant created_at;  ///< `occurred_at` of the first event.
    Instant paid_at;
    Instant term_end;
    events::Money payment;
    std::int64_t unit = 0;
    std::int64_t downloads = 0;
    std::optional<Instant> downloaded_at;
    std::optional<Instant> renewal_due_at;  ///< When that was noted.
    std::optional<Instant> expired_at;
    std::optional<Instant> deleted_at;
    std::optional<IssuedRow> issued;
    std::optional<IssuanceRow> issuance;
    std::optional<Instant> submitted_at;  ///< Of the last application.
    std::optional<RevocationRow> revocation;
    std::optional<RevokedRow> revoked;
    std::optional<Outcome> revocation_declined;  ///< The last answer, when it was that.
    std::optional<RefundRow> refund;
    std::optional<ApplicationRow> application;
    std::optional<RenewalRow> renewal;
    events::CertificateId certificate;
    events::AccountId account;
    std::optional<events::Product> product;  ///< Absent for uploads.
    std::vector<NameRow> names;
    std::optional<events::QuotaId> quota;
    std::optional<events::CertificateId> predecessor;
    std::vector<ValidationRow> validations;  ///< By name.
    std::vector<DeploymentRow> deployments;  ///< By target.
    std::vector<std::int64_t> notices;       ///< Days of the expiry notices that were made.

    [[nodiscard]] bool is(Status wanted) const noexcept { return status == wanted; }
    [[nodiscard]] bool deleted() const noexcept { return status == Status::deleted; }
    /// Whether a refund was granted, paid or not.
    [[nodiscard]] bool refunded() const noexcept { return refund && refund->granted; }
    [[nodiscard]] bool ever_issued() const noexcept { return issued.has_value(); }

    /// Where the list has the certificate: the key of its entry in Index::created says so.
    template <class Archive>
    void serialize_place(Archive& ar) {
        ar& make_nvp("account", account) & make_nvp("created_at", created_at) & make_nvp("row", row);
    }
    /// What else the list shows of a certificate and what its filters ask for: keepers of rows hold it apart
    /// from the rest, in the order in which pages are read. Who looks for a field passes over those before
    /// it.
    template <class Archive>
    void serialize_card(Archive& ar) {
        ar& make_nvp("certificate", certificate) & make_nvp("status", status) &
            make_nvp("uploaded", uploaded) & make_nvp("hosted", hosted) &
            make_nvp("submitted_at", submitted_at) & make_nvp("issued", issued) & make_nvp("names", names) &
            make_nvp("product", product) & make_nvp("revocation", revocation) &
            make_nvp("predecessor", predecessor) & make_nvp("renewal", renewal) &
            make_nvp("deployments", deployments);
    }
    template <class Archive>
    void serialize_rest(Archive& ar) {
        ar& make_nvp("version", version) & make_nvp("broken", broken) & make_nvp("issuance", issuance) &
            make_nvp("application", application) & make_nvp("key_held", key_held) &
            make_nvp("paid_at", paid_at) & make_nvp("term_end", term_end) & make_nvp("payment", payment) &
            make_nvp("unit", unit) & make_nvp("downloads", downloads) &
            make_nvp("downloaded_at", downloaded_at) & make_nvp("renewal_due_at", renewal_due_at) &
            make_nvp("expired_at", expired_at) & make_nvp("deleted_at", deleted_at) &
            make_nvp("revoked", revoked) & make_nvp("revocation_declined", revocation_declined) &
            make_nvp("refund", refund) & make_nvp("quota", quota) & make_nvp("validations", validations) &
            make_nvp("notices", notices);
    }
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        serialize_place(ar);
        serialize_card(ar);
        serialize_rest(ar);
    }
    friend bool operator==(const CertificateRow&, const CertificateRow&) = default;
};

}  // namespace certledger::projections

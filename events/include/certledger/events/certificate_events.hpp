// Role: events of a certificate from purchase to validation; the rest of its life stands in
// issuance_events.hpp.
//
// Fixed-width fields come first and text after, so that a fold can read where the data lies.
#pragma once

#include <certledger/events/event_types.hpp>
#include <certledger/events/policy.hpp>
#include <certledger/events/product.hpp>

namespace certledger::events {

/// An order with its names, paid for by itself or by the term of its predecessor.
struct CertificatePurchased {
    static constexpr EventType kType = EventType::certificate_purchased;
    static constexpr unsigned kSchema = 1;
    Instant term_end;  ///< Last instant of the paid term.
    Instant paid_at;   ///< When the payment was made (refund clock `payment`).
    Money payment;     ///< What was paid for this certificate; 0 when a predecessor's term pays.
    Product product;
    std::vector<DomainName> names;
    std::optional<CertificateId> predecessor;  ///< The certificate that this one renews.
    std::optional<RenewalPayment> renewal;     ///< How a renewal is paid for.

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("term_end", term_end) & make_nvp("paid_at", paid_at) & make_nvp("payment", payment) &
            make_nvp("product", product) & make_nvp("names", names) & make_nvp("predecessor", predecessor) &
            make_nvp("renewal", renewal);
    }
    friend bool operator==(const CertificatePurchased&, const CertificatePurchased&) = default;
};

/// An order with its names, paid for by a unit of a quota.
struct CertificateCreated {
    static constexpr EventType kType = EventType::certificate_created;
    static constexpr unsigned kSchema = 1;
    std::int64_t unit = 1;
    Instant term_end;  ///< Last instant of the paid term.
    Instant paid_at;   ///< When the payment was made (refund clock `payment`).
    Money payment;     ///< What was paid for this certificate; 0 when a predecessor's term pays.
    Product product;
    std::vector<DomainName> names;
    std::optional<CertificateId> predecessor;  ///< The certificate that this one renews.
    QuotaId quota;

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("unit", unit) & make_nvp("term_end", term_end) & make_nvp("paid_at", paid_at) &
            make_nvp("payment", payment) & make_nvp("product", product) & make_nvp("names", names) &
            make_nvp("predecessor", predecessor) & make_nvp("quota", quota);
    }
    friend bool operator==(const CertificateCreated&, const CertificateCreated&) = default;
};

/// A certificate of another issuer was taken in for care.
struct CertificateUploaded {
    static constexpr EventType kType = EventType::certificate_uploaded;
    static constexpr unsigned kSchema = 1;
    Instant not_before;
    Instant not_after;
    Digest sha256{};      ///< Fingerprint: SHA-256 of the DER form.
    Digest key_sha256{};  ///< SHA-256 of the SubjectPublicKeyInfo.
    bool key_held = false;
    std::string serial;
    std::string issuer;
    std::string subject;
    std::vector<DomainName> names;
    Bytes der;

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("not_before", not_before) & make_nvp("not_after", not_after) &
            make_nvp("sha256", sha256) & make_nvp("key_sha256", key_sha256) & make_nvp("key_held", key_held) &
            make_nvp("serial", serial) & make_nvp("issuer", issuer) & make_nvp("subject", subject) &
            make_nvp("names", names) & make_nvp("der", der);
    }
    friend bool operator==(const CertificateUploaded&, const CertificateUploaded&) = default;
};

/// The data for the CA. Contact and company are sealed.
struct ApplicationSubmitted {
    static constexpr EventType kType = EventType::application_submitted;
    static constexpr unsigned kSchema = 1;
    ValidationMethod validation = ValidationMethod::dns_auto;
    KeySource key_source = KeySource::held_here;
    Digest key_sha256{};  ///< SHA-256 of the SubjectPublicKeyInfo that the certificate must have.
    std::optional<KeyAlgorithm> key_algorithm;  ///< Of a key made here.
    Sealed contact;
    std::optional<Sealed> company;
    Bytes csr;  ///< DER of the request that was given; empty otherwise.

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("validation", validation) & make_nvp("key_source", key_source) &
            make_nvp("key_sha256", key_sha256) & make_nvp("key_algorithm", key_algorithm) &
            make_nvp("contact", contact) & make_nvp("company", company) & make_nvp("csr", csr);
    }
    friend bool operator==(const ApplicationSubmitted&, const ApplicationSubmitted&) = default;
};

/// The applicant took the application back.
struct ApplicationWithdrawn {
    static constexpr EventType kType = EventType::application_withdrawn;
    static constexpr unsigned kSchema = 1;

    template <class Archive>
    void serialize(Archive&, unsigned) {}
    friend bool operator==(const ApplicationWithdrawn&, const ApplicationWithdrawn&) = default;
};

/// The applicant was told what to publish for a name.
struct ChallengeIssued {
    static constexpr EventType kType = EventType::challenge_issued;
    static constexpr unsigned kSchema = 1;
    ValidationMethod method = ValidationMethod::dns_auto;
    std::string name;
    std::string token;  ///< Public by design: it is published to be found.

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("method", method) & make_nvp("name", name) & make_nvp("token", token);
    }
    friend bool operator==(const ChallengeIssued&, const ChallengeIssued&) = default;
};

/// Control of a name was proven.
struct DomainValidated {
    static constexpr EventType kType = EventType::domain_validated;
    static constexpr unsigned kSchema = 1;
    std::string name;

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("name", name);
    }
    friend bool operator==(const DomainValidated&, const DomainValidated&) = default;
};

/// A proof was looked for and not found, or wrong. The review goes on.
struct DomainValidationFailed {
    static constexpr EventType kType = EventType::domain_validation_failed;
    static constexpr unsigned kSchema = 1;
    std::string name;
    std::string cause;

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("name", name) & make_nvp("cause", cause);
    }
    friend bool operator==(const DomainValidationFailed&, const DomainValidationFailed&) = default;
};

/// The CA took the application up.
struct ReviewStarted {
    static constexpr EventType kType = EventType::review_started;
    static constexpr unsigned kSchema = 1;

    template <class Archive>
    void serialize(Archive&, unsigned) {}
    friend bool operator==(const ReviewStarted&, const ReviewStarted&) = default;
};

/// The validation mail of an ov or ev application went out.
struct ValidationMailSent {
    static constexpr EventType kType = EventType::validation_mail_sent;
    static constexpr unsigned kSchema = 1;

    template <class Archive>
    void serialize(Archive&, unsigned) {}
    friend bool operator==(const ValidationMailSent&, const ValidationMailSent&) = default;
};

/// The validation mail was answered: proves every DNS name and the contact.
struct ValidationMailConfirmed {
    static constexpr EventType kType = EventType::validation_mail_confirmed;
    static constexpr unsigned kSchema = 1;

    template <class Archive>
    void serialize(Archive&, unsigned) {}
    friend bool operator==(const ValidationMailConfirmed&, const ValidationMailConfirmed&) = default;
};

/// The CA wants to verify by phone.
struct PhoneVerificationRequested {
    static constexpr EventType kType = EventType::phone_verification_requested;
    static constexpr unsigned kSchema = 1;

    template <class Archive>
    void serialize(Archive&, unsigned) {}
    friend bool operator==(const PhoneVerificationRequested&, const PhoneVerificationRequested&) = default;
};

/// The phone call was answered.
struct PhoneVerified {
    static constexpr EventType kType = EventType::phone_verified;
    static constexpr unsigned kSchema = 1;

    template <class Archive>
    void serialize(Archive&, unsigned) {}
    friend bool operator==(const PhoneVerified&, const PhoneVerified&) = default;
};

/// The company is what it says it is.
struct OrganizationVerified {
    static constexpr EventType kType = EventType::organization_verified;
    static constexpr unsigned kSchema = 1;

    template <class Archive>
    void serialize(Archive&, unsigned) {}
    friend bool operator==(const OrganizationVerified&, const OrganizationVerified&) = default;
};

/// The CA refused the application.
struct ApplicationRejected {
    static constexpr EventType kType = EventType::application_rejected;
    static constexpr unsigned kSchema = 1;
    std::string cause;

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("cause", cause);
    }
    friend bool operator==(const ApplicationRejected&, const ApplicationRejected&) = default;
};

/// The stream is closed; nothing can follow.
struct CertificateDeleted {
    static constexpr EventType kType = EventType::certificate_deleted;
    static constexpr unsigned kSchema = 1;
    bool forced = false;

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("forced", forced);
    }
    friend bool operator==(const CertificateDeleted&, const CertificateDeleted&) = default;
};

}  // namespace certledger::events

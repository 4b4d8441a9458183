// Role: events of a certificate from issue to expiry.
//
// Fixed-width fields come first and text after, so that a fold can read where the data lies.
#pragma once

#include <certledger/events/event_types.hpp>
#include <certledger/events/policy.hpp>
#include <certledger/events/product.hpp>

namespace certledger::events {

/// The CA is about to be asked to sign; stands before it is asked.
struct IssuanceIntended {
    static constexpr EventType kType = EventType::issuance_intended;
    static constexpr unsigned kSchema = 1;

    template <class Archive>
    void serialize(Archive&, unsigned) {}
    friend bool operator==(const IssuanceIntended&, const IssuanceIntended&) = default;
};

/// Signing failed and can be tried again.
struct IssuanceFailed {
    static constexpr EventType kType = EventType::issuance_failed;
    static constexpr unsigned kSchema = 1;
    std::string cause;

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("cause", cause);
    }
    friend bool operator==(const IssuanceFailed&, const IssuanceFailed&) = default;
};

/// The CA signed.
struct CertificateIssued {
    static constexpr EventType kType = EventType::certificate_issued;
    static constexpr unsigned kSchema = 1;
    Instant not_before;
    Instant not_after;
    Digest sha256{};
    Digest key_sha256{};
    std::int64_t validity_cap_days = 0;  ///< The cap in force at the issue.
    std::int64_t reuse_days = 0;         ///< How old a validation was allowed to be.
    PolicyRef validity_policy;
    PolicyRef reuse_policy;
    std::string serial;
    std::string issuer;
    std::vector<DomainName> names;
    Bytes der;  ///< The certificate when it was given; empty otherwise.

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("not_before", not_before) & make_nvp("not_after", not_after) &
            make_nvp("sha256", sha256) & make_nvp("key_sha256", key_sha256) &
            make_nvp("validity_cap_days", validity_cap_days) & make_nvp("reuse_days", reuse_days) &
            make_nvp("validity_policy", validity_policy) & make_nvp("reuse_policy", reuse_policy) &
            make_nvp("serial", serial) & make_nvp("issuer", issuer) & make_nvp("names", names) &
            make_nvp("der", der);
    }
    friend bool operator==(const CertificateIssued&, const CertificateIssued&) = default;
};

/// A target is about to be changed.
struct DeploymentStarted {
    static constexpr EventType kType = EventType::deployment_started;
    static constexpr unsigned kSchema = 1;
    bool force = false;
    std::string target;

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("force", force) & make_nvp("target", target);
    }
    friend bool operator==(const DeploymentStarted&, const DeploymentStarted&) = default;
};

/// The target took the certificate.
struct CertificateDeployed {
    static constexpr EventType kType = EventType::certificate_deployed;
    static constexpr unsigned kSchema = 1;
    std::string target;

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("target", target);
    }
    friend bool operator==(const CertificateDeployed&, const CertificateDeployed&) = default;
};

/// The target did not take the certificate.
struct DeploymentFailed {
    static constexpr EventType kType = EventType::deployment_failed;
    static constexpr unsigned kSchema = 1;
    std::string target;
    std::string cause;

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("target", target) & make_nvp("cause", cause);
    }
    friend bool operator==(const DeploymentFailed&, const DeploymentFailed&) = default;
};

/// The target was put back to what it served before.
struct DeploymentRolledBack {
    static constexpr EventType kType = EventType::deployment_rolled_back;
    static constexpr unsigned kSchema = 1;
    std::string target;
    std::string cause;

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("target", target) & make_nvp("cause", cause);
    }
    friend bool operator==(const DeploymentRolledBack&, const DeploymentRolledBack&) = default;
};

/// The target was seen to serve the certificate.
struct DeploymentObserved {
    static constexpr EventType kType = EventType::deployment_observed;
    static constexpr unsigned kSchema = 1;
    std::string target;
    std::optional<Digest> fingerprint;

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("target", target) & make_nvp("fingerprint", fingerprint);
    }
    friend bool operator==(const DeploymentObserved&, const DeploymentObserved&) = default;
};

/// The target was seen to serve something else.
struct DeploymentDrifted {
    static constexpr EventType kType = EventType::deployment_drifted;
    static constexpr unsigned kSchema = 1;
    std::string target;
    std::string cause;
    std::optional<Digest> fingerprint;

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("target", target) & make_nvp("cause", cause) & make_nvp("fingerprint", fingerprint);
    }
    friend bool operator==(const DeploymentDrifted&, const DeploymentDrifted&) = default;
};

/// An entry of the access ledger.
struct CertificateDownloaded {
    static constexpr EventType kType = EventType::certificate_downloaded;
    static constexpr unsigned kSchema = 1;
    DownloadFormat format = DownloadFormat::pem;
    bool with_key = false;  ///< Whether the private key went along.

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("format", format) & make_nvp("with_key", with_key);
    }
    friend bool operator==(const CertificateDownloaded&, const CertificateDownloaded&) = default;
};

/// The renewal window has opened.
struct RenewalDue {
    static constexpr EventType kType = EventType::renewal_due;
    static constexpr unsigned kSchema = 1;
    Instant not_after;

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("not_after", not_after);
    }
    friend bool operator==(const RenewalDue&, const RenewalDue&) = default;
};

/// A successor was ordered.
struct RenewalStarted {
    static constexpr EventType kType = EventType::renewal_started;
    static constexpr unsigned kSchema = 1;
    RenewalPayment pays = RenewalPayment::term;
    PolicyRef policy;
    CertificateId successor;

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("pays", pays) & make_nvp("policy", policy) & make_nvp("successor", successor);
    }
    friend bool operator==(const RenewalStarted&, const RenewalStarted&) = default;
};

/// The successor was issued.
struct RenewalCompleted {
    static constexpr EventType kType = EventType::renewal_completed;
    static constexpr unsigned kSchema = 1;
    CertificateId successor;

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("successor", successor);
    }
    friend bool operator==(const RenewalCompleted&, const RenewalCompleted&) = default;
};

/// A notice was made; `occurred_at` is the instant at which it was due.
struct ExpiryNoticed {
    static constexpr EventType kType = EventType::expiry_noticed;
    static constexpr unsigned kSchema = 1;
    std::int64_t days = 0;  ///< Days before not-after.
    Instant not_after;

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("days", days) & make_nvp("not_after", not_after);
    }
    friend bool operator==(const ExpiryNoticed&, const ExpiryNoticed&) = default;
};

/// The service looks after renewal and deployment.
struct HostingEnabled {
    static constexpr EventType kType = EventType::hosting_enabled;
    static constexpr unsigned kSchema = 1;

    template <class Archive>
    void serialize(Archive&, unsigned) {}
    friend bool operator==(const HostingEnabled&, const HostingEnabled&) = default;
};

/// Hosting ended.
struct HostingDisabled {
    static constexpr EventType kType = EventType::hosting_disabled;
    static constexpr unsigned kSchema = 1;

    template <class Archive>
    void serialize(Archive&, unsigned) {}
    friend bool operator==(const HostingDisabled&, const HostingDisabled&) = default;
};

}  // namespace certledger::events

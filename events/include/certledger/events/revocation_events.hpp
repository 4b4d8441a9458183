// Role: events of revocation, expiry and refund of a certificate.
//
// Fixed-width fields come first and text after, so that a fold can read where the data lies.
#pragma once

#include <certledger/events/event_types.hpp>
#include <certledger/events/policy.hpp>
#include <certledger/events/product.hpp>

namespace certledger::events {

/// Everything that a refund decision went by: with it the decision can be made again by anybody.
struct RefundInputs {
    Instant decided_at;  ///< The instant that was compared: revocation completed, or refund requested.
    Instant paid_at;
    std::optional<Instant> issued_at;   ///< `occurred_at` of certificate-issued; absent when never issued.
    std::optional<Instant> window_end;  ///< Last instant with a refund; absent when no window was looked at.
    std::int64_t days = 0;
    RefundClock clock = RefundClock::issue;
    DayRule day = DayRule::elapsed;
    UnissuedRule unissued = UnissuedRule::full;
    CaInitiatedRule ca_initiated = CaInitiatedRule::full;
    bool by_ca = false;
    Money payment;
    std::optional<std::string> zone;

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("decided_at", decided_at) & make_nvp("paid_at", paid_at) &
            make_nvp("issued_at", issued_at) & make_nvp("window_end", window_end) & make_nvp("days", days) &
            make_nvp("clock", clock) & make_nvp("day", day) & make_nvp("unissued", unissued) &
            make_nvp("ca_initiated", ca_initiated) & make_nvp("by_ca", by_ca) & make_nvp("payment", payment) &
            make_nvp("zone", zone);
    }
    friend bool operator==(const RefundInputs&, const RefundInputs&) = default;
};

/// The subscriber asked for revocation.
struct RevocationRequested {
    static constexpr EventType kType = EventType::revocation_requested;
    static constexpr unsigned kSchema = 1;
    RevocationReason reason = RevocationReason::unspecified;
    Instant due;  ///< By when it must be answered.
    PolicyRef policy;

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("reason", reason) & make_nvp("due", due) & make_nvp("policy", policy);
    }
    friend bool operator==(const RevocationRequested&, const RevocationRequested&) = default;
};

/// The mail step of an ov or ev revocation.
struct RevocationConfirmed {
    static constexpr EventType kType = EventType::revocation_confirmed;
    static constexpr unsigned kSchema = 1;

    template <class Archive>
    void serialize(Archive&, unsigned) {}
    friend bool operator==(const RevocationConfirmed&, const RevocationConfirmed&) = default;
};

/// The CA did not revoke.
struct RevocationDeclined {
    static constexpr EventType kType = EventType::revocation_declined;
    static constexpr unsigned kSchema = 1;
    std::string cause;

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("cause", cause);
    }
    friend bool operator==(const RevocationDeclined&, const RevocationDeclined&) = default;
};

/// The CA revoked the certificate.
struct CertificateRevoked {
    static constexpr EventType kType = EventType::certificate_revoked;
    static constexpr unsigned kSchema = 1;
    RevocationReason reason = RevocationReason::unspecified;
    bool by_ca = false;  ///< Started by the CA, not by the subscriber.

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("reason", reason) & make_nvp("by_ca", by_ca);
    }
    friend bool operator==(const CertificateRevoked&, const CertificateRevoked&) = default;
};

/// not-after has passed.
struct CertificateExpired {
    static constexpr EventType kType = EventType::certificate_expired;
    static constexpr unsigned kSchema = 1;
    Instant not_after;

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("not_after", not_after);
    }
    friend bool operator==(const CertificateExpired&, const CertificateExpired&) = default;
};

/// The payment is to be given back.
struct RefundGranted {
    static constexpr EventType kType = EventType::refund_granted;
    static constexpr unsigned kSchema = 1;
    RefundReason reason = RefundReason::within_window;
    Money amount;
    PolicyRef policy;
    RefundInputs inputs;

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("reason", reason) & make_nvp("amount", amount) & make_nvp("policy", policy) &
            make_nvp("inputs", inputs);
    }
    friend bool operator==(const RefundGranted&, const RefundGranted&) = default;
};

/// Nothing is given back.
struct RefundDeclined {
    static constexpr EventType kType = EventType::refund_declined;
    static constexpr unsigned kSchema = 1;
    RefundReason reason = RefundReason::window_closed;
    PolicyRef policy;
    RefundInputs inputs;

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("reason", reason) & make_nvp("policy", policy) & make_nvp("inputs", inputs);
    }
    friend bool operator==(const RefundDeclined&, const RefundDeclined&) = default;
};

/// The money went out.
struct RefundPaid {
    static constexpr EventType kType = EventType::refund_paid;
    static constexpr unsigned kSchema = 1;
    Money amount;
    std::string reference;

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("amount", amount) & make_nvp("reference", reference);
    }
    friend bool operator==(const RefundPaid&, const RefundPaid&) = default;
};

}  // namespace certledger::events

// Role: every enumeration that stands in an event, with its stored codes and names.
#pragma once

#include <array>
#include <certledger/events/named_enum.hpp>
#include <cstdint>
#include <string_view>

namespace certledger::events {

/// How much the CA checks (domain.md section 1).
enum class Level : std::uint8_t {
    dv = 1,
    ov = 2,
    ev = 3,
};

template <>
struct EnumTraits<Level> {
    static constexpr std::string_view kind = "level";
    static constexpr std::array entries{
        EnumEntry<Level>{Level::dv, "dv"},
        EnumEntry<Level>{Level::ov, "ov"},
        EnumEntry<Level>{Level::ev, "ev"},
    };
};

/// What names a product takes.
enum class Kind : std::uint8_t {
    single = 1,
    wildcard = 2,
    multi = 3,
};

template <>
struct EnumTraits<Kind> {
    static constexpr std::string_view kind = "kind";
    static constexpr std::array entries{
        EnumEntry<Kind>{Kind::single, "single"},
        EnumEntry<Kind>{Kind::wildcard, "wildcard"},
        EnumEntry<Kind>{Kind::multi, "multi"},
    };
};

/// How control of a name is proven.
enum class ValidationMethod : std::uint8_t {
    dns_auto = 1,
    dns_manual = 2,
    http_file = 3,
    mail = 4,
};

template <>
struct EnumTraits<ValidationMethod> {
    static constexpr std::string_view kind = "validation method";
    static constexpr std::array entries{
        EnumEntry<ValidationMethod>{ValidationMethod::dns_auto, "dns-auto"},
        EnumEntry<ValidationMethod>{ValidationMethod::dns_manual, "dns-manual"},
        EnumEntry<ValidationMethod>{ValidationMethod::http_file, "http-file"},
        EnumEntry<ValidationMethod>{ValidationMethod::mail, "mail"},
    };
};

/// Keys that are made here.
enum class KeyAlgorithm : std::uint8_t {
    rsa_2048 = 1,
    rsa_3072 = 2,
    rsa_4096 = 3,
    ec_p256 = 4,
    ec_p384 = 5,
};

template <>
struct EnumTraits<KeyAlgorithm> {
    static constexpr std::string_view kind = "key algorithm";
    static constexpr std::array entries{
        EnumEntry<KeyAlgorithm>{KeyAlgorithm::rsa_2048, "rsa-2048"},
        EnumEntry<KeyAlgorithm>{KeyAlgorithm::rsa_3072, "rsa-3072"},
        EnumEntry<KeyAlgorithm>{KeyAlgorithm::rsa_4096, "rsa-4096"},
        EnumEntry<KeyAlgorithm>{KeyAlgorithm::ec_p256, "ec-p256"},
        EnumEntry<KeyAlgorithm>{KeyAlgorithm::ec_p384, "ec-p384"},
    };
};

/// Where an application's key is held.
enum class KeySource : std::uint8_t {
    held_here = 1,
    csr = 2,
    elsewhere = 3,
};

template <>
struct EnumTraits<KeySource> {
    static constexpr std::string_view kind = "key source";
    static constexpr std::array entries{
        EnumEntry<KeySource>{KeySource::held_here, "held-here"},
        EnumEntry<KeySource>{KeySource::csr, "csr"},
        EnumEntry<KeySource>{KeySource::elsewhere, "elsewhere"},
    };
};

/// RFC 5280 section 5.3.1 reasons; all but the last may be given by a subscriber.
enum class RevocationReason : std::uint8_t {
    unspecified = 1,
    key_compromise = 2,
    affiliation_changed = 3,
    superseded = 4,
    cessation_of_operation = 5,
    privilege_withdrawn = 6,
};

template <>
struct EnumTraits<RevocationReason> {
    static constexpr std::string_view kind = "revocation reason";
    static constexpr std::array entries{
        EnumEntry<RevocationReason>{RevocationReason::unspecified, "unspecified"},
        EnumEntry<RevocationReason>{RevocationReason::key_compromise, "key-compromise"},
        EnumEntry<RevocationReason>{RevocationReason::affiliation_changed, "affiliation-changed"},
        EnumEntry<RevocationReason>{RevocationReason::superseded, "superseded"},
        EnumEntry<RevocationReason>{RevocationReason::cessation_of_operation, "cessation-of-operation"},
        EnumEntry<RevocationReason>{RevocationReason::privilege_withdrawn, "privilege-withdrawn"},
    };
};

/// Packages a certificate is handed out in.
enum class DownloadFormat : std::uint8_t {
    nginx = 1,
    apache = 2,
    pem = 3,
    der = 4,
    pfx = 5,
    iis = 6,
    tomcat = 7,
    jks = 8,
};

template <>
struct EnumTraits<DownloadFormat> {
    static constexpr std::string_view kind = "download format";
    static constexpr std::array entries{
        EnumEntry<DownloadFormat>{DownloadFormat::nginx, "nginx"},
        EnumEntry<DownloadFormat>{DownloadFormat::apache, "apache"},
        EnumEntry<DownloadFormat>{DownloadFormat::pem, "pem"},
        EnumEntry<DownloadFormat>{DownloadFormat::der, "der"},
        EnumEntry<DownloadFormat>{DownloadFormat::pfx, "pfx"},
        EnumEntry<DownloadFormat>{DownloadFormat::iis, "iis"},
        EnumEntry<DownloadFormat>{DownloadFormat::tomcat, "tomcat"},
        EnumEntry<DownloadFormat>{DownloadFormat::jks, "jks"},
    };
};

/// Status of a certificate; `deleted` closes the stream and is in no list.
enum class Status : std::uint8_t {
    paid = 1,
    pending_verification = 2,
    issued = 3,
    validation_failed = 4,
    revoked = 5,
    expired = 6,
    deleted = 7,
};

template <>
struct EnumTraits<Status> {
    static constexpr std::string_view kind = "status";
    static constexpr std::array entries{
        EnumEntry<Status>{Status::paid, "paid"},
        EnumEntry<Status>{Status::pending_verification, "pending-verification"},
        EnumEntry<Status>{Status::issued, "issued"},
        EnumEntry<Status>{Status::validation_failed, "validation-failed"},
        EnumEntry<Status>{Status::revoked, "revoked"},
        EnumEntry<Status>{Status::expired, "expired"},
        EnumEntry<Status>{Status::deleted, "deleted"},
    };
};

/// What a refund window is measured from.
enum class RefundClock : std::uint8_t {
    issue = 1,
    payment = 2,
};

template <>
struct EnumTraits<RefundClock> {
    static constexpr std::string_view kind = "refund clock";
    static constexpr std::array entries{
        EnumEntry<RefundClock>{RefundClock::issue, "issue"},
        EnumEntry<RefundClock>{RefundClock::payment, "payment"},
    };
};

/// How the days of a refund window are counted.
enum class DayRule : std::uint8_t {
    elapsed = 1,
    calendar = 2,
};

template <>
struct EnumTraits<DayRule> {
    static constexpr std::string_view kind = "day rule";
    static constexpr std::array entries{
        EnumEntry<DayRule>{DayRule::elapsed, "elapsed"},
        EnumEntry<DayRule>{DayRule::calendar, "calendar"},
    };
};

/// What becomes of the payment for a certificate that was never issued.
enum class UnissuedRule : std::uint8_t {
    full = 1,
    none = 2,
};

template <>
struct EnumTraits<UnissuedRule> {
    static constexpr std::string_view kind = "unissued rule";
    static constexpr std::array entries{
        EnumEntry<UnissuedRule>{UnissuedRule::full, "full"},
        EnumEntry<UnissuedRule>{UnissuedRule::none, "none"},
    };
};

/// What a revocation by the CA itself gives back.
enum class CaInitiatedRule : std::uint8_t {
    full = 1,
    window = 2,
};

template <>
struct EnumTraits<CaInitiatedRule> {
    static constexpr std::string_view kind = "CA-initiated rule";
    static constexpr std::array entries{
        EnumEntry<CaInitiatedRule>{CaInitiatedRule::full, "full"},
        EnumEntry<CaInitiatedRule>{CaInitiatedRule::window, "window"},
    };
};

/// Why a refund was decided as it was.
enum class RefundReason : std::uint8_t {
    within_window = 1,
    window_closed = 2,
    unissued = 3,
    unissued_not_refundable = 4,
    ca_initiated = 5,
    nothing_paid = 6,
};

template <>
struct EnumTraits<RefundReason> {
    static constexpr std::string_view kind = "refund reason";
    static constexpr std::array entries{
        EnumEntry<RefundReason>{RefundReason::within_window, "within-window"},
        EnumEntry<RefundReason>{RefundReason::window_closed, "window-closed"},
        EnumEntry<RefundReason>{RefundReason::unissued, "unissued"},
        EnumEntry<RefundReason>{RefundReason::unissued_not_refundable, "unissued-not-refundable"},
        EnumEntry<RefundReason>{RefundReason::ca_initiated, "ca-initiated"},
        EnumEntry<RefundReason>{RefundReason::nothing_paid, "nothing-paid"},
    };
};

/// What pays for a successor.
enum class RenewalPayment : std::uint8_t {
    term = 1,
    quota = 2,
    price = 3,
};

template <>
struct EnumTraits<RenewalPayment> {
    static constexpr std::string_view kind = "renewal payment";
    static constexpr std::array entries{
        EnumEntry<RenewalPayment>{RenewalPayment::term, "term"},
        EnumEntry<RenewalPayment>{RenewalPayment::quota, "quota"},
        EnumEntry<RenewalPayment>{RenewalPayment::price, "price"},
    };
};

}  // namespace certledger::events

// Role: a command as a test writes it: plain values, times in microseconds since 1970, texts for enumerators.
// The model reads it as it is; support/convert.hpp turns it into what the domain takes. So neither sees the
// other's types.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace certledger::model {

inline constexpr std::int64_t kSecond = 1'000'000;
inline constexpr std::int64_t kDay = 86'400 * kSecond;

struct Amount {
    std::int64_t minor = 0;
    std::string currency = "USD";
    friend bool operator==(const Amount&, const Amount&) = default;
};

struct Product {
    std::string brand = "digicert";
    std::string level = "dv";
    std::string kind = "single";
    std::int64_t names_max = 1;
    std::int64_t term_years = 1;
    friend bool operator==(const Product&, const Product&) = default;
};

struct Contact {
    std::optional<std::string> name = "Ada";
    std::optional<std::string> mail = "ada@example.com";
    std::optional<std::string> phone = "+44123456";
};

struct Company {
    std::optional<std::string> name = "Ada Ltd";
    std::optional<std::string> country = "GB";
    std::optional<std::string> registration = "123";
    std::optional<std::string> address = "1 Way";
};

/// What a reader would find in a certificate request.
struct Csr {
    bool broken = false;
    bool weak = false;
    std::vector<std::string> names;
    std::string key;
};

/// What a reader would find in a certificate. Keys and fingerprints are tokens that stand for digests.
struct Pem {
    bool broken = false;
    std::int64_t not_before = 0;
    std::int64_t not_after = 0;
    std::string sha256;
    std::string key;
    std::vector<std::string> names;
};

struct PrivateKey {
    bool broken = false;
    std::string key;
};

struct Pays {
    std::string kind = "term";
    std::string quota;
    Amount price;
};

struct Policy {
    std::string kind;
    std::int64_t effective_from = 0;
    std::int64_t days = 30;  ///< refund; also window_days and days_per_year.
    std::string clock = "issue";
    std::string day = "elapsed";
    std::optional<std::string> zone;
    std::string unissued = "full";
    std::string ca_initiated = "full";
    std::vector<std::pair<std::int64_t, std::int64_t>> steps;  ///< validity, reuse: from and days.
    std::int64_t key_compromise_seconds = 86'400;
    std::int64_t other_seconds = 432'000;
};

struct Request {
    std::string command;
    std::string account = "default";
    std::int64_t at = 0;
    std::string generated;  ///< The id that the front makes where the caller gives none.

    std::optional<std::string> certificate, quota, successor;
    std::optional<Product> product;
    std::optional<std::int64_t> count;
    std::optional<Amount> price, amount;
    std::optional<std::vector<std::string>> names;
    std::optional<std::string> name;
    std::optional<bool> quick_issue, force;
    std::optional<std::string> validation, key, key_sha256, outcome, cause, reason, by, reference, target,
        format, fingerprint, scope, serial, issuer, sha256;
    std::optional<std::int64_t> not_before, not_after;
    std::optional<Contact> contact;
    std::optional<Company> company;
    std::optional<Csr> csr;
    std::optional<Pem> pem;
    std::optional<PrivateKey> private_key;
    std::optional<Pays> pays;
    std::optional<Policy> policy;
};

/// One line that a reader can follow, much as exec would take it.
std::ostream& operator<<(std::ostream& out, const Request& request);

/// `2026-01-02T03:04:05Z`.
[[nodiscard]] std::string time_text(std::int64_t micros);

}  // namespace certledger::model

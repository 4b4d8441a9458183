// Role: the indexes along which rows are found, described once for every keeper of rows.
//
// A key is `account NUL prefix tail`: equal prefixes stand together, the tail orders them and ends with the
// row's id, so that no two keys are equal. Numbers stand big-endian, instants with their sign bit turned, so
// that octet order is the order meant. Text that is long is cut: who scans compares again with the row.
#pragma once

#include <algorithm>
#include <certledger/projections/certificate_row.hpp>
#include <certledger/projections/other_rows.hpp>
#include <functional>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace certledger::projections {

/// Codes are stored as names of tables: never reused for another key.
enum class Index : std::uint8_t {
    created = 1,           ///< tail: created_at
    not_after = 2,         ///< tail: not-after; those never issued last
    name = 3,              ///< tail: first name
    status = 4,            ///< prefix: status; tail: created_at
    status_not_after = 5,  ///< prefix: status; tail: not-after
    flag = 6,              ///< prefix: hosted, uploaded, deployed or revocation-requested; tail: created_at
    domain = 7,            ///< prefix: a name with its labels turned round
    serial = 8,            ///< prefix: serial
    fingerprint = 9,       ///< prefix: SHA-256
    target = 10,           ///< prefix: a target that it was ever deployed on; also of deleted certificates
    id = 11,               ///< prefix: the certificate's id
    refunds = 12,          ///< tail: nothing but the row; also of deleted certificates, where decided
    attention = 13,        ///< prefix: what is open (Attention); tail: since or until when
    quota = 14,            ///< tail: the quota's row, then its id
    broken = 15,           ///< tail: nothing but the row, of those whose events the machine forbids
    brand = 16,            ///< prefix: the product's brand; tail: created_at
};

inline constexpr Index kIndexes[] = {Index::created,          Index::not_after, Index::name,   Index::status,
                                     Index::status_not_after, Index::flag,      Index::domain, Index::serial,
                                     Index::fingerprint,      Index::target,    Index::id,     Index::refunds,
                                     Index::attention,        Index::quota,     Index::broken, Index::brand};

/// Codes are less than this.
inline constexpr std::size_t kIndexCodes =
    1 + static_cast<std::size_t>(*std::max_element(std::begin(kIndexes), std::end(kIndexes)));

/// What the watch list looks at.
enum class Attention : std::uint8_t {
    application_open = 1,  ///< since the submission
    deployment_open = 2,   ///< since the start
    revocation_open = 3,   ///< due
    refund_unpaid = 4,     ///< since the decision
    valid_until = 5,       ///< not-after of an issued one
};

using IndexKeys = std::vector<std::pair<Index, std::string>>;

/// Octets whose order is the order of what they were made from.
namespace key {

inline constexpr std::size_t kMostText = 280;  ///< Octets of a text that go into a key.
/// Octets of an account that do: no account's id is longer.
inline constexpr std::size_t kLongestAccount = 128;

void append(std::string& to, std::uint64_t number);
void append(std::string& to, Instant instant);
/// Cut text, then NUL.
void append(std::string& to, std::string_view text);
/// `account NUL`.
void append_account(std::string& to, std::string_view account);
[[nodiscard]] std::string of_account(std::string_view account);
/// `www.example.com` as `com.example.www.`
[[nodiscard]] std::string turned_round(std::string_view name);
/// The first key behind all that begin with the prefix; empty for none (a prefix of 0xFF octets).
[[nodiscard]] std::string behind(std::string prefix);
/// The row id at the end of a key.
[[nodiscard]] RowId row_of(std::string_view key);
[[nodiscard]] std::uint64_t read_number(std::string_view octets);

/// What a key of Index::created says. Lifetime: of the key.
struct Created {
    std::string_view account;
    Instant created_at;
    RowId row = 0;
};
/// Nothing: it is no such key.
[[nodiscard]] std::optional<Created> read_created(std::string_view key);

}  // namespace key

/// The part of the key that orders rows in `created`, `not_after`, `name` or `status` (its prefix included).
[[nodiscard]] std::string order_tail(const CertificateRow& row, Index index);

/// Receives a key, which holds until it returns.
using KeyVisitor = std::function<void(Index index, std::string_view key)>;

/// Every entry of a row. A deleted certificate has entries in `refunds` (where decided), `target` and
/// `broken`.
void each_index_key(const CertificateRow& row, const KeyVisitor& visit);
[[nodiscard]] IndexKeys index_keys(const CertificateRow& row);
[[nodiscard]] IndexKeys index_keys(const QuotaRow& row);

}  // namespace certledger::projections

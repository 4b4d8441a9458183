#include <algorithm>
#include <certledger/events/little_endian.hpp>
#include <certledger/projections/index.hpp>

namespace certledger::projections {

namespace key {

void append(std::string& to, std::uint64_t number) {
    std::uint8_t octets[sizeof number];
    events::store_number(octets, __builtin_bswap64(number));
    to.append(reinterpret_cast<const char*>(octets), sizeof octets);
}

namespace {

/// Turned round in instants, so that those before 1970 come first.
constexpr std::uint64_t kSign = std::uint64_t{1} << 63U;

}  // namespace

void append(std::string& to, Instant instant) {
    append(to, static_cast<std::uint64_t>(instant.micros) ^ kSign);
}

void append(std::string& to, std::string_view text) {
    to.append(text.substr(0, kMostText));
    to.push_back('\0');
}

void append_account(std::string& to, std::string_view account) {
    // What is cut here has no rows.
    to.append(account.substr(0, kLongestAccount));
    to.push_back('\0');
}

std::string of_account(std::string_view account) {
    std::string made;
    append_account(made, account);
    return made;
}

std::string turned_round(std::string_view name) {
    std::string turned;
    turned.reserve(name.size() + 1);
    while (!name.empty()) {
        const auto dot = name.rfind('.');
        turned.append(dot == std::string_view::npos ? name : name.substr(dot + 1)).push_back('.');
        name = dot == std::string_view::npos ? std::string_view{} : name.substr(0, dot);
    }
    return turned;
}

std::string behind(std::string prefix) {
    while (!prefix.empty() && static_cast<unsigned char>(prefix.back()) == 0xFFU) prefix.pop_back();
    if (!prefix.empty()) prefix.back() = static_cast<char>(static_cast<unsigned char>(prefix.back()) + 1U);
    return prefix;
}

std::uint64_t read_number(std::string_view octets) {
    if (octets.size() >= sizeof(std::uint64_t))
        return __builtin_bswap64(
            events::load_number<std::uint64_t>(reinterpret_cast<const std::uint8_t*>(octets.data())));
    std::uint64_t number = 0;
    for (const char octet : octets) number = number << 8U | static_cast<unsigned char>(octet);
    return number;
}

RowId row_of(std::string_view key) { return key.size() < 8 ? 0 : read_number(key.substr(key.size() - 8)); }

std::optional<Created> read_created(std::string_view key) {
    const auto account = key.substr(0, key.find('\0'));
    constexpr std::size_t number = sizeof(std::uint64_t);
    if (key.size() != account.size() + 1 + 2 * number) return std::nullopt;
    const auto at = read_number(key.substr(account.size() + 1)) ^ kSign;
    return Created{account, Instant{static_cast<std::int64_t>(at)}, row_of(key)};
}

}  // namespace key

namespace {

/// Makes the keys of one row, each in the same memory.
class Keys {
  public:
    Keys(const CertificateRow& row, const KeyVisitor& visit)
        : row_(row), visit_(visit), key_(key::of_account(row.account.value)), account_(key_.size()) {}

    /// Begins with the account; what is appended to it is the key's middle.
    std::string& begin() {
        key_.resize(account_);
        return key_;
    }
    void end(Index index) {
        key::append(key_, row_.row);
        visit_(index, key_);
    }
    void add(Index index) {
        begin();
        end(index);
    }
    void add_text(Index index, std::string_view text) {
        key::append(begin(), text);
        end(index);
    }
    void add_attention(Attention what, Instant at) {
        begin().push_back(static_cast<char>(what));
        key::append(key_, at);
        end(Index::attention);
    }
    /// In the order of creation within a text.
    void add_created(Index index, std::string_view text) {
        key::append(begin(), text);
        key::append(key_, row_.created_at);
        end(index);
    }

  private:
    const CertificateRow& row_;
    const KeyVisitor& visit_;
    std::string key_;
    const std::size_t account_;
};

bool holds_target(const CertificateRow& row) {
    return std::any_of(row.deployments.begin(), row.deployments.end(), [](const auto& d) { return d.held; });
}

void add_flags(Keys& keys, const CertificateRow& row) {
    if (row.hosted) keys.add_created(Index::flag, "hosted");
    if (row.uploaded) keys.add_created(Index::flag, "uploaded");
    if (holds_target(row)) keys.add_created(Index::flag, "deployed");
    if (row.revocation) keys.add_created(Index::flag, "revocation-requested");
}

void add_attention(Keys& keys, const CertificateRow& row) {
    if (row.is(Status::pending_verification) && row.application)
        keys.add_attention(Attention::application_open, row.application->submitted_at);
    std::optional<Instant> open;
    for (const auto& deployment : row.deployments) {
        if (deployment.open_since && row.is(Status::issued))
            open = std::min(open.value_or(*deployment.open_since), *deployment.open_since);
    }
    if (open) keys.add_attention(Attention::deployment_open, *open);
    if (row.revocation) keys.add_attention(Attention::revocation_open, row.revocation->due);
    if (row.refunded() && !row.refund->paid_at)
        keys.add_attention(Attention::refund_unpaid, row.refund->decided_at);
    if (row.is(Status::issued) && row.issued)
        keys.add_attention(Attention::valid_until, row.issued->not_after);
}

void add_names(Keys& keys, const CertificateRow& row) {
    std::vector<std::string> turned;
    for (const auto& name : row.names) turned.push_back(key::turned_round(name.ascii));
    std::sort(turned.begin(), turned.end());
    turned.erase(std::unique(turned.begin(), turned.end()), turned.end());
    for (const auto& name : turned) keys.add_text(Index::domain, name);
}

/// The tail without the row's id.
void append_tail(std::string& to, const CertificateRow& row, Index index) {
    switch (index) {
        case Index::not_after:
        case Index::status_not_after:
            if (index == Index::status_not_after) to.push_back(static_cast<char>(row.status));
            if (row.issued) {
                key::append(to, row.issued->not_after);
            } else {
                to.append(8, '\xFF');
            }
            break;
        case Index::name:
            key::append(to, row.names.empty() ? std::string_view{} : row.names.front().ascii);
            break;
        case Index::status:
            to.push_back(static_cast<char>(row.status));
            key::append(to, row.created_at);
            break;
        default:
            key::append(to, row.created_at);
            break;
    }
}

/// Whether the refunds view shows the certificate: something was paid, or it was decided.
bool in_refunds(const CertificateRow& row) {
    if (row.refund) return true;
    return !row.deleted() && !row.uploaded && row.payment.minor > 0;
}

}  // namespace

std::string order_tail(const CertificateRow& row, Index index) {
    std::string tail;
    append_tail(tail, row, index);
    key::append(tail, row.row);
    return tail;
}

void each_index_key(const CertificateRow& row, const KeyVisitor& visit) {
    Keys keys(row, visit);
    if (in_refunds(row)) keys.add(Index::refunds);
    if (row.broken) keys.add(Index::broken);
    for (const auto& deployment : row.deployments) {
        if (deployment.deployed_at) keys.add_text(Index::target, deployment.target);
    }
    if (row.deleted()) return;
    for (const auto index :
         {Index::created, Index::not_after, Index::name, Index::status, Index::status_not_after}) {
        append_tail(keys.begin(), row, index);
        keys.end(index);
    }
    add_flags(keys, row);
    add_attention(keys, row);
    add_names(keys, row);
    keys.add_text(Index::id, row.certificate.value);
    if (row.product) keys.add_created(Index::brand, row.product->brand);
    if (row.issued) {
        keys.add_text(Index::serial, row.issued->serial);
        keys.begin().append(row.issued->sha256.begin(), row.issued->sha256.end());
        keys.end(Index::fingerprint);
    }
}

IndexKeys index_keys(const CertificateRow& row) {
    IndexKeys keys;
    keys.reserve(16);
    each_index_key(row, [&](Index index, std::string_view key) { keys.emplace_back(index, key); });
    return keys;
}

IndexKeys index_keys(const QuotaRow& row) {
    std::string made = key::of_account(row.account.value);
    key::append(made, row.row);
    made.append(row.quota.value);
    return {{Index::quota, made}};
}

}  // namespace certledger::projections

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
    // No account's id is that long: what is cut here has no rows.
    to.append(account.substr(0, 128));
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

/// Collects the entries of one row.
class Keys {
  public:
    Keys(std::string_view account, RowId row) : account_(key::of_account(account)), row_(row) {
        keys_.reserve(16);
    }

    /// `account NUL middle row`.
    void add(Index index, const std::string& middle) {
        auto& made = keys_.emplace_back(index, account_).second;
        made.append(middle);
        key::append(made, row_);
    }
    void add_text(Index index, std::string_view text) {
        std::string middle;
        key::append(middle, text);
        add(index, middle);
    }
    void add_attention(Attention what, Instant at) {
        std::string middle(1, static_cast<char>(what));
        key::append(middle, at);
        add(Index::attention, middle);
    }
    /// In the order of creation within a text.
    void add_created(Index index, std::string_view text, Instant created) {
        std::string middle;
        key::append(middle, text);
        key::append(middle, created);
        add(index, middle);
    }
    [[nodiscard]] IndexKeys take() { return std::move(keys_); }
    [[nodiscard]] RowId row() const noexcept { return row_; }

  private:
    std::string account_;
    RowId row_;
    IndexKeys keys_;
};

bool holds_target(const CertificateRow& row) {
    return std::any_of(row.deployments.begin(), row.deployments.end(), [](const auto& d) { return d.held; });
}

void add_flags(Keys& keys, const CertificateRow& row) {
    if (row.hosted) keys.add_created(Index::flag, "hosted", row.created_at);
    if (row.uploaded) keys.add_created(Index::flag, "uploaded", row.created_at);
    if (holds_target(row)) keys.add_created(Index::flag, "deployed", row.created_at);
    if (row.revocation) keys.add_created(Index::flag, "revocation-requested", row.created_at);
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
std::string tail_middle(const CertificateRow& row, Index index) {
    std::string middle;
    switch (index) {
        case Index::not_after:
        case Index::status_not_after:
            if (index == Index::status_not_after) middle.push_back(static_cast<char>(row.status));
            if (row.issued) {
                key::append(middle, row.issued->not_after);
            } else {
                middle.append(8, '\xFF');
            }
            break;
        case Index::name:
            key::append(middle, row.names.empty() ? std::string_view{} : row.names.front().ascii);
            break;
        case Index::status:
            middle.push_back(static_cast<char>(row.status));
            key::append(middle, row.created_at);
            break;
        default:
            key::append(middle, row.created_at);
            break;
    }
    return middle;
}

/// Whether the refunds view shows the certificate: something was paid, or it was decided.
bool in_refunds(const CertificateRow& row) {
    if (row.refund) return true;
    return !row.deleted() && !row.uploaded && row.payment.minor > 0;
}

}  // namespace

std::string order_tail(const CertificateRow& row, Index index) {
    std::string tail = tail_middle(row, index);
    key::append(tail, row.row);
    return tail;
}

IndexKeys index_keys(const CertificateRow& row) {
    Keys keys(row.account.value, row.row);
    if (in_refunds(row)) keys.add(Index::refunds, {});
    if (row.broken) keys.add(Index::broken, {});
    for (const auto& deployment : row.deployments) {
        if (deployment.deployed_at) keys.add_text(Index::target, deployment.target);
    }
    if (row.deleted()) return keys.take();
    for (const auto index :
         {Index::created, Index::not_after, Index::name, Index::status, Index::status_not_after})
        keys.add(index, tail_middle(row, index));
    add_flags(keys, row);
    add_attention(keys, row);
    add_names(keys, row);
    keys.add_text(Index::id, row.certificate.value);
    if (row.product) keys.add_created(Index::brand, row.product->brand, row.created_at);
    if (row.issued) {
        keys.add_text(Index::serial, row.issued->serial);
        keys.add(Index::fingerprint, std::string(row.issued->sha256.begin(), row.issued->sha256.end()));
    }
    return keys.take();
}

IndexKeys index_keys(const QuotaRow& row) {
    std::string made = key::of_account(row.account.value);
    key::append(made, row.row);
    made.append(row.quota.value);
    return {{Index::quota, made}};
}

}  // namespace certledger::projections

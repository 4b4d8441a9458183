#include <algorithm>
#include <certledger/events/ids.hpp>
#include <cstdint>

namespace certledger::events {
namespace {

constexpr std::string_view kQuota = "quota-";
constexpr std::string_view kCertificate = "certificate-";
constexpr std::string_view kPolicy = "policy-";
constexpr std::string_view kRejection = "rejection-";

bool id_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
}

std::string joined(std::string_view prefix, std::string_view rest) {
    return std::string(prefix).append(rest);
}

/// Octets of the UTF-8 sequence that starts the text; 0 when it is malformed (RFC 3629 section 4).
std::size_t sequence_length(std::string_view text) {
    const auto at = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
    const std::uint8_t lead = at(0);
    if (lead < 0x80) return 1;
    const std::size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || lead > 0xF4 || text.size() < size) return 0;
    std::uint8_t low = 0x80;
    std::uint8_t high = 0xBF;
    if (lead == 0xE0) low = 0xA0;
    if (lead == 0xED) high = 0x9F;
    if (lead == 0xF0) low = 0x90;
    if (lead == 0xF4) high = 0x8F;
    if (at(1) < low || at(1) > high) return 0;
    for (std::size_t i = 2; i < size; ++i) {
        if ((at(i) & 0xC0U) != 0x80U) return 0;
    }
    return size;
}

}  // namespace

bool well_formed_id(std::string_view text) noexcept {
    return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), id_character);
}

bool well_formed_command_id(std::string_view text) noexcept {
    return !text.empty() && text.size() <= 128 &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c <= 0x7E; });
}

bool well_formed_actor(std::string_view text) noexcept {
    return !text.empty() && text.size() <= 128 && well_formed_utf8(text);
}

bool well_formed_utf8_sequence(std::string_view text) noexcept {
    while (!text.empty()) {
        const std::size_t size = sequence_length(text);
        if (size == 0) return false;
        text.remove_prefix(size);
    }
    return true;
}

StreamId ledger_stream() { return StreamId{"ledger"}; }
StreamId policy_stream() { return StreamId{"policy"}; }
StreamId policy_stream(const AccountId& account) { return StreamId{joined(kPolicy, account.value)}; }
StreamId stream_of(const QuotaId& quota) { return StreamId{joined(kQuota, quota.value)}; }
StreamId stream_of(const CertificateId& certificate) {
    return StreamId{joined(kCertificate, certificate.value)};
}
StreamId rejection_stream(const StreamId& named) { return StreamId{joined(kRejection, named.value)}; }

std::optional<StreamKind> stream_kind(std::string_view stream) noexcept {
    if (stream.starts_with(kCertificate)) return StreamKind::certificate;
    if (stream.starts_with(kQuota)) return StreamKind::quota;
    if (stream.starts_with(kRejection)) return StreamKind::rejection;
    if (stream == "policy" || stream.starts_with(kPolicy)) return StreamKind::policy;
    if (stream == "ledger") return StreamKind::ledger;
    return std::nullopt;
}

std::string_view id_part(std::string_view stream) noexcept {
    for (const std::string_view prefix : {kCertificate, kQuota, kPolicy, kRejection}) {
        if (stream.starts_with(prefix)) return stream.substr(prefix.size());
    }
    return stream;
}

}  // namespace certledger::events

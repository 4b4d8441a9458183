// Role: strong identifiers and the names of streams.
#pragma once

#include <compare>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

namespace certledger::events {

/// Text with a meaning of its own; ids of different things cannot be mixed up. Says nothing about the form.
template <class Tag>
struct Id {
    std::string value;

    [[nodiscard]] bool empty() const noexcept { return value.empty(); }
    friend auto operator<=>(const Id&, const Id&) = default;
};

using AccountId = Id<struct AccountTag>;
using CertificateId = Id<struct CertificateTag>;
using QuotaId = Id<struct QuotaTag>;
using StreamId = Id<struct StreamTag>;

/// `[A-Za-z0-9._-]{1,64}`: the form of account, certificate and quota ids.
[[nodiscard]] bool well_formed_id(std::string_view text) noexcept;

/// 1 to 128 printable ASCII characters: the form of a command's id.
[[nodiscard]] bool well_formed_command_id(std::string_view text) noexcept;

/// 1 to 128 octets of UTF-8: the form of an actor.
[[nodiscard]] bool well_formed_actor(std::string_view text) noexcept;

/// Whether all octets are below 128. Nearly every text is, so this stands where it is asked.
[[nodiscard]] inline bool all_ascii(std::string_view text) noexcept {
    constexpr std::uint64_t beyond_ascii = 0x8080'8080'8080'8080U;
    constexpr std::size_t width = sizeof beyond_ascii;
    const auto load = [](const char* from) {
        std::uint64_t octets = 0;
        std::memcpy(&octets, from, width);
        return octets;
    };
    if (text.size() < width) {
        unsigned all = 0;
        for (const char octet : text) all |= static_cast<unsigned char>(octet);
        return all < 128;
    }
    // The last eight octets may overlap those before.
    std::uint64_t all = load(text.data() + text.size() - width);
    for (std::size_t at = 0; at + width < text.size(); at += width) all |= load(text.data() + at);
    return (all & beyond_ascii) == 0;
}

/// Whether the octets are a sequence of well-formed UTF-8 (RFC 3629).
[[nodiscard]] bool well_formed_utf8_sequence(std::string_view text) noexcept;
[[nodiscard]] inline bool well_formed_utf8(std::string_view text) noexcept {
    return all_ascii(text) || well_formed_utf8_sequence(text);
}

enum class StreamKind { ledger, policy, quota, certificate, rejection };

[[nodiscard]] StreamId ledger_stream();
[[nodiscard]] StreamId policy_stream();
[[nodiscard]] StreamId policy_stream(const AccountId& account);
[[nodiscard]] StreamId stream_of(const QuotaId& quota);
[[nodiscard]] StreamId stream_of(const CertificateId& certificate);
[[nodiscard]] StreamId rejection_stream(const StreamId& named);

/// What kind of stream a name belongs to; nothing when it is none that this ledger writes.
[[nodiscard]] std::optional<StreamKind> stream_kind(std::string_view stream) noexcept;

/// The part of a quota or certificate stream's name behind its prefix.
[[nodiscard]] std::string_view id_part(std::string_view stream) noexcept;

}  // namespace certledger::events

// Role: strong identifiers and the names of streams.
#pragma once

#include <compare>
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

/// Whether the octets are well-formed UTF-8 (RFC 3629).
[[nodiscard]] bool well_formed_utf8(std::string_view text) noexcept;

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

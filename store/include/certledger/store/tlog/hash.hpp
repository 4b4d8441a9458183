// Role: the hashes of the transparency log's tree (RFC 6962 section 2.1, RFC 9162 section 2.1.1), all
// SHA-256.
//
// Threads: every function may be called from any thread; each thread keeps its own digest context. Nothing
// fails on input; when OpenSSL itself cannot work (no memory, no SHA-256), ContractViolation is thrown.
#pragma once

#include <certledger/events/digest.hpp>
#include <cstdint>
#include <span>
#include <string_view>

namespace certledger::store::tlog {

using events::Bytes;
using events::Digest;

/// SHA-256 of the bytes.
[[nodiscard]] Digest sha256(std::span<const std::uint8_t> bytes);
[[nodiscard]] Digest sha256(std::string_view text);

/// Hash of a leaf: SHA-256(0x00 || record).
[[nodiscard]] Digest leaf_hash(std::span<const std::uint8_t> record);

/// Hash of an inner node: SHA-256(0x01 || left || right).
[[nodiscard]] Digest node_hash(const Digest& left, const Digest& right);

/// leaf_hash() of each record, into as many digests; faster than one by one.
void leaf_hashes(std::span<const std::span<const std::uint8_t>> records, std::span<Digest> hashes);

/// node_hash() of each pair of neighbours, which are twice as many as `hashes`; faster than one by one.
/// `hashes` may begin where `children` does.
void node_hashes(std::span<const Digest> children, std::span<Digest> hashes);

/// Root of the tree without leaves: SHA-256 of nothing.
[[nodiscard]] const Digest& empty_root();

}  // namespace certledger::store::tlog

// Role: the DER of freshly made P-256 and P-384 keys, put together by hand.
//
// OpenSSL 3.0 builds an encoder chain for each key that it writes, which takes several times as long as
// making the key. For these two curves the DER is a fixed head, the numbers, and nothing else (RFC 5480, RFC
// 5915, RFC 5958).
#pragma once

#include <certledger/adapters/secret/secret_bytes.hpp>
#include <certledger/events/digest.hpp>
#include <optional>

#include "handles.hpp"

namespace certledger::adapters::openssl {

struct EcEncoding {
    SecretBytes pkcs8;
    events::Bytes spki;
};

/// Nothing for a key of another kind.
[[nodiscard]] std::optional<EcEncoding> encode_ec_key(EVP_PKEY* pair);

}  // namespace certledger::adapters::openssl

// Role: inside this module, the way from a PrivateKey to OpenSSL's object and back.
#pragma once

#include <certledger/adapters/openssl/key.hpp>

#include "handles.hpp"

namespace certledger::adapters::openssl {

struct KeyAccess {
    /// OpenSSL's object for a key that was checked when the PrivateKey was made.
    [[nodiscard]] static PkeyHandle handle(const PrivateKey& key);
    /// From parts that are known to belong together.
    [[nodiscard]] static PrivateKey assemble(SecretBytes pkcs8, PublicKeyFacts facts);
    /// From a key pair that is known to fit together.
    [[nodiscard]] static Result<PrivateKey> wrap(EVP_PKEY* pair);
};

/// Facts of a parsed public key; `spki` is its DER as it stood in the input.
[[nodiscard]] PublicKeyFacts public_key_facts(EVP_PKEY* key, events::Bytes spki);

}  // namespace certledger::adapters::openssl

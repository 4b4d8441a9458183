// Role: what a front reads out of a command's text with libraries that the domain does not know: names,
// requests, certificates; and what has to be made for it: ids, keys, sealed data, tokens. With them decide()
// stays a pure function.
#pragma once

#include <certledger/events/product.hpp>
#include <optional>
#include <string>
#include <vector>

namespace certledger::domain {

enum class NameForm { plain, wildcard, address };

/// A name as given and, where it can be ordered, its normal form.
struct NameFact {
    std::string given;
    events::DomainName name;  ///< Empty when `fault` is not.
    NameForm form = NameForm::plain;
    std::string fault;  ///< The rule that the name breaks; empty for a good one.
};

/// A certificate request that was read (RFC 2986).
struct CsrFact {
    std::string fault;               ///< Why it does not parse or prove possession; empty for a good one.
    std::string weakness;            ///< Why its key is too weak; empty for a strong one.
    std::vector<std::string> names;  ///< A-labels and canonical addresses of its subject alternative names.
    events::Digest key_sha256{};
    events::Bytes der;
};

/// A certificate that was read (RFC 5280).
struct CertificateFact {
    std::string
        fault;  ///< Why it cannot be taken (does not parse, is a precertificate); empty for a good one.
    std::string serial;
    std::string issuer;
    std::string subject;
    events::Instant not_before;
    events::Instant not_after;
    events::Digest sha256{};
    events::Digest key_sha256{};
    std::vector<events::DomainName> names;
    events::Bytes der;
};

/// A private key that came with an upload.
struct PrivateKeyFact {
    std::string fault;
    events::Digest key_sha256{};
};

struct Facts {
    std::vector<NameFact> names;  ///< One for each of the command's `names`, or for its one `name`.
    std::optional<CsrFact> csr;
    std::optional<CertificateFact> certificate;
    std::optional<PrivateKeyFact> private_key;
    std::string generated_id;  ///< For a stream that the command makes without an id of the caller.
    std::string token;         ///< For a challenge.
    std::string policy_fault;  ///< Why a policy is not well-formed; needs the time zone database.

    // Made only after the command was accepted once (see `needs_preparation`).
    std::optional<events::Digest> made_key_sha256;
    std::optional<events::Sealed> contact;
    std::optional<events::Sealed> company;
};

}  // namespace certledger::domain

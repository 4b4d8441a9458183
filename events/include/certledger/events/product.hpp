// Role: small compound values that several events share.
#pragma once

#include <boost/serialization/nvp.hpp>
#include <certledger/events/digest.hpp>
#include <certledger/events/enums.hpp>
#include <certledger/events/ids.hpp>
#include <certledger/events/instant.hpp>
#include <certledger/events/money.hpp>
#include <optional>
#include <string>
#include <vector>

namespace certledger::events {

using boost::serialization::make_nvp;

/// What is bought. Two products are the same when all five fields are.
struct Product {
    Level level = Level::dv;
    Kind kind = Kind::single;
    std::int64_t names_max = 1;   ///< 1 for single and wildcard, 1 to 250 for multi.
    std::int64_t term_years = 1;  ///< 1 to 6.
    std::string brand;            ///< `[a-z0-9-]{1,32}`.

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("level", level) & make_nvp("kind", kind) & make_nvp("names_max", names_max) &
            make_nvp("term_years", term_years) & make_nvp("brand", brand);
    }
    friend bool operator==(const Product&, const Product&) = default;
};

/// A name of a certificate: the A-label form (or the canonical IP address) that rules look at, and the form
/// to show.
struct DomainName {
    std::string ascii;
    std::string unicode;

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("ascii", ascii) & make_nvp("unicode", unicode);
    }
    friend bool operator==(const DomainName&, const DomainName&) = default;
};

/// Personal data under the key of its data subject: without that key it cannot be read, and with the key
/// destroyed it is erased wherever it was copied to, while every hash over the event still holds.
struct Sealed {
    std::string subject;  ///< Names the key in the vault.
    Bytes box;            ///< nonce, ciphertext and tag as the vault made them.

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("subject", subject) & make_nvp("box", box);
    }
    friend bool operator==(const Sealed&, const Sealed&) = default;
};

/// Which record of which policy stream a decision went by: `id` is the stream, `version` that stream's
/// version.
struct PolicyRef {
    std::int64_t version = 0;
    std::string id;

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("version", version) & make_nvp("id", id);
    }
    friend bool operator==(const PolicyRef&, const PolicyRef&) = default;
};

}  // namespace certledger::events

// Role: what is where: every target of an account, the certificate that it serves, and what was seen of it.
#pragma once

#include <certledger/events/product.hpp>
#include <optional>
#include <string>
#include <vector>

namespace certledger::projections {

/// What was last seen of a target.
enum class Sighting : std::uint8_t {
    never = 1,    ///< Not looked at since it took the certificate.
    served = 2,   ///< Seen to serve the certificate.
    drifted = 3,  ///< Seen to serve something else.
};

}  // namespace certledger::projections

namespace certledger::events {

template <>
struct EnumTraits<projections::Sighting> {
    using Sighting = projections::Sighting;
    static constexpr std::string_view kind = "sighting";
    static constexpr std::array entries{
        EnumEntry<Sighting>{Sighting::never, "never"},
        EnumEntry<Sighting>{Sighting::served, "served"},
        EnumEntry<Sighting>{Sighting::drifted, "drifted"},
    };
};

}  // namespace certledger::events

namespace certledger::projections {

struct DeploymentItem {
    std::string target;
    events::CertificateId certificate;  ///< The holder.
    std::vector<std::string> names;
    events::Status status =
        events::Status::issued;  ///< Of the holder: a revoked or expired one still serves.
    std::optional<events::Instant> not_after;
    events::Instant deployed_at;
    Sighting seen = Sighting::never;
    std::optional<events::Instant> seen_at;
    std::optional<std::string> cause;           ///< Of a drift.
    std::optional<events::Digest> fingerprint;  ///< What was seen.

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        using events::make_nvp;
        ar& make_nvp("target", target) & make_nvp("certificate", certificate) & make_nvp("names", names) &
            make_nvp("status", status) & make_nvp("not_after", not_after) &
            make_nvp("deployed_at", deployed_at) & make_nvp("seen", seen) & make_nvp("seen_at", seen_at) &
            make_nvp("cause", cause) & make_nvp("fingerprint", fingerprint);
    }
};

struct Deployments {
    std::vector<DeploymentItem> items;  ///< By target.

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& events::make_nvp("items", items);
    }
};

}  // namespace certledger::projections

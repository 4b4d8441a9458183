// Role: what proves control of a certificate's names, how, when, and until when it may be used again.
#pragma once

#include <certledger/events/product.hpp>
#include <optional>
#include <string>
#include <vector>

namespace certledger::projections {

struct EvidenceItem {
    events::CertificateId certificate;
    std::string name;
    std::optional<events::ValidationMethod> method;
    std::optional<bool> succeeded;  ///< Null: no result yet.
    std::optional<events::Instant> at;
    std::optional<std::string> cause;
    std::optional<events::Instant> challenged_at;
    std::optional<events::Instant> reusable_until;  ///< By the reuse policy in force now; of a success.

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        using events::make_nvp;
        ar& make_nvp("certificate", certificate) & make_nvp("name", name) & make_nvp("method", method) &
            make_nvp("succeeded", succeeded) & make_nvp("at", at) & make_nvp("cause", cause) &
            make_nvp("challenged_at", challenged_at) & make_nvp("reusable_until", reusable_until);
    }
};

struct Evidence {
    std::vector<EvidenceItem> items;  ///< One a name, in the order's order.

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& events::make_nvp("items", items);
    }
};

}  // namespace certledger::projections

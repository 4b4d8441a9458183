// Role: one certificate as the list shows it.
#pragma once

#include <certledger/events/product.hpp>
#include <certledger/store/event_store.hpp>
#include <optional>
#include <string>
#include <vector>

namespace certledger::projections {

/// What is true of a certificate beside its status, in the order in which flags are written.
enum class Flag : std::uint8_t {
    expiring = 1,              ///< Issued, with 30 days of 86,400 s or less left.
    hosted = 2,                ///< The service looks after it.
    uploaded = 3,              ///< Of another issuer.
    deployed = 4,              ///< A target serves it.
    revocation_requested = 5,  ///< The CA has not answered yet.
    stalled = 6,               ///< The application waits longer than the review limit allows.
};

}  // namespace certledger::projections

namespace certledger::events {

template <>
struct EnumTraits<projections::Flag> {
    using Flag = projections::Flag;
    static constexpr std::string_view kind = "flag";
    static constexpr std::array entries{
        EnumEntry<Flag>{Flag::expiring, "expiring"},
        EnumEntry<Flag>{Flag::hosted, "hosted"},
        EnumEntry<Flag>{Flag::uploaded, "uploaded"},
        EnumEntry<Flag>{Flag::deployed, "deployed"},
        EnumEntry<Flag>{Flag::revocation_requested, "revocation-requested"},
        EnumEntry<Flag>{Flag::stalled, "stalled"},
    };
};

}  // namespace certledger::events

namespace certledger::projections {

/// A row of the certificate list. What may be null is optional.
struct ListItem {
    events::CertificateId certificate;
    events::AccountId account;
    std::vector<std::string> names;          ///< A-labels and canonical addresses.
    std::vector<std::string> names_unicode;  ///< The same in the form to show.
    std::optional<std::string> brand;        ///< Brand, level and kind: null for uploads.
    std::optional<events::Level> level;
    std::optional<events::Kind> kind;
    events::Status status = events::Status::paid;
    std::vector<Flag> flags;
    std::optional<events::Instant> not_before;
    std::optional<events::Instant> not_after;
    std::optional<std::int64_t>
        days_left;  ///< Whole days until not-after, 0 when past, null when never issued.
    std::optional<std::string> serial;
    std::optional<events::Digest> sha256;
    std::vector<std::string> targets;  ///< Those that serve it, in alphabetical order.
    std::optional<events::CertificateId> predecessor;
    std::optional<events::CertificateId> successor;  ///< Null again when it was deleted unissued.
    events::Instant created_at;

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        using events::make_nvp;
        ar& make_nvp("certificate", certificate) & make_nvp("account", account) & make_nvp("names", names) &
            make_nvp("names_unicode", names_unicode) & make_nvp("brand", brand) & make_nvp("level", level) &
            make_nvp("kind", kind) & make_nvp("status", status) & make_nvp("flags", flags) &
            make_nvp("not_before", not_before) & make_nvp("not_after", not_after) &
            make_nvp("days_left", days_left) & make_nvp("serial", serial) & make_nvp("sha256", sha256) &
            make_nvp("targets", targets) & make_nvp("predecessor", predecessor) &
            make_nvp("successor", successor) & make_nvp("created_at", created_at);
    }
    friend bool operator==(const ListItem&, const ListItem&) = default;
};

/// A page of the list.
struct ListPage {
    std::vector<ListItem> items;
    std::optional<std::string> next;  ///< Cursor of the next page; null on the last.
    store::Position as_of = 0;        ///< The position that the page speaks of.

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        using events::make_nvp;
        ar& make_nvp("items", items) & make_nvp("next", next) & make_nvp("as_of", as_of);
    }
};

/// How a page ends whose certificates were shown one by one.
struct ListEnd {
    std::optional<std::string> next;  ///< As in ListPage.
    store::Position as_of = 0;
};

}  // namespace certledger::projections

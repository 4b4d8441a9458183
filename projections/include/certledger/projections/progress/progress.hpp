// Role: every step of one certificate's life: where it stands, and what is expected next, from whom, by when.
#pragma once

#include <certledger/events/event_types.hpp>
#include <certledger/events/product.hpp>
#include <optional>
#include <string>
#include <vector>

namespace certledger::projections {

enum class StepName : std::uint8_t {
    purchase = 1,
    application = 2,
    validation = 3,
    review = 4,
    issue = 5,
    deployment = 6,
    renewal = 7,
    revocation = 8,
    refund = 9,
};

enum class StepState : std::uint8_t {
    done = 1,
    current = 2,  ///< It is going on, or can be begun now.
    waiting = 3,  ///< Its time has not come, and may never.
    failed = 4,   ///< The last attempt failed; `cause` says why.
    skipped = 5,  ///< It cannot happen any more.
};

/// Who makes an expected event happen.
enum class Party : std::uint8_t {
    applicant = 1,
    ca = 2,
    operator_ = 3,
    service = 4,
};

}  // namespace certledger::projections

namespace certledger::events {

template <>
struct EnumTraits<projections::StepName> {
    using StepName = projections::StepName;
    static constexpr std::string_view kind = "step";
    static constexpr std::array entries{
        EnumEntry<StepName>{StepName::purchase, "purchase"},
        EnumEntry<StepName>{StepName::application, "application"},
        EnumEntry<StepName>{StepName::validation, "validation"},
        EnumEntry<StepName>{StepName::review, "review"},
        EnumEntry<StepName>{StepName::issue, "issue"},
        EnumEntry<StepName>{StepName::deployment, "deployment"},
        EnumEntry<StepName>{StepName::renewal, "renewal"},
        EnumEntry<StepName>{StepName::revocation, "revocation"},
        EnumEntry<StepName>{StepName::refund, "refund"},
    };
};

template <>
struct EnumTraits<projections::StepState> {
    using StepState = projections::StepState;
    static constexpr std::string_view kind = "step state";
    static constexpr std::array entries{
        EnumEntry<StepState>{StepState::done, "done"},
        EnumEntry<StepState>{StepState::current, "current"},
        EnumEntry<StepState>{StepState::waiting, "waiting"},
        EnumEntry<StepState>{StepState::failed, "failed"},
        EnumEntry<StepState>{StepState::skipped, "skipped"},
    };
};

template <>
struct EnumTraits<projections::Party> {
    using Party = projections::Party;
    static constexpr std::string_view kind = "party";
    static constexpr std::array entries{
        EnumEntry<Party>{Party::applicant, "applicant"},
        EnumEntry<Party>{Party::ca, "ca"},
        EnumEntry<Party>{Party::operator_, "operator"},
        EnumEntry<Party>{Party::service, "service"},
    };
};

}  // namespace certledger::events

namespace certledger::projections {

/// An event that should come next.
struct Expected {
    events::EventType event = events::EventType::certificate_issued;
    Party from = Party::applicant;
    std::optional<events::Instant> by;  ///< Where a policy or a limit gives one.
    bool overdue = false;               ///< The clock is past `by`.

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        using events::make_nvp;
        ar& make_nvp("event", event) & make_nvp("from", from) & make_nvp("by", by) &
            make_nvp("overdue", overdue);
    }
    friend bool operator==(const Expected&, const Expected&) = default;
};

struct ProgressStep {
    StepName step = StepName::purchase;
    std::optional<std::string> name;  ///< Of a dv validation: the A-label. Absent in JSON elsewhere.
    StepState state = StepState::waiting;
    std::optional<events::Instant> at;
    std::optional<std::string> cause;
    std::optional<Expected> expected;

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        using events::make_nvp;
        ar& make_nvp("step", step);
        if (name) ar& make_nvp("name", *name);
        ar& make_nvp("state", state) & make_nvp("at", at) & make_nvp("cause", cause) &
            make_nvp("expected", expected);
    }
    friend bool operator==(const ProgressStep&, const ProgressStep&) = default;
};

struct Progress {
    events::CertificateId certificate;
    events::Status status = events::Status::paid;
    std::vector<ProgressStep> steps;

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        using events::make_nvp;
        ar& make_nvp("certificate", certificate) & make_nvp("status", status) & make_nvp("steps", steps);
    }
};

}  // namespace certledger::projections

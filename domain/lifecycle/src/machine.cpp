// The one translation unit that knows Boost.MSM. The limits stand before any Boost header: MPL's ready-made
// headers end at 20 elements.
#define BOOST_MPL_CFG_NO_PREPROCESSED_HEADERS
#define BOOST_MPL_LIMIT_VECTOR_SIZE 50
#define BOOST_MPL_LIMIT_LIST_SIZE 50
#define BOOST_MPL_LIMIT_MAP_SIZE 50
#define BOOST_MPL_LIMIT_SET_SIZE 50

#include <algorithm>
#include <array>
#include <boost/mpl/for_each.hpp>
#include <boost/mpl/identity.hpp>
#include <boost/mpl/insert_range.hpp>
#include <boost/mpl/vector.hpp>
#include <boost/msm/back/state_machine.hpp>
#include <boost/msm/front/functor_row.hpp>
#include <boost/msm/front/state_machine_def.hpp>
#include <boost/msm/front/states.hpp>
#include <certledger/domain/lifecycle/judge.hpp>
#include <certledger/domain/lifecycle/machine.hpp>

namespace certledger::lifecycle {
namespace {

namespace mpl = boost::mpl;
namespace msm = boost::msm;
using msm::front::none;

/// The event as the machine sees it: its type and nothing else.
template <EventType Type>
struct On {};

template <class Source, EventType Type, class Target = none>
using Row = msm::front::Row<Source, On<Type>, Target, none, none>;

template <Status Value>
struct In : msm::front::state<> {
    static constexpr std::optional<Status> status = Value;
};
struct Absent : msm::front::state<> {
    static constexpr std::optional<Status> status = std::nullopt;
};
using Paid = In<Status::paid>;
using PendingVerification = In<Status::pending_verification>;
using Issued = In<Status::issued>;
using ValidationFailed = In<Status::validation_failed>;
using Revoked = In<Status::revoked>;
using Expired = In<Status::expired>;
using Deleted = In<Status::deleted>;

/// The table of domain.md section 2. A row without a target stays in its status. Two halves, because a vector
/// of MPL ends at 50.
struct LifecycleDefinition : msm::front::state_machine_def<LifecycleDefinition> {
    // Both together: without the second, a machine that threw once would only queue every later event.
    using no_exception_thrown = int;
    using no_message_queue = int;
    using initial_state = Absent;

    using until_issue =
        mpl::vector<Row<Absent, EventType::certificate_purchased, Paid>,
                    Row<Absent, EventType::certificate_created, Paid>,
                    Row<Absent, EventType::certificate_uploaded, Issued>,
                    Row<Paid, EventType::application_submitted, PendingVerification>,
                    Row<ValidationFailed, EventType::application_submitted, PendingVerification>,
                    Row<PendingVerification, EventType::application_withdrawn, Paid>,
                    Row<PendingVerification, EventType::challenge_issued>,
                    Row<PendingVerification, EventType::domain_validated>,
                    Row<PendingVerification, EventType::domain_validation_failed>,
                    Row<PendingVerification, EventType::review_started>,
                    Row<PendingVerification, EventType::validation_mail_sent>,
                    Row<PendingVerification, EventType::validation_mail_confirmed>,
                    Row<PendingVerification, EventType::phone_verification_requested>,
                    Row<PendingVerification, EventType::phone_verified>,
                    Row<PendingVerification, EventType::organization_verified>,
                    Row<PendingVerification, EventType::issuance_intended>,
                    Row<PendingVerification, EventType::issuance_failed>,
                    Row<PendingVerification, EventType::application_rejected, ValidationFailed>,
                    Row<PendingVerification, EventType::certificate_issued, Issued>>;
    using from_issue = mpl::vector<
        Row<Issued, EventType::deployment_started>, Row<Issued, EventType::certificate_deployed>,
        Row<Issued, EventType::deployment_failed>, Row<Issued, EventType::deployment_rolled_back>,
        Row<Issued, EventType::deployment_observed>, Row<Revoked, EventType::deployment_observed>,
        Row<Expired, EventType::deployment_observed>, Row<Issued, EventType::deployment_drifted>,
        Row<Revoked, EventType::deployment_drifted>, Row<Expired, EventType::deployment_drifted>,
        Row<Issued, EventType::certificate_downloaded>, Row<Expired, EventType::certificate_downloaded>,
        Row<Issued, EventType::renewal_due>, Row<Issued, EventType::renewal_started>,
        Row<Issued, EventType::renewal_completed>, Row<Issued, EventType::expiry_noticed>,
        Row<Issued, EventType::hosting_enabled>, Row<Issued, EventType::hosting_disabled>,
        Row<Issued, EventType::revocation_requested>, Row<Issued, EventType::revocation_confirmed>,
        Row<Issued, EventType::revocation_declined>, Row<Issued, EventType::certificate_revoked, Revoked>,
        Row<Issued, EventType::certificate_expired, Expired>, Row<Paid, EventType::refund_granted>,
        Row<ValidationFailed, EventType::refund_granted>, Row<Revoked, EventType::refund_granted>,
        Row<Paid, EventType::refund_declined>, Row<ValidationFailed, EventType::refund_declined>,
        Row<Revoked, EventType::refund_declined>, Row<Paid, EventType::refund_paid>,
        Row<ValidationFailed, EventType::refund_paid>, Row<Revoked, EventType::refund_paid>,
        Row<Paid, EventType::certificate_deleted, Deleted>,
        Row<Issued, EventType::certificate_deleted, Deleted>,
        Row<ValidationFailed, EventType::certificate_deleted, Deleted>,
        Row<Revoked, EventType::certificate_deleted, Deleted>,
        Row<Expired, EventType::certificate_deleted, Deleted>>;
    using transition_table = mpl::insert_range<until_issue, mpl::end<until_issue>::type, from_issue>::type;

    /// The default asserts; here "no" is an answer.
    template <class Machine, class Event>
    void no_transition(const Event&, Machine&, int) {}
};
using Lifecycle = msm::back::state_machine<LifecycleDefinition>;

/// Puts a machine into a state: MSM's own way in is through a serialization archive, and this is the smallest
/// one.
struct SetState {
    int id;
    template <class T>
    SetState& operator&(T& value) {
        if constexpr (std::is_array_v<T>) value[0] = id;
        return *this;
    }
};

using Stt = Lifecycle::stt;

constexpr std::size_t kStates = 8;
constexpr std::size_t kEvents = 64;
constexpr std::uint8_t kForbidden = 0xFF;
using AllStates =
    mpl::vector<Absent, Paid, PendingVerification, Issued, ValidationFailed, Revoked, Expired, Deleted>;

/// Index of a status in the tables below; absent first.
constexpr std::size_t row_of(std::optional<Status> status) {
    return status ? static_cast<std::size_t>(*status) : 0;
}

/// MSM's number of each state, by row_of; the numbers are positional and never leave this file.
std::array<int, kStates> state_numbers() {
    std::array<int, kStates> numbers{};
    mpl::for_each<AllStates, mpl::make_identity<>>([&](auto state) {
        using State = typename decltype(state)::type;
        numbers[row_of(State::status)] = msm::back::get_state_id<Stt, State>::value;
    });
    return numbers;
}

/// What the machine answers, for every status and event: asked once, then read.
struct Answers {
    std::array<int, kStates> numbers = state_numbers();
    std::array<std::array<std::uint8_t, kEvents>, kStates> to{};
    std::vector<Transition> transitions;
};

template <EventType Type>
void ask_about(Answers& answers) {
    static_assert(static_cast<std::size_t>(Type) < kEvents);
    Lifecycle machine;
    machine.start();
    for (std::size_t from = 0; from < kStates; ++from) {
        SetState set{answers.numbers[from]};
        machine.serialize(set, 0U);
        if (machine.process_event(On<Type>{}) != msm::back::HANDLED_TRUE) continue;
        const auto found =
            std::find(answers.numbers.begin(), answers.numbers.end(), machine.current_state()[0]);
        const auto to = static_cast<Status>(found - answers.numbers.begin());
        answers.to[from][static_cast<std::size_t>(Type)] = static_cast<std::uint8_t>(to);
        const auto source = from == 0 ? std::nullopt : std::optional(static_cast<Status>(from));
        answers.transitions.push_back({Type, source, to});
    }
}

Answers ask_all() {
    Answers answers;
    for (auto& row : answers.to) row.fill(kForbidden);
    // Every event that has a row; an event without one is forbidden everywhere.
    using Events = msm::back::generate_event_set<Stt>::type;
    mpl::for_each<Events, mpl::make_identity<>>([&](auto event) {
        [&]<EventType Type>(mpl::identity<On<Type>>) { ask_about<Type>(answers); }(event);
    });
    std::sort(answers.transitions.begin(), answers.transitions.end(),
              [](const Transition& a, const Transition& b) {
                  return std::pair(a.event, row_of(a.from)) < std::pair(b.event, row_of(b.from));
              });
    return answers;
}

const Answers& answers() {
    static const Answers all = ask_all();
    return all;
}

/// One machine, put into a state before each event.
class Asked {
  public:
    Asked() { machine_.start(); }

    template <EventType Type>
    static bool process(Asked& asked) {
        return asked.machine_.process_event(On<Type>{}) == msm::back::HANDLED_TRUE;
    }
    std::optional<Status> ask(std::size_t row, std::size_t column) {
        if (processors()[column] == nullptr) return std::nullopt;
        SetState set{answers().numbers[row]};
        machine_.serialize(set, 0U);
        if (!processors()[column](*this)) return std::nullopt;
        return statuses()[static_cast<std::size_t>(machine_.current_state()[0])];
    }

  private:
    using Processors = std::array<bool (*)(Asked&), kEvents>;
    /// By event type: MSM takes the event as a type, not as a value.
    static const Processors& processors() {
        static const Processors all = [] {
            Processors made{};
            using Events = msm::back::generate_event_set<Stt>::type;
            mpl::for_each<Events, mpl::make_identity<>>([&](auto event) {
                [&]<EventType Type>(mpl::identity<On<Type>>) {
                    made[static_cast<std::size_t>(Type)] = &Asked::process<Type>;
                }(event);
            });
            return made;
        }();
        return all;
    }
    /// By MSM's number of the state.
    static const std::array<Status, kStates>& statuses() {
        static const std::array<Status, kStates> all = [] {
            std::array<Status, kStates> made{};
            for (std::size_t row = 1; row < kStates; ++row)
                made[static_cast<std::size_t>(answers().numbers[row])] = static_cast<Status>(row);
            return made;
        }();
        return all;
    }

    Lifecycle machine_;
};

}  // namespace

std::optional<Status> ask_machine(std::optional<Status> from, EventType event) noexcept {
    static thread_local Asked asked;
    const auto column = static_cast<std::size_t>(event);
    const std::size_t row = row_of(from);
    if (column >= kEvents || row >= kStates) return std::nullopt;
    return asked.ask(row, column);
}

std::optional<Status> next(std::optional<Status> from, EventType event) noexcept {
    const auto column = static_cast<std::size_t>(event);
    const std::size_t row = row_of(from);
    if (column >= kEvents || row >= kStates) return std::nullopt;
    const std::uint8_t to = answers().to[row][column];
    if (to == kForbidden) return std::nullopt;
    return static_cast<Status>(to);
}

const std::vector<Transition>& transitions() { return answers().transitions; }

}  // namespace certledger::lifecycle

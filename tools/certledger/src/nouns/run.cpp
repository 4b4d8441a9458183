// `run`: the worker.
#include <pthread.h>

#include <algorithm>
#include <certledger/store/lmdb/environment.hpp>
#include <certledger/tools/workflow/worker.hpp>
#include <csignal>

#include "args/values.hpp"
#include "cert/flow.hpp"
#include "nouns/nouns.hpp"

namespace certledger::cli {
namespace {

using std::chrono::milliseconds;
using workflow::Carried;
using workflow::Turn;
using workflow::WorkerClock;

/// From one look at the log's end to the next.
constexpr milliseconds kLook{500};
/// Before the ledger is tried again after it failed.
constexpr milliseconds kPause{5'000};

struct RunInput {
    bool once = false;
    std::optional<std::int64_t> every;
    std::optional<workflow::ProofSource> proof;
};

/// SIGINT and SIGTERM, heard between two pieces of work instead of in the middle of one.
class StopSignals {
  public:
    StopSignals() {
        sigemptyset(&ends_);
        sigaddset(&ends_, SIGINT);
        sigaddset(&ends_, SIGTERM);
        pthread_sigmask(SIG_BLOCK, &ends_, nullptr);
    }
    /// Whether one came within the time.
    [[nodiscard]] bool within(milliseconds time) const {
        timespec left{time.count() / 1'000, time.count() % 1'000 * 1'000'000};
        return sigtimedwait(&ends_, nullptr, &left) > 0;
    }

  private:
    sigset_t ends_{};
};

/// Tells what was done, a line for each piece of work.
class Teller {
  public:
    explicit Teller(Output& out) : out_(out) {}

    void tell(const engine::TickReport& ticked) {
        for (const auto& answer : ticked.answers) {
            const auto certificate = std::string(events::id_part(answer.events.front().stream.value));
            if (out_.json()) {
                out_.json_line({{"certificate", certificate}, {"events", answer_json(answer)["events"]}});
            } else {
                std::string types;
                add_types(types, answer);
                out_.line(certificate + ": " + types);
            }
        }
    }
    void tell(const Carried& carried) {
        if (out_.json()) {
            out_.json_line(document(carried));
        } else {
            tell_people(carried);
        }
    }

  private:
    static void add_types(std::string& text, const engine::Answer& answer) {
        for (const auto& event : answer.events)
            text += (text.empty() ? "" : ", ") + std::string(events::to_name(event.type));
    }
    void tell_people(const Carried& carried) {
        const std::string who = carried.work.certificate.value + ": ";
        std::string types;
        for (const auto& answer : carried.outcome.answers) add_types(types, answer);
        if (!types.empty()) out_.line(who + types);
        if (carried.outcome.refused()) out_.note(who + carried.outcome.answers.back().refusal->message);
        for (const auto& text : carried.outcome.waiting_for) out_.note(who + text);
        if (carried.outcome.failure) out_.complaint(who + carried.outcome.failure->message);
    }
    static events::json::OrderedJson document(const Carried& carried) {
        using events::json::OrderedJson;
        OrderedJson made = {{"account", carried.work.account.value},
                            {"certificate", carried.work.certificate.value},
                            {"begun", events::to_name(carried.work.begun)}};
        if (!carried.work.target.empty()) made["target"] = carried.work.target;
        made["events"] = OrderedJson::array();
        for (const auto& answer : carried.outcome.answers) {
            const auto one = answer_json(answer);
            if (!answer.ok) {
                made["refusal"] = one["refusal"];
                continue;
            }
            for (const auto& event : one["events"]) made["events"].push_back(event);
        }
        if (!carried.outcome.waiting_for.empty()) made["waiting_for"] = carried.outcome.waiting_for;
        if (carried.outcome.failure) made["failure"] = carried.outcome.failure->message;
        return made;
    }

    Output& out_;
};

/// Whether the next try may go better.
bool passes(const Error& error) {
    return error.kind == ErrorKind::outside || error.kind == ErrorKind::conflict;
}

workflow::WorkerSettings settings_of(Context& context, const RunInput& in) {
    workflow::WorkerSettings settings;
    settings.actor = context.globals().actor;
    if (in.proof) settings.proof = *in.proof;
    if (in.every) settings.tick_every = std::chrono::seconds(*in.every);
    if (in.once) settings.settle = milliseconds(0);
    return settings;
}

/// What one turn came to, and whether it could be shown.
struct Shown {
    Result<Turn> turn;
    Result<void> shown;
};

/// One turn, and what comes of it shown at once. `go_on` is asked between two pieces of work.
Shown turn(Output& out, workflow::Worker& worker, const std::function<bool()>& go_on) {
    Teller teller(out);
    Result<void> shown;
    auto made = worker.turn(WorkerClock::now(), [&](const Carried& carried) {
        teller.tell(carried);
        shown = out.finish();
        return shown && go_on();
    });
    if (made) teller.tell(made->ticked);
    if (shown) shown = out.finish();
    return {std::move(made), std::move(shown)};
}

Result<int> run_once(Context& context, const RunInput& in) {
    auto ledger = context.ledger();
    if (!ledger) return tl::make_unexpected(std::move(ledger.error()));
    workflow::Worker worker(**ledger, settings_of(context, in));
    const auto [made, shown] = turn(context.out(), worker, [] { return true; });
    if (!made) return tl::make_unexpected(made.error());
    if (!shown) return tl::make_unexpected(shown.error());
    return made->failed > 0 ? exit_outside : exit_done;
}

/// Until a signal comes. An error is one that no other try mends.
Result<int> serve(Context& context, engine::Ledger& ledger, const RunInput& in, const StopSignals& stop) {
    workflow::Worker worker(ledger, settings_of(context, in));
    for (bool stopped = false;;) {
        // What others append during the turn calls for another one.
        const auto head = ledger.store().head();
        const auto [made, shown] =
            turn(context.out(), worker, [&] { return !(stopped = stop.within(milliseconds(0))); });
        if (!shown) return tl::make_unexpected(shown.error());
        if (stopped) return exit_done;
        if (!made) {
            if (!passes(made.error())) return tl::make_unexpected(made.error());
            context.out().complaint(made.error().message);
            if (stop.within(kPause)) return exit_done;
            continue;
        }
        do {
            const auto left = std::chrono::ceil<milliseconds>(made->next - WorkerClock::now());
            if (stop.within(std::clamp(left, milliseconds(0), kLook))) return exit_done;
        } while (WorkerClock::now() < made->next && ledger.store().head() == head);
    }
}

/// As serve(), with a ledger that is opened anew when nobody knows what became of a commit.
Result<int> serve(Context& context, const RunInput& in, const StopSignals& stop) {
    for (bool at_work = false;;) {
        try {
            const auto ledger = context.ledger();
            if (ledger) {
                at_work = true;
                return serve(context, **ledger, in, stop);
            }
            if (!at_work || !passes(ledger.error())) return tl::make_unexpected(ledger.error());
            context.out().complaint(ledger.error().message);
        } catch (const store::lmdb::CommitUnknown& failure) {
            context.out().complaint(failure.what());
            context.abandon();
        }
        if (stop.within(kPause)) return exit_done;
    }
}

Result<int> run(Context& context, const RunInput& in) {
    if (in.once) return run_once(context, in);
    const StopSignals stop;
    context.out().note("at work for " + context.globals().ledger + " until stopped");
    auto served = serve(context, in, stop);
    if (served) context.out().note("stopped");
    return served;
}

}  // namespace

void describe_run(Command& noun) {
    auto in = std::make_shared<RunInput>();
    noun.flag("--once", "One turn, at once; then end, with 5 when something failed outside", in->once);
    noun.option("--every", "DURATION", "From one tick to the next (default: 60s)", into_duration(in->every));
    describe_responder(noun, in->proof);
    noun.note(
        "Makes what time has made due (certledger tick), and goes on with what was begun and has no answer, "
        "in\n"
        "every account: applications, announced deployments, requested revocations. What fails outside is "
        "tried\n"
        "again after 30 s, then later and later, at least every hour. Ctrl-C or SIGTERM ends it between two\n"
        "pieces of work.");
    noun.example("certledger run");
    noun.example("certledger run --once --json", "from a timer");
    noun.run([in](Context& context) { return run(context, *in); });
}

}  // namespace certledger::cli

// `run`: the worker.
#include <pthread.h>

#include <algorithm>
#include <certledger/store/lmdb/environment.hpp>
#include <certledger/tools/workflow/worker.hpp>
#include <certledger/tools/workflow/worker_claim.hpp>
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

/// A tick and a turn, and what comes of them shown at once. `go_on` is asked between two pieces of work.
Shown turn(Output& out, workflow::Worker& worker, const std::function<bool()>& go_on) {
    Teller teller(out);
    const auto now = WorkerClock::now();
    const auto ticked = worker.tick(now);
    if (!ticked) return {tl::make_unexpected(ticked.error()), {}};
    teller.tell(*ticked);
    Result<void> shown = out.finish();
    if (!shown) return {Turn{}, shown};
    auto made = worker.turn(now, [&](const Carried& carried) {
        teller.tell(carried);
        shown = out.finish();
        return shown && go_on();
    });
    return {std::move(made), std::move(shown)};
}

Result<int> run_once(Context& context, const RunInput& in) {
    auto ledger = context.ledger();
    if (!ledger) return tl::make_unexpected(std::move(ledger.error()));
    const auto claim = workflow::WorkerClaim::take((*ledger)->info().path);
    if (!claim) return tl::make_unexpected(claim.error());
    if (!*claim) {
        context.out().note("another worker is at work for " + context.globals().ledger);
        return exit_done;
    }
    workflow::Worker worker(**ledger, settings_of(context, in));
    const auto [made, shown] = turn(context.out(), worker, [] { return true; });
    if (!made) return tl::make_unexpected(made.error());
    if (!shown) return tl::make_unexpected(shown.error());
    return made->failed > 0 ? exit_outside : exit_done;
}

/// Serves one open ledger until a signal comes.
class Service {
  public:
    Service(Context& context, engine::Ledger& ledger, const workflow::WorkerClaim& claim, const RunInput& in,
            const StopSignals& stop)
        : context_(context),
          ledger_(ledger),
          claim_(claim),
          stop_(stop),
          settings_(settings_of(context, in)),
          worker_(ledger, settings_) {}

    /// An error is one that no other try mends.
    Result<int> run() {
        for (bool stopped = false; !stopped;) {
            if (!claim_.holds()) {
                return fail(ErrorKind::outside,
                            context_.globals().ledger + ": was removed, or another folder took its place");
            }
            // What others append during the turn calls for another one.
            const auto head = ledger_.store().head();
            const auto begun = WorkerClock::now();
            bool worked = false;
            const auto [made, shown] = turn(context_.out(), worker_, [&] {
                worked = true;
                stopped = stop_.within(milliseconds(0));
                // The next tick does not wait for all that there is to do.
                return !stopped && WorkerClock::now() - begun < settings_.tick_every;
            });
            // To look through very much open work in vain must not keep a core busy.
            const auto earliest = WorkerClock::now() + (worked ? 0 : 4) * (WorkerClock::now() - begun);
            if (!shown) return tl::make_unexpected(shown.error());
            // What a ledger lacks that was taken away is no fault of its own.
            if (!made && !claim_.holds()) continue;
            if (!made && !passes(made.error())) return tl::make_unexpected(made.error());
            if (stopped) break;
            if (!made) context_.out().complaint(made.error().message);
            stopped = made ? rest(made->next, earliest, head) : stop_.within(kPause);
        }
        return exit_done;
    }

  private:
    /// Until it is time for the next turn, or the log has grown and it is late enough; true when a signal
    /// came before.
    bool rest(WorkerClock::time_point next, WorkerClock::time_point earliest, const store::Head& head) {
        auto now = WorkerClock::now();
        do {
            const auto left = std::chrono::ceil<milliseconds>(next - now);
            if (stop_.within(std::clamp(left, milliseconds(0), kLook))) return true;
            now = WorkerClock::now();
        } while (now < next && (now < earliest || ledger_.store().head() == head) && claim_.holds());
        return false;
    }

    Context& context_;
    engine::Ledger& ledger_;
    const workflow::WorkerClaim& claim_;
    const StopSignals& stop_;
    const workflow::WorkerSettings settings_;
    workflow::Worker worker_;
};

using Claimed = std::optional<workflow::WorkerClaim>;

/// The claim to the ledger's folder, once no other worker has it; nothing when a signal came before.
Result<Claimed> claim(Context& context, const StopSignals& stop) {
    const std::string& folder = context.globals().ledger;
    if (!engine::Ledger::exists(folder)) {
        if (const auto made = context.ledger(); !made) return tl::make_unexpected(made.error());
    }
    for (bool told = false;; told = true) {
        auto taken = workflow::WorkerClaim::take(folder);
        if (!taken || *taken) return taken;
        if (!told) context.out().note("another worker is at work; this one takes its place when it ends");
        if (stop.within(kLook)) return Claimed();
    }
}

/// Until a signal comes, with a ledger that is opened anew when nobody knows what became of a commit.
Result<int> serve(Context& context, const RunInput& in, const StopSignals& stop) {
    const auto claimed = claim(context, stop);
    if (!claimed) return tl::make_unexpected(claimed.error());
    if (!*claimed) return exit_done;
    for (bool at_work = false;;) {
        try {
            const auto ledger = context.ledger();
            if (ledger) {
                if (!at_work)
                    context.out().note("at work for " + context.globals().ledger + " until stopped");
                at_work = true;
                return Service(context, **ledger, **claimed, in, stop).run();
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
    if (in.every && (*in.every < 1 || *in.every > events::kSecondsPerDay))
        return fail(ErrorKind::invalid_input, "--every: must be from 1s to 1d");
    if (in.once) return run_once(context, in);
    const StopSignals stop;
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

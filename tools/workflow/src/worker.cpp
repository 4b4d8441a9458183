#include <algorithm>
#include <certledger/projections/views.hpp>
#include <certledger/tools/workflow/worker.hpp>
#include <utility>

namespace certledger::workflow {

using events::EventType;
using projections::OpenWork;

namespace {

Settings flow_settings(const WorkerSettings& given) {
    Settings settings;
    settings.actor = given.actor;
    settings.proof = given.proof;
    return settings;
}

}  // namespace

Worker::Worker(engine::Ledger& ledger, WorkerSettings settings)
    : ledger_(ledger), settings_(std::move(settings)), flow_(ledger, flow_settings(settings_)) {}

Result<engine::TickReport> Worker::tick(WorkerClock::time_point now) {
    if (next_tick_ && now < *next_tick_) return engine::TickReport{};
    engine::TickOptions options;
    options.until = ledger_.command_now();
    options.actor = settings_.actor;
    auto report = engine::tick(ledger_, options);
    if (report) next_tick_ = now + settings_.tick_every;
    return report;
}

Worker::Known& Worker::known_of(const OpenWork& work, WorkerClock::time_point now) {
    auto& known = known_[{work.certificate.value, work.begun, work.target}];
    if (known.version != work.version) known = {work.version, now + settings_.settle, {}, false, 0};
    known.seen = turns_;
    return known;
}

Carried Worker::carry(const OpenWork& work) {
    flow_.act_for(work.account);
    auto outcome = [&] {
        switch (work.begun) {
            case EventType::deployment_started:
                return flow_.follow_deployment(work.certificate, work.target);
            case EventType::revocation_requested:
                return flow_.follow_revocation(work.certificate);
            default:
                return flow_.follow_application(work.certificate);
        }
    }();
    if (outcome) return {work, std::move(*outcome)};
    // What is wrong with one certificate must not keep the others waiting.
    Outcome failed;
    failed.failure = std::move(outcome.error());
    return {work, std::move(failed)};
}

namespace {

/// The version of the certificate's stream that the work has led to.
std::uint64_t version_after(const Carried& carried) {
    std::uint64_t version = carried.work.version;
    const auto stream = events::stream_of(carried.work.certificate);
    for (const auto& answer : carried.outcome.answers) {
        for (const auto& event : answer.events) {
            // What stands between is somebody else's, and news.
            if (event.stream == stream && event.version == version + 1) version = event.version;
        }
    }
    return version;
}

}  // namespace

void Worker::remember(const Carried& carried, Known& known, WorkerClock::time_point now) {
    // What it did itself is no news.
    known.version = version_after(carried);
    known.waits = !carried.outcome.failure;
    if (known.waits) return;
    known.wait = known.wait.count() == 0 ? settings_.retry_first : 2 * known.wait;
    known.wait = std::min(known.wait, settings_.retry_last);
    known.take_up = now + known.wait;
}

Result<std::vector<OpenWork>> Worker::open_work() {
    const auto views = ledger_.views();
    if (!views) return tl::make_unexpected(views.error());
    const auto moment = (*views)->moment({ledger_.query_now(), std::nullopt, std::nullopt});
    if (!moment) return tl::make_unexpected(moment.error());
    return moment->open_work();
}

Result<Turn> Worker::turn(WorkerClock::time_point now, const OnCarried& carried) {
    Turn turn;
    ++turns_;
    const auto open = open_work();
    if (!open) return tl::make_unexpected(open.error());
    for (const auto& work : *open) {
        auto& known = known_of(work, now);
        if (known.waits || known.take_up > now) continue;
        const auto done = carry(work);
        remember(done, known, now);
        if (done.outcome.failure) ++turn.failed;
        const bool go_on = carried(done);
        // That of a piece is that of the ledger.
        if (done.outcome.failure && done.outcome.failure->kind == ErrorKind::damaged)
            return tl::make_unexpected(*done.outcome.failure);
        if (!go_on) {
            turn.next = now;
            return turn;
        }
    }
    std::erase_if(known_, [this](const auto& entry) { return entry.second.seen != turns_; });
    turn.next = next_tick_.value_or(WorkerClock::time_point::max());
    for (const auto& [key, known] : known_) {
        if (!known.waits) turn.next = std::min(turn.next, known.take_up);
    }
    return turn;
}

}  // namespace certledger::workflow

#include "session.hpp"

#include <algorithm>
#include <certledger/events/contract.hpp>

#include "content_digest.hpp"
#include "facts.hpp"

namespace certledger::engine {

Session::Session(store::EventStore& log, const policies::Zones& zones, Secrets& secrets, Sources sources,
                 SessionOptions options)
    : log_(log), secrets_(secrets), sources_(std::move(sources)), options_(options), world_(log, zones) {}

events::Instant Session::query_now() const {
    if (options_.now) return *options_.now;
    return options_.simulated_time ? log_.head().recorded_at : sources_.clock();
}

events::Instant Session::command_now() const {
    if (options_.now) return *options_.now;
    if (!options_.simulated_time) return sources_.clock();
    return entries_.empty() ? log_.head().recorded_at : recorded_;
}

bool Session::full() const noexcept { return entries_.size() >= kBatchCommands || octets_ >= kBatchOctets; }

/// Whether this session may write at all; asked once.
Result<void> Session::admit() {
    if (admitted_) return {};
    if (options_.read_only) return fail(ErrorKind::invalid_input, "the ledger is opened for reading only");
    const store::Head head = log_.head();
    if (options_.now && *options_.now < head.recorded_at) {
        return fail(ErrorKind::invalid_input,
                    "--now " + events::to_string(*options_.now) + " is before the last recorded_at " +
                        events::to_string_micros(head.recorded_at) + ": only queries may look back");
    }
    if (keeper_) {
        if (auto admitted = keeper_->admit_writes(log_); !admitted) return admitted;
    }
    admitted_ = true;
    return {};
}

Result<void> Session::begin() {
    if (auto begun = world_.begin(); !begun) return begun;
    recorded_ = world_.head().recorded_at;
    append_.records.clear();
    append_.expectations.clear();
    append_.reads.clear();
    append_.decided_at = world_.head().position;
    written_.clear();
    claimed_.clear();
    return {};
}

Result<Session::Entry> Session::prepare_entry(Request request) {
    Entry entry;
    domain::to_normal_form(request.command);
    const auto content = content_of(request.command, request.occurred_at, secrets_);
    if (!content) return tl::make_unexpected(content.error());
    octets_ += content->octets;
    if (!request.id.empty()) entry.digest = content->digest;
    entry.facts = gather_facts(request.command, world_.zones());
    if (wants_generated_id(request.command)) entry.facts.generated_id = sources_.new_stream_id();
    if (domain::type_of(request.command) == domain::CommandType::issue_challenge) {
        entry.facts.token = sources_.new_token();
    }
    entry.request = std::move(request);
    return entry;
}

Result<void> Session::submit(Request request) {
    CERTLEDGER_CHECK(!full());
    if (auto admitted = admit(); !admitted) return admitted;
    if (entries_.empty()) {
        if (auto begun = begin(); !begun) return begun;
        entries_.reserve(kBatchCommands);
    }
    auto entry = prepare_entry(std::move(request));
    if (!entry) return tl::make_unexpected(entry.error());
    entries_.push_back(std::move(*entry));
    try {
        decide(entries_.back(), entries_.size() - 1);
    } catch (const Failed& failed) {
        // The commands before it keep their place, without what this one may have left behind.
        entries_.pop_back();
        if (const auto again = decide_again(); !again) reset_batch();
        return tl::make_unexpected(failed.error);
    }
    return {};
}

/// Decides the whole batch anew on the log as it is now.
Result<void> Session::decide_again() {
    world_.drop();
    if (auto begun = begin(); !begun) return begun;
    try {
        for (std::size_t i = 0; i < entries_.size(); ++i) decide(entries_[i], i);
    } catch (const Failed& failed) {
        return tl::make_unexpected(failed.error);
    }
    return {};
}

Result<std::vector<Answer>> Session::flush() {
    if (entries_.empty()) return std::vector<Answer>{};
    for (int tries = 1;; ++tries) {
        auto done = commit();
        if (done) return take_answers();
        // Somebody else was faster: everything is decided again on what stands there now.
        const bool again = done.error().kind == ErrorKind::conflict && tries < kConflictTries;
        if (again) done = decide_again();
        if (!done) {
            reset_batch();
            return tl::make_unexpected(done.error());
        }
    }
}

Result<void> Session::commit() {
    if (append_.records.empty()) return {};
    append_.reads = world_.take_reads();
    // A key that the log names must be there; one that the log never comes to name does no harm.
    if (auto kept = secrets_.commit(); !kept) return kept;
    auto stored = log_.append(append_);
    if (!stored) return tl::make_unexpected(stored.error());
    wrote_ = true;
    place(*stored);
    world_.settle(stored->front().position, stored->back().position);
    return {};
}

/// Only the append knows where the events went.
void Session::place(const std::vector<store::Stored>& stored) {
    CERTLEDGER_CHECK(stored.size() == append_.records.size());
    for (auto& entry : entries_) {
        for (std::size_t i = 0; i < entry.records; ++i) {
            const store::Stored& where = stored[entry.first_record + i];
            entry.answer.position = where.position;
            if (!entry.answer.ok) continue;
            entry.answer.events[i].version = where.version;
            entry.answer.events[i].position = where.position;
        }
    }
}

std::vector<Answer> Session::take_answers() {
    std::vector<Answer> answers;
    answers.reserve(entries_.size());
    for (auto& entry : entries_) {
        if (entry.original) {
            answers.push_back(answers[*entry.original]);
            answers.back().replayed = true;
        } else {
            answers.push_back(std::move(entry.answer));
        }
    }
    entries_.clear();
    octets_ = 0;
    return answers;
}

void Session::reset_batch() {
    world_.drop();
    secrets_.abandon();
    entries_.clear();
    octets_ = 0;
    append_ = {};
}

}  // namespace certledger::engine

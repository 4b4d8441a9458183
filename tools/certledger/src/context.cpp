#include "context.hpp"

#include <certledger/adapters/names/name.hpp>
#include <certledger/events/contract.hpp>
#include <certledger/tools/evidence/keeper.hpp>

namespace certledger::cli {
namespace {

template <class Id>
Result<Id> only(const std::vector<Id>& candidates, std::string_view text, const char* what) {
    if (candidates.size() == 1) return candidates.front();
    const std::string shown = "\"" + std::string(text) + "\"";
    if (candidates.empty())
        return fail(ErrorKind::not_found, std::string("no ") + what + " is meant by " + shown);
    std::string list;
    for (const auto& id : candidates) list += (list.empty() ? "" : ", ") + id.value;
    return fail(ErrorKind::invalid_input, shown + " means more than one " + what + ": " + list);
}

/// Bringing the views up takes no time after a few commands, and minutes after another program's rows.
projections::OnProgress views_shown(Output& out) {
    constexpr store::Position worth_showing = 20'000;
    return
        [&out, from = std::optional<store::Position>()](store::Position done, store::Position whole) mutable {
            if (!from) from = done;
            if (whole - *from >= worth_showing) out.progress("making the views", done, whole);
            if (done == whole) out.end_progress();
        };
}

}  // namespace

Result<engine::Ledger*> Context::ledger() {
    if (!ledger_) {
        engine::LedgerOptions options;
        options.now = globals_->now;
        options.actor = globals_->actor;
        options.on_views = views_shown(*out_);
        made_ = !engine::Ledger::exists(globals_->ledger);
        auto opened = engine::Ledger::open(globals_->ledger, options);
        if (!opened) return tl::make_unexpected(std::move(opened.error()));
        ledger_.emplace(std::move(*opened));
        ledger_->keep_with(evidence::make_keeper(*ledger_));
        if (made_) out_->note("made a new ledger at " + globals_->ledger);
    }
    return &*ledger_;
}

Result<void> Context::close() {
    if (!ledger_) return {};
    if (auto closed = ledger_->close(); !closed || !made_) return closed;
    // Its first records were written, also when nothing was asked but a question.
    const auto first = evidence::Evidence(evidence::parts_of(*ledger_)).sign();
    if (!first) return tl::make_unexpected(first.error());
    return {};
}

Result<projections::Moment> Context::moment() {
    auto opened = ledger();
    if (!opened) return tl::make_unexpected(std::move(opened.error()));
    auto views = (*opened)->views();
    if (!views) return tl::make_unexpected(std::move(views.error()));
    projections::QueryPoint point;
    point.now = (*opened)->query_now();
    point.as_at = globals_->as_at;
    if (globals_->as_of) {
        if (globals_->as_of->position) {
            point.as_of = projections::AsOf(*globals_->as_of->position);
        } else {
            point.as_of = projections::AsOf(*globals_->as_of->time);
        }
    }
    return (*views)->moment(point);
}

Result<projections::Moment> Context::head() {
    CERTLEDGER_CHECK(!globals_->as_of && !globals_->as_at);
    return moment();
}

Result<events::CertificateId> Context::certificate(const projections::Moment& moment, std::string_view text) {
    const auto account = this->account();
    auto candidates = moment.resolve_certificate(account, text);
    if (candidates.empty()) {
        // A name as people write it: upper case, a dot at the end, another script.
        const auto name = adapters::names::normalize_name(text);
        if (name && name->ascii != text) candidates = moment.resolve_certificate(account, name->ascii);
    }
    // An id that belongs to somebody else, or was deleted, is for the command to refuse.
    if (candidates.empty() && events::well_formed_id(text)) {
        events::CertificateId exact{std::string(text)};
        const auto item = moment.certificate(account, exact);
        if (item || item.error() != projections::Absence::unknown) return exact;
    }
    return only(candidates, text, "certificate");
}

Result<events::QuotaId> Context::quota(const projections::Moment& moment, std::string_view text) {
    const auto candidates = moment.resolve_quota(account(), text);
    if (candidates.empty() && events::well_formed_id(text)) {
        events::QuotaId exact{std::string(text)};
        const auto item = moment.quota(account(), exact);
        if (item || item.error() != projections::Absence::unknown) return exact;
    }
    return only(candidates, text, "quota");
}

Result<events::CertificateId> Context::certificate(std::string_view text) {
    auto now = head();
    if (!now) return tl::make_unexpected(std::move(now.error()));
    return certificate(*now, text);
}

Result<events::QuotaId> Context::quota(std::string_view text) {
    auto now = head();
    if (!now) return tl::make_unexpected(std::move(now.error()));
    return quota(*now, text);
}

Result<engine::Answer> Context::execute(domain::Command command) {
    auto opened = ledger();
    if (!opened) return tl::make_unexpected(std::move(opened.error()));
    engine::Request request;
    request.account = account();
    request.actor = globals_->actor;
    request.command = std::move(command);
    return (*opened)->execute(std::move(request));
}

tl::unexpected<Error> Context::absent(projections::Absence absence, std::string_view what) const {
    const std::string shown(what);
    switch (absence) {
        case projections::Absence::unknown:
            return fail(ErrorKind::not_found, shown + " does not exist");
        case projections::Absence::not_authorized:
            return fail(ErrorKind::not_found, shown + " does not belong to account " + globals_->account);
        case projections::Absence::deleted:
            return fail(ErrorKind::not_found, shown + " was deleted; its history still answers");
    }
    return fail(ErrorKind::not_found, shown);
}

}  // namespace certledger::cli

#include <certledger/adapters/names/name.hpp>
#include <charconv>

#include "impl.hpp"

namespace certledger::workflow {

using adapters::http::ChallengeFolder;
using domain::CertificateState;
using events::CertificateId;
using events::Level;

void Outcome::append(Outcome&& later) {
    std::move(later.answers.begin(), later.answers.end(), std::back_inserter(answers));
    std::move(later.waiting_for.begin(), later.waiting_for.end(), std::back_inserter(waiting_for));
    if (!failure) failure = std::move(later.failure);
}

std::optional<ProofSource> proof_source_from_string(std::string_view text) {
    ProofSource source;
    if (text == "embedded") return source;
    source.kind = ProofSource::Kind::public_host;
    if (text == "public") return source;
    source.kind = ProofSource::Kind::address;
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos || colon == 0) return std::nullopt;
    source.address = std::string(text.substr(0, colon));
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data() + colon + 1, end, source.port);
    if (error != std::errc() || stop != end || source.port == 0) return std::nullopt;
    return source;
}

std::string instructions(events::ValidationMethod method, std::string_view name, std::string_view token) {
    const std::string base(name.rfind("*.", 0) == 0 ? name.substr(2) : name);
    const std::string value(token);
    switch (method) {
        case events::ValidationMethod::dns_auto:
        case events::ValidationMethod::dns_manual:
            return "publish in the DNS:  _pki-validation." + base + ". IN TXT \"" + value + "\"";
        case events::ValidationMethod::http_file:
            return "publish on the web server:  http://" + base + "/.well-known/pki-validation/" + value +
                   "  with the content  " + value;
        case events::ValidationMethod::mail:
            return "answer the validation mail for " + base;
    }
    return {};
}

Workflow::Workflow(engine::Ledger& ledger, Settings settings)
    : impl_(std::make_unique<Impl>(ledger, std::move(settings))) {}
Workflow::Workflow(Workflow&&) noexcept = default;
Workflow::~Workflow() = default;

void Workflow::act_for(const events::AccountId& account) { impl_->settings.account = account; }

Result<const Authority*> Workflow::authority() { return impl_->open_authority(); }

Result<void> Workflow::Impl::give(Outcome& outcome, domain::Command command, const events::Uuid& causation) {
    engine::Request request;
    request.account = settings.account;
    request.actor = settings.actor;
    request.occurred_at = settings.at;
    request.causation = causation;
    request.command = std::move(command);
    auto answer = ledger.execute(std::move(request));
    if (!answer) return tl::make_unexpected(std::move(answer.error()));
    outcome.answers.push_back(std::move(*answer));
    return {};
}

Result<const Authority*> Workflow::Impl::open_authority() {
    if (!authority) {
        auto opened = Authority::open(ledger, settings.authority_name, now());
        if (!opened) return tl::make_unexpected(std::move(opened.error()));
        authority.emplace(std::move(*opened));
    }
    return &*authority;
}

Result<projections::Moment> Workflow::Impl::moment() {
    auto views = ledger.views();
    if (!views) return tl::make_unexpected(std::move(views.error()));
    return (*views)->moment({ledger.query_now(), {}, {}});
}

std::vector<events::DomainName> Workflow::Impl::names_to_prove(const CertificateState& state) {
    if (!state.product) return {};
    if (state.product->level == Level::dv) return state.names;
    std::vector<events::DomainName> addresses;
    for (const auto& name : state.names) {
        const auto normal = adapters::names::normalize_name(name.ascii);
        const bool address = normal && (normal->kind == adapters::names::NameKind::ip4 ||
                                        normal->kind == adapters::names::NameKind::ip6);
        if (address) addresses.push_back(name);
    }
    return addresses;
}

Result<bool> Workflow::Impl::prove_names(Outcome& outcome, const CertificateId& id) {
    const auto application = read_application(ledger, id);
    if (!application) return tl::make_unexpected(application.error());
    auto rules = moment();
    if (!rules) return tl::make_unexpected(std::move(rules.error()));
    const events::Instant at = now();
    const auto steps = rules->policies(settings.account).get<events::ReusePolicy>(at).first.steps;
    const events::Instant oldest = at.plus_seconds(-policies::days_at(steps, at) * events::kSecondsPerDay);
    const auto found = ledger.certificate(id);
    if (!found) return tl::make_unexpected(found.error());
    // A copy: the state does not outlive the next command.
    const CertificateState state = **found;
    bool all = true;
    for (const auto& name : names_to_prove(state)) {
        const auto known = state.validations.find(name.ascii);
        if (known != state.validations.end() && known->second.succeeded && known->second.at >= oldest)
            continue;
        const auto proven = prove_name(outcome, id, name.ascii, *application);
        if (!proven) return proven;
        all = all && *proven;
        if (outcome.refused()) return false;
    }
    return all;
}

Result<bool> Workflow::Impl::prove_name(Outcome& outcome, const CertificateId& id, const std::string& name,
                                        const ApplicationRecord& application) {
    std::string token;
    if (const auto known = application.tokens.find(name); known != application.tokens.end()) {
        token = known->second;
    } else {
        auto given = give(outcome, domain::IssueChallenge{id, name}, application.id);
        if (!given) return tl::make_unexpected(std::move(given.error()));
        if (outcome.refused()) return false;
        auto made = token_of(ledger, outcome.answers.back());
        if (!made) return tl::make_unexpected(std::move(made.error()));
        token = std::move(*made);
    }
    const auto method = application.submitted.validation;
    if (method != events::ValidationMethod::http_file) {
        outcome.waiting_for.push_back(instructions(method, name, token) +
                                      "\nthen:  certledger cert validate " + id.value + " --name " + name +
                                      " --record succeeded");
        return false;
    }
    const auto check = look_for_file(name, token);
    const std::string cause = !check ? check.error().message : check->cause;
    domain::RecordValidation record;
    record.certificate = id;
    record.name = name;
    record.outcome = cause.empty() ? domain::ValidationOutcome::succeeded : domain::ValidationOutcome::failed;
    if (!cause.empty()) record.cause = cause;
    auto given = give(outcome, record, application.id);
    if (!given) return tl::make_unexpected(std::move(given.error()));
    if (cause.empty()) return !outcome.refused();
    if (!outcome.failure) outcome.failure = Error{ErrorKind::outside, name + " was not validated: " + cause};
    outcome.waiting_for.push_back(instructions(method, name, token) + "\nthen:  certledger cert validate " +
                                  id.value);
    return false;
}

Result<adapters::http::FileCheck> Workflow::Impl::look_for_file(const std::string& name,
                                                                const std::string& token) {
    if (!fetcher) fetcher.emplace();
    adapters::http::FetchOptions options;
    if (settings.proof.kind == ProofSource::Kind::address) {
        options.connect_to = adapters::http::Endpoint{settings.proof.address, settings.proof.port};
    }
    if (settings.proof.kind != ProofSource::Kind::embedded) {
        return fetcher->check(name, ChallengeFolder::pki_validation, token, token, options);
    }
    if (!responder) {
        auto started = adapters::http::ChallengeResponder::start();
        if (!started) return tl::make_unexpected(std::move(started.error()));
        responder.emplace(std::move(*started));
    }
    if (auto published = responder->publish(name, token, token); !published) {
        return tl::make_unexpected(std::move(published.error()));
    }
    options.connect_to = adapters::http::Endpoint{"127.0.0.1", responder->port()};
    auto check = fetcher->check(name, ChallengeFolder::pki_validation, token, token, options);
    responder->withdraw(name, token);
    return check;
}

namespace {

/// What the desk of the CA still has to do for an ov or ev application.
std::string desk_work(const CertificateId& id, const CertificateState& state) {
    std::string text;
    const auto line = [&](const std::string& command) { text += "\n  certledger review " + command; };
    if (!state.application->mail_confirmed_at) line("record " + id.value + " mail");
    if (!state.application->organization_verified_at) line("record " + id.value + " organization");
    line("approve " + id.value);
    return "the CA's desk goes on:" + text;
}

}  // namespace

Result<Outcome> Workflow::follow_application(const CertificateId& id) {
    Outcome outcome;
    auto found = impl_->ledger.certificate(id);
    if (!found) return tl::make_unexpected(std::move(found.error()));
    if (!(*found)->is(events::Status::pending_verification)) return outcome;
    const auto proven = impl_->prove_names(outcome, id);
    if (!proven) return Impl::ended_by(std::move(outcome), proven.error());
    found = impl_->ledger.certificate(id);
    if (!found) return Impl::ended_by(std::move(outcome), found.error());
    const CertificateState& state = **found;
    if (!state.product || !state.application || outcome.refused()) return outcome;
    if (state.product->level != Level::dv) {
        outcome.waiting_for.push_back(desk_work(id, state));
        return outcome;
    }
    if (!*proven) return outcome;
    auto issued = impl_->issue(id);
    if (!issued) return Impl::ended_by(std::move(outcome), issued.error());
    outcome.append(std::move(*issued));
    return outcome;
}

Result<Outcome> Workflow::issue(const CertificateId& id) { return impl_->issue(id); }

}  // namespace certledger::workflow

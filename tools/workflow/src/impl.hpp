// Role: what the parts of the workflow share.
#pragma once

#include <certledger/adapters/http/challenge_responder.hpp>
#include <certledger/adapters/http/http_fetcher.hpp>
#include <certledger/domain/policies/book.hpp>
#include <certledger/domain/state.hpp>
#include <certledger/projections/views.hpp>
#include <certledger/tools/workflow/workflow.hpp>
#include <optional>

#include "application.hpp"

namespace certledger::workflow {

struct Workflow::Impl {
    Impl(engine::Ledger& used, Settings given) : ledger(used), settings(std::move(given)) {}

    engine::Ledger& ledger;
    Settings settings;
    std::optional<Authority> authority;
    std::optional<adapters::http::ChallengeResponder> responder;
    std::optional<adapters::http::HttpFetcher> fetcher;

    [[nodiscard]] events::Instant now() const { return settings.at.value_or(ledger.command_now()); }

    /// An error behind answers does not make them undone: it goes into the outcome.
    [[nodiscard]] static Result<Outcome> ended_by(Outcome&& outcome, const Error& error) {
        if (outcome.answers.empty()) return tl::make_unexpected(error);
        if (!outcome.failure || error.kind == ErrorKind::damaged) outcome.failure = error;
        return std::move(outcome);
    }
    /// Gives one command; its answer becomes the outcome's last.
    [[nodiscard]] Result<void> give(Outcome& outcome, domain::Command command,
                                    const events::Uuid& causation = {});
    [[nodiscard]] Result<const Authority*> open_authority();
    [[nodiscard]] Result<projections::Moment> moment();

    /// The names that an application must prove one by one: all of a dv, the addresses of an ov.
    [[nodiscard]] static std::vector<events::DomainName> names_to_prove(
        const domain::CertificateState& state);
    /// Challenges and proofs; gives whether every name is proven.
    [[nodiscard]] Result<bool> prove_names(Outcome& outcome, const events::CertificateId& id);
    [[nodiscard]] Result<bool> prove_name(Outcome& outcome, const events::CertificateId& id,
                                          const std::string& name, const ApplicationRecord& application);
    [[nodiscard]] Result<adapters::http::FileCheck> look_for_file(const std::string& name,
                                                                  const std::string& token);
    [[nodiscard]] Result<Outcome> issue(const events::CertificateId& id);
    /// Records what came of a deployment that was announced by the event `started`.
    [[nodiscard]] Result<void> record_deployment(Outcome& outcome, const events::CertificateId& id,
                                                 const std::string& target, const events::Uuid& started,
                                                 const Result<void>& written);
    [[nodiscard]] Result<void> sign(Outcome& outcome, const events::CertificateId& id,
                                    const ApplicationRecord& application);
    [[nodiscard]] Result<adapters::openssl::LeafRequest> leaf_request(const events::CertificateId& id,
                                                                      const ApplicationRecord& application);
};

}  // namespace certledger::workflow

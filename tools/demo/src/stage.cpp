#include "stage.hpp"

namespace certledger::demo {

Result<engine::Answer> Stage::give(domain::Command command) {
    engine::Request request;
    request.actor = "demo";
    request.occurred_at = now_;
    request.command = std::move(command);
    auto answer = ledger_->execute(std::move(request));
    if (answer && !answer->ok) {
        return fail(ErrorKind::conflict, "the demo's " + std::string(events::to_name(answer->command)) +
                                             " was refused: " + answer->refusal->message);
    }
    return answer;
}

Result<void> Stage::expect_refusal(domain::Command command) {
    engine::Request request;
    request.actor = "demo";
    request.occurred_at = now_;
    request.command = std::move(command);
    const auto answer = ledger_->execute(std::move(request));
    if (!answer) return tl::make_unexpected(answer.error());
    if (answer->ok) {
        return fail(ErrorKind::conflict, "the demo's " + std::string(events::to_name(answer->command)) +
                                             " was accepted where a rule should refuse it");
    }
    ++report_->refused;
    return {};
}

workflow::Workflow Stage::workflow(workflow::ProofSource proof) {
    workflow::Settings settings;
    settings.actor = "demo";
    settings.at = now_;
    settings.proof = std::move(proof);
    settings.authority_name = "certledger demo";
    return workflow::Workflow(*ledger_, std::move(settings));
}

Result<void> Stage::took(Result<workflow::Outcome> outcome, bool may_fail) {
    if (!outcome) return tl::make_unexpected(outcome.error());
    for (const auto& answer : outcome->answers) {
        for (const auto& event : answer.events) {
            if (event.type == events::EventType::domain_validated) ++report_->fetches;
            if (event.type == events::EventType::certificate_issued) ++report_->issued;
            if (event.type == events::EventType::certificate_deployed) ++report_->deployed;
            if (event.type == events::EventType::certificate_revoked) ++report_->revoked;
        }
    }
    if (may_fail) return {};
    if (outcome->refused()) {
        return fail(ErrorKind::conflict,
                    "a step of the demo was refused: " + outcome->answers.back().refusal->message);
    }
    if (outcome->failure) return tl::make_unexpected(*outcome->failure);
    return {};
}

Result<void> Stage::tick() {
    const auto ticked = engine::tick(*ledger_, {now_, "demo", std::nullopt});
    if (!ticked) return tl::make_unexpected(ticked.error());
    for (const auto& answer : ticked->answers) {
        for (const auto& event : answer.events) {
            if (event.type == events::EventType::certificate_expired) ++report_->expired;
        }
    }
    return {};
}

}  // namespace certledger::demo

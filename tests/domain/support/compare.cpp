#include "support/compare.hpp"

#include <sstream>

namespace certledger::testing {

namespace {

using model::Answer;

bool same(const Answer& expected, const Answer& told) {
    if (expected.ok != told.ok) return false;
    if (expected.ok) return expected.events == told.events;
    if (expected.code != told.code) return false;
    if (!expected.field.empty() && expected.field != told.field) return false;
    // A fault of form is found before any state is looked at.
    if (!expected.situation_known || !told.situation_known)
        return expected.situation_known == told.situation_known || expected.code == "invalid-field";
    if (expected.status != told.status) return false;
    return !expected.allowed_known || expected.allowed == told.allowed;
}

std::string both(const std::string& expected, const std::string& told) {
    return "\n  expected: " + expected + "\n  domain:   " + told;
}

}  // namespace

std::string answer_text(const Answer& answer) {
    std::string text;
    if (answer.ok) {
        for (const auto& event : answer.events)
            text.append(text.empty() ? "" : "; ")
                .append(event.stream + " " + event.type + " {" + event.detail + "}");
        return text;
    }
    text = answer.code + (answer.field.empty() ? "" : " (" + answer.field + ")");
    if (!answer.situation_known) return text;
    text += " status=" + answer.status.value_or("null");
    return answer.allowed_known ? text + " allowed=" + model::list_text(answer.allowed) : text;
}

std::string Pair::step(const model::Request& request) {
    const Answer expected = model.run(request);
    refused = !expected.ok;
    const Subject::Told told = subject.run(request);
    if (!same(expected, told.answer)) return both(answer_text(expected), answer_text(told.answer));
    if (!told.broken.empty()) return "\n  " + told.broken;
    for (const auto& event : expected.events) {
        const auto dash = event.stream.find('-');
        const std::string id = event.stream.substr(dash + 1);
        const bool quota = event.stream.compare(0, dash, "quota") == 0;
        const bool policy = event.stream.compare(0, dash, "policy") == 0;
        if (policy) continue;
        const auto shown = quota ? model.describe_quota(id) : model.describe_certificate(id);
        const auto state = quota ? subject.describe_quota(id) : subject.describe_certificate(id);
        if (shown != state) return both(event.stream + " " + shown, event.stream + " " + state);
    }
    return "";
}

std::string Pair::whole() const {
    for (const auto& entry : model.certificates()) {
        const auto shown = model.describe_certificate(entry.first);
        const auto state = subject.describe_certificate(entry.first);
        if (shown != state) return both(entry.first + " " + shown, entry.first + " " + state);
    }
    for (const auto& entry : model.quotas()) {
        const auto shown = model.describe_quota(entry.first);
        const auto state = subject.describe_quota(entry.first);
        if (shown != state) return both(entry.first + " " + shown, entry.first + " " + state);
    }
    for (const auto& id : subject.certificates())
        if (model.certificates().count(id) == 0)
            return "\n  the domain has a certificate " + id + " of its own";
    for (const auto& id : subject.quotas())
        if (model.quotas().count(id) == 0) return "\n  the domain has a quota " + id + " of its own";
    const std::string fault = subject.fault();
    return fault.empty() ? "" : "\n  " + fault;
}

std::string disagreement(const std::vector<model::Request>& course, Tally* tally) {
    Pair pair;
    for (std::size_t i = 0; i < course.size(); ++i) {
        const std::string found = pair.step(course[i]);
        if (tally != nullptr) {
            ++tally->commands;
            tally->refused += pair.refused ? 1U : 0U;
        }
        if (found.empty()) continue;
        std::ostringstream text;
        for (std::size_t each = 0; each <= i; ++each) text << "\n  " << course[each];
        return text.str() + found;
    }
    const std::string found = pair.whole();
    return found.empty() ? "" : "after the last command:" + found;
}

}  // namespace certledger::testing

#include "report.hpp"

#include <algorithm>
#include <set>

namespace certledger::cli {
namespace {

using events::to_name;
using events::json::OrderedJson;

OrderedJson events_json(const std::vector<engine::EventRef>& references) {
    auto array = OrderedJson::array();
    for (const auto& event : references) {
        array.push_back({{"type", to_name(event.type)},
                         {"stream", event.stream.value},
                         {"version", event.version},
                         {"position", event.position}});
    }
    return array;
}

OrderedJson refusal_json(const engine::Answer& answer) {
    const domain::Refusal& refusal = *answer.refusal;
    auto object = OrderedJson::object();
    object["code"] = to_name(refusal.code);
    object["message"] = refusal.message;
    if (!refusal.field.empty()) object["field"] = refusal.field;
    object["status"] = refusal.status ? OrderedJson(to_name(*refusal.status)) : OrderedJson();
    object["command"] = to_name(answer.command);
    object["allowed"] = OrderedJson::array();
    for (const auto command : refusal.allowed) object["allowed"].push_back(to_name(command));
    return object;
}

/// Position range of the events: "10" or "10 to 12".
std::string positions(const std::vector<engine::EventRef>& references) {
    const auto first = std::to_string(references.front().position);
    const auto last = std::to_string(references.back().position);
    return first == last ? "position " + first : "positions " + first + " to " + last;
}

const engine::Answer* refusal_among(const std::vector<engine::Answer>& answers) {
    const auto found =
        std::find_if(answers.begin(), answers.end(), [](const auto& answer) { return !answer.ok; });
    return found == answers.end() ? nullptr : &*found;
}

}  // namespace

OrderedJson answer_json(const engine::Answer& answer) {
    auto object = OrderedJson::object();
    if (!answer.id.empty()) object["id"] = answer.id;
    object["ok"] = answer.ok;
    if (answer.replayed) object["replayed"] = true;
    if (answer.position) object["position"] = *answer.position;
    if (answer.quota) object["quota"] = answer.quota->value;
    if (answer.certificate) object["certificate"] = answer.certificate->value;
    if (answer.successor) object["successor"] = answer.successor->value;
    if (answer.ok) {
        object["events"] = events_json(answer.events);
        if (answer.status) object["status"] = to_name(*answer.status);
    } else {
        object["refusal"] = refusal_json(answer);
    }
    return object;
}

int refused(Output& out, const engine::Answer& answer) {
    if (out.json()) {
        out.document(answer_json(answer));
        return exit_refused;
    }
    const domain::Refusal& refusal = *answer.refusal;
    out.complaint(std::string(to_name(answer.command)) + " is refused: " + refusal.message + " [" +
                  std::string(to_name(refusal.code)) + "]");
    if (refusal.status) out.note("  status   " + std::string(to_name(*refusal.status)));
    std::string allowed;
    for (const auto command : refusal.allowed) {
        allowed += (allowed.empty() ? "" : ", ") + std::string(to_name(command));
    }
    if (!allowed.empty()) out.note("  allowed  " + allowed);
    return exit_refused;
}

void Report::add(const engine::Answer& answer) {
    answers_.push_back(answer);
    if (!certificate_ && answer.certificate) certificate_ = answer.certificate;
}

void Report::add(const std::vector<engine::Answer>& answers) {
    for (const auto& answer : answers) add(answer);
}

void Report::fact(const std::string& label, Cell value) { facts_.emplace_back(label, std::move(value)); }

void Report::member(const std::string& name, OrderedJson value) { members_[name] = std::move(value); }

void Report::waiting_for(const std::string& text) { waiting_for_.push_back(text); }

void Report::failure(const Error& error) { failure_ = error; }

OrderedJson Report::document() const {
    const engine::Answer* no = refusal_among(answers_);
    auto object = OrderedJson::object();
    object["ok"] = no == nullptr && !failure_;
    auto all = OrderedJson::array();
    for (const auto& answer : answers_) {
        if (answer.replayed) object["replayed"] = true;
        if (answer.position) object["position"] = *answer.position;
        if (answer.quota) object["quota"] = answer.quota->value;
        if (answer.certificate) object["certificate"] = answer.certificate->value;
        if (answer.successor) object["successor"] = answer.successor->value;
        if (answer.status) object["status"] = to_name(*answer.status);
        for (auto& event : events_json(answer.events)) all.push_back(std::move(event));
    }
    if (certificate_) object["certificate"] = certificate_->value;
    object["events"] = std::move(all);
    for (const auto& [name, value] : members_.items()) object[name] = value;
    if (!waiting_for_.empty()) object["waiting_for"] = waiting_for_;
    if (no != nullptr) object["refusal"] = refusal_json(*no);
    if (failure_) object["error"] = {{"kind", name_of(failure_->kind)}, {"message", failure_->message}};
    return object;
}

void Report::print_next() {
    if (!certificate_ || answers_.back().status == events::Status::deleted) return;
    const auto moment = context_->head();
    if (!moment) return;
    const auto progress = moment->progress(context_->account(), *certificate_);
    if (!progress) return;
    for (const auto& step : progress->steps) {
        if (!step.expected || step.state == projections::StepState::waiting) continue;
        std::string text = std::string(to_name(step.expected->event)) + ", from the " +
                           std::string(to_name(step.expected->from));
        if (step.expected->by) text += ", by " + shown(*step.expected->by);
        facts_.emplace_back("next", Cell{text, step.expected->overdue ? Style::warn : Style::plain});
    }
}

void Report::print_for_people() {
    Output& out = context_->out();
    std::vector<std::pair<std::string, Cell>> lines;
    std::optional<events::Status> status;
    std::vector<engine::EventRef> all;
    bool replayed = false;
    for (const auto& answer : answers_) {
        if (answer.quota) lines.emplace_back("quota", Cell{answer.quota->value, Style::strong});
        if (answer.successor) lines.emplace_back("successor", Cell{answer.successor->value, Style::strong});
        if (answer.status) status = answer.status;
        replayed = replayed || answer.replayed;
        all.insert(all.end(), answer.events.begin(), answer.events.end());
    }
    if (certificate_) lines.insert(lines.begin(), {"certificate", Cell{certificate_->value, Style::strong}});
    if (status) lines.emplace_back("status", status_cell(*status));
    std::string names;
    for (const auto& event : all) names += (names.empty() ? "" : ", ") + std::string(to_name(event.type));
    if (!all.empty()) lines.emplace_back("events", Cell{names + " (" + positions(all) + ")"});
    if (replayed) lines.emplace_back("replayed", Cell{"this command was carried out before"});
    if (!all.empty()) print_next();
    lines.insert(lines.end(), facts_.begin(), facts_.end());
    print_facts(out, lines);
    for (const auto& text : waiting_for_) {
        out.line();
        out.line(text);
    }
}

int Report::finish() {
    const engine::Answer* no = refusal_among(answers_);
    Output& out = context_->out();
    int code = failure_ ? exit_code(failure_->kind) : static_cast<int>(exit_done);
    if (out.json()) {
        out.document(document());
        return no == nullptr ? code : exit_refused;
    }
    if (no == nullptr || answers_.size() > 1) print_for_people();
    if (failure_) out.complaint(failure_->message);
    return no == nullptr ? code : refused(out, *no);
}

Result<int> execute_and_report(Context& context, domain::Command command) {
    auto answer = context.execute(std::move(command));
    if (!answer) return tl::make_unexpected(std::move(answer.error()));
    Report report(context);
    report.add(*answer);
    for (const auto& event : answer->events) {
        if (events::stream_kind(event.stream.value) == events::StreamKind::certificate) {
            report.about({std::string(events::id_part(event.stream.value))});
            break;
        }
    }
    return report.finish();
}

Cell status_cell(events::Status status) {
    using events::Status;
    const std::string name(to_name(status));
    switch (status) {
        case Status::issued:
            return {name, Style::good};
        case Status::pending_verification:
        case Status::paid:
            return {name, Style::accent};
        case Status::validation_failed:
            return {name, Style::bad};
        case Status::expired:
        case Status::revoked:
            return {name, Style::warn};
        case Status::deleted:
            return {name, Style::faint};
    }
    return {name};
}

std::string shown(events::Instant instant) {
    std::string text = events::to_string(events::Instant::from_seconds(instant.seconds()));
    text[10] = ' ';
    text.insert(text.size() - 1, " ");
    return text;
}

std::string shown_date(events::Instant instant) { return events::to_string(instant).substr(0, 10); }

std::string shown_duration(std::int64_t seconds) {
    const std::int64_t days = seconds / events::kSecondsPerDay;
    const std::int64_t hours = seconds % events::kSecondsPerDay / 3'600;
    const std::int64_t minutes = seconds % 3'600 / 60;
    if (days > 0) return std::to_string(days) + " d" + (hours > 0 ? " " + std::to_string(hours) + " h" : "");
    if (hours > 0)
        return std::to_string(hours) + " h" + (minutes > 0 ? " " + std::to_string(minutes) + " min" : "");
    if (minutes > 0) return std::to_string(minutes) + " min";
    return std::to_string(seconds) + " s";
}

}  // namespace certledger::cli

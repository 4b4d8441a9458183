#include <certledger/domain/lifecycle/machine.hpp>
#include <certledger/events/codec.hpp>
#include <certledger/projections/views.hpp>

#include <map>

#include "cert/explain.hpp"
#include "cert/verbs.hpp"
#include "output/text.hpp"
#include "output/view_json.hpp"
#include "records.hpp"
#include "report.hpp"

namespace certledger::cli {
namespace {

using events::to_name;
using events::json::OrderedJson;

/// A record kept beyond the visit.
struct Kept {
    events::Bytes bytes;
    events::RecordView view;
    bool moved_status = false;
};

using Records = std::vector<Kept>;

struct Story {
    std::vector<AppliedRule> rules;  ///< That the events of the chain were decided under.
    Records chain;         ///< What led to the status: its moves, what failed, and what caused those.
    Records refusals;      ///< Commands that changed nothing.
    std::size_t turn = 0;  ///< Which of the chain made the status what it is.
};

bool has_cause(const events::RecordView& record) {
    using events::EventType;
    return record.type == EventType::domain_validation_failed || record.type == EventType::issuance_failed ||
           record.type == EventType::deployment_failed || record.type == EventType::deployment_rolled_back ||
           record.type == EventType::deployment_drifted || record.type == EventType::revocation_requested ||
           record.type == EventType::revocation_declined || record.type == EventType::refund_granted ||
           record.type == EventType::refund_declined;
}

Result<Records> read_stream(const projections::Moment& moment, const events::AccountId& account,
                            const events::StreamId& stream) {
    Records records;
    const auto read = moment.history(account, stream, [&](const auto&, auto bytes) {
        records.push_back({events::Bytes(bytes.begin(), bytes.end()), {}, false});
        return true;
    });
    if (!read) return tl::make_unexpected(read.error());
    for (auto& kept : records) {
        auto view = events::read_record(kept.bytes);
        if (!view) return tl::make_unexpected(std::move(view.error()));
        kept.view = *view;
    }
    return records;
}

/// Marks what moved the status, then follows the causes of what is told back to their beginnings.
Records chain_of(Records records) {
    std::optional<events::Status> status;
    std::map<events::Uuid, std::size_t> by_id;
    std::vector<bool> told(records.size());
    for (std::size_t i = 0; i < records.size(); ++i) {
        const auto& view = records[i].view;
        by_id.emplace(view.id, i);
        const auto next = lifecycle::next(status, view.type);
        records[i].moved_status = next && next != status;
        told[i] = records[i].moved_status || has_cause(view);
        if (next) status = next;
    }
    for (std::size_t i = records.size(); i-- > 0;) {
        const auto cause = told[i] ? by_id.find(records[i].view.causation) : by_id.end();
        if (cause != by_id.end()) told[cause->second] = true;
    }
    Records chain;
    for (std::size_t i = 0; i < records.size(); ++i) {
        if (told[i]) chain.push_back(std::move(records[i]));
    }
    return chain;
}

Result<Story> story_of(const projections::Moment& moment, const events::AccountId& account,
                       const events::CertificateId& id) {
    const auto stream = events::stream_of(id);
    auto records = read_stream(moment, account, stream);
    if (!records) return tl::make_unexpected(std::move(records.error()));
    auto refusals = read_stream(moment, account, events::rejection_stream(stream));
    if (!refusals) return tl::make_unexpected(std::move(refusals.error()));
    Story story;
    story.chain = chain_of(std::move(*records));
    story.refusals = std::move(*refusals);
    for (const auto& kept : story.chain) {
        for (auto& rule : rules_of(moment, kept.view)) story.rules.push_back(std::move(rule));
        if (!kept.moved_status) continue;
        story.turn = static_cast<std::size_t>(&kept - story.chain.data());
    }
    return story;
}

Result<OrderedJson> records_json(const Records& records) {
    auto array = OrderedJson::array();
    for (const auto& kept : records) {
        auto object = record_json(kept.view, kept.bytes);
        if (!object) return object;
        array.push_back(std::move(*object));
    }
    return array;
}

OrderedJson expected_json(const projections::Progress& progress) {
    auto array = OrderedJson::array();
    for (const auto& step : progress.steps) {
        if (step.expected) array.push_back(view_json(step));
    }
    return array;
}

/// `example.com` or `example.com and 3 more`.
std::string names_text(const std::vector<std::string>& names) {
    if (names.empty()) return {};
    return harmless(names.front()) +
           (names.size() > 1 ? " and " + std::to_string(names.size() - 1) + " more" : "");
}

/// When and by whom the status was made what it is.
void print_turn(Output& out, const Story& story, const std::string& names) {
    std::vector<std::pair<std::string, Cell>> facts;
    if (!names.empty()) facts.emplace_back("  for", Cell{names});
    if (!story.chain.empty()) {
        const auto& view = story.chain[story.turn].view;
        facts.emplace_back("  since", Cell{shown(view.occurred_at)});
        facts.emplace_back("  by", Cell{std::string(view.actor)});
        facts.emplace_back("  through", Cell{std::string(to_name(view.type)) + ", position " +
                                             std::to_string(view.position)});
    }
    print_facts(out, facts);
}

void print_story(Output& out, const Story& story) {
    out.line();
    out.line(out.paint(Style::strong, "What led here"));
    Table table = record_table(false);
    for (const auto& kept : story.chain) add_record(table, kept.view, false);
    table.print(out);
    if (story.refusals.empty()) return;
    out.line();
    out.line(out.paint(Style::strong, "What was refused"));
    Table refused({{"POSITION", true, true},
                   {"TIME", false, true, 0, 1},
                   {"COMMAND", false, true},
                   {"WHY", false, false, 20, 0, true}});
    for (const auto& kept : story.refusals) {
        const auto event = events::decode_event(kept.view.type, kept.view.schema, kept.view.payload);
        const auto* refusal = event ? std::get_if<events::CommandRefused>(&*event) : nullptr;
        if (refusal == nullptr) continue;
        refused.add({{std::to_string(kept.view.position), Style::faint},
                     {shown(kept.view.occurred_at)},
                     {refusal->command},
                     {std::string(to_name(refusal->code)) + ": " + refusal->message, Style::warn}});
    }
    refused.print(out);
}

/// How the command line gives a command; nothing for those that only exec and the follow-up work give.
std::string_view command_line_of(domain::CommandType command) {
    using domain::CommandType;
    switch (command) {
        case CommandType::submit_application:
            return "cert apply";
        case CommandType::withdraw_application:
            return "cert withdraw";
        case CommandType::record_validation:
            return "cert validate";
        case CommandType::record_review:
        case CommandType::record_mail:
        case CommandType::record_phone:
        case CommandType::record_organization:
        case CommandType::confirm_revocation:
            return "review record";
        case CommandType::reject_application:
            return "review reject";
        case CommandType::issue_certificate:
        case CommandType::record_revocation:
            return "review approve";
        case CommandType::deploy_certificate:
            return "cert deploy";
        case CommandType::download_certificate:
            return "cert download";
        case CommandType::enable_hosting:
        case CommandType::disable_hosting:
            return "cert hosting";
        case CommandType::renew_certificate:
            return "cert renew";
        case CommandType::request_revocation:
            return "cert revoke";
        case CommandType::request_refund:
            return "cert refund request";
        case CommandType::pay_refund:
            return "refunds pay";
        case CommandType::expire_certificate:
            return "tick";
        case CommandType::delete_certificate:
            return "cert delete";
        default:
            return {};
    }
}

void print_rules(Output& out, const Story& story, const std::optional<projections::Refund>& refund) {
    std::vector<std::pair<std::string, Cell>> facts;
    for (const auto& rule : story.rules)
        facts.emplace_back("  " + std::string(to_name(rule.event)), Cell{rule_text(rule)});
    const std::string money = refund ? refund_text(*refund) : std::string();
    if (!money.empty()) facts.emplace_back("  refund", Cell{money});
    if (facts.empty()) return;
    facts.emplace_back("  other rules",
                       Cell{"what another rule would have given: certledger audit what-if --help"});
    out.line();
    out.line(out.paint(Style::strong, "Under which rules"));
    print_facts(out, facts);
}

void print_future(Output& out, const projections::Progress& progress,
                  const std::vector<domain::CommandType>& allowed) {
    std::vector<std::pair<std::string, Cell>> facts;
    for (const auto& step : progress.steps) {
        if (!step.expected) continue;
        std::string text = std::string(to_name(step.expected->event)) + " from the " +
                           std::string(to_name(step.expected->from));
        if (step.name) text += " for " + *step.name;
        if (step.expected->by) text += " by " + shown(*step.expected->by);
        if (step.expected->overdue) text += " (overdue)";
        facts.emplace_back("  " + std::string(to_name(step.step)),
                           Cell{text, step.expected->overdue ? Style::warn : Style::plain});
    }
    if (!facts.empty()) {
        out.line();
        out.line(out.paint(Style::strong, "What is expected next"));
        print_facts(out, facts);
    }
    if (allowed.empty()) return;
    facts.clear();
    for (const auto command : allowed) {
        const auto line = command_line_of(command);
        facts.emplace_back("  " + std::string(to_name(command)),
                           Cell{line.empty() ? "certledger exec" : "certledger " + std::string(line)});
    }
    out.line();
    out.line(out.paint(Style::strong, "What status and flags allow now"));
    print_facts(out, facts);
}

Result<int> why(Context& context, const std::string& text) {
    auto moment = context.moment();
    if (!moment) return tl::make_unexpected(std::move(moment.error()));
    auto id = context.certificate(*moment, text);
    if (!id) return tl::make_unexpected(std::move(id.error()));
    const auto progress = moment->progress(context.account(), *id);
    if (!progress && progress.error() != projections::Absence::deleted) {
        return context.absent(progress.error(), "certificate " + id->value);
    }
    const auto refund = moment->refund(context.account(), *id);
    const auto story = story_of(*moment, context.account(), *id);
    if (!story) return tl::make_unexpected(story.error());
    auto ledger = context.ledger();
    if (!ledger) return tl::make_unexpected(std::move(ledger.error()));
    // What is allowed is a matter of now; an older moment says what was expected then.
    std::vector<domain::CommandType> allowed;
    if (!context.globals().as_of && !context.globals().as_at) {
        auto standing = (*ledger)->standing(context.account(), *id);
        if (!standing) return tl::make_unexpected(std::move(standing.error()));
        allowed = std::move(standing->allowed);
    }
    const auto status = progress ? progress->status : events::Status::deleted;
    Output& out = context.out();
    if (!out.json()) {
        const Cell cell = status_cell(status);
        const auto item = moment->certificate(context.account(), *id);
        const std::string names = item ? names_text(item->names_unicode) : std::string();
        out.line(out.paint(Style::strong, id->value) + " is " + out.paint(cell.style, cell.text));
        print_turn(out, *story, names);
        print_story(out, *story);
        print_rules(out, *story, refund ? std::optional(*refund) : std::nullopt);
        if (progress) print_future(out, *progress, allowed);
        return exit_done;
    }
    OrderedJson document;
    document["certificate"] = id->value;
    document["status"] = to_name(status);
    for (const auto& [name, records] :
         {std::pair("chain", &story->chain), std::pair("refused", &story->refusals)}) {
        auto array = records_json(*records);
        if (!array) return tl::make_unexpected(std::move(array.error()));
        document[name] = std::move(*array);
    }
    document["rules"] = OrderedJson::array();
    for (const auto& rule : story->rules) document["rules"].push_back(rule_json(rule));
    document["refund"] = refund ? view_json(*refund) : OrderedJson();
    document["expected"] = progress ? expected_json(*progress) : OrderedJson::array();
    document["allowed"] = OrderedJson::array();
    for (const auto command : allowed) document["allowed"].push_back(to_name(command));
    out.document(document);
    return exit_done;
}

}  // namespace

void describe_cert_why(Command& verb) {
    auto certificate = std::make_shared<std::string>();
    verb.argument("CERTIFICATE", "Id, its beginning, or a domain name", into(*certificate)).required();
    verb.note(
        "What led to the status and who did it, under which rules, what was refused and why, what comes "
        "back\n"
        "of the payment, and what can happen next.");
    verb.example("certledger cert why example.com");
    verb.query([certificate](Context& context) { return why(context, *certificate); });
}

}  // namespace certledger::cli

#include <certledger/tools/audit/replay.hpp>

#include "args/values.hpp"
#include "audit/verbs.hpp"
#include "report.hpp"

namespace certledger::cli {
namespace {

using events::to_name;
using events::json::OrderedJson;

/// Rows of a table are kept until its widths are known; longer output comes in parts.
constexpr std::size_t kRowsAtOnce = 1'000;

struct ReplayInput {
    std::optional<std::int64_t> to;
    std::optional<std::string> stream;
    bool every = false;
};

OrderedJson state_json(const audit::ReplayState& state) {
    OrderedJson object;
    object["stream"] = state.stream;
    object["version"] = state.version;
    object["position"] = state.position;
    object["status"] = state.status ? OrderedJson(to_name(*state.status)) : OrderedJson();
    if (state.broken) object["broken"] = true;
    return object;
}

/// Prints states, or events with the states after them, as they come.
class Printer {
  public:
    Printer(Output& out, bool events) : out_(out), events_(events), table_(empty()) {}

    void event(const events::RecordView& record, const audit::ReplayState& state) {
        if (out_.json()) {
            OrderedJson object = state_json(state);
            object["event"] = to_name(record.type);
            object["occurred_at"] = events::to_string(record.occurred_at);
            out_.json_line(object);
            return;
        }
        add({{std::to_string(state.position), Style::faint},
             {shown(record.occurred_at)},
             {std::string(to_name(record.type))},
             {state.stream},
             status(state)});
    }

    void state(const audit::ReplayState& state) {
        if (out_.json()) {
            out_.json_line(state_json(state));
            return;
        }
        add({{state.stream},
             {std::to_string(state.version)},
             {std::to_string(state.position)},
             status(state)});
    }

    void end() {
        if (!table_.empty()) table_.print(out_);
    }

  private:
    [[nodiscard]] Table empty() const {
        if (events_) {
            return Table({{"POSITION", true, true},
                          {"TIME", false, true, 0, 1},
                          {"EVENT", false, false, 12},
                          {"STREAM", false, false, 16, 2},
                          {"STATUS AFTER", false, true}});
        }
        return Table({{"STREAM", false, true},
                      {"VERSION", true, true},
                      {"LAST POSITION", true, true},
                      {"STATUS", false, true}});
    }
    [[nodiscard]] static Cell status(const audit::ReplayState& state) {
        if (state.broken) return {"broken", Style::bad};
        return state.status ? status_cell(*state.status) : Cell{};
    }
    void add(std::vector<Cell> row) {
        table_.add(std::move(row));
        if (table_.size() < kRowsAtOnce) return;
        table_.print(out_);
        table_ = empty();
    }

    Output& out_;
    bool events_;
    Table table_;
};

Result<store::Position> last_position(Context& context, const ReplayInput& in) {
    if (in.to) return static_cast<store::Position>(*in.to);
    if (!context.globals().as_of) return UINT64_MAX;
    auto moment = context.moment();
    if (!moment) return tl::make_unexpected(std::move(moment.error()));
    return moment->position();
}

Result<int> replay(Context& context, const ReplayInput& in) {
    auto ledger = context.ledger();
    if (!ledger) return tl::make_unexpected(std::move(ledger.error()));
    const auto to = last_position(context, in);
    if (!to) return tl::make_unexpected(to.error());
    audit::ReplayOptions options;
    options.to = *to;
    options.stream = in.stream;
    Output& out = context.out();
    Printer printer(out, in.every);
    audit::OnEvent each;
    audit::OnState at_end;
    if (in.every) {
        each = [&](const auto& record, const auto& state) { printer.event(record, state); };
    } else {
        at_end = [&](const auto& state) { printer.state(state); };
    }
    const auto report = audit::replay((*ledger)->store(), options, each, at_end);
    printer.end();
    if (!report) return tl::make_unexpected(report.error());
    out.note(std::to_string(report->records) + " records up to position " + std::to_string(report->to) +
             (report->broken > 0 ? ", " + std::to_string(report->broken) + " of them forbidden" : ""));
    return report->broken > 0 ? exit_damaged : exit_done;
}

}  // namespace

void describe_audit_replay(Command& verb) {
    auto in = std::make_shared<ReplayInput>();
    verb.option("--to", "POSITION", "Up to here (default: the head)", into(in->to, 1));
    verb.option("--stream", "STREAM", "Only this stream, such as certificate-k1", into(in->stream));
    verb.flag("--every", "Every event with the state after it, instead of the last states", in->every);
    verb.example("certledger audit replay --stream certificate-k1 --every");
    verb.example("certledger audit replay --to 100 --json");
    verb.query([in](Context& context) { return replay(context, *in); });
}

}  // namespace certledger::cli

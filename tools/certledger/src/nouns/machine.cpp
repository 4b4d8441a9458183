#include <certledger/domain/lifecycle/machine.hpp>
#include <certledger/events/json/json.hpp>
#include <map>
#include <set>

#include "context.hpp"
#include "nouns/nouns.hpp"
#include "output/table.hpp"

namespace certledger::cli {
namespace {

using events::to_name;

std::string state_name(const std::optional<events::Status>& status) {
    return status ? std::string(to_name(*status)) : std::string();
}

/// Events that lead from one status to another, in the order of the table.
using Arrows = std::map<std::pair<std::string, std::string>, std::vector<std::string>>;

Arrows arrows() {
    Arrows result;
    for (const auto& row : lifecycle::transitions()) {
        result[{state_name(row.from), state_name(row.to)}].emplace_back(to_name(row.event));
    }
    return result;
}

void print_table(Output& out) {
    Table table({{"EVENT", false, true}, {"FROM", false, true}, {"TO", false, true}});
    for (const auto& row : lifecycle::transitions()) {
        const std::string from = state_name(row.from);
        table.add({{std::string(to_name(row.event))},
                   {from.empty() ? "-" : from},
                   {row.from == row.to ? "same" : std::string(to_name(row.to)),
                    row.from == row.to ? Style::faint : Style::plain}});
    }
    table.print(out);
}

// Mermaid takes no hyphen in a state's id.
std::string mermaid_id(std::string name) {
    for (char& c : name) c = c == '-' ? '_' : c;
    return name;
}

void print_mermaid(Output& out) {
    out.line("stateDiagram-v2");
    std::set<std::string> states;
    for (const auto& row : lifecycle::transitions()) states.insert(std::string(to_name(row.to)));
    for (const auto& name : states) {
        if (mermaid_id(name) != name) out.line("    state \"" + name + "\" as " + mermaid_id(name));
    }
    for (const auto& [ends, names] : arrows()) {
        const std::string from = ends.first.empty() ? "[*]" : mermaid_id(ends.first);
        std::string label;
        for (const auto& name : names) label += (label.empty() ? "" : "<br/>") + name;
        out.line("    " + from + " --> " + mermaid_id(ends.second) + " : " + label);
    }
    out.line("    deleted --> [*]");
}

void print_dot(Output& out) {
    out.line("digraph lifecycle {");
    out.line("    rankdir=LR;");
    out.line("    node [shape=box, style=rounded];");
    out.line("    \"\" [shape=point];");
    for (const auto& [ends, names] : arrows()) {
        std::string label;
        for (const auto& name : names) label += name + "\\l";
        out.line("    \"" + ends.first + "\" -> \"" + ends.second + "\" [label=\"" + label + "\"];");
    }
    out.line("}");
}

void print_json(Output& out) {
    auto rows = events::json::OrderedJson::array();
    for (const auto& row : lifecycle::transitions()) {
        events::json::OrderedJson object;
        object["event"] = to_name(row.event);
        object["from"] =
            row.from ? events::json::OrderedJson(to_name(*row.from)) : events::json::OrderedJson();
        object["to"] = to_name(row.to);
        rows.push_back(std::move(object));
    }
    out.document(rows);
}

}  // namespace

void describe_machine(Command& noun) {
    auto format = std::make_shared<std::string>("table");
    const std::vector<std::string> formats{"table", "mermaid", "dot", "json"};
    noun.option("--format", "FORMAT", "How to print it",
                [format, formats](const std::string& text) -> std::string {
                    for (const auto& known : formats) {
                        if (known == text) {
                            *format = text;
                            return {};
                        }
                    }
                    return one_of(formats);
                })
        .choices(formats);
    noun.note("The rows are read out of the Boost.MSM machine that judges every event.");
    noun.example("certledger machine");
    noun.example("certledger machine --format dot | dot -Tsvg > lifecycle.svg");
    noun.run([format](Context& context) -> Result<int> {
        Output& out = context.out();
        if (out.json() || *format == "json") {
            print_json(out);
        } else if (*format == "mermaid") {
            print_mermaid(out);
        } else if (*format == "dot") {
            print_dot(out);
        } else {
            print_table(out);
        }
        return exit_done;
    });
}

}  // namespace certledger::cli

#include <certledger/events/ids.hpp>
#include <map>

#include "args/globals.hpp"
#include "args/registry.hpp"
#include "args/values.hpp"
#include "exit_code.hpp"
#include "nouns/nouns.hpp"

namespace certledger::cli {
namespace {

Take color_mode(ColorMode& slot) {
    return [&slot](const std::string& text) -> std::string {
        static const std::map<std::string, ColorMode> modes{
            {"auto", ColorMode::automatic}, {"always", ColorMode::always}, {"never", ColorMode::never}};
        const auto found = modes.find(text);
        if (found == modes.end()) return "must be one of auto, always, never";
        slot = found->second;
        return {};
    };
}

Take checked(std::string& slot, bool (*well_formed)(std::string_view) noexcept, std::string rule) {
    return [&slot, well_formed, rule = std::move(rule)](const std::string& text) -> std::string {
        if (!well_formed(text)) return rule;
        slot = text;
        return {};
    };
}

}  // namespace

void add_globals(CLI::App& root, Registry& registry, Globals& globals) {
    Command app(&root, &registry);
    app.flag("--json", "Machine output: one JSON document, or JSON Lines for a stream", globals.json);
    app.option("--ledger", "URL", "Where the ledger is (environment: CERTLEDGER; else ./ledger)",
               into(globals.ledger))
        .path();
    app.option("--as-of", "TIME|POSITION", "Query the ledger as it was recorded up to here",
               into(globals.as_of));
    app.option("--as-at", "TIME", "list and progress: as seen at this instant", into(globals.as_at));
    app.option("--actor", "NAME", "Who acts; written into every event (default: the login name)",
               checked(globals.actor, events::well_formed_actor, "must be 1 to 128 octets of UTF-8"));
    app.option("--now", "TIME", "The clock of a ledger made with --simulated-time", into(globals.now));
    app.option("--account", "ID", "Whose certificates and quotas (default: default)",
               checked(globals.account, events::well_formed_id, "must match [A-Za-z0-9._-]{1,64}"));
    app.option("--color", "WHEN", "When to use colours", color_mode(globals.color))
        .choices({"auto", "always", "never"});
    app.flag("-q,--quiet", "No progress and no remarks on stderr", globals.quiet);
    app.flag("-v,--verbose", "Say more", globals.verbose);
    root.add_flag_callback(
        "--wait", [&globals] { globals.wait = true; },
        "Run follow-up work (validation, CA, deployment) to its end (default)");
    root.add_flag_callback(
        "--no-wait", [&globals] { globals.wait = false; }, "Leave follow-up work to `certledger run`");
    root.set_version_flag("--version", "", "Print the version");
}

std::string help_of_program() {
    std::string text =
        "certledger keeps the whole life of TLS certificates as events in one append-only, verifiable log.\n"
        "Usage: certledger [GLOBAL OPTIONS] NOUN VERB [ARGS]      (certledger NOUN VERB --help)\n";
    std::string_view group;
    for (const Noun& noun : nouns()) {
        if (group != noun.group) {
            group = noun.group;
            text += "\n" + std::string(group) + ":\n";
        }
        std::string line = "  " + std::string(noun.name);
        line.resize(std::max<std::size_t>(line.size() + 1, 14), ' ');
        text += line + noun.summary + "\n";
    }
    Registry registry;
    Globals globals;
    CLI::App root("", "certledger");
    root.get_formatter()->column_width(34);
    root.set_help_flag("-h,--help", "Say what it does, what it takes, with examples");
    add_globals(root, registry, globals);
    std::string options = root.help("", CLI::AppFormatMode::Normal);
    options.erase(0, options.find("Options:"));
    text += "\nGlobal options, taken before and after the noun:\n" + options.substr(options.find('\n') + 1);
    text += "\nExit codes:\n";
    for (const auto& row : kExitCodes) {
        std::string code = std::to_string(row.code);
        code.resize(3, ' ');
        text += "  " + code + row.meaning + "\n";
    }
    text +=
        "\nExamples:\n"
        "  certledger quota buy --brand digicert --level dv --kind single --count 3 --price \"100.00 USD\"\n"
        "  certledger cert create --quota q1 --domain example.com\n"
        "  certledger cert apply example.com --validation http-file --contact \"Ada <ada@example.com> "
        "+44123456\"\n"
        "  certledger list --status issued --expiring-within 30d --sort not-after\n"
        "  # why a certificate stands where it does, who did it, by which rule, what comes back, what next\n"
        "  certledger cert why example.com\n"
        "  # what other rules would have decided, and what that comes to in money\n"
        "  certledger audit what-if --policy refund.json\n";
    return text;
}

}  // namespace certledger::cli

// The command line, as its parser describes it, and the exit codes.
#include "args/command.hpp"
#include "exit_code.hpp"
#include "reference/reference.hpp"

namespace certledger::cli {
namespace {

std::string joined(const std::vector<std::string>& words, const char* between) {
    std::string text;
    for (const auto& word : words) text += (text.empty() ? "" : between) + word;
    return text;
}

void add_flags(std::string& page, const std::vector<Parser::Entry::Flag>& flags) {
    for (const auto& flag : flags) {
        if (!flag.names.empty() && flag.names.front() == "--help") continue;
        page += "- `" + joined(flag.names, "`, `") + "`";
        if (!flag.help.empty()) page += ": " + flag.help;
        if (!flag.choices.empty()) page += " (" + joined(flag.choices, ", ") + ")";
        page += "\n";
    }
}

void add_arguments(std::string& page, const std::vector<Parser::Entry::Flag>& arguments) {
    for (const auto& argument : arguments) {
        page += "- its word: " + argument.help;
        if (!argument.choices.empty()) page += " (" + joined(argument.choices, ", ") + ")";
        page += "\n";
    }
}

}  // namespace

void add_program(std::string& page) {
    page += "## Exit codes\n\n| code | meaning |\n| --- | --- |\n";
    for (const auto& row : kExitCodes) {
        page += "| " + std::to_string(row.code) + " | " + row.meaning + " |\n";
    }
    page += "\n## Command line\n\n";
    for (const auto& entry : Parser::describe_all()) {
        page += entry.path.empty() ? "### Globals\n\n" : "### certledger " + entry.path + "\n\n";
        page += entry.path.empty() ? "Taken before and after the noun.\n\n" : entry.summary + "\n\n";
        const std::size_t before = page.size();
        add_arguments(page, entry.arguments);
        add_flags(page, entry.flags);
        if (page.size() > before) page += "\n";
    }
}

}  // namespace certledger::cli

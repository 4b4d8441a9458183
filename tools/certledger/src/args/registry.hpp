// Role: shared by the two files that know the parser library: what stands beside its own description.
#pragma once

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <map>

#include "args/command.hpp"

namespace certledger::cli {

struct OptionNotes {
    std::vector<std::string> choices;
    bool is_path = false;
};

struct CommandNotes {
    Run run;
    bool is_query = false;
    std::string examples;
    std::string paragraphs;
};

struct Registry {
    std::map<const CLI::App*, CommandNotes> commands;
    std::map<const CLI::Option*, OptionNotes> options;
};

/// Adds the options that every command takes.
void add_globals(CLI::App& root, Registry& registry, Globals& globals);

/// Help of the program itself, from the table of nouns.
[[nodiscard]] std::string help_of_program();

}  // namespace certledger::cli

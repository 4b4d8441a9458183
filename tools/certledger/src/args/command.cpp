#include "args/command.hpp"

#include <charconv>

#include "args/registry.hpp"

namespace certledger::cli {
namespace {

std::string joined(const std::vector<std::string>& words, const char* between) {
    std::string text;
    for (const auto& word : words) {
        if (!text.empty()) text += between;
        text += word;
    }
    return text;
}

void set_footer(CLI::App& app, const CommandNotes& notes) {
    std::string footer = notes.paragraphs;
    if (!notes.examples.empty()) footer += "\nExamples:\n" + notes.examples;
    app.footer(footer + "\nOptions for every command (--ledger, --json, --as-of, …): certledger --help");
}

CLI::callback_t calling(Take take, std::string name) {
    return [take = std::move(take), name = std::move(name)](const CLI::results_t& values) {
        for (const auto& value : values) {
            const std::string fault = take(value);
            if (!fault.empty()) throw CLI::ValidationError(name, "\"" + value + "\" " + fault);
        }
        return true;
    };
}

}  // namespace

Take into(std::string& slot) {
    return [&slot](const std::string& text) {
        slot = text;
        return std::string();
    };
}

Take into(std::optional<std::string>& slot) {
    return [&slot](const std::string& text) {
        slot = text;
        return std::string();
    };
}

Take into(std::vector<std::string>& slot) {
    return [&slot](const std::string& text) {
        slot.push_back(text);
        return std::string();
    };
}

Take into(std::optional<std::int64_t>& slot, std::int64_t least) {
    return [&slot, least](const std::string& text) -> std::string {
        std::int64_t value = 0;
        const char* end = text.data() + text.size();
        const auto [stop, error] = std::from_chars(text.data(), end, value);
        if (error != std::errc() || stop != end || value < least) {
            return "must be a whole number of at least " + std::to_string(least);
        }
        slot = value;
        return {};
    };
}

std::string one_of(const std::vector<std::string>& choices) {
    return "must be one of " + joined(choices, ", ");
}

Option& Option::required() {
    option_->required();
    return *this;
}

Option& Option::many() {
    option_->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    if (option_->get_positional()) {
        option_->expected(option_->get_required() ? 1 : 0, CLI::detail::expected_max_vector_size);
        // Without this the library gives a place only as many words as it needs.
        option_->allow_extra_args(true);
    }
    return *this;
}

Option& Option::choices(const std::vector<std::string>& names) {
    registry_->options[option_].choices = names;
    const std::string all = joined(names, "|");
    if (all.size() <= 24) {
        option_->type_name(all);
    } else {
        option_->description(option_->get_description() + ": " + joined(names, ", "));
    }
    return *this;
}

Option& Option::path() {
    registry_->options[option_].is_path = true;
    return *this;
}

Command Command::verb(const std::string& name, const std::string& summary) {
    CLI::App* verb = app_->add_subcommand(name, summary);
    set_footer(*verb, registry_->commands[verb]);
    return {verb, registry_};
}

Option Command::option(const std::string& names, const std::string& value, const std::string& help,
                       Take take) {
    const std::string shown = names.substr(names.find("--"));
    CLI::Option* option = app_->add_option(names, calling(std::move(take), shown), help);
    option->type_name(value)->type_size(1)->expected(1)->allow_extra_args(false);
    option->multi_option_policy(CLI::MultiOptionPolicy::Throw);
    return {option, registry_};
}

void Command::flag(const std::string& names, const std::string& help, bool& slot) {
    app_->add_flag_callback(
        names, [&slot] { slot = true; }, help);
}

Option Command::argument(const std::string& name, const std::string& help, Take take) {
    CLI::Option* option = app_->add_option(name, calling(std::move(take), name), help);
    option->type_name("")->type_size(1)->expected(1);
    return {option, registry_};
}

void Command::example(const std::string& line, const std::string& says) {
    auto& notes = registry_->commands[app_];
    notes.examples += (says.empty() ? std::string() : "  # " + says + "\n") + "  " + line + "\n";
    set_footer(*app_, notes);
}

void Command::note(const std::string& paragraph) {
    auto& notes = registry_->commands[app_];
    notes.paragraphs += paragraph + "\n";
    set_footer(*app_, notes);
}

void Command::run(Run run) { registry_->commands[app_].run = std::move(run); }

void Command::query(Run run) {
    registry_->commands[app_].is_query = true;
    this->run(std::move(run));
}

std::string nearest(std::string_view word, const std::vector<std::string>& known) {
    std::string best;
    std::size_t best_distance = word.size() <= 4 ? 2 : 3;
    for (const auto& candidate : known) {
        std::vector<std::size_t> row(candidate.size() + 1);
        for (std::size_t j = 0; j < row.size(); ++j) row[j] = j;
        for (std::size_t i = 1; i <= word.size(); ++i) {
            std::size_t diagonal = row[0];
            row[0] = i;
            for (std::size_t j = 1; j < row.size(); ++j) {
                const std::size_t change = diagonal + (word[i - 1] == candidate[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = std::min({row[j] + 1, row[j - 1] + 1, change});
            }
        }
        if (row.back() < best_distance) {
            best_distance = row.back();
            best = candidate;
        }
    }
    return best;
}

}  // namespace certledger::cli

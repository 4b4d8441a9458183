#include <algorithm>
#include <cstring>

#include "args/globals.hpp"
#include "args/registry.hpp"
#include "args/values.hpp"
#include "nouns/nouns.hpp"

namespace certledger::cli {
namespace {

const Noun* noun_named(std::string_view name) {
    for (const Noun& noun : nouns()) {
        if (name == noun.name) return &noun;
    }
    return nullptr;
}

std::vector<std::string> names_of_nouns() {
    std::vector<std::string> names;
    for (const Noun& noun : nouns()) names.emplace_back(noun.name);
    return names;
}

CLI::App* add_noun(CLI::App& root, Registry& registry, const Noun& noun) {
    CLI::App* app = root.add_subcommand(noun.name, noun.summary);
    Command command(app, &registry);
    noun.describe(command);
    // A noun without examples of its own shows the first of each of its verbs.
    if (registry.commands[app].examples.empty()) {
        for (const CLI::App* verb : app->get_subcommands({})) {
            const std::string& examples = registry.commands[verb].examples;
            const auto end = examples.find('\n');
            if (end != std::string::npos && examples.starts_with("  certledger"))
                command.example(examples.substr(2, end - 2));
        }
    }
    return app;
}

std::unique_ptr<CLI::App> make_root(Registry& registry, Globals& globals) {
    auto root = std::make_unique<CLI::App>("", "certledger");
    // Inherited by every noun and verb, so it must stand before them.
    root->get_formatter()->column_width(34);
    root->get_formatter()->label("REQUIRED", "(needed)");
    root->get_formatter()->label("SUBCOMMAND", "VERB");
    root->get_formatter()->label("SUBCOMMANDS", "VERBS");
    root->get_formatter()->label("Subcommands", "Verbs");
    root->set_help_flag("-h,--help", "Say what it does, what it takes, with examples");
    add_globals(*root, registry, globals);
    return root;
}

CLI::App& deepest(CLI::App& root) {
    CLI::App* app = &root;
    while (!app->get_subcommands().empty()) app = app->get_subcommands().back();
    return *app;
}

std::string path_of(const CLI::App& app) {
    if (app.get_parent() == nullptr) return {};
    const std::string above = path_of(*app.get_parent());
    return above.empty() ? app.get_name() : above + " " + app.get_name();
}

std::vector<std::string> verbs_of(const CLI::App& app) {
    std::vector<std::string> names;
    for (const CLI::App* verb : app.get_subcommands({})) names.push_back(verb->get_name());
    return names;
}

std::vector<std::string> flags_of(const CLI::App& app) {
    std::vector<std::string> names;
    for (const CLI::App* level = &app; level != nullptr; level = level->get_parent()) {
        for (const CLI::Option* option : level->get_options()) {
            for (const auto& name : option->get_lnames()) names.push_back("--" + name);
        }
    }
    return names;
}

std::string listed(const std::vector<std::string>& words) {
    std::string text;
    for (const auto& word : words) text += (text.empty() ? "" : ", ") + word;
    return text;
}

/// What to say about words that nothing takes.
std::string about_extras(const CLI::App& verb) {
    const CLI::App* at = &verb;
    while (at->remaining(false).empty() && at->get_parent() != nullptr) at = at->get_parent();
    const CLI::App& app = *at;
    const auto extras = app.remaining(false);
    const std::string word = extras.empty() ? std::string() : extras.front();
    const std::string path = path_of(app);
    const bool is_flag = word.size() > 1 && word[0] == '-';
    const std::string name = is_flag ? word.substr(0, word.find('=')) : word;
    const auto of_verb = is_flag && at != &verb ? flags_of(verb) : std::vector<std::string>();
    if (std::find(of_verb.begin(), of_verb.end(), name) != of_verb.end()) {
        return "option \"" + name + "\" stands before its verb, must stand behind: certledger " +
               path_of(verb) + " " + name + " …";
    }
    std::string text = is_flag ? "unknown option \"" + name + "\"" : "unexpected word \"" + word + "\"";
    text += path.empty() ? std::string() : " for \"" + path + "\"";
    const std::string near = nearest(name, is_flag ? flags_of(app) : verbs_of(app));
    if (!near.empty()) text += "; did you mean \"" + near + "\"?";
    return text + " (certledger " + (path.empty() ? "" : path + " ") + "--help)";
}

/// The library's words for a value that is missing or one too many, in ours.
std::string about_fault(const CLI::ParseError& error) {
    const std::string text = error.what();
    const auto name = text.substr(0, text.find(": "));
    if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) == nullptr || name == text) return text;
    return name + (text.find("At Most") == std::string::npos ? " needs a value" : " is given more than once");
}

std::string unknown_noun(const std::string& word) {
    const std::string near = nearest(word, names_of_nouns());
    return "unknown command \"" + word + "\"" + (near.empty() ? "" : "; did you mean \"" + near + "\"?") +
           " (certledger --help)";
}

/// `help quota buy` is `quota buy --help`.
std::vector<std::string> help_as_flag(std::vector<std::string> words, std::size_t at) {
    words.erase(words.begin() + static_cast<std::ptrdiff_t>(at));
    words.emplace_back("--help");
    return words;
}

/// Index of the noun: the first word that is neither a global nor the value of one.
std::size_t noun_index(const std::vector<std::string>& words) {
    std::size_t i = 0;
    while (i < words.size() && words[i].size() > 1 && words[i][0] == '-') {
        const bool with_value = words[i].rfind("--", 0) == 0 && words[i].find('=') == std::string::npos &&
                                global_takes_value(words[i]);
        i += with_value ? 2 : 1;
    }
    return i;
}

Parsed help(std::string text) {
    Parsed parsed;
    parsed.kind = Parsed::Kind::help;
    parsed.text = std::move(text);
    return parsed;
}

}  // namespace

Parser::Parser() = default;
Parser::~Parser() = default;

Result<Parsed> Parser::parse(const std::vector<std::string>& arguments, Globals& globals) {
    std::vector<std::string> words = globals_first(arguments);
    std::size_t at = noun_index(words);
    for (std::size_t i = 0; i < at && i < words.size(); ++i)
        globals.json = globals.json || words[i] == "--json";
    if (at < words.size() && words[at] == "help") {
        words = help_as_flag(std::move(words), at);
        at = noun_index(words);
    }
    registry_ = std::make_unique<Registry>();
    root_ = make_root(*registry_, globals);
    const bool has_noun = at < words.size();
    if (has_noun) {
        const Noun* noun = noun_named(words[at]);
        if (noun == nullptr) return fail(ErrorKind::invalid_input, unknown_noun(words[at]));
        add_noun(*root_, *registry_, *noun);
    }
    try {
        // The library takes the words from the end, and takes them away.
        std::reverse(words.begin(), words.end());
        root_->parse(words);
    } catch (const CLI::CallForHelp&) {
        return help(has_noun ? root_->help("", CLI::AppFormatMode::Normal) : help_of_program());
    } catch (const CLI::CallForVersion&) {
        Parsed parsed;
        parsed.kind = Parsed::Kind::version;
        return parsed;
    } catch (const CLI::ExtrasError&) {
        return fail(ErrorKind::invalid_input, about_extras(deepest(*root_)));
    } catch (const CLI::ParseError& error) {
        const std::string path = path_of(deepest(*root_));
        return fail(ErrorKind::invalid_input,
                    about_fault(error) + " (certledger " + (path.empty() ? "" : path + " ") + "--help)");
    }
    CLI::App& app = deepest(*root_);
    Parsed parsed;
    parsed.command = path_of(app);
    parsed.run = registry_->commands[&app].run;
    if (!parsed.run) {
        if (parsed.command.empty())
            return fail(ErrorKind::invalid_input, "no command given (certledger --help)");
        return fail(ErrorKind::invalid_input, "\"" + parsed.command +
                                                  "\" needs a verb: " + listed(verbs_of(app)) +
                                                  " (certledger " + parsed.command + " --help)");
    }
    if ((globals.as_of || globals.as_at) && !registry_->commands[&app].is_query) {
        return fail(ErrorKind::invalid_input,
                    std::string(globals.as_of ? "--as-of" : "--as-at") + " is for queries; \"" +
                        parsed.command + "\" does not take it (certledger " + parsed.command + " --help)");
    }
    return parsed;
}

namespace {

Parser::Entry::Flag flag_of(const CLI::Option& option, const Registry& registry) {
    Parser::Entry::Flag flag;
    for (const auto& name : option.get_lnames()) flag.names.push_back("--" + name);
    for (const auto& name : option.get_snames()) flag.names.push_back("-" + name);
    flag.help = option.get_description();
    flag.takes_value = option.get_items_expected_max() > 0;
    const auto notes = registry.options.find(&option);
    if (notes != registry.options.end()) {
        flag.choices = notes->second.choices;
        flag.is_path = notes->second.is_path;
    }
    return flag;
}

void collect(const CLI::App& app, const Registry& registry, std::vector<Parser::Entry>& entries) {
    Parser::Entry entry;
    entry.path = path_of(app);
    entry.summary = app.get_description();
    for (const CLI::Option* option : app.get_options()) {
        (option->nonpositional() ? entry.flags : entry.arguments).push_back(flag_of(*option, registry));
    }
    entry.verbs = verbs_of(app);
    entries.push_back(std::move(entry));
    for (const CLI::App* verb : app.get_subcommands({})) collect(*verb, registry, entries);
}

}  // namespace

std::vector<Parser::Entry> Parser::describe_all() {
    Registry registry;
    Globals globals;
    const auto root = make_root(registry, globals);
    for (const Noun& noun : nouns()) add_noun(*root, registry, noun);
    std::vector<Entry> entries;
    collect(*root, registry, entries);
    return entries;
}

}  // namespace certledger::cli

// Role: how a noun or verb of the program says what it is called, what it takes and what it does. The parser
// library stands behind it, in command.cpp alone: one translation unit pays for its templates.
#pragma once

#include <certledger/events/named_enum.hpp>
#include <certledger/events/result.hpp>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace certledger::cli {

class Context;

/// Carries a parsed command out; the value is the exit code.
using Run = std::function<Result<int>(Context&)>;

/// Puts one value of an option where it belongs. Empty when it was taken; else the rule that it breaks.
using Take = std::function<std::string(const std::string& text)>;

[[nodiscard]] Take into(std::string& slot);
[[nodiscard]] Take into(std::optional<std::string>& slot);
[[nodiscard]] Take into(std::vector<std::string>& slot);
/// A whole number of at least `least`.
[[nodiscard]] Take into(std::optional<std::int64_t>& slot, std::int64_t least = 0);

/// "must be one of a, b, c".
[[nodiscard]] std::string one_of(const std::vector<std::string>& choices);

template <events::NamedEnum E>
[[nodiscard]] std::vector<std::string> names_of() {
    std::vector<std::string> names;
    for (const auto& entry : events::EnumTraits<E>::entries) names.emplace_back(entry.name);
    return names;
}

template <events::NamedEnum E>
[[nodiscard]] Take into(std::optional<E>& slot) {
    return [&slot](const std::string& text) -> std::string {
        slot = events::from_name<E>(text);
        return slot ? std::string() : one_of(names_of<E>());
    };
}

template <events::NamedEnum E>
[[nodiscard]] Take into(std::vector<E>& slot) {
    return [&slot](const std::string& text) -> std::string {
        const auto value = events::from_name<E>(text);
        if (!value) return one_of(names_of<E>());
        slot.push_back(*value);
        return {};
    };
}

/// Takes what `read` makes of the text; `rule` is said when it makes nothing of it.
template <class T, class Read>
[[nodiscard]] Take into(std::optional<T>& slot, Read read, std::string rule) {
    return [&slot, read, rule = std::move(rule)](const std::string& text) -> std::string {
        slot = read(text);
        return slot ? std::string() : rule;
    };
}

/// What the parser's library has no room for; one for each parser.
struct Registry;

/// An option just described; lives as long as its command.
class Option {
  public:
    Option(CLI::Option* option, Registry* registry) : option_(option), registry_(registry) {}
    Option& required();
    /// May be given more than once.
    Option& many();
    /// What shell completion and help offer.
    Option& choices(const std::vector<std::string>& names);
    /// Its value names a file or folder.
    Option& path();

  private:
    CLI::Option* option_;
    Registry* registry_;
};

/// A noun or a verb. A handle: copies describe the same command, which lives as long as the program's parser.
class Command {
  public:
    Command(CLI::App* app, Registry* registry) : app_(app), registry_(registry) {}

    Command verb(const std::string& name, const std::string& summary);
    /// `names` is `--long` or `-s,--long`; `value` is what help calls the value.
    Option option(const std::string& names, const std::string& value, const std::string& help, Take take);
    /// An option whose value must be one of an enumeration's names.
    template <events::NamedEnum E, class Slot>
    Option choice(const std::string& names, const std::string& help, Slot& slot) {
        return option(names, std::string(events::EnumTraits<E>::kind), help, into(slot))
            .choices(names_of<E>());
    }
    void flag(const std::string& names, const std::string& help, bool& slot);
    /// A value by its place.
    Option argument(const std::string& name, const std::string& help, Take take);
    void example(const std::string& line, const std::string& says = {});
    void note(const std::string& paragraph);
    void run(Run run);
    /// As run(), of a command that asks: --as-of and --as-at are for these alone.
    void query(Run run);

  private:
    CLI::App* app_;
    Registry* registry_;
};

/// Nouns stand in one table (nouns/nouns.hpp); `describe` is only called for the noun that was named, so that
/// a start does not pay for all of them.
struct Noun {
    const char* name;
    const char* group;
    const char* summary;
    void (*describe)(Command&);
};

struct Globals;

/// What the command line asks for.
struct Parsed {
    enum class Kind { run, help, version };
    Kind kind = Kind::run;
    std::string text;  ///< Of help.
    Run run;
    std::string command;  ///< Noun and verb, for messages.
};

/// The parser of one command line.
class Parser {
  public:
    Parser();
    ~Parser();
    Parser(const Parser&) = delete;
    Parser& operator=(const Parser&) = delete;

    /// invalid_input: the message names the flag or word and hints at what was meant. Globals are filled in
    /// as far as they were read even then, so that the fault can be told in the form asked for.
    [[nodiscard]] Result<Parsed> parse(const std::vector<std::string>& arguments, Globals& globals);

    /// Every noun and verb with its options, for shell completion.
    struct Entry {
        std::string path;  ///< "cert buy"; empty for the program itself.
        std::string summary;
        struct Flag {
            std::vector<std::string> names;
            std::string help;
            bool takes_value = false;
            bool is_path = false;
            std::vector<std::string> choices;
        };
        std::vector<Flag> flags;
        std::vector<Flag> arguments;
        std::vector<std::string> verbs;
    };
    [[nodiscard]] static std::vector<Entry> describe_all();

  private:
    std::unique_ptr<Registry> registry_;
    std::unique_ptr<CLI::App> root_;
};

/// The known word nearest to `word` by edit distance; empty when none is near.
[[nodiscard]] std::string nearest(std::string_view word, const std::vector<std::string>& known);

}  // namespace certledger::cli

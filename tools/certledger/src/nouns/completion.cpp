#include "context.hpp"
#include "nouns/nouns.hpp"

namespace certledger::cli {
namespace {

using Entries = std::vector<Parser::Entry>;

std::string joined(const std::vector<std::string>& words, char between = ' ') {
    std::string text;
    for (const auto& word : words) text += (text.empty() ? std::string() : std::string(1, between)) + word;
    return text;
}

/// Nouns and verbs after the path, then its flags with those of the program.
std::string words_after(const Parser::Entry& entry, const Parser::Entry& program) {
    std::vector<std::string> words = entry.verbs;
    for (const auto& argument : entry.arguments)
        words.insert(words.end(), argument.choices.begin(), argument.choices.end());
    for (const auto* source : {&entry, &program}) {
        for (const auto& flag : source->flags) {
            if (source == &program && &entry != &program && flag.names.front() == "--help") continue;
            words.insert(words.end(), flag.names.begin(), flag.names.end());
        }
    }
    return joined(words);
}

/// The nouns and verbs of a line: the words that stand before any option.
std::string bash_script(const Entries& entries) {
    std::string text =
        "# bash completion of certledger: source <(certledger completion bash)\n"
        "_certledger() {\n"
        "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} path= word i skip=0\n"
        "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
        "        word=${COMP_WORDS[i]}\n"
        "        if ((skip)); then skip=0; continue; fi\n"
        "        case $word in\n"
        "            --ledger|--as-of|--as-at|--actor|--now|--account|--color) skip=1 ;;\n"
        "            -*) ;;\n"
        "            *) case \" ${path:+$path }$word \" in\n";
    for (const auto& entry : entries) {
        if (!entry.path.empty())
            text += "                \" " + entry.path + " \") path='" + entry.path + "' ;;\n";
    }
    text +=
        "            esac ;;\n"
        "        esac\n"
        "    done\n"
        "    case \"$path:$prev\" in\n";
    for (const auto& entry : entries) {
        for (const auto& flag : entry.flags) {
            if (!flag.takes_value) continue;
            for (const auto& name : flag.names) {
                const std::string key =
                    entry.path.empty() ? "*:" + name : "'" + entry.path + ":" + name + "'";
                const std::string words = flag.is_path ? "-f" : "-W '" + joined(flag.choices) + "'";
                text += "        " + key + ") COMPREPLY=($(compgen " + words + " -- \"$cur\")); return ;;\n";
            }
        }
    }
    text += "    esac\n    case \"$path\" in\n";
    for (const auto& entry : entries) {
        text += "        '" + entry.path + "') COMPREPLY=($(compgen -W '" +
                words_after(entry, entries.front()) + "' -- \"$cur\")) ;;\n";
    }
    return text + "    esac\n}\ncomplete -F _certledger -o default certledger\n";
}

std::string single_quoted(const std::string& text) {
    std::string result = "'";
    for (const char c : text) result += c == '\'' ? std::string("\\'") : std::string(1, c);
    return result + "'";
}

std::string fish_condition(const std::string& path) {
    if (path.empty()) return "__fish_use_subcommand";
    std::string condition;
    std::size_t at = 0;
    while (at != std::string::npos) {
        const auto end = path.find(' ', at);
        condition += (condition.empty() ? "" : "; and ") +
                     ("__fish_seen_subcommand_from " + path.substr(at, end - at));
        at = end == std::string::npos ? end : end + 1;
    }
    return condition;
}

std::string fish_flag(const Parser::Entry::Flag& flag, const std::string& condition) {
    std::string line =
        "complete -c certledger" + (condition.empty() ? "" : " -n " + single_quoted(condition));
    for (const auto& name : flag.names) {
        line += name.rfind("--", 0) == 0 ? " -l " + name.substr(2) : " -s " + name.substr(1);
    }
    if (flag.takes_value) line += flag.is_path ? " -r -F" : " -x";
    if (!flag.choices.empty()) line += " -a " + single_quoted(joined(flag.choices));
    return line + " -d " + single_quoted(flag.help.substr(0, flag.help.find(':'))) + "\n";
}

std::string fish_script(const Entries& entries) {
    std::string text = "# fish completion of certledger: certledger completion fish | source\n";
    text += "complete -c certledger -f\n";
    for (const auto& entry : entries) {
        const std::string condition = fish_condition(entry.path);
        for (const auto& verb : entry.verbs) {
            std::string summary;
            const std::string path = entry.path.empty() ? verb : entry.path + " " + verb;
            for (const auto& other : entries) summary = other.path == path ? other.summary : summary;
            const std::string unseen =
                entry.path.empty()
                    ? condition
                    : condition + "; and not __fish_seen_subcommand_from " + joined(entry.verbs);
            text += "complete -c certledger -n " + single_quoted(unseen) + " -a " + single_quoted(verb) +
                    " -d " + single_quoted(summary) + "\n";
        }
        for (const auto& flag : entry.flags)
            text += fish_flag(flag, entry.path.empty() ? std::string() : condition);
    }
    return text;
}

// zsh runs the same table through its emulation of bash's completion.
std::string zsh_script(const Entries& entries) {
    return "#compdef certledger\n# zsh completion of certledger: source <(certledger completion zsh)\n"
           "autoload -Uz bashcompinit && bashcompinit\n" +
           bash_script(entries);
}

}  // namespace

void describe_completion(Command& noun) {
    auto shell = std::make_shared<std::string>();
    const std::vector<std::string> shells{"bash", "zsh", "fish"};
    noun.argument("SHELL", "bash, zsh or fish",
                  [shell, shells](const std::string& text) -> std::string {
                      *shell = text;
                      for (const auto& known : shells) {
                          if (known == text) return {};
                      }
                      return one_of(shells);
                  })
        .required()
        .choices(shells);
    noun.example("source <(certledger completion bash)");
    noun.example("certledger completion fish > ~/.config/fish/completions/certledger.fish");
    noun.run([shell](Context& context) -> Result<int> {
        const Entries entries = Parser::describe_all();
        context.out().text(*shell == "bash"  ? bash_script(entries)
                           : *shell == "zsh" ? zsh_script(entries)
                                             : fish_script(entries));
        return exit_done;
    });
}

}  // namespace certledger::cli

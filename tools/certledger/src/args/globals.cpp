#include "args/globals.hpp"

#include <pwd.h>
#include <unistd.h>

#include <array>
#include <certledger/events/ids.hpp>
#include <cstdlib>
#include <string_view>

namespace certledger::cli {
namespace {

constexpr std::array<std::string_view, 7> kWithValue{"--ledger", "--as-of",   "--as-at", "--actor",
                                                     "--now",    "--account", "--color"};
constexpr std::array<std::string_view, 7> kPlain{"--json", "--quiet", "-q",       "--verbose",
                                                 "-v",     "--wait",  "--no-wait"};

template <std::size_t N>
bool among(const std::array<std::string_view, N>& words, std::string_view word) {
    for (const auto known : words) {
        if (known == word) return true;
    }
    return false;
}

const char* environment(const char* name) {
    const char* value = std::getenv(name);
    return value != nullptr && *value != '\0' ? value : nullptr;
}

// The password database first: LOGNAME and USER are what anyone wrote into them.
std::string login_name() {
    const passwd* entry = getpwuid(geteuid());
    if (entry != nullptr && events::well_formed_actor(entry->pw_name)) return entry->pw_name;
    for (const char* name : {"LOGNAME", "USER"}) {
        const char* value = environment(name);
        if (value != nullptr && events::well_formed_actor(value)) return value;
    }
    return "uid-" + std::to_string(geteuid());
}

}  // namespace

bool global_takes_value(std::string_view name) { return among(kWithValue, name); }

Globals default_globals() {
    Globals globals;
    if (const char* ledger = environment("CERTLEDGER")) globals.ledger = ledger;
    if (environment("NO_COLOR") != nullptr) globals.color = ColorMode::never;
    globals.actor = login_name();
    return globals;
}

std::vector<std::string> globals_first(const std::vector<std::string>& arguments) {
    std::vector<std::string> front;
    std::vector<std::string> rest;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const std::string& word = arguments[i];
        if (word == "--") {
            rest.insert(rest.end(), arguments.begin() + static_cast<std::ptrdiff_t>(i), arguments.end());
            break;
        }
        const std::string_view name = std::string_view(word).substr(0, word.find('='));
        if (among(kPlain, word)) {
            front.push_back(word);
        } else if (among(kWithValue, name)) {
            front.push_back(word);
            if (name.size() == word.size() && i + 1 < arguments.size()) front.push_back(arguments[++i]);
        } else {
            rest.push_back(word);
        }
    }
    front.insert(front.end(), rest.begin(), rest.end());
    return front;
}

}  // namespace certledger::cli

#include "policy_file.hpp"

#include <certledger/events/json/archive.hpp>
#include <certledger/events/json/parse.hpp>

#include "args/values.hpp"

namespace certledger::cli {
namespace {

using events::json::Json;

constexpr std::size_t kMaxPolicyFile = 1U << 20U;

/// The policy itself, also where it stands in what `policy show` prints.
const Json& policy_in(const Json& object) {
    const auto inner = object.is_object() ? object.find("policy") : object.end();
    return object.is_object() && inner != object.end() ? *inner : object;
}

}  // namespace

Result<std::vector<events::Policy>> read_policies(const std::string& file) {
    const auto text = read_text_file(file, kMaxPolicyFile);
    if (!text) return tl::make_unexpected(text.error());
    const auto document = events::json::parse(*text, kMaxPolicyFile);
    if (!document) {
        return fail(ErrorKind::invalid_input, "policy file " + file + ": " + document.error().message);
    }
    std::vector<events::Policy> policies;
    const auto take = [&](const Json& object) -> Result<void> {
        auto policy = events::json::from_json<events::Policy>(policy_in(object));
        if (!policy) {
            return fail(ErrorKind::invalid_input, "policy file " + file + ": " + policy.error().message);
        }
        policies.push_back(std::move(*policy));
        return {};
    };
    if (!document->is_array()) {
        if (auto taken = take(*document); !taken) return tl::make_unexpected(taken.error());
        return policies;
    }
    for (const auto& object : *document) {
        if (auto taken = take(object); !taken) return tl::make_unexpected(taken.error());
    }
    if (policies.empty())
        return fail(ErrorKind::invalid_input, "policy file " + file + ": it holds no policy");
    return policies;
}

std::string terms_text(const events::Policy& policy) {
    events::json::OrderedJson object = events::json::to_json_object(policy);
    std::string text;
    for (const auto& [name, value] : object.items()) {
        if (name == "kind" || name == "effective_from") continue;
        std::string shown_value;
        if (name == "steps") {
            for (const auto& step : value) {
                shown_value += (shown_value.empty() ? "" : ", ") + step["days"].dump() + " d from " +
                               step["from"].get<std::string>().substr(0, 10);
            }
        } else {
            shown_value = value.is_string() ? value.get<std::string>() : value.dump();
        }
        text += (text.empty() ? "" : "; ") + name + " " + shown_value;
    }
    return text;
}

}  // namespace certledger::cli

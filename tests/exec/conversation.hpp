// What the tests of exec share: lines in, answers out.
#pragma once

#include <certledger/events/json/json.hpp>
#include <certledger/tools/exec/exec.hpp>
#include <cstdio>
#include <sstream>
#include <string>
#include <vector>

#include "support.hpp"

namespace certledger::testing {

using events::json::OrderedJson;

inline exec::ExecOptions as_ada() {
    exec::ExecOptions options;
    options.actor = "ada";
    return options;
}

/// A file without a name.
class Scratch {
  public:
    explicit Scratch(const std::string& text = {}) : file_(std::tmpfile()) {
        std::fwrite(text.data(), 1, text.size(), file_);
        std::fflush(file_);
        std::rewind(file_);
    }
    ~Scratch() { std::fclose(file_); }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    [[nodiscard]] int descriptor() const { return fileno(file_); }
    [[nodiscard]] std::string text() const {
        std::rewind(file_);
        std::string text;
        char block[65'536];
        for (std::size_t count = 0; (count = std::fread(block, 1, sizeof block, file_)) > 0;)
            text.append(block, count);
        return text;
    }

  private:
    std::FILE* file_;
};

struct Conversation {
    std::vector<std::string> lines;
    Result<std::uint64_t> outcome;
};

inline Conversation converse(engine::Ledger& ledger, const std::string& input,
                             const exec::ExecOptions& options = as_ada()) {
    const Scratch in(input);
    const Scratch out;
    auto outcome = exec::run(ledger, in.descriptor(), out.descriptor(), options);
    Conversation spoken{{}, std::move(outcome)};
    std::istringstream text(out.text());
    for (std::string line; std::getline(text, line);) spoken.lines.push_back(line);
    return spoken;
}

/// The one answer to one line.
inline OrderedJson answer(engine::Ledger& ledger, const std::string& line,
                          const exec::ExecOptions& options = as_ada()) {
    const auto spoken = converse(ledger, line + "\n", options);
    if (!spoken.outcome) throw std::runtime_error("exec failed: " + spoken.outcome.error().message);
    if (spoken.lines.size() != 1) throw std::runtime_error("not one answer");
    return OrderedJson::parse(spoken.lines[0]);
}

inline std::string code(const OrderedJson& answer) {
    return answer.contains("refusal") ? answer["refusal"]["code"].get<std::string>() : "";
}
inline std::string field(const OrderedJson& answer) {
    const auto& refusal = answer.at("refusal");
    return refusal.contains("field") ? refusal["field"].get<std::string>() : "";
}

/// The members of an object in their order.
inline std::vector<std::string> members(const OrderedJson& object) {
    std::vector<std::string> names;
    for (const auto& [name, value] : object.items()) names.push_back(name);
    return names;
}

}  // namespace certledger::testing

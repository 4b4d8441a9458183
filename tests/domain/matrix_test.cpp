// Every status and combination of flags that can be reached, times every command: what the domain answers,
// kept in matrix/*.txt for people to review. `test_domain_matrix "[update]"` writes the files anew.
#include <catch2/catch.hpp>
#include <deque>
#include <fstream>
#include <sstream>

#include "support/compare.hpp"
#include "support/scenes.hpp"

namespace {

using namespace certledger;
using namespace certledger::testing;
using model::kDay;
using model::Request;

const std::vector<std::string> kWays{"dv", "ov", "quota", "free", "upload", "upload-key"};

/// Status and flags of k, on one line; what tells two rows of the matrix apart.
std::string flags(const Pair& pair) {
    const auto found = pair.model.certificates().find("k");
    if (found == pair.model.certificates().end()) return "none";
    const auto& c = found->second;
    std::string text = c.status;
    const auto flag = [&text](bool set, const std::string& name) {
        if (set) text += ", " + name;
    };
    if (c.status == "deleted") return text;
    flag(c.status == "pending-verification" && c.mail_at.has_value(), "mail confirmed");
    flag(c.status == "pending-verification" && c.organization_at.has_value(), "organization verified");
    flag(c.status == "pending-verification" && !c.validations.empty(),
         !c.validations.empty() && c.validations.begin()->second.succeeded ? "validated"
                                                                           : "validation failed");
    flag((c.status == "issued" || c.status == "expired" || c.status == "revoked") && c.key_held, "key held");
    flag(c.hosted, "hosted");
    flag(c.requested, c.confirmed ? "revocation confirmed" : "revocation requested");
    flag(c.refund != "none", "refund " + c.refund);
    flag(!pair.model.served("k").empty(), "deployed");
    for (const auto& [name, target] : c.targets) {
        flag(target.started, "deployment of " + name + " started");
        flag(target.ever_deployed && pair.model.served("k").empty(), "was deployed");
    }
    const auto next = pair.model.certificates().find("k-next");
    flag(next != pair.model.certificates().end() && next->second.status != "deleted", "has a successor");
    return text;
}

struct Reached {
    Pair pair;
    std::string how;
};

/// One way to every combination, found breadth first.
std::map<std::string, Reached> reach(const std::string& way) {
    std::map<std::string, Reached> all;
    Pair begin;
    std::vector<Request> start = birth(way);
    const Request last = start.back();
    start.pop_back();
    for (const auto& request : start) REQUIRE(begin.step(request) == "");
    all.emplace("none", Reached{begin, ""});
    REQUIRE(begin.step(last) == "");
    std::deque<std::string> open{flags(begin)};
    all.emplace(open.front(), Reached{begin, last.command});
    const std::vector<std::int64_t> times{kIssued, kNotAfter - kDay, kNotAfter + kDay};
    while (!open.empty()) {
        const Reached from = all.at(open.front());
        open.pop_front();
        for (const std::int64_t at : times)
            for (const auto& letter : every_command(at)) {
                if (letter.request.target && *letter.request.target != "nginx:/a") continue;
                Pair next = from.pair;
                if (!next.model.run(letter.request).ok || !next.subject.run(letter.request).answer.ok)
                    continue;
                const std::string row = flags(next);
                if (!all.emplace(row, Reached{next, from.how + "; " + letter.name}).second) continue;
                open.push_back(row);
            }
    }
    return all;
}

std::string told(const model::Answer& answer, const std::vector<std::string>& usual) {
    std::string text;
    if (answer.ok) {
        for (const auto& event : answer.events) text.append(text.empty() ? "" : ", ").append(event.type);
        return text;
    }
    text = "refused: " + answer.code + (answer.field.empty() ? "" : " (" + answer.field + ")");
    if (answer.situation_known && answer.allowed != usual)
        text += ", allowed: " + model::list_text(answer.allowed);
    return text;
}

/// What the domain lists as allowed: taken from a refusal that every state gives.
std::vector<std::string> allowed(const Pair& pair) {
    Pair copy = pair;
    Request early = on_k("withdraw-application", kBegin - kDay);
    if (flags(pair).substr(0, 7) == "pending") early = on_k("pay-refund", kNotAfter);
    return copy.subject.run(early).answer.allowed;
}

/// Accepted commands one a line, refused ones by what they are refused with.
std::string answers(const Pair& pair, const std::vector<std::string>& usual) {
    const auto within = every_command(kNotAfter - kDay);
    const auto past = every_command(kNotAfter + kDay);
    std::string text;
    std::map<std::string, std::vector<std::string>> refused;
    const auto add = [&](const std::string& name, const std::string& answer) {
        if (answer.substr(0, 8) == "refused:") {
            refused[answer].push_back(name);
        } else {
            text.append(name).append(" -> ").append(answer).append("\n");
        }
    };
    for (std::size_t i = 0; i < within.size(); ++i) {
        Pair first = pair, second = pair;
        const std::string one = told(first.subject.run(within[i].request).answer, usual);
        const std::string two = told(second.subject.run(past[i].request).answer, usual);
        add(within[i].name, one);
        if (one != two) add(within[i].name + " PAST", two);
    }
    for (const auto& [answer, names] : refused) {
        text.append(answer).append("\n ");
        for (const auto& name : names) text.append(" ").append(name).append(";");
        text += "\n";
    }
    return text;
}

std::string matrix(const std::string& way) {
    std::ostringstream out;
    out << "# What each command does in each state that a certificate reaches: " << way << "\n"
        << "# One day before not-after, in the renewal window; PAST: one day after not-after, where that "
           "differs.\n";
    for (const auto& [row, reached] : reach(way)) {
        const auto usual = allowed(reached.pair);
        out << "\n== " << row << "\n   by " << reached.how << "\n   allowed " << model::list_text(usual)
            << "\n";
        out << answers(reached.pair, usual);
    }
    return out.str();
}

std::string path(const std::string& way) {
    return std::string(CERTLEDGER_TEST_DIR) + "/matrix/" + way + ".txt";
}

}  // namespace

TEST_CASE("every command in every reachable state answers as the reviewed matrix says") {
    for (const auto& way : kWays) {
        std::ifstream file(path(way));
        std::stringstream reviewed;
        reviewed << file.rdbuf();
        std::istringstream expected(reviewed.str()), found(matrix(way));
        std::string left, right, section;
        while (std::getline(found, right)) {
            if (right.substr(0, 2) == "==") section = right;
            if (!std::getline(expected, left)) left = "(the file ends)";
            INFO(way << " " << section);
            REQUIRE(left == right);
        }
        CHECK_FALSE(std::getline(expected, left));
    }
}

TEST_CASE("every command in every reachable state agrees with the model") {
    for (const auto& way : kWays)
        for (const auto& [row, reached] : reach(way))
            for (const std::int64_t at : {kIssued, kNotAfter - kDay, kNotAfter, kNotAfter + model::kSecond})
                for (const auto& letter : every_command(at)) {
                    Pair pair = reached.pair;
                    const std::string found = pair.step(letter.request);
                    INFO(way << ": " << row << " (by " << reached.how << "): " << letter.name << " at "
                             << model::time_text(at));
                    CHECK(found == "");
                }
}

TEST_CASE("the matrix files are written anew", "[.][update]") {
    for (const auto& way : kWays) {
        std::ofstream file(path(way));
        file << matrix(way);
        REQUIRE(file.good());
    }
}

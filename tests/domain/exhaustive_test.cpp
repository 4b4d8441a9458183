// Every sequence of five commands over a reduced alphabet on one certificate, from several points of its
// life.
#include <catch2/catch.hpp>
#include <sstream>

#include "support/compare.hpp"
#include "support/scenes.hpp"

namespace {

using namespace certledger;
using namespace certledger::testing;
using model::kDay;
using model::Request;

constexpr int kDepth = 5;

struct Search {
    std::vector<Request> alphabet;
    std::vector<const Request*> path = {};
    std::size_t visited = 0;
    std::string found = {};

    void from(const Pair& pair, int depth) {
        for (const auto& letter : alphabet) {
            if (!found.empty()) return;
            Pair next = pair;
            path.push_back(&letter);
            ++visited;
            std::string text = next.step(letter);
            if (text.empty() && depth == 1) text = next.subject.fault();
            if (!text.empty()) {
                std::ostringstream out;
                for (const auto* each : path) out << "\n  " << *each;
                found = out.str() + text;
                return;
            }
            if (depth > 1) from(next, depth - 1);
            path.pop_back();
        }
    }
};

std::string search(const std::vector<Request>& start, std::vector<Request> alphabet) {
    Pair pair;
    for (const auto& request : start) {
        const std::string text = pair.step(request);
        if (!text.empty()) return "in the start: " + text;
    }
    Search all{std::move(alphabet)};
    all.from(pair, kDepth);
    return all.found;
}

Request issue_at(std::int64_t at) {
    Request r = on_k("issue-certificate", at);
    r.at = at;
    return r;
}

/// From purchase on: applying, validating, giving up.
std::vector<Request> before_issue(bool ov) {
    const std::int64_t at = kIssued;
    Request submit = on_k("submit-application", at);
    if (!ov) submit.validation = "dns-auto";
    return {submit,
            on_k("withdraw-application", at),
            ov ? on_k("record-mail", at, "confirmed") : on_k("record-validation", at, "succeeded"),
            ov ? on_k("record-organization", at, "verified") : on_k("record-validation", at, "failed"),
            on_k("reject-application", at),
            issue_at(at),
            on_k("request-refund", at),
            on_k("pay-refund", at),
            on_k("record-revocation", at, "completed"),
            on_k("request-revocation", at),
            on_k("delete-certificate", at),
            on_k("expire-certificate", kNotAfter + model::kSecond)};
}

/// From issue on: serving, renewing, revoking, ending.
std::vector<Request> after_issue() {
    const std::int64_t at = kNotAfter - kDay;
    Request renew = on_k("renew-certificate", at);
    renew.successor = "k-next";
    Request drop = on_k("delete-certificate", at);
    drop.certificate = "k-next";
    return {on_k("deploy-certificate", at),
            on_k("record-deployment", at, "succeeded"),
            on_k("record-deployment", at, "rolled-back"),
            on_k("enable-hosting", at),
            on_k("disable-hosting", at),
            on_k("request-revocation", at),
            on_k("confirm-revocation", at),
            on_k("record-revocation", at, "completed"),
            renew,
            drop,
            on_k("expire-certificate", kNotAfter + model::kSecond),
            on_k("delete-certificate", at)};
}

std::vector<Request> issued(const std::string& way) {
    std::vector<Request> all = birth(way);
    if (way.substr(0, 6) == "upload") return all;
    Request submit = on_k("submit-application", kBegin);
    if (way != "ov") submit.validation = "dns-auto";
    all.push_back(submit);
    if (way == "ov") {
        all.push_back(on_k("record-mail", kBegin, "confirmed"));
        all.push_back(on_k("record-organization", kBegin, "verified"));
    } else {
        all.push_back(on_k("record-validation", kBegin, "succeeded"));
    }
    all.push_back(issue_at(kIssued));
    return all;
}

}  // namespace

TEST_CASE("all sequences of five commands from a purchase agree with the model") {
    CHECK(search(birth("dv"), before_issue(false)) == "");
}

TEST_CASE("all sequences of five commands from a unit of a quota agree with the model") {
    CHECK(search(birth("quota"), before_issue(false)) == "");
}

TEST_CASE("all sequences of five commands from an ov purchase agree with the model") {
    CHECK(search(birth("ov"), before_issue(true)) == "");
}

TEST_CASE("all sequences of five commands from a dv issue agree with the model") {
    CHECK(search(issued("dv"), after_issue()) == "");
}

TEST_CASE("all sequences of five commands from an ov issue agree with the model") {
    CHECK(search(issued("ov"), after_issue()) == "");
}

TEST_CASE("all sequences of five commands from an upload agree with the model") {
    CHECK(search(issued("upload-key"), after_issue()) == "");
}

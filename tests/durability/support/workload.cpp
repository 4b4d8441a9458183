#include "support/workload.hpp"

#include <algorithm>
#include <certledger/events/json/json.hpp>
#include <cstdlib>
#include <stdexcept>

namespace certledger::durability {
namespace {

using events::json::OrderedJson;

constexpr const char* kProduct =
    R"({"brand":"digicert","level":"dv","kind":"single","names_max":1,"term_years":1})";

std::string buy_quota(const std::string& quota, std::size_t count) {
    return R"({"id":"b-)" + quota + R"(","command":"buy-quota","quota":")" + quota + R"(","product":)" +
           kProduct + R"(,"count":)" + std::to_string(count) + R"(,"price":"100.00 USD"})";
}

std::string create(const std::string& quota, const std::string& certificate) {
    return R"({"id":"c-)" + certificate + R"(","command":"create-certificate","quota":")" + quota +
           R"(","certificate":")" + certificate + R"(","names":[")" + certificate + R"(.example.com"]})";
}

std::string apply(const std::string& certificate) {
    return R"({"id":"a-)" + certificate + R"(","command":"submit-application","certificate":")" +
           certificate + R"(","validation":"dns-manual","contact":{"name":"Ada","mail":"ada@example.com",)" +
           R"("phone":"+44123456"},"key":"ec-p256"})";
}

std::string withdraw(const std::string& certificate) {
    return R"({"id":"w-)" + certificate + R"(","command":"withdraw-application","certificate":")" +
           certificate + R"("})";
}

std::string validate(const std::string& certificate) {
    return R"({"id":"v-)" + certificate + R"(","command":"record-validation","certificate":")" + certificate +
           R"(","name":")" + certificate + R"(.example.com","outcome":"succeeded"})";
}

}  // namespace

std::vector<Breath> mixed_work(const std::string& name, std::size_t breaths) {
    std::vector<Breath> work;
    const std::string quota = "q-" + name;
    work.push_back({buy_quota(quota, 1'000)});
    for (std::size_t i = 1; i < breaths; ++i) {
        const std::string certificate = name + std::to_string(i);
        Breath breath{create(quota, certificate)};
        switch (i % 5) {
            case 0:
                // Refused: the certificate has no application.
                breath.push_back(withdraw(certificate));
                break;
            case 1:
                breath.push_back(apply(certificate));
                break;
            case 2:
                breath.push_back(apply(certificate));
                breath.push_back(validate(certificate));
                for (int j = 0; j < 12; ++j)
                    breath.push_back(create(quota, certificate + "-" + std::to_string(j)));
                break;
            case 3:
                break;
            case 4:
                breath.push_back(R"({"id":"n-)" + certificate + R"(","query":"certificate","certificate":")" +
                                 certificate + R"("})");
                break;
        }
        work.push_back(std::move(breath));
    }
    return work;
}

Breath large_breath(const std::string& name, std::size_t certificates) {
    Breath breath{buy_quota("q-" + name, certificates)};
    for (std::size_t i = 0; i < certificates; ++i)
        breath.push_back(create("q-" + name, name + std::to_string(i)));
    return breath;
}

Answered answered(const std::string& line, const std::string& answer) {
    const auto asked = OrderedJson::parse(line);
    const auto said = OrderedJson::parse(answer);
    Answered result;
    result.line = line;
    result.answer = answer;
    result.id = said.at("id").get<std::string>();
    if (result.id != asked.at("id").get<std::string>())
        throw std::runtime_error("answered out of order: " + answer);
    if (said.contains("position")) result.position = said.at("position").get<std::uint64_t>();
    result.refused = !said.at("ok").get<bool>();
    if (asked.contains("key") && said.at("ok").get<bool>())
        result.key_of = asked.at("certificate").get<std::string>();
    return result;
}

void converse(Program& program, const std::vector<Breath>& work, std::vector<Answered>& answers) {
    for (const Breath& breath : work) {
        // Asked for before it is said: a program that has ended may still have answered.
        const bool heard = program.say(text_of({breath}));
        for (const std::string& line : breath) {
            const auto answer = program.hear();
            if (!answer) return;
            answers.push_back(answered(line, *answer));
        }
        if (!heard) return;
    }
}

std::string text_of(const std::vector<Breath>& work) {
    std::string text;
    for (const Breath& breath : work) {
        for (const std::string& line : breath) text.append(line).push_back('\n');
    }
    return text;
}

std::uint64_t factor() {
    const char* const text = std::getenv("CERTLEDGER_DURABILITY");
    return text == nullptr ? 1 : std::max<std::uint64_t>(1, std::strtoull(text, nullptr, 10));
}

}  // namespace certledger::durability

// How a program that embeds the engine tests its own part with what is made up here: the example of
// docs/HACKING.md, compiled and run.
#include <certledger/events/codec.hpp>
#include <certledger/testing/generators.hpp>
#include <certledger/testing/generators_rapidcheck.hpp>

#include <catch2/catch.hpp>
#include <rapidcheck/catch.h>
#include <map>

#include "support/command_gen.hpp"

using namespace certledger;

namespace {

/// Stands for the embedder's program: it counts what became of orders.
class OwnReport {
  public:
    void take(const model::Answer& answer) {
        if (!answer.ok) ++refused_;
        for (const auto& event : answer.events) ++events_[event.type];
    }
    [[nodiscard]] int refused() const { return refused_; }
    [[nodiscard]] int of(const std::string& type) const {
        const auto found = events_.find(type);
        return found == events_.end() ? 0 : found->second;
    }

  private:
    std::map<std::string, int> events_;
    int refused_ = 0;
};

}  // namespace

TEST_CASE("values of any described struct are made up from a seed") {
    testing::Random random(42);
    const auto event = testing::arbitrary<events::CertificateIssued>(random);
    testing::Random same(42);
    CHECK(testing::arbitrary<events::CertificateIssued>(same) == event);
    events::Bytes octets;
    events::encode_event(event, octets);
    CHECK(events::decode_event(events::EventType::certificate_issued, 1, octets) == events::Event(event));
}

TEST_CASE("RapidCheck takes the same values as generators") {
    rc::prop("a policy survives its octets", [] {
        const auto policy = *testing::described<events::PolicyAdopted>();
        events::Bytes octets;
        events::encode_event(policy, octets);
        RC_ASSERT(events::decode_event(events::EventType::policy_adopted, 1, octets) ==
                  events::Event(policy));
    });
}

TEST_CASE("a course of plausible commands reaches every part of a program") {
    testing::CommandSource source(7);
    model::Model model;
    OwnReport report;
    for (int i = 0; i < 3'000; ++i) report.take(model.run(source.next(model)));
    CHECK(report.of("certificate-issued") > 0);
    CHECK(report.of("refund-granted") > 0);
    CHECK(report.of("renewal-started") > 0);
    CHECK(report.refused() > 0);
}

// Role: a log with lives of many kinds, made by commands as everybody gives them.
#pragma once

#include "conversation.hpp"

namespace certledger::testing {

/// Lines of exec: quotas, a dv certificate to its refund, a quick issue that is deleted, an ov order that is
/// renewed by its term and then expires, deployments, refusals, a policy.
inline const char* const kLives =
    R"({"id":"c1","command":"buy-quota","quota":"q1","product":{"brand":"digicert","level":"dv","kind":"single","names_max":1,"term_years":1},"count":3,"price":"100.00 USD","occurred_at":"2026-01-01T00:00:00Z"}
{"id":"c2","command":"create-certificate","quota":"q1","certificate":"k1","names":["example.com"],"occurred_at":"2026-01-02T00:00:00Z"}
{"id":"c3","command":"submit-application","certificate":"k1","validation":"dns-manual","contact":{"name":"Ada","mail":"ada@example.com","phone":"+44123456"},"key":"ec-p256","occurred_at":"2026-01-02T00:01:00Z"}
{"id":"c3a","command":"issue-challenge","certificate":"k1","name":"example.com","occurred_at":"2026-01-02T00:02:00Z"}
{"id":"c3b","command":"record-validation","certificate":"k1","name":"example.com","outcome":"failed","cause":"no record","occurred_at":"2026-01-02T00:03:00Z"}
{"id":"c4","command":"record-validation","certificate":"k1","name":"example.com","outcome":"succeeded","occurred_at":"2026-01-02T00:05:00Z"}
{"id":"c4a","command":"record-issuance","certificate":"k1","outcome":"intended","occurred_at":"2026-01-02T00:05:30Z"}
{"id":"c5","command":"issue-certificate","certificate":"k1","serial":"0a1b","issuer":"CN=Test CA","not_before":"2026-01-02T00:06:00Z","not_after":"2026-12-31T00:06:00Z","sha256":"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff","occurred_at":"2026-01-02T00:06:00Z"}
{"id":"c5a","command":"withdraw-application","certificate":"k1","occurred_at":"2026-01-03T00:00:00Z"}
{"id":"c5b","command":"deploy-certificate","certificate":"k1","target":"dir:/srv/tls","occurred_at":"2026-01-03T00:00:00Z"}
{"id":"c5c","command":"record-deployment","certificate":"k1","target":"dir:/srv/tls","outcome":"succeeded","occurred_at":"2026-01-03T00:00:01Z"}
{"id":"c5d","command":"record-deployment","certificate":"k1","target":"dir:/srv/tls","outcome":"observed","occurred_at":"2026-01-03T00:00:02Z"}
{"id":"c5e","command":"download-certificate","certificate":"k1","format":"pem","occurred_at":"2026-01-03T00:00:03Z"}
{"id":"c5f","command":"enable-hosting","certificate":"k1","occurred_at":"2026-01-03T00:00:04Z"}
{"id":"c5g","command":"disable-hosting","certificate":"k1","occurred_at":"2026-01-03T00:00:05Z"}
{"id":"c6","command":"request-revocation","certificate":"k1","reason":"superseded","occurred_at":"2026-01-20T00:00:00Z"}
{"id":"c7","command":"record-revocation","certificate":"k1","outcome":"completed","occurred_at":"2026-01-20T00:00:05Z"}
{"id":"c8","command":"pay-refund","certificate":"k1","reference":"TX 1","occurred_at":"2026-01-21T00:00:00Z"}
{"id":"d1","command":"create-certificate","quota":"q1","certificate":"k2","names":["b.example.com"],"quick_issue":true,"validation":"http-file","contact":{"name":"Ada","mail":"ada@example.com","phone":"+44123456"},"key":"ec-p256","occurred_at":"2026-01-22T00:00:00Z"}
{"id":"d2","command":"withdraw-application","certificate":"k2","occurred_at":"2026-01-22T00:01:00Z"}
{"id":"d3","command":"delete-certificate","certificate":"k2","occurred_at":"2026-01-22T00:02:00Z"}
{"id":"d4","command":"refund-quota","quota":"q1","count":1,"occurred_at":"2026-01-23T00:00:00Z"}
{"id":"e1","command":"buy-certificate","certificate":"k3","product":{"brand":"geotrust","level":"ov","kind":"multi","names_max":3,"term_years":1},"names":["example.org","www.example.org"],"price":"300.00 EUR","occurred_at":"2026-02-01T00:00:00Z"}
{"id":"e2","command":"submit-application","certificate":"k3","contact":{"name":"Ada","mail":"ada@example.org","phone":"+44123456"},"company":{"name":"Example Ltd","country":"GB","registration":"01234567","address":"1 High Street"},"key_sha256":"00000000000000000000000000000000000000000000000000000000000000aa","occurred_at":"2026-02-01T00:01:00Z"}
{"id":"e3","command":"record-review","certificate":"k3","outcome":"started","occurred_at":"2026-02-01T00:02:00Z"}
{"id":"e4","command":"record-mail","certificate":"k3","outcome":"sent","occurred_at":"2026-02-01T00:03:00Z"}
{"id":"e5","command":"record-mail","certificate":"k3","outcome":"confirmed","occurred_at":"2026-02-01T00:04:00Z"}
{"id":"e6","command":"record-phone","certificate":"k3","outcome":"requested","occurred_at":"2026-02-01T00:05:00Z"}
{"id":"e7","command":"record-phone","certificate":"k3","outcome":"verified","occurred_at":"2026-02-01T00:06:00Z"}
{"id":"e8","command":"record-organization","certificate":"k3","outcome":"verified","occurred_at":"2026-02-01T00:07:00Z"}
{"id":"e9","command":"issue-certificate","certificate":"k3","serial":"0a1c","issuer":"CN=Test CA","not_before":"2026-02-01T00:08:00Z","not_after":"2026-06-01T00:08:00Z","sha256":"11112233445566778899aabbccddeeff00112233445566778899aabbccddeeff","names":["www.example.org","example.org"],"occurred_at":"2026-02-01T00:08:00Z"}
{"id":"f1","command":"renew-certificate","certificate":"k3","successor":"k4","pays":"term","occurred_at":"2026-05-20T00:00:00Z"}
{"id":"f2","command":"submit-application","certificate":"k4","contact":{"name":"Ada","mail":"ada@example.org","phone":"+44123456"},"company":{"name":"Example Ltd","country":"GB","registration":"01234567","address":"1 High Street"},"key":"rsa-2048","occurred_at":"2026-05-20T00:01:00Z"}
{"id":"f3","command":"record-mail","certificate":"k4","outcome":"confirmed","occurred_at":"2026-05-20T00:02:00Z"}
{"id":"f4","command":"record-organization","certificate":"k4","outcome":"verified","occurred_at":"2026-05-20T00:03:00Z"}
{"id":"f5","command":"issue-certificate","certificate":"k4","serial":"0a1d","issuer":"CN=Test CA","not_before":"2026-05-20T00:04:00Z","not_after":"2026-11-20T00:04:00Z","sha256":"22112233445566778899aabbccddeeff00112233445566778899aabbccddeeff","occurred_at":"2026-05-20T00:04:00Z"}
{"id":"f6","command":"expire-certificate","certificate":"k3","occurred_at":"2026-06-02T00:00:00Z"}
{"id":"g1","command":"buy-certificate","certificate":"k5","product":{"brand":"geotrust","level":"dv","kind":"wildcard","names_max":1,"term_years":1},"names":["*.example.net"],"price":"50.00 USD","occurred_at":"2026-06-03T00:00:00Z"}
{"id":"g2","command":"submit-application","certificate":"k5","validation":"dns-auto","contact":{"name":"Ada","mail":"a@example.net","phone":"+44123456"},"key":"ec-p384","occurred_at":"2026-06-03T00:01:00Z"}
{"id":"g3","command":"reject-application","certificate":"k5","cause":"on a list","occurred_at":"2026-06-03T00:02:00Z"}
{"id":"g4","command":"request-refund","certificate":"k5","occurred_at":"2026-06-03T00:03:00Z"}
{"id":"h1","command":"adopt-policy","policy":{"kind":"renewal","effective_from":"2026-07-01T00:00:00Z","window_days":20},"occurred_at":"2026-06-30T00:00:00Z"}
{"id":"h2","command":"buy-quota","quota":"q2","account":"shop","product":{"brand":"digicert","level":"dv","kind":"single","names_max":1,"term_years":1},"count":2,"price":"0.03 USD","occurred_at":"2026-07-01T00:00:00Z"}
{"id":"h3","command":"create-certificate","account":"shop","quota":"q2","certificate":"s1","names":["shop.example"],"occurred_at":"2026-07-01T00:00:01Z"}
)";

/// A ledger in memory that has lived them. Lines that are refused leave their refusal.
class Lives {
  public:
    Lives() : ledger_(shared_.open()) {
        const auto spoken = converse(ledger_, kLives);
        if (!spoken.outcome) throw std::runtime_error(spoken.outcome.error().message);
        for (const auto& line : spoken.lines) {
            const auto answered = OrderedJson::parse(line);
            if (answered["ok"].get<bool>()) ++accepted;
            if (!answered["ok"].get<bool>()) refused.push_back(answered["id"].get<std::string>());
        }
    }
    [[nodiscard]] engine::Ledger& ledger() { return ledger_; }
    [[nodiscard]] store::EventStore& log() { return shared_.log(); }
    std::vector<std::string> refused;  ///< Ids of the lines that were.
    std::size_t accepted = 0;

  private:
    SharedLedger shared_;
    engine::Ledger ledger_;
};

}  // namespace certledger::testing

#include <catch2/catch.hpp>
#include <certledger/adapters/openssl/certificate.hpp>
#include <certledger/adapters/openssl/csr.hpp>
#include <certledger/adapters/openssl/embedded_ca.hpp>
#include <certledger/adapters/openssl/key.hpp>
#include <certledger/events/codec.hpp>

#include "support.hpp"

using namespace certledger;
using namespace certledger::testing;

namespace {

std::string whole_log(const store::EventStore& log) {
    std::string octets;
    must(log.read_all(1, log.head().position,
                      [&](const events::RecordView&, std::span<const std::uint8_t> bytes) {
                          octets.append(bytes.begin(), bytes.end());
                          return true;
                      }));
    return octets;
}

events::ApplicationSubmitted application_of(const store::EventStore& log, const std::string& id) {
    std::optional<events::ApplicationSubmitted> found;
    must(log.read_stream("certificate-" + id, 1, 99, store::Direction::forward,
                         [&](const events::RecordView& record, std::span<const std::uint8_t>) {
                             const auto event =
                                 must(events::decode_event(record.type, record.schema, record.payload));
                             if (const auto* one = std::get_if<events::ApplicationSubmitted>(&event))
                                 found = *one;
                             return true;
                         }));
    return found.value();
}

}  // namespace

TEST_CASE("a key that is made here is in the vault and its public half in the event") {
    SharedLedger shared;
    auto ledger = shared.open();
    must(ledger.execute(request("a", buy("k1"), "2026-01-01T00:00:00Z")));
    CHECK_FALSE(must(ledger.private_key({"k1"})));
    must(ledger.execute(request("b", apply_for("k1"))));
    const auto application = application_of(shared.log(), "k1");
    CHECK(application.key_source == events::KeySource::held_here);
    CHECK(application.key_algorithm == events::KeyAlgorithm::ec_p256);
    const auto secret = must(ledger.private_key({"k1"}));
    REQUIRE(secret);
    const auto key = must(adapters::openssl::PrivateKey::read(secret->octets()));
    CHECK(key.facts().spki_sha256 == application.key_sha256);
    const std::string log = whole_log(shared.log());
    CHECK(log.find(std::string(secret->text())) == std::string::npos);
}

TEST_CASE("contact and company stand sealed in the event and open with the vault") {
    SharedLedger shared;
    auto ledger = shared.open();
    must(ledger.execute(request("a", buy("k1"), "2026-01-01T00:00:00Z")));
    auto command = apply_for("k1", false);
    command.company = domain::Company{"Analytical Engines", "GB", "1837", "12 St James Square"};
    must(ledger.execute(request("b", command)));
    const std::string log = whole_log(shared.log());
    for (const char* word : {"Ada", "ada@example.com", "+44123456", "Analytical", "1837"}) {
        CHECK(log.find(word) == std::string::npos);
    }
    const auto application = application_of(shared.log(), "k1");
    auto* const vault = must(ledger.vault());
    const auto contact = must(vault->open_sealed(application.contact.subject, application.contact.box));
    CHECK(must(events::decode<domain::Contact>(contact.octets())) == *command.contact);
    REQUIRE(application.company);
    const auto company = must(vault->open_sealed(application.company->subject, application.company->box));
    CHECK(must(events::decode<domain::Company>(company.octets())) == *command.company);
    vault->destroy_subject(application.contact.subject);
    must(vault->commit());
    CHECK_FALSE(vault->open_sealed(application.contact.subject, application.contact.box));
    CHECK(vault->open_sealed(application.company->subject, application.company->box));
}

TEST_CASE("a request whose common name is another host than its names does not fit the order") {
    SharedLedger shared;
    auto ledger = shared.open();
    must(ledger.execute(request("a", buy("k1"), "2026-01-01T00:00:00Z")));
    const auto key = adapters::openssl::generate_key(events::KeyAlgorithm::ec_p256);
    const auto outcome_of = [&](const char* common_name) {
        auto command = apply_for("k1", false);
        command.key_sha256.reset();
        command.csr = must(adapters::openssl::make_csr(key, {"example.com"}, {}, common_name));
        return must(ledger.execute(request("", command)));
    };
    for (const char* other : {"other.com", "www.example.com", "*.example.com", "192.0.2.1",
                              "foo_bar.evil.com", "https://evil.com", "*.co.uk", " evil.com"}) {
        INFO(other);
        const auto refused = outcome_of(other);
        REQUIRE_FALSE(refused.ok);
        CHECK(refused.refusal->code == events::RefusalCode::csr_names_mismatch);
    }
    CHECK(outcome_of("Example Corp").ok);
    must(ledger.execute(request("w", domain::WithdrawApplication{{"k1"}})));
    CHECK(outcome_of("EXAMPLE.com").ok);
}

TEST_CASE("a refused application makes no key and seals nothing") {
    SharedLedger shared;
    auto ledger = shared.open();
    must(ledger.execute(request("a", buy("k1"), "2026-01-01T00:00:00Z")));
    auto incomplete = apply_for("k1");
    incomplete.contact->phone.reset();
    CHECK(must(ledger.execute(request("b", incomplete))).refusal->code ==
          events::RefusalCode::contact_incomplete);
    CHECK(shared.secrets() <= 1);  // The vault's own check entry.
}

TEST_CASE("the vault is durable before the log names what is in it") {
    SharedLedger shared;
    auto ledger = shared.open();
    must(ledger.execute(request("a", buy("k1"), "2026-01-01T00:00:00Z")));
    std::size_t held = 0;
    shared.watched->before_append = [&](const store::Append&) -> Result<void> {
        held = shared.secrets();
        return {};
    };
    must(ledger.execute(request("b", apply_for("k1"))));
    CHECK(held == 3);  // The check entry, the key, the contact's key.
}

TEST_CASE("a crash between vault and log leaves a key over, and the command can be given again") {
    SharedLedger shared;
    {
        auto ledger = shared.open();
        must(ledger.execute(request("a", buy("k1"), "2026-01-01T00:00:00Z")));
        shared.watched->before_append = [](const store::Append&) -> Result<void> {
            throw OutcomeUnknown("the process ends here");
        };
        REQUIRE(ledger.submit(request("b", apply_for("k1"))));
        CHECK_THROWS_AS((void)ledger.flush(), OutcomeUnknown);
    }
    CHECK(shared.log().head().position == 10);
    auto ledger = shared.open();
    CHECK_FALSE(must(ledger.private_key({"k1"})));
    const auto again = must(ledger.execute(request("b", apply_for("k1"))));
    CHECK(again.ok);
    CHECK_FALSE(again.replayed);
    const auto secret = must(ledger.private_key({"k1"}));
    REQUIRE(secret);
    const auto key = must(adapters::openssl::PrivateKey::read(secret->octets()));
    CHECK(key.facts().spki_sha256 == application_of(shared.log(), "k1").key_sha256);
}

TEST_CASE(
    "of two ledgers that apply for one certificate at the same time, the vault keeps the key of the winner") {
    SharedLedger shared;
    auto first = shared.open();
    must(first.execute(request("a", buy("k1"), "2026-01-01T00:00:00Z")));
    auto* const watched = shared.watched;
    auto second = shared.open();
    bool once = true;
    watched->before_append = [&](const store::Append&) -> Result<void> {
        if (std::exchange(once, false)) CHECK(must(second.execute(request("c", apply_for("k1")))).ok);
        return {};
    };
    const auto late = must(first.execute(request("b", apply_for("k1"))));
    REQUIRE_FALSE(late.ok);
    CHECK(late.refusal->code == events::RefusalCode::illegal_transition);
    const auto secret = must(first.private_key({"k1"}));
    REQUIRE(secret);
    const auto key = must(adapters::openssl::PrivateKey::read(secret->octets()));
    CHECK(key.facts().spki_sha256 == application_of(shared.log(), "k1").key_sha256);
}

TEST_CASE("a batch that is decided again does not make its keys again") {
    SharedLedger shared;
    auto first = shared.open();
    must(first.execute(request("a", buy("k1"), "2026-01-01T00:00:00Z")));
    must(first.execute(request("b", buy("k2", "www.example.com"))));
    auto* const watched = shared.watched;
    auto second = shared.open();
    std::vector<std::size_t> held;
    watched->before_append = [&](const store::Append&) -> Result<void> {
        held.push_back(shared.secrets());
        if (held.size() == 1) must(second.execute(request("c", apply_for("k2", false))));
        return {};
    };
    REQUIRE(first.submit(request("d", apply_for("k1"))));
    REQUIRE(first.submit(request("e", domain::WithdrawApplication{{"k2"}})));
    const auto answers = must(first.flush());
    CHECK(answers[0].ok);
    CHECK(answers[1].ok);
    REQUIRE(held.size() == 2);
    CHECK(held[1] == held[0] + 1);  // The other ledger's contact.
}

TEST_CASE("the key of an uploaded certificate is kept, and another's key is refused") {
    const auto now = at("2026-01-01T00:00:00Z");
    const auto ca = must(adapters::openssl::EmbeddedCa::create("Other Trust", now));
    const auto key = adapters::openssl::generate_key(events::KeyAlgorithm::ec_p256);
    adapters::openssl::LeafRequest leaf;
    leaf.spki = key.facts().spki;
    leaf.dns_names = {"*.example.com", "example.com"};
    leaf.not_before = now;
    leaf.not_after = at("2026-06-01T00:00:00Z");
    domain::UploadCertificate command;
    command.certificate = events::CertificateId{"u1"};
    command.certificate_pem = adapters::openssl::certificate_pem(must(ca.issue(leaf)));
    const auto other = adapters::openssl::generate_key(events::KeyAlgorithm::ec_p256);
    command.private_key_pem = std::string(other.pem().text());

    SharedLedger shared;
    auto ledger = shared.open();
    const auto refused = must(ledger.execute(request("a", command, "2026-01-02T00:00:00Z")));
    REQUIRE_FALSE(refused.ok);
    CHECK(refused.refusal->code == events::RefusalCode::key_mismatch);
    CHECK(refused.refusal->message.find("PRIVATE") == std::string::npos);
    command.private_key_pem = std::string(key.pem().text());
    const auto uploaded = must(ledger.execute(request("b", command, "2026-01-02T00:00:00Z")));
    REQUIRE(uploaded.ok);
    CHECK(uploaded.status == events::Status::issued);
    const auto secret = must(ledger.private_key({"u1"}));
    REQUIRE(secret);
    CHECK(secret->text() == key.pkcs8().text());
    CHECK(whole_log(shared.log()).find(std::string(key.pkcs8().text())) == std::string::npos);
    CHECK(must(ledger.execute(request("b", command, "2026-01-02T00:00:00Z"))).replayed);
    command.private_key_pem.reset();
    CHECK(must(ledger.execute(request("b", command, "2026-01-02T00:00:00Z"))).refusal->code ==
          events::RefusalCode::command_id_reused);
    command.certificate = events::CertificateId{"u2"};
    CHECK(must(ledger.execute(request("c", command, "2026-01-02T00:00:00Z"))).refusal->code ==
          events::RefusalCode::already_exists);
}

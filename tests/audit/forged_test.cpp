// Logs with right checksums and a right tree that say what cannot be: each kind of lie is found, and named.
#include <catch2/catch.hpp>
#include <certledger/tools/audit/verify.hpp>
#include <fstream>
#include <iterator>

#include "forged_log.hpp"
#include "lives.hpp"

using namespace certledger;
using namespace certledger::testing;
using events::EventType;
using store::Position;

namespace {

struct Lie {
    const char* what;
    std::function<Position(ForgedLog&)> tell;  ///< Gives the position that must be named; 0: of no record.
    const char* said;                          ///< Stands in the finding.
};

/// Changes the first event of a type, and names its position.
template <class E>
std::function<Position(ForgedLog&)> in_first(std::function<void(E&)> change, std::string_view stream = {}) {
    return [=](ForgedLog& log) {
        const Position at = log.find_type(E::kType, stream);
        log.forge(at, [&](Forgery& record) { change(std::get<E>(record.event)); });
        return at;
    };
}

std::function<Position(ForgedLog&)> in_envelope(Position at, std::function<void(Forgery&)> change) {
    return [=](ForgedLog& log) {
        log.forge(at, change);
        return at;
    };
}

/// Puts an event at the end of a stream that is there.
std::function<Position(ForgedLog&)> with_more(std::string stream, events::Event event, const char* at) {
    return [=](ForgedLog& log) {
        Forgery more = log.read(log.records.size());
        for (Position p = log.records.size(); p > 0; --p) {
            more = log.read(p);
            if (more.stream == stream) break;
        }
        REQUIRE(more.stream == stream);
        more.event = event;
        more.command = "forged";
        more.fields.id.octets[0] ^= 0xFF;
        more.fields.occurred_at = testing::at(at);
        more.fields.recorded_at = log.read(log.records.size()).fields.recorded_at;
        log.records.push_back(ForgedLog::written(more));
        log.renumber();
        return log.records.size();
    };
}

const Lie kEnvelopes[] = {
    {"a position", in_envelope(12, [](Forgery& r) { r.fields.position = 99; }), "position 99: must be 12"},
    {"a version", in_envelope(14, [](Forgery& r) { r.fields.version = 7; }), "version 7"},
    {"a pointer", in_envelope(14, [](Forgery& r) { r.fields.previous = 3; }), "pointer to the previous"},
    {"recorded times run back",
     in_envelope(
         30, [](Forgery& r) { r.fields.recorded_at = r.fields.occurred_at = at("2026-01-01T00:00:00Z"); }),
     "before that of the record before"},
    {"an event before it happened",
     in_envelope(20, [](Forgery& r) { r.fields.occurred_at = at("2027-01-01T00:00:00Z"); }),
     "after recorded_at"},
    {"an event id twice",
     [](ForgedLog& log) -> Position {
         const auto id = log.read(15).fields.id;
         log.forge(33, [&](Forgery& r) { r.fields.id = id; });
         return 33;
     },
     "event id: must be its own, is that of record 15"},
    {"a command id twice", in_envelope(30, [](Forgery& r) { r.command = "c1"; }),
     "command id: must be its own"},
    {"another account in the stream", in_envelope(14, [](Forgery& r) { r.account = "shop"; }),
     "account shop"},
    {"an event on a stream of another kind", in_envelope(10, [](Forgery& r) { r.stream = "certificate-q9"; }),
     "must not stand on stream"},
    {"a second beginning of the log",
     [](ForgedLog& log) -> Position {
         log.forge(9, [](Forgery& r) { r.event = events::LedgerCreated{}; });
         return 9;
     },
     "no other, must be ledger-created"},
};

const Lie kGuards[] = {
    {"a refund of more than was paid", in_first<events::RefundGranted>([](auto& e) { e.amount.minor += 1; }),
     "says something else"},
    {"a refund whose arithmetic is another", in_first<events::RefundGranted>([](auto& e) {
         e.inputs.window_end = e.inputs.window_end->plus_seconds(1);
     }),
     "says something else"},
    {"a refund that was declined but is due",
     [](ForgedLog& log) -> Position {
         const Position at = log.find_type(EventType::refund_granted);
         log.forge(at, [](Forgery& r) {
             const auto granted = std::get<events::RefundGranted>(r.event);
             r.event =
                 events::RefundDeclined{events::RefundReason::window_closed, granted.policy, granted.inputs};
         });
         return at - 1;  // The revocation before it must leave the grant.
     },
     "must also leave refund-granted"},
    {"a payment of another amount", in_first<events::RefundPaid>([](auto& e) { e.amount.minor -= 1; }),
     "is refused: invalid-field"},
    {"a share of a quota", in_first<events::QuotaConsumed>([](auto& e) { e.share.minor -= 1; }),
     "says something else"},
    {"a unit that is not the next", in_first<events::QuotaConsumed>([](auto& e) { e.unit = 3; }),
     "says something else"},
    {"a unit that no quota has", in_first<events::QuotaConsumed>([](auto& e) { e.unit = 9; }),
     "says something else"},
    {"what a certificate was paid with",
     in_first<events::CertificateCreated>([](auto& e) { e.payment.minor = 1; }), "says something else"},
    {"the end of a paid term",
     in_first<events::CertificateCreated>([](auto& e) { e.term_end = e.term_end.plus_seconds(86'400); }),
     "says something else"},
    {"an issue with names that were not ordered", in_first<events::CertificateIssued>([](auto& e) {
         e.names[0] = {"other.example", "other.example"};
     }),
     "is refused: names-mismatch"},
    {"an issue with another key", in_first<events::CertificateIssued>([](auto& e) { e.key_sha256[0] ^= 1; }),
     "is refused: key-mismatch"},
    {"an issue for longer than the cap", in_first<events::CertificateIssued>([](auto& e) {
         e.not_after = e.not_after.plus_seconds(400 * 86'400);
     }),
     "is refused: validity-exceeds-policy"},
    {"an issue under another cap",
     in_first<events::CertificateIssued>([](auto& e) { e.validity_cap_days = 825; }), "says something else"},
    {"an issue under a policy that is not there",
     in_first<events::CertificateIssued>([](auto& e) { e.validity_policy.version = 77; }),
     "says something else"},
    {"an issue of a name that was not validated",
     [](ForgedLog& log) -> Position {
         const Position at = log.find_type(EventType::domain_validated);
         log.forge(at, [](Forgery& r) { r.event = events::DomainValidationFailed{"example.com", "no"}; });
         return log.find_type(EventType::certificate_issued);
     },
     "is refused: not-validated"},
    {"a validation of a name that was not ordered",
     in_first<events::DomainValidated>([](auto& e) { e.name = "other.example"; }),
     "is refused: invalid-field"},
    {"an ov issue before the organisation was verified",
     [](ForgedLog& log) -> Position {
         const Position at = log.find_type(EventType::organization_verified);
         log.forge(at, [](Forgery& r) { r.event = events::ReviewStarted{}; });
         return log.find_type(EventType::certificate_issued, "certificate-k3");
     },
     "is refused: not-validated"},
    {"a method that cannot prove the name",
     in_first<events::ApplicationSubmitted>(
         [](auto& e) { e.validation = events::ValidationMethod::http_file; }, "certificate-k5"),
     "is refused: method-not-allowed"},
    {"a renewal outside of its window",
     [](ForgedLog& log) -> Position {
         const Position at = log.find_type(EventType::renewal_started);
         for (const Position p : {at, at + 1}) {
             log.forge(p, [](Forgery& r) { r.fields.occurred_at = testing::at("2026-03-01T00:00:00Z"); });
         }
         return at;
     },
     "is refused: not-in-renewal-window"},
    {"a deployment that was never begun",
     [](ForgedLog& log) -> Position {
         const Position at = log.find_type(EventType::deployment_started);
         log.forge(at, [](Forgery& r) { r.event = events::HostingDisabled{}; });
         return at + 1;
     },
     "is refused"},
    {"a revocation that nobody asked for",
     [](ForgedLog& log) -> Position {
         const Position at = log.find_type(EventType::revocation_requested);
         log.forge(at, [](Forgery& r) { r.event = events::CertificateDownloaded{}; });
         return log.find_type(EventType::certificate_revoked);
     },
     "is refused: revocation-not-requested"},
    {"a deadline of a revocation",
     in_first<events::RevocationRequested>([](auto& e) { e.due = e.due.plus_seconds(1); }),
     "says something else"},
    {"an expiry before its time",
     [](ForgedLog& log) -> Position {
         const Position at = log.find_type(EventType::certificate_expired);
         log.forge(at, [](Forgery& r) { r.fields.occurred_at = testing::at("2026-05-30T00:00:00Z"); });
         return at;
     },
     "is refused: not-expired"},
    {"a quota with no units", in_first<events::QuotaPurchased>([](auto& e) { e.count = 0; }), "is refused"},
    {"a refund of units that are not free", in_first<events::QuotaRefunded>([](auto& e) {
         e.units[0] = {1, 1};
     }),
     "says something else"},
    {"a policy that goes back in time",
     [](ForgedLog& log) -> Position {
         return with_more(
             "policy-default",
             [] {
                 events::PolicyAdopted adopted;
                 adopted.policy.effective_from = at("2020-01-01T00:00:00Z");
                 adopted.policy.terms = events::RenewalPolicy{};
                 return adopted;
             }(),
             "2026-07-01T00:00:01Z")(log);
     },
     "is refused"},
    {"an event that the machine forbids",
     with_more("certificate-k1", events::ReviewStarted{}, "2026-07-01T00:00:01Z"),
     "must not follow in status"},
    {"a stream that does not begin with its first event",
     [](ForgedLog& log) -> Position {
         const Position at = log.find_type(EventType::certificate_purchased);
         const std::string stream = log.read(at).stream;
         log.forge(at, [](Forgery& r) { r.event = events::CertificateDeleted{false}; });
         return log.find_type(EventType::application_submitted, stream);
     },
     "cannot be decided again: its stream is broken"},
    {"a deletion of what is not refunded yet",
     with_more("certificate-k5", events::CertificateDeleted{false}, "2026-07-01T00:00:01Z"),
     "is refused: refund-unpaid"},
    {"a unit given back that was never taken",
     with_more("quota-q1", events::QuotaReturned{1, {"k1"}}, "2026-07-01T00:00:01Z"),
     "must not stand without those of its command"},
};

std::string told(const audit::VerifyReport& report) {
    std::string text;
    for (const auto& finding : report.findings)
        text += std::to_string(finding.position) + ": " + finding.message + "\n";
    return text;
}

void each_is_found(std::span<const Lie> lies) {
    Lives lives;
    for (const Lie& lie : lies) {
        ForgedLog log(lives.log());
        const Position at = lie.tell(log);
        const auto report = must(audit::verify_log(log, lives.ledger().zones()));
        INFO(lie.what << " at " << at << "\n" << told(report));
        CHECK_FALSE(report.good());
        bool found = false;
        for (const auto& finding : report.findings)
            found = found || (finding.position == at && finding.message.find(lie.said) != std::string::npos);
        CHECK(found);
    }
}

}  // namespace

TEST_CASE("a lie in an envelope is found at its record") { each_is_found(kEnvelopes); }

TEST_CASE("an event that the rules would not have given is found at its record") { each_is_found(kGuards); }

TEST_CASE("any record that is dropped, doubled or exchanged with the next is found, renumbered too") {
    Lives lives;
    const Position end = lives.log().head().position;
    const auto bad = [&](ForgedLog& log) {
        log.renumber();
        return !must(audit::verify_log(log, lives.ledger().zones())).good();
    };
    // A policy or a name's challenge more or less is what could have been; the tree tells (see the tests of
    // checkpoints). What other events rest upon cannot go.
    std::size_t dropped = 0;
    std::size_t doubled = 0;
    for (Position at = 10; at < end; ++at) {
        ForgedLog less(lives.log());
        less.records.erase(less.records.begin() + static_cast<std::ptrdiff_t>(at - 1));
        dropped += bad(less) ? 1U : 0U;
        ForgedLog more(lives.log());
        const events::Bytes again = more.records[at - 1];
        more.records.insert(more.records.begin() + static_cast<std::ptrdiff_t>(at), again);
        doubled += bad(more) ? 1U : 0U;
    }
    CHECK(doubled == end - 10);  // An event id stands once.
    CHECK(dropped >= (end - 10) / 2);
}

TEST_CASE("half a command is found, wherever the log is cut") {
    Lives lives;
    const ForgedLog whole(lives.log());
    std::size_t halves = 0;
    for (std::size_t end = 10; end < whole.records.size(); ++end) {
        ForgedLog cut(lives.log());
        cut.records.resize(end);
        const bool amid = whole.read(end).command == whole.read(end + 1).command &&
                          whole.read(end + 1).fields.type != EventType::application_submitted;
        const auto report = must(audit::verify_log(cut, lives.ledger().zones()));
        INFO("cut behind " << end << "\n" << told(report));
        CHECK(report.good() == !amid);
        halves += amid ? 1U : 0U;
    }
    CHECK(halves >= 6);
}

TEST_CASE("a payload that says the same in other octets is found") {
    Lives lives;
    ForgedLog log(lives.log());
    const Position at = log.find_type(EventType::certificate_deleted);
    Forgery record = log.read(at);
    events::Bytes payload{2};  // `forced`: neither 0 nor 1.
    record.fields.stream = record.stream;
    record.fields.actor = record.actor;
    record.fields.account = record.account;
    record.fields.command = record.command;
    record.fields.correlation = record.correlation;
    record.fields.payload = payload;
    log.records[at - 1].clear();
    events::encode_record(record.fields, log.records[at - 1]);
    const auto report = must(audit::verify_log(log, lives.ledger().zones()));
    INFO(told(report));
    REQUIRE_FALSE(report.good());
    CHECK(report.findings.front().position == at);
}

TEST_CASE("a tree that is not that of the records is found") {
    struct Other final : ForgedLog {
        using ForgedLog::ForgedLog;
        [[nodiscard]] Result<store::TreeHead> tree_head(std::uint64_t size) const override {
            auto tree = ForgedLog::tree_head(size);
            tree->root[0] ^= 1;
            return tree;
        }
    };
    Lives lives;
    const auto report = must(audit::verify_log(Other(lives.log()), lives.ledger().zones()));
    CHECK_FALSE(report.good());
    CHECK(report.bad_records == 0);
    CHECK(told(report).find("0: tree: the store's root") == 0);
}

TEST_CASE("an event that describes another certificate than it holds is found") {
    SharedLedger shared;
    auto ledger = shared.open();
    std::ifstream in(CERTLEDGER_TEST_CERTIFICATE);
    const std::string pem(std::istreambuf_iterator<char>(in), {});
    OrderedJson line{
        {"id", "u1"}, {"command", "upload-certificate"}, {"certificate", "u"}, {"certificate_pem", pem}};
    line["occurred_at"] = "2026-01-01T00:00:00Z";
    REQUIRE(answer(ledger, line.dump())["ok"] == true);
    ForgedLog log(shared.log());
    CHECK(must(audit::verify_log(log, ledger.zones())).good());
    const Position at = log.find_type(EventType::certificate_uploaded);
    log.forge(at, [](Forgery& r) { std::get<events::CertificateUploaded>(r.event).serial = "00"; });
    const auto report = must(audit::verify_log(log, ledger.zones()));
    INFO(told(report));
    REQUIRE_FALSE(report.good());
    CHECK(report.findings.front().message.find("der: the certificate in it") == 0);
}

// Role: a small log in memory with its views, written event by event. Nothing here asks the rules: a test
// writes what it needs.
#pragma once

#include <catch2/catch.hpp>
#include <certledger/events/codec.hpp>
#include <certledger/events/events.hpp>
#include <certledger/projections/views.hpp>
#include <certledger/store/memory_store.hpp>
#include <string>
#include <vector>

namespace certledger::test {

using namespace events;
namespace views = projections;

inline Instant at(std::string_view text) {
    const auto read = instant_from_string(text);
    REQUIRE(read);
    return *read;
}
inline Instant day(int n) { return at("2026-01-01T00:00:00Z").plus_seconds(n * kSecondsPerDay); }
inline Money money(std::string_view text) {
    const auto read = money_from_string(text);
    REQUIRE(read);
    return *read;
}
inline Product product(Level level = Level::dv, Kind kind = Kind::single, std::string brand = "digicert") {
    return {level, kind, kind == Kind::multi ? 10 : 1, 1, std::move(brand)};
}
inline std::vector<DomainName> names(const std::vector<std::string>& ascii) {
    std::vector<DomainName> made;
    for (const auto& name : ascii) {
        const bool foreign = name.starts_with("xn--bcher-kva.");
        made.push_back({name, foreign ? "bücher" + name.substr(name.find('.')) : name});
    }
    return made;
}
inline Digest digest(std::uint8_t first) {
    Digest made{};
    made[0] = first;
    return made;
}
inline const AccountId& ada() {
    static const AccountId account{"ada"};
    return account;
}

/// Appends to any log.
class Author {
  public:
    explicit Author(store::EventStore& log) : log_(log) {}

    AccountId account = ada();

    void begin() {
        write(ledger_stream(), LedgerCreated{1, true, "test"}, Instant{});
        for (const auto& policy : policies::default_policies())
            write(policy_stream(), PolicyAdopted{policy}, Instant{});
    }
    void write(const StreamId& stream, const Event& event, Instant when) {
        store::PendingRecord record;
        record.stream = stream;
        record.type = type_of(event);
        record.schema = static_cast<std::uint16_t>(schema_of(event));
        record.occurred_at = when;
        record.not_before = when;
        record.id.octets[15] = static_cast<std::uint8_t>(++written_ & 0xFFU);
        record.id.octets[14] = static_cast<std::uint8_t>(written_ >> 8U & 0xFFU);
        record.id.octets[0] = number_;
        record.actor = "tester";
        record.account = account.value;
        encode_event(event, record.payload);
        REQUIRE(log_.append({{record}, {}, {}, 0}));
    }
    void cert(const std::string& id, const Event& event, Instant when) {
        write(stream_of(CertificateId{id}), event, when);
    }
    void quota(const std::string& id, const Event& event, Instant when) {
        write(stream_of(QuotaId{id}), event, when);
    }

    void buy(const std::string& id, const std::vector<std::string>& wanted, Instant when,
             Level level = Level::dv, std::string_view price = "100.00 USD",
             std::optional<CertificateId> predecessor = std::nullopt) {
        CertificatePurchased event;
        event.term_end = when.plus_seconds(365 * kSecondsPerDay);
        event.paid_at = when;
        event.payment = money(price);
        const bool star = wanted.front().starts_with("*.");
        event.product = product(level, wanted.size() > 1 ? Kind::multi
                                       : star            ? Kind::wildcard
                                                         : Kind::single);
        event.names = names(wanted);
        event.predecessor = std::move(predecessor);
        cert(id, event, when);
    }
    void submit(const std::string& id, Instant when, ValidationMethod method = ValidationMethod::dns_manual) {
        ApplicationSubmitted event;
        event.validation = method;
        cert(id, event, when);
    }
    void issue(const std::string& id, Instant when, Instant not_after, std::uint8_t fingerprint = 1) {
        CertificateIssued event;
        event.not_before = when;
        event.not_after = not_after;
        event.sha256 = digest(fingerprint);
        event.serial = "0a" + to_hex(&fingerprint, 1);
        event.issuer = "CN=Test CA";
        cert(id, event, when);
    }
    /// Bought, applied for, validated and issued, all at once.
    void make(const std::string& id, const std::vector<std::string>& wanted, Instant when, Instant not_after,
              std::uint8_t fingerprint = 1, std::string_view price = "100.00 USD") {
        buy(id, wanted, when, Level::dv, price);
        submit(id, when);
        for (const auto& name : wanted) cert(id, DomainValidated{name}, when);
        issue(id, when, not_after, fingerprint);
    }
    void upload(const std::string& id, const std::vector<std::string>& wanted, Instant when,
                Instant not_after, std::uint8_t fingerprint = 1) {
        CertificateUploaded event;
        event.not_before = when;
        event.not_after = not_after;
        event.sha256 = digest(fingerprint);
        event.serial = "ff" + to_hex(&fingerprint, 1);
        event.names = names(wanted);
        cert(id, event, when);
    }
    void deploy(const std::string& id, const std::string& target, Instant when) {
        cert(id, DeploymentStarted{false, target}, when);
        cert(id, CertificateDeployed{target}, when);
    }
    void grant(const std::string& id, std::string_view amount, Instant when) {
        RefundGranted event;
        event.reason = RefundReason::unissued;
        event.amount = money(amount);
        event.policy = {2, "policy"};
        event.inputs.decided_at = when;
        event.inputs.payment = event.amount;
        cert(id, event, when);
    }
    void decline(const std::string& id, std::string_view payment, Instant when) {
        RefundDeclined event;
        event.inputs.decided_at = when;
        event.inputs.payment = money(payment);
        event.policy = {2, "policy"};
        cert(id, event, when);
    }

  private:
    store::EventStore& log_;
    unsigned written_ = 0;
    std::uint8_t number_ = next_author();

    /// Events of different authors have different ids.
    static std::uint8_t next_author() {
        static std::uint8_t last = 0;
        return ++last;
    }
};

/// A log in memory with its first records, and views kept in memory.
class Ledger : public Author {
  public:
    Ledger() : Author(log) { begin(); }

    /// The views at an instant, everything folded.
    views::Moment moment(Instant now) {
        REQUIRE(all.catch_up());
        return ask({now, std::nullopt, std::nullopt});
    }
    views::Moment ask(const views::QueryPoint& point) {
        auto made = all.moment(point);
        REQUIRE(made);
        return std::move(*made);
    }

    store::MemoryStore log;
    policies::UtcZones zones;
    views::MemoryRowStore rows;
    views::Views all{log, rows, zones};
};

inline std::vector<std::string> ids(const views::ListPage& page) {
    std::vector<std::string> made;
    for (const auto& item : page.items) made.push_back(item.certificate.value);
    return made;
}
inline std::vector<std::string> ids(const Result<views::ListPage>& page) {
    REQUIRE(page);
    return ids(*page);
}
using Texts = std::vector<std::string>;

}  // namespace certledger::test

#include <catch2/catch.hpp>
#include <certledger/adapters/names/name.hpp>
#include <certledger/domain/state.hpp>
#include <certledger/events/codec.hpp>
#include <certledger/tools/bench/workload.hpp>
#include <map>
#include <set>

using namespace certledger;
using bench::Workload;

namespace {

std::vector<store::PendingRecord> all_of(const bench::WorkloadOptions& options) {
    Workload workload(options);
    std::vector<store::PendingRecord> records;
    while (workload.next(records, 1'000)) {
    }
    return records;
}

bool same(const store::PendingRecord& a, const store::PendingRecord& b) {
    return a.stream == b.stream && a.type == b.type && a.occurred_at == b.occurred_at && a.id == b.id &&
           a.actor == b.actor && a.account == b.account && a.command == b.command && a.payload == b.payload;
}

events::Event event_of(const store::PendingRecord& record) {
    auto event = events::decode_event(record.type, record.schema, record.payload);
    REQUIRE(event);
    return std::move(*event);
}

}  // namespace

TEST_CASE("the same seed makes the same records, another one others") {
    const auto once = all_of({7, 300});
    const auto again = all_of({7, 300});
    REQUIRE(once.size() == again.size());
    bool equal = true;
    for (std::size_t i = 0; i < once.size(); ++i) equal = equal && same(once[i], again[i]);
    CHECK(equal);
    const auto other = all_of({8, 300});
    CHECK_FALSE((other.size() == once.size() && same(other.back(), once.back())));
}

TEST_CASE("records do not depend on how many are taken at a time") {
    Workload workload({7, 200});
    std::vector<store::PendingRecord> one_by_one;
    while (workload.next(one_by_one, 1)) {
    }
    const auto at_once = all_of({7, 200});
    REQUIRE(one_by_one.size() == at_once.size());
    bool equal = true;
    for (std::size_t i = 0; i < at_once.size(); ++i) equal = equal && same(one_by_one[i], at_once[i]);
    CHECK(equal);
}

TEST_CASE("records whose memory was used before are the same as fresh ones") {
    Workload workload({7, 300});
    std::vector<store::PendingRecord> taken;
    std::vector<store::PendingRecord> all;
    while (workload.next(taken, 100)) {
        all.insert(all.end(), taken.begin(), taken.end());
        workload.recycle(taken);
        CHECK(taken.empty());
    }
    const auto fresh = all_of({7, 300});
    REQUIRE(all.size() == fresh.size());
    bool equal = true;
    for (std::size_t i = 0; i < all.size(); ++i) equal = equal && same(all[i], fresh[i]);
    CHECK(equal);
}

TEST_CASE("as many certificates begin as were asked for, and their number of events is a usual one") {
    Workload workload({1, 2'000});
    std::vector<store::PendingRecord> records;
    while (workload.next(records, 5'000)) {
    }
    CHECK(workload.certificates() == 2'000);
    std::map<std::string, int> events;
    for (const auto& record : records) {
        if (events::certificate_event(record.type)) ++events[record.stream.value];
    }
    CHECK(events.size() == 2'000);
    std::size_t usual = 0;
    for (const auto& [stream, count] : events) usual += count >= 4 && count <= 12 ? 1 : 0;
    // Uploads and lives that have just begun have fewer, orders with many names more.
    CHECK(usual > events.size() * 3 / 4);
}

TEST_CASE("no more lives are open than were allowed, but for successors") {
    Workload workload({1, 0, 100});
    std::vector<store::PendingRecord> records;
    std::size_t most = 0;
    for (int i = 0; i < 200; ++i) {
        records.clear();
        REQUIRE(workload.next(records, 100));
        most = std::max(most, workload.open());
    }
    CHECK(most >= 90);
    CHECK(most <= 150);
}

TEST_CASE("every certificate's events are those that the machine and the quotas allow") {
    std::map<std::string, domain::CertificateState> certificates;
    std::map<std::string, domain::QuotaState> quotas;
    events::Instant before = events::kEarliest;
    for (const auto& record : all_of({3, 3'000})) {
        CHECK(record.occurred_at >= before);
        before = record.occurred_at;
        const auto event = event_of(record);
        if (events::certificate_event(record.type)) {
            domain::evolve(certificates[record.stream.value], event, record.occurred_at, {record.account});
        } else if (events::stream_kind(record.stream.value) == events::StreamKind::quota) {
            domain::evolve(quotas[record.stream.value], event, record.occurred_at, {record.account});
        }
    }
    std::map<events::Status, int> statuses;
    for (const auto& [stream, state] : certificates) {
        INFO(stream);
        CHECK_FALSE(state.broken);
        ++statuses[state.status.value()];
    }
    for (const auto& [stream, state] : quotas) {
        INFO(stream);
        CHECK_FALSE(state.broken);
    }
    // Every status that a life stays in for long is there.
    for (const auto status : {events::Status::paid, events::Status::issued, events::Status::validation_failed,
                              events::Status::revoked, events::Status::expired, events::Status::deleted}) {
        INFO(events::to_name(status));
        CHECK(statuses.count(status) == 1);
    }
    CHECK_FALSE(quotas.empty());
}

TEST_CASE("the lives go every way: failures, refunds, renewals, uploads, refusals") {
    std::set<events::EventType> seen;
    for (const auto& record : all_of({3, 20'000})) seen.insert(record.type);
    using events::EventType;
    for (const EventType type :
         {EventType::command_refused, EventType::quota_consumed, EventType::quota_returned,
          EventType::quota_refunded, EventType::certificate_uploaded, EventType::application_withdrawn,
          EventType::application_rejected, EventType::domain_validation_failed, EventType::issuance_failed,
          EventType::deployment_failed, EventType::renewal_completed, EventType::revocation_declined,
          EventType::refund_granted, EventType::refund_declined, EventType::refund_paid,
          EventType::certificate_expired, EventType::certificate_deleted}) {
        INFO(events::to_name(type));
        CHECK(seen.count(type) == 1);
    }
}

TEST_CASE("names are what the conversion of names makes of them, wildcards and foreign ones among them") {
    bool wildcard = false;
    bool foreign = false;
    std::set<std::string> wrong;
    for (const auto& record : all_of({5, 2'000})) {
        if (record.type != events::EventType::certificate_purchased) continue;
        const auto event = event_of(record);
        for (const auto& name : std::get<events::CertificatePurchased>(event).names) {
            wildcard = wildcard || name.ascii.starts_with("*.");
            foreign = foreign || name.ascii != name.unicode;
            const auto read = adapters::names::normalize_name(name.unicode);
            if (!read || read->ascii != name.ascii) wrong.insert(name.unicode);
        }
    }
    CHECK(wildcard);
    CHECK(foreign);
    CHECK(wrong == std::set<std::string>());
}

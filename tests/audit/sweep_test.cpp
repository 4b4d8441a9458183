#include <catch2/catch.hpp>
#include <certledger/events/fixed_fields.hpp>
#include <certledger/events/record_scan.hpp>
#include <certledger/tools/audit/sweep.hpp>

#include "../projections/ledger.hpp"

using namespace certledger;
using namespace certledger::test;
using audit::SweepReport;

namespace {

/// The records of another log, which a test then changes.
class ChangedLog final : public store::EventStore {
  public:
    explicit ChangedLog(const store::EventStore& log) {
        REQUIRE(log.read_all(1, log.head().position, [&](const RecordView&, auto octets) {
            records.emplace_back(octets.begin(), octets.end());
            return true;
        }));
    }
    std::vector<Bytes> records;

    /// Writes the record anew with its fields changed, so that its checksum is right.
    template <class Change>
    void forge(store::Position position, const Change& change) {
        const Bytes before = records[position - 1];
        RecordView record = *read_record(before);
        change(record);
        records[position - 1].clear();
        encode_record(record, records[position - 1]);
    }

    Result<std::vector<store::Stored>> append(const store::Append&) override { return none(); }
    [[nodiscard]] store::Head head() const override { return {records.size(), {}}; }
    [[nodiscard]] std::optional<store::StreamHead> stream_head(std::string_view) const override {
        return std::nullopt;
    }
    [[nodiscard]] Result<void> read_stream(std::string_view, std::uint64_t, std::uint64_t, store::Direction,
                                           const store::RecordVisitor&) const override {
        return none();
    }
    [[nodiscard]] Result<void> read_all(store::Position, store::Position,
                                        const store::RecordVisitor&) const override {
        return none();
    }
    [[nodiscard]] Result<void> read_batches(store::Position from, store::Position to,
                                            const store::BatchVisitor& visit) const override {
        std::vector<std::span<const std::uint8_t>> batch;
        for (store::Position first = from; first <= to; first += batch.size()) {
            batch.clear();
            // Batches of different sizes, of one record too.
            for (store::Position p = first; p <= to && p < first + 1 + first % 23; ++p)
                batch.emplace_back(records[p - 1]);
            if (!visit(first, batch)) break;
        }
        return {};
    }
    [[nodiscard]] Result<Bytes> record(store::Position) const override { return none(); }
    [[nodiscard]] Result<void> find(std::string_view, const store::RecordVisitor&) const override {
        return none();
    }
    [[nodiscard]] Result<store::TreeHead> tree_head(std::uint64_t) const override { return none(); }
    [[nodiscard]] Result<std::vector<Digest>> inclusion_proof(std::uint64_t, std::uint64_t) const override {
        return none();
    }
    [[nodiscard]] Result<std::vector<Digest>> consistency_proof(std::uint64_t, std::uint64_t) const override {
        return none();
    }

  private:
    static tl::unexpected<Error> none() { return fail(ErrorKind::outside, "a log for sweeping only"); }
};

SweepReport swept(const store::EventStore& log, unsigned threads = 2) {
    const auto report = audit::sweep(log, {threads, true, true, {}});
    REQUIRE(report);
    return *report;
}

std::string fault_of(const std::unique_ptr<ChangedLog>& log, store::Position position) {
    std::string rule;
    for (const unsigned threads : {1U, 3U}) {
        const SweepReport report = swept(*log, threads);
        CHECK_FALSE(report.good());
        REQUIRE(report.first_fault);
        CHECK(report.first_fault->first == position);
        rule = report.first_fault->second;
    }
    return rule;
}

/// Certificates that are bought, and every third of them uploaded besides.
void write_orders(Ledger& ledger, int count) {
    for (int i = 0; i < count; ++i) ledger.buy("k" + std::to_string(i), {"example.com"}, day(i % 50));
}

}  // namespace

TEST_CASE(
    "a sweep gives the tree's root, the streams and where certificates stand, on any number of threads") {
    Ledger ledger;
    for (const int more : {0, 1, 30, 5000, 4000}) {
        static int made = 0;
        for (int i = 0; i < more; ++i, ++made)
            ledger.buy("k" + std::to_string(made), {"example.com"}, day(made % 50));
        const auto& log = ledger.log;
        const auto head = log.head().position;
        for (const unsigned threads : {1U, 2U, 5U}) {
            const SweepReport report = swept(log, threads);
            CHECK(report.good());
            CHECK(report.head == head);
            CHECK(report.root == log.tree_head(head)->root);
            CHECK(report.streams == static_cast<std::uint64_t>(made) + 2);
            if (made > 0) CHECK(report.certificates.at(Status::paid) == static_cast<std::uint64_t>(made));
        }
    }
}

TEST_CASE("a sweep finds what was changed, and names the first record") {
    Ledger ledger;
    write_orders(ledger, 40);
    const ChangedLog whole(ledger.log);
    CHECK(swept(whole).good());
    const store::Position last = whole.records.size();
    const auto changed = [&](const auto& change) {
        auto log = std::make_unique<ChangedLog>(ledger.log);
        change(*log);
        return log;
    };
    CHECK(fault_of(changed([&](auto& log) { log.records[last - 3].back() ^= 1U; }), last - 2) ==
          "its checksum does not match");
    CHECK(fault_of(changed([&](auto& log) { std::swap(log.records[last - 1], log.records[last - 2]); }),
                   last - 1) == "it says another position");
    CHECK(fault_of(changed([&](auto& log) { log.forge(last, [](auto& r) { r.version = 2; }); }), last) ==
          "its version or previous does not follow those of its stream");
    CHECK(fault_of(changed([&](auto& log) { log.forge(last, [](auto& r) { r.previous = 1; }); }), last) ==
          "its version or previous does not follow those of its stream");
    CHECK(fault_of(changed([&](auto& log) {
                       log.forge(last, [](auto& r) { r.type = EventType::certificate_issued; });
                   }),
                   last) == "the lifecycle machine forbids it");
    CHECK(fault_of(changed([&](auto& log) {
                       log.forge(last, [](auto& r) { r.type = static_cast<EventType>(0x7FFF); });
                   }),
                   last) == "an unknown event type");
    // An octet that the fold does not look at still changes the root.
    const auto forged = changed([&](auto& log) { log.forge(last, [](auto& r) { r.actor = "nobody"; }); });
    CHECK(swept(*forged).good());
    CHECK(swept(*forged).root != swept(whole).root);
}

TEST_CASE("a scan reads in place what the reader of records reads") {
    Ledger ledger;
    write_orders(ledger, 3);
    const ChangedLog log(ledger.log);
    for (const Bytes& octets : log.records) {
        const RecordView record = *read_record(octets);
        const RecordScan scan(octets);
        CHECK(scan.type_code() == static_cast<std::uint16_t>(record.type));
        CHECK(scan.schema() == record.schema);
        CHECK(scan.position() == record.position);
        CHECK(scan.version() == record.version);
        CHECK(scan.previous() == record.previous);
        CHECK(scan.recorded_at() == record.recorded_at);
        CHECK(scan.stream() == record.stream);
        CHECK(std::equal(scan.payload().begin(), scan.payload().end(), record.payload.begin(),
                         record.payload.end()));
        CHECK(scan.checksum_holds());
    }
    Bytes cut(kEnvelopeSize + kChecksumSize, 0xFF);
    CHECK(RecordScan(cut).stream().size() == kChecksumSize);
    CHECK(RecordScan(cut).payload().empty());
}

TEST_CASE("offsets of fixed fields are where the canonical archive puts them") {
    CertificatePurchased order;
    order.payment = money("123.45 EUR");
    order.paid_at = day(3);
    const Bytes payload = encode(order);
    const auto payment = fixed_offset<CertificatePurchased>("payment");
    const auto paid_at = fixed_offset<CertificatePurchased>("paid_at");
    REQUIRE(payment);
    REQUIRE(paid_at);
    const auto at = std::span<const std::uint8_t>(payload);
    CHECK(*decode<Money>(at.subspan(*payment, 11)) == order.payment);
    CHECK(*decode<Instant>(at.subspan(*paid_at, 8)) == order.paid_at);
    CHECK_FALSE(fixed_offset<CertificatePurchased>("predecessor"));
    CHECK_FALSE(fixed_offset<CertificatePurchased>("no such field"));
}

// One event through its serialize(): this program's archives against Boost's own.
#include <boost/archive/binary_iarchive.hpp>
#include <boost/archive/binary_oarchive.hpp>
#include <certledger/events/canonical.hpp>
#include <certledger/events/events.hpp>
#include <sstream>
#include <streambuf>

#include "benches/benches.hpp"
#include "benches/boost_values.hpp"
#include "measure/sheet.hpp"
#include "workload/names.hpp"

namespace certledger::bench {
namespace {

constexpr std::size_t kEvents = 2'000;
constexpr int kPasses = 5;

/// Reads octets where they lie.
class SpanBuffer : public std::streambuf {
  public:
    void over(const char* octets, std::size_t size) {
        char* const begin = const_cast<char*>(octets);
        setg(begin, begin, begin + size);
    }
};

template <class E>
struct Kept {
    std::vector<E> events;
    std::vector<events::Bytes> canonical;
    std::vector<std::string> boost;
};

template <class E>
std::string boost_octets(const E& event) {
    std::ostringstream out;
    {
        boost::archive::binary_oarchive archive(out, boost::archive::no_header);
        archive << event;
    }
    return std::move(out).str();
}

template <class E>
Kept<E> keep(std::vector<E> events) {
    Kept<E> kept;
    kept.events = std::move(events);
    for (const E& event : kept.events) {
        events::CanonicalWriter(kept.canonical.emplace_back()).write(event);
        kept.boost.push_back(boost_octets(event));
    }
    return kept;
}

/// Nanoseconds an event that `one(i)` takes.
template <class One>
double nanos(std::size_t count, One&& one) {
    const double seconds = seconds_of([&] {
        for (int pass = 0; pass < kPasses; ++pass) {
            for (std::size_t i = 0; i < count; ++i) one(i);
        }
    });
    return seconds / static_cast<double>(count * kPasses) * 1e9;
}

template <class E>
void measure(Sheet& sheet, const std::string& name, const Kept<E>& kept) {
    const std::size_t count = kept.events.size();
    const auto same = [](const E& read, const E& written) {
        if (!(read == written))
            throw Failure({ErrorKind::damaged, "archive: what was read is not what was written"});
    };
    E event;
    // Each archive reads into the event before, as a replay does: memory that it has serves again.
    sheet.sample(name + "_decode", nanos(count, [&](std::size_t i) {
                     events::CanonicalReader reader(kept.canonical[i], E::kSchema);
                     reader.read(event);
                 }));
    same(event, kept.events.back());
    sheet.sample(name + "_boost_decode", nanos(count, [&](std::size_t i) {
                     std::istringstream in(kept.boost[i]);
                     boost::archive::binary_iarchive archive(in, boost::archive::no_header);
                     archive >> event;
                 }));
    same(event, kept.events.back());
    SpanBuffer buffer;
    sheet.sample(name + "_boost_span_decode", nanos(count, [&](std::size_t i) {
                     buffer.over(kept.boost[i].data(), kept.boost[i].size());
                     boost::archive::binary_iarchive archive(
                         buffer, boost::archive::no_header | boost::archive::no_codecvt);
                     archive >> event;
                 }));
    same(event, kept.events.back());
    events::Bytes out;
    sheet.sample(name + "_encode", nanos(count, [&](std::size_t i) {
                     out.clear();
                     events::CanonicalWriter(out).write(kept.events[i]);
                 }));
    std::size_t octets = 0;
    sheet.sample(name + "_boost_encode",
                 nanos(count, [&](std::size_t i) { octets += boost_octets(kept.events[i]).size(); }));
    if (out.empty() || octets == 0) throw Failure({ErrorKind::damaged, "archive: nothing was written"});
}

void declare(Sheet& sheet, const std::string& name, const std::string& event) {
    sheet.figure(name + "_decode", event + ", decode", "ns/event");
    sheet.limit(name + "_boost_decode", event + ", decode by binary_iarchive, a stream an event", "ns/event");
    sheet.limit(name + "_boost_span_decode", event + ", the same over the octets where they lie", "ns/event");
    sheet.figure(name + "_encode", event + ", encode", "ns/event");
    sheet.limit(name + "_boost_encode", event + ", encode by binary_oarchive", "ns/event");
    sheet.ratio(name + "_decode_times", event + ", decode: stock binary_iarchive / this",
                name + "_boost_decode", name + "_decode");
    sheet.ratio(name + "_encode_times", event + ", encode: stock binary_oarchive / this",
                name + "_boost_encode", name + "_encode");
}

}  // namespace

Section bench_archive(const Bed& bed) {
    Sheet sheet("archive", "One event through serialize()");
    declare(sheet, "purchased", "certificate-purchased");
    declare(sheet, "issued", "certificate-issued");
    declare(sheet, "validated", "domain-validated");
    Random random(bed.options.seed);
    std::vector<events::CertificatePurchased> purchased;
    std::vector<events::CertificateIssued> issued;
    std::vector<events::DomainValidated> validated;
    for (std::size_t i = 0; i < kEvents; ++i) {
        events::CertificatePurchased order;
        order.product = make_product(random);
        order.payment = make_price(random, order.product);
        order.names = make_names(random, order.product);
        validated.push_back({order.names.front().ascii});
        events::CertificateIssued signing;
        random.fill(signing.sha256);
        random.fill(signing.key_sha256);
        signing.validity_policy = signing.reuse_policy = {2, "policy"};
        signing.serial = random.hex(32);
        signing.issuer = "CN=Northgate Issuing CA 1,O=Northgate,C=DE";
        signing.names = order.names;
        issued.push_back(std::move(signing));
        purchased.push_back(std::move(order));
    }
    sheet.size("events_of_each", kEvents);
    const auto kept_purchased = keep(std::move(purchased));
    const auto kept_issued = keep(std::move(issued));
    const auto kept_validated = keep(std::move(validated));
    for (std::size_t round = 0; round < bed.options.rounds; ++round) {
        measure(sheet, "purchased", kept_purchased);
        measure(sheet, "issued", kept_issued);
        measure(sheet, "validated", kept_validated);
    }
    return sheet.section();
}

}  // namespace certledger::bench

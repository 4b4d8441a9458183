#include "prepared.hpp"

#include <algorithm>
#include <certledger/adapters/openssl/certificate.hpp>
#include <certledger/adapters/openssl/csr.hpp>
#include <certledger/store/tlog/hash.hpp>
#include <deque>
#include <future>
#include <thread>

namespace certledger::audit {
namespace {

using events::RecordView;
using store::Position;

constexpr Position kBlockRecords = 2'048;

bool same(std::span<const std::uint8_t> a, std::span<const std::uint8_t> b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

/// The certificate itself must say what the event says of it.
void check_der(const events::CertificateIssued& event, std::vector<std::string>& faults) {
    const auto read = adapters::openssl::read_certificate(std::span(event.der));
    if (!read) return faults.push_back("der: " + read.error().message);
    if (read->sha256 != event.sha256 || read->key.spki_sha256 != event.key_sha256 ||
        read->serial != event.serial || read->issuer != event.issuer ||
        read->not_before != event.not_before || read->not_after != event.not_after)
        faults.emplace_back("der: the certificate in it is not the one that the event describes");
}
void check_der(const events::CertificateUploaded& event, std::vector<std::string>& faults) {
    const auto read = adapters::openssl::read_certificate(std::span(event.der));
    if (!read) return faults.push_back("der: " + read.error().message);
    if (read->sha256 != event.sha256 || read->key.spki_sha256 != event.key_sha256 ||
        read->serial != event.serial || read->not_before != event.not_before ||
        read->not_after != event.not_after)
        faults.emplace_back("der: the certificate in it is not the one that the event describes");
}
void check_csr(const events::ApplicationSubmitted& event, std::vector<std::string>& faults) {
    const auto read = adapters::openssl::read_csr(std::span(event.csr));
    if (!read) return faults.push_back("csr: " + read.error().message);
    if (read->key.spki_sha256 != event.key_sha256)
        faults.emplace_back("csr: its key is not the one that the event names");
}

void check_evidence(const events::Event& event, std::vector<std::string>& faults) {
    if (const auto* issued = std::get_if<events::CertificateIssued>(&event)) {
        if (!issued->der.empty()) check_der(*issued, faults);
    } else if (const auto* uploaded = std::get_if<events::CertificateUploaded>(&event)) {
        check_der(*uploaded, faults);
    } else if (const auto* submitted = std::get_if<events::ApplicationSubmitted>(&event)) {
        if (submitted->key_source == events::KeySource::csr) check_csr(*submitted, faults);
    }
}

void check_octets(std::span<const std::uint8_t> octets, Prepared& made) {
    if (const auto read = events::read_record(octets); !read) {
        made.faults.push_back(read.error().message);
        return;
    }
    events::Bytes again;
    events::encode_record(made.record, again);
    if (!same(again, octets))
        made.faults.emplace_back("record: its octets are not the one encoding of its fields");
}

void look_at(std::span<const std::uint8_t> octets, const NamePrints& prints, const Look& look,
             Prepared& made) {
    made.octets = octets.size();
    const auto record = events::read_record_unchecked(octets);
    if (!record) {
        made.missing = record.error().message;
        return;
    }
    made.record = *record;
    made.stream = prints.of(record->stream);
    made.account = prints.of(record->account);
    if (look.streams_only) return;
    made.leaf = store::tlog::leaf_hash(octets);
    const bool thorough = made.position >= look.from;
    if (thorough) check_octets(octets, made);
    auto event = events::decode_event(record->type, record->schema, record->payload);
    if (!event) {
        made.faults.push_back(event.error().message);
        return;
    }
    if (thorough) {
        events::Bytes again;
        events::encode_event(*event, again);
        if (!same(again, record->payload))
            made.faults.emplace_back(
                "payload: its octets are not the one encoding of the event that they give");
        check_evidence(*event, made.faults);
    }
    made.event = std::move(*event);
}

/// Reads [first, last]; a record that cannot be read has its place all the same.
Block make_block(const store::EventStore& log, Position first, Position last, const NamePrints& prints,
                 const Look& look) {
    Block block;
    block.records.reserve(last - first + 1);
    std::vector<std::size_t> ends;
    Position next = first;
    while (next <= last) {
        const auto read = log.read_all(next, last, [&](const RecordView&, auto octets) {
            block.octets.insert(block.octets.end(), octets.begin(), octets.end());
            block.records.emplace_back().position = next++;
            ends.push_back(block.octets.size());
            return true;
        });
        if (next > last) break;
        Prepared& hole = block.records.emplace_back();
        hole.position = next++;
        hole.missing = read ? "the record is missing" : read.error().message;
        ends.push_back(block.octets.size());
    }
    std::size_t begin = 0;
    for (std::size_t i = 0; i < ends.size(); ++i) {
        Prepared& made = block.records[i];
        if (!made.missing)
            look_at(std::span(block.octets).subspan(begin, ends[i] - begin), prints, look, made);
        begin = ends[i];
    }
    return block;
}

}  // namespace

void prepare_all(const store::EventStore& log, Position head, const NamePrints& prints, const Look& look,
                 const std::function<void(Block&)>& visit) {
    const std::size_t most = std::max(1U, std::thread::hardware_concurrency()) + 1;
    std::deque<std::future<Block>> coming;
    Position next = 1;
    while (next <= head || !coming.empty()) {
        while (next <= head && coming.size() < most) {
            const Position last = std::min(head, next + kBlockRecords - 1);
            coming.push_back(std::async(std::launch::async, make_block, std::cref(log), next, last,
                                        std::cref(prints), std::cref(look)));
            next = last + 1;
        }
        Block block = coming.front().get();
        coming.pop_front();
        visit(block);
    }
}

}  // namespace certledger::audit

#include "workload/certificate.hpp"

#include <certledger/store/tlog/hash.hpp>
#include <initializer_list>

namespace certledger::bench {
namespace {

using events::Bytes;

/// Tags of X.690 that are needed here.
enum Tag : std::uint8_t {
    integer = 0x02,
    bit_string = 0x03,
    octet_string = 0x04,
    object_id = 0x06,
    utf8_string = 0x0C,
    utc_time = 0x17,
    sequence = 0x30,
    set = 0x31,
    dns_name = 0x82,
    version = 0xA0,
    extensions = 0xA3,
};

Bytes of(Tag tag, const Bytes& content) {
    Bytes made{tag};
    const std::size_t size = content.size();
    if (size >= 0x100) {
        made.insert(made.end(),
                    {0x82, static_cast<std::uint8_t>(size >> 8U), static_cast<std::uint8_t>(size)});
    } else if (size >= 0x80) {
        made.insert(made.end(), {0x81, static_cast<std::uint8_t>(size)});
    } else {
        made.push_back(static_cast<std::uint8_t>(size));
    }
    made.insert(made.end(), content.begin(), content.end());
    return made;
}

Bytes of(Tag tag, std::initializer_list<Bytes> parts) {
    Bytes content;
    for (const Bytes& part : parts) content.insert(content.end(), part.begin(), part.end());
    return of(tag, content);
}

Bytes octets_of(const std::string& text) { return {text.begin(), text.end()}; }

template <std::size_t N>
Bytes random_octets(Random& random) {
    std::array<std::uint8_t, N> octets{};
    random.fill(octets);
    return {octets.begin(), octets.end()};
}

/// A name of one common name.
Bytes name_of(const std::string& common_name) {
    const Bytes id_at_common_name{0x55, 0x04, 0x03};
    return of(sequence, {of(set, {of(sequence, {of(object_id, id_at_common_name),
                                                of(utf8_string, octets_of(common_name))})})});
}

/// YYMMDDHHMMSSZ.
Bytes time_of(events::Instant instant) {
    const std::string text = events::to_string(instant);
    return of(utc_time, octets_of(text.substr(2, 2) + text.substr(5, 2) + text.substr(8, 2) +
                                  text.substr(11, 2) + text.substr(14, 2) + text.substr(17, 2) + "Z"));
}

/// A BIT STRING without unused bits.
Bytes bits_of(const Bytes& octets) { return of(bit_string, {Bytes{0}, octets}); }

Bytes names_of(const std::vector<events::DomainName>& names) {
    Bytes list;
    for (const auto& name : names) {
        const Bytes one = of(dns_name, octets_of(name.ascii));
        list.insert(list.end(), one.begin(), one.end());
    }
    const Bytes id_subject_alt_name{0x55, 0x1D, 0x11};
    return of(extensions, {of(sequence, {of(sequence, {of(object_id, id_subject_alt_name),
                                                       of(octet_string, of(sequence, list))})})});
}

std::string hex_of(const Bytes& octets) {
    std::string text;
    for (const std::uint8_t octet : octets) {
        text += "0123456789abcdef"[octet >> 4U];
        text += "0123456789abcdef"[octet & 15U];
    }
    return text;
}

}  // namespace

events::CertificateUploaded make_upload(Random& random, const std::vector<events::DomainName>& names,
                                        events::Instant not_before, events::Instant not_after) {
    // Ed25519 (RFC 8410): every 32 octets are a key.
    const Bytes algorithm = of(sequence, {of(object_id, Bytes{0x2B, 0x65, 0x70})});
    const Bytes key = of(sequence, {algorithm, bits_of(random_octets<32>(random))});
    Bytes serial = random_octets<16>(random);
    // Positive, and as long as it looks.
    serial.front() = static_cast<std::uint8_t>((serial.front() & 0x3FU) | 0x40U);
    const std::string issuer = "Elsewhere CA " + std::to_string(random.below(9));
    const std::string& subject = names.front().ascii;
    const Bytes body = of(sequence, {of(version, of(integer, Bytes{2})), of(integer, serial), algorithm,
                                     name_of(issuer), of(sequence, {time_of(not_before), time_of(not_after)}),
                                     name_of(subject), key, names_of(names)});
    events::CertificateUploaded made;
    made.not_before = not_before;
    made.not_after = not_after;
    made.der = of(sequence, {body, algorithm, bits_of(random_octets<64>(random))});
    made.sha256 = store::tlog::sha256(made.der);
    made.key_sha256 = store::tlog::sha256(key);
    made.serial = hex_of(serial);
    made.issuer = "CN=" + issuer;
    made.subject = "CN=" + subject;
    made.names = names;
    return made;
}

}  // namespace certledger::bench

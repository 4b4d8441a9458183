// Role: the fields of a record that a scan over millions of them needs, read where they lie; envelope.hpp has
// the layout. Nothing is checked but what keeps the reading inside the octets.
#pragma once

#include <algorithm>
#include <certledger/events/envelope.hpp>
#include <certledger/events/little_endian.hpp>

namespace certledger::events {

/// Lifetime: of the octets, of which there are at least kEnvelopeSize + kChecksumSize (contract of who makes
/// it; EventStore::read_batches gives no fewer).
class RecordScan {
  public:
    explicit RecordScan(std::span<const std::uint8_t> octets) : octets_(octets) {}

    [[nodiscard]] std::uint16_t type_code() const { return number<std::uint16_t>(2); }
    [[nodiscard]] std::uint16_t schema() const { return number<std::uint16_t>(4); }
    [[nodiscard]] std::uint64_t position() const { return number<std::uint64_t>(8); }
    [[nodiscard]] std::uint64_t version() const { return number<std::uint64_t>(16); }
    [[nodiscard]] std::uint64_t previous() const { return number<std::uint64_t>(24); }
    [[nodiscard]] Instant recorded_at() const { return {number<std::int64_t>(40)}; }
    /// Cut at the end of the octets where its length reaches beyond them.
    [[nodiscard]] std::string_view stream() const {
        const std::size_t size =
            std::min<std::size_t>(number<std::uint16_t>(6), octets_.size() - kEnvelopeSize);
        return {reinterpret_cast<const char*>(octets_.data()) + kEnvelopeSize, size};
    }
    /// Empty where the lengths do not fit the octets.
    [[nodiscard]] std::string_view account() const {
        const std::size_t before = std::size_t{number<std::uint16_t>(6)} + number<std::uint16_t>(96);
        const std::size_t size = number<std::uint16_t>(98);
        if (kEnvelopeSize + before + size + kChecksumSize > octets_.size()) return {};
        return {reinterpret_cast<const char*>(octets_.data()) + kEnvelopeSize + before, size};
    }
    /// Empty where the lengths do not fit the octets.
    [[nodiscard]] std::span<const std::uint8_t> payload() const {
        const std::size_t texts = std::size_t{number<std::uint16_t>(6)} + number<std::uint16_t>(96) +
                                  number<std::uint16_t>(98) + number<std::uint16_t>(100) +
                                  number<std::uint16_t>(102);
        const std::size_t size = number<std::uint32_t>(104);
        if (kEnvelopeSize + texts + size + kChecksumSize != octets_.size()) return {};
        return octets_.subspan(kEnvelopeSize + texts, size);
    }
    [[nodiscard]] bool checksum_holds() const {
        const std::size_t body = octets_.size() - kChecksumSize;
        return number<std::uint32_t>(body) == crc32c(octets_.first(body));
    }

  private:
    template <class T>
    [[nodiscard]] T number(std::size_t at) const {
        return load_number<T>(octets_.data() + at);
    }

    std::span<const std::uint8_t> octets_;
};

}  // namespace certledger::events

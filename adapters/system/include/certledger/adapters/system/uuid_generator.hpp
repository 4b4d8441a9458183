// Role: identifiers of events and of things that nobody named.
#pragma once

#include <array>
#include <certledger/events/instant.hpp>
#include <certledger/events/uuid.hpp>
#include <cstddef>
#include <cstdint>
#include <mutex>

namespace certledger::adapters::system {

/// Makes UUIDs of version 7 (RFC 9562 section 5.7): 48 bits of milliseconds, a 12-bit counter (section 6.2,
/// method 1), 62 random bits. Within one generator each is larger than the one before, also when the clock
/// runs backwards. Thread-safe; well under a microsecond each. `now` before 1970 counts as 1970.
class UuidGenerator {
  public:
    [[nodiscard]] events::Uuid next(events::Instant now);

  private:
    [[nodiscard]] std::uint64_t random_bits();

    std::mutex mutex_;
    std::uint64_t last_millisecond_ = 0;
    std::uint32_t counter_ = 0;
    std::array<std::uint8_t, 512> pool_{};  // random octets fetched in one go
    std::size_t pool_used_ = sizeof pool_;
};

}  // namespace certledger::adapters::system

#include <algorithm>
#include <certledger/adapters/system/identity.hpp>
#include <certledger/adapters/system/uuid_generator.hpp>
#include <cstring>

namespace certledger::adapters::system {

namespace {

constexpr std::uint32_t kCounterLimit = 1U << 12;
constexpr std::uint64_t kMaxMillisecond = (std::uint64_t{1} << 48) - 1;

}  // namespace

std::uint64_t UuidGenerator::random_bits() {
    if (pool_.size() - pool_used_ < sizeof(std::uint64_t)) {
        fill_random(pool_);
        pool_used_ = 0;
    }
    std::uint64_t bits = 0;
    std::memcpy(&bits, pool_.data() + pool_used_, sizeof bits);
    pool_used_ += sizeof bits;
    return bits;
}

events::Uuid UuidGenerator::next(events::Instant now) {
    const std::int64_t wanted = std::max<std::int64_t>(now.micros, 0) / 1000;
    const std::lock_guard lock(mutex_);
    const std::uint64_t random = random_bits();
    if (const auto millisecond = std::min(static_cast<std::uint64_t>(wanted), kMaxMillisecond);
        millisecond > last_millisecond_) {
        last_millisecond_ = millisecond;
        // A random start in the lower half leaves 2,048 more in the same millisecond before time is borrowed.
        counter_ = static_cast<std::uint32_t>(random_bits() % (kCounterLimit / 2));
    } else if (++counter_ == kCounterLimit) {
        ++last_millisecond_;  // RFC 9562 section 6.2: ahead of the clock rather than out of order
        counter_ = 0;
    }
    events::Uuid uuid;
    for (int i = 0; i < 6; ++i) {
        uuid.octets[static_cast<std::size_t>(i)] =
            static_cast<std::uint8_t>(last_millisecond_ >> (40 - 8 * i));
    }
    uuid.octets[6] = static_cast<std::uint8_t>(0x70 | (counter_ >> 8));
    uuid.octets[7] = static_cast<std::uint8_t>(counter_);
    for (int i = 0; i < 8; ++i) {
        uuid.octets[static_cast<std::size_t>(8 + i)] = static_cast<std::uint8_t>(random >> (8 * i));
    }
    uuid.octets[8] = static_cast<std::uint8_t>((uuid.octets[8] & 0x3f) | 0x80);
    return uuid;
}

}  // namespace certledger::adapters::system

// Role: numbers that look random and are the same for the same seed on every machine.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>

namespace certledger::bench {

/// SplitMix64 (Steele, Lea and Flood 2014). Not for secrets. Not thread-safe.
class Random {
  public:
    explicit Random(std::uint64_t seed) : state_(seed) {}

    std::uint64_t next() {
        state_ += 0x9E3779B97F4A7C15U;
        std::uint64_t mixed = state_;
        mixed = (mixed ^ (mixed >> 30U)) * 0xBF58476D1CE4E5B9U;
        mixed = (mixed ^ (mixed >> 27U)) * 0x94D049BB133111EBU;
        return mixed ^ (mixed >> 31U);
    }
    /// 0 to bound - 1; the bias is far below anything that a workload shows.
    std::uint64_t below(std::uint64_t bound) { return next() % bound; }
    std::int64_t between(std::int64_t least, std::int64_t most) {
        return least + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(most - least + 1)));
    }
    bool percent(unsigned chance) { return below(100) < chance; }
    /// An index, by weights.
    std::size_t weighted(std::initializer_list<unsigned> weights) {
        std::uint64_t whole = 0;
        for (const unsigned weight : weights) whole += weight;
        std::uint64_t drawn = below(whole);
        std::size_t index = 0;
        for (const unsigned weight : weights) {
            if (drawn < weight) break;
            drawn -= weight;
            ++index;
        }
        return index;
    }
    template <std::size_t N>
    void fill(std::array<std::uint8_t, N>& octets) {
        std::uint64_t word = 0;
        for (std::size_t i = 0; i < N; ++i) {
            if (i % 8 == 0) word = next();
            octets[i] = static_cast<std::uint8_t>(word >> (8 * (i % 8)));
        }
    }
    /// Digits of base 16, lower case.
    std::string hex(std::size_t digits) {
        std::string text(digits, '0');
        std::uint64_t word = 0;
        for (std::size_t i = 0; i < digits; ++i) {
            if (i % 16 == 0) word = next();
            text[i] = "0123456789abcdef"[word & 15U];
            word >>= 4U;
        }
        return text;
    }

  private:
    std::uint64_t state_;
};

}  // namespace certledger::bench

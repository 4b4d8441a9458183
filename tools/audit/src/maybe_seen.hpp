// Role: tells in bounded memory that something was certainly never seen (a Bloom filter).
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <string_view>
#include <vector>

namespace certledger::audit {

/// Not thread-safe.
class MaybeSeen {
  public:
    static constexpr std::uint64_t kMostBits = std::uint64_t{1} << 27U;  ///< 16 MiB.

    /// Good for that many names; with more, up to any number, it only knows less.
    explicit MaybeSeen(std::uint64_t names)
        : words_(std::bit_ceil(std::clamp<std::uint64_t>(names, 8, kMostBits / 16) * 16) / 64) {}

    void add(std::string_view name) {
        each_bit(name, [this](std::uint64_t bit) {
            words_[bit / 64] |= std::uint64_t{1} << (bit % 64);
            return true;
        });
    }
    /// False: it was never added.
    [[nodiscard]] bool has(std::string_view name) const {
        return each_bit(name,
                        [this](std::uint64_t bit) { return (words_[bit / 64] >> (bit % 64) & 1U) != 0; });
    }

  private:
    template <class Visit>
    bool each_bit(std::string_view name, const Visit& visit) const {
        constexpr int kBitsOfName = 4;
        constexpr std::uint64_t kOdd = 0x9E3779B97F4A7C15U;
        std::uint64_t hash = std::hash<std::string_view>()(name);
        for (int i = 0; i < kBitsOfName; ++i) {
            if (!visit(hash & (words_.size() * 64 - 1))) return false;
            hash = std::rotl(hash, 27) * kOdd;
        }
        return true;
    }

    std::vector<std::uint64_t> words_;
};

}  // namespace certledger::audit

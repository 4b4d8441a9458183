#include "sha256_lanes.hpp"

#include <algorithm>
#include <certledger/events/contract.hpp>
#include <cstring>

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>
#endif

namespace certledger::store::tlog {

#if defined(__x86_64__)
namespace {

#define CERTLEDGER_WITH_SHA __attribute__((target("sha,sse4.1,ssse3")))

constexpr std::size_t kBlock = 64;

/// FIPS 180-4 section 4.2.2.
alignas(16) constexpr std::uint32_t kRound[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

/// FIPS 180-4 section 5.3.3, in the order in which the instructions keep the words: A B E F and C D G H, from
/// the highest lane down.
alignas(16) constexpr std::uint32_t kInitial[8] = {0x9b05688c, 0x510e527f, 0xbb67ae85, 0x6a09e667,
                                                   0x5be0cd19, 0x1f83d9ab, 0xa54ff53a, 0x3c6ef372};

struct State {
    __m128i abef;
    __m128i cdgh;
};

CERTLEDGER_WITH_SHA inline State initial() {
    return {_mm_load_si128(reinterpret_cast<const __m128i*>(kInitial)),
            _mm_load_si128(reinterpret_cast<const __m128i*>(kInitial + 4))};
}

CERTLEDGER_WITH_SHA inline __m128i swapped(__m128i words) {
    return _mm_shuffle_epi8(words, _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203));
}

CERTLEDGER_WITH_SHA inline void store(const State& state, events::Digest& out) {
    const __m128i feba = _mm_shuffle_epi32(state.abef, 0x1B);
    const __m128i dchg = _mm_shuffle_epi32(state.cdgh, 0xB1);
    auto* const at = reinterpret_cast<__m128i*>(out.data());
    _mm_storeu_si128(at, swapped(_mm_blend_epi16(feba, dchg, 0xF0)));
    _mm_storeu_si128(at + 1, swapped(_mm_alignr_epi8(dchg, feba, 8)));
}

/// One block of each of N messages.
template <std::size_t N>
CERTLEDGER_WITH_SHA inline void compress(State (&state)[N], const std::uint8_t* const (&block)[N]) {
    __m128i words[N][4];
    State before[N];
    for (std::size_t n = 0; n < N; ++n) {
        before[n] = state[n];
        for (std::size_t i = 0; i < 4; ++i)
            words[n][i] = swapped(_mm_loadu_si128(reinterpret_cast<const __m128i*>(block[n] + 16 * i)));
    }
#pragma GCC unroll 16
    for (std::size_t i = 0; i < 16; ++i) {
        const __m128i constants = _mm_load_si128(reinterpret_cast<const __m128i*>(kRound + 4 * i));
#pragma GCC unroll 2
        for (std::size_t n = 0; n < N; ++n) {
            auto& w = words[n];
            const __m128i input = _mm_add_epi32(w[i % 4], constants);
            state[n].cdgh = _mm_sha256rnds2_epu32(state[n].cdgh, state[n].abef, input);
            state[n].abef =
                _mm_sha256rnds2_epu32(state[n].abef, state[n].cdgh, _mm_shuffle_epi32(input, 0x0E));
            if (i >= 12) continue;
            const __m128i next = _mm_add_epi32(_mm_sha256msg1_epu32(w[i % 4], w[(i + 1) % 4]),
                                               _mm_alignr_epi8(w[(i + 3) % 4], w[(i + 2) % 4], 4));
            w[i % 4] = _mm_sha256msg2_epu32(next, w[(i + 3) % 4]);
        }
    }
    for (std::size_t n = 0; n < N; ++n) {
        state[n].abef = _mm_add_epi32(state[n].abef, before[n].abef);
        state[n].cdgh = _mm_add_epi32(state[n].cdgh, before[n].cdgh);
    }
}

/// A message cut into blocks. Only the first one, which the prefix shifts, and the padded end are copied.
class Blocks {
  public:
    explicit Blocks(Prefixed message) : octets_(message.octets.data()) {
        const std::size_t size = message.octets.size() + 1;
        whole_ = size / kBlock;
        const std::size_t rest = size % kBlock;
        count_ = whole_ + (rest + 9 > kBlock ? 2 : 1);
        std::uint8_t* const begin = whole_ > 0 ? first_ : last_;
        std::memset(last_, 0, sizeof last_);
        begin[0] = message.prefix;
        const std::size_t shifted = std::min(size - 1, kBlock - 1);
        if (shifted > 0) std::memcpy(begin + 1, octets_, shifted);
        if (whole_ > 0 && rest > 0) std::memcpy(last_, octets_ + (kBlock * whole_ - 1), rest);
        last_[rest] = 0x80;
        const std::uint64_t bits = __builtin_bswap64(std::uint64_t{size} * 8);
        std::memcpy(last_ + kBlock * (count_ - whole_) - sizeof bits, &bits, sizeof bits);
    }

    [[nodiscard]] std::size_t count() const { return count_; }
    [[nodiscard]] const std::uint8_t* block(std::size_t index) const {
        if (index >= whole_) return last_ + kBlock * (index - whole_);
        return index == 0 ? first_ : octets_ + (kBlock * index - 1);
    }

  private:
    const std::uint8_t* octets_;
    std::size_t whole_ = 0;
    std::size_t count_ = 0;
    alignas(16) std::uint8_t first_[kBlock];
    alignas(16) std::uint8_t last_[2 * kBlock];
};

CERTLEDGER_WITH_SHA inline void finish(State state, const Blocks& blocks, std::size_t from,
                                       events::Digest& digest) {
    State one[1] = {state};
    for (std::size_t i = from; i < blocks.count(); ++i) {
        const std::uint8_t* const block[1] = {blocks.block(i)};
        compress(one, block);
    }
    store(one[0], digest);
}

CERTLEDGER_WITH_SHA void hash_two(const Blocks& a, const Blocks& b, events::Digest& of_a,
                                  events::Digest& of_b) {
    State both[2] = {initial(), initial()};
    const std::size_t shared = std::min(a.count(), b.count());
    for (std::size_t i = 0; i < shared; ++i) {
        const std::uint8_t* const block[2] = {a.block(i), b.block(i)};
        compress(both, block);
    }
    finish(both[0], a, shared, of_a);
    finish(both[1], b, shared, of_b);
}

CERTLEDGER_WITH_SHA void hash_one(const Blocks& blocks, events::Digest& digest) {
    finish(initial(), blocks, 0, digest);
}

}  // namespace

bool sha256_lanes_usable() noexcept {
    static const bool usable = [] {
        constexpr unsigned sha_extensions = 1U << 29U;
        unsigned eax = 0;
        unsigned ebx = 0;
        unsigned ecx = 0;
        unsigned edx = 0;
        if (__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) == 0) return false;
        return (ebx & sha_extensions) != 0 && __builtin_cpu_supports("ssse3") != 0 &&
               __builtin_cpu_supports("sse4.1") != 0;
    }();
    return usable;
}

events::Digest sha256_one(Prefixed message) noexcept {
    events::Digest digest;
    hash_one(Blocks(message), digest);
    return digest;
}

void sha256_two(const Prefixed (&messages)[2], events::Digest* const (&digests)[2]) noexcept {
    hash_two(Blocks(messages[0]), Blocks(messages[1]), *digests[0], *digests[1]);
}

#else

bool sha256_lanes_usable() noexcept { return false; }

events::Digest sha256_one(Prefixed) noexcept { return {}; }

void sha256_two(const Prefixed (&)[2], events::Digest* const (&)[2]) noexcept {}

#endif

}  // namespace certledger::store::tlog

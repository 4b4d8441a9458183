// RFC 3492 section 6, with its overflow checks. libidn2 keeps its own Punycode to itself.
#include <certledger/adapters/names/idna.hpp>

namespace certledger::adapters::names {

namespace {

constexpr std::uint32_t kBase = 36;
constexpr std::uint32_t kTMin = 1;
constexpr std::uint32_t kTMax = 26;
constexpr std::uint32_t kSkew = 38;
constexpr std::uint32_t kDamp = 700;
constexpr std::uint32_t kInitialBias = 72;
constexpr std::uint32_t kInitialN = 0x80;
constexpr std::uint32_t kMaxCodePoint = 0x10ffff;
constexpr std::size_t kMaxUnits = 1024;

std::uint32_t adapt(std::uint32_t delta, std::uint32_t points, bool first) {
    delta = first ? delta / kDamp : delta / 2;
    delta += delta / points;
    std::uint32_t k = 0;
    for (; delta > ((kBase - kTMin) * kTMax) / 2; k += kBase) {
        delta /= kBase - kTMin;
    }
    return k + (kBase - kTMin + 1) * delta / (delta + kSkew);
}

std::uint32_t threshold(std::uint32_t k, std::uint32_t bias) {
    return k <= bias ? kTMin : k >= bias + kTMax ? kTMax : k - bias;
}

/// The value of a digit, or kBase for none.
std::uint32_t digit_value(char c) {
    if (c >= 'a' && c <= 'z') return static_cast<std::uint32_t>(c - 'a');
    if (c >= 'A' && c <= 'Z') return static_cast<std::uint32_t>(c - 'A');
    if (c >= '0' && c <= '9') return static_cast<std::uint32_t>(c - '0') + 26;
    return kBase;
}

char digit(std::uint32_t value) { return static_cast<char>(value < 26 ? 'a' + value : '0' + (value - 26)); }

}  // namespace

std::optional<std::u32string> punycode_decode(std::string_view text) {
    if (text.size() > kMaxUnits) {
        return std::nullopt;
    }
    std::u32string output;
    std::size_t at = 0;
    if (const std::size_t delimiter = text.rfind('-'); delimiter != std::string_view::npos) {
        for (const char c : text.substr(0, delimiter)) {
            if (static_cast<unsigned char>(c) >= 0x80) {
                return std::nullopt;
            }
            output.push_back(static_cast<char32_t>(c));
        }
        at = delimiter + 1;
    }
    std::uint32_t n = kInitialN;
    std::uint32_t bias = kInitialBias;
    std::uint64_t i = 0;
    while (at < text.size()) {
        const std::uint64_t old_i = i;
        std::uint64_t weight = 1;
        for (std::uint32_t k = kBase;; k += kBase) {
            const std::uint32_t value = at < text.size() ? digit_value(text[at++]) : kBase;
            if (value >= kBase) {
                return std::nullopt;
            }
            i += value * weight;
            const std::uint32_t t = threshold(k, bias);
            if (value < t) {
                break;
            }
            weight *= kBase - t;
            if (i > UINT32_MAX || weight > UINT32_MAX) {
                return std::nullopt;
            }
        }
        const auto points = static_cast<std::uint32_t>(output.size() + 1);
        if (i > UINT32_MAX) {
            return std::nullopt;
        }
        bias = adapt(static_cast<std::uint32_t>(i - old_i), points, old_i == 0);
        if (i / points > kMaxCodePoint - n) {
            return std::nullopt;
        }
        n += static_cast<std::uint32_t>(i / points);
        i %= points;
        output.insert(output.begin() + static_cast<std::ptrdiff_t>(i), static_cast<char32_t>(n));
        ++i;
    }
    return output;
}

std::optional<std::string> punycode_encode(std::u32string_view text) {
    if (text.size() > kMaxUnits) {
        return std::nullopt;
    }
    std::string output;
    for (const char32_t c : text) {
        if (c < kInitialN) {
            output.push_back(static_cast<char>(c));
        } else if (c > kMaxCodePoint) {
            return std::nullopt;
        }
    }
    const auto basic = static_cast<std::uint32_t>(output.size());
    std::uint32_t handled = basic;
    if (basic > 0) {
        output.push_back('-');
    }
    std::uint32_t n = kInitialN;
    std::uint32_t bias = kInitialBias;
    std::uint32_t delta = 0;  // at most 1024 * 0x110000, far from overflow
    while (handled < text.size()) {
        std::uint32_t next = UINT32_MAX;
        for (const char32_t c : text) {
            if (c >= n && c < next) {
                next = c;
            }
        }
        delta += (next - n) * (handled + 1);
        n = next;
        for (const char32_t c : text) {
            if (c < n) {
                ++delta;
            }
            if (c != n) {
                continue;
            }
            std::uint32_t q = delta;
            for (std::uint32_t k = kBase;; k += kBase) {
                const std::uint32_t t = threshold(k, bias);
                if (q < t) {
                    break;
                }
                output.push_back(digit(t + (q - t) % (kBase - t)));
                q = (q - t) / (kBase - t);
            }
            output.push_back(digit(q));
            bias = adapt(delta, handled + 1, handled == basic);
            delta = 0;
            ++handled;
        }
        ++delta;
        ++n;
    }
    return output;
}

}  // namespace certledger::adapters::names

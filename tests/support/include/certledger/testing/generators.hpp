// Role: arbitrary values of any described struct, for property tests of this engine and of programs that
// embed it.
//
// `serialize()` is the one description of a struct's fields; Filler is an archive over it that makes values
// up. Nothing is to be written for a new event or command:
//
//     certledger::testing::Random random(seed);
//     auto event = certledger::testing::arbitrary<CertificateIssued>(random);
//
// Every value that it makes is one that the canonical archive can write and read back: instants in range,
// money not negative and in a currency that exists, ids well formed, text well-formed UTF-8. It leans towards
// limits (empty, greatest, control characters). It knows nothing of the rules between fields: not_after may
// lie before not_before. A type with rules of its own gets a specialisation of Arbitrary.
//
// The same seed gives the same values on every machine and standard library. generators_rapidcheck.hpp wraps
// them for RapidCheck. Header only; needs the module `events`. Random is not thread-safe: one a thread.
#pragma once

#include <certledger/events/canonical.hpp>
#include <concepts>
#include <limits>
#include <random>
#include <string>

namespace certledger::testing {

/// Numbers from a seed. Own distributions, because those of the standard differ between its libraries.
class Random {
  public:
    explicit Random(std::uint64_t seed) : engine_(seed) {}

    [[nodiscard]] std::uint64_t next() { return engine_(); }
    /// From 0 to count - 1; count at least 1. The bias of the remainder does not matter here.
    [[nodiscard]] std::uint64_t below(std::uint64_t count) { return next() % count; }
    [[nodiscard]] bool one_in(std::uint64_t count) { return below(count) == 0; }
    template <class Container>
    [[nodiscard]] const auto& pick(const Container& container) {
        return container[static_cast<std::size_t>(below(std::size(container)))];
    }

  private:
    std::mt19937_64 engine_;
};

/// Specialise with `static T make(Random&)` for a type whose values are bound by rules.
template <class T>
struct Arbitrary;

template <class T>
concept HasArbitrary = requires(Random& random) {
    { Arbitrary<T>::make(random) } -> std::same_as<T>;
};

/// How large values become.
struct Sizes {
    std::size_t text = 24;     ///< Greatest number of characters (each up to 4 octets).
    std::size_t elements = 4;  ///< Greatest number of elements of a vector.
};

/// An archive that loads made-up values.
class Filler {
  public:
    using is_loading = std::true_type;
    using is_saving = std::false_type;

    explicit Filler(Random& random, Sizes sizes = {}) : random_(random), sizes_(sizes) {}

    template <class T>
    Filler& operator&(const boost::serialization::nvp<T>& field) {
        fill(field.value());
        return *this;
    }
    template <class V>
    Filler& operator&(const events::Tagged<V>& field) {
        const auto count = std::variant_size_v<V>;
        emplace(field.variant, static_cast<std::size_t>(random_.below(count)),
                std::make_index_sequence<count>{});
        std::visit([this](auto& held) { held.serialize(*this, 1U); }, field.variant);
        return *this;
    }

    template <class T>
    void fill(T& value) {
        if constexpr (HasArbitrary<T>) {
            value = Arbitrary<T>::make(random_);
        } else if constexpr (std::same_as<T, bool>) {
            value = random_.one_in(2);
        } else if constexpr (std::is_enum_v<T>) {
            value = random_.pick(events::EnumTraits<T>::entries).value;
        } else if constexpr (std::integral<T>) {
            value = integer<T>();
        } else if constexpr (std::same_as<T, std::string>) {
            value = text();
        } else if constexpr (std::same_as<T, events::Bytes>) {
            value.resize(static_cast<std::size_t>(random_.below(sizes_.text + 1)));
            fill_octets(value.data(), value.size());
        } else if constexpr (std::same_as<T, events::Instant>) {
            value = instant();
        } else if constexpr (std::same_as<T, events::Digest>) {
            fill_octets(value.data(), value.size());
        } else if constexpr (std::same_as<T, events::Uuid>) {
            fill_octets(value.octets.data(), value.octets.size());
        } else if constexpr (std::same_as<T, events::Money>) {
            value = money();
        } else if constexpr (events::is_id<T>) {
            value.value = id();
        } else if constexpr (events::is_vector<T>) {
            value.resize(static_cast<std::size_t>(random_.below(sizes_.elements + 1)));
            for (auto& element : value) fill(element);
        } else if constexpr (events::is_optional<T>) {
            value.reset();
            if (random_.one_in(2)) fill(value.emplace());
        } else {
            value.serialize(*this, 1U);
        }
    }

    /// Well-formed UTF-8 of every length, with the characters that break escaping.
    [[nodiscard]] std::string text() {
        static constexpr std::string_view special[] = {
            "\"",   "\\",        "/", "\n", "\t",     "\x01",   std::string_view("\0", 1),
            "\x7F", "ü",         "ß", "€",  "\u2028", "\uFFFD", "\uFFFF",
            "𝔘",    "\U0010FFFF"};
        std::string made;
        for (std::uint64_t left = random_.below(sizes_.text + 1); left > 0; --left) {
            if (random_.one_in(6)) {
                made += random_.pick(special);
            } else {
                made += static_cast<char>(' ' + random_.below('~' - ' ' + 1));
            }
        }
        return made;
    }

    /// `[A-Za-z0-9._-]{1,64}`.
    [[nodiscard]] std::string id() {
        static constexpr std::string_view characters =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
        const std::size_t size = random_.one_in(8) ? 64 : static_cast<std::size_t>(random_.below(12) + 1);
        std::string made;
        while (made.size() < size) made += random_.pick(characters);
        return made;
    }

    [[nodiscard]] events::Instant instant() {
        if (random_.one_in(16)) return events::kEarliest;
        if (random_.one_in(16)) return events::kLatest;
        const auto span = static_cast<std::uint64_t>(events::kLatest.micros - events::kEarliest.micros);
        events::Instant made{events::kEarliest.micros + static_cast<std::int64_t>(random_.below(span + 1))};
        if (random_.one_in(2)) made = events::Instant::from_seconds(made.seconds());
        return made;
    }

    [[nodiscard]] events::Money money() {
        static constexpr std::string_view codes[] = {"USD", "EUR", "JPY", "KWD", "CLF", "CNY", "XPF"};
        const std::string_view code = random_.pick(codes);
        events::Money made;
        made.minor = static_cast<std::int64_t>(integer<std::uint64_t>() >> 1U);
        std::copy(code.begin(), code.end(), made.currency.code.begin());
        return made;
    }

    /// Small numbers, limits and numbers of every magnitude.
    template <std::integral T>
    [[nodiscard]] T integer() {
        using Limits = std::numeric_limits<T>;
        switch (random_.below(4)) {
            case 0:
                return static_cast<T>(random_.below(10));
            case 1: {
                constexpr T limits[] = {Limits::min(), Limits::max(), static_cast<T>(Limits::max() - 1),
                                        T{1}};
                return random_.pick(limits);
            }
            default:
                return static_cast<T>(random_.next() >> random_.below(64));
        }
    }

  private:
    template <class V, std::size_t... I>
    static void emplace(V& variant, std::size_t index, std::index_sequence<I...>) {
        (void)((I == index ? (variant.template emplace<I>(), true) : false) || ...);
    }
    void fill_octets(std::uint8_t* data, std::size_t size) {
        const bool zeros = random_.one_in(16);
        for (std::size_t i = 0; i < size; ++i)
            data[i] = zeros ? std::uint8_t{0} : static_cast<std::uint8_t>(random_.next());
    }

    Random& random_;
    Sizes sizes_;
};

/// A made-up value of any described struct or value type.
template <class T>
[[nodiscard]] T arbitrary(Random& random, Sizes sizes = {}) {
    T value{};
    Filler(random, sizes).fill(value);
    return value;
}

}  // namespace certledger::testing

// Role: an archive that fills a described struct with fixed values, of which golden files are made. Changing
// what it makes changes every golden file: add a style instead.
#pragma once

#include <certledger/events/canonical.hpp>
#include <limits>
#include <string>

namespace certledger::testing {

enum class Style {
    full,  ///< Everything set, with readable values.
    bare,  ///< Everything empty or zero.
    edge,  ///< The limits of every type, and text that must be escaped.
};

class Sampler {
  public:
    using is_loading = std::true_type;
    using is_saving = std::false_type;

    /// `alternative` is the index that a tagged variant takes.
    Sampler(Style style, std::size_t alternative) : style_(style), alternative_(alternative) {}

    template <class T>
    Sampler& operator&(const boost::serialization::nvp<T>& field) {
        name_ = field.name();
        fill(field.value());
        return *this;
    }
    template <class V>
    Sampler& operator&(const events::Tagged<V>& field) {
        alternatives_ = std::variant_size_v<V>;
        const auto tag = events::EnumTraits<events::TagOf<V>>::entries[alternative_].value;
        if (!events::select_alternative(field.variant, tag)) return *this;
        std::visit([this](auto& held) { held.serialize(*this, 1U); }, field.variant);
        return *this;
    }
    /// Alternatives of the variant that was met; 1 when there was none.
    [[nodiscard]] std::size_t alternatives() const { return alternatives_; }

    template <class T>
    void fill(T& value) {
        ++count_;
        if constexpr (std::same_as<T, bool>) {
            value = style_ != Style::bare;
        } else if constexpr (std::is_enum_v<T>) {
            const auto& entries = events::EnumTraits<T>::entries;
            value = entries[style_ == Style::bare   ? 0
                            : style_ == Style::full ? count_ % entries.size()
                                                    : entries.size() - 1]
                        .value;
        } else if constexpr (std::same_as<T, std::int64_t>) {
            value = number();
        } else if constexpr (std::same_as<T, std::string>) {
            value = text();
        } else if constexpr (std::same_as<T, events::Bytes>) {
            value = octets();
        } else if constexpr (std::same_as<T, events::Instant>) {
            value = instant();
        } else if constexpr (std::same_as<T, events::Digest>) {
            for (std::size_t i = 0; i < value.size(); ++i)
                value[i] =
                    style_ == Style::bare ? std::uint8_t{0} : static_cast<std::uint8_t>(count_ * 32 + i);
        } else if constexpr (std::same_as<T, events::Money>) {
            value = money();
        } else if constexpr (events::is_id<T>) {
            value.value = style_ == Style::bare ? "" : name_ + "." + std::to_string(count_);
        } else if constexpr (events::is_vector<T>) {
            value.resize(style_ == Style::bare ? 0 : style_ == Style::full ? 2 : 1);
            for (auto& element : value) fill(element);
        } else if constexpr (events::is_optional<T>) {
            value.reset();
            if (style_ != Style::bare) fill(value.emplace());
        } else {
            value.serialize(*this, 1U);
        }
    }

  private:
    [[nodiscard]] std::int64_t number() const {
        using Limits = std::numeric_limits<std::int64_t>;
        if (style_ == Style::bare) return 0;
        if (style_ == Style::full) return static_cast<std::int64_t>(count_) * 257;
        return count_ % 2 == 0 ? Limits::min() : Limits::max();
    }
    [[nodiscard]] std::string text() const {
        if (style_ == Style::bare) return "";
        if (style_ == Style::full) return name_ + " " + std::to_string(count_);
        static constexpr char escapes[] = " \"\\/\b\f\n\r\t\0\x1F\x7F ü€\u2028𝔘";
        return name_ + std::string(escapes, sizeof(escapes) - 1);
    }
    [[nodiscard]] events::Bytes octets() const {
        if (style_ == Style::bare) return {};
        if (style_ == Style::full) return {0x30, 0x03, 0x02, 0x01, static_cast<std::uint8_t>(count_)};
        return {0x00, 0xFF, 0x80, 0x7F};
    }
    [[nodiscard]] events::Instant instant() const {
        if (style_ == Style::bare) return {};
        if (style_ == Style::edge) return count_ % 2 == 0 ? events::kEarliest : events::kLatest;
        // 2026-01-02T03:04:05Z and some days; every second one with a fraction.
        return {1'767'323'045'000'000 + static_cast<std::int64_t>(count_) * events::kMicrosPerDay +
                (count_ % 2 == 0 ? 12 : 0)};
    }
    [[nodiscard]] events::Money money() const {
        if (style_ == Style::bare) return {0, {{'J', 'P', 'Y'}}};
        if (style_ == Style::full) return {static_cast<std::int64_t>(count_) * 1001, {{'U', 'S', 'D'}}};
        return {std::numeric_limits<std::int64_t>::max(), {{'K', 'W', 'D'}}};
    }

    Style style_;
    std::size_t alternative_;
    std::size_t alternatives_ = 1;
    std::size_t count_ = 0;
    std::string name_;
};

}  // namespace certledger::testing

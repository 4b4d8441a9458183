// Role: finds fields among canonical octets, to be read where they lie; what stands before them is passed
// over, not made into values. Told by the description that the archives go through.
#pragma once

#include <array>
#include <certledger/events/fixed_fields.hpp>

namespace certledger::events {

/// Goes through a description once, up to the last of so many of its fields. Has the checks of
/// CanonicalReader as far as it goes, but for what texts and codes hold. A description with a tagged variant
/// does not compile.
template <std::size_t fields>
class FieldSeeker {
  public:
    using is_loading = std::false_type;
    using is_saving = std::true_type;

    /// The addresses of the fields in the value whose serialize() is gone through, in the order of the
    /// description.
    template <class... Field>
    explicit FieldSeeker(std::span<const std::uint8_t> octets, const Field*... field)
        : next_(octets.data()), end_(octets.data() + octets.size()), fields_{field...} {}

    template <class T>
    FieldSeeker& operator&(const boost::serialization::nvp<T>& field) {
        if (count_ == fields || !ok_) return *this;
        if (&field.const_value() == fields_[count_]) {
            places_[count_++] = next_;
            if (count_ == fields) return *this;
        }
        skip<T>();
        return *this;
    }

    /// The octets from the field on, by its number among those given; nothing when they end before it.
    [[nodiscard]] std::optional<std::span<const std::uint8_t>> found(std::size_t number = 0) const {
        if (number >= count_) return std::nullopt;
        return std::span(places_[number], end_);
    }

  private:
    template <class T>
    void skip() {
        if constexpr (fixed_width<T>() > 0) {
            pass(fixed_width<T>());
        } else if constexpr (std::same_as<T, std::string> || std::same_as<T, Bytes> || is_id<T>) {
            pass(size());
        } else if constexpr (is_vector<T>) {
            for (auto left = size(); left > 0 && ok_; --left) skip<typename T::value_type>();
        } else if constexpr (is_optional<T>) {
            const auto* const present = next_;
            pass(1);
            if (ok_ && *present != 0) skip<typename T::value_type>();
        } else {
            // A description needs a value to go through; nothing is written to it.
            static T prototype{};
            prototype.serialize(*this, 1);
        }
    }
    void pass(std::size_t octets) {
        ok_ = ok_ && octets <= static_cast<std::size_t>(end_ - next_);
        if (ok_) next_ += octets;
    }
    [[nodiscard]] std::uint32_t size() {
        const auto* const at = next_;
        pass(sizeof(std::uint32_t));
        return ok_ ? load_number<std::uint32_t>(at) : 0;
    }

    const std::uint8_t* next_;
    const std::uint8_t* end_;
    std::array<const void*, fields> fields_;
    std::array<const std::uint8_t*, fields> places_{};
    std::size_t count_ = 0;  ///< Of the fields, those that were found.
    bool ok_ = true;
};

template <class... Field>
FieldSeeker(std::span<const std::uint8_t>, const Field*...) -> FieldSeeker<sizeof...(Field)>;

}  // namespace certledger::events

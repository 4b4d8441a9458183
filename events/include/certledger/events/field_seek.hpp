// Role: finds one field among canonical octets and reads it where it lies; what stands before it is passed
// over, not made into values. Told by the description that the archives go through.
#pragma once

#include <certledger/events/fixed_fields.hpp>

namespace certledger::events {

/// Goes through a description up to one of its fields. Has the checks of CanonicalReader as far as it goes,
/// but for what texts and codes hold. A description with a tagged variant does not compile.
class FieldSeeker {
  public:
    using is_loading = std::false_type;
    using is_saving = std::true_type;

    /// `field` is the address of the field in the value whose serialize() is gone through.
    FieldSeeker(std::span<const std::uint8_t> octets, const void* field)
        : next_(octets.data()), end_(octets.data() + octets.size()), field_(field) {}

    template <class T>
    FieldSeeker& operator&(const boost::serialization::nvp<T>& field) {
        if (found_ || !ok_) return *this;
        found_ = &field.const_value() == field_;
        if (!found_) skip<T>();
        return *this;
    }

    /// The octets from the field on; nothing when they end before it.
    [[nodiscard]] std::optional<std::span<const std::uint8_t>> found() const {
        if (!found_ || !ok_) return std::nullopt;
        return std::span(next_, end_);
    }

  private:
    template <class T>
    void skip() {
        if constexpr (fixed_width<T>() > 0) {
            pass(fixed_width<T>());
        } else if constexpr (std::same_as<T, std::string> || std::same_as<T, Bytes> || is_id<T>) {
            pass(count());
        } else if constexpr (is_vector<T>) {
            for (auto left = count(); left > 0 && ok_; --left) skip<typename T::value_type>();
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
    [[nodiscard]] std::uint32_t count() {
        const auto* const at = next_;
        pass(sizeof(std::uint32_t));
        return ok_ ? load_number<std::uint32_t>(at) : 0;
    }

    const std::uint8_t* next_;
    const std::uint8_t* end_;
    const void* field_;
    bool found_ = false;
    bool ok_ = true;
};

}  // namespace certledger::events

// Role: an archive that writes down the shape of a value instead of the value: names and types of its fields.
#pragma once

#include <certledger/events/canonical.hpp>

namespace certledger::events {

/// Collects `name: type` lines; nested structs are indented by two spaces.
class SchemaWriter {
  public:
    using is_loading = std::false_type;
    using is_saving = std::true_type;

    template <class T>
    SchemaWriter& operator&(const boost::serialization::nvp<T>& field) {
        line(field.name(), type_name<T>());
        describe<T>();
        return *this;
    }
    template <class V>
    SchemaWriter& operator&(const Tagged<V>& field) {
        line(field.key, std::string("tagged ") + std::string(EnumTraits<TagOf<V>>::kind));
        [this]<std::size_t... I>(std::index_sequence<I...>) {
            (alternative<std::variant_alternative_t<I, V>>(), ...);
        }
        (std::make_index_sequence<std::variant_size_v<V>>{});
        return *this;
    }

    [[nodiscard]] const std::string& text() const noexcept { return text_; }

  private:
    void line(std::string_view name, const std::string& type) {
        text_.append(indent_, ' ').append(name).append(": ").append(type).append("\n");
    }
    template <class T>
    void alternative() {
        indent_ += 2;
        line(to_name(T::kTag), "struct");
        describe<T>();
        indent_ -= 2;
    }
    template <class T>
    void describe() {
        if constexpr (is_vector<T> && !std::same_as<T, Bytes>) {
            describe<typename T::value_type>();
        } else if constexpr (is_optional<T>) {
            describe<typename T::value_type>();
        } else if constexpr (requires(T & value, SchemaWriter & ar) { value.serialize(ar, 1U); }) {
            indent_ += 2;
            T{}.serialize(*this, 1U);
            indent_ -= 2;
        }
    }
    template <class T>
    [[nodiscard]] static std::string type_name() {
        if constexpr (std::same_as<T, bool>) {
            return "bool";
        } else if constexpr (std::is_enum_v<T>) {
            return "enum" + std::to_string(sizeof(T) * 8) + " " + std::string(EnumTraits<T>::kind);
        } else if constexpr (std::integral<T>) {
            return (std::is_signed_v<T> ? "i" : "u") + std::to_string(sizeof(T) * 8);
        } else if constexpr (std::same_as<T, std::string> || is_id<T>) {
            return "string";
        } else if constexpr (std::same_as<T, Bytes>) {
            return "bytes";
        } else if constexpr (std::same_as<T, Instant>) {
            return "instant";
        } else if constexpr (std::same_as<T, Digest>) {
            return "digest";
        } else if constexpr (std::same_as<T, Uuid>) {
            return "uuid";
        } else if constexpr (std::same_as<T, Money>) {
            return "money";
        } else if constexpr (is_vector<T>) {
            return "vector of " + type_name<typename T::value_type>();
        } else if constexpr (is_optional<T>) {
            return "optional " + type_name<typename T::value_type>();
        } else {
            return "struct";
        }
    }

    std::string text_;
    std::size_t indent_ = 0;
};

}  // namespace certledger::events

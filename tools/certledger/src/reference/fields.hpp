// Role: the archive that describes a struct's fields in words, for docs/REFERENCE.md. As every archive it
// runs over serialize(): there is no second list of fields.
#pragma once

#include <certledger/domain/command_parts.hpp>
#include <certledger/events/canonical.hpp>
#include <certledger/events/digest.hpp>
#include <certledger/events/instant.hpp>
#include <certledger/events/money.hpp>
#include <certledger/events/tagged.hpp>
#include <certledger/events/uuid.hpp>

#include <string>
#include <vector>

namespace certledger::cli {

struct Field {
    std::string name;
    std::string type;
    bool optional = false;
};

class FieldArchive {
  public:
    using is_loading = std::false_type;
    using is_saving = std::true_type;

    template <class T>
    FieldArchive& operator&(const boost::serialization::nvp<T>& field) {
        if constexpr (events::is_optional<T>) {
            fields_.push_back({field.name(), type_of<typename T::value_type>(), true});
        } else {
            fields_.push_back({field.name(), type_of<T>(), false});
        }
        return *this;
    }
    template <class V>
    FieldArchive& operator&(const events::Tagged<V>& field) {
        fields_.push_back({field.key, "and the terms of that " + std::string(field.key), false});
        return *this;
    }

    [[nodiscard]] const std::vector<Field>& fields() const noexcept { return fields_; }

    template <class T>
    [[nodiscard]] static std::string type_of() {
        if constexpr (std::is_same_v<T, events::Instant>) {
            return "time";
        } else if constexpr (std::is_same_v<T, events::Money>) {
            return "money";
        } else if constexpr (std::is_same_v<T, events::Digest>) {
            return "64 hexadecimal digits";
        } else if constexpr (std::is_same_v<T, events::Bytes>) {
            return "base64";
        } else if constexpr (std::is_same_v<T, events::Uuid>) {
            return "UUID";
        } else if constexpr (std::is_same_v<T, domain::Pays>) {
            return "`\"term\"`, `{\"quota\": id}` or `{\"price\": money}`";
        } else if constexpr (std::is_same_v<T, bool>) {
            return "true or false";
        } else if constexpr (std::is_same_v<T, std::string>) {
            return "text";
        } else if constexpr (events::is_id<T>) {
            return "id";
        } else if constexpr (std::is_integral_v<T>) {
            return "whole number";
        } else if constexpr (events::NamedEnum<T>) {
            return names_of_enum<T>();
        } else if constexpr (events::is_vector<T>) {
            return "list of " + type_of<typename T::value_type>();
        } else {
            return shape_of(T{});
        }
    }

    /// `{name text, mail text?}`.
    template <class T>
    [[nodiscard]] static std::string shape_of(T value) {
        FieldArchive inner;
        value.serialize(inner, 1U);
        std::string text;
        for (const auto& field : inner.fields()) {
            text += (text.empty() ? "" : "; ") + field.name + (field.optional ? "?" : "") + " " + field.type;
        }
        return "{" + text + "}";
    }

  private:
    template <class E>
    static std::string names_of_enum() {
        constexpr std::size_t kMostNames = 12;
        const auto& entries = events::EnumTraits<E>::entries;
        if (entries.size() > kMostNames) return "name of a " + std::string(events::EnumTraits<E>::kind);
        std::string text;
        for (const auto& entry : entries)
            text += (text.empty() ? "`" : ", `") + std::string(entry.name) + "`";
        return text;
    }

    std::vector<Field> fields_;
};

/// The fields of a described struct, as those of `value` where its own decide what is there.
template <class T>
[[nodiscard]] std::vector<Field> fields_of(T value = {}) {
    FieldArchive archive;
    value.serialize(archive, 1U);
    return archive.fields();
}

}  // namespace certledger::cli

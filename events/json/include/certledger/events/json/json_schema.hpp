// Role: the archive that describes a struct's JSON form as a JSON Schema (draft 2020-12).
#pragma once

#include <certledger/events/canonical.hpp>
#include <certledger/events/json/json_value.hpp>

namespace certledger::events::json {

/// Collects one object's properties. Nested structs become nested schemas; a tagged variant becomes one
/// schema per alternative under `oneOf`. A description holds at most one tagged variant (contract).
class SchemaArchive {
  public:
    using is_loading = std::false_type;
    using is_saving = std::true_type;

    template <class T>
    SchemaArchive& operator&(const boost::serialization::nvp<T>& field) {
        if constexpr (is_optional<T>) {
            add(field.name(), schema_of<typename T::value_type>(), false);
        } else {
            add(field.name(), schema_of<T>(), true);
        }
        return *this;
    }
    template <class V>
    SchemaArchive& operator&(const Tagged<V>& field) {
        [&]<std::size_t... I>(std::index_sequence<I...>) {
            (add_alternative<std::variant_alternative_t<I, V>>(field.key), ...);
        }
        (std::make_index_sequence<std::variant_size_v<V>>{});
        end_alternatives();
        return *this;
    }

    /// A member that is not described, such as the id of a command.
    void add(const std::string& name, OrderedJson schema, bool required);

    /// The object's schema, without `$schema`.
    [[nodiscard]] OrderedJson finish() const;

    template <class T>
    [[nodiscard]] static OrderedJson schema_of() {
        if constexpr (HasJsonValue<T>) {
            return JsonValue<T>::schema();
        } else if constexpr (is_vector<T>) {
            return {{"type", "array"}, {"items", schema_of<typename T::value_type>()}};
        } else {
            SchemaArchive nested;
            T{}.serialize(nested, 1U);
            return nested.finish();
        }
    }

  private:
    struct Members {
        OrderedJson properties = OrderedJson::object();
        OrderedJson required = OrderedJson::array();
    };

    template <class T>
    void add_alternative(const char* key) {
        begin_alternative(key, std::string(to_name(T::kTag)));
        T{}.serialize(*this, 1U);
    }
    void begin_alternative(const char* key, const std::string& tag);
    void end_alternatives();

    Members common_;
    std::vector<Members> alternatives_;
    bool in_alternative_ = false;
};

/// The schema of a described struct as a document of its own. `extra` may add members to the archive.
template <class T>
[[nodiscard]] OrderedJson json_schema(std::string_view title, SchemaArchive extra = {}) {
    T{}.serialize(extra, 1U);
    OrderedJson schema{{"$schema", "https://json-schema.org/draft/2020-12/schema"}, {"title", title}};
    schema.update(extra.finish());
    return schema;
}

}  // namespace certledger::events::json

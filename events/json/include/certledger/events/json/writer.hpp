// Role: the archive that writes a described struct as a JSON object.
//
// Fields stand in the order of their description; an optional field that is empty is absent; a tagged variant
// writes its tag under the key and the alternative's fields beside it, in the same object.
#pragma once

#include <certledger/events/canonical.hpp>
#include <certledger/events/json/json_value.hpp>

namespace certledger::events::json {

/// Cheap to make; not thread-safe.
class JsonWriter {
  public:
    using is_loading = std::false_type;
    using is_saving = std::true_type;

    /// `version` is the schema version handed to every serialize().
    explicit JsonWriter(unsigned version = 1) : version_(version) {}

    template <class T>
    JsonWriter& operator&(const boost::serialization::nvp<T>& field) {
        if constexpr (is_optional<T>) {
            if (field.const_value()) add(field.name(), value_of(*field.const_value()));
        } else {
            add(field.name(), value_of(field.const_value()));
        }
        return *this;
    }
    template <class V>
    JsonWriter& operator&(const Tagged<V>& field) {
        add(field.key, JsonValue<TagOf<V>>::write(tag_of(field.variant)));
        std::visit([this](auto& held) { held.serialize(*this, version_); }, field.variant);
        return *this;
    }

    /// The JSON form of a value: an object for a described struct.
    template <class T>
    [[nodiscard]] OrderedJson value_of(const T& value) {
        if constexpr (HasJsonValue<T>) {
            return JsonValue<T>::write(value);
        } else if constexpr (is_vector<T>) {
            OrderedJson array = OrderedJson::array();
            array.get_ref<OrderedJson::array_t&>().reserve(value.size());
            for (const auto& element : value) array.push_back(value_of<typename T::value_type>(element));
            return array;
        } else {
            OrderedJson object = OrderedJson::object();
            auto* const outer = std::exchange(object_, &object.get_ref<OrderedJson::object_t&>());
            object_->reserve(kUsualFields);
            // serialize() is one function for reading and writing and so not const; writing changes nothing.
            const_cast<T&>(value).serialize(*this, version_);
            object_ = outer;
            return object;
        }
    }

  private:
    // Its keys are const, so that growing would copy them.
    static constexpr std::size_t kUsualFields = 12;

    void add(const char* name, OrderedJson&& value) { object_->emplace_back(name, std::move(value)); }

    unsigned version_;
    OrderedJson::object_t* object_ = nullptr;
};

/// The JSON object of a described struct.
template <class T>
[[nodiscard]] OrderedJson to_json_object(const T& value, unsigned version = 1) {
    return JsonWriter(version).value_of(value);
}

}  // namespace certledger::events::json

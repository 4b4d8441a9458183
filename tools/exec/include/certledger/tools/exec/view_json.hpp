// Role: JSON of the views. Unlike in events, a value that is not there is null, so that every member of a
// view is always there.
#pragma once

#include <certledger/events/canonical.hpp>
#include <certledger/events/json/json_value.hpp>
#include <utility>

namespace certledger::exec {

class ViewWriter {
  public:
    using is_loading = std::false_type;
    using is_saving = std::true_type;

    template <class T>
    ViewWriter& operator&(const boost::serialization::nvp<T>& field) {
        object_->emplace_back(field.name(), value_of(field.const_value()));
        return *this;
    }

    template <class T>
    [[nodiscard]] events::json::OrderedJson value_of(const T& value) {
        using events::json::OrderedJson;
        if constexpr (events::is_optional<T>) {
            return value ? value_of(*value) : OrderedJson();
        } else if constexpr (events::json::HasJsonValue<T>) {
            return events::json::JsonValue<T>::write(value);
        } else if constexpr (events::is_vector<T>) {
            OrderedJson array = OrderedJson::array();
            for (const auto& element : value) array.push_back(value_of(element));
            return array;
        } else {
            OrderedJson object = OrderedJson::object();
            auto* const outer = std::exchange(object_, &object.get_ref<OrderedJson::object_t&>());
            // serialize() is one function for reading and writing and so not const; writing changes nothing.
            const_cast<T&>(value).serialize(*this, 1U);
            object_ = outer;
            return object;
        }
    }

  private:
    events::json::OrderedJson::object_t* object_ = nullptr;
};

template <class T>
[[nodiscard]] events::json::OrderedJson view_json(const T& view) {
    return ViewWriter().value_of(view);
}

}  // namespace certledger::exec

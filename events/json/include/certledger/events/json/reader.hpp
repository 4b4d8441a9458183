// Role: the archive that fills a described struct from a JSON object, strictly.
//
// Every member must be described (or allowed by the caller), every field that is not optional must be there,
// every value must have exactly its type, and null is nowhere a value. The first fault counts: in the order
// of the description, then members that are not described.
#pragma once

#include <algorithm>
#include <array>
#include <certledger/events/canonical.hpp>
#include <certledger/events/json/json_value.hpp>
#include <initializer_list>

namespace certledger::events::json {

/// Members of the outermost object that the description does not know and the caller looks at.
using ExtraMembers = std::initializer_list<std::string_view>;

/// Collects the names of the fields that a value describes.
class FieldNames {
  public:
    using is_loading = std::false_type;
    using is_saving = std::true_type;

    template <class T>
    FieldNames& operator&(const boost::serialization::nvp<T>& field) {
        names.emplace_back(field.name());
        return *this;
    }
    template <class V>
    FieldNames& operator&(const Tagged<V>& field) {
        names.emplace_back(field.key);
        std::visit([this](auto& held) { held.serialize(*this, 1U); }, field.variant);
        return *this;
    }

    std::vector<std::string_view> names;
};

/// Reads out of a Json that outlives it; its texts must be well-formed UTF-8, as those of parse() are. After
/// the first fault every read leaves its target as it is. Nesting is bounded by kMaxDepth. Not thread-safe.
class JsonReader {
  public:
    using is_loading = std::true_type;
    using is_saving = std::false_type;

    /// `version` is the schema version handed to every serialize().
    explicit JsonReader(unsigned version = 1) : version_(version) {}

    [[nodiscard]] bool ok() const noexcept { return ok_; }
    [[nodiscard]] const FieldError& error() const noexcept { return error_; }

    template <class T>
    JsonReader& operator&(const boost::serialization::nvp<T>& field) {
        if (!ok_) return *this;
        const Json* const member = take(field.name());
        const Step step(*this, field.name());
        if constexpr (is_optional<T>) {
            field.value().reset();
            if (member != nullptr) read_value(*member, field.value().emplace());
        } else if (member == nullptr) {
            fault("is missing");
        } else {
            read_value(*member, field.value());
        }
        return *this;
    }
    template <class V>
    JsonReader& operator&(const Tagged<V>& field) {
        if (!ok_ || !read_tag(field)) return *this;
        std::visit([this](auto& held) { held.serialize(*this, version_); }, field.variant);
        return *this;
    }

    /// Fills a described struct from an object. `extra` counts for this object only.
    template <class T>
    void read_object(const Json& value, T& target, ExtraMembers extra = {}) {
        if (!value.is_object()) return fault(must_be("an object", value));
        if (steps_ >= kMaxDepth) return fault("is nested too deep");
        const Json* const outer = std::exchange(object_, &value);
        const std::size_t outer_taken = std::exchange(taken_, 0);
        target.serialize(*this, version_);
        for (const std::string_view name : extra) taken_ += value.contains(name) ? 1 : 0;
        // Counting first: names are gathered only for an object that does not fit.
        if (ok_ && taken_ != value.size()) {
            FieldNames known;
            target.serialize(known, version_);
            known.names.insert(known.names.end(), extra.begin(), extra.end());
            fault_at_unknown(known.names);
        }
        object_ = outer;
        taken_ = outer_taken;
    }

  private:
    /// One step of the path to the value being read, for as long as it is read.
    class Step {
      public:
        Step(JsonReader& reader, const char* name, std::size_t index = 0) : reader_(reader) {
            if (reader_.steps_ < kMaxDepth) reader_.path_[reader_.steps_] = {name, index};
            ++reader_.steps_;
        }
        ~Step() { --reader_.steps_; }
        Step(const Step&) = delete;
        Step& operator=(const Step&) = delete;

      private:
        JsonReader& reader_;
    };
    struct PathPart {
        const char* name = nullptr;  ///< None: an element of an array.
        std::size_t index = 0;
    };

    template <class T>
    void read_value(const Json& value, T& target) {
        if (!ok_) return;
        if constexpr (HasJsonValue<T>) {
            auto read = JsonValue<T>::read(value);
            if (!read) return fault(std::move(read.error()));
            target = std::move(*read);
        } else if constexpr (is_vector<T>) {
            read_array(value, target);
        } else {
            read_object(value, target);
        }
    }
    template <class T>
    void read_array(const Json& value, std::vector<T>& target) {
        const auto* const array = value.get_ptr<const Json::array_t*>();
        if (array == nullptr) return fault(must_be("an array", value));
        if (steps_ >= kMaxDepth) return fault("is nested too deep");
        target.clear();
        target.reserve(array->size());
        for (const Json& element : *array) {
            const Step step(*this, nullptr, target.size());
            T read{};
            read_value(element, read);
            if (!ok_) return;
            target.push_back(std::move(read));
        }
    }
    template <class V>
    [[nodiscard]] bool read_tag(const Tagged<V>& field) {
        const Json* const member = take(field.key);
        const Step step(*this, field.key);
        if (member == nullptr) {
            fault("is missing");
            return false;
        }
        TagOf<V> tag{};
        read_value(*member, tag);
        if (ok_ && !select_alternative(field.variant, tag)) fault("has no fields of its own here");
        return ok_;
    }

    /// The member of the current object, or null; counted as known when it is there.
    [[nodiscard]] const Json* take(const char* name);
    void fault(std::string rule);
    void fault_at_unknown(const std::vector<std::string_view>& known);

    unsigned version_;
    bool ok_ = true;
    const Json* object_ = nullptr;
    std::size_t taken_ = 0;  ///< Members of the current object that were asked for and there.
    std::size_t steps_ = 0;
    std::array<PathPart, kMaxDepth> path_{};
    FieldError error_;
};

/// Fills `target`, whose optional fields and variants are replaced; nothing when it fits, else the fault,
/// with `target` in a state that must not be used.
template <class T>
[[nodiscard]] std::optional<FieldError> read_json_object(const Json& object, T& target,
                                                         ExtraMembers extra = {}, unsigned version = 1) {
    JsonReader reader(version);
    reader.read_object(object, target, extra);
    if (!reader.ok()) return reader.error();
    return std::nullopt;
}

/// A described struct out of an object that has its fields and, besides, only members named in `extra`.
template <class T>
[[nodiscard]] tl::expected<T, FieldError> from_json(const Json& object, ExtraMembers extra = {},
                                                    unsigned version = 1) {
    tl::expected<T, FieldError> value{};
    if (auto error = read_json_object(object, *value, extra, version))
        return tl::make_unexpected(std::move(*error));
    return value;
}

}  // namespace certledger::events::json

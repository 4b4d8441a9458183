// Role: how Boost's own archives take the value types of the events, for the comparison with them.
#pragma once

#include <boost/serialization/array.hpp>
#include <boost/serialization/nvp.hpp>
#include <boost/serialization/split_free.hpp>
#include <boost/serialization/string.hpp>
#include <boost/serialization/vector.hpp>
#include <certledger/events/product.hpp>

namespace boost::serialization {

template <class Archive>
void serialize(Archive& ar, certledger::events::Instant& instant, unsigned) {
    ar& make_nvp("micros", instant.micros);
}
template <class Archive>
void serialize(Archive& ar, certledger::events::Money& money, unsigned) {
    ar& make_nvp("minor", money.minor) & make_nvp("currency", money.currency.code);
}
template <class Archive, class Tag>
void serialize(Archive& ar, certledger::events::Id<Tag>& id, unsigned) {
    ar& make_nvp("value", id.value);
}

template <class Archive, class T>
void save(Archive& ar, const std::optional<T>& value, unsigned) {
    const bool held = value.has_value();
    ar << make_nvp("held", held);
    if (held) ar << make_nvp("value", *value);
}
template <class Archive, class T>
void load(Archive& ar, std::optional<T>& value, unsigned) {
    bool held = false;
    ar >> make_nvp("held", held);
    value.reset();
    if (held) ar >> make_nvp("value", value.emplace());
}
template <class Archive, class T>
void serialize(Archive& ar, std::optional<T>& value, unsigned version) {
    split_free(ar, value, version);
}

}  // namespace boost::serialization

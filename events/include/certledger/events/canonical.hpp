// Role: the canonical binary archive. One value has exactly one encoding; no library version, class id or
// tracking stands in the bytes. docs/FORMAT.md gives them; in short:
//
//   integer   two's complement, little-endian, width of its type      bool      one octet, 0 or 1
//   enum      its code, in the width of its type                      Instant   i64 microseconds
//   string    u32 length, then UTF-8 octets                           Bytes     u32 length, then octets
//   Digest    32 octets; Uuid 16 octets                               Money     i64 minor units, 3 octets
//   currency vector    u32 count, then the elements                            optional  one octet 0 or 1,
//   then the value struct    its fields in order                                     tagged    the code of
//   the tag, then its fields
//
// The reader takes untrusted octets: every length is compared with what is left before anything is reserved,
// and everything the writer cannot have written is refused (unknown codes, a bool of 2, ill-formed UTF-8,
// octets left over). Neither class is thread-safe; both are cheap to make.
#pragma once

#include <algorithm>
#include <certledger/events/little_endian.hpp>
#include <certledger/events/product.hpp>
#include <certledger/events/result.hpp>
#include <certledger/events/tagged.hpp>
#include <certledger/events/uuid.hpp>
#include <concepts>
#include <cstring>
#include <span>

namespace certledger::events {

template <class T>
inline constexpr bool is_vector = false;
template <class T>
inline constexpr bool is_vector<std::vector<T>> = true;
template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;
template <class T>
inline constexpr bool is_id = false;
template <class Tag>
inline constexpr bool is_id<Id<Tag>> = true;

/// Appends canonical bytes to a buffer that outlives it.
class CanonicalWriter {
  public:
    using is_loading = std::false_type;
    using is_saving = std::true_type;

    explicit CanonicalWriter(Bytes& out) : out_(out) {}

    template <class T>
    CanonicalWriter& operator&(const boost::serialization::nvp<T>& field) {
        write(field.const_value());
        return *this;
    }
    template <class V>
    CanonicalWriter& operator&(const Tagged<V>& field) {
        write(tag_of(field.variant));
        std::visit([this](const auto& held) { write(held); }, field.variant);
        return *this;
    }

    template <class T>
    void write(const T& value) {
        if constexpr (std::same_as<T, bool>) {
            out_.push_back(value ? 1 : 0);
        } else if constexpr (std::is_enum_v<T>) {
            write(static_cast<std::underlying_type_t<T>>(value));
        } else if constexpr (std::integral<T>) {
            write_integer(value);
        } else if constexpr (std::same_as<T, std::string> || std::same_as<T, Bytes>) {
            write(static_cast<std::uint32_t>(value.size()));
            append(value.data(), value.size());
        } else if constexpr (std::same_as<T, Instant>) {
            write(value.micros);
        } else if constexpr (std::same_as<T, Digest>) {
            append(value.data(), value.size());
        } else if constexpr (std::same_as<T, Uuid>) {
            append(value.octets.data(), value.octets.size());
        } else if constexpr (std::same_as<T, Money>) {
            write(value.minor);
            append(value.currency.code.data(), value.currency.code.size());
        } else if constexpr (is_id<T>) {
            write(value.value);
        } else if constexpr (is_vector<T>) {
            write(static_cast<std::uint32_t>(value.size()));
            for (const auto& element : value) write(element);
        } else if constexpr (is_optional<T>) {
            write(value.has_value());
            if (value) write(*value);
        } else {
            // serialize() is one function for reading and writing and so not const; writing changes nothing.
            const_cast<T&>(value).serialize(*this, schema_of_type<T>());
        }
    }

  private:
    template <class T>
    static constexpr unsigned schema_of_type() {
        if constexpr (requires { T::kSchema; }) {
            return T::kSchema;
        } else {
            return 1;
        }
    }
    template <std::integral T>
    void write_integer(T value) {
        std::uint8_t octets[sizeof(T)];
        store_number(octets, value);
        append(octets, sizeof(T));
    }
    void append(const void* data, std::size_t size) {
        const auto* octets = static_cast<const std::uint8_t*>(data);
        out_.insert(out_.end(), octets, octets + size);
    }

    Bytes& out_;
};

/// Reads canonical bytes out of a span that outlives it. After the first fault every read leaves its target
/// as it is and `ok()` stays false; `fault()` names the field and the rule. The memory of what is read into
/// is used again; fields that the schema version does not have keep what they hold.
class CanonicalReader {
  public:
    using is_loading = std::true_type;
    using is_saving = std::false_type;

    CanonicalReader(std::span<const std::uint8_t> bytes, unsigned version)
        : next_(bytes.data()), end_(bytes.data() + bytes.size()), version_(version) {}

    [[nodiscard]] bool ok() const noexcept { return !failed_; }
    [[nodiscard]] const std::string& fault() const noexcept { return fault_; }
    [[nodiscard]] std::size_t left() const noexcept { return static_cast<std::size_t>(end_ - next_); }

    template <class T>
    CanonicalReader& operator&(const boost::serialization::nvp<T>& field) {
        if (!ok()) return *this;
        field_ = field.name();
        read(field.value());
        return *this;
    }
    template <class V>
    CanonicalReader& operator&(const Tagged<V>& field) {
        if (!ok()) return *this;
        field_ = field.key;
        TagOf<V> tag{};
        read(tag);
        if (!ok()) return *this;
        if (!select_alternative(field.variant, tag)) return *this;
        std::visit([this](auto& held) { read(held); }, field.variant);
        return *this;
    }

    template <class T>
    void read(T& value) {
        if (!ok()) return;
        if constexpr (std::same_as<T, bool>) {
            read_bool(value);
        } else if constexpr (std::is_enum_v<T>) {
            read_enum(value);
        } else if constexpr (std::integral<T>) {
            value = read_integer<T>();
        } else if constexpr (std::same_as<T, std::string>) {
            read_text(value);
        } else if constexpr (std::same_as<T, Bytes>) {
            const auto size = read_integer<std::uint32_t>();
            if (const auto* octets = take(size)) value.assign(octets, octets + size);
        } else if constexpr (std::same_as<T, Instant>) {
            value.micros = read_integer<std::int64_t>();
            if (value < kEarliest || value > kLatest) fail("is an instant outside the years 0001 to 9999");
        } else if constexpr (std::same_as<T, Digest>) {
            copy_to(value);
        } else if constexpr (std::same_as<T, Uuid>) {
            copy_to(value.octets);
        } else if constexpr (std::same_as<T, Money>) {
            read_money(value);
        } else if constexpr (is_id<T>) {
            read(value.value);
        } else if constexpr (is_vector<T>) {
            read_vector(value);
        } else if constexpr (is_optional<T>) {
            bool present = false;
            read_bool(present);
            if (!ok()) return;
            if (!present) {
                value.reset();
            } else {
                if (!value) value.emplace();
                read(*value);
            }
        } else {
            value.serialize(*this, version_);
        }
    }

    /// A text where it lies in the octets; empty after a fault.
    [[nodiscard]] std::string_view read_text_in_place() {
        const auto size = read_integer<std::uint32_t>();
        const auto* const octets = take(size);
        if (octets == nullptr) return {};
        const std::string_view text(reinterpret_cast<const char*>(octets), size);
        if (well_formed_utf8(text)) return text;
        fail("is not well-formed UTF-8");
        return {};
    }

  private:
    /// Out of the way of everything that is read without a fault.
    [[gnu::cold, gnu::noinline]] void fail(const char* rule) {
        if (!failed_) fault_ = std::string(field_) + " " + rule;
        failed_ = true;
        next_ = end_;
    }
    /// Nothing, and a fault, when there are fewer left.
    [[nodiscard]] const std::uint8_t* take(std::size_t size) {
        if (size > left()) {
            fail("is longer than what is left of the payload");
            return nullptr;
        }
        const std::uint8_t* const taken = next_;
        next_ += size;
        return taken;
    }
    template <class T>
    void copy_to(T& to) {
        if (const auto* octets = take(sizeof(T))) std::memcpy(&to, octets, sizeof(T));
    }
    template <std::integral T>
    [[nodiscard]] T read_integer() {
        const auto* const octets = take(sizeof(T));
        return octets == nullptr ? T{} : load_number<T>(octets);
    }
    void read_bool(bool& value) {
        const auto octet = read_integer<std::uint8_t>();
        if (octet > 1) fail("is neither 0 nor 1");
        value = octet == 1;
    }
    template <NamedEnum E>
    void read_enum(E& value) {
        const auto found = from_code<E>(read_integer<std::underlying_type_t<E>>());
        if (!ok()) return;
        if (found) {
            value = *found;
        } else {
            fail("holds a code that does not exist");
        }
    }
    void read_text(std::string& value) {
        const std::string_view text = read_text_in_place();
        if (!ok()) return;
        // assign() is a call that looks for what may overlap, resize() one too: not where no room is needed,
        // and often the text before was as long.
        if (text.size() > value.size()) {
            value.assign(text);
        } else {
            if (text.size() < value.size()) value.resize(text.size());
            copy_short(value.data(), text);
        }
    }
    /// memcpy is a call too where the size is not fixed.
    static void copy_short(char* to, std::string_view text) {
        if (text.size() >= 16) return copy_by<16>(to, text);
        if (text.size() >= 8) return copy_by<8>(to, text);
        if (text.size() >= 4) return copy_by<4>(to, text);
        for (const char octet : text) *to++ = octet;
    }
    /// So many octets at a time, the last of them once more where the text ends between: it has no fewer.
    template <std::size_t width>
    static void copy_by(char* to, std::string_view text) {
        const std::size_t last = text.size() - width;
        for (std::size_t at = 0; at < last; at += width) std::memcpy(to + at, text.data() + at, width);
        std::memcpy(to + last, text.data() + last, width);
    }
    void read_money(Money& value) {
        value.minor = read_integer<std::int64_t>();
        copy_to(value.currency.code);
        if (!ok()) return;
        if (value.minor < 0) fail("is a negative amount");
        if (!currency_exponent(value.currency.text())) fail("has a currency that does not exist");
    }
    template <class T>
    void read_vector(std::vector<T>& value) {
        const auto count = read_integer<std::uint32_t>();
        // No element is encoded in less than one octet, so a count beyond that cannot be true.
        if (count > left()) return fail("counts more elements than the payload can hold");
        if (value.size() > count) value.resize(count);
        for (std::uint32_t i = 0; i < count && ok(); ++i) {
            if (i == value.size()) value.emplace_back();
            read(value[i]);
        }
    }

    const std::uint8_t* next_;
    const std::uint8_t* end_;
    unsigned version_;
    const char* field_ = "payload";
    bool failed_ = false;
    std::string fault_;
};

/// The canonical bytes of any value that an archive takes.
template <class T>
[[nodiscard]] Bytes encode(const T& value) {
    Bytes bytes;
    CanonicalWriter(bytes).write(value);
    return bytes;
}

/// Reads exactly one value; octets left over are a fault. ErrorKind::damaged, with the field and the rule.
template <class T>
[[nodiscard]] Result<T> decode(std::span<const std::uint8_t> bytes, unsigned version = 1) {
    T value{};
    CanonicalReader reader(bytes, version);
    reader.read(value);
    if (!reader.ok()) return certledger::fail(ErrorKind::damaged, "payload: " + reader.fault());
    if (reader.left() != 0)
        return certledger::fail(ErrorKind::damaged, "payload: octets are left over at its end");
    return value;
}

}  // namespace certledger::events

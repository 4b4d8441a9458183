// Role: what the vault needs of a store. Whoever puts the program together supplies one; it sees ciphertext
// only.
#pragma once

#include <certledger/events/digest.hpp>
#include <certledger/events/result.hpp>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace certledger::adapters::vault {

/// One change of a batch: a value to store, or none to erase the key (erasing a missing key changes nothing).
struct Change {
    std::string key;  ///< At most 256 octets, printable ASCII.
    std::optional<events::Bytes> value;
};

/// Sorted keys with values. The vault never makes two calls at once. Damage and I/O errors whose outcome is
/// not known are thrown as OutcomeUnknown.
class KeyValue {
  public:
    virtual ~KeyValue() = default;

    /// The value, or none. outside: it cannot be read now.
    [[nodiscard]] virtual Result<std::optional<events::Bytes>> get(std::string_view key) const = 0;
    /// All of the changes or none of them; durable when it returns. outside: nothing has changed (disk full).
    [[nodiscard]] virtual Result<void> apply(const std::vector<Change>& changes) = 0;
    /// Calls `visit` for each key that begins with the prefix, in order.
    [[nodiscard]] virtual Result<void> for_each(
        std::string_view prefix,
        const std::function<void(std::string_view key, const events::Bytes& value)>& visit) const = 0;
};

}  // namespace certledger::adapters::vault

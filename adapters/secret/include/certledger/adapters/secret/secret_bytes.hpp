// Role: the buffer in which private keys, passwords and vault contents travel between adapters. Its memory is
// wiped before it is given back, also when a move leaves it behind.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace certledger::adapters {

/// Octets that must not outlive their use. Move-only, so that every copy is visible as `clone()`.
/// Memory only; not thread-safe; the address stays the same for the life of the contents, also over a move.
class SecretBytes {
  public:
    SecretBytes() = default;
    /// `size` octets, all zero.
    explicit SecretBytes(std::size_t size);
    [[nodiscard]] static SecretBytes copy_of(std::span<const std::uint8_t> octets);
    [[nodiscard]] static SecretBytes copy_of(std::string_view text);

    SecretBytes(SecretBytes&& other) noexcept;
    SecretBytes& operator=(SecretBytes&& other) noexcept;
    SecretBytes(const SecretBytes&) = delete;
    SecretBytes& operator=(const SecretBytes&) = delete;
    ~SecretBytes();

    [[nodiscard]] SecretBytes clone() const { return copy_of(octets()); }
    [[nodiscard]] std::uint8_t* data() noexcept { return data_.get(); }
    [[nodiscard]] const std::uint8_t* data() const noexcept { return data_.get(); }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
    [[nodiscard]] std::span<const std::uint8_t> octets() const noexcept { return {data_.get(), size_}; }
    [[nodiscard]] std::string_view text() const noexcept;

    /// Cuts the contents to the first `size` octets and wipes the rest; `size` must not be larger than it is.
    void shrink(std::size_t size);
    /// Puts more octets at the end; the old memory is wiped when it has to grow.
    void append(std::span<const std::uint8_t> octets);
    void append(std::string_view text);
    void clear() noexcept;

  private:
    std::unique_ptr<std::uint8_t[]> data_;
    std::size_t size_ = 0;
    std::size_t capacity_ = 0;
};

/// A file that is made but not yet written anywhere; its contents may hold a private key.
struct SecretFile {
    std::string name;
    SecretBytes bytes;
};

/// Wipes memory in a way that the compiler may not leave out.
void wipe(void* memory, std::size_t size) noexcept;
/// Wipes and empties a string that held a secret (for text that had to be a std::string for a while).
void wipe(std::string& text) noexcept;

/// Compares in a time that depends on the lengths only.
[[nodiscard]] bool constant_time_equal(std::span<const std::uint8_t> left,
                                       std::span<const std::uint8_t> right) noexcept;
[[nodiscard]] bool constant_time_equal(std::string_view left, std::string_view right) noexcept;

}  // namespace certledger::adapters

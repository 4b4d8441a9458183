#include <algorithm>
#include <certledger/adapters/secret/secret_bytes.hpp>
#include <cstring>
#include <utility>

namespace certledger::adapters {

namespace {

std::span<const std::uint8_t> as_octets(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

}  // namespace

void wipe(void* memory, std::size_t size) noexcept {
    if (memory != nullptr && size != 0) {
        ::explicit_bzero(memory, size);
    }
}

void wipe(std::string& text) noexcept {
    // The capacity may still hold what a longer value left behind.
    text.resize(text.capacity());
    wipe(text.data(), text.size());
    text.clear();
}

bool constant_time_equal(std::span<const std::uint8_t> left, std::span<const std::uint8_t> right) noexcept {
    if (left.size() != right.size()) {
        return false;
    }
    volatile std::uint8_t difference = 0;
    for (std::size_t i = 0; i < left.size(); ++i) {
        difference = static_cast<std::uint8_t>(difference | (left[i] ^ right[i]));
    }
    return difference == 0;
}

bool constant_time_equal(std::string_view left, std::string_view right) noexcept {
    return constant_time_equal(as_octets(left), as_octets(right));
}

SecretBytes::SecretBytes(std::size_t size)
    : data_(size == 0 ? nullptr : std::make_unique<std::uint8_t[]>(size)), size_(size), capacity_(size) {}

SecretBytes SecretBytes::copy_of(std::span<const std::uint8_t> octets) {
    SecretBytes copy(octets.size());
    std::copy(octets.begin(), octets.end(), copy.data_.get());
    return copy;
}

SecretBytes SecretBytes::copy_of(std::string_view text) { return copy_of(as_octets(text)); }

SecretBytes::SecretBytes(SecretBytes&& other) noexcept
    : data_(std::move(other.data_)),
      size_(std::exchange(other.size_, 0)),
      capacity_(std::exchange(other.capacity_, 0)) {}

SecretBytes& SecretBytes::operator=(SecretBytes&& other) noexcept {
    if (this != &other) {
        clear();
        data_ = std::move(other.data_);
        size_ = std::exchange(other.size_, 0);
        capacity_ = std::exchange(other.capacity_, 0);
    }
    return *this;
}

SecretBytes::~SecretBytes() { clear(); }

std::string_view SecretBytes::text() const noexcept {
    return {reinterpret_cast<const char*>(data_.get()), size_};
}

void SecretBytes::shrink(std::size_t size) {
    if (size < size_) {
        wipe(data_.get() + size, size_ - size);
        size_ = size;
    }
}

void SecretBytes::append(std::span<const std::uint8_t> octets) {
    if (octets.empty()) {
        return;
    }
    if (capacity_ - size_ < octets.size()) {
        SecretBytes larger(std::max(capacity_ * 2, size_ + octets.size()));
        std::copy_n(data_.get(), size_, larger.data_.get());
        larger.size_ = size_;
        *this = std::move(larger);
    }
    std::copy(octets.begin(), octets.end(), data_.get() + size_);
    size_ += octets.size();
}

void SecretBytes::append(std::string_view text) { append(as_octets(text)); }

void SecretBytes::clear() noexcept {
    wipe(data_.get(), capacity_);
    data_.reset();
    size_ = 0;
    capacity_ = 0;
}

}  // namespace certledger::adapters

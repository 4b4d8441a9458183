#include "handles.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <algorithm>
#include <certledger/adapters/openssl/key.hpp>
#include <certledger/events/contract.hpp>
#include <string_view>
#include <utility>

namespace certledger::adapters::openssl {

tl::unexpected<Error> refuse(std::string message) {
    ERR_clear_error();
    return fail(ErrorKind::invalid_input, std::move(message));
}

BioHandle memory_bio(std::span<const std::uint8_t> octets) {
    CERTLEDGER_CHECK(octets.size() <= kMaxInputOctets);
    BioHandle bio(BIO_new_mem_buf(octets.data(), static_cast<int>(octets.size())));
    CERTLEDGER_CHECK(bio != nullptr);
    return bio;
}

bool looks_like_pem(std::span<const std::uint8_t> octets) noexcept {
    constexpr std::string_view kMark = "-----BEGIN ";
    return std::search(octets.begin(), octets.end(), kMark.begin(), kMark.end()) != octets.end();
}

std::string to_pem(const char* label, std::span<const std::uint8_t> der) {
    const BioHandle bio(BIO_new(BIO_s_mem()));
    CERTLEDGER_CHECK(bio != nullptr);
    CERTLEDGER_CHECK(PEM_write_bio(bio.get(), label, "", der.data(), static_cast<long>(der.size())) > 0);
    char* text = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &text);
    return {text, static_cast<std::size_t>(size)};
}

}  // namespace certledger::adapters::openssl

#include "ec_encoding.hpp"

#include <openssl/core_names.h>

#include <array>
#include <string_view>

namespace certledger::adapters::openssl {

namespace {

/// Heads in hexadecimal, in the order of the parts: SPKI + point; PKCS#8 + scalar + middle + point.
struct Layout {
    int bits;
    std::string_view spki;
    std::string_view pkcs8;
    std::string_view middle;
};

constexpr std::array<Layout, 2> kLayouts{
    Layout{256, "3059301306072a8648ce3d020106082a8648ce3d030107034200",
           "308187020100301306072a8648ce3d020106082a8648ce3d030107046d306b0201010420", "a144034200"},
    Layout{384, "3076301006072a8648ce3d020106052b81040022036200",
           "3081b6020100301006072a8648ce3d020106052b8104002204819e30819b0201010430", "a164036200"},
};

}  // namespace

std::optional<EcEncoding> encode_ec_key(EVP_PKEY* pair) {
    const int bits = EVP_PKEY_get_bits(pair);
    for (const Layout& layout : kLayouts) {
        if (EVP_PKEY_get_base_id(pair) != EVP_PKEY_EC || bits != layout.bits) {
            continue;
        }
        const std::size_t field = static_cast<std::size_t>(bits) / 8;
        events::Bytes point(2 * field + 1);
        std::size_t size = 0;
        BIGNUM* raw = nullptr;
        if (EVP_PKEY_get_octet_string_param(pair, OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size(),
                                            &size) != 1 ||
            size != point.size() || point.front() != 0x04 ||
            EVP_PKEY_get_bn_param(pair, OSSL_PKEY_PARAM_PRIV_KEY, &raw) != 1) {
            return std::nullopt;
        }
        const Handle<BIGNUM, BN_clear_free> scalar(raw);
        SecretBytes number(field);
        if (BN_bn2binpad(scalar.get(), number.data(), static_cast<int>(field)) != static_cast<int>(field)) {
            return std::nullopt;
        }
        EcEncoding encoding;
        encoding.spki = *events::bytes_from_hex(layout.spki);
        encoding.spki.insert(encoding.spki.end(), point.begin(), point.end());
        encoding.pkcs8.append(std::span<const std::uint8_t>(*events::bytes_from_hex(layout.pkcs8)));
        encoding.pkcs8.append(number.octets());
        encoding.pkcs8.append(std::span<const std::uint8_t>(*events::bytes_from_hex(layout.middle)));
        encoding.pkcs8.append(std::span<const std::uint8_t>(point));
        return encoding;
    }
    return std::nullopt;
}

}  // namespace certledger::adapters::openssl

#include <openssl/evp.h>

#include <algorithm>
#include <certledger/events/contract.hpp>
#include <certledger/store/tlog/keys.hpp>

#include "text.hpp"

namespace certledger::store::tlog {
namespace {

constexpr std::size_t signature_bytes = 64;
constexpr std::size_t time_bytes = 8;
constexpr std::uint64_t latest_time = (std::uint64_t{1} << 63U) - 1;

struct FreeKey {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
struct FreeContext {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Key = std::unique_ptr<EVP_PKEY, FreeKey>;
using Context = std::unique_ptr<EVP_MD_CTX, FreeContext>;

Context new_context() {
    Context context(EVP_MD_CTX_new());
    CERTLEDGER_CHECK(context != nullptr);
    return context;
}

const unsigned char* octets(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

std::uint32_t key_id(std::string_view name, KeyType type, const VerifierKey::PublicKey& key) {
    std::string input(name);
    input += '\n';
    input += static_cast<char>(type);
    input.append(key.begin(), key.end());
    const Digest digest = sha256(input);
    return (std::uint32_t{digest[0]} << 24U) | (std::uint32_t{digest[1]} << 16U) |
           (std::uint32_t{digest[2]} << 8U) | digest[3];
}

/// What a witness signs: the text under a header that no other signature can carry.
std::string cosigned_message(std::uint64_t time, std::string_view text) {
    return "cosignature/v1\ntime " + std::to_string(time) + "\n" + std::string(text);
}

bool ed25519_holds(const VerifierKey::PublicKey& public_key, std::string_view message,
                   std::span<const std::uint8_t> signature) {
    const Key key(
        EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, public_key.data(), public_key.size()));
    if (!key) return false;
    const Context context = new_context();
    CERTLEDGER_CHECK(EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1);
    return EVP_DigestVerify(context.get(), signature.data(), signature.size(), octets(message),
                            message.size()) == 1;
}

std::string hex_id(std::uint32_t id) {
    const std::array<std::uint8_t, 4> bytes = {
        static_cast<std::uint8_t>(id >> 24U), static_cast<std::uint8_t>(id >> 16U),
        static_cast<std::uint8_t>(id >> 8U), static_cast<std::uint8_t>(id)};
    return events::to_hex(bytes.data(), bytes.size());
}

tl::unexpected<Error> bad_key(std::string_view text, const std::string& why) {
    return fail(ErrorKind::invalid_input, "verifier key " + quoted(text) + ": " + why);
}

}  // namespace

Result<void> check_key_name(std::string_view name, std::size_t longest) {
    const auto bad = [&](const char* why) {
        return fail(ErrorKind::invalid_input, "key name " + quoted(name) + ": " + why);
    };
    if (name.empty()) return bad("must not be empty");
    if (name.size() > longest) {
        return fail(ErrorKind::invalid_input, "key name " + quoted(name) + ": must not be longer than " +
                                                  std::to_string(longest) + " bytes");
    }
    if (!is_utf8(name)) return bad("must be UTF-8");
    if (has_control(name) || has_unicode_space(name))
        return bad("must not hold white space or control characters");
    if (name.find('+') != std::string_view::npos) return bad("must not hold a '+'");
    return {};
}

Result<VerifierKey> VerifierKey::make(std::string_view name, KeyType type, const PublicKey& key) {
    if (auto fit = check_key_name(name); !fit) return tl::make_unexpected(fit.error());
    VerifierKey out;
    out.name_ = std::string(name);
    out.type_ = type;
    out.key_ = key;
    out.id_ = key_id(name, type, key);
    return out;
}

Result<VerifierKey> VerifierKey::parse(std::string_view text) {
    const std::size_t first = text.find('+');
    const std::size_t second = first == std::string_view::npos ? first : text.find('+', first + 1);
    if (second == std::string_view::npos) return bad_key(text, "must be <name>+<8 hex digits>+<base64>");
    const std::string_view id_text = text.substr(first + 1, second - first - 1);
    const auto id = events::bytes_from_hex(id_text);
    if (!id || id->size() != 4) return bad_key(text, "the id must be 8 hexadecimal digits");
    const auto encoded = events::bytes_from_base64(text.substr(second + 1));
    if (!encoded || encoded->empty()) return bad_key(text, "the key must be base64");
    const std::uint8_t type = encoded->front();
    if (type != static_cast<std::uint8_t>(KeyType::ed25519) &&
        type != static_cast<std::uint8_t>(KeyType::cosignature)) {
        return bad_key(text, "type " + std::to_string(type) + " must be 1 (Ed25519) or 4 (cosignature/v1)");
    }
    PublicKey key{};
    if (encoded->size() != 1 + key.size()) return bad_key(text, "an Ed25519 key must have 32 bytes");
    std::copy(encoded->begin() + 1, encoded->end(), key.begin());
    Result<VerifierKey> out = make(text.substr(0, first), static_cast<KeyType>(type), key);
    if (out && events::to_hex(*id) != hex_id(out->id())) {
        return bad_key(text, "the id must be " + hex_id(out->id()) + " for this name and key");
    }
    return out;
}

std::string VerifierKey::to_string() const {
    Bytes encoded;
    encoded.reserve(1 + key_.size());
    encoded.push_back(static_cast<std::uint8_t>(type_));
    encoded.insert(encoded.end(), key_.begin(), key_.end());
    return name_ + "+" + hex_id(id_) + "+" + events::to_base64(encoded);
}

Result<std::optional<std::uint64_t>> VerifierKey::verify(std::string_view text,
                                                         std::span<const std::uint8_t> signature) const {
    const auto bad = [&](const char* why) {
        return fail(ErrorKind::damaged, "signature of " + quoted(name_) + ": " + why);
    };
    const bool timed = type_ == KeyType::cosignature;
    if (signature.size() != signature_bytes + (timed ? time_bytes : 0)) return bad("has the wrong length");
    if (!timed) {
        if (!ed25519_holds(key_, text, signature)) return bad("does not verify");
        return std::optional<std::uint64_t>();
    }
    std::uint64_t time = 0;
    for (const std::uint8_t byte : signature.first(time_bytes)) time = (time << 8U) | byte;
    if (time > latest_time) return bad("its time must not exceed 2^63 - 1");
    if (!ed25519_holds(key_, cosigned_message(time, text), signature.subspan(time_bytes))) {
        return bad("does not verify");
    }
    return std::optional<std::uint64_t>(time);
}

struct Signer::Impl {
    VerifierKey verifier;
    Key key;
};

Signer::Signer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Signer::Signer(Signer&&) noexcept = default;
Signer& Signer::operator=(Signer&&) noexcept = default;
Signer::~Signer() = default;

Result<Signer> Signer::from_seed(std::string_view name, KeyType type, std::span<const std::uint8_t> seed) {
    if (seed.size() != seed_bytes) {
        return fail(ErrorKind::invalid_input,
                    "signing key: " + std::to_string(seed.size()) + " bytes, must be 32 (an Ed25519 seed)");
    }
    Key key(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, seed.data(), seed.size()));
    CERTLEDGER_CHECK(key != nullptr);
    VerifierKey::PublicKey public_key{};
    std::size_t length = public_key.size();
    CERTLEDGER_CHECK(EVP_PKEY_get_raw_public_key(key.get(), public_key.data(), &length) == 1 &&
                     length == public_key.size());
    Result<VerifierKey> verifier = VerifierKey::make(name, type, public_key);
    if (!verifier) return tl::make_unexpected(verifier.error());
    return Signer(std::make_unique<Impl>(Impl{std::move(*verifier), std::move(key)}));
}

const VerifierKey& Signer::verifier() const { return impl_->verifier; }

Bytes Signer::sign(std::string_view text, std::optional<std::uint64_t> time) const {
    const bool timed = impl_->verifier.type() == KeyType::cosignature;
    CERTLEDGER_CHECK(timed == time.has_value() && time.value_or(0) <= latest_time);
    Bytes out;
    if (timed) {
        for (unsigned shift = 64; shift != 0;) {
            shift -= 8;
            out.push_back(static_cast<std::uint8_t>(*time >> shift));
        }
    }
    const std::string message = timed ? cosigned_message(*time, text) : std::string(text);
    const std::size_t offset = out.size();
    out.resize(offset + signature_bytes);
    std::size_t length = signature_bytes;
    const Context context = new_context();
    CERTLEDGER_CHECK(EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, impl_->key.get()) == 1);
    CERTLEDGER_CHECK(
        EVP_DigestSign(context.get(), out.data() + offset, &length, octets(message), message.size()) == 1 &&
        length == signature_bytes);
    return out;
}

}  // namespace certledger::store::tlog

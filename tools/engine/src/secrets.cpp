#include "secrets.hpp"

#include <certledger/adapters/openssl/hash.hpp>
#include <certledger/adapters/openssl/key.hpp>

namespace certledger::engine {
namespace {

namespace openssl = adapters::openssl;

/// Two processes may make a key for one certificate at the same time, and only one comes into the log: the
/// digest keeps them apart.
std::string key_name(const events::CertificateId& certificate, const events::Digest& key_sha256) {
    return adapters::vault::entry::private_key(certificate.value + "/" + events::to_hex(key_sha256));
}

}  // namespace

Secrets::Secrets(OpenVault open_vault, std::function<std::string()> new_name)
    : open_vault_(std::move(open_vault)), new_name_(std::move(new_name)) {}

Result<events::Digest> Secrets::keyed_digest(std::span<const std::uint8_t> content) {
    if (!digest_key_) {
        const auto vault = open_vault_();
        if (!vault) return tl::make_unexpected(vault.error());
        digest_key_ = (*vault)->derived_key("command-digest");
    }
    return openssl::hmac_sha256(digest_key_->octets(), content);
}

Result<events::Digest> Secrets::make_key(events::KeyAlgorithm algorithm,
                                         const events::CertificateId& certificate) {
    const auto vault = open_vault_();
    if (!vault) return tl::make_unexpected(vault.error());
    const auto key = openssl::generate_key(algorithm);
    (*vault)->put(key_name(certificate, key.facts().spki_sha256), key.pkcs8().octets());
    staged_ = true;
    return key.facts().spki_sha256;
}

Result<void> Secrets::keep_key(std::string_view pem, const events::Digest& key_sha256,
                               const events::CertificateId& certificate) {
    const auto vault = open_vault_();
    if (!vault) return tl::make_unexpected(vault.error());
    const auto key = openssl::PrivateKey::read(pem);
    if (!key) return tl::make_unexpected(key.error());
    (*vault)->put(key_name(certificate, key_sha256), key->pkcs8().octets());
    staged_ = true;
    return {};
}

Result<std::optional<adapters::SecretBytes>> Secrets::key(const events::CertificateId& certificate,
                                                          const events::Digest& key_sha256) const {
    const auto vault = open_vault_();
    if (!vault) return tl::make_unexpected(vault.error());
    return (*vault)->get(key_name(certificate, key_sha256));
}

Result<events::Sealed> Secrets::seal(const events::CertificateId& certificate, std::string_view kind,
                                     events::Bytes content) {
    const auto vault = open_vault_();
    if (!vault) return tl::make_unexpected(vault.error());
    events::Sealed sealed;
    sealed.subject = std::string(kind) + "/" + certificate.value + "/" + new_name_();
    auto box = (*vault)->seal(sealed.subject, content);
    adapters::wipe(content.data(), content.size());
    if (!box) return tl::make_unexpected(box.error());
    sealed.box = std::move(*box);
    staged_ = true;
    return sealed;
}

Result<void> Secrets::commit() {
    if (!staged_) return {};
    const auto vault = open_vault_();
    if (!vault) return tl::make_unexpected(vault.error());
    if (auto kept = (*vault)->commit(); !kept) return kept;
    staged_ = false;
    return {};
}

void Secrets::abandon() {
    if (!staged_) return;
    if (const auto vault = open_vault_()) (*vault)->discard();
    staged_ = false;
}

}  // namespace certledger::engine

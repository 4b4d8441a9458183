#include <algorithm>
#include <certledger/adapters/vault/master_key.hpp>
#include <certledger/adapters/vault/vault.hpp>
#include <certledger/events/contract.hpp>
#include <map>
#include <mutex>
#include <utility>

#include "gcm.hpp"

namespace certledger::adapters::vault {

namespace {

constexpr std::uint8_t kFormat = 1;
constexpr std::size_t kMaxName = 200;
constexpr std::size_t kMaxSecret = std::size_t{1} << 20;
constexpr std::string_view kEntryContext = "certledger vault entry 1 ";
constexpr std::string_view kSubjectContext = "certledger sealed data 1 ";
constexpr const char* kCheckName = "check";
constexpr std::string_view kCheckText = "certledger vault";

std::string subject_name(std::string_view subject) { return "subject/" + std::string(subject); }

void check_name(std::string_view name) {
    CERTLEDGER_CHECK(!name.empty() && name.size() <= kMaxName);
    CERTLEDGER_CHECK(std::all_of(name.begin(), name.end(), [](char c) { return c > ' ' && c < 0x7f; }));
}

std::span<const std::uint8_t> as_octets(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

tl::unexpected<Error> damaged(const std::string& name) {
    return fail(ErrorKind::damaged, "vault entry " + name + ": does not open under the master key");
}

}  // namespace

std::string entry::private_key(std::string_view certificate) { return "key/" + std::string(certificate); }

struct Vault::Impl {
    KeyValue& store;
    SecretBytes master;
    SecretBytes entry_key;
    mutable std::mutex mutex;  // guards everything below, and all calls of the store
    std::map<std::string, std::optional<events::Bytes>> collected;

    Impl(KeyValue& store_in, const SecretBytes& master_in)
        : store(store_in), master(master_in.clone()), entry_key(hkdf(master.octets(), "vault-entries")) {}

    [[nodiscard]] events::Bytes encrypt(const std::string& name, std::span<const std::uint8_t> secret) const {
        events::Bytes value{kFormat};
        gcm_seal(entry_key.octets(), std::string(kEntryContext) + name, secret, value);
        return value;
    }
    [[nodiscard]] std::optional<SecretBytes> decrypt(const std::string& name,
                                                     const events::Bytes& value) const {
        if (value.empty() || value.front() != kFormat) {
            return std::nullopt;
        }
        return gcm_open(entry_key.octets(), std::string(kEntryContext) + name,
                        std::span<const std::uint8_t>(value).subspan(1));
    }
    /// What is collected, else what is stored. The mutex must be held.
    [[nodiscard]] Result<std::optional<events::Bytes>> find(const std::string& name) const {
        if (const auto at = collected.find(name); at != collected.end()) {
            return at->second;
        }
        return store.get(name);
    }
    [[nodiscard]] Result<std::optional<SecretBytes>> read(const std::string& name) const {
        check_name(name);
        Result<std::optional<events::Bytes>> value;
        {
            const std::lock_guard lock(mutex);
            value = find(name);
        }
        if (!value) {
            return tl::make_unexpected(value.error());
        }
        if (!*value) {
            return std::optional<SecretBytes>();
        }
        auto secret = decrypt(name, **value);
        if (!secret) {
            return damaged(name);
        }
        return secret;
    }
    /// Marks a new store, or proves that this is the key of an old one.
    [[nodiscard]] Result<void> check_key() {
        const auto value = store.get(kCheckName);
        if (!value) {
            return tl::make_unexpected(value.error());
        }
        if (!*value) {
            return store.apply({{kCheckName, encrypt(kCheckName, as_octets(kCheckText))}});
        }
        const auto text = decrypt(kCheckName, **value);
        if (!text || !constant_time_equal(text->text(), kCheckText)) {
            return fail(ErrorKind::invalid_input,
                        "master key: not the key that this vault was made with (or the vault's check entry "
                        "is damaged)");
        }
        return {};
    }
};

Vault::Vault(std::unique_ptr<Impl> impl) noexcept : impl_(std::move(impl)) {}
Vault::Vault(Vault&&) noexcept = default;
Vault& Vault::operator=(Vault&&) noexcept = default;
Vault::~Vault() = default;

Result<Vault> Vault::open(KeyValue& store, const SecretBytes& master_key) {
    CERTLEDGER_CHECK(master_key.size() == kMasterKeyOctets);
    auto impl = std::make_unique<Impl>(store, master_key);
    if (auto checked = impl->check_key(); !checked) {
        return tl::make_unexpected(checked.error());
    }
    return Vault(std::move(impl));
}

Result<Vault> Vault::open(KeyValue& store, const std::string& key_file,
                          std::optional<std::string_view> environment_value) {
    auto key = environment_value ? master_key_from_text(*environment_value) : read_master_key(key_file);
    if (!key && !environment_value && key.error().kind == ErrorKind::not_found) {
        const auto mark = store.get(kCheckName);
        if (!mark) {
            return tl::make_unexpected(mark.error());
        }
        if (mark->has_value()) {
            return fail(ErrorKind::not_found,
                        "key file " + key_file +
                            ": is missing, but the vault holds entries; put it back or set " +
                            kMasterKeyVariable);
        }
        key = create_master_key(key_file);
    }
    if (!key) {
        return tl::make_unexpected(key.error());
    }
    return open(store, *key);
}

void Vault::put(const std::string& name, std::span<const std::uint8_t> secret) {
    check_name(name);
    CERTLEDGER_CHECK(name != kCheckName && secret.size() <= kMaxSecret);
    events::Bytes value = impl_->encrypt(name, secret);
    const std::lock_guard lock(impl_->mutex);
    impl_->collected[name] = std::move(value);
}

void Vault::erase(const std::string& name) {
    check_name(name);
    CERTLEDGER_CHECK(name != kCheckName);
    const std::lock_guard lock(impl_->mutex);
    impl_->collected[name] = std::nullopt;
}

Result<void> Vault::commit() {
    // The lock is held until the store is done: whoever comes behind finds its own entries durable already.
    const std::lock_guard lock(impl_->mutex);
    if (impl_->collected.empty()) {
        return {};
    }
    std::vector<Change> changes;
    changes.reserve(impl_->collected.size());
    for (const auto& [name, value] : impl_->collected) {
        changes.push_back({name, value});
    }
    auto applied = impl_->store.apply(changes);
    if (applied) {
        impl_->collected.clear();
    }
    return applied;
}

void Vault::discard() {
    const std::lock_guard lock(impl_->mutex);
    impl_->collected.clear();
}

Result<std::optional<SecretBytes>> Vault::get(const std::string& name) const { return impl_->read(name); }

Result<bool> Vault::contains(const std::string& name) const {
    check_name(name);
    const std::lock_guard lock(impl_->mutex);
    const auto value = impl_->find(name);
    if (!value) {
        return tl::make_unexpected(value.error());
    }
    return value->has_value();
}

Result<std::size_t> Vault::verify() const {
    std::size_t count = 0;
    std::string bad;
    const std::lock_guard lock(impl_->mutex);
    auto visited = impl_->store.for_each("", [&](std::string_view key, const events::Bytes& value) {
        ++count;
        const std::string name(key);
        if (bad.empty() && !impl_->decrypt(name, value)) {
            bad = name;
        }
    });
    if (!visited) {
        return tl::make_unexpected(visited.error());
    }
    if (!bad.empty()) {
        return damaged(bad);
    }
    return count;
}

Result<events::Bytes> Vault::seal(std::string_view subject, std::span<const std::uint8_t> plain) {
    const std::string name = subject_name(subject);
    check_name(name);
    CERTLEDGER_CHECK(plain.size() <= kMaxSecret);
    SecretBytes key;
    {
        // Finding and making under one lock: two threads must not make two keys for one subject.
        const std::lock_guard lock(impl_->mutex);
        const auto value = impl_->find(name);
        if (!value) {
            return tl::make_unexpected(value.error());
        }
        if (*value) {
            auto known = impl_->decrypt(name, **value);
            if (!known || known->size() != kKeyOctets) {
                return damaged(name);
            }
            key = std::move(*known);
        } else {
            key = random_key();
            impl_->collected[name] = impl_->encrypt(name, key.octets());
        }
    }
    events::Bytes sealed;
    gcm_seal(key.octets(), std::string(kSubjectContext) + std::string(subject), plain, sealed);
    return sealed;
}

Result<SecretBytes> Vault::open_sealed(std::string_view subject, std::span<const std::uint8_t> sealed) const {
    const std::string name = subject_name(subject);
    const auto key = impl_->read(name);
    if (!key) {
        return tl::make_unexpected(key.error());
    }
    if (!*key) {
        return fail(ErrorKind::not_found,
                    "sealed data of " + std::string(subject) + ": its key was destroyed or never made");
    }
    if ((*key)->size() != kKeyOctets) {
        return damaged(name);
    }
    auto plain = gcm_open((*key)->octets(), std::string(kSubjectContext) + std::string(subject), sealed);
    if (!plain) {
        return fail(ErrorKind::damaged,
                    "sealed data of " + std::string(subject) + ": does not open under the subject's key");
    }
    return std::move(*plain);
}

void Vault::destroy_subject(std::string_view subject) { erase(subject_name(subject)); }

SecretBytes Vault::derived_key(std::string_view purpose) const {
    return hkdf(impl_->master.octets(), "certledger " + std::string(purpose));
}

}  // namespace certledger::adapters::vault

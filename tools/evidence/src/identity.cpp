#include "identity.hpp"

#include <certledger/adapters/system/identity.hpp>

namespace certledger::evidence {
namespace {

namespace tlog = store::tlog;

constexpr const char* kOrigin = "log/origin";

}  // namespace

Result<std::optional<tlog::Signer>> find_signer(adapters::vault::Vault& vault,
                                                const std::string& default_origin) {
    auto seed = vault.get(adapters::vault::entry::kLogSigningSeed);
    if (!seed) return tl::make_unexpected(seed.error());
    if (!*seed) return std::optional<tlog::Signer>{};
    auto origin = vault.get(kOrigin);
    if (!origin) return tl::make_unexpected(origin.error());
    const std::string name = *origin ? std::string((*origin)->text()) : default_origin;
    auto signer = tlog::Signer::from_seed(name, tlog::KeyType::ed25519, (*seed)->octets());
    if (!signer)
        return fail(ErrorKind::damaged, "the log's signing key in the vault: " + signer.error().message);
    return std::optional<tlog::Signer>{std::move(*signer)};
}

Result<tlog::Signer> make_signer(adapters::vault::Vault& vault, const std::string& origin) {
    adapters::SecretBytes seed(tlog::Signer::seed_bytes);
    adapters::system::fill_random({seed.data(), seed.size()});
    auto signer = tlog::Signer::from_seed(origin, tlog::KeyType::ed25519, seed.octets());
    if (!signer) return signer;
    vault.put(adapters::vault::entry::kLogSigningSeed, seed.octets());
    vault.put(kOrigin, adapters::SecretBytes::copy_of(origin).octets());
    if (auto kept = vault.commit(); !kept) {
        vault.discard();
        return tl::make_unexpected(kept.error());
    }
    return signer;
}

}  // namespace certledger::evidence

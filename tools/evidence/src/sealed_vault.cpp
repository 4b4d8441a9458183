#include <certledger/store/lmdb/environment.hpp>
#include <certledger/tools/evidence/sealed_vault.hpp>

#include "files.hpp"

namespace certledger::evidence {
namespace fs = std::filesystem;
namespace lmdb = store::lmdb;

namespace {

constexpr std::size_t kLargestKeyFile = 4'096;
/// Entries of one commit.
constexpr std::size_t kBatch = 10'000;

fs::path vault_file(const fs::path& ledger) { return ledger / "vault" / "vault.mdb"; }
fs::path key_file(const fs::path& ledger) { return ledger / "vault" / "master.key"; }

}  // namespace

Result<SealedVault> read_sealed_vault(const fs::path& ledger) {
    SealedVault vault;
    std::error_code ignored;
    if (!fs::exists(vault_file(ledger), ignored)) return vault;
    const auto environment =
        lmdb::Environment::open({.file = vault_file(ledger), .create = false, .read_only = true});
    if (!environment) return tl::make_unexpected(environment.error());
    const auto reading = (*environment)->read();
    if (!reading) return tl::make_unexpected(reading.error());
    auto cursor = reading->cursor((*environment)->main());
    if (!cursor) return tl::make_unexpected(cursor.error());
    auto more = cursor->first();
    for (; more && *more; more = cursor->next()) {
        vault.entries.emplace_back(std::string(lmdb::text_of(cursor->key())),
                                   events::Bytes(cursor->value().begin(), cursor->value().end()));
    }
    if (!more) return tl::make_unexpected(more.error());
    auto key = read_file(key_file(ledger), kLargestKeyFile);
    if (!key) return tl::make_unexpected(key.error());
    vault.key_file = std::move(*key);
    return vault;
}

Result<void> write_sealed_vault(const fs::path& ledger, const SealedVault& vault) {
    if (auto made = make_folder(ledger / "vault"); !made) return made;
    if (vault.key_file) {
        if (auto written = make_file(key_file(ledger), *vault.key_file); !written) return written;
    }
    auto environment = lmdb::Environment::open({.file = vault_file(ledger)});
    if (!environment) return tl::make_unexpected(environment.error());
    for (std::size_t at = 0; at < vault.entries.size(); at += kBatch) {
        auto written = (*environment)->write([&](lmdb::WriteTransaction& writing) -> Result<void> {
            for (std::size_t i = at; i < std::min(at + kBatch, vault.entries.size()); ++i) {
                const auto& [name, value] = vault.entries[i];
                if (name.empty() || name.size() > lmdb::kMaxKeySize)
                    return fail(ErrorKind::damaged, "backup: vault/entries: a name of " +
                                                        std::to_string(name.size()) + " octets");
                auto put = writing.put((*environment)->main(), lmdb::octets_of(name), value);
                if (!put) return put;
            }
            return {};
        });
        if (!written) return written;
    }
    return {};
}

}  // namespace certledger::evidence

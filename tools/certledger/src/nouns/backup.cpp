// `backup` and `restore`.
#include <certledger/adapters/system/clock.hpp>
#include <certledger/store/lmdb/lmdb_store.hpp>
#include <certledger/tools/engine/record_keys.hpp>
#include <certledger/tools/evidence/backup.hpp>
#include <certledger/tools/evidence/sealed_vault.hpp>

#include "args/values.hpp"
#include "nouns/evidence.hpp"
#include "output/table.hpp"

namespace certledger::cli {
namespace {

using events::json::OrderedJson;

struct RestoreInput {
    std::string file;
    std::string checkpoint;
};

evidence::OnCopied shown_as(Output& out, const char* label) {
    return [&out, label](std::uint64_t done, std::uint64_t whole) { out.progress(label, done, whole); };
}

void print_facts_of(Output& out, const evidence::BackupFacts& facts, const std::string& what,
                    const std::string& path) {
    if (out.json()) {
        OrderedJson document;
        document[what] = path;
        document["origin"] = facts.origin;
        document["position"] = facts.tree.size;
        document["root"] = events::to_base64(facts.tree.root);
        document["made_at"] = events::to_string(facts.made_at);
        document["with_vault"] = facts.with_vault;
        return out.document(document);
    }
    print_facts(
        out, {{what, {path, Style::strong}},
              {"origin", {facts.origin}},
              {"records", {std::to_string(facts.tree.size)}},
              {"root", {events::to_base64(facts.tree.root)}},
              {"keys", {facts.with_vault ? "with the vault: private keys are in it" : "without the vault"}}});
}

/// The log alone is opened, so that the vault can be read by the side.
Result<int> backup(Context& context, const std::string& file, bool with_vault) {
    const std::string& path = context.globals().ledger;
    auto ledger = existing_ledger(context);
    if (!ledger) return tl::make_unexpected(std::move(ledger.error()));
    evidence::BackupSource source;
    source.ledger = path;
    source.log = &(*ledger)->store();
    source.now = adapters::system::WallClock().now();
    if (with_vault) source.vault = [&] { return evidence::read_sealed_vault(path); };
    const auto facts = evidence::make_backup(source, file, shown_as(context.out(), "backing up"));
    context.out().end_progress();
    if (!facts) return tl::make_unexpected(facts.error());
    print_facts_of(context.out(), *facts, "backup", file);
    return exit_done;
}

Result<std::unique_ptr<store::EventStore>> make_log(const std::filesystem::path& folder) {
    store::lmdb::LmdbStoreOptions options;
    options.keys_of = engine::record_keys;
    auto log = store::lmdb::LmdbStore::create(folder / "log", options);
    if (!log) return tl::make_unexpected(std::move(log.error()));
    return std::unique_ptr<store::EventStore>(std::move(*log));
}

Result<int> restore(Context& context, const RestoreInput& in) {
    if (auto good = engine::Ledger::check_url(context.globals().ledger); !good)
        return tl::make_unexpected(std::move(good.error()));
    evidence::RestoreTarget target;
    target.ledger = context.globals().ledger;
    target.make_log = make_log;
    target.put_vault = evidence::write_sealed_vault;
    target.now = adapters::system::WallClock().now();
    if (!in.checkpoint.empty()) {
        auto note = read_text_file(in.checkpoint, kLargestProof);
        if (!note) return tl::make_unexpected(std::move(note.error()));
        target.newer_checkpoint = std::move(*note);
    }
    const auto facts = evidence::restore_backup(in.file, target, shown_as(context.out(), "restoring"));
    context.out().end_progress();
    if (!facts) return tl::make_unexpected(facts.error());
    print_facts_of(context.out(), *facts, "ledger", context.globals().ledger);
    if (!facts->with_vault) {
        context.out().note(
            "the backup holds no keys: what was sealed stays sealed, and nothing is signed before "
            "certledger audit sign --origin NAME");
    }
    return exit_done;
}

}  // namespace

void describe_backup(Command& noun) {
    auto file = std::make_shared<std::string>();
    auto with_vault = std::make_shared<bool>(false);
    noun.argument("FILE", "Where to; must not exist", into(*file)).required().path();
    noun.flag("--with-vault",
              "Put the vault in too: private keys, the log's signing key, the master key's file",
              *with_vault);
    noun.note(
        "Others may write meanwhile. The file gets its name once it was read back and its root was found "
        "right.");
    noun.note("With --with-vault the file opens everything: guard it like the ledger itself.");
    noun.example("certledger backup monday.backup");
    noun.example("certledger backup --with-vault /mnt/safe/monday.backup");
    noun.run([file, with_vault](Context& context) { return backup(context, *file, *with_vault); });
}

void describe_restore(Command& noun) {
    auto in = std::make_shared<RestoreInput>();
    noun.argument("FILE", "A file that `backup` made", into(in->file)).required().path();
    noun.option("--checkpoint", "FILE",
                "The newest checkpoint that was given out: if the backup is older, the ledger "
                "is not written before an operator decides",
                into(in->checkpoint))
        .path();
    noun.note("Needs a path (--ledger) with no ledger.");
    noun.example("certledger --ledger ./again restore monday.backup");
    noun.run([in](Context& context) { return restore(context, *in); });
}

}  // namespace certledger::cli

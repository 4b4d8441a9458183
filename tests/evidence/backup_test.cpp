#include <sys/stat.h>

#include <certledger/tools/evidence/backup.hpp>
#include <certledger/tools/evidence/record_copy.hpp>
#include <thread>

#include "support.hpp"

using namespace evidence_test;

namespace {

evidence::BackupSource source_of(const TestLedger& ledger) {
    evidence::BackupSource source;
    source.ledger = ledger.folder.path();
    source.log = ledger.log.get();
    source.now = events::Instant::from_seconds(1'750'000'000);
    return source;
}

/// Restores into a memory log, which is gone with the restore, and keeps what it needs to know of it.
struct Restored {
    explicit Restored(const fs::path& ledger) {
        target.ledger = ledger;
        target.make_log = [this](const fs::path&) -> Result<std::unique_ptr<store::EventStore>> {
            auto made = std::make_unique<Watched>(*this);
            return std::unique_ptr<store::EventStore>(std::move(made));
        };
        target.put_vault = [this](const fs::path&, const evidence::SealedVault& given) -> Result<void> {
            vault = given;
            return {};
        };
    }
    /// A memory log that leaves its tree behind.
    struct Watched final : store::EventStore {
        explicit Watched(Restored& to) : to_(to) {}
        ~Watched() override { to_.tree = *log_.tree_head(log_.head().position); }
        Result<std::vector<store::Stored>> append(const store::Append& a) override { return log_.append(a); }
        store::Head head() const override { return log_.head(); }
        std::optional<store::StreamHead> stream_head(std::string_view s) const override {
            return log_.stream_head(s);
        }
        Result<void> read_stream(std::string_view s, std::uint64_t a, std::uint64_t b, store::Direction d,
                                 const store::RecordVisitor& v) const override {
            return log_.read_stream(s, a, b, d, v);
        }
        Result<void> read_all(store::Position a, store::Position b,
                              const store::RecordVisitor& v) const override {
            return log_.read_all(a, b, v);
        }
        Result<events::Bytes> record(store::Position p) const override { return log_.record(p); }
        Result<void> find(std::string_view k, const store::RecordVisitor& v) const override {
            return log_.find(k, v);
        }
        Result<store::TreeHead> tree_head(std::uint64_t n) const override { return log_.tree_head(n); }
        Result<std::vector<events::Digest>> inclusion_proof(std::uint64_t i, std::uint64_t n) const override {
            return log_.inclusion_proof(i, n);
        }
        Result<std::vector<events::Digest>> consistency_proof(std::uint64_t a,
                                                              std::uint64_t b) const override {
            return log_.consistency_proof(a, b);
        }
        Restored& to_;
        store::MemoryStore log_;
    };

    evidence::RestoreTarget target;
    store::TreeHead tree;
    evidence::SealedVault vault;
};

}  // namespace

TEST_CASE("a backup gives the same tree back") {
    TestLedger ledger(2'000);
    const fs::path file = ledger.folder.path() / "b.tar";
    const auto facts = value_of(evidence::make_backup(source_of(ledger), file));
    CHECK(facts.tree == *ledger.log->tree_head(2'000));
    CHECK(facts.origin == "example.com/log");
    struct stat mode {};
    REQUIRE(stat(file.c_str(), &mode) == 0);
    CHECK((mode.st_mode & 0777) == 0600);
    CHECK_FALSE(fs::exists(file.string() + ".part"));
    Restored restored(ledger.folder.path() / "again");
    CHECK(value_of(evidence::restore_backup(file, restored.target)).tree == facts.tree);
    CHECK(restored.tree == facts.tree);
    CHECK_FALSE(fs::exists(ledger.folder.path() / "again.restoring"));
}

TEST_CASE("a backup does not replace a file and a restore does not replace a ledger") {
    TestLedger ledger(5);
    const fs::path file = ledger.folder.path() / "b.tar";
    write_text(file, "something");
    CHECK(kind_of(evidence::make_backup(source_of(ledger), file)) == ErrorKind::invalid_input);
    CHECK(text_of(file) == "something");
    fs::remove(file);
    value_of(evidence::make_backup(source_of(ledger), file));
    Restored onto(ledger.folder.path());
    CHECK(kind_of(evidence::restore_backup(file, onto.target)) == ErrorKind::invalid_input);
    Restored missing(ledger.folder.path() / "again");
    CHECK(kind_of(evidence::restore_backup(ledger.folder.path() / "none", missing.target)) ==
          ErrorKind::not_found);
    CHECK_FALSE(fs::exists(ledger.folder.path() / "again"));
}

TEST_CASE("a backup made while others write holds a prefix of the log") {
    TestLedger ledger(500);
    std::thread writer([&] { grow(*ledger.log, 3'000); });
    const auto facts = value_of(evidence::make_backup(source_of(ledger), ledger.folder.path() / "b.tar"));
    writer.join();
    CHECK(facts.tree.size >= 500);
    CHECK(facts.tree == *ledger.log->tree_head(facts.tree.size));
}

TEST_CASE("a backup that is changed or cut off is found, or restores the same") {
    TestLedger ledger(12);
    const fs::path file = ledger.folder.path() / "b.tar";
    const auto facts = value_of(evidence::make_backup(source_of(ledger), file));
    const std::string whole = text_of(file);
    for (std::size_t at = 0; at < whole.size(); at += 7) {
        std::string changed = whole;
        changed[at] = static_cast<char>(changed[at] ^ 0x10);
        write_text(file, changed);
        CAPTURE(at);
        const auto checked = evidence::check_backup(file);
        if (checked) CHECK(checked->tree == facts.tree);
    }
    for (std::size_t size = 0; size < whole.size() - 1'024; size += 101) {
        write_text(file, whole.substr(0, size));
        CAPTURE(size);
        const auto checked = evidence::check_backup(file);
        if (checked) CHECK(checked->tree == facts.tree);
    }
    // Also between two members.
    constexpr std::size_t block = 512;
    for (std::size_t size = block; size <= whole.find_last_not_of('\0') / block * block + block;
         size += block) {
        write_text(file, whole.substr(0, size));
        CAPTURE(size);
        CHECK(kind_of(evidence::check_backup(file)) == ErrorKind::damaged);
    }
    write_text(file, whole.substr(0, whole.size() / 3));
    Restored restored(ledger.folder.path() / "again");
    CHECK(kind_of(evidence::restore_backup(file, restored.target)) == ErrorKind::damaged);
    CHECK_FALSE(fs::exists(ledger.folder.path() / "again"));
    CHECK_FALSE(fs::exists(ledger.folder.path() / "again.restoring"));
}

TEST_CASE("a backup without the vault restores to imported records, with the old checkpoints in the book") {
    TestLedger ledger(5);
    const auto made = value_of(ledger.evidence().sign());
    const fs::path file = ledger.folder.path() / "b.tar";
    value_of(evidence::make_backup(source_of(ledger), file));
    const fs::path again = ledger.folder.path() / "again";
    Restored restored(again);
    value_of(evidence::restore_backup(file, restored.target));
    CHECK(value_of(evidence::read_book_end(again)).imported);
    CHECK(text_of(evidence::book_path(again)).find(made.note) != std::string::npos);
    CHECK_FALSE(fs::exists(evidence::checkpoint_path(again)));
}

TEST_CASE("a backup with the vault restores keys and checkpoint") {
    TestLedger ledger(5);
    const auto made = value_of(ledger.evidence().sign());
    const fs::path file = ledger.folder.path() / "b.tar";
    auto source = source_of(ledger);
    source.vault = [&]() -> Result<evidence::SealedVault> {
        evidence::SealedVault vault;
        for (const auto& [name, value] : ledger.values.values) vault.entries.emplace_back(name, value);
        vault.key_file = "the key file\n";
        return vault;
    };
    CHECK(value_of(evidence::make_backup(source, file)).with_vault);
    const fs::path again = ledger.folder.path() / "again";
    Restored restored(again);
    value_of(evidence::restore_backup(file, restored.target));
    CHECK(restored.vault.entries.size() == ledger.values.values.size());
    CHECK(restored.vault.key_file == "the key file\n");
    CHECK(text_of(evidence::checkpoint_path(again)) == made.note);
    CHECK_FALSE(value_of(evidence::read_book_end(again)).imported);
}

TEST_CASE("records are copied octet by octet or not at all") {
    TestLedger ledger(9'000);
    store::MemoryStore copy;
    evidence::RecordCopy copying(copy);
    require_done(ledger.log->read_all(1, 9'000, [&](const auto&, auto bytes) {
        require_done(copying.take(bytes));
        return true;
    }));
    CHECK(value_of(copying.finish()) == *ledger.log->tree_head(9'000));
    for (const store::Position position : {1, 4'096, 9'000})
        CHECK(value_of(copy.record(position)) == value_of(ledger.log->record(position)));

    store::MemoryStore other;
    evidence::RecordCopy gap(other);
    require_done(gap.take(value_of(ledger.log->record(1))));
    CHECK(kind_of(gap.take(value_of(ledger.log->record(3)))) == ErrorKind::damaged);
    store::MemoryStore third;
    evidence::RecordCopy changed(third);
    auto bytes = value_of(ledger.log->record(1));
    bytes.back() ^= 0x01U;
    CHECK(kind_of(changed.take(bytes)) == ErrorKind::damaged);
}

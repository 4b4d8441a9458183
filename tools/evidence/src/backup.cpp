#include <fcntl.h>

#include <cerrno>
#include <certledger/tools/evidence/backup.hpp>
#include <certledger/tools/evidence/book.hpp>
#include <certledger/tools/evidence/evidence.hpp>
#include <certledger/tools/evidence/record_copy.hpp>
#include <cstdio>

#include "backup_format.hpp"
#include "files.hpp"
#include "tar.hpp"

namespace certledger::evidence {
namespace fs = std::filesystem;

namespace {

/// Whole parts stay below kLargestPart.
constexpr std::size_t kPartOctets = std::size_t{4} << 20U;

/// Removes what was begun when it is not kept.
class Unfinished {
  public:
    explicit Unfinished(fs::path path) : path_(std::move(path)) {}
    Unfinished(const Unfinished&) = delete;
    Unfinished& operator=(const Unfinished&) = delete;
    ~Unfinished() {
        std::error_code ignored;
        if (!kept_) fs::remove_all(path_, ignored);
    }
    [[nodiscard]] const fs::path& path() const { return path_; }
    void keep() { kept_ = true; }

  private:
    fs::path path_;
    bool kept_ = false;
};

/// Gathers records into members of bounded size.
class RecordParts {
  public:
    explicit RecordParts(TarWriter& tar) : tar_(tar) {}

    Result<void> take(store::Position position, std::span<const std::uint8_t> record) {
        if (part_.empty()) first_ = position;
        part_.push_back(static_cast<char>(record.size() >> 8U));
        part_.push_back(static_cast<char>(record.size() & 0xFFU));
        part_.append(reinterpret_cast<const char*>(record.data()), record.size());
        return part_.size() >= kPartOctets ? flush() : Result<void>{};
    }
    Result<void> flush() {
        if (part_.empty()) return {};
        auto added = tar_.add(records_name(first_), part_);
        part_.clear();
        return added;
    }

  private:
    TarWriter& tar_;
    store::Position first_ = 0;
    std::string part_;
};

Result<void> add_records(TarWriter& tar, const store::EventStore& log, store::Position last,
                         const OnCopied& progress) {
    RecordParts parts(tar);
    Result<void> taken;
    const auto read = log.read_all(1, last, [&](const events::RecordView& record, auto bytes) {
        constexpr std::uint64_t kProgressStep = 4'096;
        taken = parts.take(record.position, bytes);
        if (progress && record.position % kProgressStep == 0) progress(record.position, last);
        return taken.has_value();
    });
    if (!read) return tl::make_unexpected(read.error());
    return taken ? parts.flush() : taken;
}

/// Gives a file its name unless somebody has made a file of that name meanwhile.
Result<void> name_file(const fs::path& from, const fs::path& to) {
    if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return {};
    if (errno == EEXIST) return fail(ErrorKind::invalid_input, "file " + to.string() + ": exists already");
    // Not every file system knows the flag.
    if (errno != EINVAL || ::rename(from.c_str(), to.c_str()) != 0) return file_error(to, errno);
    return {};
}

/// The book's whole entries.
Result<std::optional<std::string>> copy_of_book(const fs::path& ledger) {
    const auto end = read_book_end(ledger);
    if (!end) return tl::make_unexpected(end.error());
    auto octets = read_file(book_path(ledger), kLargestMember);
    if (octets && *octets) (*octets)->resize(std::min<std::size_t>((*octets)->size(), end->octets));
    return octets;
}

Result<BackupFacts> facts_of(const BackupSource& source) {
    auto origin = genesis_origin(*source.log);
    if (!origin) return tl::make_unexpected(origin.error());
    const auto tree = source.log->tree_head(source.log->head().position);
    if (!tree) return tl::make_unexpected(tree.error());
    return BackupFacts{std::move(*origin), *tree, source.now, static_cast<bool>(source.vault)};
}

Result<void> write_backup(const BackupSource& source, const fs::path& path, const OnCopied& progress) {
    // The book is read before the log's end, so that it vouches for nothing that is not in the backup; the
    // vault after it, so that every secret that a record speaks of is there.
    const auto book = copy_of_book(source.ledger);
    if (!book) return tl::make_unexpected(book.error());
    const auto facts = facts_of(source);
    if (!facts) return tl::make_unexpected(facts.error());
    auto tar = TarWriter::create(path);
    if (!tar) return tl::make_unexpected(tar.error());
    auto added = tar->add(kManifestName, format_manifest(*facts));
    if (added) added = add_records(*tar, *source.log, facts->tree.size, progress);
    if (added && *book) added = tar->add(kBookName, **book);
    if (added && source.vault) {
        const auto vault = source.vault();
        if (!vault) return tl::make_unexpected(vault.error());
        added = tar->add(kEntriesName, format_entries(*vault));
        if (added && vault->key_file) added = tar->add(kKeyFileName, *vault->key_file);
    }
    if (added) added = tar->finish();
    return added;
}

Result<void> check_free(const fs::path& ledger) {
    std::error_code ignored;
    if (!fs::exists(ledger, ignored)) return {};
    if (fs::is_directory(ledger, ignored) && fs::is_empty(ledger, ignored)) return {};
    return fail(ErrorKind::invalid_input,
                ledger.string() + ": something is there; a ledger is restored to a new path only");
}

Result<void> put_book(const fs::path& ledger, const std::string& octets, bool with_vault) {
    if (auto made = make_file(book_path(ledger), octets); !made) return made;
    if (!with_vault) return {};
    const auto end = read_book_end(ledger);
    if (!end) return tl::make_unexpected(end.error());
    return end->newest ? replace_file(checkpoint_path(ledger), end->newest->body) : Result<void>{};
}

/// Form and chain of the book that came; whether the log holds what it says is found when the ledger is used.
Result<void> check_restored_book(const fs::path& ledger) {
    const auto read = read_book(ledger, [](const BookEntry&) { return true; });
    return read ? Result<void>{} : Result<void>(tl::make_unexpected(read.error()));
}

Result<BackupFacts> restore_into(const fs::path& file, const fs::path& folder, const RestoreTarget& target,
                                 const OnCopied& progress) {
    auto log = target.make_log(folder);
    if (!log) return tl::make_unexpected(log.error());
    RecordCopy copy(**log);
    std::string book;
    BackupVisitor visitor;
    visitor.record = [&](auto record) { return copy.take(record); };
    visitor.book = [&](const std::string& octets) {
        book = octets;
        return Result<void>{};
    };
    visitor.vault = [&](const SealedVault& vault) { return target.put_vault(folder, vault); };
    auto facts = read_backup(file, visitor, progress);
    if (!facts) return facts;
    const auto tree = copy.finish();
    if (!tree) return tl::make_unexpected(tree.error());
    if (*tree != facts->tree)
        return fail(ErrorKind::damaged, "the restored log has another root than the backup");
    Result<void> done;
    if (!book.empty()) done = put_book(folder, book, facts->with_vault);
    if (done && !book.empty()) done = check_restored_book(folder);
    if (done && !facts->with_vault) done = mark_imported(folder, *tree, target.now);
    if (done && !target.newer_checkpoint.empty())
        done = replace_file(checkpoint_path(folder), target.newer_checkpoint);
    if (!done) return tl::make_unexpected(done.error());
    return facts;
}

}  // namespace

Result<BackupFacts> make_backup(const BackupSource& source, const fs::path& file, const OnCopied& progress) {
    std::error_code ignored;
    if (fs::exists(file, ignored))
        return fail(ErrorKind::invalid_input,
                    "file " + file.string() + ": exists; a backup does not replace anything");
    const fs::path part = file.string() + ".part";
    if (auto written = write_backup(source, part, progress); !written)
        return tl::make_unexpected(written.error());
    Unfinished unfinished(part);
    auto facts = check_backup(part, progress);
    if (!facts) return facts;
    if (auto named = name_file(part, file); !named) return tl::make_unexpected(named.error());
    if (auto synced = sync_folder(file.parent_path()); !synced) return tl::make_unexpected(synced.error());
    return facts;
}

Result<BackupFacts> check_backup(const fs::path& file, const OnCopied& progress) {
    return read_backup(file, {}, progress);
}

Result<BackupFacts> restore_backup(const fs::path& file, const RestoreTarget& target,
                                   const OnCopied& progress) {
    if (auto free = check_free(target.ledger); !free) return tl::make_unexpected(free.error());
    fs::path path = target.ledger;
    if (!path.has_filename()) path = path.parent_path();
    Unfinished unfinished(path.string() + ".restoring");
    std::error_code fault;
    if (fs::exists(unfinished.path(), fault)) {
        const std::string name = unfinished.path().string();
        unfinished.keep();
        return fail(ErrorKind::invalid_input,
                    name + ": is left over from a restore that was interrupted; remove it");
    }
    if (auto made = make_folder(unfinished.path()); !made) return tl::make_unexpected(made.error());
    auto facts = restore_into(file, unfinished.path(), target, progress);
    if (!facts) return facts;
    fs::rename(unfinished.path(), path, fault);
    if (fault) return file_error(path, fault.value());
    unfinished.keep();
    if (auto synced = sync_folder(path.parent_path()); !synced) return tl::make_unexpected(synced.error());
    return facts;
}

}  // namespace certledger::evidence

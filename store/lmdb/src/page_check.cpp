#include <array>
#include <certledger/store/lmdb/page_check.hpp>
#include <functional>

#include "new_file.hpp"
#include "open_check.hpp"
#include "page_walk.hpp"

namespace certledger::store::lmdb {
namespace {

constexpr std::uint32_t kMagic = 0xBEEFC0DE;
constexpr std::uint32_t kVersion = 1;

using Metas = std::array<MetaRecord, 2>;

tl::unexpected<Error> damaged(const PageFile& file, std::uint64_t page, const std::string& rule) {
    return fail(ErrorKind::damaged, file.name() + ": page " + std::to_string(page) + ": " + rule);
}

Result<void> check_meta(const PageFile& file, const MetaRecord& meta, std::uint64_t page) {
    if (meta.page_number != page)
        return damaged(file, page, "bears the number " + std::to_string(meta.page_number));
    if (meta.page_flags != kMeta)
        return damaged(file, page,
                       "has the flags " + std::to_string(meta.page_flags) + ", must be a meta page (8)");
    if (meta.magic != kMagic) return damaged(file, page, "is not of an LMDB file");
    if (meta.version != kVersion)
        return damaged(file, page, "has format version " + std::to_string(meta.version) + ", must be 1");
    const std::uint64_t size = meta.free_list.pad;
    if (size < 512 || size > 65536 || (size & (size - 1)) != 0)
        return damaged(file, page, "says that a page has " + std::to_string(size) + " octets");
    if ((meta.free_list.flags & kIntegerKey) == 0)
        return damaged(file, page, "the free list has the flags " + std::to_string(meta.free_list.flags));
    if (meta.main.flags != 0)
        return damaged(file, page, "the main database has the flags " + std::to_string(meta.main.flags));
    // Some pages at the end may never have been written, but not the greater part of a large file.
    const std::uint64_t file_pages = file.octets().size() / size;
    if (meta.last_page < kMetaPages - 1 || meta.last_page > 2 * file_pages + 1024)
        return damaged(file, page,
                       "says that the last page is " + std::to_string(meta.last_page) + " of " +
                           std::to_string(file_pages));
    if (meta.transaction % 2 != page && meta.transaction != 0)
        return damaged(file, page, "belongs to transaction " + std::to_string(meta.transaction));
    const bool has_trees = meta.main.root != kNoPage || meta.free_list.root != kNoPage;
    if (meta.transaction == 0 && has_trees && failed_commit(file.name()) != (page == 1 ? 1 : 2))
        return damaged(file, page, "has trees before the first transaction");
    return {};
}

/// Reads both meta pages. A flipped bit in a transaction's number would make LMDB take the older snapshot as
/// the newest without a word, so their numbers are compared with each other and with what the free lists
/// know.
Result<Metas> read_metas(const PageFile& file) {
    const auto octets = file.octets();
    if (octets.size() < kPageHeader + kMetaSize) return damaged(file, 0, "the file is too short");
    Metas metas;
    metas[0] = MetaRecord::read(octets.data());
    if (auto sound = check_meta(file, metas[0], 0); !sound) return tl::make_unexpected(sound.error());
    const std::size_t size = metas[0].free_list.pad;
    if (octets.size() < size + kPageHeader + kMetaSize) return damaged(file, 1, "the file is too short");
    metas[1] = MetaRecord::read(octets.data() + size);
    if (auto sound = check_meta(file, metas[1], 1); !sound) return tl::make_unexpected(sound.error());
    if (metas[1].free_list.pad != size) return damaged(file, 1, "has another page size than page 0");
    return metas;
}

const MetaRecord& newer(const Metas& metas) {
    return metas[metas[0].transaction < metas[1].transaction ? 1 : 0];
}
const MetaRecord& older(const Metas& metas) {
    return metas[metas[0].transaction < metas[1].transaction ? 0 : 1];
}

Result<void> transactions_follow_each_other(const PageFile& file, const Metas& metas) {
    const MetaRecord& last = newer(metas);
    const MetaRecord& before = older(metas);
    if (last.transaction - before.transaction > 1)
        return damaged(file, before.transaction % 2,
                       "belongs to transaction " + std::to_string(before.transaction) +
                           ", the other meta page to " + std::to_string(last.transaction));
    const auto last_freeing = PageWalk(file, last).last_freeing_transaction();
    if (!last_freeing) return tl::make_unexpected(last_freeing.error());
    // Every transaction but one that begins from nothing frees at least the old root.
    if (before.transaction != 0 && before.main.root != kNoPage && *last_freeing != last.transaction)
        return damaged(file, last.transaction % 2,
                       "belongs to transaction " + std::to_string(last.transaction) + ", its free list to " +
                           std::to_string(*last_freeing));
    // A commit that failed leaves its trees in the older meta page.
    MetaRecord next = before;
    next.transaction = last.transaction + 1;
    if (failed_commit(file.name()) == next.transaction) return {};
    // The older snapshot's pages may have been used again, when a power cut took the next meta page: by the
    // commit behind that one, not by the next itself.
    if (PageWalk(file, next).has_own_free_list())
        return damaged(file, before.transaction % 2,
                       "belongs to transaction " + std::to_string(before.transaction) +
                           ", its free list to " + std::to_string(next.transaction));
    return {};
}

using Check = std::function<Result<PageReport>(const PageFile&, const Metas&)>;

/// Checks. Unless a reader holds the snapshot, damage is believed only when nobody committed meanwhile: a
/// page of an old snapshot may be written again at any time.
Result<PageReport> check_quietly(const std::filesystem::path& path, bool held, const Check& check) {
    constexpr int kTries = 5;
    for (int tries = 1;; ++tries) {
        const auto file = PageFile::open(path);
        if (!file) return tl::make_unexpected(file.error());
        if ((*file)->octets().empty() && (*file)->size_now() == 0) return PageReport{};
        const auto metas = read_metas(**file);
        Result<PageReport> report = metas ? check(**file, *metas) : tl::make_unexpected(metas.error());
        if (report || report.error().kind != ErrorKind::damaged || (held && metas)) return report;
        const auto again = read_metas(**file);
        const bool changed = (*file)->size_now() != (*file)->octets().size() ||
                             metas.has_value() != again.has_value() || (metas && *metas != *again);
        if (!changed) return report;
        if (tries == kTries) return PageReport{};
    }
}

}  // namespace

Result<PageReport> check_pages(const std::filesystem::path& path) {
    return check_quietly(path, false, [](const PageFile& file, const Metas& metas) -> Result<PageReport> {
        if (auto follow = transactions_follow_each_other(file, metas); !follow)
            return tl::make_unexpected(follow.error());
        return PageWalk(file, newer(metas)).whole();
    });
}

Result<PageReport> check_pages_of(const std::filesystem::path& path, std::uint64_t transaction) {
    return check_quietly(path, true, [&](const PageFile& file, const Metas& metas) -> Result<PageReport> {
        for (const MetaRecord& meta : metas)
            if (meta.transaction == transaction) return PageWalk(file, meta).whole();
        return fail(ErrorKind::not_found, file.name() + ": transaction " + std::to_string(transaction) +
                                              " is not the newest any more");
    });
}

Result<void> check_before_open(const std::filesystem::path& path, std::uint64_t walk_up_to) {
    const auto checked =
        check_quietly(path, false, [&](const PageFile& file, const Metas& metas) -> Result<PageReport> {
            if (auto follow = transactions_follow_each_other(file, metas); !follow)
                return tl::make_unexpected(follow.error());
            if (file.octets().size() > walk_up_to) return PageReport{};
            return PageWalk(file, newer(metas)).whole();
        });
    if (!checked) return tl::make_unexpected(checked.error());
    return {};
}

}  // namespace certledger::store::lmdb

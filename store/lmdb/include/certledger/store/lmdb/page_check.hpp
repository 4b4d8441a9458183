// Role: a bounded walk through the pages of an LMDB data file (format 1, as LMDB 0.9 writes it) that trusts
// nothing in it. LMDB itself follows what a page says, so one flipped bit can make it crash or write over
// live pages; a file that passes here cannot make it do so by the structure of its pages.
//
// Looked at: both meta pages and that their transactions follow each other; of the newest snapshot every page
// that is reached: number, kind, bounds, each node's place and size, order of the keys within the bounds that
// the parent sets, depth, counts, overflow pages; the free list, and that no page is used twice. Not looked
// at: what values mean, and space that is not in use.
#pragma once

#include <certledger/events/result.hpp>
#include <cstdint>
#include <filesystem>

namespace certledger::store::lmdb {

/// What the walk found of a sound file.
struct PageReport {
    std::uint64_t page_size = 0;
    std::uint64_t transaction = 0;  ///< Of the newest snapshot; 0 when nothing was ever committed.
    std::uint64_t pages = 0;        ///< Up to the last one ever used.
    std::uint64_t used_pages = 0;   ///< Meta pages and those of trees and overflows.
    std::uint64_t free_pages = 0;   ///< On the free list.
    std::uint64_t lost_pages = 0;   ///< In neither: wasted, but no harm.
};

/// Checks a file that LMDB need not have open. An empty file is sound: nothing was ever written. damaged
/// names the file, the page and the rule. A file in which somebody commits all the while is taken as sound:
/// whoever has it open has checked it. outside: it cannot be read.
[[nodiscard]] Result<PageReport> check_pages(const std::filesystem::path& file);

/// Checks the snapshot of one transaction, which a reader holds meanwhile. not_found: neither meta page
/// belongs to it any more.
[[nodiscard]] Result<PageReport> check_pages_of(const std::filesystem::path& file, std::uint64_t transaction);

}  // namespace certledger::store::lmdb

// Role: the walk through one snapshot's pages (page_check.hpp says what is looked at).
#pragma once

#include <certledger/store/lmdb/page_check.hpp>
#include <string>
#include <vector>

#include "page_file.hpp"

namespace certledger::store::lmdb {

class PageWalk {
  public:
    /// The snapshot of `meta`, whose numbers check_metas() has found sound.
    PageWalk(const PageFile& file, const MetaRecord& meta);

    /// Everything.
    [[nodiscard]] Result<PageReport> whole();
    /// The last key of the free list, which is the number of a transaction; 0 when the list is empty. Follows
    /// one path down only.
    [[nodiscard]] Result<std::uint64_t> last_freeing_transaction();
    /// Whether the free list is one, and ends with the snapshot's own transaction.
    [[nodiscard]] bool has_own_free_list();

  private:
    using Key = std::span<const std::uint8_t>;
    /// What is found below a root, to be compared with the root's record.
    struct Tree {
        TreeRecord record;
        bool integers = false;
        bool is_main = false;
        bool is_free_list = false;
        TreeRecord counted;
    };
    /// Keys of a subtree lie in [low, high); no data stands for no bound.
    struct Bounds {
        Key low;
        Key high;
        bool has_low = false;
        bool has_high = false;
    };

    [[nodiscard]] tl::unexpected<Error> damaged(std::uint64_t page, const std::string& rule) const;
    void begin();
    [[nodiscard]] Result<void> claim(std::uint64_t page, std::uint64_t count);
    [[nodiscard]] Result<PageView> tree_page(std::uint64_t number) const;
    [[nodiscard]] Result<void> nodes_fill_the_page(PageView page, std::uint64_t number) const;
    [[nodiscard]] Result<void> key_is_in_order(const Tree& tree, std::uint64_t number, Key key, Key before,
                                               bool has_before, const Bounds& bounds) const;
    [[nodiscard]] Result<void> tree(Tree tree);
    [[nodiscard]] Result<void> page(Tree& tree, std::uint64_t number, unsigned depth, const Bounds& bounds);
    [[nodiscard]] Result<void> branch(Tree& tree, PageView page, std::uint64_t number, unsigned depth,
                                      const Bounds& bounds);
    [[nodiscard]] Result<void> leaf(Tree& tree, PageView page, std::uint64_t number, unsigned depth,
                                    const Bounds& bounds);
    [[nodiscard]] Result<void> leaf_node(Tree& tree, NodeView node, std::uint64_t number);
    [[nodiscard]] Result<const std::uint8_t*> overflow(Tree& tree, NodeView node, std::uint64_t number);
    [[nodiscard]] Result<void> free_pages(std::uint64_t transaction, Key list, std::uint64_t number);
    [[nodiscard]] int compare(const Tree& tree, Key a, Key b) const;

    const PageFile& file_;
    const MetaRecord& meta_;
    const std::size_t page_size_;
    const std::uint64_t file_pages_;
    std::vector<bool> claimed_;
    std::vector<TreeRecord> sub_trees_;
    PageReport report_;
};

}  // namespace certledger::store::lmdb

#include "page_walk.hpp"

#include <algorithm>
#include <array>

namespace certledger::store::lmdb {
namespace {

/// Deeper than LMDB's own cursors go.
constexpr unsigned kMaxDepth = 32;
constexpr std::size_t kLongestKey = 511;

std::size_t even(std::size_t size) { return size + (size & 1U); }

}  // namespace

PageWalk::PageWalk(const PageFile& file, const MetaRecord& meta)
    : file_(file),
      meta_(meta),
      page_size_(meta.free_list.pad),
      file_pages_(file.octets().size() / page_size_) {}

tl::unexpected<Error> PageWalk::damaged(std::uint64_t page, const std::string& rule) const {
    return fail(ErrorKind::damaged, file_.name() + ": page " + std::to_string(page) + ": " + rule);
}

void PageWalk::begin() {
    claimed_.assign(static_cast<std::size_t>(meta_.last_page) + 1, false);
    claimed_[0] = claimed_[1] = true;
    report_ = {page_size_, meta_.transaction, meta_.last_page + 1, kMetaPages, 0, 0};
}

Result<PageReport> PageWalk::whole() {
    begin();
    if (auto walked = tree({meta_.free_list, true, false, true, {}}); !walked)
        return tl::make_unexpected(walked.error());
    if (auto walked = tree({meta_.main, false, true, false, {}}); !walked)
        return tl::make_unexpected(walked.error());
    for (std::size_t i = 0; i < sub_trees_.size(); ++i) {
        const TreeRecord record = sub_trees_[i];
        if (auto walked = tree({record, record.flags == kIntegerKey, false, false, {}}); !walked)
            return tl::make_unexpected(walked.error());
    }
    for (std::uint64_t page = kMetaPages; page <= meta_.last_page; ++page) {
        if (claimed_[static_cast<std::size_t>(page)]) continue;
        // LMDB writes no page that was used and freed in one transaction, but then it knows it as free.
        if (page >= file_pages_) return damaged(page, "is neither in the file nor on the free list");
        ++report_.lost_pages;
    }
    return report_;
}

Result<std::uint64_t> PageWalk::last_freeing_transaction() {
    std::uint64_t number = meta_.free_list.root;
    if (number == kNoPage) return std::uint64_t{0};
    for (unsigned depth = 1; depth <= kMaxDepth; ++depth) {
        const auto page = tree_page(number);
        if (!page) return tl::make_unexpected(page.error());
        const NodeView last{page->at + page->node_offset(page->nodes() - 1)};
        if (page->flags() == kBranch) {
            number = last.child();
        } else if (last.key_size() != sizeof(std::uint64_t)) {
            return damaged(number, "a key of the free list has " + std::to_string(last.key_size()) +
                                       " octets, must have 8");
        } else {
            return number_at<std::uint64_t>(last.key().data());
        }
    }
    return damaged(number, "the free list is deeper than " + std::to_string(kMaxDepth) + " pages");
}

bool PageWalk::has_own_free_list() {
    const auto last = last_freeing_transaction();
    if (!last || *last != meta_.transaction) return false;
    begin();
    return tree({meta_.free_list, true, false, true, {}}).has_value();
}

Result<void> PageWalk::claim(std::uint64_t page, std::uint64_t count) {
    if (page < kMetaPages || page > meta_.last_page || count > meta_.last_page - page + 1)
        return damaged(page, "lies outside of pages 2 to " + std::to_string(meta_.last_page));
    for (std::uint64_t i = page; i < page + count; ++i) {
        if (claimed_[static_cast<std::size_t>(i)]) return damaged(i, "is used twice");
        claimed_[static_cast<std::size_t>(i)] = true;
    }
    return {};
}

Result<PageView> PageWalk::tree_page(std::uint64_t number) const {
    if (number < kMetaPages || number > meta_.last_page || number >= file_pages_)
        return damaged(number, "is pointed at and lies outside of the file");
    const PageView page{file_.octets().data() + number * page_size_};
    if (page.number() != number) return damaged(number, "bears the number " + std::to_string(page.number()));
    const bool is_branch = page.flags() == kBranch;
    if (!is_branch && page.flags() != kLeaf)
        return damaged(
            number, "has the flags " + std::to_string(page.flags()) + ", must be a branch (1) or a leaf (2)");
    if (page.lower() < kPageHeader || page.lower() % 2 != 0 || page.upper() < page.lower() ||
        page.upper() > page_size_) {
        return damaged(number, "its free space from " + std::to_string(page.lower()) + " to " +
                                   std::to_string(page.upper()) + " is not in the page");
    }
    if (page.nodes() == 0) return damaged(number, "has no nodes");
    if (auto filled = nodes_fill_the_page(page, number); !filled) return tl::make_unexpected(filled.error());
    return page;
}

/// LMDB keeps the nodes packed against the end of the page, in any order.
Result<void> PageWalk::nodes_fill_the_page(PageView page, std::uint64_t number) const {
    std::array<std::pair<std::uint32_t, std::uint32_t>, 512> small;
    std::vector<std::pair<std::uint32_t, std::uint32_t>> large;
    const std::size_t count = page.nodes();
    std::span<std::pair<std::uint32_t, std::uint32_t>> places(small.data(), std::min(count, small.size()));
    if (count > small.size()) {
        large.resize(count);
        places = large;
    }
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t offset = page.node_offset(i);
        if (offset < page.upper() || offset % 2 != 0 || offset + kNodeHeader > page_size_)
            return damaged(number, "node " + std::to_string(i) + " begins at " + std::to_string(offset) +
                                       ", outside of the nodes");
        const NodeView view{page.at + offset};
        std::size_t size = kNodeHeader + view.key_size();
        if (page.flags() == kLeaf)
            size += (view.flags() & kBigData) != 0 ? sizeof(std::uint64_t) : view.data_size();
        size = even(size);
        if (size > page_size_ - offset)
            return damaged(number, "node " + std::to_string(i) + " reaches beyond the page");
        places[i] = {static_cast<std::uint32_t>(offset), static_cast<std::uint32_t>(size)};
    }
    std::sort(places.begin(), places.end());
    std::size_t next = page.upper();
    for (const auto& [offset, size] : places) {
        if (offset != next)
            return damaged(number, "its nodes overlap or leave a gap at " + std::to_string(next));
        next = offset + size;
    }
    if (next != page_size_) return damaged(number, "its nodes end at " + std::to_string(next));
    return {};
}

int PageWalk::compare(const Tree& tree, Key a, Key b) const {
    if (tree.integers) {
        const auto left = number_at<std::uint64_t>(a.data());
        const auto right = number_at<std::uint64_t>(b.data());
        return left < right ? -1 : left > right ? 1 : 0;
    }
    const int head = std::memcmp(a.data(), b.data(), std::min(a.size(), b.size()));
    if (head != 0) return head;
    return a.size() < b.size() ? -1 : a.size() > b.size() ? 1 : 0;
}

Result<void> PageWalk::key_is_in_order(const Tree& tree, std::uint64_t number, Key key, Key before,
                                       bool has_before, const Bounds& bounds) const {
    if (key.empty() || key.size() > kLongestKey || (tree.integers && key.size() != sizeof(std::uint64_t)))
        return damaged(number, "a key has " + std::to_string(key.size()) + " octets");
    if (has_before && compare(tree, before, key) >= 0) return damaged(number, "its keys are out of order");
    if ((bounds.has_low && compare(tree, key, bounds.low) < 0) ||
        (bounds.has_high && compare(tree, key, bounds.high) >= 0))
        return damaged(number, "a key lies outside of what the branch above says");
    return {};
}

Result<void> PageWalk::tree(Tree tree) {
    const TreeRecord& record = tree.record;
    if (record.root != kNoPage) {
        if (record.depth == 0 || record.depth > kMaxDepth)
            return damaged(record.root, "is the root of a tree of depth " + std::to_string(record.depth));
        if (auto walked = page(tree, record.root, 1, {}); !walked) return walked;
    } else if (record.depth != 0) {
        return damaged(0, "a tree without a root has depth " + std::to_string(record.depth));
    }
    const TreeRecord& counted = tree.counted;
    if (counted.branch_pages != record.branch_pages || counted.leaf_pages != record.leaf_pages ||
        counted.overflow_pages != record.overflow_pages || counted.entries != record.entries) {
        return damaged(record.root == kNoPage ? 0 : record.root,
                       "a tree has " + std::to_string(counted.entries) + " items on " +
                           std::to_string(counted.branch_pages) + " + " + std::to_string(counted.leaf_pages) +
                           " + " + std::to_string(counted.overflow_pages) + " pages, its record says " +
                           std::to_string(record.entries) + " on " + std::to_string(record.branch_pages) +
                           " + " + std::to_string(record.leaf_pages) + " + " +
                           std::to_string(record.overflow_pages));
    }
    return {};
}

Result<void> PageWalk::page(Tree& tree, std::uint64_t number, unsigned depth, const Bounds& bounds) {
    if (auto claimed = claim(number, 1); !claimed) return claimed;
    ++report_.used_pages;
    const auto view = tree_page(number);
    if (!view) return tl::make_unexpected(view.error());
    return view->flags() == kBranch ? branch(tree, *view, number, depth, bounds)
                                    : leaf(tree, *view, number, depth, bounds);
}

Result<void> PageWalk::branch(Tree& tree, PageView page_view, std::uint64_t number, unsigned depth,
                              const Bounds& bounds) {
    ++tree.counted.branch_pages;
    if (depth >= tree.record.depth)
        return damaged(number, "is a branch at the depth of the leaves, " + std::to_string(depth));
    const std::size_t count = page_view.nodes();
    // Only the free list may be left with one child for a while.
    if (count < 2 && !tree.is_free_list) return damaged(number, "is a branch with one child");
    Key before;
    for (std::size_t i = 0; i < count; ++i) {
        const NodeView node{page_view.at + page_view.node_offset(i)};
        // The first key of a branch stands for "everything before" and is not looked at.
        Bounds below = bounds;
        if (i > 0) {
            if (auto ordered = key_is_in_order(tree, number, node.key(), before, i > 1, bounds); !ordered)
                return ordered;
            before = node.key();
            below.low = node.key();
            below.has_low = true;
        }
        if (i + 1 < count) {
            const NodeView following{page_view.at + page_view.node_offset(i + 1)};
            if (auto ordered = key_is_in_order(tree, number, following.key(), before, i > 0, bounds);
                !ordered)
                return ordered;
            below.high = following.key();
            below.has_high = true;
        }
        if (auto walked = page(tree, node.child(), depth + 1, below); !walked) return walked;
    }
    return {};
}

Result<void> PageWalk::leaf(Tree& tree, PageView page_view, std::uint64_t number, unsigned depth,
                            const Bounds& bounds) {
    ++tree.counted.leaf_pages;
    if (depth != tree.record.depth)
        return damaged(number, "is a leaf at depth " + std::to_string(depth) + ", must be at " +
                                   std::to_string(tree.record.depth));
    Key before;
    for (std::size_t i = 0; i < page_view.nodes(); ++i) {
        const NodeView node{page_view.at + page_view.node_offset(i)};
        if (auto ordered = key_is_in_order(tree, number, node.key(), before, i > 0, bounds); !ordered)
            return ordered;
        before = node.key();
        ++tree.counted.entries;
        if (auto sound = leaf_node(tree, node, number); !sound) return sound;
    }
    return {};
}

Result<void> PageWalk::leaf_node(Tree& tree, NodeView node, std::uint64_t number) {
    if (node.flags() == kSubData && tree.is_main) {
        if (node.data_size() != kTreeRecord)
            return damaged(number, "the record of a sub-database has " + std::to_string(node.data_size()) +
                                       " octets, must have 48");
        const TreeRecord record = TreeRecord::read(node.data());
        if (record.flags != 0 && record.flags != kIntegerKey)
            return damaged(number, "a sub-database has the flags " + std::to_string(record.flags));
        sub_trees_.push_back(record);
        return {};
    }
    if (node.flags() != 0 && node.flags() != kBigData)
        return damaged(number, "a node has the flags " + std::to_string(node.flags()));
    const std::uint8_t* data = node.data();
    if (node.flags() == kBigData) {
        const auto found = overflow(tree, node, number);
        if (!found) return tl::make_unexpected(found.error());
        data = *found;
    }
    if (!tree.is_free_list) return {};
    return free_pages(number_at<std::uint64_t>(node.key().data()), {data, node.data_size()}, number);
}

/// The octets of a value that stands on pages of its own.
Result<const std::uint8_t*> PageWalk::overflow(Tree& tree, NodeView node, std::uint64_t number) {
    const auto first = number_at<std::uint64_t>(node.data());
    if (first < kMetaPages || first > meta_.last_page || first >= file_pages_)
        return damaged(number, "a value stands on page " + std::to_string(first) + ", outside of the file");
    const PageView head{file_.octets().data() + first * page_size_};
    if (head.number() != first) return damaged(first, "bears the number " + std::to_string(head.number()));
    if (head.flags() != kOverflow)
        return damaged(first,
                       "has the flags " + std::to_string(head.flags()) + ", must be an overflow page (4)");
    const std::uint64_t needed =
        (kPageHeader + std::uint64_t{node.data_size()} + page_size_ - 1) / page_size_;
    // More than needed when a value was written again, shorter, in one transaction.
    if (head.overflow_pages() < needed)
        return damaged(first, "has " + std::to_string(head.overflow_pages()) +
                                  " overflow pages for a value of " + std::to_string(node.data_size()) +
                                  " octets");
    if (head.overflow_pages() > file_pages_ - first)
        return damaged(
            first, "its " + std::to_string(head.overflow_pages()) + " overflow pages reach beyond the file");
    if (auto claimed = claim(first, head.overflow_pages()); !claimed)
        return tl::make_unexpected(claimed.error());
    tree.counted.overflow_pages += head.overflow_pages();
    report_.used_pages += head.overflow_pages();
    return head.at + kPageHeader;
}

Result<void> PageWalk::free_pages(std::uint64_t transaction, Key list, std::uint64_t number) {
    if (transaction == 0 || transaction > meta_.transaction)
        return damaged(number, "the free list speaks of transaction " + std::to_string(transaction) +
                                   ", the newest is " + std::to_string(meta_.transaction));
    if (list.size() < sizeof(std::uint64_t) || list.size() % sizeof(std::uint64_t) != 0)
        return damaged(number, "an entry of the free list has " + std::to_string(list.size()) + " octets");
    const auto count = number_at<std::uint64_t>(list.data());
    if (count > list.size() / sizeof(std::uint64_t) - 1)
        return damaged(number, "an entry of the free list counts " + std::to_string(count) + " pages in " +
                                   std::to_string(list.size()) + " octets");
    std::uint64_t before = kNoPage;
    for (std::uint64_t i = 1; i <= count; ++i) {
        const auto page = number_at<std::uint64_t>(list.data() + i * sizeof(std::uint64_t));
        if (page >= before) return damaged(number, "an entry of the free list is out of order");
        if (auto claimed = claim(page, 1); !claimed) return claimed;
        before = page;
        ++report_.free_pages;
    }
    return {};
}

}  // namespace certledger::store::lmdb

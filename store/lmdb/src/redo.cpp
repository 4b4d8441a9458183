#include "redo.hpp"

#include <algorithm>
#include <certledger/events/envelope.hpp>
#include <certledger/events/little_endian.hpp>

namespace certledger::store::lmdb {

using events::append_number;
using events::load_number;

namespace {

constexpr std::size_t kBootAt = 4 + 4 + 8 + 8;
constexpr std::size_t kValueSizeAt = kBootAt + sizeof(events::Uuid);
constexpr std::size_t kHeadSize = kValueSizeAt + 4;

}  // namespace

Octets redo_half(Octets redo, std::uint64_t commit) {
    return redo.size() == 2 * kRedoHalf ? redo.subspan(commit % 2 * kRedoHalf, kRedoHalf) : Octets{};
}

std::optional<events::Bytes> redo_head(const Redo& redo) {
    if (kHeadSize + redo.end.size() + redo.value.size() > kRedoHalf) return std::nullopt;
    events::Bytes covered;
    covered.reserve(kHeadSize + redo.end.size());
    append_number(covered, static_cast<std::uint32_t>(redo.end.size()));
    append_number(covered, redo.commit);
    append_number(covered, redo.first);
    covered.insert(covered.end(), redo.boot.octets.begin(), redo.boot.octets.end());
    append_number(covered, static_cast<std::uint32_t>(redo.value.size()));
    covered.insert(covered.end(), redo.end.begin(), redo.end.end());
    events::Bytes head;
    head.reserve(covered.size() + 4);
    append_number(head, events::crc32c(covered));
    head.insert(head.end(), covered.begin(), covered.end());
    return head;
}

std::optional<Redo> read_redo(Octets half) {
    if (half.size() < kHeadSize) return std::nullopt;
    const std::size_t end_size = load_number<std::uint32_t>(half.data() + 4);
    const std::size_t value_size = load_number<std::uint32_t>(half.data() + kValueSizeAt);
    if (kHeadSize + end_size + value_size > half.size()) return std::nullopt;
    if (load_number<std::uint32_t>(half.data()) != events::crc32c(half.subspan(4, kHeadSize - 4 + end_size)))
        return std::nullopt;
    Redo redo;
    redo.commit = load_number<std::uint64_t>(half.data() + 8);
    redo.first = load_number<std::uint64_t>(half.data() + 16);
    std::copy_n(half.data() + kBootAt, redo.boot.octets.size(), redo.boot.octets.begin());
    redo.end = half.subspan(kHeadSize, end_size);
    redo.value = half.subspan(kHeadSize + end_size, value_size);
    return redo;
}

}  // namespace certledger::store::lmdb

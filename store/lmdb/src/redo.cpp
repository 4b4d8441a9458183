#include "redo.hpp"

#include <algorithm>
#include <certledger/events/envelope.hpp>
#include <certledger/events/little_endian.hpp>

namespace certledger::store::lmdb {

using events::append_number;
using events::load_number;
using events::store_number;

namespace {

constexpr std::size_t kBootAt = 4 + 4 + 8 + 8;
constexpr std::size_t kValueSizeAt = kBootAt + sizeof(events::Uuid);
constexpr std::size_t kPlaceAt = kValueSizeAt + 4;
constexpr std::size_t kHeadSize = kPlaceAt + 8;

}  // namespace

std::optional<events::Bytes> encode_redo(const Redo& redo) {
    const Octets value = redo.place == 0 ? redo.value : Octets{};
    if (kHeadSize + redo.end.size() + value.size() > kRedoHalf) return std::nullopt;
    events::Bytes half(4);
    half.reserve(kHeadSize + redo.end.size() + value.size());
    append_number(half, static_cast<std::uint32_t>(redo.end.size()));
    append_number(half, redo.commit);
    append_number(half, redo.first);
    half.insert(half.end(), redo.boot.octets.begin(), redo.boot.octets.end());
    append_number(half, static_cast<std::uint32_t>(redo.size));
    append_number(half, redo.place);
    half.insert(half.end(), redo.end.begin(), redo.end.end());
    store_number(half.data(), events::crc32c(Octets(half).subspan(4)));
    half.insert(half.end(), value.begin(), value.end());
    return half;
}

std::optional<Redo> read_redo(Octets redo_value, std::size_t begin) {
    if (redo_value.size() != 2 * kRedoHalf) return std::nullopt;
    const Octets half = redo_value.subspan(begin, kRedoHalf);
    const std::size_t end_size = load_number<std::uint32_t>(half.data() + 4);
    if (kHeadSize + end_size > half.size()) return std::nullopt;
    if (load_number<std::uint32_t>(half.data()) != events::crc32c(half.subspan(4, kHeadSize - 4 + end_size)))
        return std::nullopt;
    Redo redo;
    redo.commit = load_number<std::uint64_t>(half.data() + 8);
    redo.first = load_number<std::uint64_t>(half.data() + 16);
    std::copy_n(half.data() + kBootAt, redo.boot.octets.size(), redo.boot.octets.begin());
    redo.size = load_number<std::uint32_t>(half.data() + kValueSizeAt);
    redo.place = load_number<std::uint64_t>(half.data() + kPlaceAt);
    redo.end = half.subspan(kHeadSize, end_size);
    if (redo.place != 0) return redo;
    if (kHeadSize + end_size + redo.size > half.size()) return std::nullopt;
    redo.value = half.subspan(kHeadSize + end_size, redo.size);
    return redo;
}

}  // namespace certledger::store::lmdb

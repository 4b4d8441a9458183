#include "stream_folds.hpp"

#include <algorithm>
#include <bit>
#include <certledger/adapters/system/identity.hpp>
#include <certledger/events/contract.hpp>
#include <certledger/store/tlog/hash.hpp>
#include <cstring>
#include <string>

namespace certledger::audit {
namespace {

constexpr std::size_t kFirstFolds = 1'024;

/// Streams that so many places take.
std::size_t room_of(std::size_t folds) { return folds - folds / 8; }

}  // namespace

NamePrints::NamePrints() { adapters::system::fill_random({key_.data(), key_.size()}); }

NamePrint NamePrints::of(std::string_view name) const {
    std::string keyed(reinterpret_cast<const char*>(key_.data()), key_.size());
    keyed += name;
    const events::Digest digest = store::tlog::sha256(keyed);
    NamePrint print;
    std::memcpy(&print.low, digest.data(), sizeof print.low);
    std::memcpy(&print.high, digest.data() + sizeof print.low, sizeof print.high);
    return print;
}

std::optional<events::Status> StreamFold::status() const {
    const auto code = static_cast<std::uint8_t>(last_and);
    if (code == 0) return std::nullopt;
    return static_cast<events::Status>(code);
}

void StreamFold::set_status(std::optional<events::Status> status) {
    last_and = (last_and & ~std::uint64_t{0xFF}) | (status ? static_cast<std::uint8_t>(*status) : 0U);
}

StreamFolds::StreamFolds(std::size_t most)
    : most_(std::max<std::size_t>(most, 1)),
      folds_(std::min(kFirstFolds, std::bit_ceil(most_ + most_ / 7 + 1))) {}

std::size_t StreamFolds::slot(const std::vector<StreamFold>& folds, const NamePrint& print) {
    std::size_t at = print.low & (folds.size() - 1);
    while (!folds[at].free() && (folds[at].low != print.low || folds[at].high != print.high))
        at = (at + 1) & (folds.size() - 1);
    return at;
}

StreamFold* StreamFolds::of(const NamePrint& print) {
    StreamFold* found = &folds_[slot(folds_, print)];
    if (!found->free()) return found;
    if (used_ >= most_) return nullptr;
    if (used_ >= room_of(folds_.size())) {
        grow();
        found = &folds_[slot(folds_, print)];
    }
    found->low = print.low;
    found->high = print.high;
    ++used_;
    return found;
}

void StreamFolds::grow() {
    std::vector<StreamFold> larger(folds_.size() * 2);
    for (const StreamFold& fold : folds_)
        if (!fold.free()) larger[slot(larger, {fold.low, fold.high})] = fold;
    folds_ = std::move(larger);
}

void StreamFolds::refill(const std::vector<StreamFold>& kept) {
    std::fill(folds_.begin(), folds_.end(), StreamFold{});
    for (const StreamFold& fold : kept) folds_[slot(folds_, {fold.low, fold.high})] = fold;
    used_ = kept.size();
}

}  // namespace certledger::audit

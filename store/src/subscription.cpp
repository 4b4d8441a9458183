#include <certledger/store/subscription.hpp>
#include <limits>

namespace certledger::store {

Result<std::size_t> Subscription::next(std::size_t max_records, const RecordVisitor& visit) {
    constexpr Position last = std::numeric_limits<Position>::max();
    if (max_records == 0 || position_ == last) return std::size_t{0};
    const Position to = max_records < last - position_ ? position_ + max_records : last;
    std::size_t taken = 0;
    const auto read = store_.read_all(
        position_ + 1, to, [&](const events::RecordView& record, std::span<const std::uint8_t> bytes) {
            const bool more = visit(record, bytes);
            position_ = record.position;
            ++taken;
            return more;
        });
    // What was taken before a damaged record is taken; the next call reports the damage.
    if (!read && taken == 0) return tl::make_unexpected(read.error());
    return taken;
}

}  // namespace certledger::store

#include "quota_of.hpp"

namespace certledger::projections {

QuotaItem quota_of(const QuotaRow& row) {
    QuotaItem item;
    item.quota = row.quota;
    item.account = row.account;
    item.product = row.product;
    item.count = row.count;
    item.price = row.price;
    item.bought = row.count;
    item.consumed = row.consumed;
    item.returned = row.returned;
    item.refunded = row.refunded;
    item.free = row.free_units();
    item.purchased_at = row.purchased_at;
    return item;
}

}  // namespace certledger::projections

// Role: the options that say what is bought, shared by `quota buy` and `cert buy`.
#pragma once

#include <certledger/events/product.hpp>

#include "args/values.hpp"

namespace certledger::cli {

struct ProductInput {
    std::string brand;
    std::optional<events::Level> level;
    std::optional<events::Kind> kind;
    std::optional<std::int64_t> names_max;
    std::optional<std::int64_t> years;
};

inline void describe_product(Command& verb, ProductInput& in) {
    verb.option("--brand", "BRAND", "Brand, such as digicert: [a-z0-9-]{1,32}", into(in.brand)).required();
    verb.choice<events::Level>("--level", "How much the CA checks (default: dv)", in.level);
    verb.choice<events::Kind>("--kind", "What names it takes (default: what fits the domains)", in.kind);
    verb.option("--names-max", "N", "Most names of a multi certificate", into(in.names_max, 1));
    verb.option("--term", "YEARS", "Paid term, 1y to 6y (default: 1y)", into_years(in.years));
}

/// The product; what was not said is filled in from the names it is for, of which there may be none.
[[nodiscard]] inline events::Product product_for(const ProductInput& in,
                                                 const std::vector<std::string>& names) {
    events::Product product;
    product.brand = in.brand;
    product.level = in.level.value_or(events::Level::dv);
    const bool wildcard = !names.empty() && names.front().rfind("*.", 0) == 0;
    product.kind = in.kind.value_or(names.size() > 1 ? events::Kind::multi
                                    : wildcard       ? events::Kind::wildcard
                                                     : events::Kind::single);
    const auto count = static_cast<std::int64_t>(names.empty() ? 1 : names.size());
    product.names_max = in.names_max.value_or(product.kind == events::Kind::multi ? count : 1);
    product.term_years = in.years.value_or(1);
    return product;
}

}  // namespace certledger::cli

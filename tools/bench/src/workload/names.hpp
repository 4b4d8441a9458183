// Role: names, products and people's words for made-up orders.
#pragma once

#include <certledger/events/product.hpp>
#include <string>
#include <vector>

#include "workload/random.hpp"

namespace certledger::bench {

[[nodiscard]] events::Product make_product(Random& random);
/// What a certificate of the product costs, in one of three currencies.
[[nodiscard]] events::Money make_price(Random& random, const events::Product& product);
/// Names that the product takes: some wildcards, some internationalised; no two are equal.
[[nodiscard]] std::vector<events::DomainName> make_names(Random& random, const events::Product& product);

[[nodiscard]] const char* make_cause(Random& random);
[[nodiscard]] const char* make_actor(Random& random);

/// The internationalised labels in use, for a check against the real conversion.
[[nodiscard]] std::vector<events::DomainName> foreign_labels();

}  // namespace certledger::bench

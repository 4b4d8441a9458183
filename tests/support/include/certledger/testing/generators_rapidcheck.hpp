// Role: the generators of generators.hpp for RapidCheck.
//
//     rc::prop("…", [] {
//         const auto event = *certledger::testing::described<CertificateIssued>();
//
// A failing case shrinks in its sizes (shorter texts and vectors), not field by field. RapidCheck prints the
// seed of the value; `arbitrary<T>(Random(seed), sizes)` makes it again.
#pragma once

#include <rapidcheck.h>

#include <certledger/testing/generators.hpp>

namespace certledger::testing {

template <class T>
[[nodiscard]] rc::Gen<T> described() {
    return rc::gen::map(rc::gen::pair(rc::gen::noShrink(rc::gen::arbitrary<std::uint64_t>()),
                                      rc::gen::inRange<std::size_t>(0, 24)),
                        [](const std::pair<std::uint64_t, std::size_t>& seed_and_size) {
                            Random random(seed_and_size.first);
                            return arbitrary<T>(random, {seed_and_size.second, seed_and_size.second / 4});
                        });
}

}  // namespace certledger::testing

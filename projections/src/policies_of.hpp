// Role: policies as they are folded from rows.
#pragma once

#include <certledger/domain/policies/book.hpp>
#include <certledger/projections/other_rows.hpp>

namespace certledger::projections {

[[nodiscard]] inline policies::PolicyStream policies_of(const PolicyRow& row) {
    policies::PolicyStream stream;
    for (const auto& made : row.versions) stream.adopt(made.policy, row.stream, made.version);
    return stream;
}

/// The ledger's own. Points in the very first records of a log lack some of the defaults that every ledger
/// adopts: for those the default itself stands in, as version 0.
[[nodiscard]] inline policies::PolicyStream ledger_policies(const PolicyRow& row) {
    const auto has = [&row](events::PolicyKind kind) {
        for (const auto& made : row.versions) {
            if (made.policy.kind() == kind) return true;
        }
        return false;
    };
    policies::PolicyStream stream;
    for (const auto& policy : policies::default_policies()) {
        if (!has(policy.kind())) stream.adopt(policy, events::policy_stream().value, 0);
    }
    for (const auto& made : row.versions) stream.adopt(made.policy, row.stream, made.version);
    return stream;
}

}  // namespace certledger::projections

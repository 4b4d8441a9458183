// Role: rows as they were at an earlier point, made from kept rows and the streams concerned instead of the
// whole log.
//
// A certificate's row depends on its own stream, on the streams of its successors (issued, or deleted
// unissued) and on those of every certificate that was ever deployed on one of its targets. All of them are
// found in later rows, because what was once deployed or begun is never forgotten there.
#pragma once

#include <certledger/projections/projector.hpp>

namespace certledger::projections {

/// The rows that one certificate's views need: its own row and the policies, at `position` and, when given,
/// `as_at`. Cost: the streams concerned. `later` are rows of the same log at or behind the position.
[[nodiscard]] Result<std::shared_ptr<const RowReader>> one_in_the_past(
    const store::EventStore& log, const RowReader& later, const events::CertificateId& certificate,
    Position position, const std::optional<Instant>& as_at);

/// All rows at `position`; none when one of the streams is damaged, so that only a fold of the log can tell.
/// Cost: the records behind the position, and the streams of the certificates and quotas that they are about.
[[nodiscard]] Result<std::shared_ptr<const RowReader>> rewound(const store::EventStore& log,
                                                               std::shared_ptr<const RowReader> later,
                                                               Position position);

}  // namespace certledger::projections

// Role: what is told about the revocation of many: before (who, by when, what would be paid back), after
// (what became of each, what is still open and for how long), and at any time later.
#pragma once

#include <certledger/events/enums.hpp>
#include <certledger/events/json/json.hpp>
#include <certledger/projections/views.hpp>

#include <optional>
#include <string>
#include <vector>

#include "context.hpp"

namespace certledger::cli {

/// One certificate of a cohort as it stands at a moment.
struct CohortRow {
    projections::ListItem item;
    std::optional<events::RevocationReason> reason;  ///< Of an open request.
    std::optional<events::Instant> due;              ///< By when an open request must be answered.
    std::string missing;                             ///< Event that an open request waits for.
    projections::Refund refund;
    bool permitted = true;   ///< Whether status and flags permit the command.
    std::string refused_by;  ///< Code of the refusal, where the command was refused.
};

/// Rows of these certificates, those with an open request first, by deadline. Nobody's permission is looked
/// up.
[[nodiscard]] std::vector<CohortRow> cohort_rows(const projections::Moment& moment,
                                                 const events::AccountId& account,
                                                 const std::vector<events::CertificateId>& ids);
/// The same at the head. `command` is the one whose permission is looked up.
[[nodiscard]] Result<std::vector<CohortRow>> cohort_rows(Context& context,
                                                         const std::vector<events::CertificateId>& ids,
                                                         domain::CommandType command);

/// By when a request made now would have to be answered, as the policy in force has it.
[[nodiscard]] Result<events::Instant> deadline_from_now(Context& context, events::RevocationReason reason);

/// What a cohort adds up to, by currency: refunds granted or paid, or (`eligible`) those that a revocation
/// completed now would bring.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> refund_sums(const std::vector<CohortRow>& rows,
                                                                           bool eligible);

/// Before: nothing has happened yet.
void print_plan(Output& out, const std::vector<CohortRow>& rows,
                const std::optional<events::Instant>& deadline);
/// After, or later: with a countdown to each deadline.
void print_report(Output& out, const std::vector<CohortRow>& rows, events::Instant now);

[[nodiscard]] events::json::OrderedJson plan_json(const std::vector<CohortRow>& rows,
                                                  const std::optional<events::Instant>& deadline);
[[nodiscard]] events::json::OrderedJson report_json(const std::vector<CohortRow>& rows, events::Instant now);

}  // namespace certledger::cli

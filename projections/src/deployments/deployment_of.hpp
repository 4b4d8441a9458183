// Role: one target with its holder.
#pragma once

#include <certledger/projections/certificate_row.hpp>
#include <certledger/projections/deployments/deployments.hpp>

namespace certledger::projections {

[[nodiscard]] DeploymentItem deployment_of(const CertificateRow& holder, const DeploymentRow& deployment);

}  // namespace certledger::projections

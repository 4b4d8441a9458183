#include "deployment_of.hpp"

namespace certledger::projections {

DeploymentItem deployment_of(const CertificateRow& holder, const DeploymentRow& deployment) {
    DeploymentItem item;
    item.target = deployment.target;
    item.certificate = holder.certificate;
    for (const auto& name : holder.names) item.names.push_back(name.ascii);
    item.status = holder.status;
    if (holder.issued) item.not_after = holder.issued->not_after;
    item.deployed_at = deployment.deployed_at.value_or(holder.created_at);
    if (deployment.seen_at) {
        item.seen = deployment.drifted ? Sighting::drifted : Sighting::served;
        item.seen_at = deployment.seen_at;
        if (!deployment.drift_cause.empty()) item.cause = deployment.drift_cause;
        item.fingerprint = deployment.seen_fingerprint;
    }
    return item;
}

}  // namespace certledger::projections

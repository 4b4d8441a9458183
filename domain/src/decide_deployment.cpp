// Deployment, download and hosting.
#include <algorithm>

#include "rules.hpp"

namespace certledger::domain {
namespace {

/// Software that terminates TLS itself and so needs the private key (rulings 25).
bool target_needs_key(std::string_view target) {
    const std::string_view kind = target.substr(0, target.find(':'));
    for (const std::string_view server : {"nginx", "apache", "haproxy", "iis", "tomcat"}) {
        if (kind == server) return true;
    }
    return false;
}

/// Whether a certificate with these names serves `name`: literally, or by a wildcard one label up (rulings
/// 36).
bool covers(const std::vector<events::DomainName>& names, const std::string& name) {
    const auto dot = name.find('.');
    const std::string wildcard = dot == std::string::npos ? std::string() : "*" + name.substr(dot);
    return std::any_of(names.begin(), names.end(),
                       [&](const auto& own) { return own.ascii == name || own.ascii == wildcard; });
}

/// The first name served now that the certificate would not serve.
std::optional<std::string> lost_name(const CertificateState& served, const CertificateState& next) {
    for (const auto& name : served.names) {
        if (!covers(next.names, name.ascii)) return name.ascii;
    }
    return std::nullopt;
}

Decision past_not_after(const Case& facts) {
    return refuse(facts, RefusalCode::expired,
                  "it was valid until " + events::to_string(facts.state.not_after));
}

}  // namespace

Decision rule(const DeployCertificate& command, const Case& facts) {
    if (facts.now() > facts.state.not_after) return past_not_after(facts);
    if (target_needs_key(command.target) && !facts.state.key_held) {
        return refuse(facts, RefusalCode::key_not_held,
                      "the target needs the private key and none is held here", "target");
    }
    const bool force = command.force.value_or(false);
    const auto holder = facts.world.target_holder(facts.header.account, command.target);
    if (!force && holder && *holder != facts.id) {
        if (auto lost = lost_name(facts.world.certificate(*holder), facts.state)) {
            return refuse(facts, RefusalCode::names_not_superset,
                          "the target serves " + quoted(*lost) + " by " + quoted(holder->value) +
                              ", which this certificate does not cover; force deploys it all the same",
                          "target");
        }
    }
    return std::vector<Caused>{facts.cause(events::DeploymentStarted{force, command.target})};
}

Decision rule(const RecordDeployment& command, const Case& facts) {
    const auto found = facts.state.deployments.find(command.target);
    const DeploymentState before = found == facts.state.deployments.end() ? DeploymentState{} : found->second;
    const bool issued = facts.state.is(Status::issued);
    const std::string cause = command.cause.value_or("");
    const auto no_start = [&] {
        return refuse(facts, RefusalCode::illegal_transition,
                      "no deployment to " + quoted(command.target) + " is under way", "target");
    };
    switch (command.outcome) {
        case DeploymentOutcome::succeeded:
            if (!issued || !before.start_open) return no_start();
            return std::vector<Caused>{facts.cause(events::CertificateDeployed{command.target})};
        case DeploymentOutcome::failed:
            if (!issued || !before.start_open) return no_start();
            return std::vector<Caused>{facts.cause(events::DeploymentFailed{command.target, cause})};
        case DeploymentOutcome::rolled_back:
            if (!issued || (!before.start_open && !before.deployed)) return no_start();
            return std::vector<Caused>{facts.cause(events::DeploymentRolledBack{command.target, cause})};
        case DeploymentOutcome::observed:
        case DeploymentOutcome::drifted:
            break;
    }
    if (!before.ever_deployed) {
        return refuse(facts, RefusalCode::illegal_transition,
                      "it was never deployed on " + quoted(command.target), "target");
    }
    if (command.outcome == DeploymentOutcome::observed) {
        return std::vector<Caused>{
            facts.cause(events::DeploymentObserved{command.target, command.fingerprint})};
    }
    return std::vector<Caused>{
        facts.cause(events::DeploymentDrifted{command.target, cause, command.fingerprint})};
}

Decision rule(const DownloadCertificate& command, const Case& facts) {
    using Format = events::DownloadFormat;
    const Format format = command.format;
    const bool needs_key =
        format == Format::pfx || format == Format::iis || format == Format::tomcat || format == Format::jks;
    if (needs_key && !facts.state.key_held) {
        return refuse(facts, RefusalCode::key_not_held,
                      "this format holds the private key and none is held here", "format");
    }
    if (const auto code = flag_fault(CommandType::download_certificate, facts.state)) {
        return refuse(facts, *code, "an uploaded certificate cannot be downloaded");
    }
    return std::vector<Caused>{facts.cause(events::CertificateDownloaded{format, facts.state.key_held})};
}

Decision rule(const EnableHosting&, const Case& facts) {
    if (const auto code = flag_fault(CommandType::enable_hosting, facts.state)) {
        return refuse(facts, *code, std::string(events::meaning(*code)));
    }
    if (facts.now() > facts.state.not_after) return past_not_after(facts);
    return std::vector<Caused>{facts.cause(events::HostingEnabled{})};
}

Decision rule(const DisableHosting&, const Case& facts) {
    if (const auto code = flag_fault(CommandType::disable_hosting, facts.state)) {
        return refuse(facts, *code, std::string(events::meaning(*code)));
    }
    return std::vector<Caused>{facts.cause(events::HostingDisabled{})};
}

}  // namespace certledger::domain

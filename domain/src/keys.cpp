#include <certledger/domain/decide.hpp>

namespace certledger::domain {
namespace keys {
namespace {

// A character that cannot stand in an account's id keeps the parts apart.
std::string joined(std::string_view kind, std::string_view account, std::string_view rest) {
    return std::string(kind).append("/").append(account).append("/").append(rest);
}

}  // namespace

std::string command(std::string_view account, std::string_view command_id) {
    return joined("command", account, command_id);
}
std::string fingerprint(std::string_view account, const events::Digest& sha256) {
    return joined("fingerprint", account, events::to_hex(sha256));
}
std::string target(std::string_view account, std::string_view target) {
    return joined("target", account, target);
}

}  // namespace keys

std::vector<std::string> keys_of(const events::Event& event, std::string_view account) {
    if (const auto* issued = std::get_if<events::CertificateIssued>(&event)) {
        return {keys::fingerprint(account, issued->sha256)};
    }
    if (const auto* uploaded = std::get_if<events::CertificateUploaded>(&event)) {
        return {keys::fingerprint(account, uploaded->sha256)};
    }
    if (const auto* deployed = std::get_if<events::CertificateDeployed>(&event)) {
        return {keys::target(account, deployed->target)};
    }
    if (const auto* back = std::get_if<events::DeploymentRolledBack>(&event)) {
        return {keys::target(account, back->target)};
    }
    return {};
}

}  // namespace certledger::domain

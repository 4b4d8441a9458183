#include <certledger/adapters/deploy/nginx_folder.hpp>
#include <certledger/adapters/deploy/target.hpp>
#include <certledger/adapters/openssl/certificate.hpp>
#include <certledger/adapters/openssl/download.hpp>

#include "impl.hpp"

namespace certledger::workflow {

using adapters::openssl::PrivateKey;
using events::CertificateId;

namespace {

/// The kind of target that this program writes to; others are deployed by other tools.
constexpr std::string_view kWrittenHere = "nginx";

/// A certificate with what goes along with it.
struct Delivery {
    events::Bytes der;
    std::vector<events::Bytes> chain;
    std::optional<PrivateKey> key;
};

Result<Delivery> delivery_of(engine::Ledger& ledger, const CertificateId& id) {
    auto record = read_certificate_record(ledger, id);
    if (!record) return tl::make_unexpected(std::move(record.error()));
    if (record->der.empty()) {
        return fail(ErrorKind::not_found,
                    "certificate " + id.value +
                        ": only its facts were recorded at the issue, not the certificate itself");
    }
    Delivery delivery;
    delivery.der = std::move(record->der);
    const auto authority = Authority::find(ledger);
    if (!authority) return tl::make_unexpected(authority.error());
    if (*authority && record->issuer == (*authority)->subject()) {
        delivery.chain.push_back((*authority)->ca().intermediate_der());
    }
    const auto held = ledger.private_key(id);
    if (!held) return tl::make_unexpected(held.error());
    if (*held) {
        auto key = PrivateKey::read((*held)->octets());
        if (!key) return tl::make_unexpected(std::move(key.error()));
        delivery.key.emplace(std::move(*key));
    }
    return delivery;
}

Result<void> pair_fits(std::string_view fullchain_pem, std::string_view key_pem) {
    const auto certificate = adapters::openssl::read_certificate(fullchain_pem);
    if (!certificate) return tl::make_unexpected(certificate.error());
    const auto key = PrivateKey::read(key_pem);
    if (!key) return tl::make_unexpected(key.error());
    if (!key->matches(certificate->key.spki)) {
        return fail(ErrorKind::invalid_input, "the key does not belong to the certificate");
    }
    return {};
}

Result<void> write_to(const adapters::deploy::Target& target, const Delivery& delivery) {
    if (!delivery.key) return fail(ErrorKind::invalid_input, "no key is held here");
    std::string fullchain = adapters::openssl::certificate_pem(delivery.der);
    for (const auto& der : delivery.chain) fullchain += adapters::openssl::certificate_pem(der);
    const adapters::SecretBytes key = delivery.key->pem();
    return adapters::deploy::NginxFolder(target.path).deploy(fullchain, key.text(), pair_fits);
}

}  // namespace

Result<Outcome> Workflow::deploy(const CertificateId& id, const std::string& target, bool force) {
    const auto where = adapters::deploy::parse_target(target);
    if (!where) return tl::make_unexpected(where.error());
    if (where->kind != kWrittenHere) {
        return fail(
            ErrorKind::invalid_input,
            "target \"" + target +
                "\": this program writes to nginx:/FOLDER only; record what another tool " +
                "deployed with the commands deploy-certificate and record-deployment of `certledger exec`");
    }
    Outcome outcome;
    domain::DeployCertificate start{id, target, {}};
    if (force) start.force = true;
    if (auto given = impl_->give(outcome, start); !given)
        return tl::make_unexpected(std::move(given.error()));
    if (outcome.refused()) return outcome;
    const auto started = outcome.answers.back().events.back().id;
    const auto delivery = delivery_of(impl_->ledger, id);
    const Result<void> written =
        delivery ? write_to(*where, *delivery) : tl::make_unexpected(delivery.error());
    if (auto done = impl_->record_deployment(outcome, id, target, started, written); !done)
        return Impl::ended_by(std::move(outcome), done.error());
    return outcome;
}

Result<Outcome> Workflow::follow_deployment(const CertificateId& id, const std::string& target) {
    Outcome outcome;
    const auto found = impl_->ledger.certificate(id);
    if (!found) return tl::make_unexpected(found.error());
    const auto& deployments = (*found)->deployments;
    const auto known = deployments.find(target);
    if (!(*found)->is(events::Status::issued) || known == deployments.end() || !known->second.start_open)
        return outcome;
    const auto where = adapters::deploy::parse_target(target);
    if (!where || where->kind != kWrittenHere) {
        outcome.waiting_for.push_back("somebody else deploys to " + target +
                                      " and records what came of it (record-deployment of `certledger "
                                      "exec`)");
        return outcome;
    }
    const auto started = read_deployment_start(impl_->ledger, id, target);
    if (!started) return tl::make_unexpected(started.error());
    const auto delivery = delivery_of(impl_->ledger, id);
    const Result<void> written =
        delivery ? write_to(*where, *delivery) : tl::make_unexpected(delivery.error());
    // What the ledger or its vault cannot give now is no answer of the target. Whoever is at its folder may
    // be putting this very certificate there.
    const bool of_the_ledger = !delivery && (delivery.error().kind == ErrorKind::damaged ||
                                             delivery.error().kind == ErrorKind::outside);
    if (of_the_ledger || (!written && written.error().kind == ErrorKind::conflict)) {
        outcome.failure = written.error();
        return outcome;
    }
    if (auto done = impl_->record_deployment(outcome, id, target, *started, written); !done)
        return tl::make_unexpected(std::move(done.error()));
    return outcome;
}

Result<void> Workflow::Impl::record_deployment(Outcome& outcome, const CertificateId& id,
                                               const std::string& target, const events::Uuid& started,
                                               const Result<void>& written) {
    domain::RecordDeployment record;
    record.certificate = id;
    record.target = target;
    if (!written) {
        record.outcome = domain::DeploymentOutcome::failed;
        record.cause = written.error().message;
        outcome.failure = Error{ErrorKind::outside, "not deployed: " + written.error().message};
    }
    return give(outcome, record, started);
}

Result<Package> Workflow::package(const CertificateId& id, events::DownloadFormat format,
                                  std::string_view password, std::string_view base_name) {
    const auto delivery = delivery_of(impl_->ledger, id);
    if (!delivery) return tl::make_unexpected(delivery.error());
    adapters::openssl::DownloadContents contents;
    contents.certificate_der = &delivery->der;
    contents.chain_der = delivery->chain;
    if (delivery->key) contents.key = &*delivery->key;
    contents.password = password;
    contents.base_name = base_name;
    auto files = adapters::openssl::download_files(format, contents);
    if (!files) return tl::make_unexpected(std::move(files.error()));
    Package package;
    package.files = std::move(*files);
    package.holds_key = delivery->key.has_value();
    package.archive = adapters::openssl::is_archive(format);
    return package;
}

}  // namespace certledger::workflow

// Role: the work that follows a command, with the embedded authority: proving names, signing, deploying,
// revoking. Each step is a command of the ledger of its own; before an act that cannot be taken back its
// intent stands in the log. What a step did not come to do is done by calling it again.
//
//   Workflow flow(ledger, settings);
//   ledger.execute(submit_application);
//   auto outcome = flow.follow_application(id);   // challenges, proofs, intent, certificate
#pragma once

#include <certledger/adapters/secret/secret_bytes.hpp>
#include <certledger/events/enums.hpp>
#include <certledger/events/result.hpp>
#include <certledger/tools/engine/ledger.hpp>
#include <certledger/tools/workflow/authority.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace certledger::workflow {

/// Where the files that prove control of a name are looked for.
struct ProofSource {
    enum class Kind {
        embedded,     ///< This process serves them on the loopback interface, for every name.
        public_host,  ///< At the name itself, which the DNS finds; the applicant publishes them.
        address,      ///< At one address, whatever the name.
    };
    Kind kind = Kind::embedded;
    std::string address = "127.0.0.1";
    std::uint16_t port = 80;
};

/// `embedded`, `public` or `HOST:PORT`.
[[nodiscard]] std::optional<ProofSource> proof_source_from_string(std::string_view text);

struct Settings {
    events::AccountId account{"default"};
    std::string actor;
    ProofSource proof;
    /// occurred_at of every command; missing: the clock of each.
    std::optional<events::Instant> at;
    std::string authority_name = "certledger";
};

/// What one call did.
struct Outcome {
    /// Of the commands that were given, in order. A refused one is the last.
    std::vector<engine::Answer> answers;
    /// What somebody outside has to do before it can go on; one paragraph each, for people.
    std::vector<std::string> waiting_for;
    /// What failed behind the answers, outside or in the ledger: it can be tried again.
    std::optional<Error> failure;

    [[nodiscard]] bool refused() const noexcept { return !answers.empty() && !answers.back().ok; }
    /// Takes over what another call did after this one.
    void append(Outcome&& later);
};

/// The files of a download.
struct Package {
    std::vector<adapters::SecretFile> files;
    bool holds_key = false;
    /// Whether it is handed out as one archive of several files.
    bool archive = false;
};

/// Durability: that of the ledger. Threads: one; nothing else may use the ledger during a call, and nothing
/// may be pending in it. Lifetime: the ledger outlives it. A certificate that is in no state for a step is
/// not touched: the outcome is empty.
class Workflow {
  public:
    Workflow(engine::Ledger& ledger, Settings settings);
    Workflow(Workflow&&) noexcept;
    ~Workflow();

    /// The calls from now on are about certificates of this account.
    void act_for(const events::AccountId& account);

    /// Goes on with a pending application until it is issued or waits for somebody: challenges for names that
    /// are not validated, proofs over HTTP, then the certificate (dv); for ov and ev it says what the CA's
    /// desk has to do.
    [[nodiscard]] Result<Outcome> follow_application(const events::CertificateId& id);

    /// Signs and records the certificate of a pending application: the intent first. A rule that forbids the
    /// issue (not-validated …) is found out before anything is signed.
    [[nodiscard]] Result<Outcome> issue(const events::CertificateId& id);

    /// Answers a requested revocation of a certificate that the embedded authority issued: dv at once, ov and
    /// ev once it is confirmed.
    [[nodiscard]] Result<Outcome> follow_revocation(const events::CertificateId& id);

    /// Announces, writes and records a deployment. Target: `nginx:/folder` …
    [[nodiscard]] Result<Outcome> deploy(const events::CertificateId& id, const std::string& target,
                                         bool force);

    /// Goes on with a deployment that was announced and has no outcome: writes and records it. A target that
    /// this program does not write to is somebody else's work.
    [[nodiscard]] Result<Outcome> follow_deployment(const events::CertificateId& id,
                                                    const std::string& target);

    /// The files of a format; records no access. `base_name` names the files. not_found: there is no such
    /// certificate, or only its facts are known and not the certificate; invalid_input: the format needs a
    /// key that is not held, or a password that was not given.
    [[nodiscard]] Result<Package> package(const events::CertificateId& id, events::DownloadFormat format,
                                          std::string_view password, std::string_view base_name);

    /// The embedded authority; made on first use.
    [[nodiscard]] Result<const Authority*> authority();

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// What the applicant publishes to prove control of a name; one paragraph for people.
[[nodiscard]] std::string instructions(events::ValidationMethod method, std::string_view name,
                                       std::string_view token);

}  // namespace certledger::workflow

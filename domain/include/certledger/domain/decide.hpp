// Role: the rules. decide() turns a command into the events that it causes or into a refusal; it reads
// nothing but its arguments and changes nothing.
#pragma once

#include <certledger/domain/commands.hpp>
#include <certledger/domain/facts.hpp>
#include <certledger/domain/policies/book.hpp>
#include <certledger/domain/refusal.hpp>
#include <certledger/domain/state.hpp>
#include <tl/expected.hpp>
#include <vector>

namespace certledger::domain {

/// The folded states that a decision may look at: one unchanging moment of the ledger. Implemented by the
/// engine over the store and by tests over a map. References stay good until the World ends.
class World {
  public:
    World() = default;
    World(const World&) = delete;
    World& operator=(const World&) = delete;
    virtual ~World() = default;

    /// An empty state (exists() is false) where there is no stream.
    [[nodiscard]] virtual const CertificateState& certificate(const events::CertificateId& id) const = 0;
    [[nodiscard]] virtual const QuotaState& quota(const events::QuotaId& id) const = 0;
    [[nodiscard]] virtual const policies::PolicyStream& ledger_policies() const = 0;
    [[nodiscard]] virtual const policies::PolicyStream& account_policies(
        const events::AccountId& account) const = 0;
    /// The certificate of the account with this fingerprint, deleted ones aside.
    [[nodiscard]] virtual std::optional<events::CertificateId> fingerprint_holder(
        const events::AccountId& account, const events::Digest& sha256) const = 0;
    /// The certificate that the target of the account serves (rulings 25), deleted ones aside.
    [[nodiscard]] virtual std::optional<events::CertificateId> target_holder(
        const events::AccountId& account, const std::string& target) const = 0;
    [[nodiscard]] virtual const policies::Zones& zones() const = 0;
};

/// An event that a command causes, and the stream it goes to.
struct Caused {
    events::StreamId stream;
    events::Event event;
};

using Decision = tl::expected<std::vector<Caused>, Refusal>;

/// What can be told to be wrong from the command alone; `field` names it. Always code invalid-field.
[[nodiscard]] std::optional<Refusal> shape_fault(const Command& command, const Facts& facts);

/// The stream that the command names: the new one for commands that make one (whose id may be generated), the
/// old one for a renewal.
[[nodiscard]] events::StreamId named_stream(const CommandHeader& header, const Command& command,
                                            const Facts& facts);

/// Whether the id of the named stream was made by the front because the caller gave none.
[[nodiscard]] bool names_generated_stream(const Command& command);

/// First half: whether the streams that the command names are there or not yet, whose they are, and not
/// deleted. What an expected version is compared with comes after this and before decide().
[[nodiscard]] std::optional<Refusal> existence_fault(const CommandHeader& header, const Command& command,
                                                     const Facts& facts, const World& world);

/// Second half: state table, then the guards in the order of domain.md section 3, then those of the rulings.
/// Needs a command without shape_fault and existence_fault. Each event returned is one that the machine
/// allows and evolve accepts, in the order in which they stand in the log.
[[nodiscard]] Decision decide(const CommandHeader& header, const Command& command, const Facts& facts,
                              const World& world);

/// Whether an accepted command still needs things that cost something to make (a key, sealed personal data):
/// after a first accepting decide() the front makes them, fills in the facts and decides again.
[[nodiscard]] bool needs_preparation(const Command& command);

/// Commands that status and flags permit now, in the order of CommandType; what hangs on clock, product or
/// target is listed. The creating commands when there is no stream; none when it is deleted.
[[nodiscard]] std::vector<CommandType> allowed_commands(const CertificateState& state, const World& world);

/// Names the keys under which a record is found again besides its stream: command ids, fingerprints, targets.
namespace keys {
[[nodiscard]] std::string command(std::string_view account, std::string_view command_id);
[[nodiscard]] std::string fingerprint(std::string_view account, const events::Digest& sha256);
[[nodiscard]] std::string target(std::string_view account, std::string_view target);
}  // namespace keys

/// The keys of one event (without that of its command id).
[[nodiscard]] std::vector<std::string> keys_of(const events::Event& event, std::string_view account);

}  // namespace certledger::domain

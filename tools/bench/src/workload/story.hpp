// Role: one certificate's life, step by step, as the rules of the domain let it go.
#pragma once

#include <certledger/domain/policies/book.hpp>
#include <unordered_map>

#include "workload/quota_book.hpp"

namespace certledger::bench {

/// What a life does next.
enum class Stage : std::uint8_t {
    order,
    submit,
    prove,   ///< Of names, one command each; or of the organisation.
    decide,  ///< Review, rejection, withdrawal.
    issue,
    download,
    deploy,
    deployed,
    due,
    renew,
    notice,
    expire,
    ask_to_revoke,
    confirm_revocation,
    revoke,
    ask_for_refund,
    pay,
    remove,
    over,
};

/// How a life that gets its certificate ends.
enum class Fate : std::uint8_t { expires, is_renewed, is_revoked, is_revoked_by_ca, is_removed };

struct Life {
    events::CertificateId id;
    events::AccountId account;
    events::Product product;
    std::vector<events::DomainName> names;
    std::optional<events::CertificateId> predecessor;
    std::optional<QuotaUnit> unit;
    std::string target;
    events::Money payment;
    events::Instant paid_at;
    events::Instant term_end;
    std::optional<events::Instant> issued_at;
    events::Instant not_after;
    events::Digest key_sha256{};
    events::Instant next;  ///< When the next step happens.
    Stage stage = Stage::order;
    Fate fate = Fate::expires;
    events::ValidationMethod method = events::ValidationMethod::dns_auto;
    std::uint8_t proven = 0;  ///< Names or checks.
    std::uint8_t tries = 0;
    bool uploaded = false;
    bool by_term = false;
    bool hosted = false;
    bool refunded = false;
    bool revocation_open = false;
    bool outlasts = false;  ///< Valid beyond the workload's end: nothing happens any more.
    events::RevocationReason reason = events::RevocationReason::unspecified;
};

/// Not thread-safe.
class Story {
  public:
    /// `ends_at`: certificates that are valid well beyond it may have long validities.
    Story(std::uint64_t seed, events::Instant begins_at, std::optional<events::Instant> ends_at);

    void into(std::vector<store::PendingRecord>& records) { sink_.into(records); }
    void recycle(std::vector<store::PendingRecord>& records) { sink_.recycle(records); }
    void genesis();

    /// A new life whose first step is an order or an upload at `now`.
    [[nodiscard]] Life begin(events::Instant now);
    /// Does the step that is due; life.stage is `over` when it was the last. A life that began by it, as a
    /// successor, is put into `begun`.
    void step(Life& life, bool may_renew, std::optional<Life>& begun);

    [[nodiscard]] Random& random() noexcept { return random_; }

  private:
    void adopt(const events::Policy& policy);
    void start(const Life& life) { sink_.begin(life.account, now_); }
    /// A command that leaves this one event.
    template <events::EventStruct E>
    void one(const Life& life, const E& event) {
        start(life);
        sink_.put(stream(life), event);
    }
    void go_on(Life& life, Stage stage, std::int64_t least_seconds, std::int64_t most_seconds);
    void go_on_at(Life& life, Stage stage, events::Instant at);
    [[nodiscard]] events::StreamId stream(const Life& life) const { return events::stream_of(life.id); }
    [[nodiscard]] events::Instant later(std::int64_t least_seconds, std::int64_t most_seconds);

    // From the order to the issue.
    void order(Life& life);
    void upload(Life& life);
    void submit(Life& life);
    void prove(Life& life);
    void prove_name(Life& life);
    void prove_company(Life& life);
    void decide(Life& life);
    void issue(Life& life);
    void refuse(const Life& life, events::RefusalCode code, std::optional<events::Status> status,
                const char* command, const char* message);
    void choose_validity(Life& life, events::CertificateIssued& issued);

    // From the issue to the end.
    void after_issue(Life& life);
    void download(Life& life);
    void deploy(Life& life);
    void deployed(Life& life);
    void care(Life& life);
    void due(Life& life);
    void renew(Life& life, bool may_renew, std::optional<Life>& begun);
    void notice(Life& life);
    void expire(Life& life);
    void ask_to_revoke(Life& life);
    void revoke(Life& life);
    void judge(Life& life, bool by_ca);
    void remove(Life& life);

    template <class Terms>
    [[nodiscard]] events::PolicyRef ref_of() const {
        return policies::PolicyBook(policies_, nullptr).get<Terms>(now_).second;
    }
    template <class Terms>
    [[nodiscard]] const Terms& terms_of() const {
        return policies::PolicyBook(policies_, nullptr).get<Terms>(now_).first;
    }

    Random random_;
    Sink sink_;
    QuotaBook quotas_;
    std::vector<events::AccountId> accounts_;
    policies::PolicyStream policies_;
    policies::UtcZones zones_;
    events::Instant now_;
    std::optional<events::Instant> ends_at_;
    /// Predecessors that are issued and wait for their successor.
    std::unordered_map<std::string, events::AccountId> renewing_;
};

}  // namespace certledger::bench

// Role: the life of a command from a request to a durable answer: order of checks, idempotency, preparation,
// group commit, conflicts. Knows the log and the vault only through their ports.
#pragma once

#include <certledger/domain/decide.hpp>
#include <certledger/tools/engine/ledger.hpp>
#include <functional>
#include <unordered_map>
#include <unordered_set>

#include "secrets.hpp"
#include "world.hpp"

namespace certledger::engine {

/// Where time and what must be made up come from.
struct Sources {
    std::function<events::Instant()> clock;
    std::function<events::Uuid()> new_id;        ///< For events.
    std::function<std::string()> new_stream_id;  ///< For certificates and quotas.
    std::function<std::string()> new_token;      ///< For challenges.
};

struct SessionOptions {
    bool simulated_time = false;
    bool read_only = false;
    bool refusals_recorded = true;
    std::optional<events::Instant> now;
};

/// As in Ledger::standing().
[[nodiscard]] Standing standing_of(const LogWorld& world, const events::AccountId& account,
                                   const events::CertificateId& id);

/// Says in the answer which id was made for the command, if one was.
void name_generated(const domain::Command& command, const std::string& generated, Answer& answer);

/// Threads: one. Lifetime: log, zones and secrets outlive it. The functions are those of Ledger.
class Session {
  public:
    Session(store::EventStore& log, const policies::Zones& zones, Secrets& secrets, Sources sources,
            SessionOptions options);

    [[nodiscard]] Result<void> admit();
    [[nodiscard]] Result<void> submit(Request request);
    [[nodiscard]] std::size_t pending() const noexcept { return entries_.size(); }
    [[nodiscard]] bool full() const noexcept;
    [[nodiscard]] Result<std::vector<Answer>> flush();

    [[nodiscard]] events::Instant query_now() const;
    [[nodiscard]] events::Instant command_now() const;

    /// What `see(world)` gives, with everything submitted in it; brought up to the log's end when nothing is
    /// pending.
    template <class See>
    [[nodiscard]] Result<std::invoke_result_t<See&, const LogWorld&>> look(See&& see) {
        if (entries_.empty()) {
            if (auto begun = begin(); !begun) return tl::make_unexpected(begun.error());
        }
        try {
            return see(world_);
        } catch (const Failed& failed) {
            return tl::make_unexpected(failed.error);
        }
    }

    void keep_with(std::unique_ptr<LogKeeper> keeper) { keeper_ = std::move(keeper); }
    [[nodiscard]] LogKeeper* keeper() const noexcept { return keeper_.get(); }
    [[nodiscard]] bool wrote() const noexcept { return wrote_; }

  private:
    /// One request of the batch, with what was made for it once and stays when it is decided again.
    struct Entry {
        Request request;
        domain::Facts facts;
        events::CommandDigest digest{};
        bool prepared = false;
        Answer answer;
        std::size_t first_record = 0;  ///< In append_.records.
        std::size_t records = 0;
        std::optional<std::size_t> original;  ///< The entry of this batch whose answer this one gets.
    };

    /// What the log says of a command id.
    struct FirstAnswer {
        events::CommandDigest digest{};
        std::vector<EventRef> events;
    };

    [[nodiscard]] Result<void> begin();
    [[nodiscard]] Result<Entry> prepare_entry(Request request);
    [[nodiscard]] Result<void> commit();
    [[nodiscard]] Result<void> decide_again();
    void place(const std::vector<store::Stored>& stored);
    [[nodiscard]] std::vector<Answer> take_answers();
    void reset_batch();

    void decide(Entry& entry, std::size_t index);
    [[nodiscard]] domain::CommandHeader header_of(const Entry& entry) const;
    [[nodiscard]] std::optional<domain::Refusal> request_fault(const Request& request) const;
    [[nodiscard]] std::optional<domain::Refusal> version_fault(const Entry& entry,
                                                               const domain::CommandHeader& header) const;
    void make_what_it_needs(Entry& entry, const domain::CommandHeader& header);
    void accept(Entry& entry, const domain::CommandHeader& header, std::vector<domain::Caused> caused);
    void refuse(Entry& entry, const domain::CommandHeader& header, domain::Refusal refusal);
    void describe(domain::Refusal& refusal, const Entry& entry, const domain::CommandHeader& header) const;
    void buffer(store::PendingRecord record);
    [[nodiscard]] store::PendingRecord record_of(const Entry& entry, const domain::CommandHeader& header,
                                                 const events::StreamId& stream, const events::Event& event,
                                                 const events::Uuid& cause) const;

    /// Whether the command id is known: then the entry has its answer, the first one again or a refusal.
    [[nodiscard]] bool known(Entry& entry, const domain::CommandHeader& header);
    [[nodiscard]] std::optional<FirstAnswer> first_answer(const std::string& key,
                                                          const Request& request) const;
    void answer_again(Entry& entry, const domain::CommandHeader& header, FirstAnswer first) const;
    [[nodiscard]] std::optional<events::Status> status_at(const events::StreamId& stream,
                                                          std::uint64_t version) const;

    store::EventStore& log_;
    Secrets& secrets_;
    Sources sources_;
    SessionOptions options_;
    LogWorld world_;
    std::unique_ptr<LogKeeper> keeper_;
    bool admitted_ = false;
    bool wrote_ = false;

    std::vector<Entry> entries_;
    std::size_t octets_ = 0;    ///< What the batch weighs.
    events::Instant recorded_;  ///< recorded_at of the last record, those of the batch included.
    store::Append append_;
    std::unordered_set<std::string> written_;               ///< Streams with an expectation in append_.
    std::unordered_map<std::string, std::size_t> claimed_;  ///< Command keys to the entry that claimed them.
};

}  // namespace certledger::engine

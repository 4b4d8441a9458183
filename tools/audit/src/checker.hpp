// Role: checks one record after another against the streams' folds so far.
#pragma once

#include <certledger/domain/policies/book.hpp>
#include <certledger/domain/state.hpp>
#include <certledger/events/codec.hpp>
#include <certledger/store/event_store.hpp>
#include <certledger/store/tlog/right_edge.hpp>
#include <map>
#include <string>
#include <unordered_map>

namespace certledger::audit {

/// What is remembered of a stream: little, since there may be millions.
struct StreamFold {
    std::uint64_t version = 0;
    store::Position last = 0;
    events::Instant first_at;
    std::uint32_t account = 0;  ///< Index into the accounts seen.
    std::optional<events::Status> status;
    std::optional<events::Instant> issued_at;
    events::Instant paid_at;
    events::Money payment;
    events::Money granted;
    bool refunded = false;
};

/// Not thread-safe. Told each record once, in order.
class Checker {
  public:
    /// Is told what does not hold, and of which record.
    using Report = std::function<void(store::Position, std::string)>;

    Checker(const policies::Zones& zones, Report report) : zones_(zones), report_(std::move(report)) {}

    /// Everything about the record; `thorough` false: only what the folds and the tree need.
    void take(const events::RecordView& record, std::span<const std::uint8_t> octets, bool thorough);
    /// A record that could not be read: its position stays a hole in the tree.
    void miss(store::Position position, const std::string& why);
    /// What only the end shows: balances of quotas.
    void finish();

    [[nodiscard]] const store::tlog::RightEdge& edge() const noexcept { return edge_; }
    [[nodiscard]] bool whole() const noexcept { return !missed_; }
    [[nodiscard]] std::uint64_t streams() const noexcept { return streams_.size(); }

  private:
    void say(std::string message);
    void check_octets(const events::RecordView& record, std::span<const std::uint8_t> octets);
    void check_order(const events::RecordView& record, StreamFold& stream);
    void check_kind(const events::RecordView& record);
    void fold(const events::RecordView& record, const events::Event& event, StreamFold& stream);
    void fold_certificate(const events::Event& event, const events::RecordView& record, StreamFold& stream);
    void fold_quota(const events::Event& event, const events::RecordView& record);
    void check_refund(const StreamFold& stream, const events::RefundInputs& inputs,
                      const events::PolicyRef& ref, events::RefundReason reason, bool granted);

    const policies::Zones& zones_;
    Report report_;
    store::tlog::RightEdge edge_;
    store::Position position_ = 0;
    events::Instant recorded_at_ = events::kEarliest;
    bool missed_ = false;
    bool thorough_ = true;
    std::unordered_map<std::string, StreamFold> streams_;
    std::unordered_map<std::string, domain::QuotaState> quotas_;
    std::unordered_map<std::string, std::uint32_t> accounts_;
    std::map<std::pair<std::string, std::int64_t>, events::RefundPolicy> refund_policies_;
};

}  // namespace certledger::audit

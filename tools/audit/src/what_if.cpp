#include <certledger/domain/proofs.hpp>
#include <certledger/domain/state.hpp>
#include <certledger/events/codec.hpp>
#include <certledger/projections/amount_text.hpp>
#include <certledger/tools/audit/what_if.hpp>

#include <algorithm>
#include <map>
#include <unordered_map>

namespace certledger::audit {
namespace {

using events::Instant;
using events::Money;
using events::RefusalCode;
using projections::TotalRow;

/// What is kept of a certificate: everything until the issue, whose proofs are looked at, and little behind
/// it.
struct Course {
    std::optional<domain::CertificateState> order;  ///< Until it is issued.
    Instant issued_at;
    Instant not_after;
    Instant term_end;                   ///< Under the other term rule.
    std::optional<Instant> answer_due;  ///< Of a requested revocation.
    Instant answer_would_be_due;
};

struct Verdict {
    bool judged = false;
    std::string decision;
    std::string was;
    std::string would;  ///< Equal to `was`: nothing differs.
    std::optional<Money> was_amount;
    std::optional<Money> would_amount;
};

std::string days_text(std::int64_t days) { return std::to_string(days) + " days"; }

std::string refusal_text(RefusalCode code, const std::string& why) {
    return "refused: " + std::string(events::to_name(code)) + ", " + why;
}

template <class Decided>
constexpr bool is_refund =
    std::is_same_v<Decided, events::RefundGranted> || std::is_same_v<Decided, events::RefundDeclined>;

/// Judges the events of one log, one after the other.
class Judge {
  public:
    Judge(const WhatIfOptions& options, const policies::Zones& zones) : options_(options), zones_(zones) {}

    /// Every record up to the end of the range, in order.
    Verdict see(const events::RecordView& record, const events::Event& event) {
        record_ = &record;
        at_ = record.occurred_at;
        verdict_ = Verdict{};
        const auto kind = events::stream_kind(record.stream);
        if (kind == events::StreamKind::certificate) {
            Course& course = courses_[std::string(events::id_part(record.stream))];
            std::visit([&](const auto& held) { about(course, held); }, event);
            follow(course, event);
        } else if (kind == events::StreamKind::quota) {
            if (const auto* refunded = std::get_if<events::QuotaRefunded>(&event)) quota(*refunded);
        } else if (const auto* refused = std::get_if<events::CommandRefused>(&event)) {
            refusal(*refused);
        }
        return std::move(verdict_);
    }

    [[nodiscard]] std::uint64_t not_judged() const noexcept { return not_judged_; }
    void forget_refusals() noexcept { not_judged_ = 0; }

  private:
    /// The other rule in force at an instant.
    template <class Terms>
    [[nodiscard]] const Terms* other(Instant at) const {
        const events::Policy* best = nullptr;
        for (const auto& policy : options_.policies) {
            if (policy.kind() != Terms::kTag || policy.effective_from > at) continue;
            if (best == nullptr || policy.effective_from >= best->effective_from) best = &policy;
        }
        return best == nullptr ? nullptr : &std::get<Terms>(best->terms);
    }

    void judged(const char* decision, std::string was, std::string would) {
        verdict_.judged = true;
        verdict_.decision = decision;
        verdict_.was = std::move(was);
        verdict_.would = std::move(would);
    }

    // Money.

    template <class Decided>
    std::enable_if_t<is_refund<Decided>> about(Course&, const Decided& event) {
        const auto& in = event.inputs;
        constexpr bool granted = std::is_same_v<Decided, events::RefundGranted>;
        verdict_.was_amount = Money{granted ? in.payment.minor : 0, in.payment.currency};
        verdict_.would_amount = verdict_.was_amount;
        const auto* policy = other<events::RefundPolicy>(in.decided_at);
        if (policy == nullptr) return;
        const auto again = policies::judge_refund(
            *policy, {}, {in.payment, in.paid_at, in.issued_at, in.decided_at, in.by_ca}, zones_);
        verdict_.would_amount->minor = again.granted ? in.payment.minor : 0;
        const auto text = [&](bool yes, events::RefundReason reason, const std::optional<Instant>& end) {
            return (yes ? "granted: " : "declined: ") + std::string(events::to_name(reason)) +
                   (end ? ", the window until " + events::to_string(*end) : "");
        };
        const std::string was = text(granted, event.reason, in.window_end);
        // Another reason for the same outcome is no other decision.
        judged("refund", was,
               again.granted == granted ? was : text(again.granted, again.reason, again.inputs.window_end));
    }

    void quota(const events::QuotaRefunded& event) {
        verdict_.was_amount = event.amount;
        verdict_.would_amount = event.amount;
        const auto* policy = other<events::RefundPolicy>(at_);
        if (policy == nullptr) return;
        const bool full = policy->unissued == events::UnissuedRule::full;
        if (!full) verdict_.would_amount->minor = 0;
        const std::string was = "granted: " + std::to_string(event.count) + " units";
        judged("quota-refund", was,
               full ? was : refusal_text(RefusalCode::not_refundable, "unissued units are not paid back"));
    }

    // Orders and terms.

    template <class Order>
    void order(Course& course, const Order& event) {
        const auto* term = other<events::TermPolicy>(at_);
        course.term_end = event.term_end;
        if (term != nullptr) {
            course.term_end = std::min(
                at_.plus_seconds(event.product.term_years * term->days_per_year * events::kSecondsPerDay),
                events::kLatest);
        }
    }
    void about(Course& course, const events::CertificatePurchased& event) {
        order(course, event);
        if (event.renewal != events::RenewalPayment::term || !event.predecessor) return;
        const auto before = courses_.find(event.predecessor->value);
        if (before != courses_.end()) course.term_end = before->second.term_end;
    }
    void about(Course& course, const events::CertificateCreated& event) { order(course, event); }
    void about(Course& course, const events::CertificateUploaded& event) {
        course.issued_at = at_;
        course.not_after = event.not_after;
    }

    // The issue.

    void about(Course& course, const events::CertificateIssued& event) {
        const auto* validity = other<events::ValidityPolicy>(at_);
        const auto* reuse = other<events::ReusePolicy>(at_);
        const std::int64_t length = policies::validity_days(event.not_before, event.not_after);
        const std::string was = "issued for " + days_text(length) + ", cap " +
                                days_text(event.validity_cap_days) + ", reuse " + days_text(event.reuse_days);
        const bool by_term = course.order && course.order->paid_by_term;
        if (validity != nullptr || reuse != nullptr ||
            (by_term && other<events::TermPolicy>(at_) != nullptr)) {
            judged("issue", was, was);
        }
        if (reuse != nullptr && course.order) {
            if (auto why = domain::missing_proof(*course.order, at_, policies::days_at(reuse->steps, at_))) {
                judged("issue", was, refusal_text(RefusalCode::not_validated, *why));
                return;
            }
        }
        if (validity != nullptr && length > policies::days_at(validity->steps, at_)) {
            judged("issue", was,
                   refusal_text(RefusalCode::validity_exceeds_policy,
                                "cap " + days_text(policies::days_at(validity->steps, at_))));
        } else if (verdict_.judged && by_term && event.not_after > course.term_end) {
            judged("issue", was,
                   refusal_text(RefusalCode::validity_exceeds_policy,
                                "the paid term ends " + events::to_string(course.term_end)));
        }
    }

    // Renewals and notices.

    void about(Course& course, const events::RenewalStarted& event) {
        const auto* window = other<events::RenewalPolicy>(at_);
        const bool by_term = event.pays == events::RenewalPayment::term;
        const bool term = by_term && other<events::TermPolicy>(at_) != nullptr;
        if (window == nullptr && !term) return;
        const std::string was = "started, paid by " + std::string(events::to_name(event.pays));
        judged("renewal", was, was);
        if (window != nullptr && at_ < policies::renewal_window_start(*window, course.not_after)) {
            judged("renewal", was,
                   refusal_text(RefusalCode::not_in_renewal_window, window_text(*window, course)));
        } else if (term && at_ > course.term_end) {
            judged("renewal", was,
                   refusal_text(RefusalCode::term_ended,
                                "the paid term ends " + events::to_string(course.term_end)));
        }
    }
    static std::string window_text(const events::RenewalPolicy& policy, const Course& course) {
        return "the window opens " +
               events::to_string(policies::renewal_window_start(policy, course.not_after));
    }

    void about(Course& course, const events::RenewalDue& event) {
        const auto* window = other<events::RenewalPolicy>(at_);
        if (window == nullptr) return;
        const Instant due =
            std::max(policies::renewal_window_start(*window, event.not_after), course.issued_at);
        judged("renewal-due", "due " + events::to_string(at_), "due " + events::to_string(due));
    }
    void about(Course&, const events::ExpiryNoticed& event) {
        const auto* notices = other<events::NoticesPolicy>(at_);
        if (notices == nullptr) return;
        const std::string was = days_text(event.days) + " before the end";
        const bool kept =
            std::find(notices->days.begin(), notices->days.end(), event.days) != notices->days.end();
        judged("notice", was, kept ? was : "no notice");
    }

    // Revocations.

    void about(Course& course, const events::RevocationRequested& event) {
        course.answer_due = event.due;
        course.answer_would_be_due = event.due;
        const auto* policy = other<events::RevocationPolicy>(at_);
        if (policy == nullptr) return;
        const bool key = event.reason == events::RevocationReason::key_compromise;
        course.answer_would_be_due = std::min(
            at_.plus_seconds(key ? policy->key_compromise_seconds : policy->other_seconds), events::kLatest);
        judged("revocation-deadline", "by " + events::to_string(event.due),
               "by " + events::to_string(course.answer_would_be_due));
    }
    void about(Course& course, const events::CertificateRevoked&) { answered(course); }
    void about(Course& course, const events::RevocationDeclined&) { answered(course); }
    void answered(Course& course) {
        if (!course.answer_due) return;
        const auto text = [&](Instant due) -> std::string { return at_ > due ? "late" : "in time"; };
        if (course.answer_would_be_due != *course.answer_due) {
            judged("revocation-answer", text(*course.answer_due), text(course.answer_would_be_due));
        }
        course.answer_due.reset();
    }

    template <class Other>
    std::enable_if_t<!is_refund<Other>> about(Course&, const Other&) {}

    // What was refused.

    void refusal(const events::CommandRefused& event) {
        const bool renewal = event.command == "renew-certificate";
        const bool covered =
            (event.code == RefusalCode::not_refundable && event.command == "refund-quota" &&
             other<events::RefundPolicy>(at_) != nullptr) ||
            (event.code == RefusalCode::validity_exceeds_policy &&
             other<events::ValidityPolicy>(at_) != nullptr) ||
            (event.code == RefusalCode::not_validated && other<events::ReusePolicy>(at_) != nullptr);
        if (covered) ++not_judged_;
        if (!renewal) return;
        const std::string_view stream = record_->stream.substr(std::string_view("rejection-").size());
        const auto found = courses_.find(std::string(events::id_part(stream)));
        if (found == courses_.end()) return;
        const Course& course = found->second;
        const std::string was = "refused: " + std::string(events::to_name(event.code));
        const auto* window = other<events::RenewalPolicy>(at_);
        if (event.code == RefusalCode::not_in_renewal_window && window != nullptr) {
            const bool open =
                at_ >= policies::renewal_window_start(*window, course.not_after) && at_ <= course.not_after;
            judged("renewal", was, open ? "the window was open" : was);
        } else if (event.code == RefusalCode::term_ended && other<events::TermPolicy>(at_) != nullptr) {
            judged("renewal", was, at_ <= course.term_end ? "the paid term went on" : was);
        }
    }

    /// What later decisions look at.
    void follow(Course& course, const events::Event& event) {
        if (!course.order && (std::holds_alternative<events::CertificatePurchased>(event) ||
                              std::holds_alternative<events::CertificateCreated>(event))) {
            course.order.emplace();
        }
        if (course.order) {
            domain::evolve(*course.order, event, at_, events::AccountId{std::string(record_->account)});
        }
        if (const auto* issued = std::get_if<events::CertificateIssued>(&event)) {
            course.issued_at = at_;
            course.not_after = issued->not_after;
            course.order.reset();
        } else if (std::holds_alternative<events::CertificateDeleted>(event)) {
            course.order.reset();
        }
    }

    const WhatIfOptions& options_;
    const policies::Zones& zones_;
    std::unordered_map<std::string, Course> courses_;
    std::uint64_t not_judged_ = 0;
    const events::RecordView* record_ = nullptr;
    Instant at_;
    Verdict verdict_;
};

/// Sums by currency.
class Totals {
  public:
    void add(const Verdict& verdict) {
        if (!verdict.was_amount) return;
        auto& [was, would] = sums_[std::string(verdict.was_amount->currency.text())];
        add(was, *verdict.was_amount);
        add(would, *verdict.would_amount);
    }
    [[nodiscard]] std::vector<WhatIfTotal> take() const {
        std::vector<WhatIfTotal> totals;
        for (const auto& [currency, sums] : sums_) {
            totals.push_back(
                {currency, projections::amount_text(sums.first), projections::amount_text(sums.second)});
        }
        return totals;
    }

  private:
    static void add(TotalRow& total, const Money& amount) {
        total.currency = amount.currency.text();
        total.add(amount.minor / TotalRow::kBase, amount.minor % TotalRow::kBase);
    }
    std::map<std::string, std::pair<TotalRow, TotalRow>> sums_;
};

WhatIfItem item_of(const events::RecordView& record, Verdict verdict) {
    WhatIfItem item;
    item.position = record.position;
    item.stream = record.stream;
    item.account = record.account;
    item.occurred_at = record.occurred_at;
    item.decision = std::move(verdict.decision);
    item.was = std::move(verdict.was);
    item.would = std::move(verdict.would);
    item.was_amount = verdict.was_amount;
    item.would_amount = verdict.would_amount;
    return item;
}

}  // namespace

Result<WhatIfReport> what_if(const store::EventStore& log, const policies::Zones& zones,
                             const WhatIfOptions& options, const OnWhatIf& each) {
    WhatIfReport report;
    report.from = std::max<store::Position>(1, options.from.value_or(1));
    report.to = std::min(options.to.value_or(UINT64_MAX), log.head().position);
    Judge judge(options, zones);
    Totals totals;
    std::optional<Error> damaged;
    const auto visit = [&](const events::RecordView& record, std::span<const std::uint8_t>) {
        const auto event = events::decode_event(record.type, record.schema, record.payload);
        if (!event) {
            damaged = Error{ErrorKind::damaged,
                            "position " + std::to_string(record.position) + ": " + event.error().message};
            return false;
        }
        Verdict verdict = judge.see(record, *event);
        if (record.position < report.from) {
            judge.forget_refusals();
            return true;
        }
        totals.add(verdict);
        report.judged += verdict.judged ? 1U : 0U;
        if (!verdict.judged || verdict.was == verdict.would) return true;
        ++report.differing;
        each(item_of(record, std::move(verdict)));
        return true;
    };
    if (report.to > 0) {
        if (const auto read = log.read_all(1, report.to, visit); !read)
            return tl::make_unexpected(read.error());
    }
    if (damaged) return tl::make_unexpected(std::move(*damaged));
    report.not_judged = judge.not_judged();
    report.totals = totals.take();
    return report;
}

}  // namespace certledger::audit

// Orders, uploads, renewals, and the end of a certificate.
#include <algorithm>

#include "rules.hpp"

namespace certledger::domain {
namespace {

using events::Money;
using events::RenewalPayment;

/// What buying, creating and renewing have in common.
template <class Order>
Order make_order(const Case& facts, const events::Product& product, std::vector<events::DomainName> names,
                 const Money& payment, Instant paid_at) {
    Order order;
    order.product = product;
    order.names = std::move(names);
    order.payment = payment;
    order.paid_at = paid_at;
    order.term_end = policies::term_end(facts.policies(), facts.now(), product.term_years);
    return order;
}

/// Takes the lowest free unit of a quota for a certificate.
struct ConsumedUnit {
    events::QuotaConsumed consumed;
    events::CertificateCreated created;
};
ConsumedUnit consume(const Case& facts, const events::QuotaId& id, const QuotaState& quota,
                     const events::CertificateId& certificate, std::vector<events::DomainName> names) {
    const std::int64_t unit = quota.free.begin()->first;
    const Money share = events::share(quota.price, quota.count, unit - 1);
    ConsumedUnit taken;
    taken.consumed = {unit, share, certificate};
    taken.created = make_order<events::CertificateCreated>(facts, quota.product, std::move(names), share,
                                                           quota.purchased_at);
    taken.created.unit = unit;
    taken.created.quota = id;
    return taken;
}

tl::unexpected<Refusal> exhausted(const Case& facts, const events::QuotaId& id, const char* field) {
    return refuse(facts, RefusalCode::quota_exhausted, "the quota " + quoted(id.value) + " has no free unit",
                  field);
}

}  // namespace

Decision rule(const BuyCertificate& command, const Case& facts) {
    if (auto fault = names_fault(facts.facts.names, command.product)) {
        return refuse(facts, fault->first, fault->second, "names");
    }
    return std::vector<Caused>{facts.cause(make_order<events::CertificatePurchased>(
        facts, command.product, normal_names(facts.facts.names), command.price, facts.now()))};
}

Decision rule(const CreateCertificate& command, const Case& facts) {
    const QuotaState& quota = facts.world.quota(command.quota);
    if (quota.free.empty()) return exhausted(facts, command.quota, "quota");
    if (auto fault = names_fault(facts.facts.names, quota.product)) {
        return refuse(facts, fault->first, fault->second, "names");
    }
    auto names = normal_names(facts.facts.names);
    std::optional<events::ApplicationSubmitted> submitted;
    if (command.quick_issue.value_or(false)) {
        auto event = application(application_fields(command), facts, quota.product, names);
        if (!event) return tl::make_unexpected(event.error());
        submitted = std::move(*event);
    }
    auto taken = consume(facts, command.quota, quota, facts.id, std::move(names));
    std::vector<Caused> caused{{events::stream_of(command.quota), std::move(taken.consumed)},
                               facts.cause(std::move(taken.created))};
    if (submitted) caused.push_back(facts.cause(std::move(*submitted)));
    return caused;
}

Decision rule(const UploadCertificate&, const Case& facts) {
    const CertificateFact& read = *facts.facts.certificate;
    const auto& key = facts.facts.private_key;
    if (key && key->key_sha256 != read.key_sha256) {
        return refuse(facts, RefusalCode::key_mismatch, "private_key_pem is not the certificate's key",
                      "private_key_pem");
    }
    if (auto holder = facts.world.fingerprint_holder(facts.header.account, read.sha256)) {
        return refuse(facts, RefusalCode::already_exists,
                      "this account holds the certificate already, as " + quoted(holder->value),
                      "certificate_pem");
    }
    events::CertificateUploaded event;
    event.not_before = read.not_before;
    event.not_after = read.not_after;
    event.sha256 = read.sha256;
    event.key_sha256 = read.key_sha256;
    event.key_held = key.has_value();
    event.serial = read.serial;
    event.issuer = read.issuer;
    event.subject = read.subject;
    // The certificate's DNS names; addresses stay in the certificate itself (rulings 47).
    std::copy_if(read.names.begin(), read.names.end(), std::back_inserter(event.names),
                 [](const auto& name) { return !is_address(name.ascii); });
    event.der = read.der;
    return std::vector<Caused>{facts.cause(std::move(event))};
}

namespace {

/// A renewal paid for by what is left of the paid term.
Decision renew_by_term(const Case& facts, events::RenewalStarted started) {
    const CertificateState& old = facts.state;
    if (facts.now() > old.term_end) {
        return refuse(facts, RefusalCode::term_ended,
                      "the paid term ended at " + events::to_string(old.term_end), "pays");
    }
    auto order = make_order<events::CertificatePurchased>(facts, *old.product, old.names,
                                                          {0, old.payment.currency}, facts.now());
    order.term_end = old.term_end;
    order.predecessor = facts.id;
    order.renewal = RenewalPayment::term;
    const auto stream = events::stream_of(started.successor);
    return std::vector<Caused>{facts.cause(std::move(started)), {stream, std::move(order)}};
}

Decision renew_by_price(const Case& facts, events::RenewalStarted started, const Money& price) {
    auto order = make_order<events::CertificatePurchased>(facts, *facts.state.product, facts.state.names,
                                                          price, facts.now());
    order.predecessor = facts.id;
    order.renewal = RenewalPayment::price;
    const auto stream = events::stream_of(started.successor);
    return std::vector<Caused>{facts.cause(std::move(started)), {stream, std::move(order)}};
}

Decision renew_by_quota(const Case& facts, events::RenewalStarted started, const events::QuotaId& id) {
    const QuotaState& quota = facts.world.quota(id);
    if (quota.product != *facts.state.product) {
        return refuse(facts, RefusalCode::product_mismatch,
                      "the quota " + quoted(id.value) + " is of another product", "pays");
    }
    if (quota.free.empty()) return exhausted(facts, id, "pays");
    auto taken = consume(facts, id, quota, started.successor, facts.state.names);
    taken.created.predecessor = facts.id;
    const auto stream = events::stream_of(started.successor);
    return std::vector<Caused>{{events::stream_of(id), std::move(taken.consumed)},
                               facts.cause(std::move(started)),
                               {stream, std::move(taken.created)}};
}

}  // namespace

Decision rule(const RenewCertificate& command, const Case& facts) {
    const CertificateState& old = facts.state;
    const auto [policy, ref] = facts.policies().get<events::RenewalPolicy>(facts.now());
    if (facts.now() < policies::renewal_window_start(policy, old.not_after) || facts.now() > old.not_after) {
        return refuse(facts, RefusalCode::not_in_renewal_window,
                      "renewal is possible from " +
                          events::to_string(policies::renewal_window_start(policy, old.not_after)) + " to " +
                          events::to_string(old.not_after));
    }
    if (const auto code = flag_fault(CommandType::renew_certificate, old)) {
        return refuse(facts, *code, "an uploaded certificate cannot be renewed here");
    }
    if (has_live_successor(old, facts.world)) {
        return refuse(facts, RefusalCode::already_renewed,
                      "its successor is " + quoted(old.successor->value));
    }
    const Pays pays = command.pays.value_or(Pays{});
    events::RenewalStarted started{
        pays.kind, ref, command.successor.value_or(events::CertificateId{facts.facts.generated_id})};
    switch (pays.kind) {
        case RenewalPayment::term:
            return renew_by_term(facts, std::move(started));
        case RenewalPayment::quota:
            return renew_by_quota(facts, std::move(started), *pays.quota);
        case RenewalPayment::price:
            return renew_by_price(facts, std::move(started), *pays.price);
    }
    return refuse(facts, RefusalCode::invalid_field, "pays is none of term, quota, price", "pays");
}

Decision rule(const ExpireCertificate&, const Case& facts) {
    if (facts.now() <= facts.state.not_after) {
        return refuse(
            facts, RefusalCode::not_expired,
            "it is valid until " + events::to_string(facts.state.not_after) + ", that instant included");
    }
    if (const auto code = flag_fault(CommandType::expire_certificate, facts.state)) {
        return refuse(facts, *code, "a requested revocation is open; its answer decides about a refund");
    }
    return std::vector<Caused>{facts.cause(events::CertificateExpired{facts.state.not_after})};
}

Decision rule(const DeleteCertificate& command, const Case& facts) {
    const CertificateState& state = facts.state;
    const bool force = command.force.value_or(false);
    for (const auto& [target, deployment] : state.deployments) {
        if (force || !deployment.ever_deployed) continue;
        if (facts.world.target_holder(facts.header.account, target) == facts.id) {
            return refuse(facts, RefusalCode::still_deployed,
                          "the target " + quoted(target) + " still serves it; force deletes it all the same",
                          "force");
        }
    }
    if (const auto code = flag_fault(CommandType::delete_certificate, state)) {
        return refuse(facts, *code,
                      *code == RefusalCode::hosted ? "hosting must be ended first"
                                                   : "the granted refund must be paid first");
    }
    if (!force && state.is(Status::issued) && state.revocation_open()) {
        return refuse(facts, RefusalCode::revocation_pending,
                      "a requested revocation is open; force deletes it all the same", "force");
    }
    std::vector<Caused> caused{facts.cause(events::CertificateDeleted{force})};
    if (state.quota && !state.issued_at && !state.refunded()) {
        caused.push_back({events::stream_of(*state.quota), events::QuotaReturned{state.unit, facts.id}});
    }
    return caused;
}

Decision rule(const NoteRenewalDue&, const Case& facts) {
    if (facts.state.renewal_due_noted) {
        return refuse(facts, RefusalCode::illegal_transition, "the renewal was noted as due before");
    }
    return std::vector<Caused>{facts.cause(events::RenewalDue{facts.state.not_after})};
}

Decision rule(const NoteExpiry& command, const Case& facts) {
    const auto& made = facts.state.notices;
    if (std::find(made.begin(), made.end(), command.days) != made.end()) {
        return refuse(facts, RefusalCode::illegal_transition, "this notice was made before");
    }
    return std::vector<Caused>{facts.cause(events::ExpiryNoticed{command.days, facts.state.not_after})};
}

}  // namespace certledger::domain

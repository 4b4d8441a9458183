#include "support/subject.hpp"

#include <algorithm>
#include <certledger/domain/lifecycle/machine.hpp>
#include <certledger/events/codec.hpp>

#include "support/convert.hpp"
#include "support/test_world.hpp"

namespace certledger::testing {

using namespace events;

struct Subject::Inside {
    TestWorld world;
};

Subject::Subject() : inside_(std::make_unique<Inside>()) {}
Subject::Subject(const Subject& other) : inside_(std::make_unique<Inside>(*other.inside_)) {}
Subject& Subject::operator=(Subject other) {
    inside_ = std::move(other.inside_);
    return *this;
}
Subject::~Subject() = default;

namespace {

std::string text(Instant instant) { return model::time_text(instant.micros); }
std::string text(const Money& money) {
    return std::to_string(money.minor) + std::string(money.currency.text());
}
template <NamedEnum E>
std::string text(E value) {
    return std::string(to_name(value));
}

/// What is not right about a refusal by itself.
std::string refusal_fault(const domain::Refusal& refusal) {
    if (!std::is_sorted(refusal.allowed.begin(), refusal.allowed.end()))
        return "the allowed commands are not in the order of CommandType";
    for (const auto type : refusal.allowed)
        if (!domain::from_outside(type)) return "a command of tick's is listed as allowed";
    if (refusal.message.empty()) return "a refusal without a message";
    return "";
}

std::string describe(const TestWorld& world, const std::string& id, const domain::CertificateState& c) {
    std::string made =
        "account=" + c.stream.account.value + " status=" + (c.status ? text(*c.status) : "none");
    if (c.deleted()) return made;
    const auto add = [&made](const std::string& name, const std::string& value) {
        made.append(" ").append(name).append("=").append(value);
    };
    add("first", text(c.stream.first_at));
    if (c.uploaded) made += " uploaded";
    if (c.key_held) made += " key-held";
    std::vector<std::string> names;
    for (const auto& name : c.names) names.push_back(name.ascii);
    add("names", model::list_text(names));
    if (c.product) {
        add("payment", text(c.payment));
        add("term-end", text(c.term_end));
        if (c.quota) add("unit", c.quota->value + "/" + std::to_string(c.unit));
    }
    if (c.paid_by_term) made += " by-term";
    if (c.predecessor) add("predecessor", c.predecessor->value);
    if (c.successor) add("successor", c.successor->value);
    if (c.is(Status::pending_verification) && c.application) {
        add("application", text(c.application->validation) + "/" + token_of(c.application->key_sha256));
        if (c.application->mail_confirmed_at) add("mail", text(*c.application->mail_confirmed_at));
        if (c.application->organization_verified_at)
            add("organization", text(*c.application->organization_verified_at));
    }
    for (const auto& [name, result] : c.validations)
        add("v:" + name, (result.succeeded ? "yes@" : "no@") + text(result.at));
    if (c.issued_at && !c.uploaded) add("issued", text(*c.issued_at));
    if (c.issued_at || c.uploaded)
        add("valid", text(c.not_before) + ".." + text(c.not_after) + "/" + token_of(c.sha256));
    if (c.hosted) made += " hosted";
    if (c.is(Status::issued) && c.revocation_open())
        add("revocation", (c.revocation == domain::RevocationState::confirmed ? "confirmed/" : "requested/") +
                              text(c.revocation_reason));
    static constexpr const char* kRefund[] = {"none", "granted", "declined", "paid"};
    if (c.refund != domain::RefundState::none) add("refund", kRefund[static_cast<int>(c.refund)]);
    if (c.refunded()) add("amount", text(c.refund_amount));
    std::vector<std::string> served;
    for (const auto& [name, target] : c.deployments) {
        add("t:" + name,
            std::string(target.start_open ? "started," : "") + "" + (target.ever_deployed ? "ever" : ""));
        if (world.target_holder(c.stream.account, name) == CertificateId{id}) served.push_back(name);
    }
    add("serves", model::list_text(served));
    return made;
}

std::string describe(const domain::QuotaState& q) {
    std::string units(static_cast<std::size_t>(q.count), '0');
    for (const auto& [first, last] : q.free)
        for (std::int64_t unit = first; unit <= last; ++unit)
            units.at(static_cast<std::size_t>(unit - 1)) = '1';
    return "account=" + q.stream.account.value + " count=" + std::to_string(q.count) +
           " price=" + text(q.price) + " consumed=" + std::to_string(q.consumed) +
           " returned=" + std::to_string(q.returned) + " refunded=" + std::to_string(q.refunded) +
           " free=" + std::to_string(q.free_units()) + " units=" + units;
}

/// Everything of a world's certificates and quotas, in the same form as the model's.
std::map<std::string, std::string> everything(const TestWorld& world) {
    std::map<std::string, std::string> all;
    for (const auto& [id, state] : world.certificates())
        all["certificate-" + id.value] = describe(world, id.value, state) +
                                         " version=" + std::to_string(state.stream.version) +
                                         (state.broken ? " broken" : "");
    for (const auto& [id, state] : world.quotas())
        all["quota-" + id.value] = describe(state) + " version=" + std::to_string(state.stream.version) +
                                   (state.broken ? " broken" : "");
    return all;
}

std::shared_ptr<const Logged> through_octets(const Logged& logged) {
    Bytes octets, again;
    encode_event(logged.event, octets);
    auto read = decode_event(type_of(logged.event), schema_of(logged.event), octets);
    if (!read) return nullptr;
    encode_event(*read, again);
    if (again != octets) return nullptr;
    return std::make_shared<Logged>(Logged{logged.stream, logged.account, logged.at, std::move(*read)});
}

std::string replay_fault(const TestWorld& world) {
    const auto now = everything(world);
    TestWorld one_by_one;
    std::map<std::string, std::vector<std::shared_ptr<const Logged>>> by_stream;
    for (std::size_t i = policies::default_policies().size(); i < world.log().size(); ++i) {
        auto read = through_octets(*world.log()[i]);
        if (!read)
            return "an event changes on its way through its encoding: " +
                   text(type_of(world.log()[i]->event));
        by_stream[read->stream.value].push_back(read);
        one_by_one.take(std::move(read));
    }
    if (everything(one_by_one) != now) return "the log replayed one by one gives other states";
    std::map<std::string, std::string> batched;
    for (const auto& [stream, all] : by_stream) {
        const std::string id(id_part(stream));
        if (stream_kind(stream) == StreamKind::certificate) {
            domain::CertificateState state;
            bool closed = false;
            for (const auto& each : all) {
                if (closed) return "an event follows the deletion of " + stream;
                evolve(state, each->event, each->at, each->account);
                closed = type_of(each->event) == EventType::certificate_deleted;
            }
            if (state.stream.account != all.front()->account)
                return "not the first event decides the account";
            batched[stream] = describe(world, id, state) +
                              " version=" + std::to_string(state.stream.version) +
                              (state.broken ? " broken" : "");
        } else if (stream_kind(stream) == StreamKind::quota) {
            domain::QuotaState state;
            for (const auto& each : all) evolve(state, each->event, each->at, each->account);
            batched[stream] = describe(state) + " version=" + std::to_string(state.stream.version) +
                              (state.broken ? " broken" : "");
        }
    }
    return batched == now ? "" : "the log folded stream by stream gives other states";
}

/// Paid = given back + kept, by currency. Paid and given back come from the events, kept from the states.
std::string money_fault(const TestWorld& world) {
    std::map<std::string, std::int64_t> balance;
    const auto add = [&balance](const Money& money, std::int64_t sign) {
        balance[std::string(money.currency.text())] += sign * money.minor;
    };
    for (const auto& logged : world.log()) {
        if (const auto* e = std::get_if<QuotaPurchased>(&logged->event)) add(e->price, 1);
        if (const auto* e = std::get_if<CertificatePurchased>(&logged->event)) add(e->payment, 1);
        if (const auto* e = std::get_if<QuotaRefunded>(&logged->event)) add(e->amount, -1);
        if (const auto* e = std::get_if<RefundGranted>(&logged->event)) add(e->amount, -1);
    }
    std::map<std::string, std::set<std::int64_t>> free_or_used;
    for (const auto& [id, quota] : world.quotas())
        for (const auto& [first, last] : quota.free)
            for (std::int64_t unit = first; unit <= last; ++unit) {
                free_or_used[id.value].insert(unit);
                add(share(quota.price, quota.count, unit - 1), -1);
            }
    for (const auto& [id, c] : world.certificates()) {
        // A unit that went back into its quota is counted there.
        const bool gave_back = c.deleted() && c.quota && !c.issued_at && !c.refunded();
        if (c.refunded() && !(c.refund_amount == c.payment)) return "a refund is not the payment";
        if (gave_back || c.refunded()) continue;
        if (c.quota && !free_or_used[c.quota->value].insert(c.unit).second) return "a unit is in use twice";
        add(c.payment, -1);
    }
    for (const auto& [currency, left] : balance)
        if (left != 0) return "money is not conserved: " + std::to_string(left) + " " + currency;
    return "";
}

std::string quota_fault(const domain::QuotaState& quota) {
    std::int64_t runs = 0;
    for (const auto& [first, last] : quota.free) {
        if (first > last || first < 1 || last > quota.count) return "a run of free units is not one";
        runs += last - first + 1;
    }
    if (runs != quota.free_units() || runs < 0) return "a quota's balance is not what is free";
    return "";
}

}  // namespace

Subject::Told Subject::run(const model::Request& request) {
    TestWorld& world = inside_->world;
    const std::size_t length = world.log().size();
    Asked asked = convert(request, world.zones());
    Told told;
    Outcome outcome = world.run(asked.header, asked.command, std::move(asked.facts));
    model::Answer& answer = told.answer;
    answer.ok = !outcome.refusal;
    if (outcome.refusal) {
        const auto& refusal = *outcome.refusal;
        answer.code = text(refusal.code);
        answer.field = refusal.field;
        if (refusal.status) answer.status = text(*refusal.status);
        for (const auto type : refusal.allowed) answer.allowed.push_back(text(type));
        std::sort(answer.allowed.begin(), answer.allowed.end());
        answer.situation_known = !outcome.form;
        told.broken = refusal_fault(refusal);
        if (world.log().size() != length) told.broken = "a refused command changed the log";
        return told;
    }
    for (const auto& [stream, event] : outcome.events) {
        answer.events.push_back({text(type_of(event)), stream.value, detail(event)});
        if (stream_kind(stream.value) == StreamKind::certificate &&
            world.certificate(CertificateId{std::string(id_part(stream.value))}).broken)
            told.broken = "evolve did not take " + text(type_of(event));
        if (stream_kind(stream.value) == StreamKind::quota) {
            const auto& quota = world.quota(QuotaId{std::string(id_part(stream.value))});
            told.broken = quota.broken ? "evolve did not take " + text(type_of(event)) : quota_fault(quota);
        }
    }
    return told;
}

std::string Subject::describe_certificate(const std::string& id) const {
    const auto& state = inside_->world.certificate(CertificateId{id});
    return state.exists() ? describe(inside_->world, id, state) : "none";
}

std::string Subject::describe_quota(const std::string& id) const {
    const auto& state = inside_->world.quota(QuotaId{id});
    return state.exists() ? describe(state) : "none";
}

std::set<std::string> Subject::certificates() const {
    std::set<std::string> ids;
    for (const auto& entry : inside_->world.certificates()) ids.insert(entry.first.value);
    return ids;
}

std::set<std::string> Subject::quotas() const {
    std::set<std::string> ids;
    for (const auto& entry : inside_->world.quotas()) ids.insert(entry.first.value);
    return ids;
}

std::string Subject::fault() const {
    std::map<std::string, std::optional<Status>> status;
    for (const auto& logged : inside_->world.log()) {
        if (stream_kind(logged->stream.value) != StreamKind::certificate) continue;
        auto& now = status[logged->stream.value];
        now = lifecycle::next(now, type_of(logged->event));
        if (!now)
            return "the machine forbids " + text(type_of(logged->event)) + " on " + logged->stream.value;
    }
    if (auto found = money_fault(inside_->world); !found.empty()) return found;
    return replay_fault(inside_->world);
}

std::string table_fault() {
    std::vector<std::optional<Status>> froms{std::nullopt};
    for (const auto& entry : EnumTraits<Status>::entries) froms.push_back(entry.value);
    for (const auto& from : froms)
        for (const auto& entry : EnumTraits<EventType>::entries) {
            const auto expected = model::after(from ? text(*from) : "", std::string(entry.name));
            const auto found = lifecycle::next(from, entry.value);
            if (expected != (found ? std::optional<std::string>(text(*found)) : std::nullopt))
                return std::string(entry.name) + " in status '" + (from ? text(*from) : "") + "'";
        }
    return "";
}

}  // namespace certledger::testing

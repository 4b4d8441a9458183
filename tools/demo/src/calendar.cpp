#include "calendar.hpp"

#include <certledger/adapters/http/challenge_responder.hpp>
#include <certledger/adapters/names/name.hpp>
#include <certledger/adapters/openssl/csr.hpp>
#include <cstdio>

namespace certledger::demo {
namespace {

using namespace domain;
using events::Kind;
using events::Level;
using events::Product;

const events::QuotaId kSingleQuota{"q-dv-single"};
const events::QuotaId kMultiQuota{"q-dv-multi"};

Product product(std::string brand, Level level, Kind kind, std::int64_t names_max) {
    return {level, kind, names_max, 1, std::move(brand)};
}

events::Money usd(std::int64_t cents) { return {cents, {}}; }

Contact contact_for(const Order& order) {
    return {"Webmaster of " + order.name, "webmaster@example.org", "+49 30 1234567"};
}
Company company_for(const Order& order) {
    return {order.name + " Ltd", "DE", "HRB 12345", "Example Street 1, Berlin"};
}

std::vector<std::string> names_of(const Order& order) {
    if (order.course != Course::renewed_by_quota) return {order.name};
    return {order.name, "www." + order.name};
}

SubmitApplication application(const Order& order) {
    SubmitApplication submit;
    submit.certificate = order.id;
    submit.contact = contact_for(order);
    submit.key = "ec-p256";
    if (order.course == Course::organization) {
        submit.company = company_for(order);
        submit.key = order.even ? "rsa-2048" : "ec-p384";
    } else {
        submit.validation = events::ValidationMethod::http_file;
    }
    return submit;
}

/// A request made outside, with a key that the ledger never sees.
Result<std::string> own_request(const Order& order) {
    const auto normal = adapters::names::normalize_name(order.name);
    const auto key = adapters::openssl::generate_key(events::KeyAlgorithm::ec_p256);
    return adapters::openssl::make_csr(key, {normal->ascii}, {}, normal->ascii);
}

Result<void> given(const Result<engine::Answer>& answer) {
    if (!answer) return tl::make_unexpected(answer.error());
    return {};
}

bool from_quota(Course course) {
    return course != Course::revoked_late && course != Course::organization && course != Course::never_issued;
}

std::string numbered_id(std::size_t number) {
    char text[16];
    std::snprintf(text, sizeof text, "c-%04zu", number);
    return text;
}

events::CertificateId successor_of(const Order& order) { return {order.id.value + "-next"}; }

/// A web server that answers, but where nothing was published.
Result<void> look_where_nothing_is(Stage& stage, const Order& order) {
    auto empty = adapters::http::ChallengeResponder::start();
    if (!empty) return tl::make_unexpected(empty.error());
    workflow::ProofSource nothing;
    nothing.kind = workflow::ProofSource::Kind::address;
    nothing.port = empty->port();
    return stage.took(stage.workflow(nothing).follow_application(order.id), true);
}

}  // namespace

std::vector<Order> make_orders(const std::vector<std::string>& names, Report& report) {
    std::vector<Order> orders;
    for (const auto& name : names) {
        Order order;
        order.name = name;
        order.course = static_cast<Course>(orders.size() % kCourses);
        order.even = orders.size() / kCourses % 2 == 0;
        std::string fault;
        for (const auto& wanted : names_of(order)) {
            const auto normal = adapters::names::normalize_name(wanted);
            if (!normal) {
                fault = normal.error().message;
            } else if (normal->kind != adapters::names::NameKind::plain) {
                fault = "not a plain host name";
            }
        }
        if (!fault.empty()) {
            report.left_out.push_back(name + ": " + fault);
            continue;
        }
        order.id.value = numbered_id(orders.size() + 1);
        orders.push_back(std::move(order));
    }
    return orders;
}

Result<void> buy_quotas(Stage& stage, const std::vector<Order>& orders) {
    std::int64_t singles = 1;
    std::int64_t multis = 1;
    for (const auto& order : orders) {
        if (!from_quota(order.course)) continue;
        // A renewal by quota takes a second unit.
        (order.course == Course::renewed_by_quota ? multis : singles) +=
            order.course == Course::renewed_by_quota ? 2 : 1;
    }
    const BuyQuota single{kSingleQuota, product("digicert", Level::dv, Kind::single, 1), singles,
                          usd(singles * 990 + 7)};
    const BuyQuota multi{kMultiQuota, product("geotrust", Level::dv, Kind::multi, 5), multis,
                         usd(multis * 2'450 + 1)};
    if (auto bought = given(stage.give(single)); !bought) return bought;
    if (auto bought = given(stage.give(multi)); !bought) return bought;
    stage.report().quotas = 2;
    return {};
}

Result<void> order_and_apply(Stage& stage, const Order& order) {
    stage.pass(60);
    ++stage.report().ordered;
    SubmitApplication submit = application(order);
    if (order.course == Course::revoked_late) {
        auto csr = own_request(order);
        if (!csr) return tl::make_unexpected(csr.error());
        submit.key.reset();
        submit.csr = std::move(*csr);
    }
    if (order.course == Course::renewed_by_price) {
        CreateCertificate quick;
        quick.quota = kSingleQuota;
        quick.certificate = order.id;
        quick.names = names_of(order);
        quick.quick_issue = true;
        quick.validation = submit.validation;
        quick.contact = submit.contact;
        quick.key = submit.key;
        return given(stage.give(quick));
    }
    if (from_quota(order.course)) {
        const auto& quota = order.course == Course::renewed_by_quota ? kMultiQuota : kSingleQuota;
        CreateCertificate create;
        create.quota = quota;
        create.certificate = order.id;
        create.names = names_of(order);
        if (auto created = given(stage.give(create)); !created) return created;
    } else {
        const bool ov = order.course == Course::organization;
        const BuyCertificate buy{
            order.id, product(ov ? "globalsign" : "geotrust", ov ? Level::ov : Level::dv, Kind::single, 1),
            names_of(order), ov ? usd(29'900) : usd(4'900)};
        if (auto bought = given(stage.give(buy)); !bought) return bought;
        if (order.course == Course::never_issued && order.even) return {};
    }
    stage.pass(60);
    return given(stage.give(submit));
}

namespace {

Result<void> by_the_desk(Stage& stage, const Order& order) {
    const auto& id = order.id;
    if (auto sent = given(stage.give(RecordMail{id, MailOutcome::sent})); !sent) return sent;
    if (auto started = given(stage.give(RecordReview{id, ReviewOutcome::started})); !started) return started;
    stage.pass(600);
    if (auto confirmed = given(stage.give(RecordMail{id, MailOutcome::confirmed})); !confirmed)
        return confirmed;
    if (auto verified = given(stage.give(RecordOrganization{id})); !verified) return verified;
    return stage.took(stage.workflow().issue(id));
}

Result<void> rejected_once(Stage& stage, const Order& order) {
    const RejectApplication reject{order.id, "the contact's mail address does not answer"};
    if (auto no = given(stage.give(reject)); !no) return no;
    stage.pass(3'600);
    SubmitApplication corrected = application(order);
    corrected.contact->mail = "hostmaster@example.org";
    return given(stage.give(corrected));
}

Result<void> withdrawn_once(Stage& stage, const Order& order) {
    if (auto back = given(stage.give(WithdrawApplication{order.id})); !back) return back;
    stage.pass(3'600);
    SubmitApplication again = application(order);
    again.key = "ec-p384";
    return given(stage.give(again));
}

}  // namespace

Result<void> validate_and_issue(Stage& stage, const Order& order) {
    stage.pass(120);
    Result<void> before;
    switch (order.course) {
        case Course::never_issued:
            return {};
        case Course::organization:
            return by_the_desk(stage, order);
        case Course::second_try:
            before = look_where_nothing_is(stage, order);
            break;
        case Course::rejected:
            before = rejected_once(stage, order);
            break;
        case Course::withdrawn:
            before = withdrawn_once(stage, order);
            break;
        default:
            break;
    }
    if (!before) return before;
    return stage.took(stage.workflow().follow_application(order.id));
}

Result<void> deploy(Stage& stage, const Order& order, const std::string& targets) {
    if (order.course == Course::never_issued || order.course == Course::revoked_late) return {};
    stage.pass(60);
    if (order.course == Course::rejected || order.course == Course::renewed_by_price) {
        return given(stage.give(EnableHosting{order.id}));
    }
    return stage.took(stage.workflow().deploy(order.id, "nginx:" + targets + "/" + order.id.value, false));
}

namespace {

Result<void> revoke(Stage& stage, const Order& order, events::RevocationReason reason) {
    if (auto asked = given(stage.give(RequestRevocation{order.id, reason})); !asked) return asked;
    stage.pass(300);
    return stage.took(stage.workflow().follow_revocation(order.id));
}

}  // namespace

Result<void> revoke_early(Stage& stage, const Order& order) {
    stage.pass(60);
    if (order.course == Course::renewed_by_price) {
        return stage.expect_refusal(RequestRevocation{order.id, events::RevocationReason::superseded});
    }
    if (order.course == Course::never_issued && order.even) {
        if (auto asked = given(stage.give(RequestRefund{order.id})); !asked) return asked;
        if (auto paid = given(stage.give(PayRefund{order.id, "wire-" + order.id.value, {}})); !paid)
            return paid;
        ++stage.report().deleted;
        return given(stage.give(DeleteCertificate{order.id, {}}));
    }
    if (order.course != Course::revoked_in_window) return {};
    if (auto revoked = revoke(stage, order, events::RevocationReason::key_compromise); !revoked)
        return revoked;
    stage.pass(3'600);
    // Some refunds stay unpaid, for the watch list.
    return order.even ? given(stage.give(PayRefund{order.id, "wire-" + order.id.value, {}})) : Result<void>{};
}

Result<void> revoke_late(Stage& stage, const Order& order) {
    if (order.course != Course::revoked_late) return {};
    stage.pass(60);
    return revoke(stage, order, events::RevocationReason::cessation_of_operation);
}

Result<void> renew(Stage& stage, const Order& order) {
    RenewCertificate renewal{order.id, successor_of(order), {}};
    if (order.course == Course::renewed_by_quota) {
        renewal.pays = Pays{events::RenewalPayment::quota, kMultiQuota, {}};
    } else if (order.course == Course::renewed_by_price) {
        renewal.pays = Pays{events::RenewalPayment::price, {}, usd(3'900)};
    } else if (order.course != Course::renewed_by_term) {
        return {};
    }
    stage.pass(60);
    if (auto ordered = given(stage.give(renewal)); !ordered) return ordered;
    SubmitApplication submit = application(order);
    submit.certificate = successor_of(order);
    if (auto submitted = given(stage.give(submit)); !submitted) return submitted;
    stage.pass(60);
    ++stage.report().renewed;
    return stage.took(stage.workflow().follow_application(successor_of(order)));
}

Result<void> clean_up(Stage& stage, const Order& order) {
    if (order.course != Course::withdrawn || !order.even) return {};
    stage.pass(60);
    if (auto no = stage.expect_refusal(DeleteCertificate{order.id, {}}); !no) return no;
    ++stage.report().deleted;
    return given(stage.give(DeleteCertificate{order.id, true}));
}

}  // namespace certledger::demo

#include "support/command_gen.hpp"

#include <algorithm>

namespace certledger::testing {

using model::Amount;
using model::kDay;
using model::kSecond;
using Strings = std::vector<std::string>;

namespace {

const Strings kCertificates{"k1", "k2", "k3", "k4", "k5", "k6", "k7", "k8", "k9"};
const Strings kCommands{
    "buy-quota",          "refund-quota",         "buy-certificate",      "create-certificate",
    "submit-application", "withdraw-application", "issue-challenge",      "record-validation",
    "record-review",      "record-mail",          "record-phone",         "record-organization",
    "record-issuance",    "reject-application",   "issue-certificate",    "upload-certificate",
    "deploy-certificate", "record-deployment",    "download-certificate", "enable-hosting",
    "disable-hosting",    "renew-certificate",    "request-revocation",   "confirm-revocation",
    "record-revocation",  "request-refund",       "pay-refund",           "expire-certificate",
    "delete-certificate", "adopt-policy"};
const Strings kPlain{"example.com", "www.example.com", "a.example.com", "shop.example.org", "Example.net."};
const Strings kWild{"*.example.com", "*.example.org"};
const Strings kAddress{"192.0.2.1", "2001:db8::1"};
const Strings kBad{"bad_name.com", "*.co.uk", "com", "a..example.com", "localhost", "*.*.example.com", ""};

}  // namespace

CommandSource::CommandSource(std::uint64_t seed) : random_(seed), now_(0) {
    // 2020-08-25, 2026-01-01, 2026-03-10, 2027-03-10, 2029-03-10: around the dates at which caps change.
    static constexpr std::int64_t kStarts[] = {18'499, 20'454, 20'522, 20'887, 21'618};
    now_ = random_.pick(kStarts) * kDay + between(0, 86'399) * kSecond;
}

std::string CommandSource::any(std::initializer_list<const char*> list) {
    return *(list.begin() + random_.below(list.size()));
}

std::int64_t CommandSource::between(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(high - low + 1)));
}

std::vector<std::int64_t> CommandSource::boundaries(const Model& model) const {
    std::vector<std::int64_t> found;
    for (const auto& [id, c] : model.certificates()) {
        if (c.status == "deleted") continue;
        if (c.status == "issued" || c.status == "expired") {
            found.insert(found.end(),
                         {c.not_after, c.not_after - 30 * kDay, c.not_after - 10 * kDay, c.term_end});
        }
        if (c.issued_at && c.status == "issued") {
            found.push_back(*c.issued_at + 30 * kDay);
            found.push_back(*c.issued_at + 7 * kDay);
            found.push_back((*c.issued_at / kDay + 8) * kDay - kSecond);  // the end of the 7th calendar day
            found.push_back(c.paid_at + 30 * kDay);
        }
        if (c.status == "pending-verification") {
            const std::int64_t reuse = model.days(c.account, "reuse", now_) * kDay;
            for (const auto& entry : c.validations) found.push_back(entry.second.at + reuse);
            if (c.mail_at) found.push_back(*c.mail_at + reuse);
        }
    }
    for (const std::int64_t date : {18'506, 20'527, 20'892, 21'623})
        if (date * kDay < now_ + 40 * kDay) found.push_back(date * kDay);
    found.erase(std::remove_if(found.begin(), found.end(), [this](auto at) { return at < now_; }),
                found.end());
    return found;
}

void CommandSource::advance(const Model& model) {
    const std::uint64_t way = random_.below(100);
    if (way < 60) {
        now_ += between(0, 3'600) * kSecond;
    } else if (way < 70) {
        now_ += between(0, 2 * 86'400) * kSecond;
    } else if (way < 75) {
        const auto list = boundaries(model);
        if (!list.empty()) now_ = random_.pick(list) + between(-1, 1) * kSecond;
    }
}

std::string CommandSource::some_certificate(const Model& model) {
    Strings live;
    for (const auto& [id, c] : model.certificates())
        if (c.status != "deleted" || percent(4)) live.push_back(id);
    if (live.empty() || percent(2)) return random_.pick(kCertificates);
    return random_.pick(live);
}

std::string CommandSource::fresh_certificate(const Model& model) {
    Strings free;
    for (const auto& id : kCertificates)
        if (model.certificates().count(id) == 0) free.push_back(id);
    if (free.empty() || percent(3)) return random_.pick(kCertificates);
    return random_.pick(free);
}

std::string CommandSource::next_step(const Model& model, const std::string& id) {
    const auto found = model.certificates().find(id);
    if (found == model.certificates().end()) return random_.pick(kCommands);
    const Certificate& c = found->second;
    if (c.status == "paid" || c.status == "validation-failed")
        return c.refund == "granted" ? "pay-refund" : percent(85) ? "submit-application" : "request-refund";
    if (c.status == "pending-verification") {
        const bool dv = c.product->level == "dv";
        const std::int64_t reuse = model.days(c.account, "reuse", now_) * kDay;
        if (!dv && (!c.mail_at || (now_ - *c.mail_at > reuse && percent(80)))) return "record-mail";
        if (!dv && !c.organization_at) return "record-organization";
        for (const auto& name : c.names) {
            if (!dv && model::read_name(name).form != model::Form::address) continue;
            const auto result = c.validations.find(name);
            if (result == c.validations.end() || !result->second.succeeded) return "record-validation";
            if (now_ - result->second.at > reuse && percent(80)) return "record-validation";
        }
        return "issue-certificate";
    }
    if (c.status == "issued") {
        for (const auto& entry : c.targets)
            if (entry.second.started && percent(60)) return "record-deployment";
        if (c.requested && percent(50))
            return c.product->level == "dv" || c.confirmed ? "record-revocation" : "confirm-revocation";
        return any({"deploy-certificate", "deploy-certificate", "renew-certificate", "renew-certificate",
                    "request-revocation", "record-revocation", "enable-hosting", "disable-hosting",
                    "download-certificate", "expire-certificate", "delete-certificate", "record-deployment"});
    }
    if (c.refund == "granted") return "pay-refund";
    return any({"delete-certificate", "record-deployment", "download-certificate", "pay-refund"});
}

model::Product CommandSource::product() {
    static const std::vector<model::Product> kProducts{
        {"digicert", "dv", "single", 1, 1},   {"digicert", "dv", "single", 1, 1},
        {"digicert", "dv", "wildcard", 1, 1}, {"digicert", "dv", "multi", 3, 2},
        {"geotrust", "ov", "single", 1, 1},   {"geotrust", "ov", "multi", 3, 1},
        {"geotrust", "ov", "wildcard", 1, 1}, {"ev-house", "ev", "single", 1, 1},
        {"ev-house", "ev", "multi", 2, 6}};
    static const std::vector<model::Product> kWrong{
        {"digicert", "ev", "wildcard", 1, 1}, {"digicert", "dv", "single", 2, 1},
        {"digicert", "dv", "multi", 251, 1},  {"digicert", "dv", "multi", 0, 1},
        {"digicert", "dv", "single", 1, 7},   {"Digi Cert", "dv", "single", 1, 1},
        {"", "dv", "single", 1, 1},           {"digicert", "dv", "single", 1, 0}};
    return percent(3) ? random_.pick(kWrong) : random_.pick(kProducts);
}

Amount CommandSource::price() {
    static const std::vector<Amount> kPrices{{0, "USD"},   {10'000, "USD"}, {10'000, "USD"}, {7, "USD"},
                                             {100, "JPY"}, {1'001, "KWD"},  {999, "EUR"}};
    return random_.pick(kPrices);
}

Strings CommandSource::names_for(const model::Product& product) {
    Strings names;
    if (percent(7)) {  // anything at all
        for (std::uint64_t left = random_.below(5); left > 0; --left)
            names.push_back(random_.pick(percent(40)   ? kPlain
                                         : percent(30) ? kWild
                                         : percent(50) ? kAddress
                                                       : kBad));
        return names;
    }
    if (product.kind == "wildcard") return {random_.pick(kWild)};
    const std::int64_t count =
        product.kind == "single"
            ? 1
            : between(1, std::max<std::int64_t>(1, std::min<std::int64_t>(product.names_max, 3)));
    Strings pool = kPlain;
    if (product.level == "ov") pool.insert(pool.end(), kAddress.begin(), kAddress.end());
    while (static_cast<std::int64_t>(names.size()) < count) {
        const auto& name = random_.pick(pool);
        if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    }
    return names;
}

std::string CommandSource::key_of(const Certificate& certificate) {
    return percent(85) && !certificate.application_key.empty() ? certificate.application_key
                                                               : any({"key-1", "key-2"});
}

model::Request CommandSource::next(const Model& model) {
    advance(model);
    ++count_;
    Request r;
    r.generated = "g" + std::to_string(count_);
    r.at = now_;
    if (percent(6)) r.at -= between(0, 20 * 86'400) * kSecond;
    r.account = percent(70) ? "default" : "acme";
    const auto live = std::count_if(model.certificates().begin(), model.certificates().end(),
                                    [](const auto& entry) { return entry.second.status != "deleted"; });
    if (percent(live < 3 ? 40 : live < 6 ? 15 : 6)) {
        r.command = any({"buy-quota", "buy-certificate", "buy-certificate", "create-certificate",
                         "create-certificate", "create-certificate", "upload-certificate", "refund-quota",
                         "adopt-policy"});
    } else {
        r.certificate = some_certificate(model);
        const auto named = model.certificates().find(*r.certificate);
        const auto allowed = named == model.certificates().end() ? Strings{} : model.allowed(*r.certificate);
        if (percent(60)) {
            r.command = next_step(model, *r.certificate);
        } else if (!allowed.empty() && percent(55)) {
            r.command = random_.pick(allowed);
        } else {
            r.command = random_.pick(kCommands);
        }
        if (named != model.certificates().end() && !percent(2)) r.account = named->second.account;
    }
    fill(r, model);
    return r;
}

void CommandSource::fill(Request& r, const Model& model) {
    static const std::set<std::string> kOrders{"buy-quota",          "refund-quota",       "buy-certificate",
                                               "create-certificate", "upload-certificate", "adopt-policy"};
    if (kOrders.count(r.command) > 0) {
        r.certificate.reset();
        return fill_order(r, model);
    }
    static const Certificate kNobody = [] {
        Certificate made;
        made.product = model::Product{};
        return made;
    }();
    const auto found = model.certificates().find(*r.certificate);
    const Certificate& c = found == model.certificates().end() ? kNobody : found->second;
    if (r.command == "submit-application")
        fill_application(r, c.product.value_or(model::Product{}), c.names);
    else if (r.command == "issue-certificate")
        fill_issue(r, c, model);
    else if (r.command == "renew-certificate")
        fill_renewal(r, c, model);
    else if (r.command == "request-revocation" || r.command == "record-revocation")
        fill_revocation(r, c);
    else
        fill_review(r, c);
}

void CommandSource::fill_order(Request& r, const Model& model) {
    static const Strings kQuotas{"q1", "q2", "q3"};
    if (r.command == "adopt-policy") return fill_policy(r);
    if (r.command == "buy-quota") {
        if (percent(90)) r.quota = random_.pick(kQuotas);
        r.product = product();
        r.count = percent(3) ? between(-1, 0) : between(1, 4);
        r.price = price();
    } else if (r.command == "refund-quota") {
        r.quota = percent(95) ? random_.pick(kQuotas) : "q9";
        if (percent(60)) r.count = between(percent(5) ? 0 : 1, 3);
    } else if (r.command == "buy-certificate") {
        if (percent(80)) r.certificate = fresh_certificate(model);
        r.product = product();
        r.names = names_for(*r.product);
        r.price = price();
    } else if (r.command == "create-certificate") {
        Strings known;
        for (const auto& entry : model.quotas()) known.push_back(entry.first);
        r.quota = known.empty() || percent(2) ? random_.pick(kQuotas) : random_.pick(known);
        const auto quota = model.quotas().find(*r.quota);
        const auto bought = quota == model.quotas().end() ? product() : quota->second.product;
        if (quota != model.quotas().end() && percent(97)) r.account = quota->second.account;
        if (percent(80)) r.certificate = fresh_certificate(model);
        r.names = names_for(bought);
        if (percent(35)) r.quick_issue = percent(90);
        if (r.quick_issue.value_or(percent(3))) fill_application(r, bought, *r.names);
    } else {
        if (percent(80)) r.certificate = fresh_certificate(model);
        model::Pem pem;
        pem.broken = percent(3);
        pem.not_before = r.at - between(0, 300) * kDay;
        pem.not_after = pem.not_before + between(10, 398) * kDay;
        pem.sha256 = percent(90) ? "u" + std::to_string(count_) : any({"f1", "f2", "f3", "f4", "f5"});
        pem.key = "key-u";
        pem.names = {random_.pick(kPlain)};
        if (percent(30)) pem.names.push_back(random_.pick(kWild));
        if (percent(60)) r.private_key = model::PrivateKey{percent(4), percent(93) ? "key-u" : "key-1"};
        r.pem = pem;
    }
}

void CommandSource::fill_application(Request& r, const model::Product& product, const Strings& names) {
    const bool address = std::any_of(names.begin(), names.end(), [](const std::string& name) {
        return model::read_name(name).form == model::Form::address;
    });
    if (percent(10)) {
        r.validation = any({"dns-auto", "dns-manual", "http-file", "mail"});
    } else if (product.level == "dv") {
        r.validation = product.kind == "wildcard" ? any({"dns-auto", "dns-manual"})
                                                  : any({"dns-auto", "dns-manual", "http-file"});
    } else if (percent(60)) {
        r.validation = address ? "http-file" : "mail";
    }
    if (product.level == "dv" && percent(3)) r.validation.reset();
    const auto spoil = [this](std::optional<std::string>& member) {
        if (percent(2)) member = percent(50) ? std::optional<std::string>() : any({"", "  "});
    };
    if (!percent(2)) {
        auto& contact = r.contact.emplace();
        spoil(contact.name);
        spoil(contact.mail);
        spoil(contact.phone);
    }
    if (product.level == "dv" ? percent(8) : !percent(3)) {
        auto& company = r.company.emplace();
        spoil(company.name);
        spoil(company.country);
        spoil(company.registration);
        spoil(company.address);
    }
    const std::uint64_t way = random_.below(100);
    if (way < 50) {
        r.key = percent(4) ? any({"rsa-1024", "dsa", "rsa"})
                           : any({"rsa-2048", "rsa-3072", "rsa-4096", "ec-p256", "ec-p384"});
    } else if (way < 75) {
        auto& csr = r.csr.emplace();
        csr.broken = percent(4);
        csr.weak = percent(4);
        csr.key = any({"key-1", "key-2"});
        for (const auto& name : names) csr.names.push_back(model::read_name(name).ascii);
        if (percent(5)) csr.names.push_back("other.example.com");
        if (percent(30)) std::reverse(csr.names.begin(), csr.names.end());
    } else if (way < 97) {
        r.key_sha256 = any({"key-1", "key-2"});
    } else if (way < 98) {
        r.key = "ec-p256";
        r.key_sha256 = "key-1";
    }
}

void CommandSource::fill_review(Request& r, const Certificate& c) {
    static const Strings kTargets{"nginx:/a", "cdn:b", "cdn:c", "apache:/d"};
    const auto cause = [this](bool needed) -> std::optional<std::string> {
        if (needed ? percent(4) : percent(70)) return std::nullopt;
        if (needed && percent(4)) return any({"", " "});
        return "no record";
    };
    if (r.command == "issue-challenge" || r.command == "record-validation") {
        Strings pending;
        for (const auto& name : c.names) {
            const auto result = c.validations.find(name);
            if (result == c.validations.end() || !result->second.succeeded) pending.push_back(name);
        }
        if (pending.empty() || percent(20)) pending = c.names;
        r.name =
            pending.empty() || percent(4) ? random_.pick(percent(60) ? kPlain : kBad) : random_.pick(pending);
        if (percent(5) && !c.names.empty()) r.name = random_.pick(c.names);
    }
    if (r.command == "record-validation") {
        r.outcome = percent(85) ? "succeeded" : "failed";
        r.cause = r.outcome == "failed" ? cause(true) : std::nullopt;
    } else if (r.command == "record-review") {
        r.outcome = "started";
    } else if (r.command == "record-mail") {
        r.outcome = percent(80) ? "confirmed" : "sent";
    } else if (r.command == "record-phone") {
        r.outcome = any({"requested", "verified"});
    } else if (r.command == "record-organization") {
        r.outcome = "verified";
    } else if (r.command == "record-issuance") {
        r.outcome = any({"intended", "failed"});
        r.cause = r.outcome == "failed" ? cause(true) : std::nullopt;
    } else if (r.command == "reject-application") {
        r.cause = cause(true);
    } else if (r.command == "deploy-certificate") {
        r.target = random_.pick(kTargets);
        if (percent(25)) r.force = percent(80);
    } else if (r.command == "record-deployment") {
        Strings begun;
        for (const auto& [name, target] : c.targets)
            if (target.started || target.ever_deployed) begun.push_back(name);
        r.target = begun.empty() || percent(8) ? random_.pick(kTargets) : random_.pick(begun);
        r.outcome = any({"succeeded", "succeeded", "failed", "rolled-back", "observed", "drifted"});
        r.cause = cause(false);
        if (percent(10)) r.fingerprint = "f1";
    } else if (r.command == "download-certificate") {
        r.format = any({"nginx", "apache", "pem", "der", "pfx", "iis", "tomcat", "jks"});
    } else if (r.command == "pay-refund") {
        r.reference = "bank-1";
        if (percent(30)) r.amount = percent(70) ? c.refund_amount : price();
    } else if (r.command == "delete-certificate") {
        if (percent(35)) r.force = percent(80);
    }
}

void CommandSource::fill_issue(Request& r, const Certificate& c, const Model& model) {
    const std::string account = c.account.empty() ? r.account : c.account;
    const std::int64_t cap = model.days(account, "validity", r.at);
    std::int64_t not_before = r.at - (percent(30) ? between(0, 3'600) * kSecond : 0);
    std::int64_t length =
        random_.pick(std::vector<std::int64_t>{5, 31, 45, 47, 90, 100, 200, cap, cap, cap}) * kDay;
    std::int64_t not_after = not_before + length - kSecond;
    if (percent(6)) not_after += kSecond;
    if (c.paid_by_term && percent(70))
        not_after = percent(40) ? c.term_end + between(-1, 1) * kSecond : std::min(not_after, c.term_end);
    if (percent(2)) not_after = not_before + between(-1, 0) * kSecond;
    if (percent(2)) {
        not_before -= 100 * kDay;
        not_after = r.at + between(-2, 0) * kSecond;
    }
    const std::string sha256 =
        percent(94) ? "f" + std::to_string(count_) : any({"f1", "f2", "f3", "f4", "f5", "f9"});
    std::optional<Strings> names;
    if (percent(30)) {
        names = c.names;
        if (percent(20)) std::reverse(names->begin(), names->end());
        if (percent(10)) names->push_back(random_.pick(percent(70) ? kPlain : kBad));
        if (percent(4)) names->clear();
    }
    if (percent(15)) {
        model::Pem pem{percent(4), not_before, not_after, sha256, key_of(c), names.value_or(c.names)};
        r.pem = pem;
        return;
    }
    r.serial = "0a";
    r.issuer = "CN=Test CA";
    r.not_before = not_before;
    r.not_after = not_after;
    r.sha256 = sha256;
    r.names = names;
    if (percent(30)) r.key_sha256 = key_of(c);
    if (percent(2)) (percent(50) ? r.sha256 : r.serial).reset();
    if (percent(1)) r.not_after.reset();
}

void CommandSource::fill_renewal(Request& r, const Certificate& c, const Model& model) {
    if (percent(70)) {  // go to where it can be renewed
        const std::int64_t opens = c.not_after - 30 * kDay;
        if (c.status == "issued" && opens > now_) now_ = r.at = opens + between(-1, 30 * 86'400) * kSecond;
    }
    if (percent(80)) r.successor = fresh_certificate(model);
    const std::uint64_t way = random_.below(100);
    if (way < 35) return;
    r.pays.emplace();
    if (way >= 55 && way < 80) {
        r.pays->kind = "quota";
        Strings same;
        for (const auto& [id, quota] : model.quotas())
            if (quota.account == c.account && (quota.product == c.product || percent(10))) same.push_back(id);
        r.pays->quota = same.empty() ? any({"q1", "q2", "q3", "q9"}) : random_.pick(same);
    } else if (way >= 80) {
        r.pays->kind = "price";
        r.pays->price = price();
    }
}

void CommandSource::fill_revocation(Request& r, const Certificate& c) {
    const auto reason = [this] {
        return percent(6) ? "privilege-withdrawn"
                          : any({"unspecified", "key-compromise", "affiliation-changed", "superseded",
                                 "cessation-of-operation"});
    };
    if (r.command == "request-revocation") {
        r.reason = reason();
        return;
    }
    r.outcome = percent(80) ? "completed" : "declined";
    if (r.outcome == "declined" && percent(50)) r.cause = "not ours";
    if (r.outcome == "completed" && percent(c.requested ? 10 : 40)) r.by = "ca";
    if (r.by ? percent(96) : percent(2)) r.reason = reason();
    if (percent(1)) r.by = "ca";
}

void CommandSource::fill_policy(Request& r) {
    if (percent(30)) r.scope = any({"account", "ledger"});
    auto& p = r.policy.emplace();
    p.effective_from = percent(50) ? r.at : r.at + between(-60, 60) * kDay;
    p.kind =
        any({"refund", "refund", "refund", "refund", "validity", "reuse", "renewal", "term", "revocation"});
    if (p.kind == "refund") {
        p.days = percent(4) ? -1 : random_.pick(std::vector<std::int64_t>{0, 7, 28, 30});
        p.clock = any({"issue", "payment"});
        p.day = any({"elapsed", "calendar"});
        p.unissued = percent(70) ? "full" : "none";
        p.ca_initiated = any({"full", "window"});
        if (percent(20)) p.zone = percent(80) ? "UTC" : "Mars/Base";
    } else if (p.kind == "validity" || p.kind == "reuse") {
        const std::int64_t step = p.effective_from + between(-10, 40) * kDay;
        if (!percent(3)) p.steps.emplace_back(0, between(40, 398));
        if (percent(60)) p.steps.emplace_back(percent(95) ? step : -kDay, between(5, 100));
    } else if (p.kind == "renewal") {
        p.days = random_.pick(std::vector<std::int64_t>{10, 30, 60});
    } else if (p.kind == "term") {
        p.days = random_.pick(std::vector<std::int64_t>{100, 365, 366});
    } else {
        p.other_seconds = 86'400 * between(1, 5);
    }
}

rc::Gen<std::vector<model::Request>> courses(std::size_t longest) {
    using Course = std::vector<model::Request>;
    return [longest](const rc::Random& random, int) {
        rc::Random numbers = random;
        const std::uint64_t seed = numbers.next();
        CommandSource source(seed);
        model::Model model;
        Course course;
        const std::size_t length = 1 + static_cast<std::size_t>(numbers.next() % longest);
        while (course.size() < length) {
            course.push_back(source.next(model));
            (void)model.run(course.back());
        }
        return rc::shrinkable::shrinkRecur(
            std::move(course), [](const Course& whole) { return rc::shrink::removeChunks(whole); });
    };
}

}  // namespace certledger::testing

#include "support/scenes.hpp"

namespace certledger::testing {

using model::kDay;
using model::Request;

namespace {

const model::Product kDv{"digicert", "dv", "single", 1, 1};
const model::Product kOv{"geotrust", "ov", "single", 1, 1};

Request made(const std::string& command, std::int64_t at) {
    Request r;
    r.command = command;
    r.at = at;
    r.generated = "generated";
    return r;
}

}  // namespace

Request on_k(const std::string& command, std::int64_t at, const std::string& outcome) {
    Request r = made(command, at);
    r.certificate = "k";
    if (!outcome.empty()) r.outcome = outcome;
    if (command == "submit-application") {
        r.contact.emplace();
        r.company.emplace();
        r.key = "ec-p256";
    } else if (command == "issue-challenge" || command == "record-validation") {
        r.name = "example.com";
        r.cause = outcome == "failed" ? std::optional<std::string>("no record") : std::nullopt;
    } else if (command == "record-issuance" && outcome == "failed") {
        r.cause = "no answer";
    } else if (command == "reject-application") {
        r.cause = "high risk";
    } else if (command == "issue-certificate") {
        r.serial = "0a";
        r.issuer = "CN=Test CA";
        r.not_before = kIssued;
        r.not_after = kNotAfter;
        r.sha256 = "f1";
    } else if (command == "deploy-certificate" || command == "record-deployment") {
        r.target = "nginx:/a";
    } else if (command == "download-certificate") {
        r.format = "pem";
    } else if (command == "request-revocation") {
        r.reason = "superseded";
    } else if (command == "pay-refund") {
        r.reference = "bank-1";
    }
    return r;
}

std::vector<Request> birth(const std::string& way) {
    if (way == "upload" || way == "upload-key") {
        Request upload = made("upload-certificate", kIssued);
        upload.certificate = "k";
        upload.pem = model::Pem{false, kIssued, kNotAfter, "f1", "key-u", {"example.com"}};
        if (way == "upload-key") upload.private_key = model::PrivateKey{false, "key-u"};
        return {upload};
    }
    Request quota = made("buy-quota", kBegin);
    quota.quota = "q";
    quota.product = kDv;
    quota.count = 2;
    quota.price = model::Amount{10'001, "USD"};
    Request order = made(way == "quota" ? "create-certificate" : "buy-certificate", kBegin);
    order.certificate = "k";
    order.names = {"example.com"};
    if (way == "quota") {
        order.quota = "q";
    } else {
        order.product = way == "ov" ? kOv : kDv;
        order.price = model::Amount{way == "free" ? 0 : 5'000, "USD"};
    }
    return {quota, order};
}

std::vector<Letter> every_command(std::int64_t at) {
    std::vector<Letter> letters;
    const auto add = [&](const std::string& variant, Request r) {
        letters.push_back({r.command + (variant.empty() ? "" : " " + variant), std::move(r)});
    };
    const auto with = [&](const std::string& command, const std::string& outcome = "") {
        return on_k(command, at, outcome);
    };
    for (Request r : birth("dv")) {
        r.at = at;
        add("", r);
    }
    Request created = birth("quota").back();
    created.at = at;
    add("", created);
    Request uploaded = birth("upload").back();
    uploaded.at = at;
    add("", uploaded);
    Request submit = with("submit-application");
    submit.validation = "dns-auto";
    add("dns-auto", submit);
    submit.validation = "mail";
    add("mail", submit);
    submit.validation.reset();
    submit.key.reset();
    submit.key_sha256 = "key-1";
    add("by default, key elsewhere", submit);
    for (const char* plain : {"withdraw-application", "issue-challenge"}) add("", with(plain));
    for (const auto& [command, outcome] :
         std::vector<std::pair<std::string, std::string>>{{"record-validation", "succeeded"},
                                                          {"record-validation", "failed"},
                                                          {"record-review", "started"},
                                                          {"record-mail", "sent"},
                                                          {"record-mail", "confirmed"},
                                                          {"record-phone", "requested"},
                                                          {"record-phone", "verified"},
                                                          {"record-organization", "verified"},
                                                          {"record-issuance", "intended"},
                                                          {"record-issuance", "failed"}})
        add(outcome, with(command, outcome));
    for (const char* plain : {"reject-application", "issue-certificate", "deploy-certificate"})
        add("", with(plain));
    Request elsewhere = with("deploy-certificate");
    elsewhere.target = "cdn:b";
    add("to cdn:b", elsewhere);
    for (const char* outcome : {"succeeded", "failed", "rolled-back", "observed", "drifted"})
        add(outcome, with("record-deployment", outcome));
    add("pem", with("download-certificate"));
    Request pfx = with("download-certificate");
    pfx.format = "pfx";
    add("pfx", pfx);
    for (const char* plain : {"enable-hosting", "disable-hosting"}) add("", with(plain));
    Request renew = with("renew-certificate");
    renew.successor = "k-next";
    add("by term", renew);
    renew.pays = model::Pays{"quota", "q", {}};
    add("by quota", renew);
    renew.pays = model::Pays{"price", "", {4'000, "USD"}};
    add("by price", renew);
    for (const char* plain : {"request-revocation", "confirm-revocation"}) add("", with(plain));
    for (const char* outcome : {"completed", "declined"}) add(outcome, with("record-revocation", outcome));
    Request by_ca = with("record-revocation", "completed");
    by_ca.by = "ca";
    by_ca.reason = "privilege-withdrawn";
    add("completed by the CA", by_ca);
    for (const char* plain : {"request-refund", "pay-refund", "expire-certificate", "delete-certificate"})
        add("", with(plain));
    Request forced = with("delete-certificate");
    forced.force = true;
    add("forced", forced);
    return letters;
}

}  // namespace certledger::testing

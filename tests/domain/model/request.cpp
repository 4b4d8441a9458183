#include "model/request.hpp"

#include <cstdio>
#include <ostream>

#include "model/model.hpp"

namespace certledger::model {

std::string time_text(std::int64_t micros) {
    // Days to a date after H. Hinnant's civil_from_days.
    std::int64_t day = micros / kDay;
    std::int64_t rest = micros % kDay;
    if (rest < 0) {
        rest += kDay;
        --day;
    }
    const std::int64_t shifted = day + 719'468;
    const std::int64_t era = (shifted >= 0 ? shifted : shifted - 146'096) / 146'097;
    const std::int64_t of_era = shifted - era * 146'097;
    const std::int64_t year = (of_era - of_era / 1'460 + of_era / 36'524 - of_era / 146'096) / 365;
    const std::int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
    const std::int64_t shifted_month = (5 * of_year + 2) / 153;
    const std::int64_t month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
    const std::int64_t seconds = rest / kSecond;
    char text[80];
    std::snprintf(text, sizeof text, "%04lld-%02lld-%02lldT%02lld:%02lld:%02lldZ",
                  static_cast<long long>(year + era * 400 + (month <= 2 ? 1 : 0)),
                  static_cast<long long>(month),
                  static_cast<long long>(of_year - (153 * shifted_month + 2) / 5 + 1),
                  static_cast<long long>(seconds / 3600), static_cast<long long>(seconds / 60 % 60),
                  static_cast<long long>(seconds % 60));
    return text;
}

std::ostream& operator<<(std::ostream& out, const Request& r) {
    out << time_text(r.at) << " " << r.account << ": " << r.command;
    const auto text = [&out](const char* name, const std::optional<std::string>& value) {
        if (value) out << " " << name << "=" << *value;
    };
    const auto time = [&out](const char* name, const std::optional<std::int64_t>& value) {
        if (value) out << " " << name << "=" << time_text(*value);
    };
    const auto product = [](const Product& p) {
        return p.brand + "/" + p.level + "/" + p.kind + "/" + std::to_string(p.names_max) + "/" +
               std::to_string(p.term_years) + "y";
    };
    text("certificate", r.certificate);
    text("quota", r.quota);
    text("successor", r.successor);
    if (r.product) out << " product=" << product(*r.product);
    if (r.count) out << " count=" << *r.count;
    if (r.price) out << " price=" << money_text(*r.price);
    if (r.amount) out << " amount=" << money_text(*r.amount);
    if (r.names) out << " names=" << list_text(*r.names);
    text("name", r.name);
    if (r.quick_issue) out << " quick_issue=" << *r.quick_issue;
    if (r.force) out << " force=" << *r.force;
    text("validation", r.validation);
    if (r.contact) out << " contact" << (blank(r.contact->mail) ? "(no mail)" : "");
    if (r.company) out << " company" << (blank(r.company->country) ? "(no country)" : "");
    text("key", r.key);
    text("key_sha256", r.key_sha256);
    if (r.csr)
        out << " csr="
            << (r.csr->broken ? "broken"
                : r.csr->weak ? "weak"
                              : "good")
            << list_text(r.csr->names);
    text("outcome", r.outcome);
    text("cause", r.cause);
    text("by", r.by);
    text("reason", r.reason);
    text("reference", r.reference);
    text("target", r.target);
    text("format", r.format);
    text("scope", r.scope);
    text("serial", r.serial);
    text("sha256", r.sha256);
    time("not_before", r.not_before);
    time("not_after", r.not_after);
    if (r.pem)
        out << " pem=" << (r.pem->broken ? "broken " : "") << list_text(r.pem->names)
            << time_text(r.pem->not_before) << ".." << time_text(r.pem->not_after) << "/" << r.pem->sha256
            << "/" << r.pem->key;
    if (r.private_key) out << " private_key=" << (r.private_key->broken ? "broken" : r.private_key->key);
    if (r.pays)
        out << " pays=" << r.pays->kind
            << (r.pays->kind == "quota"   ? ":" + r.pays->quota
                : r.pays->kind == "price" ? ":" + money_text(r.pays->price)
                                          : "");
    if (r.policy) {
        const Policy& p = *r.policy;
        out << " policy=" << p.kind << " from=" << time_text(p.effective_from);
        if (p.kind == "refund")
            out << " " << p.clock << "/" << p.days << "/" << p.day << "/" << p.unissued << "/"
                << p.ca_initiated << (p.zone ? "/" + *p.zone : "");
        for (const auto& [from, days] : p.steps) out << " " << time_text(from) << ":" << days;
    }
    return out;
}

}  // namespace certledger::model

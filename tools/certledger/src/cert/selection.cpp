#include "cert/selection.hpp"

#include <algorithm>
#include <certledger/adapters/names/name.hpp>
#include <certledger/domain/commands.hpp>

namespace certledger::cli {
namespace {

/// The form in which names are stored, as far as the text has one; a text that is no name matches nothing.
std::string stored_form(const std::string& text) {
    if (auto name = adapters::names::searched_form(text)) return std::move(*name);
    std::string lower = text;
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return lower;
}

Take into_name(std::optional<std::string>& slot) {
    return [&slot](const std::string& text) -> std::string {
        if (text.empty()) return "must not be empty";
        slot = stored_form(text);
        return {};
    };
}

Take into_digest(std::optional<events::Digest>& slot) {
    return into(slot, events::digest_from_hex, "must be 64 hexadecimal digits");
}

/// Serials are written by others with colons and in either case.
Take into_serial(std::optional<std::string>& slot) {
    return [&slot](const std::string& text) -> std::string {
        std::string digits;
        for (const char c : text) {
            if (c == ':') continue;
            digits += c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
        }
        if (digits.empty() || digits.find_first_not_of("0123456789abcdef") != std::string::npos) {
            return "must be hexadecimal digits";
        }
        slot = digits;
        return {};
    };
}

}  // namespace

void describe_selection(Command& verb, projections::ListQuery& query) {
    verb.choice<events::Status>("--status", "Status", query.status);
    verb.option("--brand", "BRAND", "Brand", into(query.brand));
    verb.choice<events::Level>("--level", "Level", query.level);
    verb.choice<events::Kind>("--kind", "Kind", query.kind);
    verb.option("--domain", "NAME", "Exactly this name, or *.x for every name below x",
                into_name(query.domain));
    verb.option("--covers", "HOST", "Covers this host, literally or by a wildcard", into_name(query.covers));
    verb.option("--target", "TARGET", "Deployed there", [&query](const std::string& text) {
        query.target = domain::target_text(text);
        return std::string();
    });
    verb.option("--serial", "HEX", "Serial number", into_serial(query.serial));
    verb.option("--fingerprint", "HEX", "SHA-256 fingerprint", into_digest(query.fingerprint));
    verb.choice<projections::Flag>("--flag", "Flag", query.flag);
    verb.option("--expiring-within", "DURATION", "Ends between now and then (30d, 12h, 1y)",
                into_duration(query.expiring_within_seconds));
    verb.option("--not-after-since", "TIME", "Ends at or after", into(query.not_after_since));
    verb.option("--not-after-until", "TIME", "Ends at or before", into(query.not_after_until));
    verb.option("--created-since", "TIME", "Created at or after", into(query.created_since));
    verb.option("--created-until", "TIME", "Created at or before", into(query.created_until));
}

bool narrows(const projections::ListQuery& query) {
    return query.status || query.brand || query.level || query.kind || query.domain || query.covers ||
           query.target || query.serial || query.fingerprint || query.flag || query.expiring_within_seconds ||
           query.not_after_since || query.not_after_until || query.created_since || query.created_until;
}

}  // namespace certledger::cli

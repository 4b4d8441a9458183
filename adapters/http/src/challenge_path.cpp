#include <algorithm>
#include <certledger/adapters/http/challenge_path.hpp>

namespace certledger::adapters::http {

namespace {

constexpr std::string_view kPkiValidation = "/.well-known/pki-validation/";
constexpr std::string_view kAcmeChallenge = "/.well-known/acme-challenge/";

bool is_token_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
}

}  // namespace

bool is_token(std::string_view text) noexcept {
    return !text.empty() && text.size() <= 128 && text.front() != '.' &&
           std::all_of(text.begin(), text.end(), is_token_character);
}

std::string challenge_path(ChallengeFolder folder, std::string_view token) {
    std::string path(folder == ChallengeFolder::pki_validation ? kPkiValidation : kAcmeChallenge);
    path += token;
    return path;
}

std::string_view token_of(std::string_view path) noexcept {
    for (const std::string_view folder : {kPkiValidation, kAcmeChallenge}) {
        if (path.starts_with(folder) && is_token(path.substr(folder.size()))) {
            return path.substr(folder.size());
        }
    }
    return {};
}

std::string normal_host(std::string_view host) {
    if (host.starts_with('[')) {
        host = host.substr(1, host.find(']') - 1);
    } else if (const std::size_t colon = host.find(':');
               colon != std::string_view::npos && colon == host.rfind(':')) {
        host = host.substr(0, colon);  // more than one colon: an IPv6 address without brackets
    }
    if (host.ends_with('.')) {
        host.remove_suffix(1);
    }
    std::string normal(host);
    std::transform(normal.begin(), normal.end(), normal.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
    return normal;
}

}  // namespace certledger::adapters::http

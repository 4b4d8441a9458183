#include <algorithm>
#include <cctype>
#include <certledger/adapters/deploy/nginx_folder.hpp>
#include <certledger/events/contract.hpp>
#include <utility>

#include "file_io.hpp"

namespace certledger::adapters::deploy {

namespace {

constexpr const char* kChain = "fullchain.pem";
constexpr const char* kKey = "privkey.pem";
constexpr const char* kNewChain = "fullchain.pem.new";
constexpr const char* kNewKey = "privkey.pem.new";
constexpr const char* kOldChain = "fullchain.pem.previous";
constexpr const char* kOldKey = "privkey.pem.previous";
constexpr std::size_t kMaxOctets = std::size_t{1} << 20;

/// Both steps of a swap; when the second fails, the first is taken back.
Result<void> swap_in(const Folder& folder, bool had_pair) {
    if (auto renamed = folder.rename(kNewChain, kChain); !renamed) {
        return renamed;
    }
    if (auto renamed = folder.rename(kNewKey, kKey); !renamed) {
        if (had_pair) {
            static_cast<void>(folder.keep_as(kOldChain, kChain));
        } else {
            folder.remove(kChain);
        }
        return renamed;
    }
    return folder.sync();
}

Result<void> write_pair(const Folder& folder, std::string_view fullchain_pem, std::string_view key_pem) {
    if (auto written = folder.write_new(kNewChain, fullchain_pem, 0644); !written) {
        return written;
    }
    if (auto written = folder.write_new(kNewKey, key_pem, 0600); !written) {
        return written;
    }
    const bool had_pair = folder.exists(kChain) && folder.exists(kKey);
    if (had_pair) {
        if (auto kept = folder.keep_as(kChain, kOldChain); !kept) {
            return kept;
        }
        if (auto kept = folder.keep_as(kKey, kOldKey); !kept) {
            return kept;
        }
    }
    return swap_in(folder, had_pair);
}

}  // namespace

NginxFolder::NginxFolder(std::string path) : path_(std::move(path)) {
    CERTLEDGER_CHECK(path_.starts_with('/'));
}

Result<void> NginxFolder::deploy(std::string_view fullchain_pem, std::string_view key_pem,
                                 const PairCheck& check) const {
    for (const std::string_view contents : {fullchain_pem, key_pem}) {
        if (contents.empty() || contents.size() > kMaxOctets) {
            return fail(ErrorKind::invalid_input,
                        path_ + ": certificate and key must have 1 to 1048576 octets");
        }
    }
    if (auto checked = check(fullchain_pem, key_pem); !checked) {
        return checked;
    }
    const auto folder = Folder::lock(path_, true);
    if (!folder) {
        return tl::make_unexpected(folder.error());
    }
    auto written = write_pair(*folder, fullchain_pem, key_pem);
    folder->remove(kNewChain);
    folder->remove(kNewKey);
    return written;
}

Result<events::Bytes> NginxFolder::observe() const {
    // Not locked: a look at what is served must not disturb a deployment. A rename shows the old or the new
    // file.
    const auto contents = Folder::read_file(path_ + "/" + kChain, kMaxOctets);
    if (!contents) {
        return tl::make_unexpected(contents.error());
    }
    if (!*contents) {
        return fail(ErrorKind::not_found, path_ + ": nothing is deployed there");
    }
    constexpr std::string_view kBegin = "-----BEGIN CERTIFICATE-----";
    constexpr std::string_view kEnd = "-----END CERTIFICATE-----";
    const std::string& text = **contents;
    const std::size_t begin = text.find(kBegin);
    const std::size_t end = begin == std::string::npos ? begin : text.find(kEnd, begin);
    if (end != std::string::npos) {
        std::string body = text.substr(begin + kBegin.size(), end - begin - kBegin.size());
        body.erase(
            std::remove_if(body.begin(), body.end(), [](unsigned char c) { return std::isspace(c) != 0; }),
            body.end());
        if (auto der = events::bytes_from_base64(body); der && !der->empty()) {
            return std::move(*der);
        }
    }
    return fail(ErrorKind::damaged, path_ + "/" + kChain + ": holds no certificate in PEM");
}

Result<void> NginxFolder::rollback() const {
    const auto folder = Folder::lock(path_, false);
    if (!folder) {
        return tl::make_unexpected(folder.error());
    }
    if (!folder->exists(kOldChain) || !folder->exists(kOldKey)) {
        return fail(ErrorKind::not_found, path_ + ": no previous certificate and key are kept there");
    }
    if (auto renamed = folder->rename(kOldChain, kChain); !renamed) {
        return renamed;
    }
    if (auto renamed = folder->rename(kOldKey, kKey); !renamed) {
        return renamed;
    }
    return folder->sync();
}

}  // namespace certledger::adapters::deploy

#include <curl/curl.h>

#include <certledger/store/tlog/witness.hpp>
#include <certledger/tools/evidence/witness_client.hpp>
#include <charconv>
#include <memory>

namespace certledger::evidence {
namespace tlog = store::tlog;

namespace {

constexpr std::size_t kLargestAnswer = std::size_t{1} << 20U;
constexpr long kSeconds = 30;
constexpr long kConnectSeconds = 10;

struct Answer {
    long status = 0;
    std::string body;
};

std::size_t take(const char* data, std::size_t size, std::size_t count, void* into) noexcept {
    try {
        auto& body = *static_cast<std::string*>(into);
        if (body.size() + size * count > kLargestAnswer) return 0;
        body.append(data, size * count);
        return size * count;
    } catch (...) {
        return 0;
    }
}

Result<Answer> post(const std::string& url, const std::string& body) {
    static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
    const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl(curl_easy_init(), &curl_easy_cleanup);
    if (ready != CURLE_OK || !curl)
        return fail(ErrorKind::outside, "witness " + url + ": libcurl cannot start");
    Answer answer;
    char reason[CURL_ERROR_SIZE] = "";
    CURL* const handle = curl.get();
    curl_easy_setopt(handle, CURLOPT_URL, url.c_str());
    curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(handle, CURLOPT_POST, 1L);
    curl_easy_setopt(handle, CURLOPT_POSTFIELDS, body.data());
    curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
    curl_easy_setopt(handle, CURLOPT_TIMEOUT, kSeconds);
    curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
    curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, reason);
    curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, &take);
    curl_easy_setopt(handle, CURLOPT_WRITEDATA, &answer.body);
    const CURLcode done = curl_easy_perform(handle);
    if (done != CURLE_OK) {
        const std::string why = *reason != '\0' ? reason : curl_easy_strerror(done);
        const bool no_url = done == CURLE_URL_MALFORMAT || done == CURLE_UNSUPPORTED_PROTOCOL;
        return fail(no_url ? ErrorKind::invalid_input : ErrorKind::outside, "witness " + url + ": " + why);
    }
    curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &answer.status);
    return answer;
}

/// The size that a conflict names: decimal digits and a newline.
std::optional<std::uint64_t> size_from(std::string_view body) {
    if (body.ends_with('\n')) body.remove_suffix(1);
    std::uint64_t size = 0;
    const auto [end, fault] = std::from_chars(body.data(), body.data() + body.size(), size);
    if (fault != std::errc{} || end != body.data() + body.size()) return std::nullopt;
    return size;
}

Result<std::string> request_from(std::uint64_t old_size, const store::EventStore& log,
                                 const SignedCheckpoint& checkpoint) {
    const auto proof = log.consistency_proof(old_size, checkpoint.checkpoint.size);
    if (!proof) return tl::make_unexpected(proof.error());
    return tlog::format_add_checkpoint({old_size, *proof, checkpoint.note});
}

std::string first_line(const std::string& body) {
    constexpr std::size_t kShown = 200;
    return body.substr(0, std::min(body.find('\n'), kShown));
}

}  // namespace

Result<std::string> ask_witness(const std::string& url, const tlog::VerifierKey& witness,
                                const store::EventStore& log, const SignedCheckpoint& checkpoint) {
    const std::string to = (url.ends_with('/') ? url : url + "/") + "add-checkpoint";
    constexpr long kConflict = 409;
    constexpr int kTries = 3;  // Another process may have had a newer one cosigned in between.
    std::uint64_t old_size = 0;
    for (int tries = 1;; ++tries) {
        const auto request = request_from(old_size, log, checkpoint);
        if (!request) return tl::make_unexpected(request.error());
        const auto answer = post(to, *request);
        if (!answer) return tl::make_unexpected(answer.error());
        constexpr long kOk = 200;
        if (answer->status == kOk)
            return tlog::add_cosignatures(checkpoint.note, answer->body, std::span(&witness, 1));
        if (answer->status != kConflict) {
            constexpr long kBadProof = 422;
            return fail(answer->status == kBadProof ? ErrorKind::damaged : ErrorKind::outside,
                        "witness " + url + ": does not cosign (" + std::to_string(answer->status) +
                            "): " + first_line(answer->body));
        }
        const auto remembered = size_from(answer->body);
        if (!remembered) return fail(ErrorKind::outside, "witness " + url + ": its conflict names no size");
        if (*remembered > checkpoint.checkpoint.size || *remembered == old_size) {
            return fail(ErrorKind::damaged,
                        "witness " + url + ": has cosigned another tree of this log, with " +
                            std::to_string(*remembered) +
                            " records: the log was put back to an older state or changed");
        }
        if (tries == kTries)
            return fail(ErrorKind::outside, "witness " + url + ": names another size each time");
        old_size = *remembered;
    }
}

}  // namespace certledger::evidence

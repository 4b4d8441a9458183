#include <curl/curl.h>

#include <array>
#include <certledger/adapters/http/http_fetcher.hpp>
#include <certledger/events/contract.hpp>
#include <mutex>
#include <utility>

namespace certledger::adapters::http {

namespace {

constexpr long kMaxRedirects = 5;

void start_curl_once() {
    static std::once_flag once;
    std::call_once(once, [] { CERTLEDGER_CHECK(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK); });
}

/// Collects a body up to its limit.
struct Sink {
    std::string body;
    std::size_t limit = 0;
    bool overflow = false;

    static std::size_t take(char* data, std::size_t unit, std::size_t count, void* self) noexcept {
        auto& sink = *static_cast<Sink*>(self);
        const std::size_t size = unit * count;
        if (size > sink.limit - sink.body.size()) {
            sink.overflow = true;
            return 0;  // ends the transfer
        }
        try {
            sink.body.append(data, size);
        } catch (...) {
            return 0;
        }
        return size;
    }
};

bool same_content(std::string_view left, std::string_view right) noexcept {
    // Takes the same time wherever the first difference is: whoever asks must not learn the content bit by
    // bit.
    volatile unsigned difference = left.size() == right.size() ? 0 : 1;
    for (std::size_t i = 0; i < left.size() && i < right.size(); ++i) {
        difference = difference | static_cast<unsigned char>(left[i] ^ right[i]);
    }
    return difference == 0;
}

std::string_view without_trailing_space(std::string_view text) {
    const std::size_t last = text.find_last_not_of(" \t\r\n");
    return last == std::string_view::npos ? std::string_view() : text.substr(0, last + 1);
}

bool is_host(std::string_view host) {
    for (const char c : host) {
        const bool allowed = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                             c == '-' || c == '.' || c == ':';
        if (!allowed) return false;
    }
    return !host.empty() && host.size() <= 253;
}

}  // namespace

struct HttpFetcher::Impl {
    CURL* handle = nullptr;

    Impl() {
        start_curl_once();
        handle = curl_easy_init();
        CERTLEDGER_CHECK(handle != nullptr);
    }
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;
    ~Impl() { curl_easy_cleanup(handle); }

    template <class Value>
    void set(CURLoption option, Value value) {
        CERTLEDGER_CHECK(curl_easy_setopt(handle, option, value) == CURLE_OK);
    }

    void prepare(const std::string& url, const FetchOptions& options, Sink& sink, char* error) {
        curl_easy_reset(handle);  // keeps connections
        set(CURLOPT_URL, url.c_str());
        set(CURLOPT_ERRORBUFFER, error);
        set(CURLOPT_NOSIGNAL, 1L);
        set(CURLOPT_PROTOCOLS_STR, "http,https");
        set(CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
        set(CURLOPT_FOLLOWLOCATION, 1L);
        set(CURLOPT_MAXREDIRS, kMaxRedirects);
        set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options.connect_timeout.count()));
        set(CURLOPT_TIMEOUT_MS, static_cast<long>(options.total_timeout.count()));
        set(CURLOPT_USERAGENT, "certledger");
        set(CURLOPT_PROXY, "");  // also none from the environment
        set(CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
        // A redirect may lead to the host that is about to get its first certificate (RFC 8555 section 8.3):
        // the validation trusts the connection, not the certificate.
        set(CURLOPT_SSL_VERIFYPEER, 0L);
        set(CURLOPT_SSL_VERIFYHOST, 0L);
        set(CURLOPT_WRITEFUNCTION, &Sink::take);
        set(CURLOPT_WRITEDATA, static_cast<void*>(&sink));
    }
};

HttpFetcher::HttpFetcher() : impl_(std::make_unique<Impl>()) {}
HttpFetcher::HttpFetcher(HttpFetcher&&) noexcept = default;
HttpFetcher& HttpFetcher::operator=(HttpFetcher&&) noexcept = default;
HttpFetcher::~HttpFetcher() = default;

Result<Fetched> HttpFetcher::get(const std::string& url, const FetchOptions& options) {
    std::array<char, CURL_ERROR_SIZE> error{};
    Sink sink;
    sink.limit = options.max_body;
    impl_->prepare(url, options, sink, error.data());
    curl_slist* redirected = nullptr;
    if (options.connect_to) {
        // Empty host and port: whatever the URL says.
        const std::string rule =
            "::" + options.connect_to->address + ":" + std::to_string(options.connect_to->port);
        redirected = curl_slist_append(nullptr, rule.c_str());
        CERTLEDGER_CHECK(redirected != nullptr);
        impl_->set(CURLOPT_CONNECT_TO, redirected);
    }
    const CURLcode code = curl_easy_perform(impl_->handle);
    curl_slist_free_all(redirected);
    Fetched fetched;
    curl_easy_getinfo(impl_->handle, CURLINFO_RESPONSE_CODE, &fetched.status);
    curl_easy_reset(impl_->handle);  // the handle must not keep pointers to what ends here
    if (sink.overflow) {
        return fail(ErrorKind::outside,
                    url + ": the answer is longer than " + std::to_string(options.max_body) + " octets");
    }
    if (code == CURLE_URL_MALFORMAT || (code == CURLE_UNSUPPORTED_PROTOCOL && fetched.status == 0)) {
        return fail(ErrorKind::invalid_input, "URL '" + url + "': must be http or https with a host");
    }
    if (code != CURLE_OK) {
        return fail(ErrorKind::outside,
                    url + ": " + (error[0] != '\0' ? error.data() : curl_easy_strerror(code)));
    }
    fetched.body = std::move(sink.body);
    return fetched;
}

Result<FileCheck> HttpFetcher::check(std::string_view host, ChallengeFolder folder, std::string_view token,
                                     std::string_view expected, const FetchOptions& options) {
    if (!is_host(host) || !is_token(token)) {
        return fail(ErrorKind::invalid_input,
                    "validation file: needs a host name in A-labels or an address, and a token of letters, "
                    "digits, '-', '_', '.'");
    }
    const bool ip6 = host.find(':') != std::string_view::npos;
    const std::string authority = ip6 ? "[" + std::string(host) + "]" : std::string(host);
    const std::string url = "http://" + authority + challenge_path(folder, token);
    const auto fetched = get(url, options);
    if (!fetched) {
        return tl::make_unexpected(fetched.error());
    }
    if (fetched->status != 200) {
        return FileCheck{false, url + ": status " + std::to_string(fetched->status) + ", must be 200"};
    }
    if (!same_content(without_trailing_space(fetched->body), without_trailing_space(expected))) {
        return FileCheck{false, url + ": the file does not hold the expected content"};
    }
    return FileCheck{true, {}};
}

}  // namespace certledger::adapters::http

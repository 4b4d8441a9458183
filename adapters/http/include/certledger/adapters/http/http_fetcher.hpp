// Role: fetches small files over HTTP, as a certificate authority does when it validates a name.
#pragma once

#include <certledger/adapters/http/challenge_path.hpp>
#include <certledger/events/result.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace certledger::adapters::http {

/// Where to connect instead of asking the DNS.
struct Endpoint {
    std::string address = "127.0.0.1";
    std::uint16_t port = 80;
};

struct FetchOptions {
    std::optional<Endpoint> connect_to;  ///< For every host and port, also after a redirect.
    std::chrono::milliseconds connect_timeout{5'000};
    std::chrono::milliseconds total_timeout{15'000};
    std::size_t max_body = 64 * 1024;
};

struct Fetched {
    long status = 0;
    std::string body;
};

/// What came of a validation.
struct FileCheck {
    bool passed = false;
    std::string cause;  ///< Empty when passed; else one sentence.
};

/// Keeps its connections for the next call. One call at a time; different fetchers may run in different
/// threads. Follows up to five redirects to http and https; uses no proxy, no cookies, no credentials.
class HttpFetcher {
  public:
    HttpFetcher();
    HttpFetcher(HttpFetcher&&) noexcept;
    HttpFetcher& operator=(HttpFetcher&&) noexcept;
    ~HttpFetcher();

    /// invalid_input: no http or https URL. outside: no answer in time, no connection, too many redirects, or
    /// a body that is longer than the limit.
    [[nodiscard]] Result<Fetched> get(const std::string& url, const FetchOptions& options);

    /// Looks whether the host (A-label name or IP address) serves the expected content, white space at the
    /// end aside, with status 200. outside: as get(). A wrong answer is no error but a check that did not
    /// pass.
    [[nodiscard]] Result<FileCheck> check(std::string_view host, ChallengeFolder folder,
                                          std::string_view token, std::string_view expected,
                                          const FetchOptions& options);

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace certledger::adapters::http

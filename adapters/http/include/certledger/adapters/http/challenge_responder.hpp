// Role: the web server that answers for validation files, on the loopback interface; a front server or the
// embedded authority's fetcher leads requests to it.
#pragma once

#include <certledger/events/result.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace certledger::adapters::http {

/// Serves what is published, from a thread of its own, until it is destroyed. Thread-safe. Contents are in
/// memory only. Answers GET and HEAD; 404 for anything not published. At most 64 connections, 10 seconds of
/// silence each.
class ChallengeResponder {
  public:
    /// Listens on 127.0.0.1; port 0 takes a free one. outside: the port is taken or there are no sockets.
    [[nodiscard]] static Result<ChallengeResponder> start(std::uint16_t port = 0);

    ChallengeResponder(ChallengeResponder&&) noexcept;
    ChallengeResponder& operator=(ChallengeResponder&&) noexcept;
    ~ChallengeResponder();

    [[nodiscard]] std::uint16_t port() const noexcept;

    /// Serves `content` in both challenge folders under the token, for requests to this host. An older
    /// content of the same token is replaced. invalid_input: no token, an empty host, content over 64 KiB, or
    /// over 100,000 files.
    [[nodiscard]] Result<void> publish(std::string_view host, std::string_view token,
                                       std::string_view content);
    /// Takes the file away; nothing happens when there is none.
    void withdraw(std::string_view host, std::string_view token);

  private:
    struct Impl;
    explicit ChallengeResponder(std::unique_ptr<Impl> impl) noexcept;
    std::unique_ptr<Impl> impl_;
};

}  // namespace certledger::adapters::http

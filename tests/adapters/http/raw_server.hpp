// Role: a server on the loopback interface that answers each connection with fixed octets, or with silence.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace certledger::test {

class RawServer {
  public:
    /// Empty answer: connections are taken and never answered.
    explicit RawServer(std::string answer)
        : answer_(std::move(answer)), socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        if (::bind(socket_, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(socket_, 16) != 0 ||
            ::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
            throw std::runtime_error("cannot listen");
        }
        port_ = ntohs(address.sin_port);
        thread_ = std::thread([this] { serve(); });
    }
    RawServer(const RawServer&) = delete;
    RawServer& operator=(const RawServer&) = delete;
    ~RawServer() {
        ::shutdown(socket_, SHUT_RDWR);
        thread_.join();
        ::close(socket_);
        for (const int open : silent_) ::close(open);
    }
    [[nodiscard]] std::uint16_t port() const { return port_; }

  private:
    void serve() {
        while (true) {
            const int connection = ::accept(socket_, nullptr, nullptr);
            if (connection < 0) {
                return;
            }
            if (answer_.empty()) {
                silent_.push_back(connection);
                continue;
            }
            std::array<char, 4096> request{};
            if (::recv(connection, request.data(), request.size(), 0) > 0) {
                std::size_t sent = 0;
                while (sent < answer_.size()) {
                    const ssize_t more =
                        ::send(connection, answer_.data() + sent, answer_.size() - sent, MSG_NOSIGNAL);
                    if (more <= 0) break;
                    sent += static_cast<std::size_t>(more);
                }
            }
            ::close(connection);
        }
    }

    std::string answer_;
    int socket_;
    std::uint16_t port_ = 0;
    std::vector<int> silent_;
    std::thread thread_;
};

}  // namespace certledger::test

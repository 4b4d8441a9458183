#include <arpa/inet.h>
#include <microhttpd.h>
#include <netinet/in.h>

#include <certledger/adapters/http/challenge_path.hpp>
#include <certledger/adapters/http/challenge_responder.hpp>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <utility>

namespace certledger::adapters::http {

namespace {

constexpr std::size_t kMaxFiles = 100'000;
constexpr std::size_t kMaxContent = 64 * 1024;
constexpr unsigned kMaxConnections = 64;
constexpr unsigned kSilenceSeconds = 10;

std::string file_key(std::string_view host, std::string_view token) {
    std::string key = normal_host(host);
    key += '/';
    key += token;
    return key;
}

MHD_Result answer(MHD_Connection* connection, unsigned status, std::string_view content) {
    MHD_Response* response = MHD_create_response_from_buffer(
        content.size(), const_cast<char*>(content.data()), MHD_RESPMEM_MUST_COPY);
    if (response == nullptr) {
        return MHD_NO;
    }
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, "text/plain");
    const MHD_Result queued = MHD_queue_response(connection, status, response);
    MHD_destroy_response(response);
    return queued;
}

}  // namespace

struct ChallengeResponder::Impl {
    MHD_Daemon* daemon = nullptr;
    std::uint16_t port = 0;
    std::mutex mutex;
    std::unordered_map<std::string, std::string> files;

    Impl() = default;
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;
    ~Impl() {
        if (daemon != nullptr) {
            MHD_stop_daemon(daemon);  // waits for the thread
        }
    }

    std::optional<std::string> find(std::string_view host, std::string_view token) {
        const std::lock_guard lock(mutex);
        const auto at = files.find(file_key(host, token));
        return at == files.end() ? std::nullopt : std::optional(at->second);
    }

    static MHD_Result serve(void* self, MHD_Connection* connection, const char* url, const char* method,
                            const char*, const char*, std::size_t* upload_size, void** state) noexcept {
        static int seen = 0;
        if (*state == nullptr) {
            *state = &seen;  // the headers are in; the body, if any, is not
            return MHD_YES;
        }
        if (*upload_size != 0) {
            *upload_size = 0;  // a body is read over
            return MHD_YES;
        }
        try {
            const std::string_view verb(method);
            if (verb != MHD_HTTP_METHOD_GET && verb != MHD_HTTP_METHOD_HEAD) {
                return answer(connection, MHD_HTTP_METHOD_NOT_ALLOWED, "");
            }
            const char* host = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_HOST);
            const std::string_view token = token_of(url);
            const auto content =
                host == nullptr || token.empty() ? std::nullopt : static_cast<Impl*>(self)->find(host, token);
            return content ? answer(connection, MHD_HTTP_OK, *content)
                           : answer(connection, MHD_HTTP_NOT_FOUND, "");
        } catch (...) {
            return MHD_NO;  // out of memory: the connection is closed; an exception must not pass through C
        }
    }
};

ChallengeResponder::ChallengeResponder(std::unique_ptr<Impl> impl) noexcept : impl_(std::move(impl)) {}
ChallengeResponder::ChallengeResponder(ChallengeResponder&&) noexcept = default;
ChallengeResponder& ChallengeResponder::operator=(ChallengeResponder&&) noexcept = default;
ChallengeResponder::~ChallengeResponder() = default;

Result<ChallengeResponder> ChallengeResponder::start(std::uint16_t port) {
    auto impl = std::make_unique<Impl>();
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    impl->daemon = MHD_start_daemon(
        MHD_USE_AUTO_INTERNAL_THREAD, port, nullptr, nullptr, &Impl::serve, impl.get(), MHD_OPTION_SOCK_ADDR,
        reinterpret_cast<sockaddr*>(&address), MHD_OPTION_CONNECTION_LIMIT, kMaxConnections,
        MHD_OPTION_CONNECTION_TIMEOUT, kSilenceSeconds, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        std::size_t{16 * 1024}, MHD_OPTION_END);
    const MHD_DaemonInfo* info =
        impl->daemon == nullptr ? nullptr : MHD_get_daemon_info(impl->daemon, MHD_DAEMON_INFO_BIND_PORT);
    if (info == nullptr || info->port == 0) {
        return fail(ErrorKind::outside,
                    "validation responder: cannot listen on 127.0.0.1 port " + std::to_string(port));
    }
    impl->port = info->port;
    return ChallengeResponder(std::move(impl));
}

std::uint16_t ChallengeResponder::port() const noexcept { return impl_->port; }

Result<void> ChallengeResponder::publish(std::string_view host, std::string_view token,
                                         std::string_view content) {
    if (host.empty() || host.size() > 255 || !is_token(token)) {
        return fail(ErrorKind::invalid_input,
                    "validation file: needs a host, and a token of 1 to 128 letters, digits, '-', '_', '.'");
    }
    if (content.size() > kMaxContent) {
        return fail(ErrorKind::invalid_input, "validation file: " + std::to_string(content.size()) +
                                                  " octets, at most 65536 are allowed");
    }
    const std::lock_guard lock(impl_->mutex);
    if (impl_->files.size() >= kMaxFiles) {
        return fail(ErrorKind::invalid_input, "validation file: 100000 are published already");
    }
    impl_->files[file_key(host, token)] = content;
    return {};
}

void ChallengeResponder::withdraw(std::string_view host, std::string_view token) {
    const std::lock_guard lock(impl_->mutex);
    impl_->files.erase(file_key(host, token));
}

}  // namespace certledger::adapters::http

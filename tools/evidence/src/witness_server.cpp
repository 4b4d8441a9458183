#include <arpa/inet.h>
#include <microhttpd.h>
#include <netinet/in.h>

#include <certledger/adapters/system/clock.hpp>
#include <certledger/tools/evidence/witness.hpp>
#include <charconv>
#include <cstring>

namespace certledger::evidence {
namespace tlog = store::tlog;

namespace {

constexpr unsigned kMaxConnections = 32;
constexpr unsigned kSilenceSeconds = 10;
constexpr std::size_t kLargestRequest = std::size_t{2} << 20U;
constexpr const char* kPlain = "text/plain; charset=utf-8";

struct Address {
    sockaddr_storage storage{};
    std::string host;
    bool v6 = false;
};

std::optional<Address> loopback_from(const std::string& listen) {
    const std::size_t colon = listen.rfind(':');
    if (colon == std::string::npos) return std::nullopt;
    std::uint16_t port = 0;
    const char* const last = listen.data() + listen.size();
    const auto [end, fault] = std::from_chars(listen.data() + colon + 1, last, port);
    if (fault != std::errc{} || end != last) return std::nullopt;
    Address address;
    address.host = listen.substr(0, colon);
    if (address.host == "[::1]") {
        auto* const inet = reinterpret_cast<sockaddr_in6*>(&address.storage);
        inet->sin6_family = AF_INET6;
        inet->sin6_port = htons(port);
        inet->sin6_addr = in6addr_loopback;
        address.v6 = true;
        return address;
    }
    auto* const inet = reinterpret_cast<sockaddr_in*>(&address.storage);
    inet->sin_family = AF_INET;
    inet->sin_port = htons(port);
    const bool numeric = ::inet_pton(AF_INET, address.host.c_str(), &inet->sin_addr) == 1;
    constexpr std::uint32_t kLoopbackNet = 127;
    if (!numeric || ntohl(inet->sin_addr.s_addr) >> 24U != kLoopbackNet) return std::nullopt;
    return address;
}

MHD_Result answer(MHD_Connection* connection, unsigned status, const std::string& content, const char* type,
                  const char* allow = nullptr) {
    MHD_Response* const response = MHD_create_response_from_buffer(
        content.size(), const_cast<char*>(content.data()), MHD_RESPMEM_MUST_COPY);
    if (response == nullptr) return MHD_NO;
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
    if (allow != nullptr) MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, allow);
    const MHD_Result queued = MHD_queue_response(connection, status, response);
    MHD_destroy_response(response);
    return queued;
}

struct Request {
    std::string body;
    bool too_large = false;
};

}  // namespace

struct WitnessServer::Impl {
    Witness& witness;
    MHD_Daemon* daemon = nullptr;
    std::string url;

    explicit Impl(Witness& served) : witness(served) {}
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;
    ~Impl() {
        if (daemon != nullptr) MHD_stop_daemon(daemon);  // Waits for the thread.
    }

    MHD_Result decide(MHD_Connection* connection, const Request& request) {
        if (request.too_large)
            return answer(connection, MHD_HTTP_BAD_REQUEST, "a request has at most 2 MiB\n", kPlain);
        const auto now = static_cast<std::uint64_t>(adapters::system::WallClock().now().seconds());
        const auto decision = witness.add_checkpoint(request.body, now);
        if (!decision)
            return answer(connection, MHD_HTTP_INTERNAL_SERVER_ERROR, decision.error().message + "\n",
                          kPlain);
        return answer(connection, static_cast<unsigned>(decision->answer), decision->body,
                      decision->content_type.c_str());
    }

    static MHD_Result serve(void* self, MHD_Connection* connection, const char* path, const char* method,
                            const char*, const char* data, std::size_t* size, void** state) noexcept {
        try {
            if (*state == nullptr) {
                *state = new Request;  // The headers are in; forget() below takes it back.
                return MHD_YES;
            }
            auto* const request = static_cast<Request*>(*state);
            if (*size != 0) {
                request->too_large = request->too_large || request->body.size() + *size > kLargestRequest;
                if (!request->too_large) request->body.append(data, *size);
                *size = 0;
                return MHD_YES;
            }
            if (std::strcmp(path, "/add-checkpoint") != 0)
                return answer(connection, MHD_HTTP_NOT_FOUND, "only /add-checkpoint is served here\n",
                              kPlain);
            if (std::strcmp(method, MHD_HTTP_METHOD_POST) != 0)
                return answer(connection, MHD_HTTP_METHOD_NOT_ALLOWED, "must be POST\n", kPlain,
                              MHD_HTTP_METHOD_POST);
            return static_cast<Impl*>(self)->decide(connection, *request);
        } catch (...) {
            return MHD_NO;  // The connection is closed; an exception must not pass through C.
        }
    }

    static void forget(void*, MHD_Connection*, void** state, MHD_RequestTerminationCode) noexcept {
        delete static_cast<Request*>(*state);
        *state = nullptr;
    }
};

WitnessServer::WitnessServer(std::unique_ptr<Impl> impl) noexcept : impl_(std::move(impl)) {}
WitnessServer::WitnessServer(WitnessServer&&) noexcept = default;
WitnessServer& WitnessServer::operator=(WitnessServer&&) noexcept = default;
WitnessServer::~WitnessServer() = default;

Result<WitnessServer> WitnessServer::start(Witness& witness, const std::string& listen) {
    auto address = loopback_from(listen);
    if (!address) {
        return fail(ErrorKind::invalid_input,
                    "--listen " + listen +
                        ": must be 127.0.0.1:PORT or [::1]:PORT; for others, put a proxy "
                        "that speaks TLS in front");
    }
    auto impl = std::make_unique<Impl>(witness);
    const unsigned flags = MHD_USE_AUTO_INTERNAL_THREAD | (address->v6 ? unsigned{MHD_USE_IPv6} : 0U);
    impl->daemon =
        MHD_start_daemon(flags, 0, nullptr, nullptr, &Impl::serve, impl.get(), MHD_OPTION_SOCK_ADDR,
                         reinterpret_cast<sockaddr*>(&address->storage), MHD_OPTION_CONNECTION_LIMIT,
                         kMaxConnections, MHD_OPTION_CONNECTION_TIMEOUT, kSilenceSeconds,
                         MHD_OPTION_NOTIFY_COMPLETED, &Impl::forget, nullptr, MHD_OPTION_END);
    const MHD_DaemonInfo* const info =
        impl->daemon == nullptr ? nullptr : MHD_get_daemon_info(impl->daemon, MHD_DAEMON_INFO_BIND_PORT);
    if (info == nullptr || info->port == 0)
        return fail(ErrorKind::outside,
                    "cannot listen on " + listen + ": the port is taken or may not be used");
    impl->url = "http://" + address->host + ":" + std::to_string(info->port);
    return WitnessServer(std::move(impl));
}

std::string WitnessServer::url() const { return impl_->url; }

}  // namespace certledger::evidence

#include <catch2/catch.hpp>
#include <certledger/adapters/http/challenge_responder.hpp>
#include <certledger/adapters/http/http_fetcher.hpp>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include "raw_server.hpp"

using namespace certledger;
using namespace certledger::adapters::http;
using certledger::test::RawServer;
using std::chrono::milliseconds;

namespace {

FetchOptions to_port(std::uint16_t port) {
    FetchOptions options;
    options.connect_to = Endpoint{"127.0.0.1", port};
    return options;
}

ChallengeResponder start() {
    auto responder = ChallengeResponder::start();
    REQUIRE(responder);
    REQUIRE(responder->port() != 0);
    return std::move(*responder);
}

std::string answer(const std::string& status, const std::string& headers, const std::string& body) {
    return "HTTP/1.1 " + status + "\r\n" + headers + "Content-Length: " + std::to_string(body.size()) +
           "\r\nConnection: close\r\n\r\n" + body;
}

}  // namespace

TEST_CASE("a published file is served for its host in both folders, and for no other") {
    ChallengeResponder responder = start();
    HttpFetcher fetcher;
    const FetchOptions options = to_port(responder.port());
    REQUIRE(responder.publish("Example.com", "tok-1", "proof"));
    for (const ChallengeFolder folder : {ChallengeFolder::pki_validation, ChallengeFolder::acme_challenge}) {
        const auto checked = fetcher.check("example.com", folder, "tok-1", "proof", options);
        REQUIRE(checked);
        CHECK(checked->passed);
        CHECK(checked->cause.empty());
        CHECK_FALSE(fetcher.check("other.com", folder, "tok-1", "proof", options)->passed);
        CHECK_FALSE(fetcher.check("example.com", folder, "tok-2", "proof", options)->passed);
    }
    const auto wrong =
        fetcher.check("example.com", ChallengeFolder::pki_validation, "tok-1", "prooF", options);
    REQUIRE(wrong);
    CHECK_FALSE(wrong->passed);
    CHECK(wrong->cause.find("expected content") != std::string::npos);
    responder.withdraw("EXAMPLE.com.", "tok-1");
    const auto gone =
        fetcher.check("example.com", ChallengeFolder::pki_validation, "tok-1", "proof", options);
    REQUIRE(gone);
    CHECK(gone->cause.find("status 404") != std::string::npos);
}

TEST_CASE("addresses are hosts too, and white space at the end of a file does not count") {
    ChallengeResponder responder = start();
    HttpFetcher fetcher;
    const FetchOptions options = to_port(responder.port());
    for (const char* host : {"192.0.2.1", "2001:db8::1"}) {
        REQUIRE(responder.publish(host, "t", "proof\r\n"));
        CHECK(fetcher.check(host, ChallengeFolder::pki_validation, "t", "proof", options)->passed);
    }
}

TEST_CASE("nothing but the two folders and reading is served") {
    ChallengeResponder responder = start();
    REQUIRE(responder.publish("a.example", "t", "x"));
    HttpFetcher fetcher;
    const FetchOptions options = to_port(responder.port());
    for (const char* path :
         {"/", "/t", "/.well-known/t", "/.well-known/pki-validation/", "/.well-known/pki-validation/../t",
          "/.well-known/pki-validation/t/t", "/.well-known/pki-validation/%74x"}) {
        const auto fetched = fetcher.get(std::string("http://a.example") + path, options);
        REQUIRE(fetched);
        CHECK(fetched->status == 404);
    }
    CHECK(fetcher.get("http://a.example/.well-known/acme-challenge/t", options)->status == 200);
}

TEST_CASE("files that break a limit are not published") {
    ChallengeResponder responder = start();
    CHECK_FALSE(responder.publish("", "t", "x"));
    CHECK_FALSE(responder.publish("a.example", "", "x"));
    CHECK_FALSE(responder.publish("a.example", "../x", "x"));
    CHECK_FALSE(responder.publish("a.example", std::string(129, 'a'), "x"));
    CHECK_FALSE(responder.publish("a.example", "t", std::string(65'537, 'x')));
    CHECK(responder.publish("a.example", "t", std::string(65'536, 'x')));
    HttpFetcher fetcher;
    CHECK(fetcher.get("http://a.example/.well-known/acme-challenge/t", to_port(responder.port()))
              ->body.size() == 65'536);
}

TEST_CASE("a port that is taken is an error, a stopped responder frees its port") {
    auto first = std::make_unique<ChallengeResponder>(start());
    const std::uint16_t port = first->port();
    const auto second = ChallengeResponder::start(port);
    REQUIRE_FALSE(second);
    CHECK(second.error().kind == ErrorKind::outside);
    first.reset();
    HttpFetcher fetcher;
    const auto fetched = fetcher.get("http://a.example/", to_port(port));
    REQUIRE_FALSE(fetched);
    CHECK(fetched.error().kind == ErrorKind::outside);
}

TEST_CASE("redirects are followed to the end of their number and never out of HTTP") {
    HttpFetcher fetcher;
    const RawServer loop(answer("302 Found", "Location: http://b.example/next\r\n", ""));
    CHECK(fetcher.get("http://a.example/", to_port(loop.port())).error().kind == ErrorKind::outside);
    const RawServer file(answer("302 Found", "Location: file:///etc/passwd\r\n", ""));
    const auto refused = fetcher.get("http://a.example/", to_port(file.port()));
    REQUIRE_FALSE(refused);
    CHECK(refused.error().kind == ErrorKind::outside);

    ChallengeResponder responder = start();
    REQUIRE(responder.publish("b.example", "t", "proof"));
    const RawServer redirect(
        answer("301 Moved", "Location: http://127.0.0.1:" + std::to_string(responder.port()) + "/x\r\n", ""));
    // The redirect goes to the responder itself when nothing overrides it there.
    const auto followed =
        fetcher.get("http://127.0.0.1:" + std::to_string(redirect.port()) + "/", FetchOptions{});
    REQUIRE(followed);
    CHECK(followed->status == 404);
}

TEST_CASE("a body over the limit and a server that stays silent are errors in bounded time") {
    HttpFetcher fetcher;
    const RawServer large(answer("200 OK", "", std::string(65'537, 'x')));
    const auto overflow = fetcher.get("http://a.example/", to_port(large.port()));
    REQUIRE_FALSE(overflow);
    CHECK(overflow.error().message.find("longer than 65536") != std::string::npos);
    const RawServer silent("");
    FetchOptions options = to_port(silent.port());
    options.total_timeout = milliseconds(200);
    const auto late = fetcher.get("http://a.example/", options);
    REQUIRE_FALSE(late);
    CHECK(late.error().kind == ErrorKind::outside);
    CHECK(fetcher.get("ftp://a.example/", options).error().kind == ErrorKind::invalid_input);
    CHECK(fetcher.get("no url", options).error().kind == ErrorKind::invalid_input);
    CHECK_FALSE(fetcher.check("a.example/x", ChallengeFolder::acme_challenge, "t", "x", options));
    CHECK_FALSE(fetcher.check("a.example", ChallengeFolder::acme_challenge, "t/../x", "x", options));
}

TEST_CASE("a proxy in the environment is not used") {
    ChallengeResponder responder = start();
    REQUIRE(responder.publish("a.example", "t", "proof"));
    REQUIRE(::setenv("http_proxy", "http://127.0.0.1:9", 1) == 0);
    HttpFetcher fetcher;
    const auto checked =
        fetcher.check("a.example", ChallengeFolder::acme_challenge, "t", "proof", to_port(responder.port()));
    ::unsetenv("http_proxy");
    REQUIRE(checked);
    CHECK(checked->passed);
}

TEST_CASE("hundreds of hosts are validated from several threads") {
    ChallengeResponder responder = start();
    constexpr int kHosts = 200;
    for (int i = 0; i < kHosts; ++i) {
        REQUIRE(responder.publish("h" + std::to_string(i) + ".example", "t", "proof-" + std::to_string(i)));
    }
    std::vector<int> passed(4, 0);
    std::vector<std::thread> threads;
    for (std::size_t t = 0; t < passed.size(); ++t) {
        threads.emplace_back([&, t] {
            HttpFetcher fetcher;
            for (int i = 0; i < kHosts; ++i) {
                const auto checked =
                    fetcher.check("h" + std::to_string(i) + ".example", ChallengeFolder::pki_validation, "t",
                                  "proof-" + std::to_string(i), to_port(responder.port()));
                passed[t] += checked && checked->passed;
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    for (const int count : passed) CHECK(count == kHosts);
}

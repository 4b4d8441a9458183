#include <catch2/catch.hpp>
#include <certledger/adapters/deploy/target.hpp>
#include <string>

using namespace certledger;
using namespace certledger::adapters::deploy;

TEST_CASE("a target's text is a kind and an absolute path") {
    const auto target = parse_target("nginx:/etc/nginx/tls/example.com/");
    REQUIRE(target);
    CHECK(target->kind == "nginx");
    CHECK(target->path == "/etc/nginx/tls/example.com");
    CHECK(parse_target("iis:/C:/x")->path == "/C:/x");
    CHECK(parse_target("a:/")->path == "/");
    CHECK(parse_target("nginx:/\xc3\xbc")->path == "/\xc3\xbc");
}

TEST_CASE("texts that are no target are refused") {
    for (const std::string& text :
         {std::string(), std::string("nginx"), std::string("/etc"), std::string(":/etc"),
          std::string("nginx:"), std::string("nginx:etc"), std::string("Nginx:/etc"),
          std::string("nginx://a/b"), std::string("nginx:/a/../b"), std::string("nginx:/a/.."),
          std::string("nginx:/a\nb"), std::string("nginx:/a\0b", 10), "nginx:/" + std::string(4000, 'a'),
          std::string(33, 'a') + ":/x"}) {
        INFO(text);
        const auto target = parse_target(text);
        REQUIRE_FALSE(target);
        CHECK(target.error().kind == ErrorKind::invalid_input);
    }
}

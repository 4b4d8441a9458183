#include <catch2/catch.hpp>
#include <certledger/adapters/names/idna.hpp>
#include <certledger/adapters/names/name.hpp>
#include <random>
#include <string>
#include <thread>
#include <vector>

using namespace certledger;
using namespace certledger::adapters::names;

namespace {

struct Row {
    const char* input;
    const char* ascii;
    NameKind kind;
};

std::string long_name(std::size_t size) {
    std::string name;
    while (name.size() + 60 < size) {
        name += std::string(49, 'a') + ".";
    }
    return name + std::string(size - name.size() - 4, 'b') + ".com";
}

}  // namespace

TEST_CASE("names come into their normal form") {
    for (const Row row : {
             Row{"example.com", "example.com", NameKind::plain},
             Row{"WWW.Example.COM.", "www.example.com", NameKind::plain},
             Row{"例え.jp", "xn--r8jz45g.jp", NameKind::plain},
             Row{"例え。jp。", "xn--r8jz45g.jp", NameKind::plain},
             Row{"ｅｘａｍｐｌｅ．ｃｏｍ", "example.com", NameKind::plain},
             Row{"straße.de", "xn--strae-oqa.de", NameKind::plain},
             Row{"BÜCHER.example", "xn--bcher-kva.example", NameKind::plain},
             Row{"XN--BCHER-KVA.example", "xn--bcher-kva.example", NameKind::plain},
             Row{"*.Example.com", "*.example.com", NameKind::wildcard},
             Row{"*.例え.jp.", "*.xn--r8jz45g.jp", NameKind::wildcard},
             Row{"*。例え。jp", "*.xn--r8jz45g.jp", NameKind::wildcard},
             Row{"1.2.3.4.example", "1.2.3.4.example", NameKind::plain},
             Row{"a-1.b--c.com", "a-1.b--c.com", NameKind::plain},
             Row{"192.0.2.1", "192.0.2.1", NameKind::ip4},
             Row{"2001:DB8:0:0:0:0:0:1", "2001:db8::1", NameKind::ip6},
             Row{"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1", NameKind::ip6},
             Row{"2001:0:0:1:0:0:0:1", "2001:0:0:1::1", NameKind::ip6},
             Row{"::ffff:192.0.2.1", "::ffff:192.0.2.1", NameKind::ip6},
             Row{"::abcd:1234", "::abcd:1234", NameKind::ip6},
             Row{"::", "::", NameKind::ip6},
         }) {
        INFO(row.input);
        const auto name = normalize_name(row.input);
        if (!name) FAIL_CHECK(name.error().message);
        REQUIRE(name);
        CHECK(name->ascii == row.ascii);
        CHECK(name->kind == row.kind);
        // The normal form is its own normal form, and what is shown leads back to it.
        CHECK(normalize_name(name->ascii)->ascii == name->ascii);
        CHECK(normalize_name(name->unicode)->ascii == name->ascii);
    }
    CHECK(normalize_name("xn--r8jz45g.jp")->unicode == "例え.jp");
    CHECK(normalize_name("*.xn--r8jz45g.jp")->unicode == "*.例え.jp");
}

TEST_CASE("names that break a rule are refused with the rule") {
    struct Refused {
        std::string input;
        const char* rule;
    };
    const std::vector<Refused> rows{
        {"", "1 to 1024"},
        {std::string(1025, 'a'), "1 to 1024"},
        {".", "empty label"},
        {"a..com", "empty label"},
        {".example.com", "empty label"},
        {"example.com..", "empty label"},
        {"_acme.example.com", "letters, digits and hyphens"},
        {"inv@lid.com", "letters, digits and hyphens"},
        {"a b.com", "letters, digits and hyphens"},
        {"例 え.jp", "letters, digits and hyphens"},
        {"_例え.jp", "letters, digits and hyphens"},
        {"≯.example.com", "UseSTD3ASCIIRules"},
        {"a\u2488b.com", "IDNA 2008"},
        {"-a.com", "hyphen"},
        {"a-.com", "hyphen"},
        {"ab--c.com", "third and fourth"},
        {std::string(64, 'a') + ".com", "at most 63"},
        {long_name(254), "at most 253"},
        {"*." + long_name(252), "at most 253"},
        {"localhost", "at least two"},
        {"com", "at least two"},
        {"co.uk", "public suffix"},
        {"公司.cn", "public suffix"},
        {"github.io", "public suffix"},
        {"*.co.uk", "directly above a public suffix"},
        {"*.com", "directly above a public suffix"},
        {"*.github.io", "directly above a public suffix"},
        {"*.*.example.com", "'*'"},
        {"a.*.example.com", "'*'"},
        {"*a.example.com", "'*'"},
        {"*", "'*'"},
        {"＊.example.com", "letters, digits and hyphens"},
        {"*.192.0.2.1", "must not be a number"},
        {"192.0.2", "must not be a number"},
        {"192.0.2.256", "must not be a number"},
        {"192.0.2.01", "must not be a number"},
        {"192.0.2.1.", "must not be a number"},
        {"１９２．０．２．１", "must not be a number"},
        {"example.123", "must not be a number"},
        {"[2001:db8::1]", "no IPv6"},
        {"2001:db8::1%eth0", "no IPv6"},
        {"example.com:443", "no IPv6"},
        {"2001:db8:::1", "no IPv6"},
        {"xn--a.com", "IDNA 2008"},
        {"xn--.com", ""},
        {"xn--example-.com", ""},
        {"☕.example.com", "IDNA 2008"},
        {"a\u200db.com", "IDNA 2008"},
        {"\u0301a.com", ""},
        {std::string("a\0b.com", 7), "U+0000"},
        {"\xff.com", "UTF-8"},
    };
    for (const Refused& row : rows) {
        INFO(row.input);
        const auto name = normalize_name(row.input);
        REQUIRE_FALSE(name);
        CHECK(name.error().kind == ErrorKind::invalid_input);
        INFO(name.error().message);
        CHECK(name.error().message.find(row.rule) != std::string::npos);
        // A message can be shown and stored.
        CHECK(decode_utf8(name.error().message));
    }
    CHECK(normalize_name(long_name(253)));
    CHECK(normalize_name("*." + long_name(251)));
    CHECK(normalize_name(std::string(63, 'a') + ".com"));
}

TEST_CASE("random octets are answered, and what is taken is stable") {
    std::mt19937 random(7);
    const std::vector<std::string> pieces{"a", "xn--", "-", ".",      "。",       "é",      "ß",
                                          "א", "1",    "*", "例",     "\xff",     "\u200d", "_",
                                          "B", "com",  ":", "\u0301", "bcher-kva"};
    int taken = 0;
    for (int round = 0; round < 20'000; ++round) {
        std::string text;
        for (unsigned i = 0, count = 1 + random() % 8; i < count; ++i) {
            text += pieces[random() % pieces.size()];
        }
        if (round % 2 == 0) {
            text += ".com";
        }
        const auto name = normalize_name(text);
        if (!name) {
            continue;
        }
        ++taken;
        const auto again = normalize_name(name->ascii);
        INFO(name->ascii);
        REQUIRE(again);
        REQUIRE(again->ascii == name->ascii);
        REQUIRE(normalize_name(name->unicode)->ascii == name->ascii);
    }
    CHECK(taken > 500);
}

TEST_CASE("many threads get the same answers") {
    std::vector<std::thread> threads;
    std::vector<int> right(4, 0);
    for (std::size_t t = 0; t < right.size(); ++t) {
        threads.emplace_back([&right, t] {
            for (int i = 0; i < 500; ++i) {
                right[t] += normalize_name("bücher.example.com")->ascii == "xn--bcher-kva.example.com";
                right[t] += !normalize_name("co.uk").has_value();
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    for (const int count : right) CHECK(count == 1000);
}

#include <catch2/catch.hpp>
#include <certledger/adapters/names/idna.hpp>
#include <cstdlib>
#include <iostream>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "../support/vectors.hpp"

using namespace certledger::adapters::names;
using certledger::test::read_csv;
using certledger::test::read_text;
using certledger::test::vectors;

namespace {

std::string trim(const std::string& text) {
    const auto first = text.find_first_not_of(" \t");
    return first == std::string::npos ? "" : text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::vector<std::string> split(const std::string& text, char by) {
    std::vector<std::string> parts(1);
    for (const char c : text) {
        c == by ? static_cast<void>(parts.emplace_back()) : parts.back().push_back(c);
    }
    return parts;
}

/// Puts one code unit down in UTF-8, as it is: the file holds lone surrogates, which are then no valid UTF-8.
void put(std::string& out, unsigned long c) {
    const auto octet = [&out](unsigned long value) { out.push_back(static_cast<char>(value)); };
    if (c < 0x80) {
        octet(c);
    } else if (c < 0x800) {
        octet(0xc0 | c >> 6), octet(0x80 | (c & 0x3f));
    } else if (c < 0x10000) {
        octet(0xe0 | c >> 12), octet(0x80 | (c >> 6 & 0x3f)), octet(0x80 | (c & 0x3f));
    } else {
        octet(0xf0 | c >> 18), octet(0x80 | (c >> 12 & 0x3f)), octet(0x80 | (c >> 6 & 0x3f)),
            octet(0x80 | (c & 0x3f));
    }
}

/// Replaces `\uXXXX` and `\x{XXXX}`.
std::string unescape(const std::string& text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\\' || i + 1 == text.size()) {
            out.push_back(text[i]);
        } else if (text[i + 1] == 'u') {
            put(out, std::strtoul(text.substr(i + 2, 4).c_str(), nullptr, 16));
            i += 5;
        } else {
            const std::size_t end = text.find('}', i);
            put(out, std::strtoul(text.substr(i + 3, end - i - 3).c_str(), nullptr, 16));
            i = end;
        }
    }
    return out;
}

struct Case {
    std::string source;  ///< As it is written in the file.
    std::optional<std::string> ascii;
    bool nv8 = false;  ///< The file marks names that IDNA 2008 itself disallows.
};

std::vector<Case> conformance_cases() {
    std::vector<Case> cases;
    for (const std::string& line : split(read_text(vectors() / "idna/IdnaTestV2.txt"), '\n')) {
        const std::string text = trim(line.substr(0, line.find('#')));
        if (text.empty()) {
            continue;
        }
        const auto cells = split(text, ';');
        REQUIRE(cells.size() >= 7);
        const std::string source = trim(cells[0]);
        const std::string unicode = trim(cells[1]).empty() ? source : trim(cells[1]);
        const std::string ascii = trim(cells[3]).empty() ? unicode : trim(cells[3]);
        const std::string status = trim(cells[4]).empty() ? trim(cells[2]) : trim(cells[4]);
        Case one;
        one.source = source;
        one.nv8 = line.find("NV8") != std::string::npos || line.find("XV8") != std::string::npos;
        if (status.empty() || status == "[]") {
            one.ascii = unescape(ascii);
        }
        cases.push_back(one);
    }
    return cases;
}

std::string shown(const std::optional<std::string>& ascii) { return ascii.value_or("refused"); }

/// Source -> "file says | we say", from the list of deliberate differences.
std::map<std::string, std::string> listed_differences() {
    std::map<std::string, std::string> listed;
    for (const std::string& line : split(read_text(vectors() / "idna/differences.txt"), '\n')) {
        if (line.empty() || line.front() == '#') {
            continue;
        }
        const auto cells = split(line, '\t');
        REQUIRE(cells.size() == 4);
        REQUIRE_FALSE(cells[3].empty());
        REQUIRE(listed.emplace(cells[0], cells[1] + " | " + cells[2]).second);
    }
    return listed;
}

}  // namespace

TEST_CASE("toASCII answers as the Unicode conformance file, but for the listed differences") {
    const auto cases = conformance_cases();
    REQUIRE(cases.size() == 6235);
    const auto listed = listed_differences();
    std::size_t differing = 0;
    std::map<std::string, bool> seen;
    for (const Case& one : cases) {
        if (!seen.emplace(one.source, true).second) {
            continue;
        }
        const auto result = to_ascii(unescape(one.source));
        const std::optional<std::string> answer = result ? std::optional(*result) : std::nullopt;
        const auto difference = listed.find(one.source);
        if (answer == one.ascii) {
            INFO("now agrees, but is listed: " << one.source);
            CHECK(difference == listed.end());
            continue;
        }
        ++differing;
        const std::string found = shown(one.ascii) + " | " + shown(answer);
        if (std::getenv("CERTLEDGER_LIST_DIFFERENCES") != nullptr) {
            std::cerr << one.source << '\t' << shown(one.ascii) << '\t' << shown(answer) << '\t'
                      << (one.nv8 ? "NV8" : "") << (result ? "" : result.error().message) << '\n';
            continue;
        }
        INFO(one.source << " : " << found << (result ? "" : " : " + result.error().message));
        REQUIRE(difference != listed.end());
        CHECK(difference->second == found);
    }
    CHECK(differing == listed.size());
}

TEST_CASE("names that the URL standard refuses are refused, and what both take comes out alike") {
    // One object a case in a flat list; comments are plain strings. Reading it needs no JSON library.
    const std::string text = read_text(vectors() / "idna/ada-toascii.json");
    std::size_t cases = 0;
    std::size_t both_take = 0;
    for (std::size_t at = 0; (at = text.find("\"input\": ", at)) != std::string::npos; ++cases) {
        const auto unquote = [&](std::size_t from) {
            std::string value;
            for (std::size_t i = from + 1; text[i] != '"'; ++i) {
                if (text[i] != '\\') {
                    value.push_back(text[i]);
                } else if (text[++i] == 'u') {
                    value += unescape("\\u" + text.substr(i + 1, 4));
                    i += 4;
                } else {
                    value.push_back(text[i]);
                }
            }
            return value;
        };
        at += 9;
        const std::string input = unquote(at);
        const std::size_t output_at = text.find("\"output\": ", at) + 10;
        const std::string block = text.substr(output_at, text.find('}', output_at) - output_at);
        if (block.find("urlStandardOnly") != std::string::npos) {
            continue;
        }
        INFO(input);
        const auto ours = to_ascii(input);
        if (text[output_at] == 'n') {
            CHECK_FALSE(ours);
        } else if (ours) {
            ++both_take;
            // Since Unicode 15.1 the capital sharp s maps to the small one; up to 15.0, which libidn2 and the
            // conformance file stand on, to `ss`.
            const bool newer_mapping = input.find("\u1e9e") != std::string::npos;
            CHECK((*ours == unquote(output_at)) != newer_mapping);
        }
    }
    CHECK(cases == 87);
    CHECK(both_take >= 15);
}

TEST_CASE("Punycode encodes and decodes the samples of RFC 3492") {
    const auto rows = read_csv(vectors() / "idna/rfc3492_punycode_samples.csv");
    REQUIRE(rows.size() == 19);
    const auto lower = [](std::string text) {
        for (char& c : text) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
        return text;
    };
    for (const auto& row : rows) {
        INFO(row.at("unicode"));
        const auto unicode = decode_utf8(row.at("unicode"));
        REQUIRE(unicode);
        CHECK(encode_utf8(*unicode) == row.at("unicode"));
        CHECK(lower(punycode_encode(*unicode).value_or("")) == lower(row.at("punycode_without_prefix")));
        const auto decoded = punycode_decode(row.at("punycode_without_prefix"));
        REQUIRE(decoded);
        CHECK(lower(encode_utf8(*decoded)) == lower(row.at("unicode")));
    }
}

TEST_CASE("Punycode that runs over or breaks off is refused") {
    for (const char* bad : {"99999999", "zzzzzzzzzzzzzzzzzzzz", "a-\x80", "=", "a-b-c=", "kva\xff"}) {
        CHECK_FALSE(punycode_decode(bad));
    }
    CHECK_FALSE(punycode_decode(std::string(1025, 'a')));
    CHECK_FALSE(punycode_encode(std::u32string(1025, U'\u00e9')));
    CHECK(punycode_encode(std::u32string(1024, U'\U0010ffff')));
}

TEST_CASE("UTF-8 that is none is refused") {
    for (const char* bad :
         {"\xff", "\xc0\x80", "\xe0\x80\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xc3", "a\xe2\x82"}) {
        CHECK_FALSE(decode_utf8(bad));
        CHECK_FALSE(to_ascii(std::string(bad) + ".example"));
    }
    CHECK(decode_utf8("\xf4\x8f\xbf\xbf"));
}

TEST_CASE("the bidi rule holds across labels") {
    CHECK(to_ascii("\u05d0.\u05d1"));
    CHECK(to_ascii("abc.\u05d0"));
    CHECK_FALSE(to_ascii("1abc.\u05d0"));  // a label that begins with a digit beside a right-to-left one
    CHECK(to_ascii("1abc.example"));
    CHECK_FALSE(to_ascii("\u05d0\u0661\u0031.example"));  // both kinds of digits
    const auto refused = to_ascii("0\u00e0.\u05d0");
    REQUIRE_FALSE(refused);
    CHECK(refused.error().message.find("RFC 5893") != std::string::npos);
}

TEST_CASE(
    "characters that are letters only beside certain others are refused elsewhere (RFC 5892 appendix A)") {
    for (const char* good :
         {"l·l.com", "α͵β.com", "א׳.com", "א״.com", "カ・.com", "漢・字.com", "ب٠١.com", "ب۰۱.com"}) {
        INFO(good);
        CHECK(to_ascii(good).has_value());
    }
    for (const char* bad : {"·a.com", "l·.com", "·l.com", "a·l.com", "α͵.com", "α͵b.com", "a׳.com", "a״.com",
                            "・.com", "a・b.com", "ب٠۱.com"}) {
        INFO(bad);
        CHECK_FALSE(to_ascii(bad).has_value());
    }
    // Written as A-labels they are the same names.
    CHECK_FALSE(to_ascii("xn--a-0ea.com").has_value());
    CHECK(to_ascii("xn--ll-0ea.com").has_value());
}

// Role: reads names for tests: plain ASCII only, as a front would hand them over. Takes letters, digits,
// hyphens and dots, `*.` in front, IPv4 and full-form IPv6; `co.uk`, `com`, `org` are the public suffixes.
#pragma once

#include <string>
#include <string_view>

namespace certledger::model {

enum class Form { plain, wildcard, address };

struct Name {
    std::string ascii;
    Form form = Form::plain;
    bool good = false;
};

[[nodiscard]] Name read_name(std::string_view given);

}  // namespace certledger::model

#include "label_rules.hpp"

#include <unictype.h>
#include <uninorm.h>

#include <algorithm>
#include <certledger/adapters/names/idna.hpp>
#include <cstdio>
#include <cstdlib>
#include <initializer_list>
#include <memory>

namespace certledger::adapters::names {

namespace {

bool is_one_of(int category, std::initializer_list<int> set) {
    return std::find(set.begin(), set.end(), category) != set.end();
}

int bidi_class(char32_t c) { return uc_bidi_category(static_cast<ucs4_t>(c)); }

/// RFC 5893 section 1.4: what makes a domain name a bidi domain name.
bool right_to_left(const std::u32string& label) {
    return std::any_of(label.begin(), label.end(), [](char32_t c) {
        return is_one_of(bidi_class(c), {UC_BIDI_R, UC_BIDI_AL, UC_BIDI_AN});
    });
}

/// The class of the last character that is no nonspacing mark.
int last_class(const std::u32string& label) {
    for (auto at = label.rbegin(); at != label.rend(); ++at) {
        if (const int category = bidi_class(*at); category != UC_BIDI_NSM) {
            return category;
        }
    }
    return UC_BIDI_NSM;
}

std::string rtl_fault(const std::u32string& label) {
    bool european = false;
    bool arabic = false;
    for (const char32_t c : label) {
        const int category = bidi_class(c);
        if (!is_one_of(category, {UC_BIDI_R, UC_BIDI_AL, UC_BIDI_AN, UC_BIDI_EN, UC_BIDI_ES, UC_BIDI_CS,
                                  UC_BIDI_ET, UC_BIDI_ON, UC_BIDI_BN, UC_BIDI_NSM})) {
            return describe(c) +
                   " in a right-to-left label breaks the bidi rule (RFC 5893 section 2, condition 2)";
        }
        european = european || category == UC_BIDI_EN;
        arabic = arabic || category == UC_BIDI_AN;
    }
    if (!is_one_of(last_class(label), {UC_BIDI_R, UC_BIDI_AL, UC_BIDI_EN, UC_BIDI_AN})) {
        return "a right-to-left label must end in a letter or digit (RFC 5893 section 2, condition 3)";
    }
    if (european && arabic) {
        return "a right-to-left label must not mix European and Arabic digits (RFC 5893 section 2, condition "
               "4)";
    }
    return {};
}

std::string ltr_fault(const std::u32string& label) {
    for (const char32_t c : label) {
        if (!is_one_of(bidi_class(c), {UC_BIDI_L, UC_BIDI_EN, UC_BIDI_ES, UC_BIDI_CS, UC_BIDI_ET, UC_BIDI_ON,
                                       UC_BIDI_BN, UC_BIDI_NSM})) {
            return describe(c) +
                   " in a left-to-right label breaks the bidi rule (RFC 5893 section 2, condition 5)";
        }
    }
    if (!is_one_of(last_class(label), {UC_BIDI_L, UC_BIDI_EN})) {
        return "a left-to-right label must end in a letter or digit (RFC 5893 section 2, condition 6)";
    }
    return {};
}

bool is_nfc(std::u32string_view label) {
    const auto* source = reinterpret_cast<const std::uint32_t*>(label.data());
    std::size_t size = 0;
    const std::unique_ptr<std::uint32_t, decltype(&std::free)> normal(
        u32_normalize(UNINORM_NFC, source, label.size(), nullptr, &size), std::free);
    return normal != nullptr && size == label.size() && std::equal(source, source + size, normal.get());
}

bool in_script(char32_t c, const char* name) {
    const uc_script_t* script = uc_script(static_cast<ucs4_t>(c));
    return script != nullptr && std::string_view(script->name) == name;
}

bool arabic_indic_digit(char32_t c) { return c >= 0x660 && c <= 0x669; }
bool extended_arabic_indic_digit(char32_t c) { return c >= 0x6f0 && c <= 0x6f9; }

/// RFC 5892 appendix A.3 to A.9: characters that are letters of a name only beside certain others. libidn2
/// looks names up, for which RFC 5891 section 5.4 does not ask; who registers or certifies must (section
/// 4.2.3.3).
std::string context_fault(std::u32string_view label) {
    const auto holds = [&](auto&& test) { return std::any_of(label.begin(), label.end(), test); };
    for (std::size_t i = 0; i < label.size(); ++i) {
        const char32_t c = label[i];
        const char32_t before = i > 0 ? label[i - 1] : U'\0';
        const char32_t after = i + 1 < label.size() ? label[i + 1] : U'\0';
        const char* rule = nullptr;
        if (c == 0xb7 && (before != U'l' || after != U'l')) {
            rule = "stands only between two 'l' (RFC 5892 appendix A.3)";
        } else if (c == 0x375 && !in_script(after, "Greek")) {
            rule = "stands only before a Greek letter (RFC 5892 appendix A.4)";
        } else if ((c == 0x5f3 || c == 0x5f4) && !in_script(before, "Hebrew")) {
            rule = "stands only behind a Hebrew letter (RFC 5892 appendix A.5 and A.6)";
        } else if (c == 0x30fb && !holds([](char32_t other) {
                       return in_script(other, "Hiragana") || in_script(other, "Katakana") ||
                              in_script(other, "Han");
                   })) {
            rule = "stands only in a label with Japanese or Chinese characters (RFC 5892 appendix A.7)";
        } else if (arabic_indic_digit(c) && holds(extended_arabic_indic_digit)) {
            rule = "must not stand beside digits of the other Arabic kind (RFC 5892 appendix A.8 and A.9)";
        }
        if (rule != nullptr) return describe(c) + " " + rule;
    }
    return {};
}

}  // namespace

std::string describe(char32_t character) {
    char code[16];
    std::snprintf(code, sizeof code, "U+%04X", static_cast<unsigned>(character));
    const bool shown = character > ' ' && character != 0x7f && uc_is_graph(static_cast<ucs4_t>(character));
    return shown ? std::string(code) + " '" + encode_utf8(std::u32string_view(&character, 1)) + "'" : code;
}

std::string bidi_fault(const std::vector<std::u32string>& labels) {
    if (std::none_of(labels.begin(), labels.end(), right_to_left)) {
        return {};
    }
    for (const std::u32string& label : labels) {
        std::string fault;
        switch (bidi_class(label.front())) {
            case UC_BIDI_R:
            case UC_BIDI_AL:
                fault = rtl_fault(label);
                break;
            case UC_BIDI_L:
                fault = ltr_fault(label);
                break;
            default:
                fault = describe(label.front()) +
                        " must not begin a label of a name with right-to-left labels (RFC 5893 section 2, "
                        "condition 1)";
        }
        if (!fault.empty()) {
            return fault;
        }
    }
    return {};
}

std::string label_fault(std::u32string_view label) {
    if (uc_is_general_category_withtable(static_cast<ucs4_t>(label.front()), UC_CATEGORY_MASK_M)) {
        return describe(label.front()) + " is a mark and must not begin a label (RFC 5891 section 4.2.3.2)";
    }
    for (const char32_t c : label) {
        // Decomposed they hold `=`, `<` and `>`: UTS 46 section 4.1 with UseSTD3ASCIIRules.
        if (c == 0x2260 || c == 0x226e || c == 0x226f) {
            return describe(c) + " is not allowed (UTS 46, UseSTD3ASCIIRules)";
        }
    }
    if (!is_nfc(label)) return "a label is not in Unicode normal form C (RFC 5891 section 5.3)";
    return context_fault(label);
}

std::string ascii_label_fault(std::string_view label) {
    if (label.empty()) {
        return "it has an empty label";
    }
    if (label.size() > 63) {
        return "a label has " + std::to_string(label.size()) +
               " octets, at most 63 are allowed (RFC 1035 section 2.3.4)";
    }
    for (const char c : label) {
        const bool allowed = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
        if (!allowed) {
            return describe(static_cast<unsigned char>(c)) +
                   " is not allowed: labels have letters, digits and hyphens only (RFC 1123 section 2.1)";
        }
    }
    if (label.front() == '-' || label.back() == '-') {
        return "a label begins or ends with a hyphen";
    }
    if (label.size() >= 4 && label[2] == '-' && label[3] == '-' && label.substr(0, 2) != "xn") {
        return "a label has hyphens in its third and fourth position (RFC 5891 section 4.2.3.1)";
    }
    return {};
}

}  // namespace certledger::adapters::names

#include "output/view_table.hpp"

#include "report.hpp"

namespace certledger::cli {
namespace {

struct Marked {
    std::string_view column;
    std::string_view text;  ///< Empty: whatever it is.
    Style style;
};

constexpr Marked kMarked[] = {
    {"names", "", Style::strong},
    {"names_unicode", "", Style::strong},
    {"name", "", Style::strong},
    {"target", "", Style::strong},
    {"flags", "", Style::accent},
    {"event", "", Style::warn},
    {"state", "eligible", Style::accent},
    {"state", "granted", Style::warn},
    {"state", "paid", Style::good},
    {"state", "none", Style::faint},
    {"state", "closed", Style::faint},
    {"state", "declined", Style::faint},
    {"seen", "served", Style::good},
    {"seen", "drifted", Style::bad},
    {"seen", "never", Style::faint},
    {"succeeded", "yes", Style::good},
    {"succeeded", "no", Style::bad},
    {"free", "0", Style::faint},
    {"free", "", Style::good},
};

}  // namespace

Style style_of(std::string_view column, const std::string& text) {
    if (column == "status") {
        const auto status = events::from_name<events::Status>(text);
        return status ? status_cell(*status).style : Style::plain;
    }
    for (const Marked& marked : kMarked) {
        if (marked.column == column && (marked.text.empty() || marked.text == text)) return marked.style;
    }
    return Style::plain;
}

std::string heading(std::string_view title) {
    std::string upper(title);
    for (char& c : upper)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return upper;
}

void describe_display(Command& verb, Display& display) {
    verb.option("--layout", "LAYOUT", "How to print it",
                [&display](const std::string& text) -> std::string {
                    if (text != "table" && text != "card") return one_of({"table", "card"});
                    display.cards = text == "card";
                    return {};
                })
        .choices({"table", "card"});
    verb.flag("--csv", "Every field as CSV (RFC 4180)", display.csv);
}

}  // namespace certledger::cli

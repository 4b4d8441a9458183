#include "output/help.hpp"

#include <algorithm>

#include "output/output.hpp"
#include "output/text.hpp"

namespace certledger::cli {
namespace {

constexpr std::size_t kLeastWidth = 40;

/// Where the description of an option begins: behind the first gap of two spaces in the line.
std::size_t description_of(std::string_view line) {
    const auto word = line.find_first_not_of(' ');
    const auto gap = line.find("  ", word);
    const auto begin = gap == std::string_view::npos ? gap : line.find_first_not_of(' ', gap);
    return begin == std::string_view::npos ? 0 : begin;
}

class Layout {
  public:
    explicit Layout(std::size_t width) : width_(width) {}

    void line(std::string_view text) {
        const bool flows = !text.empty() && text.front() != ' ' && text.back() != ':';
        if (flows && !text.starts_with("Usage:")) {
            paragraph_ += (paragraph_.empty() ? "" : " ") + std::string(text);
            return;
        }
        end_paragraph();
        if (text.starts_with("Examples:")) pasted_ = true;
        const std::size_t begin = pasted_ || text.starts_with("Usage:") ? 0 : description_of(text);
        const bool fits = display_width(text) <= width_ || begin == 0 || begin + kLeastWidth / 2 > width_;
        if (fits) {
            made_ += text;
        } else {
            made_ += text.substr(0, begin);
            const std::string margin(begin, ' ');
            for (const char c : wrapped(text.substr(begin), width_ - begin)) {
                made_ += c;
                if (c == '\n') made_ += margin;
            }
        }
        made_ += '\n';
    }
    [[nodiscard]] std::string take() {
        end_paragraph();
        return std::move(made_);
    }

  private:
    void end_paragraph() {
        if (!paragraph_.empty()) made_ += wrapped(paragraph_, width_) + '\n';
        paragraph_.clear();
    }

    std::size_t width_;
    std::string made_;
    std::string paragraph_;
    bool pasted_ = false;
};

}  // namespace

std::string laid_out(std::string_view help, std::size_t width) {
    if (width < kLeastWidth || width >= kUnlimited) return std::string(help);
    Layout layout(width);
    while (!help.empty()) {
        const auto end = help.find('\n');
        layout.line(help.substr(0, end));
        help.remove_prefix(end == std::string_view::npos ? help.size() : end + 1);
    }
    return layout.take();
}

}  // namespace certledger::cli

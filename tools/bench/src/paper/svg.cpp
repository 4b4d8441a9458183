#include "paper/svg.hpp"

#include <algorithm>
#include <certledger/tools/bench/report.hpp>
#include <cmath>
#include <cstdio>

namespace certledger::bench {
namespace {

constexpr int kRow = 24;
constexpr int kTop = 44;
constexpr int kLabels = 400;
constexpr int kBars = 380;
constexpr int kWidth = kLabels + kBars + 120;

std::string escaped(const std::string& text) {
    std::string safe;
    for (const char c : text) {
        if (c == '&') {
            safe += "&amp;";
        } else if (c == '<') {
            safe += "&lt;";
        } else if (c == '>') {
            safe += "&gt;";
        } else {
            safe += c;
        }
    }
    return safe;
}

std::string number(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.1f", value);
    return text;
}

std::string text_at(double x, double y, const std::string& text, const char* anchor, const char* fill) {
    return "<text x=\"" + number(x) + "\" y=\"" + number(y) + "\" text-anchor=\"" + anchor + "\" fill=\"" +
           fill + "\">" + escaped(text) + "</text>\n";
}

/// From a value to a length.
class Axis {
  public:
    explicit Axis(const std::vector<Bar>& bars) {
        double least = 0;
        for (const Bar& bar : bars) {
            most_ = std::max(most_, std::max(bar.value, bar.high));
            if (bar.value > 0) least = least == 0 ? bar.value : std::min(least, bar.value);
        }
        logarithmic_ = least > 0 && most_ / least > 30;
        base_ = logarithmic_ ? least / 2 : 0;
    }
    [[nodiscard]] double length(double value) const {
        if (most_ <= base_ || value <= base_) return 0;
        const double part = logarithmic_ ? std::log(value / base_) / std::log(most_ / base_) : value / most_;
        return part * kBars;
    }
    [[nodiscard]] bool logarithmic() const { return logarithmic_; }

  private:
    double most_ = 0;
    double base_ = 0;
    bool logarithmic_ = false;
};

}  // namespace

std::string bars_svg(const std::string& title, const std::string& unit, const std::vector<Bar>& bars) {
    const Axis axis(bars);
    const int height = kTop + kRow * static_cast<int>(bars.size()) + 16;
    std::string svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + std::to_string(kWidth) +
                      " " + std::to_string(height) + "\" font-family=\"sans-serif\" font-size=\"12\">\n";
    svg += "<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n";
    svg += text_at(12, 24, title + " (" + unit + (axis.logarithmic() ? ", logarithmic" : "") + ")", "start",
                   "#111111");
    double y = kTop;
    for (const Bar& bar : bars) {
        const double middle = y + kRow / 2.0;
        const double length = std::max(1.0, axis.length(bar.value));
        svg += text_at(kLabels - 8, middle + 4, bar.label, "end", bar.limit ? "#666666" : "#111111");
        svg += "<rect x=\"" + number(kLabels) + "\" y=\"" + number(y + 4) + "\" width=\"" + number(length) +
               "\" height=\"" + number(kRow - 8) + "\" fill=\"" + (bar.limit ? "#b8bec7" : "#2f6f9f") +
               "\"/>\n";
        svg += "<line x1=\"" + number(kLabels + axis.length(bar.low)) + "\" x2=\"" +
               number(kLabels + axis.length(bar.high)) + "\" y1=\"" + number(middle) + "\" y2=\"" +
               number(middle) + "\" stroke=\"#111111\"/>\n";
        svg += text_at(kLabels + std::max(length, axis.length(bar.high)) + 8, middle + 4, readable(bar.value),
                       "start", "#111111");
        y += kRow;
    }
    return svg + "</svg>\n";
}

}  // namespace certledger::bench

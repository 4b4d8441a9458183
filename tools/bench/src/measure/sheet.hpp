// Role: gathers samples while a bench runs, and turns them into a Section.
#pragma once

#include <certledger/events/result.hpp>
#include <certledger/tools/bench/report.hpp>
#include <chrono>
#include <exception>
#include <map>
#include <span>

namespace certledger::bench {

/// Carries an Error out of a bench, where a hundred lines would otherwise only pass it on.
class Failure : public std::exception {
  public:
    explicit Failure(Error error) : error_(std::move(error)) {}
    [[nodiscard]] const Error& error() const noexcept { return error_; }
    [[nodiscard]] const char* what() const noexcept override { return error_.message.c_str(); }

  private:
    Error error_;
};

/// The value, or a Failure.
template <class T>
T sure(Result<T> result) {
    if (!result) throw Failure(std::move(result.error()));
    if constexpr (!std::is_void_v<T>) return std::move(*result);
}

using Clock = std::chrono::steady_clock;

[[nodiscard]] inline double seconds_since(Clock::time_point begun) {
    return std::chrono::duration<double>(Clock::now() - begun).count();
}
/// Seconds that `work` takes.
template <class Work>
[[nodiscard]] double seconds_of(Work&& work) {
    const auto begun = Clock::now();
    work();
    return seconds_since(begun);
}

/// The value below which `share` (0 to 1) of the samples lie; reorders them. At least one sample.
[[nodiscard]] double percentile(std::vector<double>& samples, double share);

[[nodiscard]] Spread spread_of(std::vector<double> samples);

/// Not thread-safe.
class Sheet {
  public:
    Sheet(std::string name, std::string title);

    void size(const std::string& what, std::uint64_t count) { section_.sizes.emplace_back(what, count); }
    /// Declares a figure; figures stand in the order of their declaration. One that gets no sample is left
    /// out.
    void figure(const std::string& name, const std::string& label, const std::string& unit);
    /// The same for a limit or another program.
    void limit(const std::string& name, const std::string& label, const std::string& unit);
    /// One round's value of a declared figure.
    void sample(const std::string& name, double value);
    /// `of` divided by `to`, round by round.
    void ratio(const std::string& name, const std::string& label, const std::string& of,
               const std::string& to);
    void note(std::string text) { section_.notes.push_back(std::move(text)); }

    [[nodiscard]] Section section() const;

  private:
    Section section_;
    std::map<std::string, std::vector<double>> samples_;
};

/// p50, p99 and p99.9 of one round's latencies as samples of `<name>_p50` and so on, where declared.
void declare_latencies(Sheet& sheet, const std::string& name, const std::string& label, bool limit,
                       bool with_p999 = false);
void sample_latencies(Sheet& sheet, const std::string& name, std::vector<double> micros,
                      bool with_p999 = false);

}  // namespace certledger::bench

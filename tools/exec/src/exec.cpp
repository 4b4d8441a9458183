#include <certledger/tools/exec/answer_line.hpp>
#include <certledger/tools/exec/exec.hpp>

#include "line.hpp"
#include "line_reader.hpp"
#include "output.hpp"
#include "run_query.hpp"

namespace certledger::exec {
namespace {

/// Lines that wait for the batch before them may be so many.
constexpr std::size_t kMostWaiting = 4'096;

/// The loop over one input.
class Loop {
  public:
    Loop(engine::Ledger& ledger, int input, int output, LineDefaults defaults)
        : ledger_(ledger), reader_(input, kMaxLine), output_(output), defaults_(std::move(defaults)) {}

    Result<std::uint64_t> run();

  private:
    /// The answer to a line: text that is ready, or the next answer of the batch when empty.
    using Slot = std::string;

    [[nodiscard]] Result<void> take(std::string_view text, bool too_long);
    [[nodiscard]] Result<void> take(engine::Request request);
    [[nodiscard]] Result<void> take(const QueryRequest& request);
    [[nodiscard]] Result<void> take(LineFault fault);
    [[nodiscard]] Result<void> settle();
    [[nodiscard]] Result<void> pause();
    [[nodiscard]] Result<void> read_all();
    void say(const Slot& slot);

    engine::Ledger& ledger_;
    LineReader reader_;
    Output output_;
    const LineDefaults defaults_;
    std::vector<Slot> waiting_;
    std::uint64_t lines_ = 0;
    std::uint64_t answered_ = 0;
};

void Loop::say(const Slot& slot) {
    output_.text().append(slot).push_back('\n');
    ++answered_;
}

/// Commits the batch and puts every answer that was waiting for it into the output.
Result<void> Loop::settle() {
    if (waiting_.empty()) return {};
    auto answers = ledger_.flush();
    std::size_t next = 0;
    for (const Slot& slot : waiting_) {
        if (!slot.empty()) {
            say(slot);
            continue;
        }
        // What comes behind a batch that did not get through stays unanswered with it.
        if (!answers) break;
        engine::Answer& answer = (*answers)[next++];
        append_answer(answer, output_.text());
        output_.text().push_back('\n');
        ++answered_;
    }
    waiting_.clear();
    if (!answers) return tl::make_unexpected(answers.error());
    return {};
}

/// Lets the other side have everything that there is to say.
Result<void> Loop::pause() {
    if (auto settled = settle(); !settled) return settled;
    return output_.write();
}

Result<void> Loop::take(engine::Request request) {
    if (auto submitted = ledger_.submit(std::move(request)); !submitted) return submitted;
    waiting_.emplace_back();
    return {};
}

Result<void> Loop::take(const QueryRequest& request) {
    // A query sees every command before it (rulings 11).
    if (auto settled = settle(); !settled) return settled;
    const auto outcome = run_query(ledger_, request);
    if (!outcome) return tl::make_unexpected(outcome.error());
    std::string line = "{\"id\":";
    if (request.id) {
        append_text(*request.id, line);
    } else {
        line.append("null");
    }
    if (*outcome) {
        line.append(",\"ok\":true,\"result\":").append((**outcome).dump());
    } else {
        const auto name = std::visit(
            [](const auto& held) { return std::remove_cvref_t<decltype(held)>::kName; }, request.query);
        line.append(",\"ok\":false,\"refusal\":");
        append_refusal(outcome->error(), name, line);
    }
    line.push_back('}');
    say(line);
    return {};
}

Result<void> Loop::take(LineFault fault) {
    if (fault.certificate && !fault.asked.empty()) {
        const auto standing = ledger_.standing(fault.account, *fault.certificate);
        if (!standing) return tl::make_unexpected(standing.error());
        fault.refusal.status = standing->status;
        fault.refusal.allowed = standing->allowed;
    }
    std::string line = "{\"id\":";
    if (fault.id) {
        append_text(*fault.id, line);
    } else {
        line.append("null");
    }
    line.append(",\"ok\":false");
    if (fault.no_object) line.append(",\"line\":").append(std::to_string(lines_));
    line.append(",\"refusal\":");
    append_refusal(fault.refusal,
                   fault.asked.empty() ? std::nullopt : std::optional<std::string_view>(fault.asked), line);
    line.push_back('}');
    if (waiting_.empty()) {
        say(line);
    } else {
        waiting_.push_back(std::move(line));
    }
    return {};
}

Result<void> Loop::take(std::string_view text, bool too_long) {
    if (too_long) return take(exec::too_long());
    return std::visit([this](auto&& parsed) { return take(std::forward<decltype(parsed)>(parsed)); },
                      parse_line(text, defaults_));
}

Result<void> Loop::read_all() {
    Line line;
    for (;;) {
        if (reader_.would_wait()) {
            if (auto paused = pause(); !paused) return paused;
        }
        const auto more = reader_.next(line);
        if (!more) return tl::make_unexpected(more.error());
        if (!*more) return pause();
        ++lines_;
        if (!line.too_long && (line.text.empty() || line.text == "\r")) continue;
        if (auto taken = take(line.text, line.too_long); !taken) return taken;
        if (ledger_.full() || waiting_.size() >= kMostWaiting || output_.large()) {
            if (auto paused = pause(); !paused) return paused;
        }
    }
}

Result<std::uint64_t> Loop::run() {
    Result<void> read;
    try {
        read = read_all();
        // What was decided before the line that failed still counts.
        if (!read) {
            if (auto settled = settle(); !settled) read = settled;
        }
    } catch (...) {
        // The answers so far are good, whatever became of the batch behind them.
        (void)output_.write();
        throw;
    }
    const auto written = output_.write();
    if (!read) return tl::make_unexpected(read.error());
    if (!written) return tl::make_unexpected(written.error());
    return answered_;
}

}  // namespace

Result<std::uint64_t> run(engine::Ledger& ledger, int input, int output, const ExecOptions& options) {
    LineDefaults defaults{options.account, options.actor, std::nullopt, options.as_at};
    if (options.as_of) {
        auto as_of = events::json::JsonValue<projections::AsOf>::read(*options.as_of);
        if (!as_of) return fail(ErrorKind::invalid_input, "--as-of " + as_of.error());
        defaults.as_of = *as_of;
    }
    return Loop(ledger, input, output, std::move(defaults)).run();
}

}  // namespace certledger::exec

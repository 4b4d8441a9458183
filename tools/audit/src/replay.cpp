#include <certledger/domain/lifecycle/machine.hpp>
#include <certledger/tools/audit/replay.hpp>

#include <algorithm>
#include <unordered_map>
#include <vector>

namespace certledger::audit {
namespace {

/// Moves a stream's state by one event; false when the machine forbids it.
bool step(ReplayState& state, const events::RecordView& record) {
    state.version = record.version;
    state.position = record.position;
    if (!events::certificate_event(record.type)) return true;
    const auto next = lifecycle::next(state.status, record.type);
    state.broken = state.broken || !next;
    if (next) state.status = next;
    return next.has_value();
}

}  // namespace

Result<ReplayReport> replay(const store::EventStore& log, const ReplayOptions& options, const OnEvent& each,
                            const OnState& at_end) {
    ReplayReport report;
    report.to = std::min(options.to.value_or(UINT64_MAX), log.head().position);
    std::vector<ReplayState> states;
    std::unordered_map<std::string, std::size_t> places;
    const auto visit = [&](const events::RecordView& record, std::span<const std::uint8_t>) {
        if (record.position > report.to) return false;
        const auto [place, fresh] = places.emplace(record.stream, states.size());
        if (fresh) {
            states.emplace_back();
            states.back().stream = std::string(record.stream);
        }
        ReplayState& state = states[place->second];
        report.broken += step(state, record) ? 0U : 1U;
        ++report.records;
        if (each) each(record, state);
        return true;
    };
    const auto read = options.stream
                          ? log.read_stream(*options.stream, 1, UINT64_MAX, store::Direction::forward, visit)
                          : log.read_all(1, report.to, visit);
    if (!read) return tl::make_unexpected(read.error());
    if (options.stream && report.records == 0) {
        return fail(ErrorKind::not_found, "stream " + *options.stream + " has no event up to position " +
                                              std::to_string(report.to));
    }
    if (at_end) {
        for (const auto& state : states) at_end(state);
    }
    return report;
}

}  // namespace certledger::audit

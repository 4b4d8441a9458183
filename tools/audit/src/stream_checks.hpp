// Role: checks each record against those of its stream before it: versions, pointers, first time, account,
// and what the lifecycle machine allows.
//
// Memory has a ceiling, whatever the number of streams: where they do not all fit, half of them, by their
// prints, is put off to another pass over the same records, and so on.
#pragma once

#include <certledger/events/envelope.hpp>
#include <functional>
#include <string>
#include <vector>

#include "stream_folds.hpp"

namespace certledger::audit {

/// Not thread-safe.
class StreamChecks {
  public:
    using Report = std::function<void(store::Position, std::string)>;

    StreamChecks(std::size_t most_streams, Report report)
        : folds_(most_streams), report_(std::move(report)) {}

    /// Told each record of a pass once, in order. `thorough` false: only folds.
    void take(const events::RecordView& record, store::Position position, const NamePrint& stream,
              const NamePrint& account, bool thorough);
    /// Ends a pass. True: streams were put off, and every record is to be told once more, from the first on.
    [[nodiscard]] bool next_pass();

    /// Of the passes that have ended.
    [[nodiscard]] std::uint64_t streams() const noexcept { return streams_; }
    [[nodiscard]] std::uint64_t passes() const noexcept { return passes_; }

  private:
    /// The streams whose prints have these bits. What there is to say of records up to `told` was said
    /// before they were put off.
    struct Share {
        unsigned bits = 0;
        std::uint64_t value = 0;
        store::Position told = 0;
        [[nodiscard]] bool has(const NamePrint& print) const {
            // Not the bits by which the table goes.
            const std::uint64_t word = std::uint64_t{print.high} << 24U | print.low >> 40U;
            return (word & ((std::uint64_t{1} << bits) - 1)) == value;
        }
    };

    StreamFold* find(const NamePrint& stream, store::Position position);
    void halve(store::Position told);
    void say(std::string message);
    void check_order(const events::RecordView& record, const NamePrint& account, StreamFold& stream);
    void check_status(const events::RecordView& record, StreamFold& stream);

    StreamFolds folds_;
    Report report_;
    Share share_;
    std::vector<Share> put_off_;
    store::Position position_ = 0;
    bool thorough_ = true;
    std::uint64_t streams_ = 0;
    std::uint64_t passes_ = 0;
};

}  // namespace certledger::audit

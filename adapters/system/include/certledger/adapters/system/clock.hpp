// Role: the wall clock. The only place in the program that asks what time it is.
#pragma once

#include <certledger/events/instant.hpp>

namespace certledger::adapters::system {

/// A source of the current time; a simulated one stands in where a ledger's time is simulated.
class Clock {
  public:
    virtual ~Clock() = default;
    /// Microseconds. May run backwards: whoever needs order must not take it from here.
    [[nodiscard]] virtual events::Instant now() const = 0;
};

/// The operating system's clock, read through libc. Thread-safe.
class WallClock final : public Clock {
  public:
    [[nodiscard]] events::Instant now() const override;
};

/// Shows the instant that it was set to. Not thread-safe.
class FixedClock final : public Clock {
  public:
    explicit FixedClock(events::Instant instant) : instant_(instant) {}
    [[nodiscard]] events::Instant now() const override { return instant_; }
    void set(events::Instant instant) { instant_ = instant; }

  private:
    events::Instant instant_;
};

}  // namespace certledger::adapters::system

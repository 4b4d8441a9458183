#include <certledger/adapters/system/clock.hpp>
#include <certledger/events/contract.hpp>
#include <ctime>

namespace certledger::adapters::system {

events::Instant WallClock::now() const {
    // Through libc and not by a raw system call, so that a test can move the clock of a running program.
    std::timespec time{};
    CERTLEDGER_CHECK(::clock_gettime(CLOCK_REALTIME, &time) == 0);
    return events::Instant{time.tv_sec * events::kMicrosPerSecond + time.tv_nsec / 1000};
}

}  // namespace certledger::adapters::system

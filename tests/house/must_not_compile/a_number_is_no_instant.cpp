// uses: events
// expect: (conversion from .*int.* to .*Instant|no viable conversion from .*int.* to .*Instant)
// Microseconds or seconds: a bare number does not say.
#include <certledger/events/instant.hpp>

certledger::events::Instant caller() {
#ifdef CONTROL
    const certledger::events::Instant instant = certledger::events::Instant::from_seconds(5);
#else
    const certledger::events::Instant instant = 5;
#endif
    return instant;
}

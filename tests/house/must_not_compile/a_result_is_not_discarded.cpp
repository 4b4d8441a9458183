// uses: events
// expect: ignoring return value
#include <certledger/events/envelope.hpp>

void caller(std::span<const std::uint8_t> bytes) {
#ifdef CONTROL
    static_cast<void>(certledger::events::read_record(bytes));
#else
    certledger::events::read_record(bytes);
#endif
}

// uses: events
// expect: (no match for .*operator|invalid operands to binary expression)
// A sum can overflow and currencies can differ: only add() says so.
#include <certledger/events/money.hpp>

using certledger::events::Money;

bool caller(const Money& a, const Money& b) {
#ifdef CONTROL
    return certledger::events::add(a, b).has_value();
#else
    return (a + b).minor > 0;
#endif
}

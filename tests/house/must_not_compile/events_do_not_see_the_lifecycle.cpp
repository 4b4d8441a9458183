// uses: events
// control uses: events lifecycle
// expect: certledger/domain/lifecycle/machine.hpp[:'] (No such file|file not found)
#include <certledger/domain/lifecycle/machine.hpp>

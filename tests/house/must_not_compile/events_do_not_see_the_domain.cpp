// uses: events
// control uses: events domain
// expect: certledger/domain/state.hpp[:'] (No such file|file not found)
#include <certledger/domain/state.hpp>

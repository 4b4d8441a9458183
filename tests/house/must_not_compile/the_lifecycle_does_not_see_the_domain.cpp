// uses: lifecycle
// control uses: lifecycle domain
// expect: certledger/domain/state.hpp[:'] (No such file|file not found)
#include <certledger/domain/state.hpp>

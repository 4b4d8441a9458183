// uses: store
// control uses: store domain
// expect: certledger/domain/decide.hpp[:'] (No such file|file not found)
#include <certledger/domain/decide.hpp>

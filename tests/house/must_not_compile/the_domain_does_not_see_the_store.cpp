// uses: domain
// control uses: domain store
// expect: certledger/store/event_store.hpp[:'] (No such file|file not found)
#include <certledger/store/event_store.hpp>

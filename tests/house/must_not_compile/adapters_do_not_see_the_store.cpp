// uses: adapters_openssl
// control uses: adapters_openssl store
// expect: certledger/store/event_store.hpp[:'] (No such file|file not found)
#include <certledger/store/event_store.hpp>

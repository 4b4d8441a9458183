#include <certledger/memory/memory.hpp>

namespace planted {

Word recall() { return Word{5}; }

}  // namespace planted

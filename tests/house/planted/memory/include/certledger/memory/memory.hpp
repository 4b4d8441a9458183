#pragma once

#include <certledger/words/word.hpp>

namespace planted {

Word recall();

}  // namespace planted

#ifndef PLANT_HEADER_WITHOUT_GUARD
#pragma once
#endif

#include <certledger/words/word.hpp>

#ifdef PLANT_HEADER_OF_ANOTHER_ROOM
#include <certledger/memory/memory.hpp>
#endif

namespace planted {

#ifdef PLANT_HEADER_NOT_ALONE
std::vector<Word> think();
#endif

#ifdef PLANT_HEADER_WITHOUT_GUARD
struct Thought {};
#endif

Word decide(Word word);

}  // namespace planted

#include <certledger/words/word.hpp>

namespace planted {

// Declared by hand, as somebody would who wants to get round the include roots.
Word recall();

Word decide(Word word) {
#ifdef PLANT_CALL_NOT_DECLARED
    word.letters += recall().letters;
#endif
    return word;
}

}  // namespace planted

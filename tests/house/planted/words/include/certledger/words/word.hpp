#pragma once

namespace planted {

struct Word {
    int letters = 0;
};

}  // namespace planted

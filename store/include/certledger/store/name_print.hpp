// Role: 128 bits that stand for a stream's name in the tables of a process. They are made under a key that is
// drawn anew for each process: nobody can choose two names that meet, and among as many streams as memory
// holds it does not happen by chance. That spares a look at the name. Nothing of it gets into a file.
#pragma once

#include <cstdint>
#include <string_view>

namespace certledger::store {

struct NamePrint {
    std::uint64_t low = 0;
    std::uint64_t high = 0;
    friend bool operator==(const NamePrint&, const NamePrint&) = default;
};

/// Threads: any. The same for the same name as long as the process lives.
[[nodiscard]] NamePrint print_of(std::string_view name);

}  // namespace certledger::store

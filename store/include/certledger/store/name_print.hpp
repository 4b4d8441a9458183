// Role: 128 bits that stand for a stream's name in the tables of a process, which spares a look at the name.
// They are made under a key that is drawn anew for each process and shown to nobody; among as many streams as
// memory holds no two meet by chance. A fast mix and no cryptographic hash: the audit, which has to stand up to
// whoever wrote the log, has prints of its own. Nothing of it gets into a file.
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

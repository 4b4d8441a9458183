#include <certledger/store/lmdb/boot.hpp>
#include <fstream>
#include <string>

namespace certledger::store::lmdb {

std::optional<events::Uuid> this_boot() {
    static const auto boot = [] {
        std::ifstream file("/proc/sys/kernel/random/boot_id");
        std::string text;
        std::getline(file, text);
        return events::uuid_from_string(text);
    }();
    return boot;
}

}  // namespace certledger::store::lmdb

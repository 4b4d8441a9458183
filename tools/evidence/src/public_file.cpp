#include "public_file.hpp"

#include <cerrno>
#include <cstdio>

#include "files.hpp"

namespace certledger::evidence {
namespace fs = std::filesystem;

Result<std::optional<std::string>> read_public_file(const fs::path& path, std::size_t largest) {
    return read_file(path, largest);
}

Result<void> write_public_file(const fs::path& path, std::string_view octets) {
    std::error_code fault;
    fs::create_directories(path.parent_path(), fault);
    if (fault) return file_error(path.parent_path(), fault.value());
    const std::string beside = path.string() + std::string(unfinished_end);
    std::FILE* const file = std::fopen(beside.c_str(), "wb");
    if (file == nullptr) return file_error(beside, errno);
    const bool written = std::fwrite(octets.data(), 1, octets.size(), file) == octets.size();
    const bool closed = std::fclose(file) == 0;
    if (!written || !closed || std::rename(beside.c_str(), path.c_str()) != 0) {
        const int reason = errno;
        std::remove(beside.c_str());
        return file_error(path, reason);
    }
    return {};
}

}  // namespace certledger::evidence

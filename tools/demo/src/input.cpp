#include <algorithm>
#include <certledger/tools/demo/demo.hpp>
#include <filesystem>
#include <fstream>

namespace certledger::demo {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t kMostOctets = std::uintmax_t{16} << 20U;
constexpr const char* kSystemBundle = "/etc/ssl/certs/ca-certificates.crt";

tl::unexpected<Error> unreadable(const std::string& path, const std::string& why) {
    return fail(ErrorKind::invalid_input, path + ": " + why);
}

}  // namespace

Result<std::vector<std::string>> read_names(const std::string& path) {
    std::error_code error;
    const auto size = fs::file_size(path, error);
    if (error) return unreadable(path, error.message());
    if (size > kMostOctets) return unreadable(path, "larger than 16 MiB");
    std::ifstream file(path);
    if (!file) return unreadable(path, "cannot be read");
    std::vector<std::string> names;
    for (std::string line; std::getline(file, line);) {
        const auto first = line.find_first_not_of(" \t\r");
        if (first == std::string::npos || line[first] == '#') continue;
        names.push_back(line.substr(first, line.find_last_not_of(" \t\r") - first + 1));
    }
    if (file.bad()) return unreadable(path, "cannot be read to its end");
    if (names.empty()) return unreadable(path, "holds no name");
    return names;
}

Result<std::vector<std::string>> certificate_files(const std::string& path) {
    std::error_code error;
    if (path.empty()) {
        if (fs::is_regular_file(kSystemBundle, error)) return std::vector<std::string>{kSystemBundle};
        return std::vector<std::string>{};
    }
    if (fs::is_regular_file(path, error)) return std::vector<std::string>{path};
    std::vector<std::string> files;
    fs::directory_iterator entries(path, error);
    if (error) return unreadable(path, error.message());
    for (; entries != fs::directory_iterator(); entries.increment(error)) {
        if (error) return unreadable(path, error.message());
        if (entries->is_regular_file(error)) files.push_back(entries->path().string());
    }
    std::sort(files.begin(), files.end());
    return files;
}

}  // namespace certledger::demo

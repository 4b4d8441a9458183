#include "page_file.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace certledger::store::lmdb {

Result<std::unique_ptr<PageFile>> PageFile::open(const std::filesystem::path& file) {
    const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return fail(ErrorKind::outside, file.string() + ": cannot be opened: " + std::strerror(errno));
    std::unique_ptr<PageFile> opened(new PageFile(file, fd));
    opened->size_ = static_cast<std::size_t>(opened->size_now());
    if (opened->size_ == 0) return opened;
    void* const at = ::mmap(nullptr, opened->size_, PROT_READ, MAP_SHARED, fd, 0);
    if (at == MAP_FAILED)
        return fail(ErrorKind::outside, file.string() + ": cannot be mapped: " + std::strerror(errno));
    opened->at_ = static_cast<const std::uint8_t*>(at);
    const auto begin = reinterpret_cast<std::uintptr_t>(at);
    opened->registered_.set({begin, begin + opened->size_});
    return opened;
}

PageFile::~PageFile() {
    registered_.set({});
    if (at_ != nullptr) ::munmap(const_cast<std::uint8_t*>(at_), size_);
    ::close(fd_);
}

std::uint64_t PageFile::size_now() const {
    struct stat status = {};
    return ::fstat(fd_, &status) == 0 ? static_cast<std::uint64_t>(status.st_size) : 0;
}

}  // namespace certledger::store::lmdb

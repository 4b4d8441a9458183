#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <certledger/tools/workflow/worker_claim.hpp>
#include <cstring>
#include <utility>

namespace certledger::workflow {

Result<std::optional<WorkerClaim>> WorkerClaim::take(const std::string& folder) {
    const int file = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (file < 0) return fail(ErrorKind::outside, folder + ": cannot be opened: " + std::strerror(errno));
    WorkerClaim claim(folder, file);
    if (::flock(file, LOCK_EX | LOCK_NB) == 0) return std::optional<WorkerClaim>(std::move(claim));
    if (errno == EWOULDBLOCK || errno == EINTR) return std::optional<WorkerClaim>();
    return fail(ErrorKind::outside, folder + ": cannot be locked: " + std::strerror(errno));
}

WorkerClaim::WorkerClaim(WorkerClaim&& other) noexcept
    : folder_(std::move(other.folder_)), file_(std::exchange(other.file_, -1)) {}

WorkerClaim::~WorkerClaim() {
    if (file_ >= 0) ::close(file_);
}

bool WorkerClaim::holds() const {
    struct stat claimed = {};
    struct stat found = {};
    return ::fstat(file_, &claimed) == 0 && ::stat(folder_.c_str(), &found) == 0 &&
           claimed.st_dev == found.st_dev && claimed.st_ino == found.st_ino;
}

}  // namespace certledger::workflow

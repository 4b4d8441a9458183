#include "output.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string_view>

namespace certledger::exec {

bool Output::large() const noexcept { return text_.size() >= (std::size_t{256} << 10U); }

Result<void> Output::write() {
    std::string_view left = text_;
    while (!left.empty()) {
        const ssize_t count = ::write(descriptor_, left.data(), left.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) {
            return fail(ErrorKind::outside,
                        std::string("the answers cannot be written: ") + std::strerror(errno));
        }
        left.remove_prefix(static_cast<std::size_t>(count));
    }
    text_.clear();
    return {};
}

}  // namespace certledger::exec

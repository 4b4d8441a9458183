#include "sorted_keys.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <queue>
#include <system_error>

#include <certledger/events/contract.hpp>

namespace certledger::projections::lmdb {
namespace {

constexpr std::size_t kHead = 6;
/// Places in the arena are numbers of 32 bits.
constexpr std::size_t kLargestRoom = std::size_t{1} << 30U;
constexpr std::size_t kBuffer = std::size_t{1} << 20U;

struct Sizes {
    std::size_t key = 0;
    std::size_t value = 0;
    [[nodiscard]] std::size_t entry() const { return kHead + key + value; }
};

Sizes sizes_at(const std::uint8_t* at) {
    std::uint16_t key = 0;
    std::uint32_t value = 0;
    std::memcpy(&key, at, sizeof key);
    std::memcpy(&value, at + sizeof key, sizeof value);
    return {key, value};
}

std::string_view text(const std::uint8_t* at, std::size_t size) {
    return {reinterpret_cast<const char*>(at), size};
}

tl::unexpected<Error> failed(const char* what) {
    return fail(ErrorKind::outside, std::string("views: ") + what +
                                        " a file for sorting: " + std::generic_category().message(errno));
}

Result<void> write_all(int file, const std::uint8_t* at, std::size_t size) {
    while (size > 0) {
        const ssize_t written = ::write(file, at, size);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return failed("cannot write");
        at += written;
        size -= static_cast<std::size_t>(written);
    }
    return {};
}

/// Reads the entries of one run from its file.
class RunReader {
  public:
    explicit RunReader(int file) : file_(file) {}

    /// False at the end.
    [[nodiscard]] Result<bool> next() {
        if (auto filled = fill(kHead); !filled) return tl::make_unexpected(filled.error());
        if (begin_ == buffer_.size()) return false;
        sizes_ = sizes_at(buffer_.data() + begin_);
        if (auto filled = fill(sizes_.entry()); !filled) return tl::make_unexpected(filled.error());
        if (buffer_.size() - begin_ < sizes_.entry())
            return fail(ErrorKind::outside, "views: a file for sorting was cut");
        at_ = begin_;
        begin_ += sizes_.entry();
        return true;
    }
    [[nodiscard]] std::string_view key() const { return text(buffer_.data() + at_ + kHead, sizes_.key); }
    [[nodiscard]] std::string_view value() const {
        return text(buffer_.data() + at_ + kHead + sizes_.key, sizes_.value);
    }

  private:
    /// So many octets behind begin_, or what there is.
    Result<void> fill(std::size_t size) {
        while (buffer_.size() - begin_ < size) {
            buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(begin_));
            begin_ = 0;
            const std::size_t held = buffer_.size();
            buffer_.resize(held + kBuffer);
            const ssize_t got = ::read(file_, buffer_.data() + held, kBuffer);
            buffer_.resize(held + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
            if (got < 0 && errno != EINTR) return failed("cannot read");
            if (got == 0) return {};
        }
        return {};
    }

    int file_;
    events::Bytes buffer_;
    std::size_t begin_ = 0;
    std::size_t at_ = 0;
    Sizes sizes_;
};

}  // namespace

SortedKeys::SortedKeys(std::filesystem::path folder, std::size_t room)
    : folder_(std::move(folder)), room_(room) {
    CERTLEDGER_CHECK(room <= kLargestRoom);
}

SortedKeys::~SortedKeys() {
    for (const int file : files_) ::close(file);
}

std::string_view SortedKeys::key_at(std::size_t at) const {
    return text(arena_.data() + at + kHead, sizes_at(arena_.data() + at).key);
}

std::string_view SortedKeys::entry_at(std::size_t at) const {
    return text(arena_.data() + at, sizes_at(arena_.data() + at).entry());
}

namespace {

/// The first eight octets, as a number that is ordered as they are.
std::uint64_t prefix_of(std::string_view octets) {
    std::uint64_t prefix = 0;
    for (std::size_t i = 0; i < 8; ++i)
        prefix = prefix << 8U | (i < octets.size() ? static_cast<std::uint8_t>(octets[i]) : 0U);
    return prefix;
}

}  // namespace

Result<void> SortedKeys::add(std::string_view key, std::string_view value) {
    CERTLEDGER_CHECK(!key.empty() && key.size() <= 0xFFFF && value.size() < kLargestRoom);
    const std::size_t size = kHead + key.size() + value.size();
    if (entries_ > 0 && arena_.size() + size + sizeof(Place) * entries_ > room_) {
        if (auto done = spill(); !done) return done;
    }
    const std::size_t behind = std::min(key.find('\0', 1), key.size() - 1) + 1;
    const auto account = accounts_.try_emplace(std::string(key.substr(1, behind - 1)),
                                               static_cast<std::uint32_t>(accounts_.size()));
    places_[static_cast<std::uint8_t>(key[0])].push_back(
        {prefix_of(key.substr(behind)), account.first->second, static_cast<std::uint32_t>(arena_.size())});
    ++entries_;
    const auto key_size = static_cast<std::uint16_t>(key.size());
    const auto value_size = static_cast<std::uint32_t>(value.size());
    std::uint8_t head[kHead];
    std::memcpy(head, &key_size, sizeof key_size);
    std::memcpy(head + sizeof key_size, &value_size, sizeof value_size);
    arena_.insert(arena_.end(), head, head + kHead);
    arena_.insert(arena_.end(), key.begin(), key.end());
    arena_.insert(arena_.end(), value.begin(), value.end());
    return {};
}

void SortedKeys::sort() {
    std::vector<std::pair<std::string_view, std::uint32_t>> names(accounts_.begin(), accounts_.end());
    std::sort(names.begin(), names.end());
    std::vector<std::uint32_t> rank(names.size());
    for (std::uint32_t i = 0; i < names.size(); ++i) rank[names[i].second] = i;
    for (auto& group : places_) {
        for (Place& place : group) place.account = rank[place.account];
        std::sort(group.begin(), group.end(), [this](const Place& a, const Place& b) {
            if (a.account != b.account) return a.account < b.account;
            return a.prefix != b.prefix ? a.prefix < b.prefix : key_at(a.at) < key_at(b.at);
        });
    }
}

template <class Visit>
Result<void> SortedKeys::each_in_memory(const Visit& visit) const {
    for (const auto& group : places_) {
        for (const Place& place : group) {
            if (auto done = visit(place.at); !done) return done;
        }
    }
    return {};
}

Result<void> SortedKeys::spill() {
    sort();
    const int file = ::open(folder_.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (file < 0) return failed("cannot make");
    files_.push_back(file);
    events::Bytes out;
    const auto written = each_in_memory([&](std::size_t at) -> Result<void> {
        const auto entry = entry_at(at);
        out.insert(out.end(), entry.begin(), entry.end());
        if (out.size() < kBuffer) return {};
        auto done = write_all(file, out.data(), out.size());
        out.clear();
        return done;
    });
    if (!written) return written;
    for (auto& group : places_) group.clear();
    entries_ = 0;
    accounts_.clear();
    arena_.clear();
    return write_all(file, out.data(), out.size());
}

Result<void> SortedKeys::each(const Take& take) {
    if (files_.empty()) {
        sort();
        return each_in_memory([&](std::size_t at) {
            const Sizes sizes = sizes_at(arena_.data() + at);
            const auto entry = entry_at(at).substr(kHead);
            return take(entry.substr(0, sizes.key), entry.substr(sizes.key));
        });
    }
    if (entries_ > 0) {
        if (auto done = spill(); !done) return done;
    }
    arena_ = {};
    std::vector<RunReader> readers;
    for (const int file : files_) {
        if (::lseek(file, 0, SEEK_SET) != 0) return failed("cannot read");
        readers.emplace_back(file);
    }
    const auto later = [&](std::size_t a, std::size_t b) { return readers[a].key() > readers[b].key(); };
    std::priority_queue<std::size_t, std::vector<std::size_t>, decltype(later)> next(later);
    const auto advance = [&](std::size_t run) -> Result<void> {
        const auto more = readers[run].next();
        if (!more) return tl::make_unexpected(more.error());
        if (*more) next.push(run);
        return {};
    };
    for (std::size_t run = 0; run < readers.size(); ++run)
        if (auto done = advance(run); !done) return done;
    while (!next.empty()) {
        const std::size_t run = next.top();
        if (auto done = take(readers[run].key(), readers[run].value()); !done) return done;
        next.pop();
        if (auto done = advance(run); !done) return done;
    }
    return {};
}

}  // namespace certledger::projections::lmdb

#include "sorted_keys.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <system_error>

#include <certledger/events/contract.hpp>

#include "entry.hpp"

namespace certledger::projections::lmdb {
namespace {

constexpr std::size_t kBuffer = std::size_t{1} << 20U;

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

}  // namespace

/// Entries in order, one after the other.
class SortedKeys::Run {
  public:
    Run() = default;
    Run(const Run&) = delete;
    Run& operator=(const Run&) = delete;
    virtual ~Run() = default;
    /// Goes to the next entry; false at the end.
    [[nodiscard]] virtual Result<bool> next() = 0;
    [[nodiscard]] std::string_view key() const { return entry_.key; }
    [[nodiscard]] std::string_view value() const { return entry_.value; }

  protected:
    void set(const std::uint8_t* at) { entry_ = entry_at(at); }

  private:
    Entry entry_;
};

class SortedKeys::RunInMemory final : public Run {
  public:
    explicit RunInMemory(const SortedKeys& keys) : keys_(keys) {}

    Result<bool> next() override {
        while (group_ < keys_.places_.size() && at_ == keys_.places_[group_].size()) {
            ++group_;
            at_ = 0;
        }
        if (group_ == keys_.places_.size()) return false;
        const auto& places = keys_.places_[group_];
        keys_.ask_ahead(places, at_);
        set(keys_.arena_.data() + places[at_++].at);
        return true;
    }

  private:
    const SortedKeys& keys_;
    std::size_t group_ = 0;
    std::size_t at_ = 0;
};

class SortedKeys::RunInFile final : public Run {
  public:
    explicit RunInFile(int file) : file_(file) {}

    Result<bool> next() override {
        if (auto filled = fill(kEntryHead); !filled) return tl::make_unexpected(filled.error());
        if (begin_ == buffer_.size()) return false;
        const std::size_t size = entry_size(buffer_.data() + begin_);
        if (auto filled = fill(size); !filled) return tl::make_unexpected(filled.error());
        if (buffer_.size() - begin_ < size)
            return fail(ErrorKind::outside, "views: a file for sorting was cut");
        set(buffer_.data() + begin_);
        begin_ += size;
        return true;
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
};

SortedKeys::SortedKeys(std::filesystem::path folder, std::size_t room)
    : folder_(std::move(folder)), room_(room) {
    CERTLEDGER_CHECK(room <= kLargestRoom);
}

SortedKeys::~SortedKeys() {
    for (const int file : files_) ::close(file);
}

std::string_view SortedKeys::key_at(std::size_t at) const { return entry_at(arena_.data() + at).key; }

void SortedKeys::ask_ahead(const std::vector<Place>& places, std::size_t now) const {
    constexpr std::size_t ahead = 12;
    if (now + ahead < places.size()) ask_for_entry(arena_.data() + places[now + ahead].at);
}

std::string_view SortedKeys::octets_at(std::size_t at) const {
    const std::uint8_t* const entry = arena_.data() + at;
    return {reinterpret_cast<const char*>(entry), entry_size(entry)};
}

Result<void> SortedKeys::add(std::string_view key, std::string_view value) {
    CERTLEDGER_CHECK(!key.empty() && key.size() <= 0xFFFF && value.size() < kLargestRoom);
    const std::size_t size = kEntryHead + key.size() + value.size();
    if (entries_ > 0 && arena_.size() + size + sizeof(Place) * entries_ > room_) {
        if (auto done = spill(); !done) return done;
    }
    arena_.reserve(room_);  // Growing as vectors do, it would take up to three times as much for a while.
    const auto group = static_cast<std::uint8_t>(key[0]);
    std::size_t behind = 1;
    std::uint32_t account = 0;
    if (group <= kAccountGroups) {
        behind = std::min(key.find('\0', 1), key.size() - 1) + 1;
        const auto name = key.substr(1, behind - 1);
        // Entries of one account mostly come together.
        if (last_account_ == nullptr || last_account_->first != name) {
            const auto known = accounts_.find(name);
            last_account_ =
                &*(known != accounts_.end()
                       ? known
                       : accounts_.emplace(name, static_cast<std::uint32_t>(accounts_.size())).first);
        }
        account = last_account_->second;
    }
    places_[group].push_back(
        {prefix_of(key.substr(behind)), account, static_cast<std::uint32_t>(arena_.size())});
    ++entries_;
    append_entry(arena_, key, value);
    return {};
}

void SortedKeys::sort() {
    if (sorted_) return;
    sorted_ = true;
    std::vector<std::pair<std::string_view, std::uint32_t>> names(accounts_.begin(), accounts_.end());
    std::sort(names.begin(), names.end());
    std::vector<std::uint32_t> rank(names.size());
    for (std::uint32_t i = 0; i < names.size(); ++i) rank[names[i].second] = i;
    for (std::size_t number = 0; number < places_.size(); ++number) {
        auto& group = places_[number];
        if (number <= kAccountGroups)
            for (Place& place : group) place.account = rank[place.account];
        std::sort(group.begin(), group.end(), [this](const Place& a, const Place& b) {
            if (a.account != b.account) return a.account < b.account;
            return a.prefix != b.prefix ? a.prefix < b.prefix : key_at(a.at) < key_at(b.at);
        });
    }
}

Result<void> SortedKeys::spill() {
    sort();
    const int file = ::open(folder_.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (file < 0) return failed("cannot make");
    files_.push_back(file);
    events::Bytes out;
    for (const auto& group : places_) {
        for (std::size_t i = 0; i < group.size(); ++i) {
            ask_ahead(group, i);
            const auto entry = octets_at(group[i].at);
            out.insert(out.end(), entry.begin(), entry.end());
            if (out.size() < kBuffer) continue;
            if (auto done = write_all(file, out.data(), out.size()); !done) return done;
            out.clear();
        }
    }
    for (auto& group : places_) group.clear();
    entries_ = 0;
    sorted_ = false;
    accounts_.clear();
    last_account_ = nullptr;
    arena_.clear();
    return write_all(file, out.data(), out.size());
}

Result<void> SortedKeys::add_runs(std::vector<std::unique_ptr<Run>>& to) {
    if (!files_.empty() && entries_ > 0) {
        if (auto done = spill(); !done) return done;
    }
    if (files_.empty()) {
        sort();
        to.push_back(std::make_unique<RunInMemory>(*this));
        return {};
    }
    arena_ = {};
    for (const int file : files_) {
        if (::lseek(file, 0, SEEK_SET) != 0) return failed("cannot read");
        to.push_back(std::make_unique<RunInFile>(file));
    }
    return {};
}

Result<void> SortedKeys::each_of(const std::vector<SortedKeys*>& all, const Take& take) {
    std::vector<std::unique_ptr<Run>> runs;
    for (SortedKeys* keys : all) {
        if (auto added = keys->add_runs(runs); !added) return added;
    }
    const auto later = [&](std::size_t a, std::size_t b) { return runs[a]->key() > runs[b]->key(); };
    std::vector<std::size_t> heap;
    for (std::size_t run = 0; run < runs.size(); ++run) {
        const auto more = runs[run]->next();
        if (!more) return tl::make_unexpected(more.error());
        if (*more) heap.push_back(run);
    }
    std::make_heap(heap.begin(), heap.end(), later);
    while (!heap.empty()) {
        std::pop_heap(heap.begin(), heap.end(), later);
        Run& run = *runs[heap.back()];
        // One run often goes on for long before another's turn comes.
        for (bool first = true; first || heap.size() == 1 || run.key() <= runs[heap.front()]->key();
             first = false) {
            if (auto done = take(run.key(), run.value()); !done) return done;
            const auto more = run.next();
            if (!more) return tl::make_unexpected(more.error());
            if (!*more) {
                heap.pop_back();
                break;
            }
        }
        if (!heap.empty()) std::push_heap(heap.begin(), heap.end(), later);
    }
    return {};
}

}  // namespace certledger::projections::lmdb

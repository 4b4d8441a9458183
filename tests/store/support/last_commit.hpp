// Role: a log whose last commit a power cut may have taken from LMDB, and what it is to be found by.
#pragma once

#include <semaphore.h>
#include <sys/mman.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <certledger/events/envelope.hpp>
#include <certledger/events/little_endian.hpp>
#include <optional>

#include "child.hpp"
#include "lmdb_log.hpp"
#include "log_pages.hpp"
#include "scratch.hpp"

namespace certledger::store::testing {

using File = std::vector<std::uint8_t>;

/// A process that holds a snapshot of a log once it is told to. Made before the log is opened: it is forked
/// off.
class StayingReader {
  public:
    explicit StayingReader(const std::filesystem::path& folder)
        : turns_(static_cast<Turns*>(
              ::mmap(nullptr, sizeof(Turns), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0))) {
        for (sem_t* turn : {&turns_->begin, &turns_->holds, &turns_->end}) ::sem_init(turn, 1, 0);
        child_.emplace([this, folder] { return hold(folder); });
    }
    ~StayingReader() {
        ::sem_post(&turns_->end);
        CHECK(child_->wait() == Ended{0, 0});
        ::munmap(turns_, sizeof(Turns));
    }
    void take_snapshot() {
        ::sem_post(&turns_->begin);
        wait_for(turns_->holds);
    }

  private:
    struct Turns {
        sem_t begin;
        sem_t holds;
        sem_t end;
    };
    static void wait_for(sem_t& turn) {
        while (::sem_wait(&turn) != 0) continue;
    }
    int hold(const std::filesystem::path& folder) {
        wait_for(turns_->begin);
        LmdbStoreOptions options = durable_options();
        options.read_only = true;
        const auto read = reopened(folder, options)->read_all(1, 1, [this](const auto&, auto) {
            ::sem_post(&turns_->holds);
            wait_for(turns_->end);
            return false;
        });
        return read ? 0 : 1;
    }

    Turns* turns_;
    std::optional<Child> child_;
};

/// A log as it is before and after its last commit.
class Commit {
  public:
    /// How it came about.
    struct Course {
        std::size_t records = 3;    ///< Of the last commit, or of so many; those before have one.
        int commits = 1;            ///< Whose meta pages are lost.
        bool with_reader = false;   ///< One that stays: no page that became free is used again.
        std::size_t filled_to = 0;  ///< Octets that the file has before, by commits of 300 records.
        LmdbStoreOptions options = durable_options();
    };
    explicit Commit(const Scratch& scratch) : Commit(scratch, Course{}) {}
    Commit(const Scratch& scratch, const Course& course) : folder_(scratch / "log") {
        std::optional<StayingReader> reader;
        if (course.with_reader) reader.emplace(folder_);
        const auto store = created(folder_, course.options);
        append(*store, 1);
        if (course.with_reader) reader->take_snapshot();
        for (int i = 0; i < 3; ++i) append(*store, 1);
        while (std::filesystem::file_size(file()) < course.filled_to) append(*store, 300);
        before_ = octets_in(file());
        for (int i = 0; i < course.commits; ++i) append(*store, course.records);
        seen_ = whole_log(*store);
        after_ = octets_in(file());
    }

    [[nodiscard]] std::filesystem::path file() const { return folder_ / "data.mdb"; }
    [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
    [[nodiscard]] Position end() const { return seen_.size(); }
    [[nodiscard]] const std::vector<Seen>& records() const { return seen_; }

    [[nodiscard]] const File& after() const { return after_; }
    /// All that was synced is there; LMDB's meta page, which was not, is not.
    [[nodiscard]] File cut() const {
        File cut = after_;
        std::copy_n(before_.begin(), kMetaPages, cut.begin());
        return cut;
    }
    /// Where the last record stands that would be redone: in the log's own room, or in pages of LMDB's that
    /// only a half of it names.
    [[nodiscard]] std::size_t kept_record() const {
        const Stretch redo = redo_in(after_);
        const auto& octets = seen_.back().bytes;
        const auto in = [&](std::size_t from, std::size_t to) {
            const auto end = after_.begin() + static_cast<std::ptrdiff_t>(to);
            const auto found = std::search(after_.begin() + static_cast<std::ptrdiff_t>(from), end,
                                           octets.begin(), octets.end());
            return found == end ? std::optional<std::size_t>()
                                : static_cast<std::size_t>(found - after_.begin());
        };
        const auto kept = in(redo.begin, redo.end);
        const auto elsewhere = kept ? kept : in(kMetaPages, after_.size());
        REQUIRE(elsewhere);
        return *elsewhere;
    }
    /// The same, found after the system was started again.
    [[nodiscard]] File cut_in_another_boot() const {
        constexpr std::size_t boot_at = 24;
        constexpr std::size_t end_at = 52;
        File cut = this->cut();
        for (const std::size_t half : {0U, 8U << 10U}) {
            std::uint8_t* const at = cut.data() + redo_in(cut).begin + half;
            at[boot_at] ^= 1U;
            const std::size_t covered = end_at + events::load_number<std::uint32_t>(at + 4);
            events::store_number(at, events::crc32c({at + 4, at + covered}));
        }
        return cut;
    }
    void put(const File& file_octets) const {
        write_octets(file(), file_octets);
        for (const char* name : {"data.mdb-lock", "index.mdb", "index.mdb-lock"})
            std::filesystem::remove(folder_ / name);
    }

    static void append(EventStore& store, std::size_t records) {
        Append append;
        for (std::size_t i = 0; i < records; ++i)
            append.records.push_back(pending_command("s" + std::to_string(i % 5), "c" + std::to_string(i)));
        REQUIRE(store.append(append));
    }

  private:
    std::filesystem::path folder_;
    File before_;
    File after_;
    std::vector<Seen> seen_;
};

inline bool same_records(const EventStore& store, const std::vector<Seen>& records) {
    const auto present = whole_log(store);
    return std::equal(present.begin(), present.end(), records.begin(), records.end(),
                      [](const Seen& one, const Seen& other) { return one.bytes == other.bytes; });
}

}  // namespace certledger::store::testing

// Role: a model of what a power cut may leave of some files. It is fed with the steps that a program did, and
// says at any moment what could be found on the disk.
//
// What it takes a disk to promise (POSIX and no more, except for the last line):
//   * fsync and fdatasync of a file put its content on the disk, a write with O_DSYNC its own octets;
//   * a new, renamed or removed name is on the disk after fsync of its folder, not before;
//   * of writes that were not synced, each sector of 512 octets is there or not, in any combination; where
//     the file did not reach before, what is missing reads as zeros or the file ends earlier;
//   * a sector is written whole or not at all; changes of names reach the disk in their order.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "support/trace.hpp"

namespace certledger::durability {

inline constexpr std::size_t kSector = 512;

using Content = std::shared_ptr<const std::string>;

/// What is found: folders (no content) and files by their paths, parents before children.
using Image = std::map<std::string, Content>;

/// One of the outcomes that a power cut may have.
struct Outcome {
    bool written = true;    ///< Of files not named below, whether everything unsynced is there, or nothing.
    std::size_t names = 0;  ///< So many of the unsynced changes of names are there.
    int file = -1;          ///< The file whose writes are told one by one, -1: none.
    std::vector<std::vector<bool>>
        sectors;                ///< Of each unsynced change of that file, the sectors that are there.
    bool whole_length = false;  ///< That file has its full length, with zeros where nothing arrived.
    std::uint64_t chance = 0;   ///< Not 0: a seed by which each sector of every file is there or not.
};

class Disk {
  public:
    /// One write or change of size that is not synced.
    struct Change {
        std::uint64_t offset = 0;
        std::string octets;
        bool resize = false;  ///< To `offset` octets.
        [[nodiscard]] std::size_t sectors() const;
        /// The part of `octets` in the sector of that number.
        [[nodiscard]] std::pair<std::size_t, std::size_t> part(std::size_t sector) const;
    };

    /// Takes a step into account. A synchronous write is not yet on the disk: complete() puts it there.
    void take(const Recorded& step);
    /// The synchronous write taken last returns.
    void complete(const Recorded& step);

    /// The file that a step is about; -1 when it is about none.
    [[nodiscard]] int file_of(const Recorded& step) const;
    [[nodiscard]] const std::vector<Change>& unsynced(int file) const;
    [[nodiscard]] std::size_t unsynced_names() const { return name_changes_.size(); }
    [[nodiscard]] Image image(const Outcome& outcome) const;
    /// Everything as the programs saw it.
    [[nodiscard]] Image present() const;

  private:
    struct File {
        Content durable = std::make_shared<const std::string>();
        std::vector<Change> unsynced;
        mutable Content written;  ///< With all that is unsynced; made when asked for.
    };
    struct NameChange {
        std::string folder;
        std::string removed;  ///< Empty: none.
        std::string added;
        int file = -1;  ///< -1: a folder.
    };
    using Names = std::map<std::string, int>;

    void change_name(NameChange change);
    void sync(const std::string& path);
    [[nodiscard]] int node_at(const std::string& path) const;
    [[nodiscard]] Content content(int file, const Outcome& outcome) const;
    static void apply(Names& names, const NameChange& change);

    std::vector<File> files_;
    Names durable_names_;
    Names names_;
    std::vector<NameChange> name_changes_;
};

}  // namespace certledger::durability

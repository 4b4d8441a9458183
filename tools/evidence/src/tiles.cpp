#include <certledger/store/tlog/entry_bundle.hpp>
#include <certledger/store/tlog/tile_path.hpp>
#include <certledger/store/tlog/tiles.hpp>
#include <certledger/tools/evidence/tiles.hpp>

#include "public_file.hpp"

namespace certledger::evidence {
namespace fs = std::filesystem;
namespace tlog = store::tlog;

namespace {

constexpr std::size_t kLargestBundle = tlog::tile_width * (2 + tlog::largest_entry);

std::string_view text_of(const events::Bytes& bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

tl::unexpected<Error> differs(const fs::path& path) {
    return fail(
        ErrorKind::damaged,
        "file " + path.string() + ": differs from the log: the folder holds another log, or was changed");
}

bool has_tile(std::uint64_t size, const tlog::TilePath& name) {
    const unsigned level = name.level.value_or(0);
    const std::uint64_t hashes = level < 8 ? size >> (8U * level) : 0;
    return name.index <= hashes / tlog::tile_width &&
           name.width <= hashes - std::uint64_t{name.index} * tlog::tile_width;
}

/// Every file among the tiles must be one that a log of this size has, or had when it was smaller.
Result<void> check_names(const fs::path& folder, std::uint64_t size) {
    std::error_code none;
    for (const auto& entry : fs::recursive_directory_iterator(folder / "tile", none)) {
        if (entry.is_directory()) continue;
        std::string path = fs::relative(entry.path(), folder).generic_string();
        const bool unfinished = path.ends_with(unfinished_end);
        if (unfinished) path.resize(path.size() - unfinished_end.size());
        const auto name = tlog::parse_tile_path(path);
        if (!name || !has_tile(size, *name))
            return fail(ErrorKind::damaged, "file " + entry.path().string() + ": the log has no such tile");
        if (unfinished) fs::remove(entry.path(), none);
    }
    return {};
}

/// Takes records in order and writes what they fill.
class TileExport {
  public:
    TileExport(const fs::path& folder, ExportedTiles& counts) : folder_(folder), counts_(counts) {}

    Result<void> take(std::span<const std::uint8_t> record) {
        if (auto added = tlog::append_entry(bundle_, record); !added) return added;
        leaves_.push_back(tlog::leaf_hash(record));
        return leaves_.size() == tlog::tile_width ? write_bundle() : Result<void>{};
    }
    Result<void> finish() {
        if (!leaves_.empty()) {
            if (auto written = write_bundle(); !written) return written;
        }
        return write_tiles(writer_.partial_tiles());
    }
    [[nodiscard]] const tlog::RightEdge& edge() const { return edge_; }

  private:
    Result<void> write_bundle() {
        const auto width = static_cast<unsigned>(leaves_.size());
        auto written = write({std::nullopt, writer_.size() / tlog::tile_width, width}, bundle_);
        if (!written) return written;
        const auto full = writer_.append(edge_, leaves_);
        leaves_.clear();
        bundle_.clear();
        return write_tiles(full);
    }
    Result<void> write_tiles(const std::vector<tlog::Tile>& tiles) {
        for (const tlog::Tile& tile : tiles) {
            auto written = write({tile.level, tile.index, static_cast<unsigned>(tile.width())}, tile.bytes);
            if (!written) return written;
        }
        return {};
    }
    Result<void> write(const tlog::TilePath& name, const events::Bytes& bytes) {
        const fs::path path = folder_ / tlog::format_tile_path(name);
        if (auto narrower = check_narrower(name, bytes); !narrower) return narrower;
        ++counts_.files;
        const auto there = read_public_file(path, kLargestBundle);
        if (!there) return tl::make_unexpected(there.error());
        if (*there) {
            if (**there == text_of(bytes)) return {};
            return differs(path);
        }
        ++counts_.written;
        return write_public_file(path, text_of(bytes));
    }

    /// Of earlier exports: each holds the first so many of what is there now.
    Result<void> check_narrower(const tlog::TilePath& name, const events::Bytes& bytes) const {
        const fs::path beside =
            folder_ / (tlog::format_tile_path({name.level, name.index, tlog::tile_width}) + ".p");
        std::error_code none;
        for (const auto& entry : fs::directory_iterator(beside, none)) {
            const std::string relative = fs::relative(entry.path(), folder_, none).generic_string();
            const auto narrower = tlog::parse_tile_path(relative);
            if (!narrower || narrower->width >= name.width) continue;
            const auto there = read_public_file(entry.path(), kLargestBundle);
            if (!there) return tl::make_unexpected(there.error());
            if (*there != text_of(bytes).substr(0, size_of_first(narrower->width, name, bytes)))
                return differs(entry.path());
        }
        return {};
    }
    static std::size_t size_of_first(unsigned count, const tlog::TilePath& name, const events::Bytes& bytes) {
        if (name.level) return count * sizeof(events::Digest);
        std::size_t size = 0;
        while (count-- > 0) size += 2U + (std::size_t{bytes[size]} << 8U | bytes[size + 1]);
        return size;
    }

    const fs::path& folder_;
    ExportedTiles& counts_;
    events::Bytes bundle_;
    std::vector<events::Digest> leaves_;
    tlog::RightEdge edge_;
    tlog::TileWriter writer_;
};

/// An export in place must be of this log: signed by this key, and not larger.
Result<void> check_earlier(const fs::path& folder, const tlog::Checkpoint& next,
                           const tlog::VerifierKey& key) {
    const auto note = read_public_file(folder / "checkpoint", tlog::largest_note);
    if (!note) return tl::make_unexpected(note.error());
    if (!*note) return {};
    const std::string name = "file " + (folder / "checkpoint").string() + ": ";
    const auto opened = tlog::open_checkpoint(**note, key);
    if (!opened) return fail(ErrorKind::damaged, name + opened.error().message);
    if (opened->checkpoint.size > next.size) {
        return fail(ErrorKind::damaged, name + "covers " + std::to_string(opened->checkpoint.size) +
                                            " records, the checkpoint to export only " +
                                            std::to_string(next.size));
    }
    return {};
}

}  // namespace

Result<ExportedTiles> export_tiles(const store::EventStore& log, const SignedCheckpoint& checkpoint,
                                   const tlog::VerifierKey& key, const fs::path& folder,
                                   const OnExported& progress) {
    constexpr std::uint64_t kProgressStep = 4'096;
    if (auto earlier = check_earlier(folder, checkpoint.checkpoint, key); !earlier)
        return tl::make_unexpected(earlier.error());
    if (auto names = check_names(folder, checkpoint.checkpoint.size); !names)
        return tl::make_unexpected(names.error());
    ExportedTiles counts;
    counts.size = checkpoint.checkpoint.size;
    TileExport tiles(folder, counts);
    Result<void> taken;
    const auto read = log.read_all(1, counts.size, [&](const events::RecordView& record, auto bytes) {
        taken = tiles.take(bytes);
        if (progress && record.position % kProgressStep == 0) progress(record.position, counts.size);
        return taken.has_value();
    });
    if (!read) return tl::make_unexpected(read.error());
    if (taken) taken = tiles.finish();
    if (!taken) return tl::make_unexpected(taken.error());
    if (tiles.edge().size() != counts.size || tiles.edge().root() != checkpoint.checkpoint.root) {
        return fail(ErrorKind::damaged, "the records read do not give the root of the checkpoint over " +
                                            std::to_string(counts.size) + " records");
    }
    if (auto written = write_public_file(folder / "log.vkey", key.to_string() + "\n"); !written)
        return tl::make_unexpected(written.error());
    if (auto written = write_public_file(folder / "checkpoint", checkpoint.note); !written)
        return tl::make_unexpected(written.error());
    return counts;
}

}  // namespace certledger::evidence

#include <certledger/adapters/system/clock.hpp>
#include <certledger/events/json/record_json.hpp>
#include <certledger/store/lmdb/lmdb_store.hpp>
#include <certledger/store/tlog/hash.hpp>
#include <certledger/tools/audit/import.hpp>
#include <certledger/tools/engine/record_keys.hpp>
#include <certledger/tools/evidence/evidence.hpp>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <optional>

namespace certledger::audit {
namespace {

namespace fs = std::filesystem;
using events::RecordView;

constexpr std::size_t kBatchRecords = 1'000;

/// Lines of a file, each without its end. Bounded: a line that is longer than a record can be is an error.
class LineReader {
  public:
    [[nodiscard]] static Result<LineReader> open(const std::string& path) {
        std::FILE* file = path == "-" ? stdin : std::fopen(path.c_str(), "rb");
        if (file == nullptr)
            return fail(ErrorKind::invalid_input, "file " + path + ": " + std::strerror(errno));
        return LineReader(file, path);
    }

    /// False at the end of the file.
    [[nodiscard]] Result<bool> next(std::string& line) {
        line.clear();
        int c = 0;
        while ((c = std::getc(file_.get())) != EOF && c != '\n') {
            line += static_cast<char>(c);
            if (line.size() > events::json::kMaxRecordLine) {
                return fail(ErrorKind::invalid_input,
                            "file " + path_ + ": a line is longer than a record can be");
            }
        }
        if (std::ferror(file_.get()) != 0) {
            return fail(ErrorKind::outside, "file " + path_ + ": " + std::strerror(errno));
        }
        return c != EOF || !line.empty();
    }

  private:
    struct Closer {
        void operator()(std::FILE* file) const {
            if (file != stdin) std::fclose(file);
        }
    };
    LineReader(std::FILE* file, std::string path) : file_(file), path_(std::move(path)) {}

    std::unique_ptr<std::FILE, Closer> file_;
    std::string path_;
};

store::PendingRecord pending(const RecordView& record) {
    store::PendingRecord made;
    made.stream = {std::string(record.stream)};
    made.type = record.type;
    made.schema = record.schema;
    made.occurred_at = record.occurred_at;
    made.not_before = record.recorded_at;
    made.id = record.id;
    made.causation = record.causation;
    made.command_digest = record.command_digest;
    made.actor = std::string(record.actor);
    made.account = std::string(record.account);
    made.command = std::string(record.command);
    made.correlation = std::string(record.correlation);
    made.payload.assign(record.payload.begin(), record.payload.end());
    return made;
}

/// Appends records in batches and looks whether the log made the same octets of them.
class Importer {
  public:
    explicit Importer(store::EventStore& log) : log_(log) {}

    [[nodiscard]] Result<void> take(const std::string& line) {
        auto read = events::json::record_from_json(line);
        if (!read) return tl::make_unexpected(std::move(read.error()));
        const auto leaf = store::tlog::leaf_hash(read->bytes);
        if (read->leaf_hash && *read->leaf_hash != leaf) {
            return fail(ErrorKind::invalid_input, "leaf_hash is not that of the record");
        }
        const auto record = events::read_record(read->bytes);
        if (!record) return tl::make_unexpected(record.error());
        ++count_;
        if (record->position != count_) {
            return fail(ErrorKind::invalid_input, "position " + std::to_string(record->position) +
                                                      ": must be " + std::to_string(count_));
        }
        if ((record->type == events::EventType::ledger_created) != (count_ == 1)) {
            return fail(ErrorKind::invalid_input, "the first record, and no other, must be ledger-created");
        }
        batch_.records.push_back(pending(*record));
        made_.push_back(std::move(read->bytes));
        return batch_.records.size() < kBatchRecords ? Result<void>() : flush();
    }

    [[nodiscard]] Result<void> flush() {
        if (batch_.records.empty()) return {};
        const auto stored = log_.append(batch_);
        if (!stored) return tl::make_unexpected(stored.error());
        for (std::size_t i = 0; i < stored->size(); ++i) {
            const auto octets = log_.record((*stored)[i].position);
            if (!octets) return tl::make_unexpected(octets.error());
            if (*octets != made_[i]) {
                return fail(ErrorKind::invalid_input,
                            "record " + std::to_string((*stored)[i].position) +
                                ": version, previous or recorded_at do not follow from the "
                                "records before it");
            }
        }
        batch_.records.clear();
        made_.clear();
        return {};
    }

    [[nodiscard]] std::uint64_t count() const noexcept { return count_; }

  private:
    store::EventStore& log_;
    store::Append batch_;
    std::vector<events::Bytes> made_;
    std::uint64_t count_ = 0;
};

Result<store::TreeHead> import_into(const fs::path& folder, LineReader& lines,
                                    const std::function<void(std::uint64_t)>& progress) {
    store::lmdb::LmdbStoreOptions options;
    options.keys_of = engine::record_keys;
    auto log = store::lmdb::LmdbStore::create(folder / "log", options);
    if (!log) return tl::make_unexpected(std::move(log.error()));
    Importer importer(**log);
    std::string line;
    for (std::uint64_t number = 1;; ++number) {
        const auto more = lines.next(line);
        if (!more) return tl::make_unexpected(more.error());
        if (!*more) break;
        if (line.empty()) continue;
        if (auto taken = importer.take(line); !taken) {
            return fail(taken.error().kind, "line " + std::to_string(number) + ": " + taken.error().message);
        }
        if (progress && number % kBatchRecords == 0) progress(number);
    }
    if (auto flushed = importer.flush(); !flushed) return tl::make_unexpected(std::move(flushed.error()));
    if (importer.count() == 0) return fail(ErrorKind::invalid_input, "the export holds no record");
    return (*log)->tree_head(importer.count());
}

}  // namespace

Result<store::TreeHead> import_log(const std::string& ledger, const std::string& file,
                                   const std::function<void(std::uint64_t)>& progress) {
    const fs::path folder(ledger);
    std::error_code fault;
    const bool made_folder = !fs::exists(folder, fault);
    if (!made_folder && !fs::is_empty(folder, fault)) {
        return fail(ErrorKind::invalid_input,
                    "path " + ledger + ": must not exist yet, or be an empty folder");
    }
    auto lines = LineReader::open(file);
    if (!lines) return tl::make_unexpected(std::move(lines.error()));
    auto tree = import_into(folder, *lines, progress);
    if (tree) {
        // The log is closed here: nobody else has seen it yet.
        const auto now = adapters::system::WallClock().now();
        if (auto marked = evidence::mark_imported(folder, *tree, now); !marked)
            tree = tl::make_unexpected(marked.error());
    }
    if (!tree) {
        fs::remove_all(folder / "log", fault);
        if (made_folder) fs::remove(folder, fault);
    }
    return tree;
}

}  // namespace certledger::audit

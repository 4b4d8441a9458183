#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <certledger/events/contract.hpp>
#include <certledger/store/tlog/hash.hpp>
#include <certledger/tools/evidence/book.hpp>
#include <charconv>
#include <fstream>

#include "files.hpp"

namespace certledger::evidence {
namespace fs = std::filesystem;

namespace {

constexpr std::string_view kMark = "@ ";
constexpr std::size_t kLongestHeader = 256;
constexpr std::size_t kLargestEntry = kLongestHeader + kLargestEntryBody;
/// What is read to know the end: two of the largest entries, so that one whole lies in it besides a torn one.
constexpr std::uint64_t kWindow = std::uint64_t{3} * kLargestEntry;

tl::unexpected<Error> bad(const fs::path& path, const std::string& what) {
    return fail(ErrorKind::damaged, "file " + path.string() + ": " + what);
}

std::optional<std::uint64_t> number_from(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (fault != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

std::string_view take_word(std::string_view& line) {
    const std::size_t space = line.find(' ');
    const std::string_view word = line.substr(0, space);
    line.remove_prefix(space == std::string_view::npos ? line.size() : space + 1);
    return word;
}

struct Header {
    BookEntry entry;
    std::size_t header_octets = 0;
    std::size_t body_octets = 0;
};

/// Reads a whole header line; nothing when it is none.
std::optional<Header> read_header(std::string_view octets) {
    const std::size_t end = octets.substr(0, kLongestHeader).find('\n');
    if (end == std::string_view::npos || !octets.starts_with(kMark)) return std::nullopt;
    std::string_view line = octets.substr(kMark.size(), end - kMark.size());
    const auto number = number_from(take_word(line));
    const auto kind = events::from_name<EntryKind>(take_word(line));
    const auto at = events::instant_from_string(take_word(line));
    const auto size = number_from(take_word(line));
    const auto previous = events::digest_from_base64(line);
    if (!number || !kind || !at || !size || !previous || *size > kLargestEntryBody) return std::nullopt;
    Header header;
    header.entry.number = *number;
    header.entry.kind = *kind;
    header.entry.at = *at;
    header.entry.previous = *previous;
    header.header_octets = end + 1;
    header.body_octets = static_cast<std::size_t>(*size);
    return header;
}

/// The entry at the beginning of the octets; nothing when it is not whole or is none.
std::optional<BookEntry> read_entry(std::string_view octets, std::size_t& size) {
    auto header = read_header(octets);
    if (!header || octets.size() < header->header_octets + header->body_octets) return std::nullopt;
    size = header->header_octets + header->body_octets;
    if (octets.substr(0, size).find('\0') != std::string_view::npos) return std::nullopt;
    header->entry.body = std::string(octets.substr(header->header_octets, header->body_octets));
    header->entry.digest = store::tlog::sha256(octets.substr(0, size));
    // A hole that a power cut left, which no entry has of itself.
    if (header->entry.body.find('\0') != std::string::npos) return std::nullopt;
    // One form only: what was read must be what would be written.
    if (format_entry(header->entry) != octets.substr(0, size)) return std::nullopt;
    return std::move(header->entry);
}

/// Whether the rest behind the last whole entry can be what a power cut left of what was being added, one
/// entry or two: cut off, or with holes, which read as zeros. No entry holds a zero.
bool may_be_torn(std::string_view rest) {
    constexpr std::string_view next = "\n@ ";
    const std::size_t second = rest.find(next);
    const std::size_t hole = rest.find('\0');
    if (second != std::string_view::npos) {
        if (hole > second || rest.find(next, second + 1) != std::string_view::npos) return false;
    }
    rest = rest.substr(0, hole);
    return rest.size() < kLargestEntry && rest.substr(0, kMark.size()) == kMark.substr(0, rest.size());
}

void take_into(BookEnd& end, const BookEntry& entry, std::size_t size) {
    end.number = entry.number;
    end.octets += size;
    end.digest = entry.digest;
    switch (entry.kind) {
        case EntryKind::made:
        case EntryKind::cosigned:
        case EntryKind::adopted:
            end.newest = entry;
            break;
        case EntryKind::rollback_accepted:
            end.newest.reset();
            break;
        case EntryKind::imported:
            end.newest.reset();
            end.imported = true;
            break;
        case EntryKind::key:
            end.imported = false;
            break;
    }
}

std::optional<std::string> fault_of(const BookEntry& entry, const BookEnd& before) {
    if (entry.number != before.number + 1) {
        return "entry " + std::to_string(entry.number) + " stands behind entry " +
               std::to_string(before.number);
    }
    if (entry.previous != before.digest) {
        return "entry " + std::to_string(entry.number) +
               " does not follow the entry before it: one of them was changed";
    }
    return std::nullopt;
}

Result<std::uint64_t> size_of(const Descriptor& file, const fs::path& path) {
    struct stat facts {};
    if (::fstat(file.number(), &facts) != 0) return file_error(path, errno);
    return static_cast<std::uint64_t>(facts.st_size);
}

Result<std::string> read_window(const Descriptor& file, std::uint64_t from, const fs::path& path) {
    std::string window;
    char block[16'384];
    for (;;) {
        const ssize_t count =
            ::pread(file.number(), block, sizeof block, static_cast<off_t>(from + window.size()));
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return file_error(path, errno);
        if (count == 0) return window;
        window.append(block, static_cast<std::size_t>(count));
    }
}

Result<BookEnd> end_of(const Descriptor& file, const fs::path& path) {
    const auto size = size_of(file, path);
    if (!size) return tl::make_unexpected(size.error());
    const std::uint64_t from = *size > kWindow ? *size - kWindow : 0;
    auto window = read_window(file, from, path);
    if (!window) return tl::make_unexpected(window.error());
    std::string_view rest = *window;
    BookEnd end;
    end.octets = from;
    end.digest = store::tlog::sha256(std::string_view{});
    bool linked = from == 0;  // Whether what came before the next entry is known.
    if (!linked) {
        // No body has a line that begins so: origins have no spaces, signatures begin with a dash.
        const std::size_t mark = rest.find("\n@ ");
        if (mark == std::string_view::npos) return bad(path, "no entry at its end");
        rest.remove_prefix(mark + 1);
        end.octets += mark + 1;
    }
    std::size_t taken = 0;
    while (const auto entry = read_entry(rest, taken)) {
        if (linked) {
            if (const auto fault = fault_of(*entry, end)) return bad(path, *fault);
        }
        take_into(end, *entry, taken);
        rest.remove_prefix(taken);
        linked = true;
    }
    if (!linked || !may_be_torn(rest)) {
        return bad(path, "what follows entry " + std::to_string(end.number) + " does not read");
    }
    end.torn = !rest.empty();
    return end;
}

}  // namespace

std::string format_entry(const BookEntry& entry) {
    std::string out(kMark);
    out += std::to_string(entry.number) + " " + std::string(events::to_name(entry.kind)) + " " +
           events::to_string(entry.at) + " " + std::to_string(entry.body.size()) + " " +
           events::to_base64(entry.previous) + "\n" + entry.body;
    return out;
}

fs::path book_path(const fs::path& ledger) { return ledger / "checkpoints"; }

Result<BookEnd> read_book_end(const fs::path& ledger) {
    const fs::path path = book_path(ledger);
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file.open()) {
        if (errno != ENOENT) return file_error(path, errno);
        BookEnd empty;
        empty.digest = store::tlog::sha256(std::string_view{});
        return empty;
    }
    return end_of(file, path);
}

Result<BookEnd> read_book(const fs::path& ledger, const std::function<bool(const BookEntry&)>& visit) {
    const fs::path path = book_path(ledger);
    BookEnd end;
    end.digest = store::tlog::sha256(std::string_view{});
    std::error_code ignored;
    if (!fs::exists(path, ignored)) return end;
    std::ifstream in(path, std::ios::binary);
    std::string buffer;
    for (bool more = true; more;) {
        const std::size_t kept = buffer.size();
        buffer.resize(kept + kLargestEntry);
        in.read(buffer.data() + kept, static_cast<std::streamsize>(kLargestEntry));
        buffer.resize(kept + static_cast<std::size_t>(std::max<std::streamsize>(in.gcount(), 0)));
        if (in.bad()) return file_error(path, EIO);
        more = !in.eof();
        std::string_view rest = buffer;
        std::size_t taken = 0;
        while (const auto entry = read_entry(rest, taken)) {
            if (const auto fault = fault_of(*entry, end)) return bad(path, *fault);
            take_into(end, *entry, taken);
            rest.remove_prefix(taken);
            if (!visit(*entry)) return end;
        }
        if ((more && rest.size() >= 2 * kLargestEntry) || (!more && !may_be_torn(rest))) {
            return bad(path, "what follows entry " + std::to_string(end.number) + " does not read");
        }
        end.torn = !rest.empty();
        buffer.erase(0, buffer.size() - rest.size());
    }
    return end;
}

struct BookWriter::Impl {
    fs::path path;
    Descriptor file;
    BookEnd end;
};

Result<BookWriter> BookWriter::open(const fs::path& ledger) {
    auto impl = std::make_unique<Impl>();
    impl->path = book_path(ledger);
    std::error_code ignored;
    const bool made = !fs::exists(impl->path, ignored);
    auto file = open_locked(impl->path);
    if (!file) return tl::make_unexpected(file.error());
    impl->file = std::move(*file);
    if (made) {
        if (auto synced = sync_folder(ledger); !synced) return tl::make_unexpected(synced.error());
    }
    auto end = end_of(impl->file, impl->path);
    if (!end) return tl::make_unexpected(end.error());
    impl->end = std::move(*end);
    return BookWriter(std::move(impl));
}

BookWriter::BookWriter(std::unique_ptr<Impl> impl) noexcept : impl_(std::move(impl)) {}
BookWriter::BookWriter(BookWriter&&) noexcept = default;
BookWriter& BookWriter::operator=(BookWriter&&) noexcept = default;
BookWriter::~BookWriter() = default;

const BookEnd& BookWriter::end() const noexcept { return impl_->end; }

Result<void> BookWriter::append(const std::vector<NewEntry>& entries, events::Instant at) {
    BookEnd end = impl_->end;
    std::string octets;
    for (const NewEntry& added : entries) {
        CERTLEDGER_CHECK(added.body.size() <= kLargestEntryBody &&
                         added.body.find("\n@ ") == std::string::npos);
        CERTLEDGER_CHECK(!added.body.starts_with(kMark) && added.body.ends_with('\n'));
        BookEntry entry{end.number + 1, added.kind, at, added.body, end.digest, {}};
        const std::string formatted = format_entry(entry);
        entry.digest = store::tlog::sha256(formatted);
        take_into(end, entry, formatted.size());
        octets += formatted;
    }
    const auto cut_back = [&] {
        return ::ftruncate(impl_->file.number(), static_cast<off_t>(impl_->end.octets));
    };
    if (impl_->end.torn && cut_back() != 0) return file_error(impl_->path, errno);
    auto written = write_all(impl_->file, octets, impl_->path);
    if (written) written = sync_file(impl_->file, impl_->path);
    if (!written) {
        impl_->end.torn = cut_back() != 0;
        return written;
    }
    end.torn = false;
    impl_->end = std::move(end);
    return {};
}

}  // namespace certledger::evidence

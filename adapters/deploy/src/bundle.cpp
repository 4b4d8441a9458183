#include <archive.h>
#include <archive_entry.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <certledger/adapters/deploy/bundle.hpp>
#include <memory>
#include <set>
#include <string>

namespace certledger::adapters::deploy {

namespace {

using Writer = std::unique_ptr<archive, decltype(&archive_write_free)>;
using Entry = std::unique_ptr<archive_entry, decltype(&archive_entry_free)>;

// What the ZIP format can say (APPNOTE section 4.4.6).
constexpr std::int64_t kFirstSecond = 315'619'200;   // 1980-01-02T00:00:00Z: 1980 in every time zone
constexpr std::int64_t kLastSecond = 4'354'732'800;  // 2107-12-31T00:00:00Z

la_ssize_t pass_on(archive* writer, void* sink, const void* data, std::size_t size) noexcept {
    try {
        (*static_cast<const Sink*>(sink))({static_cast<const std::uint8_t*>(data), size});
        return static_cast<la_ssize_t>(size);
    } catch (...) {
        archive_set_error(writer, ENOMEM, "the archive cannot be taken over");
        return -1;
    }
}

tl::unexpected<Error> failed(archive* writer) {
    const char* text = archive_error_string(writer);
    return fail(ErrorKind::outside,
                std::string("archive: ") + (text != nullptr ? text : "cannot be written"));
}

bool write_file(archive* writer, const BundleFile& file, std::int64_t second) {
    const Entry entry(archive_entry_new(), archive_entry_free);
    if (entry == nullptr) {
        return false;
    }
    archive_entry_set_pathname(entry.get(), std::string(file.name).c_str());
    archive_entry_set_filetype(entry.get(), AE_IFREG);
    archive_entry_set_perm(entry.get(), file.secret ? 0600 : 0644);
    archive_entry_set_size(entry.get(), static_cast<la_int64_t>(file.bytes.size()));
    archive_entry_set_mtime(entry.get(), static_cast<time_t>(second), 0);
    return archive_write_header(writer, entry.get()) == ARCHIVE_OK &&
           archive_write_data(writer, file.bytes.data(), file.bytes.size()) ==
               static_cast<la_ssize_t>(file.bytes.size());
}

}  // namespace

Result<void> make_zip(const std::vector<BundleFile>& files, events::Instant time, const Sink& sink) {
    std::set<std::string_view> names;
    for (const BundleFile& file : files) {
        const bool bad = file.name.empty() || file.name == "." || file.name == ".." ||
                         file.name.find_first_of(std::string_view("/\\\0", 3)) != std::string_view::npos;
        if (bad || !names.insert(file.name).second) {
            return fail(ErrorKind::invalid_input,
                        "archive: each file needs a name of its own without slashes");
        }
    }
    if (files.empty()) {
        return fail(ErrorKind::invalid_input, "archive: must hold at least one file");
    }
    const std::int64_t second = std::clamp(time.seconds(), kFirstSecond, kLastSecond) / 2 * 2;
    const Writer writer(archive_write_new(), archive_write_free);
    if (writer == nullptr || archive_write_set_format_zip(writer.get()) != ARCHIVE_OK ||
        archive_write_zip_set_compression_deflate(writer.get()) != ARCHIVE_OK ||
        archive_write_set_bytes_in_last_block(writer.get(), 1) != ARCHIVE_OK ||
        archive_write_open(writer.get(), const_cast<Sink*>(&sink), nullptr, pass_on, nullptr) != ARCHIVE_OK) {
        return fail(ErrorKind::outside, "archive: cannot be begun");
    }
    for (const BundleFile& file : files) {
        if (!write_file(writer.get(), file, second)) {
            return failed(writer.get());
        }
    }
    if (archive_write_close(writer.get()) != ARCHIVE_OK) {
        return failed(writer.get());
    }
    return {};
}

}  // namespace certledger::adapters::deploy

#include "tar.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "files.hpp"

namespace certledger::evidence {
namespace fs = std::filesystem;

namespace {

constexpr std::size_t kReadBlock = 65'536;

std::string reason_of(archive* tar) {
    const char* const text = archive_error_string(tar);
    return text != nullptr ? text : "unknown reason";
}

}  // namespace

struct TarWriter::Impl {
    fs::path path;
    Descriptor file;
    archive* tar = nullptr;
    bool finished = false;

    Impl() = default;
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;
    ~Impl() {
        if (tar != nullptr) archive_write_free(tar);
        if (file.open() && !finished) ::unlink(path.c_str());
    }
    [[nodiscard]] tl::unexpected<Error> failed() const {
        return fail(ErrorKind::outside, "file " + path.string() + ": " + reason_of(tar));
    }
};

TarWriter::TarWriter(std::unique_ptr<Impl> impl) noexcept : impl_(std::move(impl)) {}
TarWriter::TarWriter(TarWriter&&) noexcept = default;
TarWriter& TarWriter::operator=(TarWriter&&) noexcept = default;
TarWriter::~TarWriter() = default;

Result<TarWriter> TarWriter::create(const fs::path& path) {
    auto impl = std::make_unique<Impl>();
    impl->path = path;
    impl->file = Descriptor(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!impl->file.open()) {
        if (errno == EEXIST)
            return fail(ErrorKind::invalid_input, "file " + path.string() + ": exists already");
        return file_error(path, errno);
    }
    impl->tar = archive_write_new();
    if (impl->tar == nullptr) return fail(ErrorKind::outside, "libarchive cannot start");
    archive_write_set_format_pax_restricted(impl->tar);
    if (archive_write_open_fd(impl->tar, impl->file.number()) != ARCHIVE_OK) return impl->failed();
    return TarWriter(std::move(impl));
}

Result<void> TarWriter::add(const std::string& name, std::string_view octets) {
    const std::unique_ptr<archive_entry, decltype(&archive_entry_free)> entry(archive_entry_new(),
                                                                              &archive_entry_free);
    if (!entry) return fail(ErrorKind::outside, "libarchive has no memory");
    archive_entry_set_pathname(entry.get(), name.c_str());
    archive_entry_set_size(entry.get(), static_cast<la_int64_t>(octets.size()));
    archive_entry_set_filetype(entry.get(), AE_IFREG);
    archive_entry_set_perm(entry.get(), 0600);
    if (archive_write_header(impl_->tar, entry.get()) != ARCHIVE_OK) return impl_->failed();
    if (!octets.empty()) {
        const la_ssize_t count = archive_write_data(impl_->tar, octets.data(), octets.size());
        if (count != static_cast<la_ssize_t>(octets.size())) return impl_->failed();
    }
    if (archive_write_finish_entry(impl_->tar) != ARCHIVE_OK) return impl_->failed();
    return {};
}

Result<void> TarWriter::finish() {
    if (archive_write_close(impl_->tar) != ARCHIVE_OK) return impl_->failed();
    if (auto synced = sync_file(impl_->file, impl_->path); !synced) return synced;
    impl_->finished = true;
    return {};
}

struct TarReader::Impl {
    fs::path path;
    archive* tar = nullptr;

    Impl() = default;
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;
    ~Impl() {
        if (tar != nullptr) archive_read_free(tar);
    }
    [[nodiscard]] tl::unexpected<Error> bad(const std::string& what) const {
        return fail(ErrorKind::damaged, "file " + path.string() + ": " + what);
    }
};

TarReader::TarReader(std::unique_ptr<Impl> impl) noexcept : impl_(std::move(impl)) {}
TarReader::TarReader(TarReader&&) noexcept = default;
TarReader& TarReader::operator=(TarReader&&) noexcept = default;
TarReader::~TarReader() = default;

Result<TarReader> TarReader::open(const fs::path& path) {
    std::error_code ignored;
    if (!fs::is_regular_file(path, ignored))
        return fail(ErrorKind::not_found, "file " + path.string() + ": no such file");
    auto impl = std::make_unique<Impl>();
    impl->path = path;
    impl->tar = archive_read_new();
    if (impl->tar == nullptr) return fail(ErrorKind::outside, "libarchive cannot start");
    archive_read_support_format_tar(impl->tar);
    if (archive_read_open_filename(impl->tar, path.c_str(), kReadBlock) != ARCHIVE_OK)
        return impl->bad(reason_of(impl->tar));
    return TarReader(std::move(impl));
}

namespace {

/// Two blocks of zeros end an archive (POSIX pax); the library takes the file's end for one as well.
bool has_end_mark(const fs::path& path) {
    std::array<char, 1024> mark{};
    std::ifstream file(path, std::ios::binary);
    file.seekg(-static_cast<std::streamoff>(mark.size()), std::ios::end);
    return file.read(mark.data(), mark.size()) &&
           std::all_of(mark.begin(), mark.end(), [](char octet) { return octet == 0; });
}

}  // namespace

Result<std::optional<TarMember>> TarReader::next(std::size_t largest) {
    archive_entry* entry = nullptr;
    const int found = archive_read_next_header(impl_->tar, &entry);
    if (found == ARCHIVE_EOF) {
        if (!has_end_mark(impl_->path))
            return impl_->bad("does not end as an archive does: cut off, or something was added");
        return std::optional<TarMember>{};
    }
    if (found != ARCHIVE_OK) return impl_->bad(reason_of(impl_->tar));
    const char* const name = archive_entry_pathname(entry);
    const la_int64_t size = archive_entry_size(entry);
    if (name == nullptr || archive_entry_filetype(entry) != AE_IFREG)
        return impl_->bad("a member is no plain file");
    TarMember member{name, {}};
    if (size < 0 || static_cast<std::uint64_t>(size) > largest)
        return impl_->bad(member.name + ": has more than " + std::to_string(largest) + " octets");
    member.octets.resize(static_cast<std::size_t>(size));
    std::size_t filled = 0;
    while (filled < member.octets.size()) {
        const la_ssize_t count =
            archive_read_data(impl_->tar, member.octets.data() + filled, member.octets.size() - filled);
        if (count <= 0) return impl_->bad(member.name + ": is cut off");
        filled += static_cast<std::size_t>(count);
    }
    return std::optional<TarMember>{std::move(member)};
}

}  // namespace certledger::evidence

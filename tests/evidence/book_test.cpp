#include <sys/stat.h>

#include <certledger/tools/evidence/book.hpp>
#include <thread>

#include "support.hpp"

using namespace evidence_test;
using evidence::BookEntry;
using evidence::BookWriter;
using evidence::EntryKind;

namespace {

const events::Instant kNow = events::Instant::from_seconds(1'700'000'000);

void append_all(const fs::path& folder, const std::vector<evidence::NewEntry>& entries) {
    auto writer = value_of(BookWriter::open(folder));
    require_done(writer.append(entries, kNow));
}

std::vector<BookEntry> all_of(const fs::path& folder) {
    std::vector<BookEntry> entries;
    value_of(evidence::read_book(folder, [&](const BookEntry& entry) {
        entries.push_back(entry);
        return true;
    }));
    return entries;
}

bool reads(const fs::path& folder) {
    const auto read = evidence::read_book(folder, [](const BookEntry&) { return true; });
    return read.has_value();
}

}  // namespace

TEST_CASE("a book that is not there has an empty end") {
    const Folder folder;
    const auto end = value_of(evidence::read_book_end(folder.path()));
    CHECK(end.number == 0);
    CHECK_FALSE(end.newest);
    CHECK_FALSE(fs::exists(evidence::book_path(folder.path())));
}

TEST_CASE("what was written into a book is read back in order") {
    const Folder folder;
    append_all(folder.path(), {{EntryKind::key, "the key\n"}, {EntryKind::made, "first\n\nnote\n"}});
    append_all(folder.path(), {{EntryKind::cosigned, "second\n"}});
    const auto entries = all_of(folder.path());
    REQUIRE(entries.size() == 3);
    CHECK(entries[0].kind == EntryKind::key);
    CHECK(entries[1].body == "first\n\nnote\n");
    CHECK(entries[2].number == 3);
    CHECK(entries[2].previous == entries[1].digest);
    CHECK(entries[2].at == kNow);
    const auto end = value_of(evidence::read_book_end(folder.path()));
    REQUIRE(end.newest);
    CHECK(end.newest->body == "second\n");
}

TEST_CASE("only the owner can read a book") {
    const Folder folder;
    append_all(folder.path(), {{EntryKind::key, "k\n"}});
    struct stat facts {};
    REQUIRE(stat(evidence::book_path(folder.path()).c_str(), &facts) == 0);
    CHECK((facts.st_mode & 0777) == 0600);
}

TEST_CASE("a rollback that was accepted and an import end what binds") {
    const Folder folder;
    append_all(folder.path(), {{EntryKind::made, "old\n"}, {EntryKind::rollback_accepted, "position 4\n"}});
    CHECK_FALSE(value_of(evidence::read_book_end(folder.path())).newest);
    append_all(folder.path(), {{EntryKind::made, "new\n"}});
    CHECK(value_of(evidence::read_book_end(folder.path())).newest->body == "new\n");
    append_all(folder.path(), {{EntryKind::imported, "3\n"}});
    CHECK(value_of(evidence::read_book_end(folder.path())).imported);
    append_all(folder.path(), {{EntryKind::key, "own\n"}});
    CHECK_FALSE(value_of(evidence::read_book_end(folder.path())).imported);
}

TEST_CASE("every octet of a book that is changed is found, except in the last entry, and none crashes") {
    const Folder folder;
    append_all(folder.path(),
               {{EntryKind::key, "k\n"}, {EntryKind::made, "a\nb\n"}, {EntryKind::made, "c\n"}});
    const fs::path path = evidence::book_path(folder.path());
    const std::string whole = text_of(path);
    const std::size_t last = whole.rfind("\n@ ") + 1;
    for (std::size_t at = 0; at < whole.size(); ++at) {
        std::string changed = whole;
        changed[at] = static_cast<char>(changed[at] ^ 0x01);
        write_text(path, changed);
        CAPTURE(at);
        const bool found = !reads(folder.path());
        if (at < last) CHECK(found);
    }
}

TEST_CASE("an entry that is dropped, added twice or put elsewhere is found") {
    const Folder folder;
    append_all(folder.path(), {{EntryKind::made, "1\n"}, {EntryKind::made, "2\n"}, {EntryKind::made, "3\n"}});
    const fs::path path = evidence::book_path(folder.path());
    std::vector<std::string> parts;
    for (const BookEntry& entry : all_of(folder.path())) parts.push_back(evidence::format_entry(entry));
    for (const std::string& changed :
         {parts[0] + parts[2], parts[1] + parts[2], parts[0] + parts[2] + parts[1],
          parts[0] + parts[0] + parts[1], parts[1] + parts[0] + parts[2]}) {
        write_text(path, changed);
        CHECK_FALSE(reads(folder.path()));
    }
    write_text(path, parts[0] + parts[1] + parts[2]);
    CHECK(reads(folder.path()));
}

TEST_CASE("an entry that a crash cut off is left out and the next writer cuts it away") {
    const Folder folder;
    append_all(folder.path(), {{EntryKind::made, "whole\n"}});
    const fs::path path = evidence::book_path(folder.path());
    const std::string whole = text_of(path);
    append_all(folder.path(), {{EntryKind::made, "the next one\n"}});
    const std::string both = text_of(path);
    for (std::size_t size = whole.size() + 1; size < both.size(); ++size) {
        write_text(path, both.substr(0, size));
        CAPTURE(size);
        const auto end = value_of(evidence::read_book_end(folder.path()));
        CHECK(end.torn);
        CHECK(end.newest->body == "whole\n");
        append_all(folder.path(), {{EntryKind::made, "the next one\n"}});
        CHECK(text_of(path) == both);
    }
}

TEST_CASE("an entry with holes that a power cut left is cut away") {
    const Folder folder;
    append_all(folder.path(), {{EntryKind::made, "whole\n"}});
    const fs::path path = evidence::book_path(folder.path());
    const std::string whole = text_of(path);
    append_all(folder.path(), {{EntryKind::made, "the next\n"}, {EntryKind::made, "and one more\n"}});
    const std::string both = text_of(path);
    for (std::size_t from = whole.size(); from < both.size(); from += 7) {
        for (std::size_t to = from + 1; to < both.size(); to += 13) {
            std::string holed = both;
            holed.replace(from, to - from, to - from, '\0');
            write_text(path, holed);
            CAPTURE(from, to);
            const auto end = value_of(evidence::read_book_end(folder.path()));
            CHECK(end.torn);
            append_all(folder.path(), {{EntryKind::made, "again\n"}});
            CHECK(value_of(evidence::read_book_end(folder.path())).newest->body == "again\n");
        }
    }
}

TEST_CASE("a zero in an entry that others follow is no work of a power cut") {
    const Folder folder;
    const fs::path path = evidence::book_path(folder.path());
    for (const char* body : {"one\n", "two\n", "three\n"})
        append_all(folder.path(), {{EntryKind::made, body}});
    std::string book = text_of(path);
    book[book.find("one")] = '\0';
    write_text(path, book);
    CHECK_FALSE(reads(folder.path()));
}

TEST_CASE("the end of a long book is found without its beginning") {
    const Folder folder;
    std::vector<evidence::NewEntry> entries;
    for (int i = 0; i < 3'000; ++i)
        entries.push_back({EntryKind::made, std::string(100, 'x') + std::to_string(i) + "\n"});
    append_all(folder.path(), entries);
    append_all(folder.path(), {{EntryKind::made, std::string(evidence::kLargestEntryBody - 1, 'y') + "\n"}});
    const auto end = value_of(evidence::read_book_end(folder.path()));
    CHECK(end.number == 3'001);
    CHECK(end.newest->body.size() == evidence::kLargestEntryBody);
    CHECK(end.octets == fs::file_size(evidence::book_path(folder.path())));
    CHECK(all_of(folder.path()).size() == 3'001);
    append_all(folder.path(), {{EntryKind::made, "last\n"}});
    CHECK(value_of(evidence::read_book_end(folder.path())).newest->body == "last\n");
}

TEST_CASE("writers of a book wait for each other") {
    const Folder folder;
    constexpr int kEach = 25;
    const auto work = [&] {
        for (int i = 0; i < kEach; ++i) append_all(folder.path(), {{EntryKind::made, "x\n"}});
    };
    std::thread first(work);
    std::thread second(work);
    first.join();
    second.join();
    CHECK(all_of(folder.path()).size() == 2 * kEach);
}

#include <sys/wait.h>

#include <certledger/tools/evidence/tiles.hpp>

#include "support.hpp"

using namespace evidence_test;

namespace {

int verifier_says(const fs::path& folder) {
    const std::string command = std::string("'") + CERTLEDGER_PYTHON + "' '" + CERTLEDGER_VERIFY_TILES +
                                "' '" + folder.string() + "' '" + (folder / "log.vkey").string() +
                                "' > /dev/null 2>&1";
    const int status = std::system(command.c_str());
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

Result<evidence::ExportedTiles> export_all(TestLedger& ledger, const fs::path& folder) {
    auto evidence = ledger.evidence();
    const auto made = value_of(evidence.sign());
    return evidence::export_tiles(*ledger.log, made, value_of(evidence.key()), folder, {});
}

}  // namespace

TEST_CASE("exported tiles are accepted by a verifier that shares no code with us") {
    for (const std::uint64_t size : {1, 2, 255, 256, 257, 700}) {
        TestLedger ledger(size);
        const fs::path folder = ledger.folder.path() / "public" / "tiles";
        const auto exported = value_of(export_all(ledger, folder));
        CAPTURE(size);
        CHECK(exported.size == size);
        CHECK(verifier_says(folder) == 0);
        CHECK(text_of(folder / "checkpoint") == ledger.shown());
    }
}

TEST_CASE("an export is brought up to date in place") {
    TestLedger ledger(300);
    const fs::path folder = ledger.folder.path() / "tiles";
    value_of(export_all(ledger, folder));
    grow(*ledger.log, 600);
    const auto again = value_of(export_all(ledger, folder));
    CHECK(again.written < again.files);
    CHECK(verifier_says(folder) == 0);
    CHECK(value_of(export_all(ledger, folder)).written == 0);
}

TEST_CASE("a tile that was changed, or another log's export, is not overwritten") {
    TestLedger ledger(300);
    const fs::path folder = ledger.folder.path() / "tiles";
    value_of(export_all(ledger, folder));
    const std::string whole = text_of(folder / "tile/0/000");
    write_text(folder / "tile/0/000", std::string(whole.size(), 'x'));
    CHECK(kind_of(export_all(ledger, folder)) == ErrorKind::damaged);
    write_text(folder / "tile/0/000", whole);
    CHECK(export_all(ledger, folder));
    TestLedger other(400);
    CHECK(kind_of(export_all(other, folder)) == ErrorKind::damaged);
}

TEST_CASE("a tile of an earlier export that was changed is found, and one that no log of this size has") {
    TestLedger ledger(300);
    const fs::path folder = ledger.folder.path() / "tiles";
    value_of(export_all(ledger, folder));
    grow(*ledger.log, 310);
    value_of(export_all(ledger, folder));
    grow(*ledger.log, 600);
    value_of(export_all(ledger, folder));
    std::vector<fs::path> narrower;
    for (const auto& entry : fs::recursive_directory_iterator(folder / "tile"))
        if (entry.is_regular_file()) narrower.push_back(entry.path());
    CHECK(narrower.size() > 10);
    for (const auto& path : narrower) {
        CAPTURE(path);
        const std::string whole = text_of(path);
        for (const std::string& other :
             {whole.substr(1), whole + "x", "x" + whole.substr(1), std::string()}) {
            write_text(path, other);
            CHECK(kind_of(export_all(ledger, folder)) == ErrorKind::damaged);
        }
        write_text(path, whole);
    }
    CHECK(value_of(export_all(ledger, folder)).written == 0);
    for (const char* name : {"tile/0/003", "tile/0/002.p/255", "tile/1/001", "tile/7/000.p/1", "tile/0/x",
                             "tile/x", "tile/entries/002.p/200"}) {
        CAPTURE(name);
        fs::create_directories((folder / name).parent_path());
        write_text(folder / name, "x");
        CHECK(kind_of(export_all(ledger, folder)) == ErrorKind::damaged);
        fs::remove(folder / name);
    }
    write_text(folder / "tile/0/002.p/88.new", "what an export that was killed has left");
    CHECK(export_all(ledger, folder));
    CHECK(verifier_says(folder) == 0);
}

TEST_CASE("records that do not give the checkpoint's root are not published with it") {
    TestLedger ledger(10);
    auto evidence = ledger.evidence();
    const auto made = value_of(evidence.sign());
    const auto key = value_of(evidence.key());
    ledger.exchange_log(10, "other ");
    const fs::path folder = ledger.folder.path() / "tiles";
    CHECK(kind_of(evidence::export_tiles(*ledger.log, made, key, folder, {})) == ErrorKind::damaged);
    CHECK_FALSE(fs::exists(folder / "checkpoint"));
}

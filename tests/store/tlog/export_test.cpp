#include <sys/wait.h>

#include <catch2/catch.hpp>
#include <certledger/store/tlog/entry_bundle.hpp>
#include <certledger/store/tlog/tile_path.hpp>
#include <cstdlib>
#include <filesystem>
#include <random>

#include "support.hpp"

using namespace tlog_test;
namespace fs = std::filesystem;

namespace {

/// A folder of its own that goes with the test.
class Folder {
  public:
    Folder() {
        std::string name = (fs::temp_directory_path() / "tlog-export-XXXXXX").string();
        if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make a temporary folder");
        path_ = name;
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    ~Folder() {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
    }
    [[nodiscard]] const fs::path& path() const { return path_; }

  private:
    fs::path path_;
};

void write_file(const fs::path& path, const Bytes& bytes) {
    fs::create_directories(path.parent_path());
    std::ofstream out(path, std::ios::binary | std::ios::trunc);
    out.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    if (!out.flush()) throw std::runtime_error("cannot write " + path.string());
}

Bytes read_bytes(const fs::path& path) { return bytes_of(read_file(path.string())); }

void write_tiles(const fs::path& root, const std::vector<Tile>& tiles) {
    for (const Tile& tile : tiles) {
        write_file(root / format_tile_path({tile.level, tile.index, static_cast<unsigned>(tile.width())}),
                   tile.bytes);
    }
}

/// Writes a whole log of `size` records as tiles, and its key beside them.
void export_log(const fs::path& root, std::uint64_t size) {
    const Signer log = make_signer("example.com/export", KeyType::ed25519, 1);
    RightEdge edge;
    TileWriter writer;
    for (std::uint64_t first = 0; first < size; first += 256) {
        const std::uint64_t width = std::min<std::uint64_t>(256, size - first);
        Bytes bundle;
        std::vector<Digest> leaves;
        for (std::uint64_t i = first; i < first + width; ++i) {
            leaves.push_back(leaf_hash(record_of(i)));
            if (!append_entry(bundle, record_of(i))) throw std::runtime_error("entry too long");
        }
        write_file(root / format_tile_path({std::nullopt, first / 256, static_cast<unsigned>(width)}),
                   bundle);
        write_tiles(root, writer.append(edge, leaves));
    }
    write_tiles(root, writer.partial_tiles());
    const Checkpoint checkpoint{"example.com/export", size, edge.root(), {}};
    write_file(root / "checkpoint", bytes_of(sign_checkpoint(checkpoint, log).value()));
    write_file(root / "log.vkey", bytes_of(log.verifier().to_string() + "\n"));
}

/// Exit code of the independent verifier.
int verifier_says(const fs::path& root) {
    const std::string command = std::string("'") + CERTLEDGER_PYTHON + "' '" + CERTLEDGER_VERIFY_TILES +
                                "' '" + root.string() + "' '" + (root / "log.vkey").string() + "' > '" +
                                (root / "verdict").string() + "' 2>&1";
    const int status = std::system(command.c_str());
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

std::vector<fs::path> files_under(const fs::path& root) {
    std::vector<fs::path> files;
    for (const auto& entry : fs::recursive_directory_iterator(root)) {
        if (entry.is_regular_file()) files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    return files;
}

}  // namespace

TEST_CASE("an exported log of 70,000 records is accepted by the independent verifier", "[tlog][export]") {
    const Folder folder;
    export_log(folder.path(), 70'000);
    CHECK(fs::exists(folder.path() / "tile/0/273.p/112"));
    CHECK(fs::exists(folder.path() / "tile/1/001.p/17"));
    CHECK(fs::exists(folder.path() / "tile/2/000.p/1"));
    CHECK(verifier_says(folder.path()) == 0);
    INFO(read_file((folder.path() / "verdict").string()));
    CHECK(read_file((folder.path() / "verdict").string()).find(": 70000 entries, ") != std::string::npos);
}

TEST_CASE("exports of small logs are accepted, the empty one too", "[tlog][export]") {
    for (const std::uint64_t size : {0U, 1U, 255U, 256U, 257U, 511U, 512U}) {
        const Folder folder;
        export_log(folder.path(), size);
        INFO(size << " " << read_file((folder.path() / "checkpoint").string()));
        CHECK(verifier_says(folder.path()) == 0);
    }
}

TEST_CASE("the published log is accepted by the independent verifier", "[tlog][export]") {
    const Folder folder;
    fs::copy(vector_path("tessera-testdata-log"), folder.path(), fs::copy_options::recursive);
    CHECK(verifier_says(folder.path()) == 0);
}

TEST_CASE("the independent verifier notices a changed byte in any exported file", "[tlog][export]") {
    const Folder folder;
    export_log(folder.path(), 600);
    REQUIRE(verifier_says(folder.path()) == 0);
    fs::remove(folder.path() / "verdict");
    std::mt19937_64 random(11);
    for (const fs::path& file : files_under(folder.path())) {
        const Bytes good = read_bytes(file);
        Bytes changed = good;
        // The newline behind the key is no part of the key.
        const std::size_t at = random() % (good.size() - 1);
        changed[at] = static_cast<std::uint8_t>(changed[at] ^ (1U << (random() % 7)));
        write_file(file, changed);
        INFO(file.string() << " byte " << at);
        CHECK(verifier_says(folder.path()) == 1);
        write_file(file, good);
    }
    CHECK(verifier_says(folder.path()) == 0);
}

TEST_CASE("the independent verifier notices files dropped, added or swapped", "[tlog][export]") {
    const Folder folder;
    const fs::path& root = folder.path();
    export_log(root, 600);
    const auto expect = [&](const fs::path& file, int verdict, const Bytes& bytes) {
        INFO(file.string());
        const bool existed = fs::exists(root / file);
        const Bytes before = existed ? read_bytes(root / file) : Bytes();
        write_file(root / file, bytes);
        CHECK(verifier_says(root) == verdict);
        fs::remove(root / file);
        if (!existed) return;
        CHECK(verifier_says(root) == 1);
        write_file(root / file, before);
    };
    for (const char* file :
         {"tile/0/000", "tile/0/002.p/88", "tile/1/000.p/2", "tile/entries/001", "checkpoint"}) {
        expect(file, 0, read_bytes(root / file));
    }
    expect("tile/0/000", 1, read_bytes(root / "tile/0/001"));
    expect("tile/entries/000", 1, read_bytes(root / "tile/entries/001"));
    expect("tile/0/003.p/1", 1, Bytes(32));
    expect("tile/2/000.p/1", 1, Bytes(32));
    expect("tile/0/stray", 1, Bytes(32));
    Bytes prefix = read_bytes(root / "tile/0/001");
    prefix.resize(32 * 7);
    expect("tile/0/001.p/7", 0, prefix);
    prefix[5] = static_cast<std::uint8_t>(prefix[5] ^ 1U);
    expect("tile/0/001.p/7", 1, prefix);
    CHECK(verifier_says(root) == 0);
}

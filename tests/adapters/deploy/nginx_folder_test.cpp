#include <fcntl.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <certledger/adapters/deploy/nginx_folder.hpp>
#include <certledger/adapters/openssl/certificate.hpp>
#include <certledger/adapters/openssl/embedded_ca.hpp>
#include <certledger/adapters/openssl/hash.hpp>
#include <csignal>
#include <filesystem>
#include <string>

#include "../support/vectors.hpp"

using namespace certledger;
using namespace certledger::adapters;
using namespace certledger::adapters::deploy;
using certledger::test::read_text;
using certledger::test::TemporaryFolder;
using certledger::test::write_text;

namespace {

struct Pair {
    std::string chain;
    std::string key;
    events::Digest fingerprint;
};

Pair make_pair() {
    const auto now = events::Instant::from_seconds(1'767'225'600);
    const auto ca = openssl::EmbeddedCa::create("Test", now);
    const openssl::PrivateKey key = openssl::generate_key(events::KeyAlgorithm::ec_p256);
    openssl::LeafRequest request;
    request.spki = key.facts().spki;
    request.dns_names = {"example.com"};
    request.not_before = now;
    request.not_after = now.plus_seconds(86'400);
    const auto leaf = ca->issue(request);
    return {openssl::certificate_pem(*leaf) + ca->intermediate_pem(), std::string(key.pem().text()),
            openssl::sha256(*leaf)};
}

Result<void> pair_check(std::string_view chain, std::string_view key) {
    const auto certificate = openssl::read_certificate(chain);
    const auto read = openssl::PrivateKey::read(key);
    if (!certificate || !read || !read->matches(certificate->key.spki)) {
        return fail(ErrorKind::invalid_input, "deployment: the key does not belong to the certificate");
    }
    return {};
}

unsigned mode_of(const std::string& path) {
    struct stat status {};
    REQUIRE(::stat(path.c_str(), &status) == 0);
    return status.st_mode & 07777;
}

events::Digest served(const NginxFolder& folder) {
    const auto der = folder.observe();
    REQUIRE(der);
    return openssl::sha256(*der);
}

std::size_t files_in(const std::string& path) {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(path), {}));
}

}  // namespace

TEST_CASE(
    "a deployment puts both files in place with their modes, the next keeps them, a rollback brings them "
    "back") {
    const TemporaryFolder scratch;
    const std::string path = scratch.file("example.com");
    const NginxFolder folder(path);
    const Pair one = make_pair();
    const Pair two = make_pair();
    CHECK(folder.observe().error().kind == ErrorKind::not_found);
    REQUIRE(folder.deploy(one.chain, one.key, pair_check));
    CHECK(mode_of(path) == 0700);
    CHECK(mode_of(path + "/fullchain.pem") == 0644);
    CHECK(mode_of(path + "/privkey.pem") == 0600);
    CHECK(read_text(path + "/privkey.pem") == one.key);
    CHECK(served(folder) == one.fingerprint);
    CHECK(files_in(path) == 2);
    CHECK(folder.rollback().error().kind == ErrorKind::not_found);

    REQUIRE(folder.deploy(two.chain, two.key, pair_check));
    CHECK(served(folder) == two.fingerprint);
    CHECK(read_text(path + "/fullchain.pem.previous") == one.chain);
    CHECK(mode_of(path + "/privkey.pem.previous") == 0600);
    CHECK(files_in(path) == 4);
    REQUIRE(folder.rollback());
    CHECK(served(folder) == one.fingerprint);
    CHECK(read_text(path + "/privkey.pem") == one.key);
    CHECK(files_in(path) == 2);
    // The same pair again: what is kept is the same pair, and nothing else stays behind.
    REQUIRE(folder.deploy(one.chain, one.key, pair_check));
    REQUIRE(folder.deploy(one.chain, one.key, pair_check));
    CHECK(files_in(path) == 4);
}

TEST_CASE("a key of another certificate is refused before anything is touched") {
    const TemporaryFolder scratch;
    const std::string path = scratch.file("x");
    const Pair one = make_pair();
    const Pair two = make_pair();
    const auto refused = NginxFolder(path).deploy(one.chain, two.key, pair_check);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().kind == ErrorKind::invalid_input);
    CHECK(refused.error().message.find("BEGIN") == std::string::npos);
    CHECK_FALSE(std::filesystem::exists(path));
    CHECK_FALSE(NginxFolder(path).deploy("", one.key, pair_check));
    CHECK_FALSE(NginxFolder(path).deploy(std::string(1'048'577, 'a'), one.key, pair_check));
}

TEST_CASE("folders that cannot be made or opened are named") {
    const TemporaryFolder scratch;
    const Pair one = make_pair();
    write_text(scratch.file("file"), "x");
    for (const std::string& path : {scratch.file("file"), scratch.file("file/x"), scratch.file("file/x/y")}) {
        const auto refused = NginxFolder(path).deploy(one.chain, one.key, pair_check);
        REQUIRE_FALSE(refused);
        CHECK(refused.error().kind == ErrorKind::outside);
        CHECK(refused.error().message.find(path) != std::string::npos);
    }
    CHECK(NginxFolder(scratch.file("missing")).rollback().error().kind == ErrorKind::outside);
}

TEST_CASE("folders above the target are made where they are missing, the target's for its owner alone") {
    const TemporaryFolder scratch;
    const Pair one = make_pair();
    REQUIRE(NginxFolder(scratch.file("a/b/c")).deploy(one.chain, one.key, pair_check));
    CHECK(std::filesystem::is_regular_file(scratch.file("a/b/c/privkey.pem")));
    CHECK(std::filesystem::status(scratch.file("a/b/c")).permissions() == std::filesystem::perms::owner_all);
}

TEST_CASE("a disk that takes no more leaves the old pair in place and nothing half-written") {
    const TemporaryFolder scratch;
    const std::string path = scratch.file("x");
    const NginxFolder folder(path);
    const Pair one = make_pair();
    const Pair two = make_pair();
    REQUIRE(folder.deploy(one.chain, one.key, pair_check));
    rlimit before{};
    REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
    const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
    rlimit small = before;
    small.rlim_cur = 300;  // the key fits, the chain does not
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
    const auto refused = folder.deploy(two.chain, two.key, pair_check);
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &before) == 0);
    std::signal(SIGXFSZ, old_handler);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().kind == ErrorKind::outside);
    CHECK(refused.error().message.find(path + "/fullchain.pem.new") != std::string::npos);
    CHECK(served(folder) == one.fingerprint);
    CHECK(read_text(path + "/privkey.pem") == one.key);
    CHECK(files_in(path) == 2);
}

TEST_CASE("when the key cannot be replaced, the certificate is taken back") {
    const TemporaryFolder scratch;
    const std::string path = scratch.file("x");
    std::filesystem::create_directory(path);
    std::filesystem::create_directories(path + "/privkey.pem/in-the-way");
    const Pair one = make_pair();
    const NginxFolder folder(path);
    CHECK(folder.deploy(one.chain, one.key, pair_check).error().kind == ErrorKind::outside);
    CHECK(folder.observe().error().kind == ErrorKind::not_found);
    CHECK(files_in(path) == 1);
}

TEST_CASE("what a killed process left behind does not stop the next deployment") {
    const TemporaryFolder scratch;
    const std::string path = scratch.file("x");
    std::filesystem::create_directory(path);
    write_text(path + "/fullchain.pem.new", "half");
    std::filesystem::create_symlink("/etc/hostname", path + "/privkey.pem.new");
    const Pair one = make_pair();
    REQUIRE(NginxFolder(path).deploy(one.chain, one.key, pair_check));
    CHECK(read_text(path + "/privkey.pem") == one.key);
    CHECK_FALSE(std::filesystem::is_symlink(path + "/privkey.pem"));
    CHECK(files_in(path) == 2);
}

TEST_CASE("two that deploy to one folder at once do not mix") {
    const TemporaryFolder scratch;
    const std::string path = scratch.file("x");
    std::filesystem::create_directory(path);
    const int holder = ::open(path.c_str(), O_RDONLY | O_DIRECTORY);
    REQUIRE(::flock(holder, LOCK_EX | LOCK_NB) == 0);
    const Pair one = make_pair();
    CHECK(NginxFolder(path).deploy(one.chain, one.key, pair_check).error().kind == ErrorKind::conflict);
    ::close(holder);
    CHECK(NginxFolder(path).deploy(one.chain, one.key, pair_check));
}

TEST_CASE("a file without a certificate is damage, not a certificate") {
    const TemporaryFolder scratch;
    const std::string path = scratch.file("x");
    std::filesystem::create_directory(path);
    for (const char* contents : {"", "words", "-----BEGIN CERTIFICATE-----\nAAAA\n",
                                 "-----BEGIN CERTIFICATE-----\n?\n-----END CERTIFICATE-----\n",
                                 "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n"}) {
        write_text(path + "/fullchain.pem", contents);
        CHECK(NginxFolder(path).observe().error().kind == ErrorKind::damaged);
    }
}

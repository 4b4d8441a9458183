#include <sys/resource.h>
#include <sys/stat.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <certledger/events/contract.hpp>
#include <certledger/store/lmdb/environment.hpp>
#include <certledger/store/lmdb/fault_guard.hpp>
#include <cstring>
#include <thread>

#include "support/child.hpp"
#include "support/scratch.hpp"

using namespace certledger;
using namespace certledger::store::lmdb;
using namespace certledger::store::testing;

namespace {

EnvironmentOptions quick(const std::filesystem::path& file) {
    EnvironmentOptions options;
    options.file = file;
    options.durable = false;
    return options;
}

std::unique_ptr<Environment> opened(const EnvironmentOptions& options) {
    auto environment = Environment::open(options);
    if (!environment) throw std::runtime_error(environment.error().message);
    return std::move(*environment);
}

Result<void> put_text(Environment& environment, Database database, std::string_view key,
                      std::string_view value) {
    return environment.write([&](WriteTransaction& transaction) {
        return transaction.put(database, octets_of(key), octets_of(value));
    });
}

std::string get_text(const Environment& environment, Database database, std::string_view key) {
    const auto transaction = environment.read();
    if (!transaction) return transaction.error().message;
    const auto value = transaction->get(database, octets_of(key));
    if (!value) return value.error().message;
    return *value ? std::string(text_of(**value)) : "(nothing)";
}

unsigned mode_of(const std::filesystem::path& path) {
    struct stat status = {};
    ::stat(path.c_str(), &status);
    return status.st_mode & 07777U;
}

}  // namespace

TEST_CASE("values stand under their keys in the database they were put into") {
    const Scratch scratch;
    const auto environment = opened(quick(scratch / "a.mdb"));
    const auto first = environment->database("first", KeyOrder::octets, true);
    const auto second = environment->database("second", KeyOrder::octets, true);
    REQUIRE(first);
    REQUIRE(second);
    REQUIRE(put_text(*environment, *first, "key", "one"));
    REQUIRE(put_text(*environment, *second, "key", "two"));
    REQUIRE(put_text(*environment, environment->main(), "key", "three"));
    CHECK(get_text(*environment, *first, "key") == "one");
    CHECK(get_text(*environment, *second, "key") == "two");
    CHECK(get_text(*environment, environment->main(), "key") == "three");
    CHECK(get_text(*environment, *first, "other") == "(nothing)");
    CHECK(environment->read()->size(*first).value() == 1);
}

TEST_CASE("inserting keeps what is there, erasing says whether it was, clearing takes all") {
    const Scratch scratch;
    const auto environment = opened(quick(scratch / "a.mdb"));
    const auto database = environment->main();
    const auto outcome = environment->write([&](WriteTransaction& transaction) -> Result<std::vector<bool>> {
        std::vector<bool> said;
        said.push_back(*transaction.insert(database, octets_of("a"), octets_of("1")));
        said.push_back(*transaction.insert(database, octets_of("a"), octets_of("2")));
        said.push_back(*transaction.erase(database, octets_of("a")));
        said.push_back(*transaction.erase(database, octets_of("a")));
        auto reserved = transaction.reserve(database, octets_of("b"), 3);
        std::memcpy(reserved->data(), "xyz", 3);
        return said;
    });
    CHECK(*outcome == std::vector<bool>{true, false, true, false});
    CHECK(get_text(*environment, database, "b") == "xyz");
    REQUIRE(environment->write([&](WriteTransaction& transaction) { return transaction.clear(database); }));
    CHECK(get_text(*environment, database, "b") == "(nothing)");
}

TEST_CASE("a body that fails or throws leaves everything as it was") {
    const Scratch scratch;
    const auto environment = opened(quick(scratch / "a.mdb"));
    const auto failed = environment->write([&](WriteTransaction& transaction) -> Result<void> {
        REQUIRE(transaction.put(environment->main(), octets_of("a"), octets_of("1")));
        return fail(ErrorKind::conflict, "thought better of it");
    });
    CHECK(failed.error() == Error{ErrorKind::conflict, "thought better of it"});
    const auto throwing = [&](WriteTransaction& transaction) -> Result<void> {
        REQUIRE(transaction.put(environment->main(), octets_of("a"), octets_of("1")));
        throw std::runtime_error("no");
    };
    CHECK_THROWS_AS((void)environment->write(throwing), std::runtime_error);
    CHECK(get_text(*environment, environment->main(), "a") == "(nothing)");
    CHECK(environment->read()->id() == 0);
}

TEST_CASE("a cursor goes through the keys in order and seeks in both directions") {
    const Scratch scratch;
    const auto environment = opened(quick(scratch / "a.mdb"));
    const auto database = environment->database("numbers", KeyOrder::integers, true);
    REQUIRE(database);
    REQUIRE(environment->write([&](WriteTransaction& transaction) -> Result<void> {
        for (std::uint64_t number = 10; number <= 5000; number += 10) {
            if (auto put =
                    transaction.append(*database, integer_key(number), octets_of(std::to_string(number)));
                !put)
                return put;
        }
        return {};
    }));
    const auto transaction = environment->read();
    auto cursor = transaction->cursor(*database);
    REQUIRE(cursor);
    const auto value = [&] { return std::string(text_of(cursor->value())); };
    const auto seek = [&](std::uint64_t number) { return *cursor->seek(integer_key(number)); };
    const auto seek_back = [&](std::uint64_t number) { return *cursor->seek_back(integer_key(number)); };
    CHECK((*cursor->first() && value() == "10"));
    CHECK_FALSE(*cursor->previous());
    CHECK((*cursor->last() && value() == "5000"));
    CHECK_FALSE(*cursor->next());
    CHECK(cursor->value().empty());
    CHECK((seek(300) && value() == "300"));
    CHECK((seek(301) && value() == "310"));
    CHECK((*cursor->next() && value() == "320"));
    CHECK_FALSE(seek(5001));
    CHECK((seek_back(300) && value() == "300"));
    CHECK((seek_back(309) && value() == "300"));
    CHECK((*cursor->previous() && value() == "290"));
    CHECK((seek_back(99999) && value() == "5000"));
    CHECK_FALSE(seek_back(9));
}

TEST_CASE("a key that is appended out of order is refused") {
    const Scratch scratch;
    const auto environment = opened(quick(scratch / "a.mdb"));
    const auto outcome = environment->write([&](WriteTransaction& transaction) -> Result<void> {
        if (auto put = transaction.append(environment->main(), octets_of("b"), octets_of("1")); !put)
            return put;
        return transaction.append(environment->main(), octets_of("a"), octets_of("1"));
    });
    CHECK(outcome.error().kind == ErrorKind::invalid_input);
    CHECK(get_text(*environment, environment->main(), "b") == "(nothing)");
}

TEST_CASE("items are erased while a cursor goes along") {
    const Scratch scratch;
    const auto environment = opened(quick(scratch / "a.mdb"));
    const auto main = environment->main();
    for (const char* key : {"a", "b", "c", "d"}) REQUIRE(put_text(*environment, main, key, key));
    REQUIRE(environment->write([&](WriteTransaction& transaction) -> Result<void> {
        auto cursor = transaction.cursor(main);
        for (auto more = cursor->first(); *more; more = cursor->next())
            if (text_of(cursor->key()) != "c") REQUIRE(cursor->erase());
        return {};
    }));
    CHECK(environment->read()->size(main).value() == 1);
    CHECK(get_text(*environment, main, "c") == "c");
}

TEST_CASE("a snapshot stays as it is until it is renewed") {
    const Scratch scratch;
    const auto environment = opened(quick(scratch / "a.mdb"));
    const auto main = environment->main();
    REQUIRE(put_text(*environment, main, "a", "1"));
    auto snapshot = environment->read();
    std::thread([&] { static_cast<void>(put_text(*environment, main, "a", "2")); }).join();
    CHECK(text_of(**snapshot->get(main, octets_of("a"))) == "1");
    REQUIRE(snapshot->renew());
    CHECK(text_of(**snapshot->get(main, octets_of("a"))) == "2");
}

TEST_CASE("a map that is full grows, also while others read") {
    const Scratch scratch;
    EnvironmentOptions options = quick(scratch / "a.mdb");
    options.map_size = 64 * 1024;
    const auto environment = opened(options);
    REQUIRE(put_text(*environment, environment->main(), "before", "all"));
    std::atomic<bool> done = false;
    std::atomic<int> failures = 0;
    std::thread reader([&] {
        while (!done) {
            if (get_text(*environment, environment->main(), "before") != "all") ++failures;
        }
    });
    int runs = 0;
    for (int i = 0; i < 200; ++i) {
        const std::string key = "key " + std::to_string(i);
        const std::string large(20'000, 'x');
        const auto written = environment->write([&](WriteTransaction& transaction) {
            ++runs;
            return transaction.put(environment->main(), octets_of(key), octets_of(large));
        });
        if (!written) ++failures;
    }
    done = true;
    reader.join();
    CHECK(failures == 0);
    CHECK(runs > 200);
    CHECK(environment->stats()->map_size >= 4'000'000);
    CHECK(environment->check_pages());
}

TEST_CASE("at the map's limit nothing is written and the environment can still be used") {
    const Scratch scratch;
    EnvironmentOptions options = quick(scratch / "a.mdb");
    options.map_size = options.map_size_max = 128 * 1024;
    const auto environment = opened(options);
    const auto main = environment->main();
    REQUIRE(put_text(*environment, main, "a", "1"));
    const auto refused = put_text(*environment, main, "b", std::string(500'000, 'x'));
    REQUIRE_FALSE(refused);
    CHECK(refused.error().kind == ErrorKind::outside);
    CHECK_THAT(refused.error().message, Catch::Contains("the map is full at 131072 octets"));
    CHECK(get_text(*environment, main, "b") == "(nothing)");
    CHECK(put_text(*environment, main, "b", "2"));
    CHECK(get_text(*environment, main, "a") == "1");
}

TEST_CASE("a map that another process has made larger is taken over") {
    const Scratch scratch;
    EnvironmentOptions options = quick(scratch / "a.mdb");
    options.map_size = 64 * 1024;
    int to_child[2];
    int to_parent[2];
    REQUIRE(::pipe(to_child) == 0);
    REQUIRE(::pipe(to_parent) == 0);
    char octet = 'x';
    Child child([&] {
        const auto environment = opened(options);
        if (!put_text(*environment, environment->main(), "a", "1")) return 1;
        if (::write(to_parent[1], &octet, 1) != 1 || ::read(to_child[0], &octet, 1) != 1) return 2;
        if (get_text(*environment, environment->main(), "large").size() != 900'000) return 3;
        if (!put_text(*environment, environment->main(), "a", std::string(900'000, 'y'))) return 4;
        return 0;
    });
    REQUIRE(::read(to_parent[0], &octet, 1) == 1);
    const auto environment = opened(options);
    REQUIRE(put_text(*environment, environment->main(), "large", std::string(900'000, 'x')));
    REQUIRE(::write(to_child[1], &octet, 1) == 1);
    CHECK(child.wait() == Ended{0, 0});
    CHECK(get_text(*environment, environment->main(), "a").size() == 900'000);
    for (const int fd : {to_child[0], to_child[1], to_parent[0], to_parent[1]}) ::close(fd);
}

TEST_CASE("a disk that is full is an error, after which the environment can still be used") {
    const Scratch scratch;
    for (const bool grow_ahead : {false, true}) {
        EnvironmentOptions options = quick(scratch / (grow_ahead ? "ahead.mdb" : "plain.mdb"));
        options.grow_ahead = grow_ahead;
        options.durable = true;
        const Ended ended = run_in_child([&] {
            install_fault_guard();
            const auto environment = opened(options);
            const auto main = environment->main();
            if (!put_text(*environment, main, "a", "1")) return 1;
            const rlimit limit{3 * 1024 * 1024, 3 * 1024 * 1024};
            if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) return 2;
            bool was_refused = false;
            for (int i = 0; i < 60 && !was_refused; ++i) {
                const std::string key = "key " + std::to_string(i);
                const auto written = put_text(*environment, main, key, std::string(100'001, 'x'));
                if (written) continue;
                was_refused = true;
                if (written.error().kind != ErrorKind::outside) return 3;
                if (get_text(*environment, main, key) != "(nothing)") return 4;
            }
            if (!was_refused) return 5;
            if (get_text(*environment, main, "a") != "1") return 6;
            if (!put_text(*environment, main, "a", "2")) return 7;
            return environment->check_pages() ? 0 : 8;
        });
        CHECK(ended == Ended{0, 0});
    }
}

TEST_CASE("a file grows ahead of its use in steps, but a small one does not") {
    const Scratch scratch;
    EnvironmentOptions options = quick(scratch / "a.mdb");
    options.grow_ahead = true;
    const auto environment = opened(options);
    const auto main = environment->main();
    REQUIRE(put_text(*environment, main, "small", "x"));
    CHECK(std::filesystem::file_size(options.file) < 100'000);
    std::uintmax_t size = 0;
    unsigned steps = 0;
    for (int i = 0; i < 300; ++i) {
        REQUIRE(put_text(*environment, main, "key " + std::to_string(i), std::string(20'000, 'x')));
        const auto now = std::filesystem::file_size(options.file);
        if (now != size) ++steps;
        size = now;
    }
    // 6 MB: by needs up to one MiB, in steps of a MiB and more from there.
    CHECK(steps < 70);
    CHECK(size > environment->stats()->pages * 4096);
    CHECK(environment->check_pages()->lost_pages == 0);
    // How many pages that frees has no bound.
    CHECK_THROWS_AS(
        (void)environment->write([&](WriteTransaction& transaction) { return transaction.clear(main); }),
        ContractViolation);
    CHECK(get_text(*environment, main, "small") == "x");
}

TEST_CASE("while the file is filled with zeros ahead, no process's commit is lost under them") {
    const Scratch scratch;
    EnvironmentOptions options = quick(scratch / "a.mdb");
    options.grow_ahead = true;
    options.grow_from = std::uint64_t{4} << 20U;
    constexpr int values = 60;
    constexpr std::size_t size = 1'500'000;
    const auto put_all = [&](char whose) {
        const auto environment = opened(options);
        for (int i = 0; i < values; ++i) {
            const std::string key = whose + std::to_string(i);
            if (!put_text(*environment, environment->main(), key, std::string(size, whose))) return 1;
        }
        return 0;
    };
    Child other([&] { return put_all('o'); });
    Child third([&] {
        // Whether a process grows the file itself or not: it waits for those that do.
        options.grow_ahead = false;
        return put_all('t');
    });
    CHECK(put_all('m') == 0);
    CHECK(other.wait() == Ended{0, 0});
    CHECK(third.wait() == Ended{0, 0});
    const auto environment = opened(options);
    for (const char whose : {'m', 'o', 't'}) {
        for (int i = 0; i < values; ++i) {
            INFO(whose << i);
            CHECK(get_text(*environment, environment->main(), whose + std::to_string(i)) ==
                  std::string(size, whose));
        }
    }
    CHECK(environment->check_pages());
}

TEST_CASE("where address space is short the map begins smaller") {
    const Scratch scratch;
    EnvironmentOptions options = quick(scratch / "a.mdb");
    // More than any process has.
    options.map_size = options.map_size_max = std::uint64_t{1} << 50U;
    const auto environment = opened(options);
    CHECK(environment->stats()->map_size < options.map_size);
    CHECK(put_text(*environment, environment->main(), "a", "1"));
}

TEST_CASE("files have mode 0600 and the folders made for them 0700") {
    const Scratch scratch;
    const auto file = scratch.path() / "made" / "here" / "a.mdb";
    const auto environment = opened(quick(file));
    CHECK(mode_of(file) == 0600);
    CHECK(mode_of(file.string() + "-lock") == 0600);
    CHECK(mode_of(file.parent_path()) == 0700);
    CHECK(mode_of(file.parent_path().parent_path()) == 0700);
}

TEST_CASE("opening a file twice in one process violates the contract") {
    const Scratch scratch;
    {
        const auto environment = opened(quick(scratch / "a.mdb"));
        CHECK_THROWS_AS((void)Environment::open(quick(scratch / "a.mdb")), ContractViolation);
        CHECK_THROWS_AS((void)Environment::open(quick(scratch.path() / "." / "a.mdb")), ContractViolation);
    }
    CHECK(Environment::open(quick(scratch / "a.mdb")));
}

TEST_CASE("writing while holding a snapshot, or after a fork, violates the contract") {
    const Scratch scratch;
    const auto environment = opened(quick(scratch / "a.mdb"));
    {
        const auto snapshot = environment->read();
        CHECK_THROWS_AS((void)put_text(*environment, environment->main(), "a", "1"), ContractViolation);
    }
    CHECK(put_text(*environment, environment->main(), "a", "1"));
    const Ended ended = run_in_child([&] {
        try {
            static_cast<void>(environment->read());
        } catch (const ContractViolation&) {
            return 7;
        }
        return 0;
    });
    CHECK(ended == Ended{7, 0});
}

TEST_CASE("what is not there is not found, and a database has the order it was made with") {
    const Scratch scratch;
    EnvironmentOptions options = quick(scratch / "a.mdb");
    options.create = false;
    CHECK(Environment::open(options).error().kind == ErrorKind::not_found);
    const auto environment = opened(quick(scratch / "a.mdb"));
    CHECK(environment->database("numbers", KeyOrder::integers, false).error().kind == ErrorKind::not_found);
    REQUIRE(environment->database("numbers", KeyOrder::integers, true));
    CHECK(environment->database("numbers", KeyOrder::octets, true).error().kind == ErrorKind::damaged);
}

TEST_CASE("what a process has written the next one reads") {
    const Scratch scratch;
    EnvironmentOptions options = quick(scratch / "a.mdb");
    options.durable = true;
    const Ended ended = run_in_child([&] {
        const auto environment = opened(options);
        const auto database = environment->database("named", KeyOrder::octets, true);
        return put_text(*environment, *database, "key", "value") ? 0 : 1;
    });
    CHECK(ended == Ended{0, 0});
    options.read_only = true;
    const auto environment = opened(options);
    const auto database = environment->database("named", KeyOrder::octets, false);
    CHECK(get_text(*environment, *database, "key") == "value");
    CHECK_THROWS_AS((void)put_text(*environment, *database, "key", "other"), ContractViolation);
}

TEST_CASE("what is kept in place is seen by every snapshot; the value of one's own commit has no place yet") {
    const Scratch scratch;
    const auto environment = opened(EnvironmentOptions{scratch / "a.mdb"});
    const Database main = environment->main();
    const std::string room(5'000, '-');
    const std::string longer = room + "longer";
    const WriteTransaction::Undo undone = [](WriteTransaction&) { return Result<void>(); };
    const auto keep = [&](std::string_view key) {
        return environment->write([&](WriteTransaction& transaction) -> Result<bool> {
            if (auto put = transaction.put(main, octets_of("with"), octets_of(key)); !put)
                return tl::make_unexpected(put.error());
            const auto place = transaction.get(main, octets_of("place"));
            if (*place) return transaction.keep_in_place(**place, 0, octets_of("one two"), undone);
            if (auto put = transaction.put(main, octets_of("place"), octets_of(room)); !put)
                return tl::make_unexpected(put.error());
            return transaction.keep_in_place(**transaction.get(main, octets_of("place")), 0,
                                             octets_of("early"), undone);
        });
    };
    CHECK(keep("first") == false);
    const auto earlier = environment->read();
    bool kept = false;
    std::thread([&] { kept = keep("second").value_or(false); }).join();
    CHECK(kept);
    CHECK(text_of(**earlier->get(main, octets_of("place"))) == "one two" + room.substr(7));
    CHECK(text_of(**earlier->get(main, octets_of("with"))) == "first");
    CHECK(get_text(*environment, main, "with") == "second");
    CHECK_THROWS_AS((void)environment->write([&](WriteTransaction& transaction) {
        return transaction.keep_in_place(**transaction.get(main, octets_of("place")), 0, octets_of(longer),
                                         undone);
    }),
                    ContractViolation);
}

TEST_CASE("a compact copy holds everything, without the free pages") {
    const Scratch scratch;
    const auto environment = opened(quick(scratch / "a.mdb"));
    const auto database = environment->database("named", KeyOrder::octets, true);
    for (int i = 0; i < 50; ++i)
        REQUIRE(put_text(*environment, *database, "key " + std::to_string(i), std::string(10'000, 'x')));
    for (int i = 0; i < 40; ++i) {
        REQUIRE(environment->write([&](WriteTransaction& transaction) {
            return transaction.erase(*database, octets_of("key " + std::to_string(i)));
        }));
    }
    const auto stats = environment->stats();
    REQUIRE(stats);
    CHECK(stats->free_pages > 80);
    CHECK(stats->page_size == 4096);
    REQUIRE(environment->copy_compact(scratch / "copy.mdb"));
    CHECK(environment->copy_compact(scratch / "copy.mdb").error().kind == ErrorKind::invalid_input);
    CHECK(mode_of(scratch / "copy.mdb") == 0600);

    const auto copy = opened(quick(scratch / "copy.mdb"));
    CHECK(copy->stats()->pages + 80 < stats->pages);
    const auto copied = copy->database("named", KeyOrder::octets, false);
    REQUIRE(copied);
    CHECK(copy->read()->size(*copied).value() == 10);
    CHECK(get_text(*copy, *copied, "key 49") == std::string(10'000, 'x'));
    CHECK(put_text(*copy, *copied, "key 50", "new"));
    CHECK(put_text(*copy, *copied, "key 51", "new"));
    CHECK(copy->check_pages());
}

TEST_CASE("a fault inside of a map ends the process with exit code 4, any other as before") {
    const Scratch scratch;
    EnvironmentOptions options = quick(scratch / "a.mdb");
    const auto fill = [&] {
        const auto environment = opened(options);
        return put_text(*environment, environment->main(), "a", std::string(400'000, 'x')) ? 0 : 1;
    };
    REQUIRE(run_in_child(fill) == Ended{0, 0});
    const Ended cut = run_in_child([&] {
        ::freopen("/dev/null", "w", stderr);
        install_fault_guard();
        const auto environment = opened(options);
        std::filesystem::resize_file(options.file, 8192 + 4096);
        return static_cast<int>(get_text(*environment, environment->main(), "a").size());
    });
    CHECK(cut == Ended{4, 0});
    const Ended elsewhere = run_in_child([] {
        install_fault_guard();
        volatile int* nowhere = nullptr;
        return *nowhere;
    });
    CHECK(elsewhere.exit_code != 4);
}

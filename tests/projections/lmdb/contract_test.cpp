// One suite over every keeper of rows: after any history the rows, the indexes and the answers are those of a
// fold of the log.
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <certledger/events/canonical.hpp>
#include <certledger/projections/lmdb/lmdb_row_store.hpp>
#include <csignal>
#include <filesystem>
#include <thread>

#include "../random_history.hpp"
#include "bulk_fold.hpp"

namespace certledger::test {

namespace {

namespace fs = std::filesystem;

/// For what a loader sorts.
constexpr std::size_t kRoom = std::size_t{64} << 20U;

struct MemoryKeeper {
    views::RowStore& open() { return store_; }
    void close() {}
    views::MemoryRowStore store_;
};

struct LmdbKeeper {
    LmdbKeeper() {
        std::string name = (fs::temp_directory_path() / "certledger-views-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        folder = name;
    }
    ~LmdbKeeper() {
        store_.reset();
        fs::remove_all(folder);
    }
    LmdbKeeper(const LmdbKeeper&) = delete;
    LmdbKeeper& operator=(const LmdbKeeper&) = delete;
    views::RowStore& open() {
        if (!store_) {
            auto opened = views::lmdb::LmdbRowStore::open(folder);
            REQUIRE(opened);
            store_ = std::move(*opened);
        }
        return *store_;
    }
    void close() { store_.reset(); }

    fs::path folder;
    std::unique_ptr<views::lmdb::LmdbRowStore> store_;
};

/// Every page of every order, and the other views, as text.
Texts answers(const views::Moment& moment) {
    Texts made;
    for (const auto* account : {"a0", "a1", "a2"}) {
        const AccountId whose{account};
        for (const auto sort : {views::ListSort::created, views::ListSort::not_after, views::ListSort::name,
                                views::ListSort::status}) {
            for (const auto* domain : {"", "*.com"}) {
                views::ListQuery query;
                query.sort = sort;
                query.limit = 3;
                query.descending = sort == views::ListSort::name;
                if (*domain != '\0') query.domain = domain;
                do {
                    const auto page = moment.list(whose, query);
                    REQUIRE(page);
                    made.push_back("page");
                    for (const auto& item : page->items) made.push_back(to_hex(encode(item)));
                    query.cursor = page->next;
                } while (query.cursor);
            }
        }
        for (const auto& item : moment.watch(whose).items) made.push_back(to_hex(encode(item)));
        for (const auto& item : moment.deployments(whose).items) made.push_back(to_hex(encode(item)));
        for (const auto& item : moment.quotas(whose).items) made.push_back(to_hex(encode(item)));
        const auto refunds = moment.refunds(whose);
        REQUIRE(refunds);
        for (const auto& item : refunds->items) made.push_back(to_hex(encode(item)));
        for (const auto& item : moment.calendar(whose).items) made.push_back(to_hex(encode(item)));
    }
    for (const auto* account : {"a0", "a1", "a2"}) {
        for (const auto& item : moment.counts(AccountId{account}, true).items)
            made.push_back(to_hex(encode(item)));
    }
    for (const auto& work : moment.open_work())
        made.push_back(work.account.value + work.certificate.value + std::string(to_name(work.begun)) +
                       work.target + to_string(work.since) + std::to_string(work.version));
    for (const auto& total : moment.refund_totals(std::nullopt, {true, true}))
        made.push_back(*total.account + *total.month + total.amount);
    return made;
}

/// The answers about each certificate alone are those of a fold of everything.
void compare_each_certificate(const views::Views& kept, const views::Views& folded,
                              const views::QueryPoint& point) {
    const auto whole = folded.moment(point);
    REQUIRE(whole);
    const auto text = [&](const views::Moment& moment, const CertificateId& id) {
        std::string made;
        for (const auto* account : {"a0", "a1", "a2"}) {
            const auto item = moment.certificate(AccountId{account}, id);
            const auto progress = moment.progress(AccountId{account}, id);
            const auto refund = moment.refund(AccountId{account}, id);
            made += item ? to_hex(encode(*item)) : std::to_string(static_cast<int>(item.error()));
            if (progress) made += to_hex(encode(*progress));
            if (refund) made += to_hex(encode(*refund));
        }
        return made;
    };
    for (int i = 0; i < 40; i += 3) {
        const CertificateId id{"c" + std::to_string(i)};
        const auto one = kept.moment_of(point, id);
        REQUIRE(one);
        INFO(id.value);
        CHECK(text(*one, id) == text(*whole, id));
    }
}

}  // namespace

TEMPLATE_TEST_CASE("kept rows equal a fold of the log after any history, crash and reopening", "",
                   MemoryKeeper, LmdbKeeper) {
    const policies::UtcZones zones;
    for (unsigned seed = 1; seed <= 4; ++seed) {
        TestType keeper;
        store::MemoryStore log;
        RandomHistory history(log, seed);
        for (int round = 0; round < 6; ++round) {
            history.grow(60);
            if (round == 2) {
                // Somebody folded and went away before the commit.
                auto& store = keeper.open();
                views::MemoryRows lost(store.snapshot());
                REQUIRE(views::fold(log, lost, log.head().position));
            }
            if (round == 3) keeper.close();
            views::Views all(log, keeper.open(), zones);
            REQUIRE(all.catch_up());
            const auto found = all.verify();
            REQUIRE(found);
            INFO("seed " << seed << ", round " << round);
            for (const auto& difference : found->differences) UNSCOPED_INFO(difference);
            CHECK(found->equal());
            CHECK(found->position == log.head().position);
        }
        views::Views all(log, keeper.open(), zones);
        views::MemoryRowStore none;
        const views::Views folded(log, none, zones);
        const auto answer = [&](const views::Views& of, const views::QueryPoint& point) {
            const auto moment = of.moment(point);
            REQUIRE(moment);
            return answers(*moment);
        };
        const auto head = log.head().position;
        const views::QueryPoint now{history.clock(), std::nullopt, std::nullopt};
        CHECK(answer(all, now) == answer(folded, now));
        // As of any point: a fold of the prefix.
        for (const auto position : {head / 3, head - 31, head - 14, head - 3}) {
            const views::QueryPoint past{history.clock(), views::AsOf(position), std::nullopt};
            INFO("seed " << seed << ", as of " << position);
            CHECK(answer(all, past) == answer(folded, past));
            compare_each_certificate(all, folded, past);
            if (position > head / 2) continue;
            compare_each_certificate(all, folded, {history.clock(), views::AsOf(position), day(40)});
        }
        // What the rows lack is folded over them, also for pages and indexes.
        history.grow(80);
        const views::QueryPoint later{history.clock(), std::nullopt, std::nullopt};
        CHECK(answer(all, later) == answer(folded, later));
        const views::QueryPoint between{history.clock(), views::AsOf(head + 40), std::nullopt};
        CHECK(answer(all, between) == answer(folded, between));
        REQUIRE(all.rebuild());
        CHECK(all.verify()->equal());
        CHECK(answer(all, later) == answer(folded, later));
    }
}

TEMPLATE_TEST_CASE("rows that all cores fold at once are those of a fold in the order of the log", "",
                   MemoryKeeper, LmdbKeeper) {
    const policies::UtcZones zones;
    for (unsigned seed = 1; seed <= 6; ++seed) {
        store::MemoryStore log;
        RandomHistory history(log, seed);
        history.grow(400);
        views::MemoryRowStore none;
        const views::Views folded(log, none, zones);
        for (const std::size_t lanes : {1, 2, 5}) {
            TestType keeper;
            auto& store = keeper.open();
            auto beside = store.begin_beside();
            REQUIRE(beside);
            auto loader = (*beside)->begin_load(lanes, kRoom);
            REQUIRE(loader);
            // Small ranges make a scan and a part of its own of every account.
            constexpr std::uint64_t small = 300'000;
            constexpr std::uint64_t large = 50'000'000;
            const views::BulkOptions options{log.head().position,       lanes, seed % 2 == 0 ? large : small,
                                             seed % 3 == 0 ? large : 1, kRoom, seed % 5 == 0 ? 0 : large};
            const auto loaded = views::bulk_fold(log, **loader, {}, options);
            REQUIRE(loaded);
            REQUIRE(*loaded);
            loader->reset();
            REQUIRE(store.adopt(**beside));
            views::Views all(log, store, zones);
            INFO("seed " << seed << ", " << lanes << " lanes");
            const auto found = all.verify();
            REQUIRE(found);
            for (const auto& difference : found->differences) UNSCOPED_INFO(difference);
            CHECK(found->equal());
            CHECK(found->position == log.head().position);
            const views::QueryPoint now{history.clock(), std::nullopt, std::nullopt};
            {
                const auto kept = all.moment(now);
                const auto fresh = folded.moment(now);
                REQUIRE(kept);
                REQUIRE(fresh);
                CHECK(answers(*kept) == answers(*fresh));
            }
            // What comes later is kept up as ever.
            history.grow(40);
            REQUIRE(all.catch_up());
            CHECK(all.verify()->equal());
        }
    }
}

TEST_CASE("a rebuild that finds no room on the disk says so, and leaves the rows as they were") {
    const policies::UtcZones zones;
    LmdbKeeper keeper;
    store::MemoryStore log;
    RandomHistory history(log, 3);
    history.grow(400);
    const views::QueryPoint now{history.clock(), std::nullopt, std::nullopt};
    Texts before;
    {
        views::Views all(log, keeper.open(), zones);
        REQUIRE(all.catch_up());
        before = answers(*all.moment(now));
    }
    keeper.close();
    const auto outside = [](const auto& done) { return !done && done.error().kind == ErrorKind::outside; };
    // While a part is appended to the indexes, and when the rest comes.
    for (const bool at_the_end : {false, true}) {
        // LMDB does not go on in a forked process: the child opens the rows for itself.
        const pid_t child = ::fork();
        REQUIRE(child >= 0);
        if (child == 0) {
            ::signal(SIGXFSZ, SIG_IGN);
            auto& store = keeper.open();
            auto beside = store.begin_beside();
            auto loader = (*beside)->begin_load(2, kRoom);
            // More entries than one transaction takes.
            views::MemoryRows rows;
            for (int i = 0; i < 4'000; ++i) {
                auto& row = rows.add_certificate("new" + std::to_string(i), static_cast<views::RowId>(i + 1));
                row.account.value = "a0";
                row.names.emplace_back(DomainName{"a.com", "a.com"});
            }
            if (!loader || !(*loader)->add(0, rows)) ::_exit(2);
            if (at_the_end && !(*loader)->end_part(0, 0)) ::_exit(3);
            const rlimit small{16'384, 16'384};
            if (::setrlimit(RLIMIT_FSIZE, &small) != 0) ::_exit(4);
            if (!at_the_end && !outside((*loader)->end_part(0, 0))) ::_exit(5);
            ::_exit(outside((*loader)->finish({1, {}})) ? 0 : 1);
        }
        int status = 0;
        REQUIRE(::waitpid(child, &status, 0) == child);
        CHECK(WIFEXITED(status));
        CHECK(WEXITSTATUS(status) == 0);
    }
    views::Views all(log, keeper.open(), zones);
    CHECK(all.verify()->equal());
    CHECK(answers(*all.moment(now)) == before);
    REQUIRE(all.rebuild());
    CHECK(answers(*all.moment(now)) == before);
}

TEMPLATE_TEST_CASE("a certificate's card is the same read where it lies and as a row", "", MemoryKeeper,
                   LmdbKeeper) {
    const policies::UtcZones zones;
    TestType keeper;
    store::MemoryStore log;
    RandomHistory history(log, 12);
    history.grow(300);
    views::Views all(log, keeper.open(), zones);
    REQUIRE(all.catch_up());
    const auto check = [](const views::Card& card) {
        std::vector<views::NameRow> names;
        const std::string id(card.certificate());
        const auto status = card.status();
        const auto created_at = card.created_at();
        const auto not_after = card.not_after();
        card.each_name([&](std::string_view ascii, std::string_view unicode) {
            names.emplace_back(DomainName{std::string(ascii), std::string(unicode)});
        });
        const views::CertificateRow& row = card.row();
        CHECK(id == row.certificate.value);
        CHECK(status == row.status);
        CHECK(created_at == row.created_at);
        CHECK(not_after.has_value() == row.issued.has_value());
        if (not_after) CHECK(*not_after == row.issued->not_after);
        CHECK(names == row.names);
        CHECK(row.row > 0);
        // Asked again, now that there is a row.
        CHECK(card.certificate() == id);
        CHECK(card.not_after() == not_after);
    };
    // Under rows as they are kept, and with changes over them in memory.
    for (const int more : {0, 30}) {
        history.grow(more);
        const auto moment = all.moment({history.clock(), std::nullopt, std::nullopt});
        REQUIRE(moment);
        std::size_t shown = 0;
        for (const auto* account : {"a0", "a1", "a2"}) {
            for (const bool narrowed : {false, true}) {
                views::ListQuery query;
                if (narrowed) query.status = Status::issued;
                std::vector<std::string> visited;
                REQUIRE(moment->visit_list(AccountId{account}, query, [&](const views::Card& card) {
                    check(card);
                    visited.emplace_back(card.certificate());
                    ++shown;
                }));
                std::vector<std::string> listed;
                const auto page = moment->list(AccountId{account}, query);
                REQUIRE(page);
                for (const auto& item : page->items) listed.push_back(item.certificate.value);
                CHECK(visited == listed);
            }
        }
        CHECK(shown > 20);
        for (int i = 0; i < 40; ++i) {
            const CertificateId id{"c" + std::to_string(i)};
            for (const auto* account : {"a0", "a1", "a2"}) {
                const auto item = moment->certificate(AccountId{account}, id);
                std::size_t times = 0;
                const auto visited =
                    moment->visit_certificate(AccountId{account}, id, [&](const views::Card& card) {
                        check(card);
                        CHECK(card.certificate() == id.value);
                        ++times;
                    });
                CHECK(visited.has_value() == item.has_value());
                CHECK(times == (item ? 1 : 0));
                if (!item) CHECK(visited.error() == item.error());
            }
        }
    }
}

TEST_CASE("a card that is cut is never read as if it were whole") {
    Ledger ledger;
    ledger.buy("k", {"a.com", "b.com"}, day(0));
    views::MemoryRows rows;
    REQUIRE(views::fold(ledger.log, rows, ledger.log.head().position));
    auto row = *rows.certificate(*rows.find_certificate("k"));
    row.issued.emplace();
    Bytes octets;
    CanonicalWriter writer(octets);
    row.serialize_card(writer);
    std::string key = views::key::of_account(row.account.value);
    views::key::append(key, row.created_at);
    views::key::append(key, row.row);
    views::CertificateRow memory;
    CHECK(views::Card(key, octets, memory).row().created_at == row.created_at);
    for (std::size_t size = 0; size < octets.size(); ++size) {
        const views::Card cut(key, std::span(octets).first(size), memory);
        CHECK_THROWS_AS((void)cut.row(), OutcomeUnknown);
        if (size < 4) CHECK_THROWS_AS((void)cut.certificate(), OutcomeUnknown);
    }
    // The end of the certificate stands before the names, and these before the end of the card.
    const views::Card cut(key, std::span(octets).first(20), memory);
    CHECK(cut.certificate() == "k");
    CHECK_THROWS_AS((void)cut.not_after(), OutcomeUnknown);
    CHECK_THROWS_AS(cut.each_name([](auto, auto) {}), OutcomeUnknown);
    for (const std::size_t size : {std::size_t{0}, std::size_t{3}, key.size() - 1}) {
        const views::Card cut_key(std::string_view(key).substr(0, size), octets, memory);
        CHECK_THROWS_AS((void)cut_key.created_at(), OutcomeUnknown);
        CHECK_THROWS_AS((void)cut_key.row(), OutcomeUnknown);
    }
    octets.push_back(0);
    CHECK_THROWS_AS((void)views::Card(key, octets, memory).row(), OutcomeUnknown);
}

TEST_CASE(
    "a log with a record that belongs to no row, and one account that is too large, are left to a fold in "
    "order") {
    Ledger ledger;
    // So many that they are more than the rules of a new ledger.
    for (int i = 0; i < 40; ++i) ledger.buy("k" + std::to_string(i), {"a.com"}, day(0));
    const auto load = [](const Ledger& of, std::uint64_t octets) {
        views::MemoryRowStore store;
        auto loader = store.begin_load(2, kRoom);
        REQUIRE(loader);
        const auto loaded =
            views::bulk_fold(of.log, **loader, {}, {of.log.head().position, 2, octets, 1, kRoom});
        REQUIRE(loaded);
        return *loaded;
    };
    std::uint64_t octets = 0;
    REQUIRE(ledger.log.read_all(1, ledger.log.head().position, [&](const auto& record, auto whole) {
        if (record.type != EventType::policy_adopted) octets += whole.size();
        return true;
    }));
    CHECK(load(ledger, 100'000));
    CHECK(load(ledger, octets));
    CHECK_FALSE(load(ledger, octets - 1));
    ledger.buy("l", {"c.com"}, day(0));
    CHECK_FALSE(load(ledger, octets));
    CHECK(load(ledger, 100'000));
    // A name that is cut in keys.
    Ledger long_name;
    long_name.account.value = std::string(views::key::kLongestAccount + 1, 'x');
    for (int i = 0; i < 2; ++i) long_name.buy("k" + std::to_string(i), {"a.com"}, day(0));
    CHECK_FALSE(load(long_name, 100'000));
    ledger.account.value = "somebody-else";
    ledger.cert("l", ApplicationWithdrawn{}, day(1));
    CHECK_FALSE(load(ledger, 100'000));
}

TEMPLATE_TEST_CASE("rows and checkpoint are taken together or not at all", "", MemoryKeeper, LmdbKeeper) {
    TestType keeper;
    auto& store = keeper.open();
    store::MemoryStore log;
    RandomHistory history(log, 5);
    history.grow(30);
    REQUIRE(views::catch_up(log, store));
    const auto before = store.snapshot()->checkpoint();
    history.grow(30);
    views::MemoryRows changes(store.snapshot());
    REQUIRE(views::fold(log, changes, log.head().position));
    changes.release_base();
    auto wrong = before;
    --wrong.position;
    CHECK(store.commit(changes, wrong).error().kind == ErrorKind::conflict);
    auto other = before;
    other.event.octets[3] ^= 1U;
    CHECK(store.commit(changes, other).error().kind == ErrorKind::conflict);
    CHECK(store.snapshot()->checkpoint() == before);
    CHECK(store.commit(changes, before));
    CHECK(store.commit(changes, before).error().kind == ErrorKind::conflict);
    CHECK(store.snapshot()->checkpoint() == changes.checkpoint());
}

TEMPLATE_TEST_CASE("a snapshot stays as it was while others go on", "", MemoryKeeper, LmdbKeeper) {
    TestType keeper;
    auto& store = keeper.open();
    Ledger ledger;
    ledger.buy("k", {"a.com"}, day(0));
    REQUIRE(views::catch_up(ledger.log, store));
    const auto held = store.snapshot();
    ledger.submit("k", day(1));
    std::thread([&] { static_cast<void>(views::catch_up(ledger.log, store)); }).join();
    CHECK(held->certificate(*held->find_certificate("k"))->status == Status::paid);
    const auto fresh = store.snapshot();
    CHECK(fresh->certificate(*fresh->find_certificate("k"))->status == Status::pending_verification);
}

TEMPLATE_TEST_CASE("a rebuild goes on beside readers and the live rows, which it never falls behind", "",
                   MemoryKeeper, LmdbKeeper) {
    TestType keeper;
    auto& store = keeper.open();
    store::MemoryStore log;
    RandomHistory history(log, 9);
    history.grow(200);
    const policies::UtcZones zones;
    views::Views all(log, store, zones);
    REQUIRE(all.catch_up());
    auto beside = store.begin_beside();
    REQUIRE(beside);
    CHECK((*beside)->snapshot()->checkpoint().position == 0);
    CHECK(store.snapshot()->checkpoint().position == log.head().position);
    REQUIRE(views::catch_up(log, **beside));
    REQUIRE((*beside)->complete());
    history.grow(20);
    REQUIRE(all.catch_up());
    CHECK(store.adopt(**beside).error().kind == ErrorKind::conflict);
    REQUIRE(views::catch_up(log, **beside));
    REQUIRE(store.adopt(**beside));
    CHECK(all.verify()->equal());
    CHECK(store.snapshot()->checkpoint().position == log.head().position);
    history.grow(20);
    REQUIRE(all.catch_up());
    CHECK(all.verify()->equal());
}

TEMPLATE_TEST_CASE("a rebuild asked for gives the rows that catching up gave", "", MemoryKeeper, LmdbKeeper) {
    TestType keeper;
    auto& store = keeper.open();
    store::MemoryStore log;
    RandomHistory history(log, 21);
    history.grow(600);
    const policies::UtcZones zones;
    views::Views all(log, store, zones);
    REQUIRE(all.catch_up());
    const auto before = answers(*all.moment({day(200), std::nullopt, std::nullopt}));
    REQUIRE(all.rebuild());
    CHECK(answers(*all.moment({day(200), std::nullopt, std::nullopt})) == before);
    CHECK(all.verify()->equal());
    history.grow(50);
    REQUIRE(all.catch_up());
    CHECK(all.verify()->equal());
}

TEST_CASE("scratch rows are nobody else's and leave nothing behind") {
    LmdbKeeper keeper;
    auto& store = keeper.open();
    store::MemoryStore log;
    RandomHistory history(log, 5);
    history.grow(100);
    REQUIRE(views::catch_up(log, store));
    const auto folders = [&] {
        return std::count_if(fs::directory_iterator(keeper.folder), {},
                             [](const fs::directory_entry& entry) { return entry.is_directory(); });
    };
    {
        auto scratch = store.begin_scratch();
        REQUIRE(scratch);
        CHECK(folders() == 1);
        REQUIRE(views::catch_up(log, **scratch));
        REQUIRE((*scratch)->complete());
        CHECK((*scratch)->snapshot()->checkpoint() == store.snapshot()->checkpoint());
    }
    CHECK(folders() == 0);
    // What a killed process left goes with the next one.
    keeper.close();
    fs::create_directories(keeper.folder / "scratch-abcdef" / "more");
    keeper.open();
    CHECK(folders() == 0);
}

TEMPLATE_TEST_CASE("reset leaves no row", "", MemoryKeeper, LmdbKeeper) {
    TestType keeper;
    auto& store = keeper.open();
    store::MemoryStore log;
    RandomHistory history(log, 3);
    history.grow(100);
    REQUIRE(views::catch_up(log, store));
    REQUIRE(store.reset());
    const auto rows = store.snapshot();
    REQUIRE(rows);
    CHECK(rows->checkpoint() == views::Checkpoint{});
    int found = 0;
    const auto count = [&](const auto&) {
        ++found;
        return true;
    };
    rows->each_certificate(count);
    rows->each_quota(count);
    rows->each_target(count);
    rows->each_policy(count);
    rows->each_total(count);
    for (const auto index : views::kIndexes)
        rows->scan(index, "", "\xFF", false, [&](auto, auto) { return ++found > 0; });
    CHECK(found == 0);
}

}  // namespace certledger::test

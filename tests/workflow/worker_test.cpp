#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <certledger/tools/workflow/worker.hpp>
#include <certledger/tools/workflow/worker_claim.hpp>
#include <filesystem>

#include "../engine/support.hpp"

using namespace certledger;
using namespace certledger::testing;
using events::EventType;
using std::chrono::milliseconds;
using std::chrono::seconds;
using workflow::Worker;
using workflow::WorkerClock;
using workflow::WorkerSettings;

namespace {

/// Nobody listens there.
workflow::ProofSource nobody() { return {workflow::ProofSource::Kind::address, "127.0.0.1", 1}; }

/// Takes everything up at once.
WorkerSettings at_once() {
    WorkerSettings settings;
    settings.actor = "worker";
    settings.settle = milliseconds(0);
    return settings;
}

/// A ledger with a worker, whose time goes as the test says.
struct Desk {
    explicit Desk(WorkerSettings settings = at_once(),
                  const engine::LedgerOptions& options = SharedLedger::simulated())
        : ledger(shared.open(options)), worker(ledger, std::move(settings)) {}

    engine::Answer give(domain::Command command, const std::string& account = "default") {
        auto one = request("", std::move(command));
        one.account.value = account;
        auto answer = must(ledger.execute(std::move(one)));
        if (!answer.ok) throw std::runtime_error(answer.refusal->message);
        return answer;
    }
    void apply(const std::string& id, events::ValidationMethod method,
               const std::string& account = "default") {
        give(buy(id, id + ".com"), account);
        auto application = apply_for(id);
        application.validation = method;
        give(application, account);
    }
    /// A certificate in force.
    void issued(const std::string& id) {
        apply(id, events::ValidationMethod::http_file);
        turn();
        REQUIRE(state(id).is(events::Status::issued));
    }
    workflow::Turn turn() {
        carried.clear();
        return must(worker.turn(now, [this](const workflow::Carried& done) {
            carried.push_back(done);
            return true;
        }));
    }
    /// What the worker took up: `certificate event`, a sign for what it waits for or has failed.
    std::vector<std::string> taken() {
        std::vector<std::string> made;
        turn();
        for (const auto& [work, outcome] : carried) {
            made.push_back(work.certificate.value + " " + std::string(to_name(work.begun)) +
                           (outcome.waiting_for.empty() ? "" : " waits") +
                           (outcome.failure ? " failed" : ""));
        }
        return made;
    }
    domain::CertificateState state(const std::string& id) { return *must(ledger.certificate({id})); }
    std::size_t count(EventType type) {
        std::size_t found = 0;
        must(ledger.store().read_all(1, ledger.store().head().position, [&](const auto& record, auto) {
            found += record.type == type ? 1 : 0;
            return true;
        }));
        return found;
    }

    SharedLedger shared;
    engine::Ledger ledger;
    Worker worker;
    WorkerClock::time_point now{};
    std::vector<workflow::Carried> carried;  ///< In the last turn.
};

using Taken = std::vector<std::string>;

/// A folder of its own, gone with the test.
struct Folder {
    Folder() {
        std::string made = (std::filesystem::temp_directory_path() / "certledger-worker-XXXXXX").string();
        if (::mkdtemp(made.data()) == nullptr) throw std::runtime_error("no folder");
        path = made;
    }
    ~Folder() { std::filesystem::remove_all(path); }
    std::filesystem::path path;
};

}  // namespace

TEST_CASE("a worker carries out what was begun, in every account") {
    Desk desk;
    const Folder folder;
    CHECK(desk.taken().empty());
    desk.apply("k1", events::ValidationMethod::http_file);
    desk.apply("k2", events::ValidationMethod::http_file, "other");
    CHECK(desk.taken() == Taken{"k1 application-submitted", "k2 application-submitted"});
    CHECK(desk.state("k1").is(events::Status::issued));
    CHECK(desk.state("k2").is(events::Status::issued));
    CHECK(desk.taken().empty());

    const std::string target = "nginx:" + (folder.path / "t").string();
    desk.give(domain::DeployCertificate{{"k1"}, target, {}});
    desk.give(domain::RequestRevocation{{"k2"}, events::RevocationReason::superseded}, "other");
    CHECK(desk.taken() == Taken{"k1 deployment-started", "k2 revocation-requested"});
    CHECK(desk.state("k1").deployments.at(target).deployed);
    CHECK(std::filesystem::exists(folder.path / "t" / "fullchain.pem"));
    CHECK(desk.state("k2").is(events::Status::revoked));
    CHECK(desk.taken().empty());
}

TEST_CASE("what somebody may be at is left alone until it stands still") {
    WorkerSettings settings = at_once();
    settings.settle = seconds(2);
    Desk desk(settings);
    desk.apply("k1", events::ValidationMethod::http_file);
    const auto first = desk.turn();
    CHECK(desk.carried.empty());
    CHECK(first.next == desk.now + seconds(2));
    desk.now += milliseconds(1'999);
    CHECK(desk.taken().empty());
    // Something happens: it is counted anew from here.
    desk.give(domain::IssueChallenge{{"k1"}, "k1.com"});
    CHECK(desk.taken().empty());
    desk.now += milliseconds(1'999);
    CHECK(desk.taken().empty());
    desk.now += milliseconds(1);
    CHECK(desk.taken() == Taken{"k1 application-submitted"});
    CHECK(desk.state("k1").is(events::Status::issued));
}

TEST_CASE("what fails outside is tried again later and later") {
    WorkerSettings settings = at_once();
    settings.proof = nobody();
    settings.tick_every = std::chrono::hours(10);
    settings.retry_first = seconds(30);
    settings.retry_last = seconds(100);
    Desk desk(settings);
    desk.apply("k1", events::ValidationMethod::http_file);
    std::size_t failures = 0;
    for (const auto wait : {0, 30, 60, 100, 100}) {
        if (wait > 0) {
            desk.now += seconds(wait) - milliseconds(1);
            CHECK(desk.taken().empty());
            desk.now += milliseconds(1);
        }
        const auto turn = desk.turn();
        REQUIRE(desk.carried.size() == 1);
        CHECK(desk.carried.front().outcome.failure);
        CHECK(turn.failed == 1);
        CHECK(desk.count(EventType::domain_validation_failed) == ++failures);
        INFO("after " << wait);
        CHECK(turn.next > desk.now);
    }
    // News of it from somebody else: at once, and from the first wait on.
    desk.give(domain::WithdrawApplication{{"k1"}});
    CHECK(desk.taken().empty());
    auto again = apply_for("k1");
    again.validation = events::ValidationMethod::http_file;
    desk.give(again);
    CHECK(desk.turn().next == desk.now + seconds(30));
}

TEST_CASE("what waits for somebody is not taken up again before its stream has changed") {
    Desk desk;
    desk.apply("k1", events::ValidationMethod::dns_manual);
    CHECK(desk.taken() == Taken{"k1 application-submitted waits"});
    const auto head = desk.ledger.store().head().position;
    for (int i = 0; i < 3; ++i) {
        desk.now += std::chrono::hours(1);
        CHECK(desk.taken().empty());
    }
    CHECK(desk.ledger.store().head().position == head);
    desk.give(validated("k1", "k1.com"));
    CHECK(desk.taken() == Taken{"k1 application-submitted"});
    CHECK(desk.state("k1").is(events::Status::issued));
}

TEST_CASE("targets that this program does not write to are left to those who do") {
    Desk desk;
    desk.issued("k1");
    desk.give(domain::DeployCertificate{{"k1"}, "haproxy:/etc/haproxy/tls", {}});
    CHECK(desk.taken() == Taken{"k1 deployment-started waits"});
    CHECK(desk.state("k1").deployments.at("haproxy:/etc/haproxy/tls").start_open);
    CHECK(desk.taken().empty());
}

TEST_CASE("a target that cannot be written is recorded as failed, and is no open work any more") {
    Desk desk;
    const Folder folder;
    desk.issued("k1");
    std::filesystem::permissions(folder.path, std::filesystem::perms::owner_all);
    const auto file = folder.path / "file";
    REQUIRE(std::fclose(std::fopen(file.c_str(), "w")) == 0);
    const std::string target = "nginx:" + (file / "below").string();
    desk.give(domain::DeployCertificate{{"k1"}, target, {}});
    CHECK(desk.taken() == Taken{"k1 deployment-started failed"});
    CHECK(desk.count(EventType::deployment_failed) == 1);
    desk.now += std::chrono::hours(2);
    CHECK(desk.taken().empty());
}

TEST_CASE("work that cannot be carried out keeps no other waiting") {
    Desk desk;
    desk.apply("k1", events::ValidationMethod::http_file);
    desk.apply("k2", events::ValidationMethod::http_file);
    bool full = true;
    desk.shared.watched->before_append = [&](const store::Append& append) -> Result<void> {
        const bool first = append.records.front().stream.value == "certificate-k1";
        if (full && first) return fail(ErrorKind::outside, "no room");
        return {};
    };
    CHECK(desk.taken() == Taken{"k1 application-submitted failed", "k2 application-submitted"});
    CHECK(desk.state("k2").is(events::Status::issued));
    full = false;
    desk.now += seconds(30);
    CHECK(desk.taken() == Taken{"k1 application-submitted"});
    CHECK(desk.state("k1").is(events::Status::issued));
}

TEST_CASE("work that two workers take up at once ends once") {
    Desk desk;
    desk.apply("k1", events::ValidationMethod::http_file);
    auto& first_log = *desk.shared.watched;
    auto beside = desk.shared.open();
    Worker other(beside, at_once());
    bool begun = false;
    first_log.before_append = [&](const store::Append& append) -> Result<void> {
        // The other one gets through between the signature and its record.
        if (append.records.front().type != EventType::certificate_issued || begun) return {};
        begun = true;
        CHECK(must(other.turn(desk.now, [](const auto&) { return true; })).failed == 0);
        return {};
    };
    desk.turn();
    REQUIRE(begun);
    REQUIRE(desk.carried.size() == 1);
    CHECK(desk.carried.front().outcome.refused());
    CHECK(desk.count(EventType::certificate_issued) == 1);
    CHECK(desk.state("k1").is(events::Status::issued));
    CHECK_FALSE(desk.state("k1").broken);
    CHECK(desk.taken().empty());
}

TEST_CASE("a target that somebody else is changing is tried again, and nothing is recorded of it") {
    Desk desk;
    const Folder folder;
    desk.issued("k1");
    const auto tls = folder.path / "tls";
    std::filesystem::create_directory(tls);
    const std::string target = "nginx:" + tls.string();
    desk.give(domain::DeployCertificate{{"k1"}, target, {}});
    const int holder = ::open(tls.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    REQUIRE(::flock(holder, LOCK_EX | LOCK_NB) == 0);
    CHECK(desk.taken() == Taken{"k1 deployment-started failed"});
    CHECK(desk.count(EventType::deployment_failed) == 0);
    ::close(holder);
    desk.now += seconds(30);
    CHECK(desk.taken() == Taken{"k1 deployment-started"});
    CHECK(desk.state("k1").deployments.at(target).deployed);
}

TEST_CASE("what was done before the ledger failed is in the outcome") {
    Desk desk;
    desk.apply("k1", events::ValidationMethod::http_file);
    desk.shared.watched->before_append = [&](const store::Append& append) -> Result<void> {
        if (append.records.front().type == EventType::certificate_issued)
            return fail(ErrorKind::outside, "no room");
        return {};
    };
    CHECK(desk.taken() == Taken{"k1 application-submitted failed"});
    REQUIRE(desk.carried.front().outcome.answers.size() == 3);
    // Its own events are no news.
    CHECK(desk.taken().empty());
    desk.now += seconds(30);
    CHECK(desk.taken() == Taken{"k1 application-submitted failed"});
}

TEST_CASE("damage that a piece of work comes upon ends the turn") {
    Desk desk;
    desk.apply("k1", events::ValidationMethod::http_file);
    desk.shared.watched->before_append = [&](const store::Append& append) -> Result<void> {
        if (append.records.front().type == EventType::domain_validated)
            return fail(ErrorKind::damaged, "a page");
        return {};
    };
    const auto turn = desk.worker.turn(desk.now, [](const auto&) { return true; });
    REQUIRE_FALSE(turn);
    CHECK(turn.error().kind == ErrorKind::damaged);
}

TEST_CASE("a key that the vault has lost is no answer of a target") {
    Desk desk;
    const Folder folder;
    desk.issued("k1");
    desk.give(domain::DeployCertificate{{"k1"}, "nginx:" + (folder.path / "tls").string(), {}});
    desk.shared.lose_secrets();
    auto reopened = desk.shared.open();
    Worker worker(reopened, at_once());
    const auto turn = worker.turn(desk.now, [](const auto&) { return true; });
    REQUIRE_FALSE(turn);
    CHECK(turn.error().kind == ErrorKind::damaged);
    CHECK(desk.count(EventType::deployment_failed) == 0);
}

TEST_CASE("one worker at a time has a folder, and knows when it is another one") {
    const Folder folder;
    const auto ledger = folder.path / "ledger";
    std::filesystem::create_directory(ledger);
    {
        const auto claim = must(workflow::WorkerClaim::take(ledger));
        REQUIRE(claim);
        CHECK(claim->holds());
        CHECK_FALSE(must(workflow::WorkerClaim::take(ledger)));
        std::filesystem::rename(ledger, folder.path / "elsewhere");
        CHECK_FALSE(claim->holds());
        std::filesystem::create_directory(ledger);
        CHECK_FALSE(claim->holds());
    }
    CHECK(must(workflow::WorkerClaim::take(folder.path / "elsewhere")));
    const auto nothing = workflow::WorkerClaim::take(folder.path / "nothing");
    REQUIRE_FALSE(nothing);
    CHECK(nothing.error().kind == ErrorKind::outside);
}

TEST_CASE("a turn ends behind the piece of work at which it is told to, and the next one goes on") {
    Desk desk;
    for (const auto* id : {"k1", "k2", "k3"}) desk.apply(id, events::ValidationMethod::http_file);
    std::size_t pieces = 0;
    const auto cut = must(desk.worker.turn(desk.now, [&](const auto&) { return ++pieces < 2; }));
    CHECK(pieces == 2);
    CHECK(cut.next == desk.now);
    CHECK(desk.taken() == Taken{"k3 application-submitted"});
}

TEST_CASE("a worker makes what time has made due, from tick to tick") {
    // Its time is the clock's.
    engine::LedgerOptions real = SharedLedger::simulated();
    real.simulated_time = false;
    Desk desk(at_once(), real);
    issue_one(desk.ledger, "k1", 1);
    const auto ticked = [&](const char* when) {
        desk.shared.clock->set(at(when));
        return must(desk.worker.tick(desk.now)).answers.size();
    };
    CHECK(ticked("2026-11-01T23:59:58Z") == 0);
    desk.now += seconds(59);
    CHECK(ticked("2026-11-01T23:59:59Z") == 0);
    desk.now += seconds(1);
    CHECK(ticked("2026-11-01T23:59:59Z") == 1);
    desk.now += seconds(60);
    CHECK(ticked("2027-01-05T00:00:00Z") == 6);
    CHECK(desk.state("k1").is(events::Status::expired));
}

#include <certledger/tools/evidence/witness.hpp>
#include <certledger/tools/evidence/witness_client.hpp>
#include <thread>

#include "support.hpp"

using namespace evidence_test;

namespace {

/// A witness behind its server.
struct Served {
    explicit Served(TestLedger& ledger)
        : witness(open(ledger)), server(value_of(evidence::WitnessServer::start(witness, "127.0.0.1:0"))) {}
    static evidence::Witness open(TestLedger& ledger) {
        evidence::WitnessOptions options;
        options.state = ledger.folder.path() / "state";
        options.key_folder = ledger.folder.path() / "key";
        options.logs = {value_of(ledger.evidence().key())};
        return value_of(evidence::Witness::open(options));
    }
    evidence::Witness witness;
    evidence::WitnessServer server;
};

}  // namespace

TEST_CASE("a log has its checkpoints cosigned over HTTP, whatever the witness remembers") {
    TestLedger ledger(5);
    Served served(ledger);
    const auto key = served.witness.key();
    for (const std::uint64_t size : {5, 5, 9, 40}) {
        grow(*ledger.log, size);
        const auto made = value_of(ledger.evidence().sign());
        const std::string note = value_of(evidence::ask_witness(served.server.url(), key, *ledger.log, made));
        const auto log_key = value_of(ledger.evidence().key());
        CHECK(value_of(tlog::open_checkpoint(note, log_key, std::span(&key, 1))).cosignatures.size() >= 1);
        require_done(ledger.evidence().keep_cosigned(note));
        CHECK(value_of(served.witness.remembered("example.com/log"))->size == size);
    }
}

TEST_CASE("a witness betrays a log that was put back") {
    TestLedger ledger(9);
    Served served(ledger);
    const auto key = served.witness.key();
    value_of(
        evidence::ask_witness(served.server.url(), key, *ledger.log, value_of(ledger.evidence().sign())));
    // The whole folder was put back: nothing in it tells.
    ledger.exchange_log(6, "other ");
    fs::remove(evidence::checkpoint_path(ledger.folder.path()));
    fs::remove(evidence::book_path(ledger.folder.path()));
    auto made = value_of(ledger.evidence().sign());
    CHECK(kind_of(evidence::ask_witness(served.server.url(), key, *ledger.log, made)) == ErrorKind::damaged);
    grow(*ledger.log, 9, "other ");
    made = value_of(ledger.evidence().sign());
    CHECK(kind_of(evidence::ask_witness(served.server.url(), key, *ledger.log, made)) == ErrorKind::damaged);
    grow(*ledger.log, 15, "other ");
    made = value_of(ledger.evidence().sign());
    CHECK(kind_of(evidence::ask_witness(served.server.url(), key, *ledger.log, made)) == ErrorKind::damaged);
}

TEST_CASE("an answer that another witness has signed is not taken") {
    TestLedger ledger(5);
    Served served(ledger);
    const auto made = value_of(ledger.evidence().sign());
    const auto other = value_of(
        tlog::Signer::from_seed("certledger-witness", tlog::KeyType::cosignature, events::Bytes(32, 9)));
    CHECK(kind_of(evidence::ask_witness(served.server.url(), other.verifier(), *ledger.log, made)) ==
          ErrorKind::damaged);
}

TEST_CASE("many that ask one witness at once get one history") {
    TestLedger ledger(5);
    Served served(ledger);
    const auto key = served.witness.key();
    std::vector<evidence::SignedCheckpoint> made;
    for (const std::uint64_t size : {5, 6, 7, 8}) {
        grow(*ledger.log, size);
        made.push_back(value_of(ledger.evidence().sign()));
    }
    std::vector<std::thread> threads;
    std::vector<int> cosigned(made.size(), 0);
    for (std::size_t i = 0; i < made.size(); ++i) {
        threads.emplace_back([&, i] {
            cosigned[i] = evidence::ask_witness(served.server.url(), key, *ledger.log, made[i]) ? 1 : 0;
        });
    }
    for (std::thread& thread : threads) thread.join();
    const auto remembered = value_of(served.witness.remembered("example.com/log"));
    REQUIRE(remembered);
    CHECK(cosigned.back() + cosigned.front() > 0);
    CHECK(remembered->root == ledger.log->tree_head(remembered->size)->root);
}

TEST_CASE("a witness that is not there can be asked again, and a URL must be one") {
    TestLedger ledger(5);
    std::string url;
    std::optional<tlog::VerifierKey> key;
    {
        Served served(ledger);
        url = served.server.url();
        key = served.witness.key();
    }
    const auto made = value_of(ledger.evidence().sign());
    CHECK(kind_of(evidence::ask_witness(url, *key, *ledger.log, made)) == ErrorKind::outside);
    CHECK(kind_of(evidence::ask_witness("file:///etc/passwd", *key, *ledger.log, made)) ==
          ErrorKind::invalid_input);
}

TEST_CASE("a witness listens on the loopback interface only") {
    TestLedger ledger(5);
    Served served(ledger);
    for (const char* listen :
         {"0.0.0.0:0", "192.0.2.1:80", "localhost:0", "127.0.0.1", "127.0.0.1:x", "[::]:0", ""})
        CHECK(kind_of(evidence::WitnessServer::start(served.witness, listen)) == ErrorKind::invalid_input);
}

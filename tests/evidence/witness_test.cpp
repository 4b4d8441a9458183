#include <sys/stat.h>

#include <certledger/tools/evidence/proofs.hpp>
#include <certledger/tools/evidence/witness.hpp>

#include "support.hpp"

using namespace evidence_test;

namespace {

evidence::Witness witness_for(TestLedger& ledger) {
    evidence::WitnessOptions options;
    options.state = ledger.folder.path() / "w" / "state";
    options.key_folder = ledger.folder.path() / "w" / "key";
    options.name = "witness.example";
    options.logs = {value_of(ledger.evidence().key())};
    return value_of(evidence::Witness::open(options));
}

std::string proof_between(const TestLedger& ledger, std::uint64_t from, std::uint64_t to) {
    return tlog::format_hash_lines(value_of(ledger.log->consistency_proof(from, to)));
}

}  // namespace

TEST_CASE("a witness cosigns what extends what it remembers, and nothing else") {
    TestLedger ledger(5);
    auto witness = witness_for(ledger);
    const auto first = value_of(ledger.evidence().sign());
    const std::string cosigned = value_of(witness.cosign(first.note, "", 1'000));
    const auto key = witness.key();
    const auto log_key = value_of(ledger.evidence().key());
    const auto opened = value_of(tlog::open_checkpoint(cosigned, log_key, std::span(&key, 1)));
    REQUIRE(opened.cosignatures.size() == 1);
    CHECK(opened.cosignatures[0].time == 1'000);

    grow(*ledger.log, 9);
    const auto second = value_of(ledger.evidence().sign());
    CHECK(kind_of(witness.cosign(second.note, "", 1'001)) == ErrorKind::damaged);
    CHECK(kind_of(witness.cosign(second.note, proof_between(ledger, 4, 9), 1'001)) == ErrorKind::damaged);
    CHECK(witness.cosign(second.note, proof_between(ledger, 5, 9), 1'001));
    CHECK(value_of(witness.remembered("example.com/log"))->size == 9);
    CHECK(kind_of(witness.cosign(first.note, "", 1'002)) == ErrorKind::damaged);
    CHECK(witness.cosign(second.note, "", 1'003));
}

TEST_CASE("what a witness remembers and its key outlive it") {
    TestLedger ledger(5);
    const auto first = value_of(ledger.evidence().sign());
    std::string key;
    {
        auto witness = witness_for(ledger);
        key = witness.key().to_string();
        value_of(witness.cosign(first.note, "", 1'000));
    }
    auto witness = witness_for(ledger);
    CHECK(witness.key().to_string() == key);
    CHECK(value_of(witness.remembered("example.com/log"))->size == 5);
    CHECK(text_of(ledger.folder.path() / "w/key/witness.vkey") == key + "\n");
}

TEST_CASE("a log that was put back does not get its new history cosigned") {
    TestLedger ledger(8);
    auto witness = witness_for(ledger);
    value_of(witness.cosign(value_of(ledger.evidence().sign()).note, "", 1'000));
    ledger.exchange_log(5);
    value_of(ledger.evidence().accept_rollback(*ledger.log, decision()));
    grow(*ledger.log, 12, "new ");
    const auto next = value_of(ledger.evidence().sign());
    CHECK(kind_of(witness.cosign(next.note, proof_between(ledger, 8, 12), 1'001)) == ErrorKind::damaged);
}

TEST_CASE("a witness does not cosign for logs that it does not serve") {
    TestLedger ledger(5);
    TestLedger other(5);
    auto witness = witness_for(ledger);
    CHECK(kind_of(witness.cosign(value_of(other.evidence().sign()).note, "", 1)) == ErrorKind::damaged);
    CHECK_FALSE(value_of(witness.remembered("example.com/log")));
}

TEST_CASE("a witness whose memory does not read says nothing") {
    TestLedger ledger(5);
    auto witness = witness_for(ledger);
    const auto made = value_of(ledger.evidence().sign());
    value_of(witness.cosign(made.note, "", 1));
    for (const auto& entry : fs::directory_iterator(ledger.folder.path() / "w/state")) {
        if (entry.path().filename() != "lock") write_text(entry.path(), "example.com/log\n0\n");
    }
    CHECK(kind_of(witness.cosign(made.note, "", 2)) == ErrorKind::damaged);
    const auto body = value_of(tlog::format_add_checkpoint({0, {}, made.note}));
    CHECK(kind_of(witness.add_checkpoint(body, 3)) == ErrorKind::damaged);
}

TEST_CASE("a witness's key is its owner's alone") {
    TestLedger ledger(5);
    witness_for(ledger);
    const fs::path key = ledger.folder.path() / "w/key/witness.key";
    struct stat facts {};
    REQUIRE(stat(key.c_str(), &facts) == 0);
    CHECK((facts.st_mode & 0777) == 0600);
    fs::permissions(key, fs::perms::group_read, fs::perm_options::add);
    evidence::WitnessOptions options;
    options.state = ledger.folder.path() / "w/state";
    options.key_folder = ledger.folder.path() / "w/key";
    CHECK(kind_of(evidence::Witness::open(options)) == ErrorKind::invalid_input);
}

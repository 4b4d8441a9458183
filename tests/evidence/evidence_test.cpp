#include <sys/stat.h>

#include "support.hpp"

using namespace evidence_test;

TEST_CASE("the key is made once and bears the origin of the genesis record") {
    TestLedger ledger;
    const auto key = value_of(ledger.evidence().key());
    CHECK(key.name() == "example.com/log");
    CHECK(value_of(ledger.evidence().key()) == key);
    CHECK(tlog::VerifierKey::parse(key.to_string()));
}

TEST_CASE("a checkpoint over the whole log is signed, kept and shown") {
    TestLedger ledger(5);
    auto evidence = ledger.evidence();
    const auto made = value_of(evidence.sign());
    CHECK(made.checkpoint.size == 5);
    CHECK(made.checkpoint.root == ledger.log->tree_head(5)->root);
    CHECK(tlog::open_checkpoint(made.note, value_of(evidence.key())));
    CHECK(ledger.shown() == made.note);
    CHECK(ledger.book().find(made.note) != std::string::npos);
    struct stat facts {};
    REQUIRE(stat(evidence::checkpoint_path(ledger.folder.path()).c_str(), &facts) == 0);
    CHECK((facts.st_mode & 0777) == 0600);
}

TEST_CASE("nothing new is signed while the newest checkpoint covers the log") {
    TestLedger ledger;
    const auto first = value_of(ledger.evidence().sign());
    const std::string book = ledger.book();
    CHECK(value_of(ledger.evidence().sign()).note == first.note);
    CHECK(ledger.book() == book);
}

TEST_CASE("every checkpoint stays in the book when the log grows") {
    TestLedger ledger;
    std::vector<std::string> notes;
    for (std::uint64_t size = 3; size < 20; ++size) {
        grow(*ledger.log, size);
        notes.push_back(value_of(ledger.evidence().sign()).note);
    }
    for (const std::string& note : notes) CHECK(ledger.book().find(note) != std::string::npos);
    CHECK(ledger.shown() == notes.back());
    CHECK(value_of(ledger.evidence().newest())->note == notes.back());
}

TEST_CASE("nothing is signed before the log is durable") {
    TestLedger ledger;
    ledger.sync_result = fail(ErrorKind::outside, "no sync");
    CHECK(kind_of(ledger.evidence().sign()) == ErrorKind::outside);
    CHECK(ledger.synced == 1);
    CHECK(ledger.shown().empty());
    ledger.sync_result = {};
    CHECK(ledger.evidence().sign());
}

TEST_CASE("the newest checkpoint is used for positions that it covers") {
    TestLedger ledger(4);
    const auto first = value_of(ledger.evidence().sign());
    grow(*ledger.log, 6);
    CHECK(value_of(ledger.evidence().covering(4)).note == first.note);
    CHECK(value_of(ledger.evidence().covering(5)).checkpoint.size == 6);
    CHECK(kind_of(ledger.evidence().covering(7)) == ErrorKind::not_found);
}

TEST_CASE("a checkpoint file that a crash left older is brought up to date") {
    TestLedger ledger(4);
    const auto first = value_of(ledger.evidence().sign());
    grow(*ledger.log, 6);
    const auto second = value_of(ledger.evidence().sign());
    write_text(evidence::checkpoint_path(ledger.folder.path()), first.note);
    require_done(ledger.evidence().admit());
    CHECK(value_of(ledger.evidence().newest())->note == second.note);
    CHECK(value_of(ledger.evidence().sign()).note == second.note);
    CHECK(ledger.shown() == second.note);
}

TEST_CASE("a checkpoint that stands beside the log but not in the book is taken into it") {
    TestLedger ledger(4);
    value_of(ledger.evidence().sign());
    const std::string old_book = ledger.book();
    grow(*ledger.log, 6);
    const auto second = value_of(ledger.evidence().sign());
    write_text(evidence::book_path(ledger.folder.path()), old_book);
    grow(*ledger.log, 8);
    value_of(ledger.evidence().sign());
    CHECK(ledger.book().find("adopted") != std::string::npos);
    CHECK(ledger.book().find(second.note) != std::string::npos);
}

TEST_CASE("imported records are signed only under an origin of their own, with a new key") {
    TestLedger ledger(4);
    require_done(evidence::mark_imported(ledger.folder.path(), *ledger.log->tree_head(4), {}));
    CHECK(value_of(ledger.evidence().needs_origin()));
    require_done(ledger.evidence().admit());
    CHECK(kind_of(ledger.evidence().sign()) == ErrorKind::invalid_input);
    CHECK(kind_of(ledger.evidence().sign("example.com/log")) == ErrorKind::invalid_input);
    CHECK(kind_of(ledger.evidence().sign("has spaces")) == ErrorKind::invalid_input);
    CHECK(value_of(ledger.evidence().sign("example.com/copy")).checkpoint.origin == "example.com/copy");
    CHECK_FALSE(value_of(ledger.evidence().needs_origin()));
    grow(*ledger.log, 6);
    CHECK(value_of(ledger.evidence().sign()).checkpoint.origin == "example.com/copy");
}

TEST_CASE("an origin cannot be given to a log that has one") {
    TestLedger ledger;
    CHECK(kind_of(ledger.evidence().sign("example.com/other")) == ErrorKind::invalid_input);
    value_of(ledger.evidence().sign("example.com/log"));
    CHECK(kind_of(ledger.evidence().sign("example.com/other")) == ErrorKind::invalid_input);
}

TEST_CASE("no second key is made when the vault that held the first is lost") {
    TestLedger ledger;
    value_of(ledger.evidence().sign());
    ledger.lose_vault();
    CHECK(kind_of(ledger.evidence().sign()) == ErrorKind::damaged);
    CHECK(kind_of(ledger.evidence().key()) == ErrorKind::damaged);
    CHECK(kind_of(ledger.evidence().admit()) == ErrorKind::damaged);
}

TEST_CASE("more signatures are kept only for the newest checkpoint") {
    TestLedger ledger;
    const auto made = value_of(ledger.evidence().sign());
    const auto witness =
        value_of(tlog::Signer::from_seed("w", tlog::KeyType::cosignature, events::Bytes(32, 9)));
    const auto note = value_of(tlog::parse_note(made.note));
    const std::string line =
        tlog::format_signature_line(value_of(tlog::cosign_checkpoint(note.text, witness, 5)));
    const auto key = witness.verifier();
    const std::string cosigned = value_of(tlog::add_cosignatures(made.note, line, std::span(&key, 1)));
    require_done(ledger.evidence().keep_cosigned(cosigned));
    CHECK(ledger.shown() == cosigned);
    CHECK(value_of(ledger.evidence().sign()).note == cosigned);
    grow(*ledger.log, 6);
    value_of(ledger.evidence().sign());
    CHECK(kind_of(ledger.evidence().keep_cosigned(cosigned)) == ErrorKind::conflict);
}

#include <certledger/tools/evidence/keeper.hpp>
#include <certledger/tools/evidence/proofs.hpp>

#include "support.hpp"

using namespace evidence_test;

namespace {

evidence::BookFindings findings_of(const TestLedger& ledger) {
    return value_of(evidence::check_book(*ledger.log, ledger.folder.path(), std::nullopt));
}

events::RollbackAccepted event_at(const store::EventStore& log, store::Position position) {
    const auto bytes = value_of(log.record(position));
    const auto record = value_of(events::read_record(bytes));
    CHECK(record.stream == "ledger");
    CHECK(record.actor == "ada");
    return std::get<events::RollbackAccepted>(
        value_of(events::decode_event(record.type, record.schema, record.payload)));
}

}  // namespace

TEST_CASE("a log that is shorter than its checkpoint is neither written nor signed, but read") {
    TestLedger ledger(8);
    const auto given_out = value_of(ledger.evidence().sign());
    ledger.exchange_log(5);
    const auto admitted = ledger.evidence().admit();
    CHECK(kind_of(admitted) == ErrorKind::damaged);
    CHECK(admitted.error().message.find("ends at position 5") != std::string::npos);
    CHECK(admitted.error().message.find("--accept-rollback") != std::string::npos);
    CHECK(kind_of(ledger.evidence().sign()) == ErrorKind::damaged);
    CHECK(kind_of(ledger.evidence().covering(6)) == ErrorKind::not_found);
    CHECK(kind_of(ledger.evidence().covering(3)) == ErrorKind::damaged);
    CHECK(value_of(ledger.evidence().newest())->note == given_out.note);
    CHECK(ledger.evidence().key());
}

TEST_CASE("a log that was put back and went on is found by its root") {
    TestLedger ledger(8);
    value_of(ledger.evidence().sign());
    ledger.exchange_log(12, "other ");
    CHECK(kind_of(ledger.evidence().admit()) == ErrorKind::damaged);
    CHECK(kind_of(ledger.evidence().sign()) == ErrorKind::damaged);
    ledger.exchange_log(12);
    require_done(ledger.evidence().admit());
}

TEST_CASE("the checkpoint beside the log speaks also when the book was put back with the log") {
    TestLedger ledger(5);
    value_of(ledger.evidence().sign());
    const std::string old_book = ledger.book();
    grow(*ledger.log, 8);
    value_of(ledger.evidence().sign());
    ledger.exchange_log(5);
    write_text(evidence::book_path(ledger.folder.path()), old_book);
    CHECK(kind_of(ledger.evidence().admit()) == ErrorKind::damaged);
}

TEST_CASE("a checkpoint file that was changed stops writing") {
    TestLedger ledger(5);
    value_of(ledger.evidence().sign());
    const std::string note = ledger.shown();
    for (std::size_t at = 0; at < note.size(); ++at) {
        std::string changed = note;
        changed[at] = static_cast<char>(changed[at] ^ 0x01);
        write_text(evidence::checkpoint_path(ledger.folder.path()), changed);
        CAPTURE(at);
        CHECK(kind_of(ledger.evidence().admit()) == ErrorKind::damaged);
        CHECK_FALSE(findings_of(ledger).good());
    }
}

TEST_CASE("an accepted rollback is an event, and what is signed from then on binds") {
    TestLedger ledger(8);
    const auto old = value_of(ledger.evidence().sign());
    ledger.exchange_log(5);
    const auto done = value_of(ledger.evidence().accept_rollback(*ledger.log, decision()));
    CHECK(done.position == 6);
    CHECK(done.checkpoint_size == 8);
    CHECK(done.found_size == 5);
    const auto event = event_at(*ledger.log, 6);
    CHECK(event.checkpoint_size == 8);
    CHECK(event.found_size == 5);
    CHECK(event.checkpoint_root == old.checkpoint.root);
    CHECK(event.reason == "disk failure");
    require_done(ledger.evidence().admit());
    CHECK(value_of(ledger.evidence().newest())->checkpoint.size == 6);
    CHECK(ledger.book().find(old.note) != std::string::npos);
    const auto findings = findings_of(ledger);
    CHECK(findings.good());
    CHECK(findings.superseded == 1);
    CHECK(findings.checkpoints == 1);
    grow(*ledger.log, 12);
    value_of(ledger.evidence().sign());
    ledger.exchange_log(9);
    CHECK(kind_of(ledger.evidence().admit()) == ErrorKind::damaged);
}

TEST_CASE("there is nothing to accept while the log holds its checkpoints") {
    TestLedger ledger(5);
    CHECK(kind_of(ledger.evidence().accept_rollback(*ledger.log, decision())) == ErrorKind::invalid_input);
    value_of(ledger.evidence().sign());
    CHECK(kind_of(ledger.evidence().accept_rollback(*ledger.log, decision())) == ErrorKind::invalid_input);
    CHECK(ledger.log->head().position == 5);
}

TEST_CASE("a decision needs a reason that can be kept") {
    TestLedger ledger(5);
    value_of(ledger.evidence().sign());
    ledger.exchange_log(3);
    for (const std::string& reason : {std::string(), std::string(1'001, 'x'), std::string("\xff")})
        CHECK(kind_of(ledger.evidence().accept_rollback(*ledger.log, decision(reason))) ==
              ErrorKind::invalid_input);
    CHECK(ledger.log->head().position == 3);
}

TEST_CASE("an operator can go on under a new origin and key") {
    TestLedger ledger(8);
    const auto old_key = value_of(ledger.evidence().key());
    value_of(ledger.evidence().sign());
    ledger.exchange_log(5);
    auto under_new_name = decision();
    under_new_name.new_origin = "example.com/log-2";
    const auto done = value_of(ledger.evidence().accept_rollback(*ledger.log, under_new_name));
    CHECK(done.checkpoint.checkpoint.origin == "example.com/log-2");
    CHECK_FALSE(value_of(ledger.evidence().key()) == old_key);
    grow(*ledger.log, 9);
    CHECK(value_of(ledger.evidence().sign()).checkpoint.origin == "example.com/log-2");
    CHECK(findings_of(ledger).good());
}

TEST_CASE("a damaged book stops writing and is put aside by the decision") {
    TestLedger ledger(5);
    value_of(ledger.evidence().sign());
    write_text(evidence::book_path(ledger.folder.path()), "no book at all\n");
    CHECK(kind_of(ledger.evidence().admit()) == ErrorKind::damaged);
    CHECK(kind_of(ledger.evidence().sign()) == ErrorKind::damaged);
    value_of(ledger.evidence().accept_rollback(*ledger.log, decision("the book was overwritten")));
    require_done(ledger.evidence().admit());
    CHECK(findings_of(ledger).good());
    bool aside = false;
    for (const auto& entry : fs::directory_iterator(ledger.folder.path()))
        aside = aside || entry.path().filename().string().starts_with("checkpoints.damaged-");
    CHECK(aside);
}

TEST_CASE("a lost key is replaced by the decision only") {
    TestLedger ledger(5);
    const auto old_key = value_of(ledger.evidence().key());
    value_of(ledger.evidence().sign());
    ledger.lose_vault();
    value_of(ledger.evidence().accept_rollback(*ledger.log, decision("the vault was lost")));
    CHECK_FALSE(value_of(ledger.evidence().key()) == old_key);
    require_done(ledger.evidence().admit());
    CHECK(findings_of(ledger).good());
}

TEST_CASE("a keeper admits, signs at the close and after so many records") {
    TestLedger ledger(5);
    const auto parts = [&] {
        evidence::EvidenceParts given;
        given.ledger = ledger.folder.path();
        given.vault = [&]() -> Result<adapters::vault::Vault*> { return &ledger.vault; };
        given.now = [] { return events::Instant{}; };
        return given;
    };
    evidence::EvidenceKeeper keeper(parts(), {10});
    require_done(keeper.admit_writes(*ledger.log));
    require_done(keeper.leave_checkpoint(*ledger.log));
    CHECK(value_of(ledger.evidence().newest())->checkpoint.size == 5);
    grow(*ledger.log, 14);
    require_done(keeper.committed(*ledger.log));
    CHECK(value_of(ledger.evidence().newest())->checkpoint.size == 5);
    grow(*ledger.log, 15);
    require_done(keeper.committed(*ledger.log));
    CHECK(value_of(ledger.evidence().newest())->checkpoint.size == 15);
    ledger.exchange_log(9);
    CHECK(kind_of(keeper.admit_writes(*ledger.log)) == ErrorKind::damaged);
    CHECK(kind_of(keeper.leave_checkpoint(*ledger.log)) == ErrorKind::damaged);
}

TEST_CASE("a keeper leaves imported records unsigned") {
    TestLedger ledger(5);
    require_done(evidence::mark_imported(ledger.folder.path(), *ledger.log->tree_head(5), {}));
    evidence::EvidenceParts parts;
    parts.ledger = ledger.folder.path();
    parts.vault = [&]() -> Result<adapters::vault::Vault*> { return &ledger.vault; };
    parts.now = [] { return events::Instant{}; };
    evidence::EvidenceKeeper keeper(parts, {});
    require_done(keeper.leave_checkpoint(*ledger.log));
    CHECK(ledger.shown().empty());
}

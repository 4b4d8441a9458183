#include <certledger/tools/evidence/proofs.hpp>

#include "support.hpp"

using namespace evidence_test;

namespace {

std::string with_flip(const std::string& text, std::size_t at) {
    std::string changed = text;
    changed[at] = static_cast<char>(changed[at] ^ 0x01);
    return changed;
}

}  // namespace

TEST_CASE("a proof file of every record is accepted with the record and the log's key") {
    TestLedger ledger(21);
    auto evidence = ledger.evidence();
    const auto key = value_of(evidence.key());
    for (store::Position position = 1; position <= 21; ++position) {
        const std::string file = value_of(evidence::prove(evidence, *ledger.log, position));
        const auto record = value_of(ledger.log->record(position));
        const auto checked = value_of(tlog::check_proof(file, record, key));
        CHECK(checked.index == position - 1);
        const auto other = value_of(ledger.log->record(position == 1 ? 2 : position - 1));
        CHECK(kind_of(tlog::check_proof(file, other, key)) == ErrorKind::damaged);
    }
}

TEST_CASE("every changed octet of a proof file or its record is found") {
    TestLedger ledger(6);
    auto evidence = ledger.evidence();
    const auto key = value_of(evidence.key());
    const std::string file = value_of(evidence::prove(evidence, *ledger.log, 4));
    const auto record = value_of(ledger.log->record(4));
    for (std::size_t at = 0; at < file.size(); ++at) {
        CAPTURE(at);
        CHECK(kind_of(tlog::check_proof(with_flip(file, at), record, key)) == ErrorKind::damaged);
    }
    for (std::size_t at = 0; at < record.size(); ++at) {
        auto changed = record;
        changed[at] ^= 0x01U;
        CAPTURE(at);
        CHECK(kind_of(tlog::check_proof(file, changed, key)) == ErrorKind::damaged);
    }
}

TEST_CASE("a proof is worth nothing under another log's key") {
    TestLedger ledger(6);
    TestLedger other(6);
    auto evidence = ledger.evidence();
    const std::string file = value_of(evidence::prove(evidence, *ledger.log, 4));
    const auto record = value_of(ledger.log->record(4));
    CHECK(kind_of(tlog::check_proof(file, record, value_of(other.evidence().key()))) == ErrorKind::damaged);
}

TEST_CASE("two checkpoints of a log are proved consistent, with files alone too") {
    TestLedger ledger(6);
    auto evidence = ledger.evidence();
    const auto key = value_of(evidence.key());
    const auto from = value_of(evidence.sign());
    grow(*ledger.log, 23);
    const auto to = value_of(evidence.sign());
    const auto proof = value_of(evidence::prove_consistency(*ledger.log, from.checkpoint, to.checkpoint));
    const std::string lines = tlog::format_hash_lines(proof);
    const auto trees = value_of(evidence::check_consistency_files(from.note, to.note, lines, key));
    CHECK(trees.from.size == 6);
    CHECK(trees.to.size == 23);
    for (std::size_t at = 0; at < lines.size(); ++at) {
        CAPTURE(at);
        CHECK(kind_of(evidence::check_consistency_files(from.note, to.note, with_flip(lines, at), key)) ==
              ErrorKind::damaged);
    }
    CHECK(kind_of(evidence::check_consistency_files(to.note, from.note, lines, key)) == ErrorKind::damaged);
    CHECK(kind_of(evidence::prove_consistency(*ledger.log, to.checkpoint, from.checkpoint)) ==
          ErrorKind::invalid_input);
}

TEST_CASE("a log that does not hold a checkpoint proves nothing about it") {
    TestLedger ledger(6);
    const auto from = value_of(ledger.evidence().sign());
    grow(*ledger.log, 9);
    const auto to = value_of(ledger.evidence().sign());
    TestLedger other;
    other.exchange_log(9, "other ");
    CHECK(kind_of(evidence::prove_consistency(*other.log, from.checkpoint, to.checkpoint)) ==
          ErrorKind::damaged);
    const auto key = value_of(ledger.evidence().key());
    CHECK(value_of(evidence::check_against_checkpoint(*ledger.log, from.note, key)).size == 6);
    CHECK(kind_of(evidence::check_against_checkpoint(*other.log, from.note, key)) == ErrorKind::damaged);
    other.exchange_log(5);
    CHECK(kind_of(evidence::check_against_checkpoint(*other.log, from.note, key)) == ErrorKind::damaged);
    CHECK(kind_of(evidence::check_against_checkpoint(
              *ledger.log, from.note, value_of(other.evidence().key()))) == ErrorKind::damaged);
}

TEST_CASE("a sound book has no findings and a missing or foreign checkpoint is one") {
    TestLedger ledger(6);
    for (std::uint64_t size = 6; size < 12; ++size) {
        grow(*ledger.log, size);
        value_of(ledger.evidence().sign());
    }
    const auto findings = [&] {
        return value_of(evidence::check_book(*ledger.log, ledger.folder.path(), std::nullopt));
    };
    CHECK(findings().good());
    CHECK(findings().checkpoints == 6);
    CHECK(value_of(evidence::check_book(*ledger.log, ledger.folder.path(), value_of(ledger.evidence().key())))
              .good());
    TestLedger stranger(6);
    CHECK_FALSE(
        value_of(evidence::check_book(*ledger.log, ledger.folder.path(), value_of(stranger.evidence().key())))
            .good());

    const std::string shown = ledger.shown();
    fs::remove(evidence::checkpoint_path(ledger.folder.path()));
    CHECK_FALSE(findings().good());
    write_text(evidence::checkpoint_path(ledger.folder.path()), shown);
    const std::string book = ledger.book();
    write_text(evidence::book_path(ledger.folder.path()), book.substr(0, book.rfind("\n@ ") + 1));
    CHECK_FALSE(findings().good());
    write_text(evidence::book_path(ledger.folder.path()), book);
    CHECK(findings().good());
}

TEST_CASE("a first checkpoint that a crash left only in the book is no finding") {
    TestLedger ledger(4);
    value_of(ledger.evidence().sign());
    fs::remove(evidence::checkpoint_path(ledger.folder.path()));
    CHECK(value_of(evidence::check_book(*ledger.log, ledger.folder.path(), std::nullopt)).good());
    value_of(ledger.evidence().sign());
    CHECK(fs::exists(evidence::checkpoint_path(ledger.folder.path())));
}

TEST_CASE("every octet of the last checkpoint in the book that is changed is found") {
    TestLedger ledger(4);
    value_of(ledger.evidence().sign());
    const std::string book = ledger.book();
    for (std::size_t at = book.rfind("\n@ ") + 1; at < book.size(); ++at) {
        std::string changed = with_flip(book, at);
        write_text(evidence::book_path(ledger.folder.path()), changed);
        CAPTURE(at);
        const auto found = evidence::check_book(*ledger.log, ledger.folder.path(), std::nullopt);
        // The time of an entry is the book's own remark; no signature covers it.
        const bool in_time = changed.substr(book.rfind("\n@ ") + 1).starts_with("@ 2 signed ") &&
                             at < book.find(' ', book.rfind("\n@ ") + 13) && at >= book.rfind("\n@ ") + 12;
        if (!in_time) CHECK_FALSE((found && found->good()));
    }
}

TEST_CASE("a verifier key is taken as text or as a file that holds it") {
    TestLedger ledger;
    const auto key = value_of(ledger.evidence().key());
    const fs::path file = ledger.folder.path() / "log.vkey";
    write_text(file, key.to_string() + "\n");
    CHECK(value_of(evidence::verifier_key_from(key.to_string())) == key);
    CHECK(value_of(evidence::verifier_key_from(file.string())) == key);
    CHECK(kind_of(evidence::verifier_key_from("no such file")) == ErrorKind::invalid_input);
}

// `audit prove`, `check`, `consistency`.
#include <algorithm>
#include <certledger/tools/evidence/keeper.hpp>
#include <certledger/tools/evidence/proofs.hpp>

#include "args/values.hpp"
#include "nouns/evidence.hpp"
#include "output/table.hpp"

namespace certledger::cli {
namespace {

using events::json::OrderedJson;
namespace tlog = store::tlog;

struct CheckInput {
    std::string file;
    std::string key;
    std::string record;
    std::vector<std::string> witness_keys;
};

struct ConsistencyInput {
    std::string from;
    std::string to;
    std::string proof;
    std::string key;
};

OrderedJson tree_json(const tlog::Checkpoint& checkpoint) {
    OrderedJson tree;
    tree["size"] = checkpoint.size;
    tree["root"] = events::to_base64(checkpoint.root);
    return tree;
}

Result<int> prove(Context& context, std::int64_t position) {
    auto ledger = existing_ledger(context);
    if (!ledger) return tl::make_unexpected(std::move(ledger.error()));
    evidence::Evidence evidence(evidence::parts_of(**ledger));
    const auto proof = evidence::prove(evidence, (*ledger)->store(), static_cast<store::Position>(position));
    if (!proof) return tl::make_unexpected(proof.error());
    Output& out = context.out();
    if (out.json()) {
        OrderedJson document;
        document["position"] = position;
        document["index"] = position - 1;
        document["proof"] = *proof;
        out.document(document);
    } else {
        out.text(*proof);
    }
    return exit_done;
}

Result<std::vector<tlog::VerifierKey>> keys_from(const std::vector<std::string>& texts) {
    std::vector<tlog::VerifierKey> keys;
    for (const std::string& text : texts) {
        auto key = evidence::verifier_key_from(text);
        if (!key) return tl::make_unexpected(std::move(key.error()));
        keys.push_back(std::move(*key));
    }
    return keys;
}

void print_checked(Output& out, const tlog::CheckedProof& checked,
                   const std::vector<tlog::VerifierKey>& witnesses) {
    OrderedJson cosignatures = OrderedJson::array();
    std::vector<std::pair<std::string, Cell>> facts{
        {"holds", {"the record is in the log", Style::good}},
        {"log", {checked.checkpoint.origin, Style::strong}},
        {"position", {std::to_string(checked.index + 1) + " of " + std::to_string(checked.checkpoint.size)}},
        {"root", {events::to_base64(checked.checkpoint.root)}}};
    for (const tlog::VerifiedSignature& signature : checked.cosignatures) {
        const std::string at = events::to_string(
            events::Instant::from_seconds(static_cast<std::int64_t>(signature.time.value_or(0))));
        cosignatures.push_back({{"witness", witnesses[signature.known].name()}, {"at", at}});
        facts.emplace_back("cosigned", Cell{witnesses[signature.known].name() + " at " + at});
    }
    if (!out.json()) return print_facts(out, facts);
    OrderedJson document;
    document["ok"] = true;
    document["origin"] = checked.checkpoint.origin;
    document["position"] = checked.index + 1;
    document["index"] = checked.index;
    document["size"] = checked.checkpoint.size;
    document["root"] = events::to_base64(checked.checkpoint.root);
    document["leaf_hash"] = events::to_base64(checked.leaf);
    document["cosignatures"] = std::move(cosignatures);
    out.document(document);
}

Result<int> check(Context& context, const CheckInput& in) {
    const auto key = evidence::verifier_key_from(in.key);
    if (!key) return tl::make_unexpected(key.error());
    const auto witnesses = keys_from(in.witness_keys);
    if (!witnesses) return tl::make_unexpected(witnesses.error());
    const auto file = read_text_file(in.file, kLargestProof);
    if (!file) return tl::make_unexpected(file.error());
    const auto record = read_text_file(in.record, kLargestProof);
    if (!record) return tl::make_unexpected(record.error());
    const std::span octets(reinterpret_cast<const std::uint8_t*>(record->data()), record->size());
    const auto checked = tlog::check_proof(*file, octets, *key, *witnesses);
    if (!checked) return tl::make_unexpected(checked.error());
    for (const tlog::VerifierKey& witness : *witnesses) {
        const auto& cosigned = checked->cosignatures;
        const auto by_it = [&](const auto& signature) { return (*witnesses)[signature.known] == witness; };
        if (std::any_of(cosigned.begin(), cosigned.end(), by_it)) continue;
        return fail(ErrorKind::damaged,
                    "file " + in.file + ": its checkpoint is not cosigned by " + witness.name());
    }
    print_checked(context.out(), *checked, *witnesses);
    return exit_done;
}

/// The proof is at hand: no ledger is looked at.
Result<int> check_consistency(Context& context, const ConsistencyInput& in) {
    if (in.key.empty()) return fail(ErrorKind::invalid_input, "--proof needs --key, the key of the log");
    const auto key = evidence::verifier_key_from(in.key);
    if (!key) return tl::make_unexpected(key.error());
    const auto from = read_text_file(in.from, kLargestProof);
    if (!from) return tl::make_unexpected(from.error());
    const auto to = read_text_file(in.to, kLargestProof);
    if (!to) return tl::make_unexpected(to.error());
    const auto proof = read_text_file(in.proof, kLargestProof);
    if (!proof) return tl::make_unexpected(proof.error());
    const auto trees = evidence::check_consistency_files(*from, *to, *proof, *key);
    if (!trees) return tl::make_unexpected(trees.error());
    Output& out = context.out();
    if (out.json()) {
        OrderedJson document;
        document["ok"] = true;
        document["origin"] = trees->to.origin;
        document["from"] = tree_json(trees->from);
        document["to"] = tree_json(trees->to);
        out.document(document);
    } else {
        print_facts(out, {{"holds", {"the later log extends the earlier", Style::good}},
                          {"log", {trees->to.origin, Style::strong}},
                          {"from", {std::to_string(trees->from.size) + " records"}},
                          {"to", {std::to_string(trees->to.size) + " records"}}});
    }
    return exit_done;
}

Result<int> prove_consistency(Context& context, const ConsistencyInput& in) {
    auto ledger = existing_ledger(context);
    if (!ledger) return tl::make_unexpected(std::move(ledger.error()));
    const auto key = in.key.empty() ? evidence::Evidence(evidence::parts_of(**ledger)).key()
                                    : evidence::verifier_key_from(in.key);
    if (!key) return tl::make_unexpected(key.error());
    std::vector<tlog::Checkpoint> ends;
    for (const std::string* path : {&in.from, &in.to}) {
        const auto note = read_text_file(*path, kLargestProof);
        if (!note) return tl::make_unexpected(note.error());
        auto opened = tlog::open_checkpoint(*note, *key);
        if (!opened) return fail(opened.error().kind, "file " + *path + ": " + opened.error().message);
        ends.push_back(std::move(opened->checkpoint));
    }
    const auto proof = evidence::prove_consistency((*ledger)->store(), ends[0], ends[1]);
    if (!proof) return tl::make_unexpected(proof.error());
    Output& out = context.out();
    if (out.json()) {
        OrderedJson document;
        document["origin"] = ends[1].origin;
        document["from"] = tree_json(ends[0]);
        document["to"] = tree_json(ends[1]);
        OrderedJson hashes = OrderedJson::array();
        for (const events::Digest& hash : *proof) hashes.push_back(events::to_base64(hash));
        document["proof"] = std::move(hashes);
        out.document(document);
    } else {
        out.text(tlog::format_hash_lines(*proof));
    }
    return exit_done;
}

}  // namespace

void describe_audit_proofs(Command& noun) {
    auto position = std::make_shared<std::optional<std::int64_t>>();
    Command prove_verb = noun.verb("prove", "A proof file for one record (C2SP tlog-proof)");
    prove_verb.argument("POSITION", "The record's position", into(*position, 1)).required();
    prove_verb.note("Signs a checkpoint when the newest does not cover the record.");
    prove_verb.example("certledger audit prove 12 > 12.proof");
    prove_verb.run([position](Context& context) { return prove(context, position->value_or(0)); });

    auto checking = std::make_shared<CheckInput>();
    Command check_verb = noun.verb("check", "Check a proof file; needs no ledger");
    check_verb.argument("FILE", "The proof file", into(checking->file)).required().path();
    check_verb.option("--key", "VKEY", "The log's key, or a file with it", into(checking->key)).required();
    check_verb
        .option("--record", "FILE", "The record, as `log show P --raw` writes it", into(checking->record))
        .required()
        .path();
    check_verb
        .option("--witness-key", "VKEY", "A witness that must have cosigned the checkpoint",
                into(checking->witness_keys))
        .many();
    check_verb.example("certledger log show 12 --raw > 12.record");
    check_verb.example("certledger audit check 12.proof --key log.vkey --record 12.record");
    check_verb.run([checking](Context& context) { return check(context, *checking); });

    auto ends = std::make_shared<ConsistencyInput>();
    Command consistency_verb =
        noun.verb("consistency", "Prove, or check, that a later log extends an earlier one");
    consistency_verb.option("--from", "FILE", "The earlier checkpoint", into(ends->from)).required().path();
    consistency_verb.option("--to", "FILE", "The later checkpoint", into(ends->to)).required().path();
    consistency_verb.option("--proof", "FILE", "Check this proof; needs no ledger", into(ends->proof)).path();
    consistency_verb.option("--key", "VKEY", "The log's key, or a file with it", into(ends->key));
    consistency_verb.note("Without --proof the proof is made from the ledger: one base64 hash a line.");
    consistency_verb.example(
        "certledger audit consistency --from may.checkpoint --to june.checkpoint > proof");
    consistency_verb.example(
        "certledger audit consistency --from may.checkpoint --to june.checkpoint --proof proof --key "
        "log.vkey");
    consistency_verb.run([ends](Context& context) {
        return ends->proof.empty() ? prove_consistency(context, *ends) : check_consistency(context, *ends);
    });
}

}  // namespace certledger::cli

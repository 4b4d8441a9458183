// `audit checkpoint`, `sign`, `key`, `tiles`.
#include <certledger/tools/evidence/keeper.hpp>
#include <certledger/tools/evidence/tiles.hpp>
#include <certledger/tools/evidence/witness_client.hpp>

#include "nouns/evidence.hpp"
#include "output/table.hpp"

namespace certledger::cli {

using events::json::OrderedJson;

Result<engine::Ledger*> existing_ledger(Context& context) {
    const std::string& path = context.globals().ledger;
    if (!engine::Ledger::exists(path))
        return fail(ErrorKind::not_found, "ledger " + path + ": there is none");
    return context.ledger();
}

void print_checkpoint(Output& out, const evidence::SignedCheckpoint& checkpoint) {
    if (!out.json()) return out.text(checkpoint.note);
    OrderedJson document;
    document["origin"] = checkpoint.checkpoint.origin;
    document["size"] = checkpoint.checkpoint.size;
    document["root"] = events::to_base64(checkpoint.checkpoint.root);
    document["checkpoint"] = checkpoint.note;
    out.document(document);
}

namespace {

struct SignInput {
    std::string origin;
    std::string witness;
    std::string witness_key;
};

Result<int> checkpoint(Context& context) {
    auto ledger = existing_ledger(context);
    if (!ledger) return tl::make_unexpected(std::move(ledger.error()));
    const auto newest = evidence::Evidence(evidence::parts_of(**ledger)).newest();
    if (!newest) return tl::make_unexpected(newest.error());
    if (!*newest)
        return fail(ErrorKind::not_found, "nothing was signed yet: certledger audit sign makes a checkpoint");
    print_checkpoint(context.out(), **newest);
    return exit_done;
}

Result<int> sign(Context& context, const SignInput& in) {
    if (in.witness.empty() != in.witness_key.empty())
        return fail(ErrorKind::invalid_input, "--witness and --witness-key: give both or none");
    auto ledger = context.ledger();
    if (!ledger) return tl::make_unexpected(std::move(ledger.error()));
    evidence::Evidence evidence(evidence::parts_of(**ledger));
    auto made = evidence.sign(in.origin);
    if (!made) return tl::make_unexpected(std::move(made.error()));
    if (!in.witness.empty()) {
        const auto key = evidence::verifier_key_from(in.witness_key);
        if (!key) return tl::make_unexpected(key.error());
        auto cosigned = evidence::ask_witness(in.witness, *key, (*ledger)->store(), *made);
        if (!cosigned) return tl::make_unexpected(std::move(cosigned.error()));
        if (auto kept = evidence.keep_cosigned(*cosigned); !kept) return tl::make_unexpected(kept.error());
        made->note = std::move(*cosigned);
    }
    print_checkpoint(context.out(), *made);
    return exit_done;
}

Result<int> key(Context& context, const std::string& origin) {
    auto ledger = context.ledger();
    if (!ledger) return tl::make_unexpected(std::move(ledger.error()));
    const auto verifier = evidence::Evidence(evidence::parts_of(**ledger)).key(origin);
    if (!verifier) return tl::make_unexpected(verifier.error());
    Output& out = context.out();
    if (out.json()) {
        out.document({{"origin", verifier->name()}, {"key", verifier->to_string()}});
    } else {
        out.line(verifier->to_string());
    }
    return exit_done;
}

Result<int> tiles(Context& context, const std::string& folder) {
    auto ledger = existing_ledger(context);
    if (!ledger) return tl::make_unexpected(std::move(ledger.error()));
    evidence::Evidence evidence(evidence::parts_of(**ledger));
    const auto made = evidence.sign();
    if (!made) return tl::make_unexpected(made.error());
    const auto verifier = evidence.key();
    if (!verifier) return tl::make_unexpected(verifier.error());
    Output& out = context.out();
    const auto exported = evidence::export_tiles(
        (*ledger)->store(), *made, *verifier, folder,
        [&](std::uint64_t done, std::uint64_t whole) { out.progress("exporting", done, whole); });
    out.end_progress();
    if (!exported) return tl::make_unexpected(exported.error());
    if (out.json()) {
        OrderedJson document;
        document["directory"] = folder;
        document["size"] = exported->size;
        document["root"] = events::to_base64(made->checkpoint.root);
        document["files"] = exported->files;
        document["written"] = exported->written;
        out.document(document);
    } else {
        print_facts(
            out,
            {{"directory", {folder, Style::strong}},
             {"records", {std::to_string(exported->size)}},
             {"files",
              {std::to_string(exported->files) + ", " + std::to_string(exported->written) + " of them new"}},
             {"root", {events::to_base64(made->checkpoint.root)}}});
    }
    return exit_done;
}

}  // namespace

void describe_audit_evidence(Command& noun) {
    Command checkpoint_verb = noun.verb("checkpoint", "The newest signed checkpoint");
    checkpoint_verb.example("certledger audit checkpoint > today.checkpoint");
    checkpoint_verb.run(checkpoint);

    auto signing = std::make_shared<SignInput>();
    Command sign_verb = noun.verb("sign", "Sign a checkpoint over the whole log");
    sign_verb.option("--origin", "NAME", "Names the log, where its records were imported",
                     into(signing->origin));
    sign_verb.option("--witness", "URL", "Have this witness cosign it", into(signing->witness));
    sign_verb.option("--witness-key", "VKEY", "The witness's key, or a file with it",
                     into(signing->witness_key));
    sign_verb.note("Nothing new is signed while the newest checkpoint covers the whole log.");
    sign_verb.example("certledger audit sign");
    sign_verb.example("certledger audit sign --witness http://127.0.0.1:7380 --witness-key witness.vkey");
    sign_verb.run([signing](Context& context) { return sign(context, *signing); });

    auto origin = std::make_shared<std::string>();
    Command key_verb = noun.verb("key", "The key that verifies this log's checkpoints");
    key_verb.option("--origin", "NAME", "Names the log, where its records were imported", into(*origin));
    key_verb.note(
        "Hand it out by another way than the log itself: whoever verifies goes by the key that he has.");
    key_verb.example("certledger audit key > log.vkey");
    key_verb.run([origin](Context& context) { return key(context, *origin); });

    auto folder = std::make_shared<std::string>();
    Command tiles_verb =
        noun.verb("tiles", "Write the log as tiles for other people's tools (C2SP tlog-tiles)");
    tiles_verb.argument("DIR", "Where to; an earlier export there is brought up to date", into(*folder))
        .required()
        .path();
    tiles_verb.example("certledger audit tiles ./public");
    tiles_verb.run([folder](Context& context) { return tiles(context, *folder); });
}

}  // namespace certledger::cli

// `audit witness`: a standing tool beside any ledger.
#include <pthread.h>

#include <certledger/adapters/system/clock.hpp>
#include <certledger/tools/evidence/witness.hpp>
#include <csignal>
#include <filesystem>

#include "args/values.hpp"
#include "nouns/evidence.hpp"
#include "output/table.hpp"

namespace certledger::cli {
namespace {

struct WitnessInput {
    std::string state;
    std::string key_folder;
    std::string name;
    std::vector<std::string> logs;
    std::string checkpoint;
    std::string proof;
    std::string listen;
};

Result<evidence::Witness> open_witness(const WitnessInput& in) {
    evidence::WitnessOptions options;
    options.state = in.state;
    options.key_folder = in.key_folder.empty() ? in.state : in.key_folder;
    if (!in.name.empty()) options.name = in.name;
    for (const std::string& text : in.logs) {
        auto key = evidence::verifier_key_from(text);
        if (!key) return tl::make_unexpected(std::move(key.error()));
        options.logs.push_back(std::move(*key));
    }
    return evidence::Witness::open(options);
}

Result<int> cosign(Context& context, evidence::Witness& witness, const WitnessInput& in) {
    const auto checkpoint = read_text_file(in.checkpoint, kLargestProof);
    if (!checkpoint) return tl::make_unexpected(checkpoint.error());
    // The first checkpoint of a log needs none.
    const auto proof =
        in.proof.empty() ? Result<std::string>(std::string{}) : read_text_file(in.proof, kLargestProof);
    if (!proof) return tl::make_unexpected(proof.error());
    const auto now = static_cast<std::uint64_t>(adapters::system::WallClock().now().seconds());
    const auto note = witness.cosign(*checkpoint, *proof, now);
    if (!note) return tl::make_unexpected(note.error());
    if (context.out().json()) {
        context.out().document({{"witness", witness.key().name()}, {"checkpoint", *note}});
    } else {
        context.out().text(*note);
    }
    return exit_done;
}

Result<int> serve(Context& context, evidence::Witness& witness, const std::string& listen) {
    // Blocked before the server's thread is made, so that it is this thread that hears them.
    sigset_t ends;
    sigemptyset(&ends);
    sigaddset(&ends, SIGINT);
    sigaddset(&ends, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &ends, nullptr);
    const auto server = evidence::WitnessServer::start(witness, listen);
    if (!server) return tl::make_unexpected(server.error());
    Output& out = context.out();
    if (out.json()) {
        out.json_line({{"url", server->url()}, {"key", witness.key().to_string()}});
    } else {
        out.line("witness " + witness.key().name() + " listens on " + server->url());
    }
    if (auto shown = out.finish(); !shown) return tl::make_unexpected(shown.error());
    int heard = 0;
    while (sigwait(&ends, &heard) != 0) {
    }
    out.note("stopped");
    return exit_done;
}

Result<int> witness(Context& context, const WitnessInput& in) {
    if (!in.checkpoint.empty() && !in.listen.empty())
        return fail(ErrorKind::invalid_input, "--checkpoint and --listen: give one of them");
    const bool acts = !in.checkpoint.empty() || !in.listen.empty();
    if (acts && in.logs.empty())
        return fail(ErrorKind::invalid_input, "--log: a witness serves at least one log");
    auto opened = open_witness(in);
    if (!opened) return tl::make_unexpected(std::move(opened.error()));
    if (!in.checkpoint.empty()) return cosign(context, *opened, in);
    if (!in.listen.empty()) return serve(context, *opened, in.listen);
    if (context.out().json()) {
        context.out().document({{"witness", opened->key().name()}, {"key", opened->key().to_string()}});
    } else {
        context.out().line(opened->key().to_string());
    }
    return exit_done;
}

}  // namespace

void describe_audit_witness(Command& noun) {
    auto in = std::make_shared<WitnessInput>();
    Command verb = noun.verb("witness", "Cosign checkpoints of logs that only ever grow; needs no ledger");
    verb.option("--state", "DIR", "Where the newest checkpoint of each log is remembered", into(in->state))
        .required()
        .path();
    verb.option("--key-dir", "DIR", "Where the witness's key is, or is made (default: the state's folder)",
                into(in->key_folder))
        .path();
    verb.option("--name", "NAME", "Of the key, when it is made (default: certledger-witness)",
                into(in->name));
    verb.option("--log", "VKEY", "Key of a log to serve, or a file with it", into(in->logs)).many();
    verb.option("--checkpoint", "FILE", "Cosign this checkpoint", into(in->checkpoint)).path();
    verb.option("--proof", "FILE", "Proof from the one remembered, as `audit consistency` prints it",
                into(in->proof))
        .path();
    verb.option("--listen", "ADDRESS", "Serve HTTP there until stopped: 127.0.0.1:PORT or [::1]:PORT",
                into(in->listen));
    verb.note("With neither --checkpoint nor --listen the witness's key is printed.");
    verb.note("Run it where the operator of the log cannot change its state.");
    verb.example(
        "certledger audit witness --state ./w --key-dir ./w-key --log log.vkey --checkpoint c --proof p > "
        "cosigned");
    verb.example("certledger audit witness --state ./w --log log.vkey --listen 127.0.0.1:7380");
    verb.run([in](Context& context) { return witness(context, *in); });
}

}  // namespace certledger::cli

#include <certledger/tools/exec/exec.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "nouns/nouns.hpp"
#include "report.hpp"

namespace certledger::cli {
namespace {

struct ExecInput {
    std::string file = "-";
    bool schema = false;
};

std::string as_text(const PointInLog& point) {
    return point.position ? std::to_string(*point.position) : events::to_string(*point.time);
}

Result<int> exec(Context& context, const ExecInput& in) {
    if (in.schema) {
        context.out().document(exec::schema());
        return exit_done;
    }
    int input = STDIN_FILENO;
    if (in.file != "-") {
        input = ::open(in.file.c_str(), O_RDONLY | O_CLOEXEC);
        if (input < 0) return fail(ErrorKind::invalid_input, "file " + in.file + ": " + std::strerror(errno));
    }
    auto ledger = context.ledger();
    if (!ledger) return tl::make_unexpected(std::move(ledger.error()));
    exec::ExecOptions options;
    options.account = context.account();
    options.actor = context.globals().actor;
    if (context.globals().as_of) options.as_of = as_text(*context.globals().as_of);
    options.as_at = context.globals().as_at;
    const auto answered = exec::run(**ledger, input, STDOUT_FILENO, options);
    if (input != STDIN_FILENO) ::close(input);
    if (!answered) {
        // On stderr also with --json: stdout holds one answer a line and nothing else.
        context.out().complaint(answered.error().message);
        return exit_code(answered.error().kind);
    }
    if (context.out().verbose()) context.out().note(std::to_string(*answered) + " lines answered");
    return exit_done;
}

}  // namespace

void describe_exec(Command& noun) {
    auto in = std::make_shared<ExecInput>();
    noun.argument("FILE", "Where the lines come from (default: -, standard input)", into(in->file)).path();
    noun.flag("--schema", "Print the JSON Schema of a line and stop", in->schema);
    noun.note(
        "One command or query a line in, one answer a line out, in order. Nothing but the ledger and its "
        "key\n"
        "vault is touched. An answer is printed once its events are durable. Ends with 0 when every line "
        "was\n"
        "answered, refusals among them.");
    noun.example("echo '{\"query\":\"position\"}' | certledger exec");
    noun.example("certledger exec commands.jsonl > answers.jsonl");
    noun.query([in](Context& context) { return exec(context, *in); });
}

}  // namespace certledger::cli

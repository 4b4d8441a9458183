// Role: from the command line to an exit code; the one place where exceptions end.
#include <certledger/events/contract.hpp>
#include <certledger/store/lmdb/environment.hpp>
#include <certledger/store/lmdb/fault_guard.hpp>
#include <certledger/tools/version.hpp>
#include <exception>
#include <new>

#include "args/command.hpp"
#include "context.hpp"
#include "output/help.hpp"

namespace {

using namespace certledger;

int say_error(cli::Output& out, std::string_view kind, const std::string& message, int code) {
    if (out.json()) {
        events::json::OrderedJson document;
        document["error"]["kind"] = kind;
        document["error"]["message"] = message;
        out.document(document);
    } else {
        out.complaint(message);
    }
    return code;
}

int say_error(cli::Output& out, const Error& error) {
    return say_error(out, cli::name_of(error.kind), error.message, cli::exit_code(error.kind));
}

int run(const cli::Parsed& parsed, const cli::Globals& globals, cli::Output& out) {
    cli::Context context(globals, out);
    const auto code = parsed.run(context);
    if (!code) return say_error(out, code.error());
    if (const auto closed = context.close(); !closed) {
        const Error& why = closed.error();
        if (why.kind != ErrorKind::outside) {
            out.complaint(why.message);
            return cli::exit_code(why.kind);
        }
        // The answer was given and is durable: whoever tried again would do it twice.
        out.warning(
            "the checkpoint over what was done is not written, the next command that writes makes one: " +
            why.message);
    }
    return *code;
}

int guarded(const cli::Parsed& parsed, const cli::Globals& globals, cli::Output& out) {
    try {
        return run(parsed, globals, out);
    } catch (const store::lmdb::CommitUnknown& failure) {
        return say_error(out, "outside", failure.what(), cli::exit_outside);
    } catch (const OutcomeUnknown& failure) {
        return say_error(out, "damaged", failure.what(), cli::exit_damaged);
    } catch (const std::bad_alloc&) {
        return say_error(out, "outside", "out of memory", cli::exit_outside);
    } catch (const std::exception& bug) {
        return say_error(out, "bug", std::string("this is a bug in certledger: ") + bug.what(),
                         cli::exit_bug);
    }
}

}  // namespace

int main(int argc, char** argv) {
    cli::Globals globals = cli::default_globals();
    cli::Parser parser;
    const auto parsed = parser.parse(std::vector<std::string>(argv + 1, argv + argc), globals);
    cli::Output out(globals);
    int code = cli::exit_done;
    if (!parsed) {
        code = say_error(out, parsed.error());
    } else if (parsed->kind == cli::Parsed::Kind::help) {
        out.text(cli::laid_out(parsed->text, out.width()));
    } else if (parsed->kind == cli::Parsed::Kind::version) {
        out.line(std::string("certledger ") + tools::version() + " (" + tools::commit() + ")");
    } else {
        store::lmdb::install_fault_guard();
        code = guarded(*parsed, globals, out);
    }
    const auto finished = out.finish();
    if (!finished && code == cli::exit_done) {
        out.complaint(finished.error().message);
        code = cli::exit_outside;
    }
    return code;
}

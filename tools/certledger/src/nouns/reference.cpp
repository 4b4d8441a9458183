#include "reference/reference.hpp"

#include "context.hpp"
#include "nouns/nouns.hpp"

namespace certledger::cli {

void describe_reference(Command& noun) {
    noun.note("Commands, refusal codes, events, policies, views, exit codes and flags, as Markdown.");
    noun.example("certledger reference | less");
    noun.run([](Context& context) -> Result<int> {
        context.out().text(reference_page());
        return exit_done;
    });
}

}  // namespace certledger::cli

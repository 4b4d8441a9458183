#include "audit/verbs.hpp"
#include "nouns/evidence.hpp"
#include "nouns/nouns.hpp"

namespace certledger::cli {
namespace {

struct Verb {
    const char* name;
    const char* summary;
    void (*describe)(Command&);
};

constexpr Verb kVerbs[] = {
    {"verify", "Read every record and check that everything holds", describe_audit_verify},
    {"sweep", "A fast pass: checksums, order, legality, the tree", describe_audit_sweep},
    {"diff", "What changed between two points, stream by stream", describe_audit_diff},
    {"replay", "Fold the log and print the states", describe_audit_replay},
    {"what-if", "Which decisions other rules would have changed, and by how much money",
     describe_audit_what_if},
};

}  // namespace

void describe_audit(Command& noun) {
    for (const Verb& row : kVerbs) {
        Command verb = noun.verb(row.name, row.summary);
        row.describe(verb);
    }
    describe_audit_evidence(noun);
    describe_audit_proofs(noun);
    describe_audit_witness(noun);
    noun.example("certledger audit verify");
}

}  // namespace certledger::cli

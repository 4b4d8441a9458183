#include "cert/verbs.hpp"
#include "nouns/nouns.hpp"

namespace certledger::cli {
namespace {

struct Verb {
    const char* name;
    const char* summary;
    void (*describe)(Command&);
};

constexpr Verb kVerbs[] = {
    {"buy", "Buy one certificate for given names", describe_cert_buy},
    {"create", "Turn a unit of a quota into a certificate for given names", describe_cert_create},
    {"apply", "Apply to the CA", describe_cert_apply},
    {"withdraw", "Take an application back", describe_cert_withdraw},
    {"validate", "Prove control of the names, or record what came of it", describe_cert_validate},
    {"show", "One certificate", describe_cert_show},
    {"list", "The certificates, filtered and sorted", describe_list},
    {"history", "Every event of one certificate", describe_cert_history},
    {"progress", "Where it stands and what comes next", describe_progress},
    {"evidence", "What proves control of its names, and until when it may be used", describe_cert_evidence},
    {"why", "What led to its status, what was refused, what can happen next", describe_cert_why},
    {"upload", "Take a certificate of another issuer into care", describe_cert_upload},
    {"import", "Take many in: a folder, PEM, PKCS#7, PKCS#12", describe_cert_import},
    {"download", "Hand out the certificate in a server's format", describe_cert_download},
    {"deploy", "Put it where a server reads it", describe_cert_deploy},
    {"renew", "Order its successor", describe_cert_renew},
    {"hosting", "Let the service look after it, or no longer", describe_cert_hosting},
    {"revoke", "Revoke one certificate, or a cohort", describe_cert_revoke},
    {"revocations", "Revocations that are not answered, with a countdown", describe_cert_revocations},
    {"refund", "Ask for a refund, or report that it was paid", describe_cert_refund},
    {"delete", "Close it for good", describe_cert_delete},
};

}  // namespace

void describe_cert(Command& noun) {
    for (const Verb& row : kVerbs) {
        Command verb = noun.verb(row.name, row.summary);
        row.describe(verb);
    }
    noun.note("Wherever a certificate is named, its id, the beginning of its id, or a domain name will do.");
    noun.example("certledger cert buy --brand digicert --domain example.com --price \"100.00 USD\"");
    noun.example("certledger cert show example.com");
}

}  // namespace certledger::cli

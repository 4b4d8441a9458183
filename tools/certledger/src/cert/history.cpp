#include <certledger/projections/views.hpp>

#include "cert/verbs.hpp"
#include "records.hpp"
#include "report.hpp"

namespace certledger::cli {
namespace {

Result<int> history(Context& context, const std::string& text) {
    auto moment = context.moment();
    if (!moment) return tl::make_unexpected(std::move(moment.error()));
    auto id = context.certificate(*moment, text);
    if (!id) return tl::make_unexpected(std::move(id.error()));
    Output& out = context.out();
    auto items = events::json::OrderedJson::array();
    Table table = record_table(false);
    std::optional<Error> fault;
    const auto read =
        moment->history(context.account(), events::stream_of(*id), [&](const auto& record, auto bytes) {
            if (!out.json()) {
                add_record(table, record, false);
                return true;
            }
            auto object = record_json(record, bytes);
            if (object) {
                items.push_back(std::move(*object));
            } else {
                fault = object.error();
            }
            return !fault;
        });
    if (!read) return tl::make_unexpected(read.error());
    if (!*read) return context.absent(read->error(), "certificate " + id->value);
    if (fault) return tl::make_unexpected(*fault);
    if (out.json()) {
        out.document({{"items", std::move(items)}});
    } else {
        table.print(out);
    }
    return exit_done;
}

}  // namespace

void describe_cert_history(Command& verb) {
    auto certificate = std::make_shared<std::string>();
    verb.argument("CERTIFICATE", "Id, its beginning, or a domain name", into(*certificate)).required();
    verb.note("Every event of the certificate; the exact id of a deleted one answers too.");
    verb.example("certledger cert history example.com");
    verb.example("certledger cert history k1 --json | jq '.items[].type'");
    verb.query([certificate](Context& context) { return history(context, *certificate); });
}

}  // namespace certledger::cli

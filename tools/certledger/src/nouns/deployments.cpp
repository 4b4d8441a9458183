#include "context.hpp"
#include "nouns/nouns.hpp"
#include "output/view_json.hpp"
#include "output/view_table.hpp"

namespace certledger::cli {
namespace {

Result<int> deployments(Context& context, const Display& display) {
    auto moment = context.moment();
    if (!moment) return tl::make_unexpected(std::move(moment.error()));
    const auto deployments = moment->deployments(context.account());
    if (context.out().json()) {
        context.out().document(view_json(deployments));
        return exit_done;
    }
    print_view(context.out(), projections::deployment_columns(), deployments.items, display.layout(),
               "nothing is deployed");
    return exit_done;
}

}  // namespace

void describe_deployments(Command& noun) {
    auto display = std::make_shared<Display>();
    describe_display(noun, *display);
    noun.note("Every target, the certificate that it serves, and what was last seen of it.");
    noun.example("certledger deployments");
    noun.example("certledger deployments --json | jq -r '.items[] | select(.seen == \"drifted\").target'");
    noun.query([display](Context& context) { return deployments(context, *display); });
}

}  // namespace certledger::cli

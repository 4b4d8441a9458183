#include "args/values.hpp"
#include "cert/product.hpp"
#include "nouns/nouns.hpp"
#include "output/view_json.hpp"
#include "output/view_table.hpp"
#include "report.hpp"

namespace certledger::cli {
namespace {

using events::to_name;

struct BuyInput {
    std::optional<std::string> quota;
    ProductInput product;
    std::optional<std::int64_t> count;
    std::optional<events::Money> price;
};

struct RefundInput {
    std::string quota;
    std::optional<std::int64_t> count;
};

Result<int> buy(Context& context, const BuyInput& in) {
    domain::BuyQuota command;
    if (in.quota) command.quota = events::QuotaId{*in.quota};
    command.product = product_for(in.product, {});
    command.count = in.count.value_or(1);
    command.price = *in.price;
    if (command.product.kind == events::Kind::multi && !in.product.names_max) {
        return fail(ErrorKind::invalid_input, "--names-max is needed for a quota of multi certificates");
    }
    auto answer = context.execute(command);
    if (!answer) return tl::make_unexpected(std::move(answer.error()));
    Report report(context);
    report.add(*answer);
    if (answer->ok && in.quota) {
        report.fact("quota", {*in.quota, Style::strong});
        report.member("quota", *in.quota);
    }
    return report.finish();
}

Result<int> refund(Context& context, const RefundInput& in) {
    auto quota = context.quota(in.quota);
    if (!quota) return tl::make_unexpected(std::move(quota.error()));
    return execute_and_report(context, domain::RefundQuota{*quota, in.count});
}

std::string product_text(const events::Product& product) {
    std::string text =
        product.brand + " " + std::string(to_name(product.level)) + " " + std::string(to_name(product.kind));
    if (product.kind == events::Kind::multi) text += " (" + std::to_string(product.names_max) + " names)";
    return text + ", " + std::to_string(product.term_years) + " y";
}

Result<int> list(Context& context, const Display& display) {
    auto moment = context.moment();
    if (!moment) return tl::make_unexpected(std::move(moment.error()));
    const auto quotas = moment->quotas(context.account());
    if (context.out().json()) {
        context.out().document(view_json(quotas));
        return exit_done;
    }
    print_view(context.out(), projections::quota_columns(), quotas.items, display.layout(), "no quotas");
    return exit_done;
}

Result<int> show(Context& context, const std::string& text) {
    auto moment = context.moment();
    if (!moment) return tl::make_unexpected(std::move(moment.error()));
    auto id = context.quota(*moment, text);
    if (!id) return tl::make_unexpected(std::move(id.error()));
    auto item = context.found(moment->quota(context.account(), *id), "quota " + id->value);
    if (!item) return tl::make_unexpected(std::move(item.error()));
    if (context.out().json()) {
        context.out().document(view_json(*item));
        return exit_done;
    }
    print_facts(context.out(),
                {{"quota", {item->quota.value, Style::strong}},
                 {"product", {product_text(item->product)}},
                 {"price", {events::to_string(item->price) + " for " + std::to_string(item->count)}},
                 {"purchased", {shown(item->purchased_at)}},
                 {"free",
                  {std::to_string(item->free) + " = " + std::to_string(item->bought) + " bought - " +
                   std::to_string(item->consumed) + " consumed + " + std::to_string(item->returned) +
                   " returned - " + std::to_string(item->refunded) + " refunded"}}});
    return exit_done;
}

}  // namespace

void describe_quota(Command& noun) {
    auto buying = std::make_shared<BuyInput>();
    Command buy_verb = noun.verb("buy", "Buy a number of certificates of one product");
    buy_verb.option("--quota", "ID", "Id of the new quota (default: one is made)", into(buying->quota));
    describe_product(buy_verb, buying->product);
    buy_verb.option("--count", "N", "How many certificates (default: 1)", into(buying->count, 1));
    buy_verb.option("--price", "MONEY", "For all together, such as \"100.00 USD\"", into(buying->price))
        .required();
    buy_verb.example(
        "certledger quota buy --quota q1 --brand digicert --level dv --kind single --count 3 --term 1y "
        "--price \"100.00 USD\"");
    buy_verb.run([buying](Context& context) { return buy(context, *buying); });

    Command list_verb = noun.verb("list", "Every quota with what is left of it");
    list_verb.example("certledger quota list");
    auto display = std::make_shared<Display>();
    describe_display(list_verb, *display);
    list_verb.query([display](Context& context) { return list(context, *display); });

    auto shown_quota = std::make_shared<std::string>();
    Command show_verb = noun.verb("show", "One quota: bought - consumed + returned - refunded = free");
    show_verb.argument("QUOTA", "Id, or its beginning", into(*shown_quota)).required();
    show_verb.example("certledger quota show q1 --json");
    show_verb.query([shown_quota](Context& context) { return show(context, *shown_quota); });

    auto refunding = std::make_shared<RefundInput>();
    Command refund_verb = noun.verb("refund", "Give unused units back");
    refund_verb.argument("QUOTA", "Id, or its beginning", into(refunding->quota)).required();
    refund_verb.option("--count", "N", "How many units (default: all that are free)",
                       into(refunding->count, 1));
    refund_verb.example("certledger quota refund q1 --count 2");
    refund_verb.run([refunding](Context& context) { return refund(context, *refunding); });
}

}  // namespace certledger::cli

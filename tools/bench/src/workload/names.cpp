#include "workload/names.hpp"

#include <algorithm>

namespace certledger::bench {
namespace {

using events::Kind;
using events::Level;

constexpr const char* kWords[] = {
    "amber",   "anchor",  "apple",   "arbor",  "aspen",    "atlas",  "autumn",  "bamboo", "basalt",
    "beacon",  "birch",   "breeze",  "bridge", "bright",   "canyon", "cedar",   "cinder", "clover",
    "cobalt",  "copper",  "coral",   "crane",  "cypress",  "dawn",   "delta",   "desert", "ember",
    "falcon",  "fern",    "fjord",   "flint",  "forest",   "garden", "glacier", "grain",  "granite",
    "grove",   "harbor",  "hazel",   "heron",  "hollow",   "island", "ivory",   "jasper", "juniper",
    "kestrel", "lagoon",  "lantern", "larch",  "lichen",   "linden", "lotus",   "maple",  "marble",
    "meadow",  "mesa",    "mist",    "moss",   "nectar",   "north",  "oak",     "ocean",  "olive",
    "onyx",    "opal",    "orchard", "osprey", "otter",    "pebble", "pepper",  "pine",   "plover",
    "prairie", "quartz",  "quill",   "rain",   "raven",    "reef",   "ridge",   "river",  "robin",
    "rowan",   "saffron", "sage",    "shale",  "sierra",   "silver", "slate",   "solar",  "sparrow",
    "spruce",  "stone",   "summit",  "swift",  "tamarack", "tern",   "thistle", "tidal",  "timber",
    "topaz",   "tundra",  "valley",  "velvet", "violet",   "walnut", "warbler", "willow", "winter",
    "wren",    "zephyr"};
constexpr const char* kEnds[] = {".com", ".net", ".org",   ".io",   ".dev",
                                 ".de",  ".fr",  ".co.uk", ".shop", ".app"};
constexpr const char* kHosts[] = {"www",   "api",  "mail", "shop",   "login", "cdn",    "static", "img",
                                  "admin", "docs", "blog", "status", "vpn",   "portal", "files",  "git",
                                  "chat",  "pay",  "auth", "edge",   "m",     "search", "data",   "events"};
constexpr const char* kBrands[] = {"orchard", "beacon", "summit", "harbor-light", "northgate"};

struct Foreign {
    const char* unicode;
    const char* ascii;
};
constexpr Foreign kForeign[] = {
    {"bücher", "xn--bcher-kva"},     {"münchen", "xn--mnchen-3ya"}, {"zürich", "xn--zrich-kva"},
    {"café", "xn--caf-dma"},         {"niño", "xn--nio-8ma"},       {"smörgås", "xn--smrgs-pra0j"},
    {"jalapeño", "xn--jalapeo-9za"}, {"żółw", "xn--w-uga1v8h"},     {"ελλάδα", "xn--hxakic4aa"},
    {"пример", "xn--e1afmkfd"},      {"東京", "xn--1lqs71d"},       {"한국", "xn--3e0b707e"}};

std::string base_name(Random& random) {
    std::string name = kWords[random.below(std::size(kWords))];
    name += kWords[random.below(std::size(kWords))];
    if (random.percent(70)) name += std::to_string(random.below(1'000));
    return name += kEnds[random.below(std::size(kEnds))];
}

events::DomainName plain(std::string name) { return {name, name}; }

events::DomainName host_of(Random& random, const std::string& base) {
    if (random.percent(4)) {
        const Foreign& label = kForeign[random.below(std::size(kForeign))];
        return {label.ascii + ("." + base), label.unicode + ("." + base)};
    }
    if (random.percent(30)) return plain(base);
    return plain(kHosts[random.below(std::size(kHosts))] + ("." + base));
}

}  // namespace

events::Product make_product(Random& random) {
    events::Product product;
    const std::size_t level = random.weighted({76, 17, 7});
    product.level = level == 0 ? Level::dv : level == 1 ? Level::ov : Level::ev;
    const std::size_t kind = random.weighted({60, 15, 25});
    product.kind = kind == 0 ? Kind::single : kind == 1 ? Kind::wildcard : Kind::multi;
    // No wildcard under extended validation (EV Guidelines 9.8.1).
    if (product.level == Level::ev && product.kind == Kind::wildcard) product.kind = Kind::single;
    // Each name of a dv order is proven by events of its own.
    const std::int64_t most = product.level == Level::dv ? 4 : 20;
    product.names_max = product.kind == Kind::multi ? random.between(2, most) : 1;
    product.term_years = static_cast<std::int64_t>(random.weighted({70, 20, 10})) + 1;
    product.brand = kBrands[random.below(std::size(kBrands))];
    return product;
}

events::Money make_price(Random& random, const events::Product& product) {
    const std::int64_t level = product.level == Level::dv ? 900 : product.level == Level::ov ? 7'900 : 19'900;
    const std::int64_t minor = level * product.term_years * product.names_max + random.between(0, 99);
    events::Money price{minor, {}};
    const std::size_t currency = random.weighted({60, 35, 5});
    if (currency == 1) price.currency.code = {'E', 'U', 'R'};
    if (currency == 2) price.currency.code = {'J', 'P', 'Y'};
    return price;
}

std::vector<events::DomainName> make_names(Random& random, const events::Product& product) {
    const std::string base = base_name(random);
    if (product.kind == Kind::wildcard) return {plain("*." + base)};
    std::vector<events::DomainName> names{host_of(random, base)};
    if (product.kind == Kind::single) return names;
    const auto wanted = static_cast<std::size_t>(random.between(2, product.names_max));
    while (names.size() < wanted) {
        events::DomainName name = host_of(random, random.percent(80) ? base : base_name(random));
        const bool known = std::any_of(names.begin(), names.end(),
                                       [&](const auto& held) { return held.ascii == name.ascii; });
        if (!known) names.push_back(std::move(name));
    }
    return names;
}

const char* make_cause(Random& random) {
    constexpr const char* causes[] = {"no TXT record at the name",
                                      "connection timed out",
                                      "the response is not the token",
                                      "SERVFAIL from the name's servers",
                                      "the order does not match the register",
                                      "the CA answered 503"};
    return causes[random.below(std::size(causes))];
}

const char* make_actor(Random& random) {
    constexpr const char* actors[] = {"certledger", "worker-1", "worker-2", "ada", "grace", "desk"};
    return actors[random.below(std::size(actors))];
}

std::vector<events::DomainName> foreign_labels() {
    std::vector<events::DomainName> labels;
    for (const auto& label : kForeign) labels.push_back({label.ascii, label.unicode});
    return labels;
}

}  // namespace certledger::bench

#include <certledger/store/name_print.hpp>
#include <cstring>
#include <random>

namespace certledger::store {
namespace {

struct Key {
    std::uint64_t low = 0;
    std::uint64_t high = 0;
};

Key draw_key() {
    std::random_device device;
    const auto draw = [&] { return std::uint64_t{device()} << 32U | device(); };
    return {draw(), draw()};
}

std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
    __extension__ using Wide = unsigned __int128;
    const Wide product = static_cast<Wide>(a) * b;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64U);
}

}  // namespace

NamePrint print_of(std::string_view name) {
    static const Key key = draw_key();
    NamePrint print{key.low ^ name.size(), key.high + name.size()};
    const auto take = [&](std::uint64_t word) {
        print.low = mix(print.low ^ word, key.high | 1U);
        print.high = mix(print.high + word, key.low | 1U);
    };
    std::uint64_t word = 0;
    for (; name.size() >= sizeof word; name.remove_prefix(sizeof word)) {
        std::memcpy(&word, name.data(), sizeof word);
        take(word);
    }
    word = 0;
    for (const char octet : name) word = word << 8U | static_cast<unsigned char>(octet);
    take(word);
    return {mix(print.low, key.low | 1U), mix(print.high, key.high | 1U)};
}

}  // namespace certledger::store

#include <certledger/events/contract.hpp>
#include <certledger/store/tlog/entry_bundle.hpp>
#include <string>

namespace certledger::store::tlog {

Result<void> append_entry(events::Bytes& bundle, std::span<const std::uint8_t> record) {
    if (record.size() > largest_entry) {
        return fail(ErrorKind::invalid_input, "log entry: " + std::to_string(record.size()) +
                                                  " bytes, at most 65535 fit an entry bundle");
    }
    bundle.push_back(static_cast<std::uint8_t>(record.size() >> 8U));
    bundle.push_back(static_cast<std::uint8_t>(record.size()));
    bundle.insert(bundle.end(), record.begin(), record.end());
    return {};
}

Result<std::vector<std::span<const std::uint8_t>>> split_entry_bundle(std::span<const std::uint8_t> bundle,
                                                                      std::size_t width) {
    CERTLEDGER_CHECK(width >= 1 && width <= 256);
    std::vector<std::span<const std::uint8_t>> records;
    records.reserve(width);
    while (!bundle.empty() && records.size() < width) {
        const std::size_t size = bundle.size() < 2 ? 0 : bundle[0] * std::size_t{256} + bundle[1];
        if (bundle.size() < 2 || bundle.size() - 2 < size) {
            return fail(ErrorKind::damaged,
                        "entry bundle: entry " + std::to_string(records.size()) + " runs over the end");
        }
        records.push_back(bundle.subspan(2, size));
        bundle = bundle.subspan(2 + size);
    }
    if (records.size() != width || !bundle.empty()) {
        return fail(ErrorKind::damaged, "entry bundle: holds " + std::to_string(records.size()) +
                                            " entries and " + std::to_string(bundle.size()) +
                                            " bytes more, must be exactly " + std::to_string(width) +
                                            " entries");
    }
    return records;
}

}  // namespace certledger::store::tlog

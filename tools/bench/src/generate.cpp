#include <certledger/tools/bench/generate.hpp>

#include <certledger/store/lmdb/lmdb_store.hpp>
#include <certledger/tools/bench/workload.hpp>
#include <certledger/tools/engine/record_keys.hpp>
#include <chrono>
#include <filesystem>
#include <future>

namespace certledger::bench {
namespace {

namespace fs = std::filesystem;
using store::lmdb::LmdbStore;

/// invalid_input unless the folder can be made into a ledger.
Result<void> check_free(const std::string& folder) {
    std::error_code why;
    const auto status = fs::status(folder, why);
    if (status.type() == fs::file_type::not_found) return {};
    if (why) return fail(ErrorKind::outside, folder + ": " + why.message());
    if (!fs::is_directory(status)) return fail(ErrorKind::invalid_input, folder + ": it is no folder");
    if (!fs::is_empty(folder, why))
        return fail(ErrorKind::invalid_input, folder + ": the folder must be empty or not there");
    return {};
}

std::uint64_t octets_of(const store::Append& append) {
    std::uint64_t octets = 0;
    for (const auto& record : append.records) {
        octets += events::kEnvelopeSize + events::kChecksumSize + record.stream.value.size() +
                  record.actor.size() + record.account.size() + record.command.size() +
                  record.correlation.size() + record.payload.size();
    }
    return octets;
}

}  // namespace

Result<GenerateReport> generate(const GenerateOptions& options) {
    // Time runs backwards from a fixed day: more would begin before the rules of a new ledger do.
    if (options.certificates > kMostCertificates) {
        return fail(ErrorKind::invalid_input, "certificates: " + std::to_string(options.certificates) +
                                                  ", must be at most " + std::to_string(kMostCertificates));
    }
    if (auto free = check_free(options.folder); !free) return tl::make_unexpected(free.error());
    const auto begun = std::chrono::steady_clock::now();
    store::lmdb::LmdbStoreOptions log_options;
    log_options.keys_of = &engine::record_keys;
    auto log = LmdbStore::create(fs::path(options.folder) / "log", log_options);
    if (!log) return tl::make_unexpected(log.error());

    Workload workload({options.seed, options.certificates});
    GenerateReport report;
    store::Append append;
    // The next append is made up while this one is written.
    std::future<Result<std::vector<store::Stored>>> writing;
    store::Append in_writing;
    const auto finish = [&]() -> Result<void> {
        if (!writing.valid()) return {};
        if (auto written = writing.get(); !written) return tl::make_unexpected(written.error());
        return {};
    };
    for (bool more = true; more;) {
        workload.recycle(append.records);
        append.records.reserve(options.records_per_append + 64);
        more = workload.next(append.records, options.records_per_append);
        if (auto written = finish(); !written) return tl::make_unexpected(written.error());
        if (!more) break;
        report.records += append.records.size();
        report.octets += octets_of(append);
        std::swap(append, in_writing);
        writing = std::async(std::launch::async, [&] { return (*log)->append(in_writing); });
        if (options.progress) options.progress(workload.certificates(), options.certificates);
    }
    report.certificates = workload.certificates();
    report.open = workload.open();
    auto tree = (*log)->tree_head((*log)->head().position);
    if (!tree) return tl::make_unexpected(tree.error());
    report.tree = *tree;
    const auto stats = (*log)->stats();
    if (!stats) return tl::make_unexpected(stats.error());
    report.log_octets = stats->pages * stats->page_size;
    log->reset();
    report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
    return report;
}

}  // namespace certledger::bench

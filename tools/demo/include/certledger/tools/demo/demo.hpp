// Role: the whole lifecycle on real input: real names, real requests and certificates, real HTTP fetches over
// the loopback interface, the embedded authority, and time that is simulated, so that a year passes in
// seconds.
#pragma once

#include <certledger/events/result.hpp>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace certledger::demo {

struct Options {
    std::string folder;                     ///< Gets `ledger/`, `ca/` and `targets/`; made when missing.
    std::vector<std::string> names;         ///< Host names, as somebody would type them.
    std::vector<std::string> certificates;  ///< Files with certificates to take in: PEM or DER.
    /// Told after every step: what is being done, how much of it, of how much.
    std::function<void(const std::string& label, std::uint64_t done, std::uint64_t total)> progress;
};

/// What happened, counted by the demo itself and not read out of the views.
struct Report {
    std::uint64_t quotas = 0;
    std::uint64_t ordered = 0;
    std::uint64_t uploaded = 0;
    std::uint64_t issued = 0;
    std::uint64_t deployed = 0;
    std::uint64_t renewed = 0;
    std::uint64_t revoked = 0;
    std::uint64_t expired = 0;
    std::uint64_t deleted = 0;
    std::uint64_t refused = 0;          ///< Commands that a rule refused, on purpose.
    std::uint64_t fetches = 0;          ///< Names proven over HTTP.
    std::vector<std::string> left_out;  ///< Input that could not be used, and why.
    std::string example;                ///< Id of a certificate with a full life, to look at.
};

/// The names that the program ships.
[[nodiscard]] std::vector<std::string> shipped_names();

/// Reads one name a line; empty lines and lines that start with `#` are skipped. invalid_input: the file does
/// not read, is larger than 16 MiB, or holds no name.
[[nodiscard]] Result<std::vector<std::string>> read_names(const std::string& path);

/// The certificates of a folder (every regular file in it) or of one file, with paths in order of name; for
/// an empty path the machine's own bundle of authorities, nothing when it has none.
[[nodiscard]] Result<std::vector<std::string>> certificate_files(const std::string& path);

/// Runs the demo. invalid_input: the folder holds a ledger already. Every step is durable when it was
/// answered: a run that is killed leaves a ledger that holds them all. Errors are those of the ledger.
[[nodiscard]] Result<Report> run(const Options& options);

}  // namespace certledger::demo

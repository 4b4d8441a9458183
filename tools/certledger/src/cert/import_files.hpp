// Role: what is found in the files of an import: certificates and keys, whatever the form, and what is wrong
// with the rest.
#pragma once

#include <certledger/adapters/openssl/certificate.hpp>
#include <certledger/events/result.hpp>

#include <string>
#include <utility>
#include <vector>

#include "output/output.hpp"

namespace certledger::cli {

struct FoundFile {
    std::string file;
    std::vector<adapters::openssl::CertificateFacts> certificates;
    std::vector<std::string> faults;  ///< One for each part that does not read.
    bool other = false;               ///< Of no form that is read.
};

struct Found {
    std::vector<FoundFile> files;
    std::vector<adapters::openssl::PrivateKey>
        keys;  ///< Of all files: a key may be in another than its certificate.
};

/// Reads a file, or every file below a folder, in the order of their names. A PEM text may be of any length
/// up to 64 MiB and one bad block does not cost the others; a DER file or container is at most
/// kMaxInputOctets. invalid_input: the path or the password file does not read.
[[nodiscard]] Result<Found> read_import(const std::string& path, const std::string& password_file,
                                        Output& out);

}  // namespace certledger::cli

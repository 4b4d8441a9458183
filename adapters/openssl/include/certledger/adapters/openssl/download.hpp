// Role: the files of each download format; packing several into one archive is the caller's work.
#pragma once

#include <certledger/adapters/openssl/key.hpp>
#include <certledger/adapters/secret/secret_bytes.hpp>
#include <certledger/events/digest.hpp>
#include <certledger/events/enums.hpp>
#include <certledger/events/result.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace certledger::adapters::openssl {

/// What is handed out. The pointers must live through the call only.
struct DownloadContents {
    const events::Bytes* certificate_der = nullptr;
    std::vector<events::Bytes> chain_der;  ///< Issuing CA first; without the root.
    const PrivateKey* key = nullptr;       ///< Null when no key is held.
    std::string_view password;             ///< For pfx, iis, tomcat, jks; not empty there.
    bool for_old_windows = false;          ///< iis: triple DES, which Windows Server 2016 and older need.
    std::string_view base_name;  ///< File name without extension: letters, digits, `.`, `-`, `_`, `*`.
};

/// The files of one format, in a fixed order:
///   nginx   `B.pem` (certificate and chain), `B.key` when a key is held
///   apache  `B.crt`, `B-chain.crt`, `B.key` when a key is held
///   pem     `B.pem`: key when held, certificate, chain in one text
///   der     `B.cer`, `B.key.der` (PKCS#8) when a key is held
///   pfx, tomcat  `B.pfx`: PKCS#12 with AES-256
///   iis     `B.pfx` and `B-password.txt`; with AES-256 unless `for_old_windows`
///   jks     `B.jks`: a PKCS#12 keystore, which Java reads under this name since version 9 (JEP 229)
/// A leading `*` of the base name becomes `_`. invalid_input: a format that needs a key without one, an empty
/// password, a certificate that does not parse, a key that does not belong to it.
[[nodiscard]] Result<std::vector<SecretFile>> download_files(events::DownloadFormat format,
                                                             const DownloadContents& contents);

/// Whether the format is handed out as one archive of several files (nginx, apache, iis).
[[nodiscard]] bool is_archive(events::DownloadFormat format) noexcept;

}  // namespace certledger::adapters::openssl

#include <certledger/adapters/openssl/certificate.hpp>
#include <certledger/adapters/openssl/download.hpp>
#include <certledger/adapters/openssl/pkcs12.hpp>
#include <certledger/events/contract.hpp>
#include <utility>

#include "handles.hpp"

namespace certledger::adapters::openssl {

namespace {

using Files = std::vector<SecretFile>;
using events::DownloadFormat;

std::string chain_text(const DownloadContents& contents) {
    std::string text;
    for (const events::Bytes& der : contents.chain_der) {
        text += certificate_pem(der);
    }
    return text;
}

SecretFile text_file(std::string name, std::string_view text) {
    return {std::move(name), SecretBytes::copy_of(text)};
}

Files nginx_files(const std::string& base, const DownloadContents& contents) {
    Files files;
    files.push_back(
        text_file(base + ".pem", certificate_pem(*contents.certificate_der) + chain_text(contents)));
    if (contents.key != nullptr) {
        files.push_back({base + ".key", contents.key->pem()});
    }
    return files;
}

Files apache_files(const std::string& base, const DownloadContents& contents) {
    Files files;
    files.push_back(text_file(base + ".crt", certificate_pem(*contents.certificate_der)));
    files.push_back(text_file(base + "-chain.crt", chain_text(contents)));
    if (contents.key != nullptr) {
        files.push_back({base + ".key", contents.key->pem()});
    }
    return files;
}

Files pem_files(const std::string& base, const DownloadContents& contents) {
    SecretBytes text = contents.key != nullptr ? contents.key->pem() : SecretBytes();
    text.append(certificate_pem(*contents.certificate_der) + chain_text(contents));
    Files files;
    files.push_back({base + ".pem", std::move(text)});
    return files;
}

Files der_files(const std::string& base, const DownloadContents& contents) {
    Files files;
    files.push_back(
        {base + ".cer", SecretBytes::copy_of(std::span<const std::uint8_t>(*contents.certificate_der))});
    if (contents.key != nullptr) {
        files.push_back({base + ".key.der", contents.key->pkcs8().clone()});
    }
    return files;
}

Result<Files> keystore_files(DownloadFormat format, const std::string& base,
                             const DownloadContents& contents) {
    if (contents.key == nullptr) {
        return refuse("download: format " + std::string(events::to_name(format)) +
                      " needs the private key, none is held");
    }
    if (contents.password.empty()) {
        return refuse("download: format " + std::string(events::to_name(format)) + " needs a password");
    }
    const bool iis = format == DownloadFormat::iis;
    auto container =
        make_pfx(*contents.key, *contents.certificate_der, contents.chain_der, contents.password, base,
                 iis && contents.for_old_windows ? PfxEncryption::triple_des_sha1 : PfxEncryption::aes_256);
    if (!container) {
        return tl::make_unexpected(container.error());
    }
    Files files;
    files.push_back({base + (format == DownloadFormat::jks ? ".jks" : ".pfx"), std::move(*container)});
    if (iis) {
        files.push_back(text_file(base + "-password.txt", contents.password));
    }
    return files;
}

}  // namespace

bool is_archive(DownloadFormat format) noexcept {
    return format == DownloadFormat::nginx || format == DownloadFormat::apache ||
           format == DownloadFormat::iis;
}

Result<Files> download_files(DownloadFormat format, const DownloadContents& contents) {
    CERTLEDGER_CHECK(contents.certificate_der != nullptr && !contents.base_name.empty());
    const auto facts = read_certificate(*contents.certificate_der);
    if (!facts) {
        return tl::make_unexpected(facts.error());
    }
    if (contents.key != nullptr && !contents.key->matches(facts->key.spki)) {
        return refuse("download: the private key does not belong to the certificate");
    }
    std::string base(contents.base_name);
    if (base.front() == '*') {
        base.front() = '_';  // no shell pattern as a file name
    }
    switch (format) {
        case DownloadFormat::nginx:
            return nginx_files(base, contents);
        case DownloadFormat::apache:
            return apache_files(base, contents);
        case DownloadFormat::pem:
            return pem_files(base, contents);
        case DownloadFormat::der:
            return der_files(base, contents);
        case DownloadFormat::pfx:
        case DownloadFormat::iis:
        case DownloadFormat::tomcat:
        case DownloadFormat::jks:
            return keystore_files(format, base, contents);
    }
    return refuse("download: unknown format");
}

}  // namespace certledger::adapters::openssl

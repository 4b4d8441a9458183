#include <catch2/catch.hpp>
#include <certledger/adapters/openssl/certificate.hpp>
#include <certledger/adapters/openssl/download.hpp>
#include <certledger/adapters/openssl/embedded_ca.hpp>
#include <certledger/adapters/openssl/pkcs12.hpp>
#include <string>

#include "../support/vectors.hpp"

using namespace certledger;
using namespace certledger::adapters::openssl;
using events::DownloadFormat;

namespace {

struct Issued {
    PrivateKey key = generate_key(events::KeyAlgorithm::ec_p256);
    events::Bytes leaf;
    events::Bytes issuer;

    Issued() {
        const auto now = events::Instant::from_seconds(1'767'225'600);
        const auto ca = EmbeddedCa::create("Test", now);
        LeafRequest request;
        request.spki = key.facts().spki;
        request.dns_names = {"*.example.com"};
        request.not_before = now;
        request.not_after = now.plus_seconds(90 * events::kSecondsPerDay);
        leaf = *ca->issue(request);
        issuer = ca->intermediate_der();
    }
    [[nodiscard]] DownloadContents contents() const {
        DownloadContents contents;
        contents.certificate_der = &leaf;
        contents.chain_der = {issuer};
        contents.key = &key;
        contents.password = "s3cret";
        contents.base_name = "*.example.com";
        return contents;
    }
};

std::vector<std::string> names_of(const std::vector<adapters::SecretFile>& files) {
    std::vector<std::string> names;
    for (const auto& file : files) names.push_back(file.name);
    return names;
}

}  // namespace

TEST_CASE("each download format holds its files") {
    const Issued issued;
    const auto files_of = [&](DownloadFormat format) {
        auto files = download_files(format, issued.contents());
        REQUIRE(files);
        return std::move(*files);
    };
    using Names = std::vector<std::string>;
    CHECK(names_of(files_of(DownloadFormat::nginx)) == Names{"_.example.com.pem", "_.example.com.key"});
    CHECK(names_of(files_of(DownloadFormat::apache)) ==
          Names{"_.example.com.crt", "_.example.com-chain.crt", "_.example.com.key"});
    CHECK(names_of(files_of(DownloadFormat::iis)) ==
          Names{"_.example.com.pfx", "_.example.com-password.txt"});
    CHECK(names_of(files_of(DownloadFormat::tomcat)) == Names{"_.example.com.pfx"});
    CHECK(names_of(files_of(DownloadFormat::jks)) == Names{"_.example.com.jks"});

    const auto nginx = files_of(DownloadFormat::nginx);
    const auto bundle = read_bundle(nginx[0].bytes.octets());
    REQUIRE(bundle);
    REQUIRE(bundle->certificates.size() == 2);
    CHECK(bundle->certificates[0].der == issued.leaf);
    CHECK(bundle->certificates[1].der == issued.issuer);
    CHECK(bundle->keys.empty());
    CHECK(PrivateKey::read(nginx[1].bytes.octets())->facts().spki == issued.key.facts().spki);

    const auto pem = read_bundle(files_of(DownloadFormat::pem)[0].bytes.octets());
    REQUIRE(pem);
    CHECK(pem->certificates.size() == 2);
    CHECK(pem->keys.size() == 1);
    const auto der = files_of(DownloadFormat::der);
    CHECK(names_of(der) == Names{"_.example.com.cer", "_.example.com.key.der"});
    CHECK(read_certificate(der[0].bytes.octets())->der == issued.leaf);
    CHECK(PrivateKey::read(der[1].bytes.octets())->facts().spki == issued.key.facts().spki);
    for (const auto format : {DownloadFormat::pfx, DownloadFormat::jks, DownloadFormat::iis}) {
        const auto container = read_pkcs12(files_of(format)[0].bytes.octets(), "s3cret");
        REQUIRE(container);
        CHECK(container->keys.size() == 1);
        CHECK(container->certificates.size() == 2);
    }
}

TEST_CASE("without a key, formats that need one are refused and the others leave it out") {
    const Issued issued;
    DownloadContents contents = issued.contents();
    contents.key = nullptr;
    for (const auto format :
         {DownloadFormat::pfx, DownloadFormat::iis, DownloadFormat::tomcat, DownloadFormat::jks}) {
        CHECK_FALSE(download_files(format, contents));
    }
    CHECK(download_files(DownloadFormat::nginx, contents)->size() == 1);
    CHECK(download_files(DownloadFormat::apache, contents)->size() == 2);
    CHECK(download_files(DownloadFormat::der, contents)->size() == 1);
    CHECK(download_files(DownloadFormat::pem, contents)->at(0).bytes.text().find("PRIVATE") ==
          std::string_view::npos);
    const PrivateKey other = generate_key(events::KeyAlgorithm::ec_p256);
    contents.key = &other;
    CHECK_FALSE(download_files(DownloadFormat::nginx, contents));
    contents.key = &issued.key;
    contents.password = "";
    CHECK_FALSE(download_files(DownloadFormat::pfx, contents));
}

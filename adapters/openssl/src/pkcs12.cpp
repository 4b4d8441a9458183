#include <openssl/err.h>
#include <openssl/provider.h>

#include <certledger/adapters/openssl/pkcs12.hpp>
#include <certledger/events/contract.hpp>
#include <string>
#include <utility>

#include "certificate_access.hpp"
#include "handles.hpp"
#include "key_access.hpp"

namespace certledger::adapters::openssl {

namespace {

constexpr std::int64_t kMaxRounds = 5'000'000;
constexpr int kMaxNesting = 8;
constexpr std::size_t kMaxPassword = 1024;

using SafeContents =
    std::unique_ptr<STACK_OF(PKCS7),
                    decltype([](STACK_OF(PKCS7) * stack) { sk_PKCS7_pop_free(stack, PKCS7_free); })>;
using Bags = std::unique_ptr<STACK_OF(PKCS12_SAFEBAG), decltype([](STACK_OF(PKCS12_SAFEBAG) * stack) {
                                 sk_PKCS12_SAFEBAG_pop_free(stack, PKCS12_SAFEBAG_free);
                             })>;

/// A library context of its own: the legacy ciphers must not become available to the rest of the program.
OSSL_LIB_CTX* reading_context() {
    static OSSL_LIB_CTX* const context = [] {
        OSSL_LIB_CTX* made = OSSL_LIB_CTX_new();
        CERTLEDGER_CHECK(made != nullptr && OSSL_PROVIDER_load(made, "default") != nullptr);
        OSSL_PROVIDER_load(made, "legacy");  // RC2 is then unreadable if it is not installed
        ERR_clear_error();
        return made;
    }();
    return context;
}

/// A password as OpenSSL's functions want it: a null pointer and an empty text are two different passwords.
struct Password {
    const char* text;
    int size;
};

/// What the key derivation of one encrypted part would cost; -1 when its parameters do not parse.
std::int64_t rounds_of(const X509_ALGOR* algorithm) {
    const ASN1_OBJECT* object = nullptr;
    int type = 0;
    const void* parameter = nullptr;
    X509_ALGOR_get0(&object, &type, &parameter, algorithm);
    if (type != V_ASN1_SEQUENCE) {
        return -1;
    }
    const auto* sequence = static_cast<const ASN1_STRING*>(parameter);
    const std::span<const std::uint8_t> der(ASN1_STRING_get0_data(sequence),
                                            static_cast<std::size_t>(ASN1_STRING_length(sequence)));
    std::int64_t rounds = -1;
    if (OBJ_obj2nid(object) != NID_pbes2) {
        const auto simple = from_der<Handle<PBEPARAM, PBEPARAM_free>, d2i_PBEPARAM>(der);
        return simple && ASN1_INTEGER_get_int64(&rounds, simple->iter) == 1 ? rounds : -1;
    }
    const auto scheme = from_der<Handle<PBE2PARAM, PBE2PARAM_free>, d2i_PBE2PARAM>(der);
    if (!scheme) {
        return -1;
    }
    X509_ALGOR_get0(&object, &type, &parameter, scheme->keyfunc);
    if (OBJ_obj2nid(object) != NID_id_pbkdf2 || type != V_ASN1_SEQUENCE) {
        return OBJ_obj2nid(object) == NID_id_scrypt ? 1'000'000
                                                    : -1;  // OpenSSL bounds scrypt's memory to 32 MiB
    }
    const auto* inner = static_cast<const ASN1_STRING*>(parameter);
    const auto derivation = from_der<Handle<PBKDF2PARAM, PBKDF2PARAM_free>, d2i_PBKDF2PARAM>(
        {ASN1_STRING_get0_data(inner), static_cast<std::size_t>(ASN1_STRING_length(inner))});
    return derivation && ASN1_INTEGER_get_int64(&rounds, derivation->iter) == 1 ? rounds : -1;
}

/// Reads one container; keeps the count of key derivation rounds that hostile parameters may ask for.
class Reader {
  public:
    explicit Reader(Password password) : password_(password) {}

    Result<Bundle> read(const PKCS12* container);
    /// Counts rounds against the limit of the whole container.
    [[nodiscard]] bool afford(std::int64_t rounds) {
        if (rounds < 0 || rounds > kMaxRounds - spent_) {
            return false;
        }
        spent_ += rounds;
        return true;
    }
    void set_password(Password password) { password_ = password; }

  private:
    Result<void> take_contents(const PKCS7* contents);
    Result<void> take_bags(const STACK_OF(PKCS12_SAFEBAG) * bags, int depth);
    Result<void> take_bag(const PKCS12_SAFEBAG* bag, int depth);
    Result<void> take_certificate(const PKCS12_SAFEBAG* bag);
    Result<void> take_key(const PKCS8_PRIV_KEY_INFO* info);
    void take_name(const PKCS12_SAFEBAG* bag);

    Password password_;
    std::int64_t spent_ = 0;
    Bundle bundle_;
};

tl::unexpected<Error> too_expensive() {
    return refuse("PKCS#12: key derivation with malformed parameters or more than 5000000 rounds");
}

Result<Bundle> Reader::read(const PKCS12* container) {
    const SafeContents safes(PKCS12_unpack_authsafes(container));
    if (!safes) {
        return refuse("PKCS#12: its contents do not parse");
    }
    for (int i = 0; i < sk_PKCS7_num(safes.get()); ++i) {
        if (auto taken = take_contents(sk_PKCS7_value(safes.get(), i)); !taken) {
            return tl::make_unexpected(taken.error());
        }
    }
    return std::move(bundle_);
}

Result<void> Reader::take_contents(const PKCS7* contents) {
    auto* part = const_cast<PKCS7*>(contents);
    Bags bags;
    if (PKCS7_type_is_data(part)) {
        bags.reset(PKCS12_unpack_p7data(part));
    } else if (PKCS7_type_is_encrypted(part)) {
        if (part->d.encrypted == nullptr || part->d.encrypted->enc_data == nullptr ||
            !afford(rounds_of(part->d.encrypted->enc_data->algorithm))) {
            return too_expensive();
        }
        bags.reset(PKCS12_unpack_p7encdata(part, password_.text, password_.size));
    } else {
        return refuse("PKCS#12: holds a part that is neither plain nor encrypted with a password");
    }
    if (!bags) {
        return refuse(
            "PKCS#12: a part cannot be decrypted or does not parse (RC2 needs OpenSSL's legacy provider)");
    }
    return take_bags(bags.get(), 0);
}

Result<void> Reader::take_bags(const STACK_OF(PKCS12_SAFEBAG) * bags, int depth) {
    for (int i = 0; i < sk_PKCS12_SAFEBAG_num(bags); ++i) {
        if (auto taken = take_bag(sk_PKCS12_SAFEBAG_value(bags, i), depth); !taken) {
            return taken;
        }
    }
    return {};
}

Result<void> Reader::take_bag(const PKCS12_SAFEBAG* bag, int depth) {
    switch (PKCS12_SAFEBAG_get_nid(bag)) {
        case NID_certBag:
            return take_certificate(bag);
        case NID_keyBag:
            take_name(bag);
            return take_key(PKCS12_SAFEBAG_get0_p8inf(bag));
        case NID_pkcs8ShroudedKeyBag: {
            const X509_ALGOR* algorithm = nullptr;
            const ASN1_OCTET_STRING* octets = nullptr;
            X509_SIG_get0(PKCS12_SAFEBAG_get0_pkcs8(bag), &algorithm, &octets);
            if (!afford(rounds_of(algorithm))) {
                return too_expensive();
            }
            const Pkcs8Handle info(
                PKCS12_decrypt_skey_ex(bag, password_.text, password_.size, reading_context(), nullptr));
            if (!info) {
                return refuse("PKCS#12: a private key cannot be decrypted with this password");
            }
            take_name(bag);
            return take_key(info.get());
        }
        case NID_safeContentsBag:
            // Deeper nests serve nobody; they are passed over, as their contents were never counted on.
            return depth < kMaxNesting ? take_bags(PKCS12_SAFEBAG_get0_safes(bag), depth + 1)
                                       : Result<void>();
        default:
            return {};  // CRLs and secrets
    }
}

Result<void> Reader::take_certificate(const PKCS12_SAFEBAG* bag) {
    if (PKCS12_SAFEBAG_get_bag_nid(bag) != NID_x509Certificate) {
        return {};
    }
    const CertificateHandle certificate(PKCS12_SAFEBAG_get1_cert(bag));
    if (!certificate) {
        return refuse("PKCS#12: a certificate in it does not parse");
    }
    auto facts = certificate_facts(certificate.get());
    if (!facts) {
        return tl::make_unexpected(facts.error());
    }
    if (bundle_.certificates.size() >= kMaxBundleEntries) {
        return refuse("PKCS#12: more than 1000 certificates in it");
    }
    bundle_.certificates.push_back(std::move(*facts));
    take_name(bag);
    return {};
}

Result<void> Reader::take_key(const PKCS8_PRIV_KEY_INFO* info) {
    const int size = i2d_PKCS8_PRIV_KEY_INFO(const_cast<PKCS8_PRIV_KEY_INFO*>(info), nullptr);
    if (size <= 0 || bundle_.keys.size() >= kMaxBundleEntries) {
        return refuse("PKCS#12: a private key in it does not parse, or there are more than 1000");
    }
    SecretBytes der(static_cast<std::size_t>(size));
    std::uint8_t* cursor = der.data();
    i2d_PKCS8_PRIV_KEY_INFO(const_cast<PKCS8_PRIV_KEY_INFO*>(info), &cursor);
    auto key = PrivateKey::read(der.octets());
    if (!key) {
        return tl::make_unexpected(key.error());
    }
    bundle_.keys.push_back(std::move(*key));
    return {};
}

void Reader::take_name(const PKCS12_SAFEBAG* bag) {
    const OpensslMemory<char> name(PKCS12_get_friendlyname(const_cast<PKCS12_SAFEBAG*>(bag)));
    if (name) {
        bundle_.friendly_names.emplace_back(name.get());
    }
}

/// What the integrity check costs: one round where it does not say.
std::int64_t mac_rounds(const PKCS12* container) {
    const ASN1_INTEGER* iterations = nullptr;
    PKCS12_get0_mac(nullptr, nullptr, nullptr, &iterations, container);
    std::int64_t rounds = 1;
    return iterations == nullptr || ASN1_INTEGER_get_int64(&rounds, iterations) == 1 ? rounds : -1;
}

/// Which form of the password the integrity check accepts; writers disagree about the empty one.
bool verify_mac(PKCS12* container, std::string& password, Password& accepted) {
    accepted = {password.c_str(), static_cast<int>(password.size())};
    if (PKCS12_verify_mac(container, accepted.text, accepted.size) == 1) {
        return true;
    }
    if (!password.empty()) {
        return false;
    }
    accepted = {nullptr, 0};
    return PKCS12_verify_mac(container, nullptr, 0) == 1;
}

}  // namespace

Result<Bundle> read_pkcs12(std::span<const std::uint8_t> der, std::string_view password) {
    if (der.empty() || der.size() > kMaxInputOctets || password.size() > kMaxPassword) {
        return refuse("PKCS#12: must be 1 to 1048576 octets, its password at most 1024");
    }
    // d2i into an object made with the context: what is unpacked from it inherits the context.
    PKCS12* target = PKCS12_init_ex(NID_pkcs7_data, reading_context(), nullptr);
    const std::uint8_t* cursor = der.data();
    const Pkcs12Handle container(d2i_PKCS12(&target, &cursor, static_cast<long>(der.size())));
    if (!container || cursor != der.data() + der.size()) {
        return refuse("PKCS#12: does not parse");
    }
    const bool has_mac = PKCS12_mac_present(container.get()) == 1;
    if (!has_mac && !password.empty()) {
        return refuse(
            "PKCS#12: has no integrity check that could tell a wrong password; only the empty one is taken");
    }
    Reader reader({});
    if (has_mac && !reader.afford(mac_rounds(container.get()))) {
        return too_expensive();
    }
    std::string terminated(password);
    Password accepted{terminated.c_str(), 0};
    if (has_mac && !verify_mac(container.get(), terminated, accepted)) {
        wipe(terminated);
        return refuse("PKCS#12: wrong password, or the container was changed");
    }
    reader.set_password(accepted);
    auto bundle = reader.read(container.get());
    wipe(terminated);
    ERR_clear_error();
    return bundle;
}

Result<SecretBytes> make_pfx(const PrivateKey& key, std::span<const std::uint8_t> certificate_der,
                             const std::vector<events::Bytes>& chain_der, std::string_view password,
                             std::string_view friendly_name, PfxEncryption encryption) {
    const auto certificate = from_der<CertificateHandle, d2i_X509>(certificate_der);
    if (!certificate || password.size() > kMaxPassword) {
        return refuse("PKCS#12: the certificate does not parse, or the password is longer than 1024 octets");
    }
    if (!key.matches(to_der<i2d_X509_PUBKEY>(X509_get_X509_PUBKEY(certificate.get())))) {
        return refuse("PKCS#12: the private key does not belong to the certificate");
    }
    using Certificates =
        std::unique_ptr<STACK_OF(X509),
                        decltype([](STACK_OF(X509) * stack) { sk_X509_pop_free(stack, X509_free); })>;
    const Certificates chain(sk_X509_new_null());
    for (const events::Bytes& der : chain_der) {
        auto issuer = from_der<CertificateHandle, d2i_X509>(der);
        if (!issuer || sk_X509_push(chain.get(), issuer.get()) <= 0) {
            return refuse("PKCS#12: a certificate of the chain does not parse");
        }
        static_cast<void>(issuer.release());
    }
    const bool old = encryption == PfxEncryption::triple_des_sha1;
    const int cipher = old ? NID_pbe_WithSHA1And3_Key_TripleDES_CBC : NID_aes_256_cbc;
    const PkeyHandle pair = KeyAccess::handle(key);
    std::string secret(password);
    const std::string name(friendly_name);
    constexpr int kRounds = 100'000;
    // -1: no integrity check yet; it is set below with the digest of the chosen form.
    const Pkcs12Handle container(PKCS12_create(secret.c_str(), name.c_str(), pair.get(), certificate.get(),
                                               chain.get(), cipher, cipher, kRounds, -1, 0));
    const bool sealed = container && PKCS12_set_mac(container.get(), secret.c_str(), -1, nullptr, 0, kRounds,
                                                    old ? EVP_sha1() : EVP_sha256()) == 1;
    wipe(secret);
    if (!sealed) {
        return refuse(
            "PKCS#12: the container cannot be made with this certificate and password (UTF-8 is needed)");
    }
    const int size = i2d_PKCS12(container.get(), nullptr);
    CERTLEDGER_CHECK(size > 0);
    SecretBytes der(static_cast<std::size_t>(size));
    std::uint8_t* cursor = der.data();
    i2d_PKCS12(container.get(), &cursor);
    return der;
}

}  // namespace certledger::adapters::openssl

#include "cert/application.hpp"

namespace certledger::cli {
namespace {

constexpr std::size_t kMaxPersonalFile = 16'384;
constexpr std::size_t kMaxRequestFile = 1U << 20U;

Result<std::optional<domain::Contact>> contact_of(const ApplicationInput& in) {
    if (in.contact_file.empty()) return in.contact;
    const auto text = read_text_file(in.contact_file, kMaxPersonalFile);
    if (!text) return tl::make_unexpected(text.error());
    auto contact = contact_from_string(*text);
    if (!contact) {
        return fail(ErrorKind::invalid_input,
                    "contact file " + in.contact_file +
                        ": must hold \"NAME <MAIL> PHONE\" or a JSON object with name, mail, "
                        "phone");
    }
    return contact;
}

Result<std::optional<domain::Company>> company_of(const ApplicationInput& in) {
    domain::Company company{in.company_name, in.company_country, in.company_registration, in.company_address};
    if (!in.company_file.empty()) {
        const auto text = read_text_file(in.company_file, kMaxPersonalFile);
        if (!text) return tl::make_unexpected(text.error());
        auto read = company_from_string(*text);
        if (!read) {
            return fail(ErrorKind::invalid_input,
                        "company file " + in.company_file +
                            ": must hold a JSON object with name, country, registration, address");
        }
        company = std::move(*read);
    }
    if (company == domain::Company{}) return std::optional<domain::Company>();
    return std::optional(std::move(company));
}

}  // namespace

bool ApplicationInput::any() const {
    return validation || contact || !contact_file.empty() || company_name || company_country ||
           company_registration || company_address || !company_file.empty() || key || !csr_file.empty() ||
           key_sha256;
}

void describe_application(Command& verb, ApplicationInput& in) {
    verb.choice<events::ValidationMethod>("--validation", "How control of the names is proven (ov, ev: mail)",
                                          in.validation);
    verb.option("--contact", "CONTACT", "\"Ada <ada@example.com> +44123456\"",
                into(in.contact, contact_from_string, "must be \"NAME <MAIL> PHONE\""));
    verb.option("--contact-file", "FILE", "The contact from a file, which no process list shows",
                into(in.contact_file))
        .path();
    verb.option("--company-name", "NAME", "ov, ev: the company", into(in.company_name));
    verb.option("--company-country", "CC", "ov, ev: its country", into(in.company_country));
    verb.option("--company-registration", "NUMBER", "ov, ev: its registration number",
                into(in.company_registration));
    verb.option("--company-address", "ADDRESS", "ov, ev: its address", into(in.company_address));
    verb.option("--company-file", "FILE", "The company as a JSON object", into(in.company_file)).path();
    verb.option("--key", "ALGORITHM", "Make the key here and hold it (default: ec-p256)", into(in.key))
        .choices(names_of<events::KeyAlgorithm>());
    verb.option("--csr", "FILE", "Own request; no key is held", into(in.csr_file)).path();
    verb.option("--key-sha256", "HEX", "Digest of a public key held elsewhere",
                into(in.key_sha256, events::digest_from_hex, "must be 64 hexadecimal digits"));
}

template <class T>
Result<void> fill_application(const ApplicationInput& in, T& command) {
    command.validation = in.validation;
    auto contact = contact_of(in);
    if (!contact) return tl::make_unexpected(std::move(contact.error()));
    command.contact = std::move(*contact);
    auto company = company_of(in);
    if (!company) return tl::make_unexpected(std::move(company.error()));
    command.company = std::move(*company);
    command.key = in.key;
    command.key_sha256 = in.key_sha256;
    if (!in.csr_file.empty()) {
        auto csr = read_text_file(in.csr_file, kMaxRequestFile);
        if (!csr) return tl::make_unexpected(std::move(csr.error()));
        command.csr = std::move(*csr);
    }
    if (!command.key && !command.csr && !command.key_sha256) {
        command.key = std::string(events::to_name(events::KeyAlgorithm::ec_p256));
    }
    return {};
}

template Result<void> fill_application(const ApplicationInput&, domain::SubmitApplication&);
template Result<void> fill_application(const ApplicationInput&, domain::CreateCertificate&);

}  // namespace certledger::cli

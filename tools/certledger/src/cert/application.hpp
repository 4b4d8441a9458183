// Role: the options of an application, shared by `cert apply`, `cert create --quick-issue` and `cert renew`.
#pragma once

#include <certledger/domain/commands.hpp>

#include "args/values.hpp"

namespace certledger::cli {

struct ApplicationInput {
    std::optional<events::ValidationMethod> validation;
    std::optional<domain::Contact> contact;
    std::string contact_file;
    std::optional<std::string> company_name;
    std::optional<std::string> company_country;
    std::optional<std::string> company_registration;
    std::optional<std::string> company_address;
    std::string company_file;
    std::optional<std::string> key;
    std::string csr_file;
    std::optional<events::Digest> key_sha256;

    /// Whether anything of an application was given.
    [[nodiscard]] bool any() const;
};

void describe_application(Command& verb, ApplicationInput& in);

/// Fills in the fields of the command; a key is made here (ec-p256) when nothing is said about one.
/// invalid_input: a file cannot be read or holds something else.
template <class T>
[[nodiscard]] Result<void> fill_application(const ApplicationInput& in, T& command);

}  // namespace certledger::cli

#include "content_digest.hpp"

#include <algorithm>
#include <certledger/adapters/openssl/hash.hpp>
#include <certledger/adapters/secret/secret_bytes.hpp>

namespace certledger::engine {
namespace {

using events::Bytes;
using events::CanonicalWriter;

void wipe(std::string& text) { adapters::wipe(text); }
void wipe(domain::Contact& contact) {
    for (auto* member : {&contact.name, &contact.mail, &contact.phone}) {
        if (*member) wipe(**member);
    }
}
void wipe(domain::Company& company) {
    for (auto* member : {&company.name, &company.country, &company.registration, &company.address}) {
        if (*member) wipe(**member);
    }
}

/// Moves a member's encoding out of the command.
template <class Member>
void take(std::optional<Member>& member, Bytes& personal) {
    CanonicalWriter(personal).write(member);
    if (!member) return;
    wipe(*member);
    member.reset();
}

/// Whether the command has members that must not be guessed from its digest.
struct HasPersonal {
    bool operator()(const domain::SubmitApplication& c) const { return c.contact || c.company; }
    bool operator()(const domain::CreateCertificate& c) const { return c.contact || c.company; }
    bool operator()(const domain::UploadCertificate& c) const { return c.private_key_pem.has_value(); }
    template <class Other>
    bool operator()(const Other&) const {
        return false;
    }
};

struct TakePersonal {
    Bytes& personal;
    void operator()(domain::SubmitApplication& c) const {
        take(c.contact, personal);
        take(c.company, personal);
    }
    void operator()(domain::CreateCertificate& c) const {
        take(c.contact, personal);
        take(c.company, personal);
    }
    void operator()(domain::UploadCertificate& c) const { take(c.private_key_pem, personal); }
    template <class Other>
    void operator()(Other&) const {}
};

void write(const domain::Command& command, Bytes& out) {
    CanonicalWriter writer(out);
    writer.write(domain::type_of(command));
    std::visit([&](const auto& held) { writer.write(held); }, command);
}

}  // namespace

Result<Content> content_of(const domain::Command& command, const std::optional<events::Instant>& occurred_at,
                           Secrets& secrets) {
    Bytes bytes;
    bytes.reserve(256);
    std::size_t hidden = 0;
    if (std::visit(HasPersonal{}, command)) {
        domain::Command rest = command;
        Bytes personal;
        std::visit(TakePersonal{personal}, rest);
        const auto digest = secrets.keyed_digest(personal);
        hidden = personal.size();
        adapters::wipe(personal.data(), personal.size());
        if (!digest) return tl::make_unexpected(digest.error());
        write(rest, bytes);
        CanonicalWriter(bytes).write(*digest);
    } else {
        write(command, bytes);
    }
    CanonicalWriter(bytes).write(occurred_at);
    const events::Digest whole = adapters::openssl::sha256(bytes);
    Content content;
    std::copy_n(whole.begin(), content.digest.size(), content.digest.begin());
    content.octets = bytes.size() + hidden;
    return content;
}

}  // namespace certledger::engine

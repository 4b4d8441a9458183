#include <algorithm>
#include <certledger/domain/commands.hpp>

namespace certledger::domain {

Command::Command() = default;
Command::Command(const Command& other) = default;
Command::Command(Command&& other) noexcept = default;
Command& Command::operator=(const Command& other) = default;
Command& Command::operator=(Command&& other) noexcept = default;
Command::~Command() = default;

bool operator==(const Command& left, const Command& right) {
    return static_cast<const CommandVariant&>(left) == static_cast<const CommandVariant&>(right);
}

CommandType type_of(const Command& command) {
    return std::visit([](const auto& held) { return std::remove_cvref_t<decltype(held)>::kType; }, command);
}

std::string target_text(std::string_view target) {
    const auto kind = target.substr(0, target.find(':'));
    const auto path = target.substr(std::min(target.size(), kind.size() + 1));
    const bool named = !kind.empty() && kind.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") ==
                                            std::string_view::npos;
    if (!named || !path.starts_with('/') || path.starts_with("//")) return std::string(target);
    std::string tidied = std::string(kind) + ":";
    for (std::size_t at = 0; at < path.size();) {
        const std::size_t end = std::min(path.find('/', at), path.size());
        const auto part = path.substr(at, end - at);
        if (!part.empty() && part != ".") tidied.append("/").append(part);
        at = end + 1;
    }
    return tidied.size() > kind.size() + 1 ? tidied : tidied + "/";
}

namespace {

struct NormalForm {
    static void leave_out(std::optional<bool>& flag) {
        if (flag == false) flag.reset();
    }
    void operator()(CreateCertificate& c) const { leave_out(c.quick_issue); }
    void operator()(DeployCertificate& c) const {
        c.target = target_text(c.target);
        leave_out(c.force);
    }
    void operator()(RecordDeployment& c) const { c.target = target_text(c.target); }
    void operator()(RenewCertificate& c) const {
        if (c.pays == Pays{}) c.pays.reset();
    }
    void operator()(DeleteCertificate& c) const { leave_out(c.force); }
    void operator()(AdoptPolicy& c) const {
        if (c.scope == PolicyScope::account) c.scope.reset();
    }
    template <class Other>
    void operator()(Other&) const {}
};

}  // namespace

void to_normal_form(Command& command) {
    std::visit([](auto& held) { NormalForm{}(held); }, command);
}

}  // namespace certledger::domain

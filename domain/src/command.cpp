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

}  // namespace certledger::domain

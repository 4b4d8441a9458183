// Role: contract checks that stay on in every build. A failed check is a bug of this program, never bad
// input.
#pragma once

#include <stdexcept>
#include <string>

namespace certledger {

/// Thrown by CERTLEDGER_CHECK; the program ends with exit code 70.
class ContractViolation : public std::logic_error {
  public:
    using std::logic_error::logic_error;
};

[[noreturn]] inline void contract_violated(const char* condition, const char* file, int line) {
    throw ContractViolation(std::string("contract violated: ") + condition + " at " + file + ":" +
                            std::to_string(line));
}

}  // namespace certledger

/// Throws ContractViolation unless the condition holds. Always on.
#define CERTLEDGER_CHECK(condition) \
    ((condition) ? static_cast<void>(0) : ::certledger::contract_violated(#condition, __FILE__, __LINE__))

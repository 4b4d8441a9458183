// Role: the one way in which a function of certledger says that it could not do its work.
//
// Three kinds of failure, kept apart throughout:
//   * `Error` in a `Result`: the caller can act on it; nothing has changed unless the function says
//   otherwise.
//   * `OutcomeUnknown` (thrown): an I/O error during a commit or a damaged page; whether the change happened
//   can
//     only be told by opening the ledger again. Caught at the worker loop and in main.
//   * `ContractViolation` (thrown by CERTLEDGER_CHECK in contract.hpp): a bug in this program.
// Refusals by a rule of the domain are values of their own (domain::Refusal).
#pragma once

#include <stdexcept>
#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace certledger {

/// What a caller can do about an error. Each kind has its own exit code in the program.
enum class ErrorKind {
    invalid_input,  ///< The caller's input is wrong; the same input fails again. Exit 2.
    not_found,      ///< The named thing does not exist. Exit 3.
    damaged,        ///< Stored data or a proof does not hold. Exit 4.
    outside,        ///< The world outside failed (CA, network, disk full); may be tried again. Exit 5.
    conflict,       ///< Somebody else was faster, also after retries. Exit 6.
};

/// An error that a caller can act on. `message` is one sentence that names field, value and rule; it never
/// holds a key, a password or a contact datum.
struct Error {
    ErrorKind kind = ErrorKind::invalid_input;
    std::string message;

    friend bool operator==(const Error&, const Error&) = default;
};

template <class T>
using Result = tl::expected<T, Error>;

/// Shorthand for returning an error from a function that returns a Result.
[[nodiscard]] inline tl::unexpected<Error> fail(ErrorKind kind, std::string message) {
    return tl::make_unexpected(Error{kind, std::move(message)});
}

/// Thrown when it cannot be known whether a change happened. The process must open the ledger anew to find
/// out.
class OutcomeUnknown : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

}  // namespace certledger

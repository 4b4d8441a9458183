// Role: gathers what does not hold: the first findings in full, the rest as numbers.
#pragma once

#include <certledger/tools/audit/verify.hpp>
#include <string>

#include "repeats.hpp"

namespace certledger::audit {

/// In any order; what is kept does not hang on it. Memory does not grow with the log. Not thread-safe.
class Findings {
  public:
    /// Into the report, whose head is known.
    explicit Findings(VerifyReport& report) : report_(report) {}

    void add(store::Position position, std::string message);
    /// Nothing is added afterwards.
    void finish();

  private:
    void shorten();

    VerifyReport& report_;
    Repeats bad_;  ///< Positions: each may be told of several times, and long after others.
    store::Position last_bad_ = 0;
};

}  // namespace certledger::audit

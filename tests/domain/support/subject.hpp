// Role: the domain as the model's tests see it: requests in, answers out, in the model's plain types. Keeps
// the domain's headers out of the tests, which then compile in seconds.
#pragma once

#include <memory>
#include <set>
#include <string>

#include "model/model.hpp"

namespace certledger::testing {

class Subject {
  public:
    Subject();
    Subject(const Subject& other);
    Subject& operator=(Subject other);
    ~Subject();

    /// What the domain answers; an accepted command is folded. `broken` is a sentence when decide() caused
    /// what the machine forbids or evolve() did not take, or when it refused without a code's due (order of
    /// the allowed list, internal commands in it).
    struct Told {
        model::Answer answer;
        std::string broken;
    };
    Told run(const model::Request& request);

    [[nodiscard]] std::string describe_certificate(const std::string& id) const;
    [[nodiscard]] std::string describe_quota(const std::string& id) const;
    [[nodiscard]] std::set<std::string> certificates() const;
    [[nodiscard]] std::set<std::string> quotas() const;

    /// Empty, or a sentence: the log replayed from its encoded octets, one by one and in batches of streams,
    /// gives the same states; money is conserved; quotas balance; nothing follows a deletion; the first event
    /// decides the account; encodings are unique.
    [[nodiscard]] std::string fault() const;

  private:
    struct Inside;
    std::unique_ptr<Inside> inside_;
};

/// Empty when lifecycle::next says of every status and event what the model's table says.
[[nodiscard]] std::string table_fault();

}  // namespace certledger::testing

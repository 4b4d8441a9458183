// Role: random but plausible courses of commands, for those who embed the engine and want to try their own
// part of it against every rule.
//
//     certledger::testing::CommandSource source(seed);
//     certledger::model::Model model;
//     for (;;) {
//         const auto request = source.next(model);   // what could well be asked now
//         const auto expected = model.run(request);  // what the specification says
//         ... give it to your program, compare ...
//     }
//
// Two accounts, a handful of certificates at a time, three quotas, products of every level and kind. Time
// mostly goes forward, with jumps to the instants at which rules change their answer, to the second. Most
// requests are sensible next steps; some are not (wrong status, unknown ids, another account's ids, bad
// names, missing fields). The same seed gives the same requests on every machine.
#pragma once

#include <rapidcheck.h>

#include <certledger/testing/generators.hpp>

#include "model/model.hpp"

namespace certledger::testing {

class CommandSource {
  public:
    explicit CommandSource(std::uint64_t seed);

    /// A request that makes sense, or nearly does, after what the model has seen.
    [[nodiscard]] model::Request next(const model::Model& model);

  private:
    using Model = model::Model;
    using Request = model::Request;
    using Certificate = model::Certificate;

    [[nodiscard]] bool percent(std::uint64_t chance) { return random_.below(100) < chance; }
    [[nodiscard]] std::string any(std::initializer_list<const char*> list);
    [[nodiscard]] std::int64_t between(std::int64_t low, std::int64_t high);

    void advance(const Model& model);
    [[nodiscard]] std::vector<std::int64_t> boundaries(const Model& model) const;
    [[nodiscard]] std::string some_certificate(const Model& model);
    [[nodiscard]] std::string fresh_certificate(const Model& model);
    [[nodiscard]] std::string next_step(const Model& model, const std::string& id);
    [[nodiscard]] model::Product product();
    [[nodiscard]] model::Amount price();
    [[nodiscard]] std::vector<std::string> names_for(const model::Product& product);
    [[nodiscard]] std::string key_of(const Certificate& certificate);

    void fill(Request& r, const Model& model);
    void fill_order(Request& r, const Model& model);
    void fill_application(Request& r, const model::Product& product, const std::vector<std::string>& names);
    void fill_review(Request& r, const Certificate& certificate);
    void fill_issue(Request& r, const Certificate& certificate, const Model& model);
    void fill_renewal(Request& r, const Certificate& certificate, const Model& model);
    void fill_revocation(Request& r, const Certificate& certificate);
    void fill_policy(Request& r);

    Random random_;
    std::int64_t now_;
    int count_ = 0;
};

/// Courses of up to `longest` commands for RapidCheck; a failing one shrinks by leaving commands out.
[[nodiscard]] rc::Gen<std::vector<model::Request>> courses(std::size_t longest);

}  // namespace certledger::testing

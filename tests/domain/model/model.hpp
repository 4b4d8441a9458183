// Role: the rules once more, written from the specification alone, to be compared with the domain's. It
// shares no code and no type with the domain: where both misunderstand, they misunderstand apart.
//
// A Model is a regular value: a copy is another course of the same history.
#pragma once

#include <map>
#include <set>

#include "model/ascii_names.hpp"
#include "model/request.hpp"

namespace certledger::model {

/// An event that a command causes. `detail` tells what the rules computed, in a fixed short form.
struct Caused {
    std::string type;
    std::string stream;
    std::string detail;
    friend bool operator==(const Caused&, const Caused&) = default;
};

struct Answer {
    bool ok = false;
    std::vector<Caused> events;
    std::string code;
    std::string field;                  ///< Compared where not empty.
    std::optional<std::string> status;  ///< In a refusal.
    std::vector<std::string> allowed;
    bool situation_known = true;  ///< False: nothing is said about status and allowed (faults of form).
    bool allowed_known = true;    ///< False: the page does not say what is allowed (quotas, policies).
};

struct Validation {
    bool succeeded = false;
    std::int64_t at = 0;
};

struct Target {
    bool started = false;         ///< Announced and not yet answered.
    bool last_succeeded = false;  ///< The last outcome was success.
    bool ever_deployed = false;
};

struct Certificate {
    std::string account;
    std::int64_t first_at = 0;
    std::string status;
    bool uploaded = false, key_held = false;
    std::optional<Product> product;
    std::vector<std::string> names;
    std::string quota;
    std::int64_t unit = 0;
    Amount payment;
    std::int64_t paid_at = 0, term_end = 0;
    bool paid_by_term = false;
    std::string predecessor, successor;

    std::string validation, application_key;
    std::optional<std::int64_t> mail_at, organization_at;
    std::map<std::string, Validation> validations;

    std::optional<std::int64_t> issued_at;
    std::int64_t not_before = 0, not_after = 0;
    std::string sha256;

    bool hosted = false, requested = false, confirmed = false;
    std::string revocation_reason;
    std::string refund = "none";
    Amount refund_amount;
    std::map<std::string, Target> targets;
};

enum class Unit : std::uint8_t { free, used, given_back };

struct Quota {
    std::string account;
    std::int64_t first_at = 0;
    Product product;
    Amount price;
    std::vector<Unit> units;
    std::int64_t consumed = 0, returned = 0, refunded = 0;
};

struct Adopted {
    Policy policy;
    std::string stream;
    std::int64_t version = 0;
};

class Model {
  public:
    Model();

    /// Answers the command; an accepted one changes the model.
    Answer run(const Request& request);

    [[nodiscard]] const std::map<std::string, Certificate>& certificates() const { return certificates_; }
    [[nodiscard]] const std::map<std::string, Quota>& quotas() const { return quotas_; }
    /// Targets that the certificate serves.
    [[nodiscard]] std::vector<std::string> served(const std::string& certificate) const;
    [[nodiscard]] std::vector<std::string> allowed(const std::string& certificate) const;
    [[nodiscard]] const Adopted& policy(const std::string& account, const std::string& kind,
                                        std::int64_t at) const;
    [[nodiscard]] std::int64_t days(const std::string& account, const std::string& kind,
                                    std::int64_t at) const;

    /// What views show of it, in a fixed short form.
    [[nodiscard]] std::string describe_certificate(const std::string& id) const;
    [[nodiscard]] std::string describe_quota(const std::string& id) const;

  private:
    struct Refused {
        std::string code;
        std::string field = {};
    };
    using Fault = std::optional<Refused>;

    // Checks, in the order of ruling 6.
    [[nodiscard]] static Fault shape(const Request& r);
    [[nodiscard]] static Fault application_shape(const Request& r);
    [[nodiscard]] static Fault issue_shape(const Request& r);
    [[nodiscard]] static Fault policy_shape(const Policy& policy);
    [[nodiscard]] std::optional<Answer> existence(const Request& r) const;
    [[nodiscard]] bool table_allows(const Request& r, const Certificate& c) const;
    [[nodiscard]] Fault guards(const Request& r) const;
    [[nodiscard]] Fault too_early(const Request& r) const;

    // Guards of single commands.
    [[nodiscard]] static Fault names_fit(const Product& product, const std::vector<std::string>& names);
    [[nodiscard]] static Fault application_complete(const Request& r, const Product& product,
                                                    const std::vector<std::string>& names);
    [[nodiscard]] Fault refund_quota_guards(const Request& r) const;
    [[nodiscard]] Fault review_guards(const Request& r, const Certificate& c) const;
    [[nodiscard]] Fault issue_guards(const Request& r, const Certificate& c) const;
    [[nodiscard]] Fault upload_guards(const Request& r) const;
    [[nodiscard]] Fault deploy_guards(const Request& r, const Certificate& c) const;
    [[nodiscard]] Fault record_deployment_guards(const Request& r, const Certificate& c) const;
    [[nodiscard]] Fault renew_guards(const Request& r, const Certificate& c) const;
    [[nodiscard]] Fault revocation_guards(const Request& r, const Certificate& c) const;
    [[nodiscard]] Fault refund_guards(const Request& r, const Certificate& c) const;
    [[nodiscard]] Fault delete_guards(const Request& r, const Certificate& c) const;
    [[nodiscard]] Fault policy_guards(const Request& r) const;
    [[nodiscard]] bool renewed(const Certificate& c) const;
    [[nodiscard]] bool fingerprint_known(const std::string& account, const std::string& sha256) const;

    // What accepted commands do.
    std::vector<Caused> apply(const Request& r);
    std::vector<Caused> apply_quota(const Request& r);
    std::vector<Caused> apply_order(const Request& r);
    std::vector<Caused> apply_review(const Request& r, Certificate& c);
    std::vector<Caused> apply_issue(const Request& r, Certificate& c);
    std::vector<Caused> apply_deployment(const Request& r, Certificate& c);
    std::vector<Caused> apply_renewal(const Request& r);
    std::vector<Caused> apply_end(const Request& r, Certificate& c);
    Caused apply_policy(const Request& r);
    Caused submit(const Request& r, const std::string& id);
    Caused consume(const std::string& quota, const std::string& certificate, Certificate& c);
    Caused ordered(const std::string& id, const Certificate& c, bool from_quota) const;
    Caused decide_refund(const Request& r, Certificate& c, const std::string& stream, bool by_ca) const;

    [[nodiscard]] std::string id_of(const Request& r) const;
    [[nodiscard]] Answer refuse(const Request& r, const Refused& refused) const;

    std::map<std::string, Certificate> certificates_;
    std::map<std::string, Quota> quotas_;
    std::map<std::string, std::vector<Adopted>> policies_;                      // by stream
    std::map<std::string, std::int64_t> policy_first_;                          // by stream
    std::map<std::pair<std::string, std::string>, std::string> target_holder_;  // account, target
};

/// The table of domain.md section 2: the status after the event; nothing when it must not follow. An empty
/// status stands for "no stream yet".
[[nodiscard]] std::optional<std::string> after(const std::string& status, const std::string& event);

[[nodiscard]] std::string money_text(const Amount& amount);
[[nodiscard]] std::string list_text(const std::vector<std::string>& items);
[[nodiscard]] bool blank(const std::optional<std::string>& text);

}  // namespace certledger::model

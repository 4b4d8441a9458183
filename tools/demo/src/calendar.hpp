// Role: what happens to whom, and when. Every tenth order takes the same course. Private to the demo.
#pragma once

#include <string>
#include <vector>

#include "stage.hpp"

namespace certledger::demo {

enum class Course {
    renewed_by_term,    ///< Quota, deployed; the paid year outlives the certificate.
    revoked_in_window,  ///< Quota, deployed; revoked after ten days, refunded and paid.
    revoked_late,       ///< Bought, own request; revoked after 45 days, nothing back.
    renewed_by_quota,   ///< Two names.
    organization,       ///< ov: mail and organisation; left to expire.
    second_try,         ///< The proof is not there at first.
    rejected,           ///< Rejected, corrected, submitted again; hosted.
    withdrawn,          ///< Withdrawn, submitted again; expires and is deleted.
    never_issued,       ///< Given up: refund or a stall.
    renewed_by_price,   ///< Quick issue; a command is refused while it is hosted.
};
inline constexpr int kCourses = 10;

struct Order {
    std::string name;  ///< As typed.
    events::CertificateId id;
    Course course = Course::renewed_by_term;
    bool even = false;  ///< Every other one of a course, where a course forks.
};

/// The orders for a list of names; those that cannot be ordered are reported and left out.
[[nodiscard]] std::vector<Order> make_orders(const std::vector<std::string>& names, Report& report);

// The acts, in the order of time. Each does its part for one order and nothing for an order of another
// course.
[[nodiscard]] Result<void> buy_quotas(Stage& stage, const std::vector<Order>& orders);
[[nodiscard]] Result<void> order_and_apply(Stage& stage, const Order& order);
[[nodiscard]] Result<void> validate_and_issue(Stage& stage, const Order& order);
[[nodiscard]] Result<void> deploy(Stage& stage, const Order& order, const std::string& targets);
[[nodiscard]] Result<void> revoke_early(Stage& stage, const Order& order);
[[nodiscard]] Result<void> revoke_late(Stage& stage, const Order& order);
[[nodiscard]] Result<void> renew(Stage& stage, const Order& order);
[[nodiscard]] Result<void> clean_up(Stage& stage, const Order& order);

}  // namespace certledger::demo

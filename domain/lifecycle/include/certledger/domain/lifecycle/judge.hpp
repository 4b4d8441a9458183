// Role: the lifecycle machine itself, asked each time. What judges events is the table that was read out of
// it (machine.hpp); this is for the proof that both agree, and for measuring what the table gains.
#pragma once

#include <certledger/domain/lifecycle/machine.hpp>

namespace certledger::lifecycle {

/// What next() answers, from the Boost.MSM machine of the calling thread.
[[nodiscard]] std::optional<Status> ask_machine(std::optional<Status> from, EventType event) noexcept;

}  // namespace certledger::lifecycle

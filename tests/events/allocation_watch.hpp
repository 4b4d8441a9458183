// Role: tells how large the greatest single allocation was, to show that counts from outside reserve nothing.
#pragma once

#include <cstddef>

namespace certledger::testing {

/// Watches this thread's operator new while it lives; one at a time.
class AllocationWatch {
  public:
    AllocationWatch();
    ~AllocationWatch();
    AllocationWatch(const AllocationWatch&) = delete;
    AllocationWatch& operator=(const AllocationWatch&) = delete;

    [[nodiscard]] std::size_t greatest() const;
};

}  // namespace certledger::testing

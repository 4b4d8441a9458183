#include "allocation_watch.hpp"

#include <algorithm>
#include <cstdlib>
#include <new>

namespace {

thread_local bool watching = false;
thread_local std::size_t greatest_size = 0;

}  // namespace

// All forms that end in a plain delete: sanitizers check that each pair comes from one allocator.
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
    if (watching) greatest_size = std::max(greatest_size, size);
    return std::malloc(size == 0 ? 1 : size);
}
void* operator new(std::size_t size) {
    if (void* const memory = ::operator new(size, std::nothrow)) return memory;
    throw std::bad_alloc();
}
void operator delete(void* memory, const std::nothrow_t&) noexcept { std::free(memory); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace certledger::testing {

AllocationWatch::AllocationWatch() {
    greatest_size = 0;
    watching = true;
}
AllocationWatch::~AllocationWatch() { watching = false; }
std::size_t AllocationWatch::greatest() const { return greatest_size; }

}  // namespace certledger::testing

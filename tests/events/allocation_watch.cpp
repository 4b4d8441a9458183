#include "allocation_watch.hpp"

#include <algorithm>
#include <cstdlib>
#include <new>

namespace {

thread_local bool watching = false;
thread_local std::size_t greatest_size = 0;

}  // namespace

void* operator new(std::size_t size) {
    if (watching) greatest_size = std::max(greatest_size, size);
    if (void* const memory = std::malloc(size == 0 ? 1 : size)) return memory;
    throw std::bad_alloc();
}
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

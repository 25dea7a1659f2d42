#include <cstdlib>

#include "secret-memory.hpp"

namespace zkclear {

void* takeMemory(size_t bytes) noexcept { return std::aligned_alloc(64, bytes); }

void returnMemory(void* data, size_t) noexcept { std::free(data); }

}  // namespace zkclear

#include <cstdlib>
#include "secret-memory.hpp"

namespace zkclear {

void* take_memory(size_t bytes) noexcept {
  return std::aligned_alloc(64, bytes);
}

void return_memory(void* data, size_t) noexcept {
  std::free(data);
}

}  // namespace zkclear

#include "secret-memory.hpp"

#include "memory.hpp"

namespace zkclear {

namespace {

size_t rounded(size_t bytes) { return (bytes + 63) / 64 * 64; }

}  // namespace

void* takeSecret(size_t bytes) noexcept { return bytes == 0 ? nullptr : takeMemory(rounded(bytes)); }

void releaseSecret(void* data, size_t bytes) noexcept {
  if (data == nullptr) return;
  wipe(data, rounded(bytes));
  returnMemory(data, rounded(bytes));
}

__attribute__((noinline)) void wipeStack() noexcept {
  // Deeper than a proof's calls go, whose working memory is not on the stack; a thread may have as little as 128 KB.
  char below[48 << 10];
  wipe(below, sizeof below);
}

}  // namespace zkclear

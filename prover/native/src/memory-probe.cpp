// Takes the place of system-memory.cpp in the tests' addon.
#include "memory-probe.hpp"

#include <cstdlib>

#include "secret-memory.hpp"

namespace zkclear {

namespace memoryProbe {
Counts counts;
}
using memoryProbe::counts;

void* takeMemory(size_t bytes) noexcept {
  if (counts.grants-- == 0) return nullptr;
  void* const data = std::aligned_alloc(64, bytes);
  if (data == nullptr) return nullptr;
  counts.taken++;
  counts.bytes += bytes;
  const uint64_t live = counts.live += bytes;
  for (uint64_t peak = counts.peak; peak < live && !counts.peak.compare_exchange_weak(peak, live);) continue;
  return data;
}

void returnMemory(void* data, size_t bytes) noexcept {
  const auto* const at = static_cast<const uint8_t*>(data);
  uint64_t unwiped = 0;
  for (size_t i = 0; i < bytes; i++) unwiped += at[i] != 0;
  counts.unwiped += unwiped;
  counts.live -= bytes;
  counts.returned++;
  std::free(data);
}

}  // namespace zkclear

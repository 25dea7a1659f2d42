// What became of secret memory, for tests.
#pragma once
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace zkclear::memoryProbe {

struct Counts {
  /** How often memory was handed out and came back, and its bytes. */
  std::atomic<uint64_t> taken, returned, bytes;
  /** Bytes that are out now, and the most that were since somebody asked. */
  std::atomic<uint64_t> live, peak;
  /** Bytes that came back without having been wiped. */
  std::atomic<uint64_t> unwiped;
  /** So many more requests are granted, then one is refused. */
  std::atomic<int64_t> grants{INT64_MAX};
};

extern Counts counts;

}  // namespace zkclear::memoryProbe

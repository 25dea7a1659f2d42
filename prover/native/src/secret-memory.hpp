// Memory for what is computed from a witness. Declarations only, so that code for any CPU may include it.
#pragma once
#include <cstddef>

namespace zkclear {

/** Aligned to 64 bytes, uninitialised; null if there is none, or for no bytes. */
void* takeSecret(size_t bytes) noexcept;
/** Overwrites with zeros and frees. Null is allowed. */
void releaseSecret(void* data, size_t bytes) noexcept;

/**
 * Where secret memory comes from and goes to, in multiples of 64 bytes. The tests' addon has its own, which checks that
 * what comes back is wiped.
 */
void* takeMemory(size_t bytes) noexcept;
void returnMemory(void* data, size_t bytes) noexcept;

/** Overwrites what calls that have returned left on the calling thread's stack. */
void wipeStack() noexcept;

}  // namespace zkclear

// Blinding factors from the operating system.
#pragma once
#include <unistd.h>
#if defined(__APPLE__)
#include <sys/random.h>
#endif
#include <stdexcept>

#include "field.hpp"

namespace zkclear {

/**
 * Uniform below the scalar field's order. Throws std::runtime_error if the operating system has no randomness to give.
 */
inline Fr randomScalar() {
  for (;;) {
    Fr scalar;
    // On Linux this is getrandom(2), which waits until the kernel's generator is seeded.
    if (getentropy(&scalar, sizeof scalar) != 0) throw std::runtime_error("the operating system gives no random bytes");
    scalar.w[3] >>= 2;
    if (portable::isCanonical(scalar)) return scalar;
  }
}

}  // namespace zkclear

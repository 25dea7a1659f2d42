// Dispatch paths by the names that JavaScript has for them.
#pragma once
#include <string>

#include "kernels.hpp"

namespace zkclear {

/** Null for a path that this machine cannot run, or that there is none of. */
inline const Kernels* findKernels(const std::string& name) {
  if (name == "ifma") return ifmaKernels();
  if (name == "adx") return adxKernels();
  if (name == "portable") return &portableKernels();
  return nullptr;
}

}  // namespace zkclear

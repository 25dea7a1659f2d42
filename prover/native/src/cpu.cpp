#include "cpu.hpp"

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace zkclear {

#if defined(__x86_64__)

namespace {

bool findAdx() {
  // Not __builtin_cpu_supports: not every clang knows ADX by name.
  unsigned a, b, c, d;
  const bool isKnown = __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0;
  return isKnown && (b & bit_BMI2) && (b & bit_ADX);
}

bool findIfma() {
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
         __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
         __builtin_cpu_supports("avx512ifma");
}

}  // namespace

// Asked once: in a virtual machine the question takes longer than a hash.
bool hasAdx() {
  static const bool has = findAdx();
  return has;
}

bool hasIfma() {
  static const bool has = findIfma();
  return has;
}

#else

bool hasAdx() { return false; }
bool hasIfma() { return false; }

#endif

}  // namespace zkclear

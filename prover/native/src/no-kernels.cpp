// Stands in for the kernels that a build leaves out.
#include "kernels.hpp"

namespace zkclear {

#ifndef ZK_HAS_ADX
const Kernels* adxKernels() { return nullptr; }
#endif
#ifndef ZK_HAS_IFMA
const Kernels* ifmaKernels() { return nullptr; }
#endif

}  // namespace zkclear

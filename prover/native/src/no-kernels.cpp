// Stands in for the kernels that a build leaves out.
#include "kernels.hpp"

namespace zkclear {

#ifndef ZK_HAS_ADX
const Kernels* adx_kernels() {
  return nullptr;
}
#endif
#ifndef ZK_HAS_IFMA
const Kernels* ifma_kernels() {
  return nullptr;
}
#endif

}  // namespace zkclear

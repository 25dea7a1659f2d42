// The kernels in plain 64-bit arithmetic. Compiled twice: for any CPU, and with ZK_ADX for those with carry chains.
#include "kernels.hpp"
#include <cstring>
#include "batch-add.hpp"
#include "ntt.hpp"

namespace zkclear {
namespace ZK_PATH {

/// Points stay in the file's form.
template <class Point>
void copy_points(const Point* in, Point* out, size_t count) {
  if (in != out) std::memcpy(out, in, count * sizeof(Point));
}

constexpr Kernels kernels{
    ZK_NAME(ZK_PATH),   copy_points<AffineG1>, copy_points<AffineG1>, copy_points<AffineG2>,
    copy_points<AffineG2>, add_batch<Fq>,      add_batch<Fq2>,        make_tables,
    free_tables,        ntt_step,              join,
};

}  // namespace ZK_PATH

#ifdef ZK_ADX
const Kernels* adx_kernels() {
  return __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("adx") ? &ZK_PATH::kernels : nullptr;
}
#else
const Kernels& portable_kernels() {
  return ZK_PATH::kernels;
}
#endif

}  // namespace zkclear

// The kernels in plain 64-bit arithmetic. Compiled twice: for any CPU, and with ZK_ADX for those with carry chains.
#include "kernels.hpp"
#include <cstring>
#include "baby-jubjub.hpp"
#include "batch-add.hpp"
#include "ntt.hpp"
#include "poseidon.hpp"
#ifdef ZK_ADX
#include <cpuid.h>
#endif

namespace zkclear {
namespace ZK_PATH {

/// Points stay in the file's form.
template <class Point>
void copy_points(const Point* in, Point* out, size_t count) {
  if (in != out) std::memcpy(out, in, count * sizeof(Point));
}

template <class F>
void weigh(const Affine<F>* once, const Affine<F>* weighted, size_t count, unsigned shift, Affine<F>* out) {
  Xyzz<F> running, total;
  for (size_t k = count; k-- > 0;) {
    running = add(running, to_xyzz(weighted[k]));
    if (k > 0) total = add(total, running);
  }
  for (unsigned i = 0; i < shift; i++) total = dbl(total);
  if (once != weighted) {
    running = {};
    for (size_t k = 0; k < count; k++) running = add(running, to_xyzz(once[k]));
  }
  *out = to_affine(add(total, running));
}

void multiply_rows(const uint32_t* offsets, const Term* terms, const Fr* coefficients, const Fr* witness, Fr* out,
                   size_t begin, size_t end) {
  for (size_t row = begin; row < end; row++) {
    Fr plain{}, scaled{};
    for (uint32_t at = offsets[row]; at < offsets[row + 1]; at++) {
      const auto [wire, coefficient] = terms[at];
      if (coefficient == 0) {
        plain = add(plain, witness[wire]);
      } else if (coefficient == 1) {
        plain = sub(plain, witness[wire]);
      } else {
        scaled = add(scaled, mul(coefficients[coefficient], witness[wire]));
      }
    }
    out[row] = add(scaled, to_montgomery(plain));
  }
}

constexpr Kernels make_kernels() {
  Kernels k{};
  k.name = ZK_NAME(ZK_PATH);
  k.import_g1 = k.export_g1 = copy_points<AffineG1>;
  k.import_g2 = k.export_g2 = copy_points<AffineG2>;
  k.add_g1 = add_batch<Fq>;
  k.add_g2 = add_batch<Fq2>;
  k.weigh_g1 = weigh<Fq>;
  k.weigh_g2 = weigh<Fq2>;
  k.multiply_rows = multiply_rows;
  k.make_tables = make_tables;
  k.free_tables = free_tables;
  k.quotient = quotient;
  k.poseidon = poseidon;
  k.multiply_baby_jubjub = multiply_baby_jubjub;
  return k;
}

constexpr Kernels kernels = make_kernels();

}  // namespace ZK_PATH

#ifdef ZK_ADX
const Kernels* adx_kernels() {
  // Not __builtin_cpu_supports: not every clang knows ADX by name.
  unsigned a, b, c, d;
  const bool isKnown = __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0;
  return isKnown && (b & bit_BMI2) && (b & bit_ADX) ? &ZK_PATH::kernels : nullptr;
}
#else
const Kernels& portable_kernels() {
  return ZK_PATH::kernels;
}
#endif

}  // namespace zkclear

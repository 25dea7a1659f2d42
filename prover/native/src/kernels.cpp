// The kernels in plain 64-bit arithmetic. Compiled twice: for any CPU, and with ZK_ADX for those with carry chains.
#include "kernels.hpp"

#include <cstring>

#include "baby-jubjub.hpp"
#include "batch-add.hpp"
#include "cpu.hpp"
#include "ntt.hpp"
#include "pairing.hpp"
#include "poseidon.hpp"
#include "witness-run.hpp"

namespace zkclear {
namespace ZK_PATH {

/** Points stay in the file's form. */
template <class Point>
void copyPoints(const Point* in, Point* out, size_t count) {
  if (in != out) std::memcpy(out, in, count * sizeof(Point));
}

template <class F>
void weigh(const Affine<F>* once, const Affine<F>* weighted, size_t count, unsigned shift, Affine<F>* out) {
  Xyzz<F> running, total;
  for (size_t k = count; k-- > 0;) {
    running = add(running, toXyzz(weighted[k]));
    if (k > 0) total = add(total, running);
  }
  for (unsigned i = 0; i < shift; i++) total = dbl(total);
  if (once != weighted) {
    running = {};
    for (size_t k = 0; k < count; k++) running = add(running, toXyzz(once[k]));
  }
  *out = toAffine(add(total, running));
}

void multiplyRows(const uint32_t* offsets, const Term* terms, const Fr* coefficients, const Fr* witness, Fr* out,
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
    out[row] = add(scaled, toMontgomery(plain));
  }
}

constexpr Kernels makeKernels() {
  Kernels k{};
  k.name = ZK_NAME(ZK_PATH);
  k.importG1 = k.exportG1 = copyPoints<AffineG1>;
  k.importG2 = k.exportG2 = copyPoints<AffineG2>;
  k.addG1 = addBatch<Fq>;
  k.addG2 = addBatch<Fq2>;
  k.weighG1 = weigh<Fq>;
  k.weighG2 = weigh<Fq2>;
  k.multiplyRows = multiplyRows;
  k.makeTables = makeTables;
  k.freeTables = freeTables;
  k.quotient = quotient;
  k.runWitness = runWitness;
  k.poseidon = poseidon;
  k.poseidonAll = poseidonAll;
  k.multiplyBabyJubjub = multiplyBabyJubjub;
  k.multiplyBase = multiplyBase;
  k.isSum = isSum;
  k.isInSubgroup = isInSubgroup;
  k.isInG2 = isInG2;
  k.combineG1 = combineG1;
  k.pairingIsOne = pairingIsOne;
  return k;
}

constexpr Kernels kKernels = makeKernels();

}  // namespace ZK_PATH

#ifdef ZK_ADX
const Kernels* adxKernels() { return hasAdx() ? &ZK_PATH::kKernels : nullptr; }
#else
const Kernels& portableKernels() { return ZK_PATH::kKernels; }
#endif

}  // namespace zkclear

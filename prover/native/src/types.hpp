// Plain data shared by all dispatch paths. Elements are four 64-bit limbs, least significant first, below the modulus.
#pragma once
#include <cstddef>
#include <cstdint>

namespace zkclear {

/** Of the base field (q) in Montgomery form, x * 2^256 mod q, unless a kernel says otherwise. */
struct Fq {
  uint64_t w[4];
};

/** Of the scalar field (r). Montgomery form or plain, as the name that holds it says. */
struct Fr {
  uint64_t w[4];
};

/** c0 + c1 * u with u^2 = -1. */
struct Fq2 {
  Fq c0, c1;
};

/** A finite point, or (0, 0) for infinity, which no curve equation here contains. */
template <class F>
struct Affine {
  using Field = F;
  F x, y;
};
using AffineG1 = Affine<Fq>;
using AffineG2 = Affine<Fq2>;

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "files and witnesses are read as they are");
static_assert(sizeof(AffineG1) == 64 && sizeof(AffineG2) == 128, "points are copied from files as they are");

}  // namespace zkclear

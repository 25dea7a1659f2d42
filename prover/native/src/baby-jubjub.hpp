// BabyJubJub, the curve 168700 x^2 + y^2 = 1 + 168696 x^2 y^2 over the scalar field. Its addition has no exceptions:
// 168700 is a square there and 168696 is none.
#pragma once
#include "field.hpp"

namespace zkclear::ZK_PATH {

/** x = X / Z, y = Y / Z, x y = T / Z. */
struct Edwards {
  Fr x, y, z, t;
};

/** A small number in Montgomery form. */
inline Fr small(uint64_t value) { return toMontgomery(Fr{{value, 0, 0, 0}}); }

/** Extended coordinates after Hisil, Wong, Carter and Dawson (2008). */
inline Edwards add(const Edwards& p, const Edwards& q, const Fr& a, const Fr& d) {
  const Fr xx = mul(p.x, q.x), yy = mul(p.y, q.y), tt = mul(mul(p.t, q.t), d), zz = mul(p.z, q.z);
  const Fr e = sub(sub(mul(add(p.x, p.y), add(q.x, q.y)), xx), yy);
  const Fr f = sub(zz, tt), g = add(zz, tt), h = sub(yy, mul(a, xx));
  return {mul(e, f), mul(g, h), mul(f, g), mul(e, h)};
}

/** p where `bit` is 1, else q, without a branch. */
inline Fr select(uint64_t bit, const Fr& p, const Fr& q) {
  Fr out;
  for (int i = 0; i < 4; i++) out.w[i] = q.w[i] ^ ((p.w[i] ^ q.w[i]) & -bit);
  return out;
}

/**
 * In place of the plain coordinates of a point, those of scalar times it, for any scalar below 2^256. The scalar, which
 * may be a private key, decides neither branches nor addresses.
 */
inline void multiplyBabyJubjub(Fr* point, const Fr* scalar) {
  const Fr one = Prime<Fr>::one, a = small(168700), d = small(168696);
  const Fr x = toMontgomery(point[0]), y = toMontgomery(point[1]);
  const Edwards base{x, y, one, mul(x, y)};
  Edwards sum{{}, one, one, {}};
  for (int bit = 255; bit >= 0; bit--) {
    sum = add(sum, sum, a, d);
    const Edwards more = add(sum, base, a, d);
    const uint64_t chosen = scalar->w[bit / 64] >> (bit % 64) & 1;
    sum = {select(chosen, more.x, sum.x), select(chosen, more.y, sum.y), select(chosen, more.z, sum.z),
           select(chosen, more.t, sum.t)};
  }
  const Fr inverse = invert(sum.z);
  point[0] = fromMontgomery(mul(sum.x, inverse));
  point[1] = fromMontgomery(mul(sum.y, inverse));
}

}  // namespace zkclear::ZK_PATH

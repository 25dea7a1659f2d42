// y^2 = x^3 + b over either field (b = 3, and its twist), a = 0. For sums that no batch takes: the few that end
// a proof.
#pragma once
#include "field2.hpp"

namespace zkclear::ZK_PATH {

/** x = X / ZZ, y = Y / ZZZ with ZZ^3 = ZZZ^2; infinity has ZZ = 0. */
template <class F>
struct Xyzz {
  F x{}, y{}, zz{}, zzz{};
};

template <class F>
inline bool isInfinity(const Affine<F>& p) {
  return isZero(p.x) && isZero(p.y);
}

template <class F>
inline bool isInfinity(const Xyzz<F>& p) {
  return isZero(p.zz);
}

template <class F>
inline Affine<F> neg(const Affine<F>& p) {
  return {p.x, neg(p.y)};
}

template <class F>
inline Xyzz<F> toXyzz(const Affine<F>& p) {
  if (isInfinity(p)) return {};
  return {p.x, p.y, Prime<F>::one, Prime<F>::one};
}

template <class F>
Affine<F> toAffine(const Xyzz<F>& p) {
  if (isInfinity(p)) return {};
  const F zzz = invert(p.zzz);
  const F z = mul(zzz, p.zz);  // ZZ / ZZZ = 1 / Z
  return {mul(p.x, sqr(z)), mul(p.y, zzz)};
}

template <class F>
Xyzz<F> dbl(const Xyzz<F>& p) {
  if (isInfinity(p) || isZero(p.y)) return {};
  const F u = dbl(p.y), v = sqr(u), w = mul(u, v), s = mul(p.x, v);
  const F xx = sqr(p.x), m = add(dbl(xx), xx);
  const F x = sub(sqr(m), dbl(s));
  return {x, sub(mul(m, sub(s, x)), mul(w, p.y)), mul(v, p.zz), mul(w, p.zzz)};
}

template <class F>
Xyzz<F> add(const Xyzz<F>& p, const Xyzz<F>& q) {
  if (isInfinity(p)) return q;
  if (isInfinity(q)) return p;
  const F u = mul(p.x, q.zz), s = mul(p.y, q.zzz);
  const F h = sub(mul(q.x, p.zz), u), r = sub(mul(q.y, p.zzz), s);
  if (isZero(h)) return isZero(r) ? dbl(p) : Xyzz<F>{};
  const F hh = sqr(h), hhh = mul(h, hh), v = mul(u, hh);
  const F x = sub(sub(sqr(r), hhh), dbl(v));
  return {x, sub(mul(r, sub(v, x)), mul(s, hhh)), mul(mul(p.zz, q.zz), hh), mul(mul(p.zzz, q.zzz), hhh)};
}

/**
 * scalar * p for a plain scalar, with a branch at each bit: fit for public points, with scalars that only time could
 * leak.
 */
template <class F>
Xyzz<F> multiply(const Xyzz<F>& p, const Fr& scalar) {
  Xyzz<F> result;
  for (int bit = 255; bit >= 0; bit--) {
    result = dbl(result);
    if (scalar.w[bit / 64] >> (bit % 64) & 1) result = add(result, p);
  }
  return result;
}

}  // namespace zkclear::ZK_PATH

// The quadratic extension of the base field, with the same names as the prime fields have, so that curves take either.
#pragma once
#include "field.hpp"

namespace zkclear::ZK_PATH {

template <>
struct Prime<Fq2> {
  static constexpr Fq2 one{Prime<Fq>::one, {}};
};

inline bool isZero(const Fq2& a) { return isZero(a.c0) && isZero(a.c1); }
inline bool equal(const Fq2& a, const Fq2& b) { return equal(a.c0, b.c0) && equal(a.c1, b.c1); }
inline bool isCanonical(const Fq2& a) { return isCanonical(a.c0) && isCanonical(a.c1); }
inline Fq2 add(const Fq2& a, const Fq2& b) { return {add(a.c0, b.c0), add(a.c1, b.c1)}; }
inline Fq2 sub(const Fq2& a, const Fq2& b) { return {sub(a.c0, b.c0), sub(a.c1, b.c1)}; }
inline Fq2 neg(const Fq2& a) { return {neg(a.c0), neg(a.c1)}; }
inline Fq2 dbl(const Fq2& a) { return {dbl(a.c0), dbl(a.c1)}; }
inline Fq2 fromMontgomery(const Fq2& a) { return {fromMontgomery(a.c0), fromMontgomery(a.c1)}; }

/** Karatsuba: three products, and two reductions for the two components. */
inline Fq2 mul(const Fq2& a, const Fq2& b) {
  const Wide low = multiplyWide(a.c0, b.c0), high = multiplyWide(a.c1, b.c1);
  Wide cross = multiplyWide(addUnreduced(a.c0, a.c1), addUnreduced(b.c0, b.c1));
  subtractWide(cross, low);
  subtractWide(cross, high);
  return {reduce<Fq>(difference(low, high)), reduce<Fq>(cross)};
}

/** (2q) q / 2^256 + q < 2q, so the product with an unreduced sum comes out canonical all the same. */
inline Fq2 sqr(const Fq2& a) {
  const Fq cross = mul(a.c0, a.c1);
  return {mul(addUnreduced(a.c0, a.c1), sub(a.c0, a.c1)), dbl(cross)};
}

inline Fq2 invert(const Fq2& a) {
  const Fq norm = invert(add(sqr(a.c0), sqr(a.c1)));
  return {mul(a.c0, norm), neg(mul(a.c1, norm))};
}

}  // namespace zkclear::ZK_PATH

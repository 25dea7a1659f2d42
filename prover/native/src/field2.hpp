// The quadratic extension of the base field, with the same names as the prime fields have, so that curves take either.
#pragma once
#include "field.hpp"

namespace zkclear::ZK_PATH {

template <>
struct Prime<Fq2> {
  static constexpr Fq2 one{Prime<Fq>::one, {}};
};

inline bool is_zero(const Fq2& a) { return is_zero(a.c0) && is_zero(a.c1); }
inline bool equal(const Fq2& a, const Fq2& b) { return equal(a.c0, b.c0) && equal(a.c1, b.c1); }
inline bool is_canonical(const Fq2& a) { return is_canonical(a.c0) && is_canonical(a.c1); }
inline Fq2 add(const Fq2& a, const Fq2& b) { return {add(a.c0, b.c0), add(a.c1, b.c1)}; }
inline Fq2 sub(const Fq2& a, const Fq2& b) { return {sub(a.c0, b.c0), sub(a.c1, b.c1)}; }
inline Fq2 neg(const Fq2& a) { return {neg(a.c0), neg(a.c1)}; }
inline Fq2 dbl(const Fq2& a) { return {dbl(a.c0), dbl(a.c1)}; }
inline Fq2 from_montgomery(const Fq2& a) { return {from_montgomery(a.c0), from_montgomery(a.c1)}; }

/// Karatsuba: three products, and two reductions for the two components.
inline Fq2 mul(const Fq2& a, const Fq2& b) {
  const Wide low = multiply_wide(a.c0, b.c0), high = multiply_wide(a.c1, b.c1);
  Wide cross = multiply_wide(add_unreduced(a.c0, a.c1), add_unreduced(b.c0, b.c1));
  subtract_wide(cross, low);
  subtract_wide(cross, high);
  return {reduce(difference(low, high)), reduce(cross)};
}

/// (2q) q / 2^256 + q < 2q, so the product with an unreduced sum comes out canonical all the same.
inline Fq2 sqr(const Fq2& a) {
  const Fq cross = mul(a.c0, a.c1);
  return {mul(add_unreduced(a.c0, a.c1), sub(a.c0, a.c1)), dbl(cross)};
}

inline Fq2 invert(const Fq2& a) {
  const Fq norm = invert(add(sqr(a.c0), sqr(a.c1)));
  return {mul(a.c0, norm), neg(mul(a.c1, norm))};
}

}  // namespace zkclear::ZK_PATH

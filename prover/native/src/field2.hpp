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

/// a + b, below 2^255: a factor for a product of sums, which Montgomery's reduction takes unreduced.
inline Fq add_unreduced(const Fq& a, const Fq& b) {
  Fq s;
  uint128 t = 0;
  for (int i = 0; i < 4; i++) {
    t += static_cast<uint128>(a.w[i]) + b.w[i];
    s.w[i] = static_cast<uint64_t>(t);
    t >>= 64;
  }
  return s;
}

/// Karatsuba: three products. (2q)^2 / 2^256 + q < 2q, so the product of unreduced sums comes out canonical all the same.
inline Fq2 mul(const Fq2& a, const Fq2& b) {
  const Fq low = mul(a.c0, b.c0), high = mul(a.c1, b.c1);
  const Fq cross = mul(add_unreduced(a.c0, a.c1), add_unreduced(b.c0, b.c1));
  return {sub(low, high), sub(sub(cross, low), high)};
}

inline Fq2 sqr(const Fq2& a) {
  const Fq cross = mul(a.c0, a.c1);
  return {mul(add_unreduced(a.c0, a.c1), sub(a.c0, a.c1)), dbl(cross)};
}

inline Fq2 invert(const Fq2& a) {
  const Fq norm = invert(add(sqr(a.c0), sqr(a.c1)));
  return {mul(a.c0, norm), neg(mul(a.c1, norm))};
}

}  // namespace zkclear::ZK_PATH

// Pairings of BN254, with which proofs are verified: the optimal ate pairing on the twist y^2 = x^3 + 3 / (9 + u),
// lines in affine coordinates, all pairs together. Of public numbers only: how long it takes depends on them.
//
// Vercauteren, "Optimal pairings", 2010, for the loop; Scott et al., "On the final exponentiation for calculating
// pairings on ordinary elliptic curves", 2009, for its end.
#pragma once
#include "curve.hpp"
#include "kernels.hpp"

namespace zkclear::ZK_PATH {

/** Fq2[v] / (v^3 - xi) with xi = 9 + u. */
struct Fq6 {
  Fq2 b0, b1, b2;
};

/** Fq6[w] / (w^2 - v), so w^6 = xi. */
struct Fq12 {
  Fq6 c0, c1;
};

/** The curve's parameter x, and that of the loop, 6 x + 2, without its bit 2^64. */
constexpr uint64_t kCurveX = 0x44e992b44a6909f1, kLoopLow = 0x9d797039be763ba8;

inline Fq2 conjugate(const Fq2& a) { return {a.c0, neg(a.c1)}; }

inline Fq2 timesXi(const Fq2& a) {
  const Fq2 nine = add(dbl(dbl(dbl(a))), a);
  return {sub(nine.c0, a.c1), add(nine.c1, a.c0)};
}

inline Fq6 add(const Fq6& a, const Fq6& b) { return {add(a.b0, b.b0), add(a.b1, b.b1), add(a.b2, b.b2)}; }
inline Fq6 sub(const Fq6& a, const Fq6& b) { return {sub(a.b0, b.b0), sub(a.b1, b.b1), sub(a.b2, b.b2)}; }
inline Fq6 neg(const Fq6& a) { return {neg(a.b0), neg(a.b1), neg(a.b2)}; }
inline Fq6 timesV(const Fq6& a) { return {timesXi(a.b2), a.b0, a.b1}; }

inline Fq6 mul(const Fq6& a, const Fq6& b) {
  const Fq2 t0 = mul(a.b0, b.b0), t1 = mul(a.b1, b.b1), t2 = mul(a.b2, b.b2);
  const Fq2 t12 = sub(mul(add(a.b1, a.b2), add(b.b1, b.b2)), add(t1, t2));
  const Fq2 t01 = sub(mul(add(a.b0, a.b1), add(b.b0, b.b1)), add(t0, t1));
  const Fq2 t02 = sub(mul(add(a.b0, a.b2), add(b.b0, b.b2)), add(t0, t2));
  return {add(t0, timesXi(t12)), add(t01, timesXi(t2)), add(t02, t1)};
}

inline Fq6 invert(const Fq6& a) {
  const Fq2 x = sub(sqr(a.b0), timesXi(mul(a.b1, a.b2)));
  const Fq2 y = sub(timesXi(sqr(a.b2)), mul(a.b0, a.b1));
  const Fq2 z = sub(sqr(a.b1), mul(a.b0, a.b2));
  const Fq2 norm = invert(add(mul(a.b0, x), timesXi(add(mul(a.b2, y), mul(a.b1, z)))));
  return {mul(x, norm), mul(y, norm), mul(z, norm)};
}

inline Fq12 one12() { return {{Prime<Fq2>::one, {}, {}}, {}}; }
inline Fq12 conjugate(const Fq12& a) { return {a.c0, neg(a.c1)}; }

inline Fq12 mul(const Fq12& a, const Fq12& b) {
  const Fq6 t0 = mul(a.c0, b.c0), t1 = mul(a.c1, b.c1);
  return {add(t0, timesV(t1)), sub(mul(add(a.c0, a.c1), add(b.c0, b.c1)), add(t0, t1))};
}

inline Fq12 sqr(const Fq12& a) {
  const Fq6 t = mul(a.c0, a.c1);
  return {sub(mul(add(a.c0, a.c1), add(a.c0, timesV(a.c1))), add(t, timesV(t))), add(t, t)};
}

inline Fq12 invert(const Fq12& a) {
  const Fq6 norm = invert(sub(mul(a.c0, a.c0), timesV(mul(a.c1, a.c1))));
  return {mul(a.c0, norm), neg(mul(a.c1, norm))};
}

inline bool isOne(const Fq12& a) {
  return equal(a.c0.b0, Prime<Fq2>::one) && isZero(a.c0.b1) && isZero(a.c0.b2) && isZero(a.c1.b0) && isZero(a.c1.b1) &&
         isZero(a.c1.b2);
}

/** What the q-th power multiplies by: w^q = w^(q - 1) w, and the first is g = xi^((q - 1) / 6). */
struct FrobeniusPowers {
  Fq2 of[6];

  FrobeniusPowers() {
    constexpr Fq exponent{{0x34b017592414d4e1, 0xee9591c2e6bda1c2, 0xf40d60f3c0403964, 0x0810b7bdd032f006}};
    const Fq2 base = timesXi(Prime<Fq2>::one);
    Fq2 g = Prime<Fq2>::one;
    for (int bit = 253; bit >= 0; bit--) {
      g = sqr(g);
      if (exponent.w[bit / 64] >> (bit % 64) & 1) g = mul(g, base);
    }
    of[0] = Prime<Fq2>::one;
    for (int i = 1; i < 6; i++) of[i] = mul(of[i - 1], g);
  }
};

inline const Fq2* frobeniusPowers() {
  static const FrobeniusPowers powers;
  return powers.of;
}

/** a^q. */
inline Fq12 frobenius(const Fq12& a) {
  const Fq2* g = frobeniusPowers();
  const auto part = [g](const Fq2& coefficient, int power) { return mul(conjugate(coefficient), g[power]); };
  return {{part(a.c0.b0, 0), part(a.c0.b1, 2), part(a.c0.b2, 4)},
          {part(a.c1.b0, 1), part(a.c1.b1, 3), part(a.c1.b2, 5)}};
}

/** The q-th power on the curve, as a map of its twist: (x, y) stands for (x w^2, y w^3). */
inline AffineG2 frobenius(const AffineG2& p) {
  const Fq2* g = frobeniusPowers();
  return {mul(conjugate(p.x), g[2]), mul(conjugate(p.y), g[3])};
}

/** Of one pair: p, and the multiple t of its q at which the loop is. */
struct Walk {
  AffineG1 p;
  AffineG2 q, t;
};

/** 1 / a of each, with one inversion; false if one is 0. */
inline bool invertAll(Fq2* values, size_t count) {
  Fq2 before[kMostPairs], product = Prime<Fq2>::one;
  for (size_t i = 0; i < count; i++) {
    before[i] = product;
    product = mul(product, values[i]);
  }
  if (isZero(product)) return false;
  Fq2 inverse = invert(product);
  for (size_t i = count; i-- > 0;) {
    const Fq2 value = values[i];
    values[i] = mul(inverse, before[i]);
    inverse = mul(inverse, value);
  }
  return true;
}

/** At p, of the line of that slope through t: y - slope x w + (slope x_t - y_t) w^3. */
inline Fq12 line(const Fq2& slope, const AffineG2& t, const AffineG1& p) {
  Fq12 value{};
  value.c0.b0 = {p.y, {}};
  value.c1.b0 = neg(Fq2{mul(slope.c0, p.x), mul(slope.c1, p.x)});
  value.c1.b1 = sub(mul(slope, t.x), t.y);
  return value;
}

/**
 * Multiplies f by the lines through each t and what is added to it, which is t itself if `added` is null. False where
 * such a line is upright, which it never is for points of order r.
 */
inline bool step(Fq12& f, Walk* walks, size_t count, const AffineG2* added) {
  Fq2 below[kMostPairs];
  for (size_t i = 0; i < count; i++) {
    below[i] = added == nullptr ? dbl(walks[i].t.y) : sub(added[i].x, walks[i].t.x);
  }
  if (!invertAll(below, count)) return false;
  for (size_t i = 0; i < count; i++) {
    AffineG2& t = walks[i].t;
    const AffineG2 other = added == nullptr ? t : added[i];
    const Fq2 xx = sqr(t.x);
    const Fq2 slope = mul(added == nullptr ? add(dbl(xx), xx) : sub(other.y, t.y), below[i]);
    f = mul(f, line(slope, t, walks[i].p));
    const Fq2 x = sub(sqr(slope), add(t.x, other.x));
    t = {x, sub(mul(slope, sub(t.x, x)), t.y)};
  }
  return true;
}

/** The product of the Miller functions; false as `step`. */
inline bool millerLoop(Walk* walks, size_t count, Fq12& f) {
  AffineG2 added[kMostPairs];
  f = one12();
  for (size_t i = 0; i < count; i++) added[i] = walks[i].t = walks[i].q;
  for (int bit = 63; bit >= 0; bit--) {
    f = sqr(f);
    if (!step(f, walks, count, nullptr)) return false;
    if ((kLoopLow >> bit & 1) != 0 && !step(f, walks, count, added)) return false;
  }
  for (size_t i = 0; i < count; i++) added[i] = frobenius(walks[i].q);
  if (!step(f, walks, count, added)) return false;
  for (size_t i = 0; i < count; i++) added[i] = neg(frobenius(added[i]));
  return step(f, walks, count, added);
}

/** a^x. */
inline Fq12 toX(const Fq12& a) {
  Fq12 result = a;
  for (int bit = 61; bit >= 0; bit--) {
    result = sqr(result);
    if (kCurveX >> bit & 1) result = mul(result, a);
  }
  return result;
}

/** a^((q^12 - 1) / r). */
inline Fq12 finalPower(const Fq12& a) {
  Fq12 f = mul(conjugate(a), invert(a));
  f = mul(frobenius(frobenius(f)), f);
  // From here on 1 / f is its conjugate.
  const Fq12 x1 = toX(f), x2 = toX(x1), x3 = toX(x2);
  const Fq12 f1 = frobenius(f), f2 = frobenius(f1), f3 = frobenius(f2);
  const Fq12 y0 = mul(mul(f1, f2), f3), y1 = conjugate(f), y2 = frobenius(frobenius(x2));
  const Fq12 y3 = conjugate(frobenius(x1)), y4 = conjugate(mul(x1, frobenius(x2))), y5 = conjugate(x2);
  const Fq12 y6 = conjugate(mul(x3, frobenius(x3)));
  // y0 y1^2 y2^6 y3^12 y4^18 y5^30 y6^36
  const Fq12 s0 = mul(mul(sqr(y6), y4), y5), s1 = mul(mul(y3, y5), s0), s2 = mul(s0, y2);
  const Fq12 s3 = sqr(mul(sqr(s1), s2));
  return mul(sqr(mul(s3, y1)), mul(s3, y0));
}

inline AffineG1 toMontgomery(const AffineG1& p) { return {toMontgomery(p.x), toMontgomery(p.y)}; }
inline Fq2 toMontgomery(const Fq2& a) { return {toMontgomery(a.c0), toMontgomery(a.c1)}; }
inline AffineG2 toMontgomery(const AffineG2& p) { return {toMontgomery(p.x), toMontgomery(p.y)}; }

/**
 * Whether the product of the pairings of at most kMostPairs points is one: plain coordinates, (0, 0) in G1 being
 * infinity. That the others are in their groups is for the caller to check.
 */
inline bool pairingIsOne(const AffineG1* g1, const AffineG2* g2, size_t count) {
  Walk walks[kMostPairs];
  size_t finite = 0;
  for (size_t i = 0; i < count; i++) {
    if (!isInfinity(g1[i])) walks[finite++] = {toMontgomery(g1[i]), toMontgomery(g2[i]), {}};
  }
  Fq12 f;
  return millerLoop(walks, finite, f) && isOne(finalPower(f));
}

/** Whether r times a point of the twist is infinity. */
inline bool isInG2(const AffineG2* point) {
  constexpr Fr order = Prime<Fr>::modulus;
  return isInfinity(multiply(toXyzz(toMontgomery(*point)), order));
}

/** The sum of scalars[i] points[i], all plain, (0, 0) being infinity. Overwrites the points. */
inline void combineG1(AffineG1* points, const Fr* scalars, size_t count, AffineG1* out) {
  for (size_t i = 0; i < count; i++) points[i] = toMontgomery(points[i]);
  Xyzz<Fq> sum;
  for (int bit = 253; bit >= 0; bit--) {
    sum = dbl(sum);
    for (size_t i = 0; i < count; i++) {
      if (scalars[i].w[bit / 64] >> (bit % 64) & 1) sum = add(sum, toXyzz(points[i]));
    }
  }
  const AffineG1 affine = toAffine(sum);
  *out = {fromMontgomery(affine.x), fromMontgomery(affine.y)};
}

}  // namespace zkclear::ZK_PATH

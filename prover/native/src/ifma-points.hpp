// Affine additions in batches of sixteen: two groups of eight lanes, one inversion for the whole batch.
#pragma once

#include "ifma-inverse.hpp"

namespace zkclear::ifma {
namespace {

/** The address of a point in the kernels' form; bit 0 set: its negative. 0: infinity. */
using Entry = uintptr_t;

/** Coordinates in Fq. Stored coordinates are below 2.34 p. */
struct G1 {
  static constexpr size_t kWords = 8;
  using E = F8;
  static ZK_INLINE E loadX(const uint64_t* const* rows) { return loadWords(rows, 0); }
  static ZK_INLINE E loadY(const uint64_t* const* rows) { return loadWords(rows, 4); }
  static ZK_INLINE void storeX(uint64_t* p, const E& x) { storeWords(p, kWords, x); }
  static ZK_INLINE void storeY(uint64_t* p, const E& y) { storeWords(p + 4, kWords, y); }
  static ZK_INLINE E one() { return broadcast(Constants<ModulusQ>::one); }
  /** a - b + 3 p */
  static ZK_INLINE E difference(const E& a, const E& b) { return sub<ModulusQ, 3>(a, b); }
  static ZK_INLINE E sum(const E& a, const E& b) { return add(a, b); }
  /** 3 p - a in the lanes of the mask; raw. */
  static ZK_INLINE E negateRaw(__mmask8 lanes, const E& a) {
    constexpr Limbs kp = multipleOf(ModulusQ::p, 3);
    E r;
#pragma GCC unroll 5
    for (int i = 0; i < 5; i++) r.l[i] = _mm512_mask_sub_epi64(a.l[i], lanes, all(kp.l[i]), a.l[i]);
    return r;
  }
  static ZK_INLINE E settle(const E& a) { return normal(a); }
  static ZK_INLINE __mmask8 zero(const E& a) { return isZero<ModulusQ>(a); }
  static ZK_INLINE E choose(__mmask8 second, const E& a, const E& b) { return select(second, a, b); }
  /** What is inverted in place of a denominator: itself. */
  static ZK_INLINE F8 norm(const E& d) { return d; }
  static ZK_INLINE E fromNorm(const E&, const F8& inverse) { return inverse; }
  static constexpr bool kDenominatorNeeded = false;
  static ZK_INLINE E times(const E& a, const E& b) { return mul<ModulusQ>(a, b); }
  static ZK_INLINE E threeSquares(const E& a) {
    const E s = reduceRaw<ModulusQ>(square(a));
    return normal(addRaw(s, addRaw(s, s)));
  }
  /** l^2 - a - b */
  static ZK_INLINE E squareMinus(const E& l, const E& a, const E& b) {
    return fold<ModulusQ>(liftRaw<ModulusQ, 5>(subRaw(reduceRaw<ModulusQ>(square(l)), addRaw(a, b))));
  }
  /** l^2 - a - b, with d = b - a + 3 p in place of b */
  static ZK_INLINE E squareMinusBy(const E& l, const E& a, const E& d) {
    const F8 twice = addRaw(a, a);
    return fold<ModulusQ>(liftRaw<ModulusQ, 8>(subRaw(reduceRaw<ModulusQ>(square(l)), addRaw(twice, d))));
  }
  /** l t - y, y raw below 3 p */
  static ZK_INLINE E productMinus(const E& l, const E& t, const E& y) {
    return fold<ModulusQ>(liftRaw<ModulusQ, 3>(subRaw(reduceRaw<ModulusQ>(product(l, t)), y)));
  }
};

/** Coordinates c0 + c1 u in Fq2, u^2 = -1. */
struct G2 {
  static constexpr size_t kWords = 16;
  struct E {
    F8 c0, c1;
  };
  static ZK_INLINE E loadX(const uint64_t* const* rows) { return E{loadWords(rows, 0), loadWords(rows, 4)}; }
  static ZK_INLINE E loadY(const uint64_t* const* rows) { return E{loadWords(rows, 8), loadWords(rows, 12)}; }
  static ZK_INLINE void storeX(uint64_t* p, const E& x) {
    storeWords(p, kWords, x.c0);
    storeWords(p + 4, kWords, x.c1);
  }
  static ZK_INLINE void storeY(uint64_t* p, const E& y) { storeX(p + 8, y); }
  static ZK_INLINE E one() { return E{G1::one(), broadcast(Words{{0, 0, 0, 0}})}; }
  static ZK_INLINE E difference(const E& a, const E& b) {
    return E{G1::difference(a.c0, b.c0), G1::difference(a.c1, b.c1)};
  }
  static ZK_INLINE E sum(const E& a, const E& b) { return E{add(a.c0, b.c0), add(a.c1, b.c1)}; }
  static ZK_INLINE E negateRaw(__mmask8 lanes, const E& a) {
    return E{G1::negateRaw(lanes, a.c0), G1::negateRaw(lanes, a.c1)};
  }
  static ZK_INLINE E settle(const E& a) { return E{normal(a.c0), normal(a.c1)}; }
  static ZK_INLINE __mmask8 zero(const E& a) { return isZero<ModulusQ>(a.c0) & isZero<ModulusQ>(a.c1); }
  static ZK_INLINE E choose(__mmask8 second, const E& a, const E& b) {
    return E{select(second, a.c0, b.c0), select(second, a.c1, b.c1)};
  }
  /** c0^2 + c1^2, which is never 0 modulo p unless both are: -1 is no square. */
  static ZK_INLINE F8 norm(const E& d) {
    Columns c = crossProducts(d.c0);
    const Columns c1 = crossProducts(d.c1);
#pragma GCC unroll 10
    for (int i = 0; i < 10; i++) {
      const Vec s = plus(c.z[i], c1.z[i]);
      c.z[i] = plus(s, s);
    }
    accumulateSquare(c, d.c0);
    accumulateSquare(c, d.c1);
    return reduce<ModulusQ>(c);
  }
  /** The conjugate times the norm's inverse; d below 6 p. */
  static ZK_INLINE E fromNorm(const E& d, const F8& inverse) {
    const F8 zero = broadcast(Words{{0, 0, 0, 0}});
    return E{mul<ModulusQ>(d.c0, inverse), mul<ModulusQ>(sub<ModulusQ, 6>(zero, d.c1), inverse)};
  }
  static constexpr bool kDenominatorNeeded = true;
  /** Karatsuba, reduced twice instead of three times; raw, c0 lifted by p. Sums of components below 18 p. */
  static ZK_INLINE E timesRaw(const E& a, const E& b) {
    const Columns low = product(a.c0, b.c0);
    const Columns high = product(a.c1, b.c1);
    const Columns both = product(add(a.c0, a.c1), add(b.c0, b.c1));
    Columns c1;
#pragma GCC unroll 10
    for (int i = 0; i < 10; i++) c1.z[i] = minus(both.z[i], plus(low.z[i], high.z[i]));
    return E{liftRaw<ModulusQ, 1>(reduceRaw<ModulusQ>(subColumns(low, high))), reduceRaw<ModulusQ>(c1)};
  }
  static ZK_INLINE E times(const E& a, const E& b) { return settle(timesRaw(a, b)); }
  /** a^2, raw; components below 4 p. */
  static ZK_INLINE E squareRaw(const E& a) {
    return E{reduceRaw<ModulusQ>(product(add(a.c0, a.c1), sub<ModulusQ, 4>(a.c0, a.c1))),
             reduceRaw<ModulusQ>(product(add(a.c0, a.c0), a.c1))};
  }
  static ZK_INLINE E threeSquares(const E& a) {
    const E s = squareRaw(a);
    return settle(E{addRaw(s.c0, addRaw(s.c0, s.c0)), addRaw(s.c1, addRaw(s.c1, s.c1))});
  }
  static ZK_INLINE E squareMinus(const E& l, const E& a, const E& b) {
    const E s = squareRaw(l);
    return E{fold<ModulusQ>(liftRaw<ModulusQ, 5>(subRaw(s.c0, addRaw(a.c0, b.c0)))),
             fold<ModulusQ>(liftRaw<ModulusQ, 5>(subRaw(s.c1, addRaw(a.c1, b.c1))))};
  }
  static ZK_INLINE E productMinus(const E& l, const E& t, const E& y) {
    const E s = timesRaw(l, t);
    return E{fold<ModulusQ>(liftRaw<ModulusQ, 3>(subRaw(s.c0, y.c0))),
             fold<ModulusQ>(liftRaw<ModulusQ, 3>(subRaw(s.c1, y.c1)))};
  }
};

/** Eight entries' addresses and signs. */
struct Rows {
  alignas(64) const uint64_t* p[8];
  __mmask8 negative;
};

ZK_INLINE void readRows(Rows& rows, const Entry* e) {
  const Vec v = _mm512_loadu_si512(e);
  rows.negative = _mm512_test_epi64_mask(v, all(1));
  _mm512_store_si512(static_cast<void*>(rows.p), _mm512_andnot_si512(all(1), v));
}

constexpr size_t kScratchPerGroup = 80;

/** Two special cases, by lane, of one group. */
struct Marks {
  uint8_t doubled;
  uint8_t cancelled;
};

template <class C>
ZK_INLINE typename C::E denominator(const Rows& a, const Rows& b, const Marks* marks) {
  typename C::E d = C::difference(C::loadX(b.p), C::loadX(a.p));
  if (marks) {
    const auto y = C::negateRaw(a.negative, C::loadY(a.p));
    const auto settled = C::settle(y);
    d = C::choose(marks->doubled, d, C::sum(settled, settled));
    d = C::choose(marks->cancelled, d, C::one());
  }
  return d;
}

template <class C>
inline Marks findSpecial(const Rows& a, const Rows& b) {
  const __mmask8 sameX = C::zero(C::difference(C::loadX(b.p), C::loadX(a.p)));
  const auto ya = C::settle(C::negateRaw(a.negative, C::loadY(a.p)));
  const auto yb = C::settle(C::negateRaw(b.negative, C::loadY(b.p)));
  const __mmask8 opposite = C::zero(C::sum(ya, yb));
  return Marks{static_cast<uint8_t>(sameX & ~opposite), static_cast<uint8_t>(sameX & opposite)};
}

/** One group's part after the inversion, in steps, so that the caller can run two groups in step. */
template <class C, bool kChecked>
struct Addition {
  Rows a, b;
  typename C::E lambda, ax, y, x3;

  ZK_INLINE void start(const Entry* ea, const Entry* eb, const F8& inverse, const Marks* marks) {
    readRows(a, ea);
    readRows(b, eb);
    y = C::negateRaw(a.negative, C::loadY(a.p));
    auto numerator = C::difference(C::negateRaw(b.negative, C::loadY(b.p)), y);
    if (kChecked) numerator = C::choose(marks->doubled, numerator, C::threeSquares(C::loadX(a.p)));
    if (C::kDenominatorNeeded) {
      lambda = C::times(numerator, C::fromNorm(denominator<C>(a, b, kChecked ? marks : nullptr), inverse));
    } else {
      lambda = C::times(numerator, C::fromNorm(numerator, inverse));
    }
  }
  /** scratch: where the first pass left the denominator. */
  ZK_INLINE void middle(const uint64_t* scratch) {
    ax = C::loadX(a.p);
    if constexpr (!kChecked && !C::kDenominatorNeeded) {
      x3 = C::squareMinusBy(lambda, ax, loadBlock(scratch));  // cheaper than to fetch b's coordinate again
    } else {
      x3 = C::squareMinus(lambda, ax, C::loadX(b.p));
    }
  }
  ZK_INLINE void finish(uint64_t* out) {
    const auto y3 = C::productMinus(lambda, C::difference(ax, x3), y);
    C::storeX(out, x3);
    C::storeY(out, y3);
  }
};

/**
 * out[i] = a[i] + b[i] for n pairs, n a multiple of 16, none at infinity. Without kChecked: false, and nothing
 * written, when some a[i] = +-b[i]. With kChecked: marks tells, per group, the lanes where the sum is infinity (their
 * out is meaningless). scratch: n / 8 * kScratchPerGroup words, aligned.
 */
template <class C, bool kChecked>
bool addPairs(const Entry* a, const Entry* b, size_t n, uint64_t* out, uint64_t* scratch, Marks* marks) {
  using M = ModulusQ;
  F8 chain[2] = {G1::one(), G1::one()};
  for (size_t i = 0; i < n; i += 16) {
#pragma GCC unroll 2
    for (size_t h = 0; h < 2; h++) {
      const size_t at = i + 8 * h;
      Rows ra, rb;
      readRows(ra, a + at);
      readRows(rb, b + at);
      Marks* m = nullptr;
      if constexpr (kChecked) {
        m = marks + at / 8;
        *m = findSpecial<C>(ra, rb);
      }
      const F8 d = C::norm(denominator<C>(ra, rb, m));
      uint64_t* const s = scratch + at / 8 * kScratchPerGroup;
      storeBlock(s, d);
      storeBlock(s + 40, chain[h]);
      chain[h] = mul<M>(chain[h], d);
    }
  }
  F8 inverse;
  if (!inverse8<M>(mul<M>(chain[0], chain[1]), inverse)) return false;
  F8 run0 = mul<M>(inverse, chain[1]), run1 = mul<M>(inverse, chain[0]);
  for (size_t i = n; i > 0;) {
    i -= 16;
    const uint64_t* const s0 = scratch + i / 8 * kScratchPerGroup;
    const uint64_t* const s1 = s0 + kScratchPerGroup;
    const F8 i0 = mul<M>(run0, loadBlock(s0 + 40));
    const F8 i1 = mul<M>(run1, loadBlock(s1 + 40));
    run0 = mul<M>(run0, loadBlock(s0));
    run1 = mul<M>(run1, loadBlock(s1));
    Addition<C, kChecked> p0, p1;
    p0.start(a + i, b + i, i0, kChecked ? marks + i / 8 : nullptr);
    p1.start(a + i + 8, b + i + 8, i1, kChecked ? marks + i / 8 + 1 : nullptr);
    p0.middle(s0);
    p1.middle(s1);
    p0.finish(out + i * C::kWords);
    p1.finish(out + (i + 8) * C::kWords);
  }
  return true;
}

}  // namespace
}  // namespace zkclear::ifma

// Eight field elements at a time, with AVX-512 IFMA. Include it only in translation units that are compiled for it.
//
// Bounds, in multiples of p (2^260 is 84 p, 2^256 is 5.29 p):
//   product(a, b) with a < A p, b < B p, both with normal limbs (52 bits), gives reduce() < S p + A B / 84 p,
//   S = 2.59 for Fq and 2.24 for Fr; reduce() never needs a conditional subtraction.
//   fold() takes limbs of a value below 8 * 2^254 (10.5 p) and gives a value below 2.34 p, with normal limbs.
// Limbs are called raw when they are signed and carries are still due: normal() settles them.
#pragma once

// g++ 12 takes the undefined operands inside its own intrinsics for uninitialized variables of ours.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#pragma GCC diagnostic ignored "-Wuninitialized"
#endif

#include <immintrin.h>

#include "ifma-constants.hpp"

#define ZK_INLINE __attribute__((always_inline)) inline

namespace zkclear::ifma {
namespace {

using Vec = __m512i;

ZK_INLINE Vec all(uint64_t x) { return _mm512_set1_epi64(static_cast<long long>(x)); }
ZK_INLINE Vec mulLow(Vec acc, Vec a, Vec b) { return _mm512_madd52lo_epu64(acc, a, b); }
ZK_INLINE Vec mulHigh(Vec acc, Vec a, Vec b) { return _mm512_madd52hi_epu64(acc, a, b); }
ZK_INLINE Vec plus(Vec a, Vec b) { return _mm512_add_epi64(a, b); }
ZK_INLINE Vec minus(Vec a, Vec b) { return _mm512_sub_epi64(a, b); }
ZK_INLINE Vec carry(Vec a) { return _mm512_srai_epi64(a, 52); }
ZK_INLINE Vec low52(Vec a) { return _mm512_and_si512(a, all(kMask52)); }

/** Eight elements: limb i of all of them in l[i]. */
struct F8 {
  Vec l[5];
};

/** Ten columns of weight 2^(52 i): an unreduced product, or a sum or difference of some. */
struct Columns {
  Vec z[10];
};

ZK_INLINE F8 broadcast(const Words& a) {
  const Limbs x = toLimbs(a);
  return F8{{all(x.l[0]), all(x.l[1]), all(x.l[2]), all(x.l[3]), all(x.l[4])}};
}

ZK_INLINE F8 addRaw(const F8& a, const F8& b) {
  F8 r;
#pragma GCC unroll 5
  for (int i = 0; i < 5; i++) r.l[i] = plus(a.l[i], b.l[i]);
  return r;
}

ZK_INLINE F8 subRaw(const F8& a, const F8& b) {
  F8 r;
#pragma GCC unroll 5
  for (int i = 0; i < 5; i++) r.l[i] = minus(a.l[i], b.l[i]);
  return r;
}

/** a + k p, raw. */
template <class M, int k>
ZK_INLINE F8 liftRaw(const F8& a) {
  constexpr Limbs kp = multipleOf(M::p, k);
  F8 r;
#pragma GCC unroll 5
  for (int i = 0; i < 5; i++) r.l[i] = plus(a.l[i], all(kp.l[i]));
  return r;
}

ZK_INLINE F8 normal(const F8& a) {
  F8 r;
  Vec c = a.l[0];
#pragma GCC unroll 4
  for (int i = 0; i < 4; i++) {
    r.l[i] = low52(c);
    c = plus(a.l[i + 1], carry(c));
  }
  r.l[4] = c;
  return r;
}

/** a + b */
ZK_INLINE F8 add(const F8& a, const F8& b) { return normal(addRaw(a, b)); }

/** a - b + k p, for b <= k p. */
template <class M, int k>
ZK_INLINE F8 sub(const F8& a, const F8& b) {
  return normal(liftRaw<M, k>(subRaw(a, b)));
}

ZK_INLINE void accumulate(Columns& c, const F8& a, const F8& b) {
#pragma GCC unroll 5
  for (int i = 0; i < 5; i++) {
#pragma GCC unroll 5
    for (int j = 0; j < 5; j++) {
      c.z[i + j] = mulLow(c.z[i + j], a.l[j], b.l[i]);
      c.z[i + j + 1] = mulHigh(c.z[i + j + 1], a.l[j], b.l[i]);
    }
  }
}

ZK_INLINE Columns zeroColumns() {
  Columns c;
#pragma GCC unroll 10
  for (int i = 0; i < 10; i++) c.z[i] = _mm512_setzero_si512();
  return c;
}

ZK_INLINE Columns product(const F8& a, const F8& b) {
  Columns c = zeroColumns();
  accumulate(c, a, b);
  return c;
}

ZK_INLINE void accumulateSquare(Columns& c, const F8& a) {
#pragma GCC unroll 5
  for (int i = 0; i < 5; i++) {
    c.z[2 * i] = mulLow(c.z[2 * i], a.l[i], a.l[i]);
    c.z[2 * i + 1] = mulHigh(c.z[2 * i + 1], a.l[i], a.l[i]);
  }
}

ZK_INLINE Columns crossProducts(const F8& a) {
  Columns c = zeroColumns();
#pragma GCC unroll 5
  for (int i = 0; i < 5; i++) {
#pragma GCC unroll 5
    for (int j = i + 1; j < 5; j++) {
      c.z[i + j] = mulLow(c.z[i + j], a.l[j], a.l[i]);
      c.z[i + j + 1] = mulHigh(c.z[i + j + 1], a.l[j], a.l[i]);
    }
  }
  return c;
}

ZK_INLINE Columns square(const F8& a) {
  Columns c = crossProducts(a);
#pragma GCC unroll 10
  for (int i = 0; i < 10; i++) c.z[i] = plus(c.z[i], c.z[i]);
  accumulateSquare(c, a);
  return c;
}

ZK_INLINE Columns subColumns(const Columns& a, const Columns& b) {
  Columns c;
#pragma GCC unroll 10
  for (int i = 0; i < 10; i++) c.z[i] = minus(a.z[i], b.z[i]);
  return c;
}

/**
 * The columns' value / 2^260 modulo p, raw. Four limbs leave at once: each is multiplied by its weight / 2^208 mod p,
 * so that there is no chain from limb to limb; the last limb leaves in Montgomery's way. Columns may be negative.
 */
template <class M>
ZK_INLINE F8 reduceRaw(const Columns& c) {
  using K = Constants<M>;
  Vec t[4];
  t[0] = c.z[0];
#pragma GCC unroll 3
  for (int i = 1; i < 4; i++) t[i] = plus(c.z[i], carry(t[i - 1]));  // a multiplication sees the low 52 bits only
  Vec u[6];
  u[0] = plus(c.z[4], carry(t[3]));
#pragma GCC unroll 5
  for (int i = 1; i < 6; i++) u[i] = c.z[4 + i];
#pragma GCC unroll 4
  for (int i = 0; i < 4; i++) {
#pragma GCC unroll 5
    for (int j = 0; j < 5; j++) {
      u[j] = mulLow(u[j], t[i], all(K::shift[i].l[j]));
      u[j + 1] = mulHigh(u[j + 1], t[i], all(K::shift[i].l[j]));
    }
  }
  const Vec m = mulLow(_mm512_setzero_si512(), u[0], all(K::negativeInverse));
  F8 r;
#pragma GCC unroll 5
  for (int j = 0; j < 5; j++) r.l[j] = mulHigh(u[j + 1], m, all(K::limbs.l[j]));
#pragma GCC unroll 4
  for (int j = 0; j < 4; j++) r.l[j] = mulLow(r.l[j], m, all(K::limbs.l[j + 1]));
  r.l[0] = plus(r.l[0], carry(mulLow(u[0], m, all(K::limbs.l[0]))));
  return r;
}

template <class M>
ZK_INLINE F8 reduce(const Columns& c) {
  return normal(reduceRaw<M>(c));
}

/** Montgomery product. */
template <class M>
ZK_INLINE F8 mul(const F8& a, const F8& b) {
  return reduce<M>(product(a, b));
}

template <class M>
ZK_INLINE F8 sqr(const F8& a) {
  return reduce<M>(square(a));
}

/** Raw limbs of a value in [0, 8 * 2^254), reduced below 2.34 p. */
template <class M>
ZK_INLINE F8 fold(const F8& a) {
  // The top limb lacks at most a small carry: the quotient can be one short, which the bound allows for.
  const Vec q = _mm512_srli_epi64(a.l[4], 46);
  F8 r;
#pragma GCC unroll 5
  for (int i = 0; i < 5; i++) {
    const Vec row = _mm512_load_si512(Constants<M>::fold.limb[i]);
    r.l[i] = minus(a.l[i], _mm512_permutexvar_epi64(q, row));
  }
  return normal(r);
}

/** The value in [0, p) of normal limbs below 8 * 2^254. */
template <class M>
ZK_INLINE F8 canonical(const F8& a) {
  F8 r = fold<M>(a);
  const F8 p = broadcast(M::p);
  for (int pass = 0; pass < 2; pass++) {
    const F8 t = normal(subRaw(r, p));
    const __mmask8 negative = _mm512_movepi64_mask(t.l[4]);
    for (int i = 0; i < 5; i++) r.l[i] = _mm512_mask_mov_epi64(t.l[i], negative, r.l[i]);
  }
  return r;
}

/** Lanes whose value is 0 modulo p. Normal limbs below 8 * 2^254. */
template <class M>
ZK_INLINE __mmask8 isZero(const F8& a) {
  const F8 r = canonical<M>(a);
  Vec any = r.l[0];
  for (int i = 1; i < 5; i++) any = _mm512_or_si512(any, r.l[i]);
  return _mm512_testn_epi64_mask(any, any);
}

ZK_INLINE F8 select(__mmask8 second, const F8& a, const F8& b) {
  F8 r;
#pragma GCC unroll 5
  for (int i = 0; i < 5; i++) r.l[i] = _mm512_mask_mov_epi64(a.l[i], second, b.l[i]);
  return r;
}

// ---- memory forms -------------------------------------------------------------------------------------------------

/** 40 words: limb i of eight elements at 8 i. Aligned to 64 bytes. */
ZK_INLINE F8 loadBlock(const uint64_t* p) {
  F8 r;
#pragma GCC unroll 5
  for (int i = 0; i < 5; i++) r.l[i] = _mm512_load_si512(p + 8 * i);
  return r;
}

ZK_INLINE void storeBlock(uint64_t* p, const F8& a) {
#pragma GCC unroll 5
  for (int i = 0; i < 5; i++) _mm512_store_si512(p + 8 * i, a.l[i]);
}

ZK_INLINE Vec pairOfRows(const uint64_t* low, const uint64_t* high) {
  const __m256i a = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(low));
  const __m256i b = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(high));
  return _mm512_inserti64x4(_mm512_castsi256_si512(a), b, 1);
}

/** Eight elements of four 64-bit words each, from eight addresses. */
ZK_INLINE F8 loadWords(const uint64_t* const* p, size_t offset) {
  const Vec r0 = pairOfRows(p[0] + offset, p[4] + offset);
  const Vec r1 = pairOfRows(p[1] + offset, p[5] + offset);
  const Vec r2 = pairOfRows(p[2] + offset, p[6] + offset);
  const Vec r3 = pairOfRows(p[3] + offset, p[7] + offset);
  const Vec a = _mm512_unpacklo_epi64(r0, r1);  // words 0 and 2 of elements 0, 1 (and 4, 5)
  const Vec b = _mm512_unpackhi_epi64(r0, r1);  // words 1 and 3
  const Vec c = _mm512_unpacklo_epi64(r2, r3);
  const Vec d = _mm512_unpackhi_epi64(r2, r3);
  const Vec first = _mm512_setr_epi64(0, 1, 8, 9, 4, 5, 12, 13);
  const Vec second = _mm512_setr_epi64(2, 3, 10, 11, 6, 7, 14, 15);
  const Vec w0 = _mm512_permutex2var_epi64(a, first, c);
  const Vec w1 = _mm512_permutex2var_epi64(b, first, d);
  const Vec w2 = _mm512_permutex2var_epi64(a, second, c);
  const Vec w3 = _mm512_permutex2var_epi64(b, second, d);
  const Vec mask = all(kMask52);
  constexpr int kOrThenAnd = 0xa8;  // (a | b) & c
  F8 r;
  r.l[0] = _mm512_and_si512(w0, mask);
  r.l[1] = _mm512_ternarylogic_epi64(_mm512_srli_epi64(w0, 52), _mm512_slli_epi64(w1, 12), mask, kOrThenAnd);
  r.l[2] = _mm512_ternarylogic_epi64(_mm512_srli_epi64(w1, 40), _mm512_slli_epi64(w2, 24), mask, kOrThenAnd);
  r.l[3] = _mm512_ternarylogic_epi64(_mm512_srli_epi64(w2, 28), _mm512_slli_epi64(w3, 36), mask, kOrThenAnd);
  r.l[4] = _mm512_srli_epi64(w3, 16);
  return r;
}

/** The same from an array with `stride` words from one element to the next. */
ZK_INLINE F8 loadWords(const uint64_t* p, size_t stride) {
  const uint64_t* rows[8];
#pragma GCC unroll 8
  for (int i = 0; i < 8; i++) rows[i] = p + stride * i;
  return loadWords(rows, 0);
}

/** Normal limbs of values below 2^256 as four words each. */
ZK_INLINE void storeWords(uint64_t* p, size_t stride, const F8& x) {
  const Vec w0 = _mm512_or_si512(x.l[0], _mm512_slli_epi64(x.l[1], 52));
  const Vec w1 = _mm512_or_si512(_mm512_srli_epi64(x.l[1], 12), _mm512_slli_epi64(x.l[2], 40));
  const Vec w2 = _mm512_or_si512(_mm512_srli_epi64(x.l[2], 24), _mm512_slli_epi64(x.l[3], 28));
  const Vec w3 = _mm512_or_si512(_mm512_srli_epi64(x.l[3], 36), _mm512_slli_epi64(x.l[4], 16));
  const Vec a = _mm512_unpacklo_epi64(w0, w1);  // words 0 and 1 of elements 0, 2, 4, 6
  const Vec b = _mm512_unpackhi_epi64(w0, w1);
  const Vec c = _mm512_unpacklo_epi64(w2, w3);
  const Vec d = _mm512_unpackhi_epi64(w2, w3);
  const Vec first = _mm512_setr_epi64(0, 1, 8, 9, 4, 5, 12, 13);
  const Vec second = _mm512_setr_epi64(2, 3, 10, 11, 6, 7, 14, 15);
  const Vec rows[4] = {_mm512_permutex2var_epi64(a, first, c), _mm512_permutex2var_epi64(b, first, d),
                       _mm512_permutex2var_epi64(a, second, c), _mm512_permutex2var_epi64(b, second, d)};
#pragma GCC unroll 4
  for (int i = 0; i < 4; i++) {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(p + stride * i), _mm512_castsi512_si256(rows[i]));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(p + stride * (i + 4)), _mm512_extracti64x4_epi64(rows[i], 1));
  }
}

}  // namespace
}  // namespace zkclear::ifma

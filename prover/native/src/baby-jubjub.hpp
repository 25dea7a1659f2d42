// BabyJubJub, the curve 168700 x^2 + y^2 = 1 + 168696 x^2 y^2 over the scalar field, in the form -x^2 + y^2 = 1 + d x^2
// y^2 to which x -> sqrt(-168700) x leads. Its addition has no exceptions: -1 is a square of the field, d is none.
#pragma once
#include "field.hpp"
#include "kernels.hpp"

namespace zkclear::ZK_PATH {

/** x = X / Z, y = Y / Z, x y = T / Z. */
struct Edwards {
  Fr x, y, z, t;
};

/** What an addition reads of a point: Y + X, Y - X, 2 Z and 2 d T. */
struct Addend {
  Fr sum, difference, twiceZ, scaledT;
};

/** Constants in Montgomery form. */
struct BabyJubjub {
  /** sqrt(-168700) and its inverse. */
  static constexpr Fr root{{0x5c62c8e0c9603c7b, 0xf83829118fabc7f1, 0x7d53da816aa07f4d, 0x1da7c5b36ba06ab6}};
  static constexpr Fr inverseRoot{{0x61d380bfb1b017d8, 0x7f5d80638415d72e, 0x77e18e30294f7a18, 0x10d2ede5305733c2}};
  /** 2 d = -2 * 168696 / 168700 */
  static constexpr Fr twiceD{{0x74951b58b09ee319, 0x7948709cb6cd1cd7, 0xd6b6a48830a3748d, 0x305b9e606e11e0f8}};
  /** The generator of the subgroup of prime order, in this form. */
  static constexpr Fr baseX{{0xcae058d3ae6d487b, 0x532968310bd79ae5, 0xadb5bd7f9f92b866, 0x0e803808de843d89}};
  static constexpr Fr baseY{{0xb83342d20d0201aa, 0x2ffef2f7cdcfeac7, 0xbfa79a9425a6e625, 0x0dfb859dc3a44b70}};
};

inline Edwards neutral() { return {{}, Prime<Fr>::one, Prime<Fr>::one, {}}; }

inline Edwards basePoint() {
  return {BabyJubjub::baseX, BabyJubjub::baseY, Prime<Fr>::one, mul(BabyJubjub::baseX, BabyJubjub::baseY)};
}

/** From plain affine coordinates. */
inline Edwards toEdwards(const Fr* point) {
  const Fr x = mul(toMontgomery(point[0]), BabyJubjub::root), y = toMontgomery(point[1]);
  return {x, y, Prime<Fr>::one, mul(x, y)};
}

inline void fromEdwards(const Edwards& p, Fr* point) {
  const Fr inverse = invert(p.z);
  point[0] = fromMontgomery(mul(mul(p.x, inverse), BabyJubjub::inverseRoot));
  point[1] = fromMontgomery(mul(p.y, inverse));
}

inline Addend toAddend(const Edwards& p) {
  return {add(p.y, p.x), sub(p.y, p.x), dbl(p.z), mul(p.t, BabyJubjub::twiceD)};
}

inline Addend negated(const Addend& p) { return {p.difference, p.sum, p.twiceZ, neg(p.scaledT)}; }

/** Hisil, Wong, Carter and Dawson (2008), with a = -1. */
inline Edwards add(const Edwards& p, const Addend& q) {
  const Fr a = mul(sub(p.y, p.x), q.difference), b = mul(add(p.y, p.x), q.sum);
  const Fr c = mul(p.t, q.scaledT), d = mul(p.z, q.twiceZ);
  const Fr e = sub(b, a), f = sub(d, c), g = add(d, c), h = add(b, a);
  return {mul(e, f), mul(g, h), mul(f, g), mul(e, h)};
}

inline Edwards twice(const Edwards& p) {
  const Fr a = sqr(p.x), b = sqr(p.y), c = dbl(sqr(p.z));
  const Fr h = add(a, b), e = sub(h, sqr(add(p.x, p.y))), g = sub(a, b), f = add(c, g);
  return {mul(e, f), mul(g, h), mul(f, g), mul(e, h)};
}

constexpr unsigned kWindowBits = 4, kWindow = 1 << kWindowBits, kWindows = 256 / kWindowBits;

inline unsigned windowOf(const Fr& scalar, unsigned index) {
  return scalar.w[index / 16] >> (kWindowBits * (index % 16)) & (kWindow - 1);
}

/** 0 to 15 times a point. */
inline void fillWindow(const Edwards& p, Addend* table) {
  const Addend step = toAddend(p);
  Edwards multiple = neutral();
  for (unsigned i = 0; i < kWindow; i++) {
    table[i] = toAddend(multiple);
    multiple = add(multiple, step);
  }
}

/** table[index], read without an address that depends on the index. */
inline Addend choose(const Addend* table, unsigned index) {
  Addend out{};
  for (unsigned i = 0; i < kWindow; i++) {
    const uint64_t mask = -static_cast<uint64_t>(i == index);
    const Addend& entry = table[i];
    for (int w = 0; w < 4; w++) {
      out.sum.w[w] |= entry.sum.w[w] & mask;
      out.difference.w[w] |= entry.difference.w[w] & mask;
      out.twiceZ.w[w] |= entry.twiceZ.w[w] & mask;
      out.scaledT.w[w] |= entry.scaledT.w[w] & mask;
    }
  }
  return out;
}

/**
 * In place of the plain coordinates of a point, those of scalar times it, for any scalar below 2^256. The scalar, which
 * may be a private key, decides neither branches nor addresses.
 */
inline void multiplyBabyJubjub(Fr* point, const Fr* scalar) {
  Addend table[kWindow];
  fillWindow(toEdwards(point), table);
  Edwards sum = neutral();
  for (unsigned window = kWindows; window-- > 0;) {
    for (unsigned i = 0; i < kWindowBits; i++) sum = twice(sum);
    sum = add(sum, choose(table, windowOf(*scalar, window)));
  }
  fromEdwards(sum, point);
}

/** Of the generator: its multiples by all digits of all windows, worked out when they are first needed. */
struct BaseWindows {
  Addend table[kWindows][kWindow];

  BaseWindows() {
    Edwards p = basePoint();
    for (auto& window : table) {
      fillWindow(p, window);
      p = add(p, window[kWindow - 1]);
    }
  }
};

/** The plain coordinates of scalar times the generator, as above. */
inline void multiplyBase(Fr* point, const Fr* scalar) {
  static const BaseWindows windows;
  Edwards sum = neutral();
  for (unsigned i = 0; i < kWindows; i++) sum = add(sum, choose(windows.table[i], windowOf(*scalar, i)));
  fromEdwards(sum, point);
}

/** Odd multiples of a point: 1, 3, ... times it. */
inline void fillOdd(const Edwards& p, Addend* table, unsigned count) {
  const Addend step = toAddend(twice(p));
  Edwards multiple = p;
  for (unsigned i = 0; i < count; i++) {
    table[i] = toAddend(multiple);
    multiple = add(multiple, step);
  }
}

/**
 * Signed odd digits of a scalar below 2^254, below 2^bits, with zeros between: at least bits - 1 of them after each.
 * Returns how many places there are.
 */
inline unsigned recode(const Fr& scalar, unsigned bits, int16_t* digits) {
  Fr rest = scalar;
  unsigned count = 0;
  const uint64_t mask = (uint64_t{2} << bits) - 1;
  while ((rest.w[0] | rest.w[1] | rest.w[2] | rest.w[3]) != 0) {
    int digit = 0;
    if (rest.w[0] & 1) {
      digit = static_cast<int>(rest.w[0] & mask);
      if (digit >> bits) digit -= static_cast<int>(mask) + 1;
      uint64_t carry = 0;
      const uint64_t low = static_cast<uint64_t>(static_cast<int64_t>(digit)), high = digit < 0 ? ~uint64_t{0} : 0;
      for (int w = 0; w < 4; w++) {
        const uint128 t = static_cast<uint128>(rest.w[w]) - (w == 0 ? low : high) - carry;
        rest.w[w] = static_cast<uint64_t>(t);
        carry = static_cast<uint64_t>(t >> 64) & 1;
      }
    }
    digits[count++] = static_cast<int16_t>(digit);
    for (int w = 0; w < 4; w++) rest.w[w] = rest.w[w] >> 1 | (w < 3 ? rest.w[w + 1] << 63 : 0);
  }
  return count;
}

constexpr unsigned kPlaces = 256, kBaseDigit = 7, kPointDigit = 4;

/** 1, 3, ... 127 times the generator. */
struct BaseOdd {
  Addend table[1 << (kBaseDigit - 1)];

  BaseOdd() { fillOdd(basePoint(), table, 1 << (kBaseDigit - 1)); }
};

inline Edwards addDigit(const Edwards& p, const Addend* table, int digit) {
  if (digit == 0) return p;
  return digit > 0 ? add(p, table[digit / 2]) : add(p, negated(table[-digit / 2]));
}

/**
 * Whether scalar times the generator is point + times * key, all plain, points on the curve and scalars below 2^254.
 * All of it is public: how long it takes depends on it.
 */
inline bool isSum(const Fr* point, const Fr* key, const Fr* scalar, const Fr* times) {
  static const BaseOdd base;
  Addend odd[1 << (kPointDigit - 1)];
  const Edwards a = toEdwards(key), r = toEdwards(point);
  fillOdd({neg(a.x), a.y, a.z, neg(a.t)}, odd, 1 << (kPointDigit - 1));
  int16_t forBase[kPlaces] = {}, forKey[kPlaces] = {};
  const unsigned baseCount = recode(*scalar, kBaseDigit, forBase), keyCount = recode(*times, kPointDigit, forKey);
  Edwards sum = neutral();
  for (unsigned i = baseCount > keyCount ? baseCount : keyCount; i-- > 0;) {
    sum = twice(sum);
    sum = addDigit(sum, base.table, forBase[i]);
    sum = addDigit(sum, odd, forKey[i]);
  }
  return equal(sum.x, mul(r.x, sum.z)) && equal(sum.y, mul(r.y, sum.z));
}

/**
 * Whether a point of the curve is in the subgroup of prime order, and not its neutral element:
 * protocol/crypto/subgroup.ts says why this tells.
 */
inline bool isInSubgroup(const Fr* point) {
  // In Montgomery form: the slope at the point of order 8, its u, sqrt(168700); and (r - 1) / 8.
  constexpr Fr slope{{0x84b7d9561ef872f9, 0x4e501426ebcd53ad, 0x74d40d7f3526bda2, 0x120e4eff7cd61f56}};
  constexpr Fr u{{0x0a89bf3d88234268, 0x98534ed368b36fab, 0x8993353bff82d1d7, 0x24bda69cdd7c68ca}};
  constexpr Fr s{{0xf882529438e44aa1, 0x69c46d969ef21dc9, 0x723948b1ce592140, 0x29fca7496810b832}};
  constexpr Fr exponent{{0x287c3eb27e000000, 0xa5067d090f372e12, 0x370a08b6d0302b0b, 0x060c89ce5c263405}};
  const Fr one = Prime<Fr>::one, x = toMontgomery(point[0]), y = toMontgomery(point[1]);
  const Fr above = add(one, y), below = sub(one, y);
  const Fr first = sub(mul(above, sub(one, mul(slope, x))), mul(mul(below, x), u));
  const Fr second = mul(above, sub(one, mul(s, x)));
  const Fr four = sqr(sqr(mul(first, dbl(y)))), two = sqr(mul(second, x));
  const Fr square = mul(above, below), six = sqr(mul(sqr(square), square));
  const Fr symbol = mul(mul(four, two), mul(six, square));
  return equal(power(symbol, exponent), one);
}

}  // namespace zkclear::ZK_PATH

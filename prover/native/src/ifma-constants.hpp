// The two BN254 moduli and the constants that the eight-lane arithmetic derives from them, all computed at compile
// time. An element has five limbs of 52 bits; its Montgomery form has R = 2^260.
#pragma once

#include <cstdint>

namespace zkclear::ifma {

struct Words {
  uint64_t w[4];
};

struct Limbs {
  uint64_t l[5];
};

constexpr uint64_t kMask52 = (uint64_t{1} << 52) - 1;

constexpr Limbs toLimbs(const Words& a) {
  return Limbs{{a.w[0] & kMask52, (a.w[0] >> 52 | a.w[1] << 12) & kMask52, (a.w[1] >> 40 | a.w[2] << 24) & kMask52,
                (a.w[2] >> 28 | a.w[3] << 36) & kMask52, a.w[3] >> 16}};
}

constexpr bool notBelow(const Words& a, const Words& b) {
  for (int i = 3; i >= 0; i--) {
    if (a.w[i] != b.w[i]) return a.w[i] > b.w[i];
  }
  return true;
}

constexpr Words sum(const Words& a, const Words& b) {
  Words out{};
  unsigned __int128 carry = 0;
  for (int i = 0; i < 4; i++) {
    carry += static_cast<unsigned __int128>(a.w[i]) + b.w[i];
    out.w[i] = static_cast<uint64_t>(carry);
    carry >>= 64;
  }
  return out;
}

constexpr Words difference(const Words& a, const Words& b) {
  Words out{};
  uint64_t borrow = 0;
  for (int i = 0; i < 4; i++) {
    const unsigned __int128 t = static_cast<unsigned __int128>(a.w[i]) - b.w[i] - borrow;
    out.w[i] = static_cast<uint64_t>(t);
    borrow = static_cast<uint64_t>(t >> 64) & 1;
  }
  return out;
}

/** 2^exponent mod p, for positive and negative exponents. p < 2^255. */
constexpr Words powerOfTwo(const Words& p, int exponent) {
  Words x{{1, 0, 0, 0}};
  for (; exponent > 0; exponent--) {
    x = sum(x, x);
    if (notBelow(x, p)) x = difference(x, p);
  }
  for (; exponent < 0; exponent++) {
    if (x.w[0] & 1) x = sum(x, p);
    for (int i = 0; i < 4; i++) x.w[i] = x.w[i] >> 1 | (i < 3 ? x.w[i + 1] << 63 : 0);
  }
  return x;
}

/** Multiples of p that bring a value below 8 * 2^254 under 2.33 p: entry q is floor(q 2^254 / p) p, by limb. */
struct FoldTable {
  alignas(64) uint64_t limb[5][8];
};

constexpr Limbs multipleOf(const Words& p, uint64_t k) {
  const Limbs one = toLimbs(p);
  Limbs out{};
  uint64_t carry = 0;
  for (int i = 0; i < 5; i++) {
    const uint64_t t = one.l[i] * k + carry;  // k <= 32: at most 57 bits
    out.l[i] = i < 4 ? t & kMask52 : t;
    carry = t >> 52;
  }
  return out;
}

constexpr FoldTable foldTable(const Words& p) {
  FoldTable out{};
  for (uint64_t q = 0; q < 8; q++) {
    uint64_t k = 0;
    // The largest k with k p <= q 2^254, that is k p's limbs at most {0, 0, 0, 0, q 2^46}.
    for (uint64_t next = 1; next < 16; next++) {
      const Limbs m = multipleOf(p, next);
      if (m.l[4] >= q << 46) break;  // the lower limbs of k p are never all zero
      k = next;
    }
    const Limbs m = multipleOf(p, k);
    for (int i = 0; i < 5; i++) out.limb[i][q] = m.l[i];
  }
  return out;
}

template <class Modulus>
struct Constants {
  static constexpr Words p = Modulus::p;
  static constexpr Limbs limbs = toLimbs(p);
  static constexpr FoldTable fold = foldTable(p);
  /** shift[i] = 2^(52 i - 208) mod p: what limb i of a product weighs once four limbs are shifted out. */
  static constexpr Limbs shift[4] = {toLimbs(powerOfTwo(p, -208)), toLimbs(powerOfTwo(p, -156)),
                                     toLimbs(powerOfTwo(p, -104)), toLimbs(powerOfTwo(p, -52))};
  /** -1/p mod 2^52 */
  static constexpr uint64_t negativeInverse = [] {
    uint64_t x = 1;
    for (int i = 0; i < 6; i++) x *= 2 - Modulus::p.w[0] * x;
    return (0 - x) & kMask52;
  }();
  /** 1/p mod 2^62 */
  static constexpr uint64_t inverse62 = [] {
    uint64_t x = 1;
    for (int i = 0; i < 6; i++) x *= 2 - Modulus::p.w[0] * x;
    return x & ((uint64_t{1} << 62) - 1);
  }();
  /** One in Montgomery form. */
  static constexpr Words one = powerOfTwo(p, 260);
  static constexpr Words oneSquared = powerOfTwo(p, 520);
  /** Montgomery multipliers that change the form: from R = 2^256, to R = 2^256. */
  static constexpr Words from256 = powerOfTwo(p, 264);
  static constexpr Words to256 = powerOfTwo(p, 256);
};

/** The base field of BN254. */
struct ModulusQ {
  static constexpr Words p = {{0x3c208c16d87cfd47, 0x97816a916871ca8d, 0xb85045b68181585d, 0x30644e72e131a029}};
};

/** The scalar field of BN254. */
struct ModulusR {
  static constexpr Words p = {{0x43e1f593f0000001, 0x2833e84879b97091, 0xb85045b68181585d, 0x30644e72e131a029}};
};

}  // namespace zkclear::ifma

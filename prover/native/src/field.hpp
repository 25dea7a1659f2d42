// The two prime fields, Montgomery form with factor 2^256. Compiled once for each dispatch path (ZK_PATH), with the
// CPU's carry chains where it has them. Operands and results are canonical, so equal elements have equal limbs.
#pragma once
#include "types.hpp"

namespace zkclear::ZK_PATH {

using uint128 = unsigned __int128;

template <class F>
struct Prime;

template <>
struct Prime<Fq> {
  static constexpr Fq modulus{{0x3c208c16d87cfd47, 0x97816a916871ca8d, 0xb85045b68181585d, 0x30644e72e131a029}};
  static constexpr Fq one{{0xd35d438dc58f0d9d, 0x0a78eb28f5c70b3d, 0x666ea36f7879462c, 0x0e0a77c19a07df2f}};
  /** 2^512: turns a plain number into Montgomery form. */
  static constexpr Fq square{{0xf32cfc5b538afa89, 0xb5e71911d44501fb, 0x47ab1eff0a417ff6, 0x06d89f71cab8351f}};
  /** -1 / modulus mod 2^64 */
  static constexpr uint64_t inverse = 0x87d20782e4866389;
};

template <>
struct Prime<Fr> {
  static constexpr Fr modulus{{0x43e1f593f0000001, 0x2833e84879b97091, 0xb85045b68181585d, 0x30644e72e131a029}};
  static constexpr Fr one{{0xac96341c4ffffffb, 0x36fc76959f60cd29, 0x666ea36f7879462e, 0x0e0a77c19a07df2f}};
  static constexpr Fr square{{0x1bb8e645ae216da7, 0x53fe3ab1e35c59e3, 0x8c49833d53bb8085, 0x0216d0b17f4e44a5}};
  static constexpr uint64_t inverse = 0xc2e1f593efffffff;
};

template <class F>
inline bool isZero(const F& a) {
  return (a.w[0] | a.w[1] | a.w[2] | a.w[3]) == 0;
}

template <class F>
inline bool equal(const F& a, const F& b) {
  return ((a.w[0] ^ b.w[0]) | (a.w[1] ^ b.w[1]) | (a.w[2] ^ b.w[2]) | (a.w[3] ^ b.w[3])) == 0;
}

/** a - b without reduction, of elements or products; returns the borrow. */
template <class F>
inline uint64_t subtract(const F& a, const F& b, F& out) {
  constexpr int n = sizeof a.w / sizeof a.w[0];
  unsigned long long borrow = 0, next;
  for (int i = 0; i < n; i++) {
    unsigned long long d;
    next = __builtin_usubll_overflow(a.w[i], b.w[i], &d);
    next |= __builtin_usubll_overflow(d, borrow, &d);
    out.w[i] = d;
    borrow = next;
  }
  return borrow;
}

template <class F>
inline bool isCanonical(const F& a) {
  F unused;
  return subtract(a, Prime<F>::modulus, unused) != 0;
}

/** A product, or a sum of some, that is not reduced yet. */
struct Wide {
  uint64_t w[8];
};

#ifdef ZK_ADX
#include "field-adx.inc"
#else

/** a mod p for a < 2p, without a branch, which random data would mispredict half of the time. */
template <class F>
inline F reduceOnce(const F& a) {
  F d;
  const uint64_t keep = -subtract(a, Prime<F>::modulus, d);
  for (int i = 0; i < 4; i++) d.w[i] ^= (d.w[i] ^ a.w[i]) & keep;
  return d;
}

/** a + b, which may be as much as two elements. */
template <class F>
inline F addUnreduced(const F& a, const F& b) {
  F s;
  uint128 t = 0;
  for (int i = 0; i < 4; i++) {
    t += static_cast<uint128>(a.w[i]) + b.w[i];
    s.w[i] = static_cast<uint64_t>(t);
    t >>= 64;
  }
  return s;
}

template <class F>
inline F add(const F& a, const F& b) {
  return reduceOnce(addUnreduced(a, b));
}

template <class F>
inline F sub(const F& a, const F& b) {
  F d;
  const uint64_t mask = -subtract(a, b, d);
  uint128 t = 0;
  for (int i = 0; i < 4; i++) {
    t += static_cast<uint128>(d.w[i]) + (Prime<F>::modulus.w[i] & mask);
    d.w[i] = static_cast<uint64_t>(t);
    t >>= 64;
  }
  return d;
}

/**
 * a * b / 2^256. The modulus leaves two bits of the top limb free, so the running sum never needs a fifth limb's carry.
 */
template <class F>
inline F mul(const F& a, const F& b) {
  const auto& p = Prime<F>::modulus.w;
  F t{};
  for (int i = 0; i < 4; i++) {
    uint128 low = static_cast<uint128>(a.w[0]) * b.w[i] + t.w[0];
    const uint64_t m = static_cast<uint64_t>(low) * Prime<F>::inverse;
    uint128 reduced = static_cast<uint128>(m) * p[0] + static_cast<uint64_t>(low);
    for (int j = 1; j < 4; j++) {
      low = static_cast<uint128>(a.w[j]) * b.w[i] + t.w[j] + static_cast<uint64_t>(low >> 64);
      reduced = static_cast<uint128>(m) * p[j] + static_cast<uint64_t>(low) + static_cast<uint64_t>(reduced >> 64);
      t.w[j - 1] = static_cast<uint64_t>(reduced);
    }
    t.w[3] = static_cast<uint64_t>(low >> 64) + static_cast<uint64_t>(reduced >> 64);
  }
  return reduceOnce(t);
}

/** a * b, for a and b that may be sums of two elements. */
template <class F>
inline Wide multiplyWide(const F& a, const F& b) {
  Wide t{};
  for (int i = 0; i < 4; i++) {
    uint64_t carry = 0;
    for (int j = 0; j < 4; j++) {
      const uint128 sum = static_cast<uint128>(a.w[j]) * b.w[i] + t.w[i + j] + carry;
      t.w[i + j] = static_cast<uint64_t>(sum);
      carry = static_cast<uint64_t>(sum >> 64);
    }
    t.w[i + 4] = carry;
  }
  return t;
}

/** a / 2^256, for a below 2^256 p. */
template <class F>
inline F reduce(const Wide& a) {
  const auto& p = Prime<F>::modulus.w;
  F t{{a.w[0], a.w[1], a.w[2], a.w[3]}};
  for (int i = 0; i < 4; i++) {
    const uint64_t m = t.w[0] * Prime<F>::inverse;
    uint128 sum = static_cast<uint128>(m) * p[0] + t.w[0];
    for (int j = 1; j < 4; j++) {
      sum = static_cast<uint128>(m) * p[j] + t.w[j] + static_cast<uint64_t>(sum >> 64);
      t.w[j - 1] = static_cast<uint64_t>(sum);
    }
    t.w[3] = static_cast<uint64_t>(sum >> 64);
  }
  return reduceOnce(addUnreduced(t, F{{a.w[4], a.w[5], a.w[6], a.w[7]}}));
}

/** a + b, which fits, in place. */
inline void addWide(Wide& a, const Wide& b) {
  uint128 t = 0;
  for (int i = 0; i < 8; i++) {
    t += static_cast<uint128>(a.w[i]) + b.w[i];
    a.w[i] = static_cast<uint64_t>(t);
    t >>= 64;
  }
}

/** a - b, which is not negative, in place. */
inline void subtractWide(Wide& a, const Wide& b) { subtract(a, b, a); }

/** a - b, plus 2^256 q if that would be negative. */
inline Wide difference(const Wide& a, const Wide& b) {
  Wide d;
  const uint64_t mask = -subtract(a, b, d);
  uint128 t = 0;
  for (int i = 0; i < 4; i++) {
    t += static_cast<uint128>(d.w[4 + i]) + (Prime<Fq>::modulus.w[i] & mask);
    d.w[4 + i] = static_cast<uint64_t>(t);
    t >>= 64;
  }
  return d;
}
#endif

template <class F>
inline F neg(const F& a) {
  return sub(F{}, a);
}

template <class F>
inline F dbl(const F& a) {
  return add(a, a);
}

template <class F>
inline F sqr(const F& a) {
  return mul(a, a);
}

template <class F>
inline F toMontgomery(const F& a) {
  return mul(a, Prime<F>::square);
}

template <class F>
inline F fromMontgomery(const F& a) {
  return mul(a, F{{1, 0, 0, 0}});
}

/** a^exponent, four bits of the exponent at a time; the exponent is no secret. */
template <class F>
F power(const F& a, const F& exponent) {
  F powers[16] = {Prime<F>::one, a};
  for (int i = 2; i < 16; i++) powers[i] = mul(powers[i - 1], a);
  F result = Prime<F>::one;
  for (int nibble = 63; nibble >= 0; nibble--) {
    for (int i = 0; i < 4; i++) result = sqr(result);
    result = mul(result, powers[exponent.w[nibble / 16] >> (4 * (nibble % 16)) & 15]);
  }
  return result;
}

/** 1 / a, and 0 for 0: a^(p - 2). */
template <class F>
F invert(const F& a) {
  F exponent;
  subtract(Prime<F>::modulus, F{{2, 0, 0, 0}}, exponent);
  return power(a, exponent);
}

}  // namespace zkclear::ZK_PATH

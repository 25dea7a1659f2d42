// Scalars as signed digits, shared by all multi-exponentiations with the same scalars.
#pragma once
#include <algorithm>

#include "field.hpp"
#include "memory.hpp"

namespace zkclear {

/** How many of some scalars have each bit length, of the scalar or its negative, whichever is shorter. */
using BitLengths = size_t[257];

inline unsigned bitLength(const Fr& a) {
  for (int i = 3; i >= 0; i--) {
    if (a.w[i] != 0) return 64 * i + 64 - __builtin_clzll(a.w[i]);
  }
  return 0;
}

/** The scalar, or the modulus minus it if that is less. Then -1 is as short as 1, and a bit is saved everywhere. */
inline bool shorten(Fr& scalar) {
  Fr negative;
  portable::subtract(portable::Prime<Fr>::modulus, scalar, negative);
  Fr unused;
  if (!portable::subtract(negative, scalar, unused)) return false;
  scalar = negative;
  return true;
}

/**
 * The digits of scalar s in base 2^bits, each in -2^(bits - 1) .. 2^(bits - 1), a row of all scalars for each window.
 */
struct Digits {
  static constexpr unsigned kMinBits = 6, kMaxBits = 15;
  unsigned bits = 0, windows = 0;
  size_t count = 0;
  Array<int16_t> values;

  Digits() = default;
  Digits(size_t scalars, unsigned windowBits)
      // A shortened scalar has 253 bits, and one more makes room for the last carry.
      : bits(windowBits), windows(windowsOf(windowBits)), count(scalars), values(windows * scalars) {}

  static constexpr unsigned windowsOf(unsigned bits) { return (254 + bits - 1) / bits; }
  /** What the digits of so many scalars take at most, in bytes. */
  static constexpr size_t mostBytes(size_t scalars) { return windowsOf(kMinBits) * scalars * sizeof(int16_t); }

  const int16_t* row(unsigned window) const { return values.data() + window * count; }

  void fill(const Fr* scalars, size_t begin, size_t end) {
    const uint64_t mask = (uint64_t{1} << bits) - 1;
    const int half = 1 << (bits - 1);
    for (size_t i = begin; i < end; i++) {
      Fr scalar = scalars[i];
      const int sign = shorten(scalar) ? -1 : 1;
      int carry = 0;
      for (unsigned window = 0; window < windows; window++) {
        const unsigned bit = window * bits, word = bit / 64, shift = bit % 64;
        uint64_t chunk = scalar.w[word] >> shift;
        if (shift + bits > 64 && word < 3) chunk |= scalar.w[word + 1] << (64 - shift);
        int digit = static_cast<int>(chunk & mask) + carry;
        carry = digit > half;
        if (carry) digit -= 2 * half;
        values[window * count + i] = static_cast<int16_t>(sign * digit);
      }
    }
  }
};

/**
 * Window bits with the least work for so many scalars of each length: six products for an addition, twelve for a
 * bucket. Where nearly all scalars are bits, even fewer than the minimum would do, at three times the memory for
 * digits.
 */
inline unsigned chooseBits(const BitLengths& lengths) {
  unsigned best = Digits::kMinBits;
  double least = 1e300;
  for (unsigned bits = Digits::kMinBits; bits <= Digits::kMaxBits; bits++) {
    double work = 12.0 * Digits::windowsOf(bits) * (1 << (bits - 1));
    for (unsigned length = 1; length <= 256; length++) work += 6.0 * lengths[length] * ((length + bits - 1) / bits);
    if (work < least) {
      least = work;
      best = bits;
    }
  }
  return best;
}

}  // namespace zkclear

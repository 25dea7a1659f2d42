// Runs a witness program. Slots hold plain numbers, so that bits and comparisons cost nothing, and a slot of the
// witness is at its place from the start; a product takes two Montgomery products, the second by a constant.
#pragma once
#include "field.hpp"
#include "witness-code.hpp"

namespace zkclear::ZK_PATH {

class WitnessRun {
 public:
  WitnessRun(const WitnessCode& program, Fr* slots, WitnessQuotient* space)
      : at_(program.words),
        end_(program.words + program.count),
        constants_(program.constants),
        slots_(slots),
        space_(space) {}

  /** False where a check fails: the inputs have no witness. */
  bool run() {
    while (at_ < end_) {
      const uint32_t head = *at_++;
      if (!step(head & 0xff, head >> 8)) return false;
    }
    return true;
  }

 private:
  bool step(uint32_t operation, uint32_t count) {
    switch (operation) {
      case kSum: {
        const uint32_t to = *at_++;
        slots_[to] = form();
        return true;
      }
      case kProduct: {
        const uint32_t to = *at_++;
        const Fr& factor = constants_[*at_++];
        const Fr a = form(), b = form(), rest = form();
        slots_[to] = add(mul(mul(a, b), factor), rest);
        return true;
      }
      case kQuotients:
        return quotients(count);
      case kBits:
        return bits(count);
      case kZeroTest: {
        const uint32_t to = *at_++;
        const bool zero = isZero(form());
        slots_[to] = constants_[at_[zero ? 0 : 1]];
        at_ += 2;
        return true;
      }
      case kOneHot: {
        const Fr hot = form(), place = form();
        const bool any = equal(hot, kOne);
        for (; count > 0; count--, at_ += 2) slots_[at_[0]] = any && equal(place, constants_[at_[1]]) ? kOne : Fr{};
        return true;
      }
      case kDivision: {
        const uint32_t quotient = *at_++, remainder = *at_++;
        const Fr dividend = form(), divisor = form();
        Fr q, r;
        divide(dividend, divisor, q, r);
        if (quotient != kNowhere) slots_[quotient] = q;
        if (remainder != kNowhere) slots_[remainder] = r;
        return true;
      }
      case kSignedDigits:
        signedDigits(count);
        return true;
      case kCheckSum:
        return isZero(form());
      case kCheckProduct: {
        const Fr a = form(), b = form(), c = form();
        return equal(mul(a, b), fromMontgomery(c));
      }
      case kRoot: {
        const uint32_t to = *at_++;
        const Fr value = form();
        Fr quotient, remainder;
        divide(value, constants_[*at_++], quotient, remainder);
        slots_[to] = root(quotient);
        return true;
      }
      case kMissingPlaces: {
        const uint32_t to = *at_++;
        slots_[to] = {{places(form(), count), 0, 0, 0}};
        return true;
      }
      case kSign: {
        const uint32_t to = *at_++;
        Fr rest;
        slots_[to] = {{subtract(kHalf, form(), rest), 0, 0, 0}};
        return true;
      }
      default: {
        const Fr& bit = slots_[*at_++];
        return (bit.w[0] >> 1 | bit.w[1] | bit.w[2] | bit.w[3]) == 0;
      }
    }
  }

  Fr form() {
    const uint32_t plain = *at_++, scaled = *at_++;
    uint32_t added = plain & 0xffff, subtracted = plain >> 16;
    Fr sum{};
    if (scaled & 1) {
      sum = constants_[*at_++];
    } else if (added > 0) {
      sum = slots_[*at_++];
      added--;
    }
    for (; added > 0; added--) sum = add(sum, slots_[*at_++]);
    for (; subtracted > 0; subtracted--) sum = sub(sum, slots_[*at_++]);
    for (uint32_t left = scaled >> 1; left > 0; left--, at_ += 2) {
      sum = add(sum, mul(slots_[at_[0]], constants_[at_[1]]));
    }
    return sum;
  }

  /** All divisors are inverted at once: 1 / d is what those before it come to, times 1 / what they come to with it. */
  bool quotients(uint32_t count) {
    Fr product = Prime<Fr>::one;
    for (uint32_t i = 0; i < count; i++) {
      WitnessQuotient& own = space_[i];
      own.to = at_[0];
      const bool isFree = at_[1] != 0;
      at_ += 2;
      own.numerator = form();
      own.divisor = form();
      own.before = product;
      if (!isZero(own.divisor)) {
        own.divisor = toMontgomery(own.divisor);
        product = mul(product, own.divisor);
      } else if (!isFree || !isZero(own.numerator)) {
        return false;
      }
    }
    Fr inverse = invert(product);
    for (uint32_t i = count; i-- > 0;) {
      const WitnessQuotient& own = space_[i];
      slots_[own.to] = isZero(own.divisor) ? Fr{} : mul(own.numerator, mul(inverse, own.before));
      if (!isZero(own.divisor)) inverse = mul(inverse, own.divisor);
    }
    return true;
  }

  bool bits(uint32_t count) {
    Fr rest = form();
    for (uint32_t i = 0; i < count; i++) {
      const uint32_t to = *at_++;
      const uint64_t bit = rest.w[0] & 1;
      for (int limb = 0; limb < 3; limb++) rest.w[limb] = rest.w[limb] >> 1 | rest.w[limb + 1] << 63;
      rest.w[3] >>= 1;
      if (to != kNowhere) {
        slots_[to] = Fr{{bit, 0, 0, 0}};
      } else if (bit != 0) {
        return false;
      }
    }
    return isZero(rest);
  }

  /** Of the integer number + offset, which is below 2^255. */
  void signedDigits(uint32_t count) {
    const Fr unit = form(), number = form(), negated = neg(unit);
    const Fr& offset = constants_[*at_++];
    Fr sum;
    uint128 carry = 0;
    for (int limb = 0; limb < 4; limb++) {
      carry += static_cast<uint128>(number.w[limb]) + offset.w[limb];
      sum.w[limb] = static_cast<uint64_t>(carry);
      carry >>= 64;
    }
    for (uint32_t i = 0; i < count; i++) slots_[*at_++] = sum.w[i / 64] >> (i % 64) & 1 ? unit : negated;
  }

  /** Euclid's, of plain numbers; 0 and 0 where the divisor is 0. */
  static void divide(const Fr& dividend, const Fr& divisor, Fr& quotient, Fr& remainder) {
    quotient = remainder = Fr{};
    if (isZero(divisor)) return;
    if ((dividend.w[2] | dividend.w[3] | divisor.w[2] | divisor.w[3]) == 0) {
      const uint128 n = wide(dividend), d = wide(divisor);
      quotient = narrow(n / d);
      remainder = narrow(n % d);
      return;
    }
    // Bit by bit: both are below 2^254, so that a remainder doubled stays below 2^256.
    for (int i = 253; i >= 0; i--) {
      for (int limb = 3; limb > 0; limb--) remainder.w[limb] = remainder.w[limb] << 1 | remainder.w[limb - 1] >> 63;
      remainder.w[0] = remainder.w[0] << 1 | (dividend.w[i / 64] >> (i % 64) & 1);
      Fr less;
      if (subtract(remainder, divisor, less) != 0) continue;
      remainder = less;
      quotient.w[i / 64] |= uint64_t{1} << (i % 64);
    }
  }

  /** floor(sqrt(x)) of a plain number, by the digits of its root from above; x stays what is left of it. */
  static Fr root(Fr x) {
    Fr root{};
    for (int at = 252; at >= 0; at -= 2) {
      Fr wanted = root, less;
      wanted.w[at / 64] |= uint64_t{1} << (at % 64);
      const bool fits = subtract(x, wanted, less) == 0;
      for (int limb = 0; limb < 3; limb++) root.w[limb] = root.w[limb] >> 1 | root.w[limb + 1] << 63;
      root.w[3] >>= 1;
      if (!fits) continue;
      x = less;
      root.w[at / 64] |= uint64_t{1} << (at % 64);
    }
    return root;
  }

  /** By how many places a plain number is to be shifted up to have bit `top` or a higher one; top if it is 0. */
  static uint64_t places(const Fr& a, uint32_t top) {
    for (int limb = 3; limb >= 0; limb--) {
      if (a.w[limb] == 0) continue;
      const uint32_t highest = 64 * limb + 63 - __builtin_clzll(a.w[limb]);
      return highest < top ? top - highest : 0;
    }
    return top;
  }

  static uint128 wide(const Fr& a) { return static_cast<uint128>(a.w[1]) << 64 | a.w[0]; }
  static Fr narrow(uint128 a) { return {{static_cast<uint64_t>(a), static_cast<uint64_t>(a >> 64), 0, 0}}; }

  static constexpr Fr kOne{{1, 0, 0, 0}};
  /** (r - 1) / 2: what is above it counts as negative. */
  static constexpr Fr kHalf{{0xa1f0fac9f8000000, 0x9419f4243cdcb848, 0xdc2822db40c0ac2e, 0x183227397098d014}};

  const uint32_t* at_;
  const uint32_t* const end_;
  const Fr* const constants_;
  Fr* const slots_;
  WitnessQuotient* const space_;
};

/** Runs a program from slots that hold its inputs; see Kernels. */
inline bool runWitness(const WitnessCode& program, Fr* slots, WitnessQuotient* space) {
  return WitnessRun(program, slots, space).run();
}

}  // namespace zkclear::ZK_PATH

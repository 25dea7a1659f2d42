// The code of witness programs, for whatever runs it.
#pragma once
#include <cstddef>
#include <cstdint>

#include "types.hpp"

namespace zkclear {

/** Operations of the code, which is described in circom/witness-program/operations.ts. */
enum Operation : uint32_t {
  kSum = 1,
  kProduct,
  kQuotients,
  kBits,
  kZeroTest,
  kOneHot,
  kDivision,
  kSignedDigits,
  kCheckSum,
  kCheckProduct,
  kCheckBit,
  kRoot,
  kMissingPlaces,
  kSign,
};

/** In place of a slot: nothing is written. */
constexpr uint32_t kNowhere = 0xffffffff;

/** Working space for the quotients of one step. */
struct WitnessQuotient {
  Fr numerator, divisor, before;
  uint32_t to;
};

/** A program that was checked: whatever its code names is there. Elements are plain. */
struct WitnessCode {
  const uint32_t* words;
  size_t count;
  const Fr* constants;
};

}  // namespace zkclear

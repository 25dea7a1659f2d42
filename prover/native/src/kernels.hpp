// What a dispatch path may replace: the inner loops that take nearly all of a proof's time.
#pragma once
#include "types.hpp"
#include "witness-code.hpp"

namespace zkclear {

/** "adx" for the path adx. */
#define ZK_NAME(path) ZK_QUOTE(path)
#define ZK_QUOTE(text) #text

/** Additions handed to one call share one inversion; at most this many. */
constexpr size_t kBatch = 1024;

/**
 * sum = left + right, or left - right where the lowest bit of `right` is set (points are aligned). `sum` may be `left`,
 * and may be the operand of another addition only if it is that addition's own `sum` too. No operand is infinity.
 */
template <class Point>
struct Addition {
  Point* sum;
  const Point* left;
  uintptr_t right;
};

template <class Point>
inline uintptr_t operand(const Point* point, bool negate) {
  return reinterpret_cast<uintptr_t>(point) | static_cast<uintptr_t>(negate);
}

/** Base of a path's own twiddle factors of one size. */
struct NttTables {};

/**
 * Runs body(context, task) for each task, on any threads; returns when all are done. May throw, then tasks are left
 * out.
 */
struct Parallel {
  void* pool;
  size_t threads;
  void (*run)(void* pool, size_t tasks, void (*body)(void* context, size_t task), void* context);
};

/** A term of a sparse row: wire, and index of its coefficient in a table whose first two entries stand for 1 and -1. */
struct Term {
  uint32_t wire, coefficient;
};

/**
 * No code of these functions may be shared with other translation units: the linker keeps one copy of an inline
 * function, and it may be the one compiled for a CPU that this is not. So they use nothing of the standard library's
 * templates.
 */
struct Kernels {
  const char* name;

  /**
   * Between the file's form of points (Montgomery, 2^256) and the form that addG1 and addG2 work on. May be in place.
   */
  void (*importG1)(const AffineG1* in, AffineG1* out, size_t count);
  void (*exportG1)(const AffineG1* in, AffineG1* out, size_t count);
  void (*importG2)(const AffineG2* in, AffineG2* out, size_t count);
  void (*exportG2)(const AffineG2* in, AffineG2* out, size_t count);

  /**
   * Does `count` <= kBatch additions. Where the operands have the same x (a doubling, or opposite points) it leaves
   * `sum` as it is and writes the addition's index to `exceptions`; returns how many. Results are canonical, so equal
   * points have equal bytes. `scratch` has kScratchBytes bytes, aligned to 64.
   */
  size_t (*addG1)(const Addition<AffineG1>* additions, size_t count, void* scratch, uint32_t* exceptions);
  size_t (*addG2)(const Addition<AffineG2>* additions, size_t count, void* scratch, uint32_t* exceptions);

  /** out = sum of once[k] + 2^shift * sum of k * weighted[k], points in the file's form, (0, 0) being infinity. */
  void (*weighG1)(const AffineG1* once, const AffineG1* weighted, size_t count, unsigned shift, AffineG1* out);
  void (*weighG2)(const AffineG2* once, const AffineG2* weighted, size_t count, unsigned shift, AffineG2* out);

  /**
   * For rows begin <= row < end, out[row] = sum of coefficient * witness[wire] over the terms from offsets[row] up to
   * offsets[row + 1], in Montgomery form. The witness is plain, coefficients carry 2^512.
   */
  void (*multiplyRows)(const uint32_t* offsets, const Term* terms, const Fr* coefficients, const Fr* witness, Fr* out,
                       size_t begin, size_t end);

  /** Tables for 2^log values, 0 <= log <= 27; null if memory ran out. */
  NttTables* (*makeTables)(unsigned log);
  void (*freeTables)(NttTables*);

  /**
   * From the values of two polynomials a and b on the 2^log roots of unity, in Montgomery form (2^256): out = a * b - c
   * on the coset of odd powers of a 2^(log+1)-th root, plain numbers in natural order, where c is the polynomial that
   * takes the values a * b on the roots of unity. Overwrites a and b. Throws std::bad_alloc, and what `parallel`
   * throws.
   */
  void (*quotient)(const NttTables* tables, Fr* a, Fr* b, Fr* out, const Parallel& parallel);
  /** What it takes meanwhile, in bytes; null for nothing. */
  size_t (*quotientBytes)(unsigned log);

  /**
   * Where a path sums a whole window its own way, else null: sum of digits[scalars[i]] * bases[i] in the file's form,
   * with digits of `bits` bits. The space is for up to so many bases, for one thread, and wiped when it is destroyed;
   * creating it throws std::bad_alloc.
   */
  void* (*createWindowG1)(size_t bases, unsigned bits);
  void* (*createWindowG2)(size_t bases, unsigned bits);
  void (*destroyWindow)(void* space);
  /** What such a space takes, in bytes; grows with both. */
  size_t (*windowBytesG1)(size_t bases, unsigned bits);
  size_t (*windowBytesG2)(size_t bases, unsigned bits);
  void (*windowG1)(void* space, const AffineG1* bases, const uint32_t* scalars, size_t count, const int16_t* digits,
                   AffineG1* out);
  void (*windowG2)(void* space, const AffineG2* bases, const uint32_t* scalars, size_t count, const int16_t* digits,
                   AffineG2* out);

  /**
   * Runs a checked witness program on slots whose first is 1 and that hold its inputs, all plain and canonical. False
   * where the inputs have no witness. `space` is for as many quotients as one step has.
   */
  bool (*runWitness)(const WitnessCode& program, Fr* slots, WitnessQuotient* space);

  /** Poseidon's permutation of a state of `width` plain words; the first is the digest then. See poseidon.hpp. */
  void (*poseidon)(const Fr* parameters, unsigned width, unsigned partialRounds, Fr* state);
  /** The digests of `count` states, one after another, each in place of its first word. Throws std::bad_alloc. */
  void (*poseidonAll)(const Fr* parameters, unsigned width, unsigned partialRounds, Fr* states, size_t count);
  /** Scalar times a point of BabyJubJub, plain affine coordinates in place. See baby-jubjub.hpp. */
  void (*multiplyBabyJubjub)(Fr* point, const Fr* scalar);
  /** Scalar times its generator. */
  void (*multiplyBase)(Fr* point, const Fr* scalar);
  /** Whether scalar * generator = point + times * key. */
  bool (*isSum)(const Fr* point, const Fr* key, const Fr* scalar, const Fr* times);
  /** Whether a point of the curve is of the prime order. */
  bool (*isInSubgroup)(const Fr* point);

  /** Of BN254, plain coordinates. See pairing.hpp. Whether a point of the twist is of order r. */
  bool (*isInG2)(const AffineG2* point);
  /** The sum of scalars[i] points[i], (0, 0) being infinity. Overwrites the points. */
  void (*combineG1)(AffineG1* points, const Fr* scalars, size_t count, AffineG1* out);
  /** Whether the product of the pairings of `count` <= kMostPairs points in their groups is one. */
  bool (*pairingIsOne)(const AffineG1* g1, const AffineG2* g2, size_t count);
};

/** More pairs than any verifier of ours has. */
constexpr size_t kMostPairs = 8;

constexpr unsigned kMaxPoseidonWidth = 17;

constexpr size_t kScratchBytes = kBatch * 4 * 128 + 4096;

const Kernels& portableKernels();
/** Null unless built for x86-64 and supported by this CPU. */
const Kernels* adxKernels();
const Kernels* ifmaKernels();

}  // namespace zkclear

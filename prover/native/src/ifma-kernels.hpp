// What the AVX-512 IFMA translation units (ifma-*.cpp) offer. Plain types only: any translation unit may include it.
// Only sortDigits and windowBits may be called on a processor without them: see hasIfma() in cpu.hpp.
//
// Forms
//   Elements are four 64-bit words, least significant first. The caller's form is Montgomery with R = 2^256, below p,
//   as in a .zkey. The kernels' own form has R = 2^260 and any value below 2.34 p; it is just as large.
//   G1 points: x, y (8 words); G2 points: x.c0, x.c1, y.c0, y.c1 (16 words). Infinity: all words 0. Points in the
//   kernels' form are aligned to 64 bytes.
//
// How a multi-exponentiation runs (all functions reentrant; one Workspace per thread)
//   once per key:     prepareG1 / prepareG2 turn the bases into the kernels' form.
//   once per scalars: the caller writes signed digits of c bits, |d| <= 2^(c-1), window after window.
//   per window:       sortDigits makes the order in which the window's points are added; sets of bases with the same
//                     scalars share it (B in G1 and in G2, or with A when only one map of indices is used).
//                     windowSumsG1 / windowSumsG2 then give c points U_0 .. U_(c-1), in the caller's form, for which
//                     sum_i d_i P_i = sum_l 2^l U_l.
//   at the end:       the result is sum over windows w and bits l of 2^(c w + l) U_(w,l): one Horner scheme with
//                     c w + l falling: double, then add the affine point U_(w,l). It costs 254 doublings in all.
//   Windows are independent of each other: one task each. Good widths: windowBits(n).
#pragma once

#include <cstddef>
#include <cstdint>

namespace zkclear::ifma {

// ---- points -------------------------------------------------------------------------------------------------------

/** n points from the caller's form to the kernels' (in place where out == in). */
void prepareG1(uint64_t* out, const uint64_t* in, size_t n);
void prepareG2(uint64_t* out, const uint64_t* in, size_t n);

/** n points from the kernels' form to the caller's. */
void exportG1(uint64_t* out, const uint64_t* in, size_t n);
void exportG2(uint64_t* out, const uint64_t* in, size_t n);

// ---- multi-exponentiation -----------------------------------------------------------------------------------------

/** A good window for n bases: 4 to 16 bits. */
unsigned windowBits(size_t n);

/** The points of one window, sorted by |digit|. */
struct Order {
  /** 2^(c-1) + 2 entries: bucket k = |digit| holds points[starts[k]] up to points[starts[k + 1]]; bucket 0 is empty. */
  uint32_t* starts;
  /** Room for n entries: the index of a base, with bit 31 set where the base is to be subtracted. */
  uint32_t* points;
};

/**
 * Counting sort of one window's digits. Base i has digits[i], or digits[map[i]] when map is not null (bases without
 * those at infinity, of which map tells the scalar). |digit| <= 2^(c-1), n < 2^31. Needs no AVX-512.
 */
void sortDigits(const Order& out, const int16_t* digits, const uint32_t* map, size_t n, unsigned c);

struct Workspace;

/** Working memory for windowSums with up to n bases and windows of up to c bits, 1 to 16; null when memory is short. */
Workspace* createWorkspace(size_t n, unsigned c, bool g2);
/** Overwrites with zeros and frees it. Null is allowed. */
void destroyWorkspace(Workspace* w);
size_t workspaceBytes(size_t n, unsigned c, bool g2);

/**
 * The workspace's n and c must be at least the order's, and its group the same. bases is aligned to 64 bytes.
 * out: c points in the caller's form, U_l as above. Bases in the kernels' form; bases at infinity, equal and opposite
 * ones are all right. Points are taken on trust to be on the curve.
 */
void windowSumsG1(Workspace* w, const uint64_t* bases, const Order& order, unsigned c, uint64_t* out);
void windowSumsG2(Workspace* w, const uint64_t* bases, const Order& order, unsigned c, uint64_t* out);

/** out[i] = a[i] + b[i], all in the kernels' form, any points, infinity included; out may not overlap a or b. */
void addBatchG1(uint64_t* out, const uint64_t* a, const uint64_t* b, size_t n);
void addBatchG2(uint64_t* out, const uint64_t* a, const uint64_t* b, size_t n);

// ---- scalar field: blocks, NTT, products --------------------------------------------------------------------------
//
// A vector of 2^k scalars (k >= 6) lies in 5 * 2^k words, aligned to 64 bytes: blocks of eight elements, limb by limb.
// inverse: values in natural order to coefficients in an order of the kernels' own (bits reversed, and tiles of 64
// transposed); forward: from there to values in natural order. So
//   inverse, coset, forward   gives the evaluations on the shifted domain without any permutation.

/** n a multiple of 8. Montgomery R = 2^256, below r, four words each, to blocks and back. */
void frImport(uint64_t* blocks, const uint64_t* in, size_t n);
void frExport(uint64_t* out, const uint64_t* blocks, size_t n);
/** Plain integers below 2^256 to blocks (as field elements), and blocks to plain integers below r. */
void frImportPlain(uint64_t* blocks, const uint64_t* in, size_t n);
void frExportPlain(uint64_t* out, const uint64_t* blocks, size_t n);

struct NttTables;

/**
 * Tables for size 2^k, 6 <= k <= 28. root: a primitive 2^k-th root of unity; shift: the coset's generator; both in
 * Montgomery form, R = 2^256. Null when memory is short.
 */
NttTables* createNttTables(unsigned k, const uint64_t* root, const uint64_t* shift);
void destroyNttTables(NttTables* t);
size_t nttTableBytes(unsigned k);

/** Runs body(context, task) for task in [0, tasks), in any order and on any threads, and returns when all are done. */
using Parallel = void (*)(void* pool, size_t tasks, void (*body)(void* context, size_t task), void* context);

/** In place. `parallel` may be null: then all runs on the calling thread. `tasks`: into how many parts to split. */
void nttInverse(const NttTables* t, uint64_t* blocks, Parallel parallel, void* pool, size_t tasks);
void nttForward(const NttTables* t, uint64_t* blocks, Parallel parallel, void* pool, size_t tasks);
/** Coefficient i (where nttInverse puts it) times shift^i / 2^k, for the blocks [begin, end) of the 2^k / 8. */
void nttCoset(const NttTables* t, uint64_t* blocks, size_t begin, size_t end);
/** out = a b - c for `blocks` blocks; out may be a, b or c. */
void frMulSub(uint64_t* out, const uint64_t* a, const uint64_t* b, const uint64_t* c, size_t blocks);
/**
 * Poseidon of `count` states of `width` plain words each, one after another, eight at a time; the digest takes the
 * place of a state's first word. Parameters as in poseidon.hpp, in blocks; `count` is a multiple of 8, `width` at
 * most 17.
 */
void poseidonAll(const uint64_t* parameters, unsigned width, unsigned partialRounds, uint64_t* states, size_t count);
/** out = a b. */
void frMul(uint64_t* out, const uint64_t* a, const uint64_t* b, size_t blocks);

}  // namespace zkclear::ifma

// Number-theoretic transforms and products over the scalar field, eight elements at a time.
//
// Vectors lie in blocks of eight. Butterflies that are eight or more apart work on whole blocks, two levels at a time;
// the last three levels work on tiles of 64 elements that are transposed so that lane j of vector l is element 8 j + l.
// Coefficients stay in that order: the forward transform begins where the inverse one ended.
//
// Bounds, in multiples of r: stored values are below 2.64; a product with a twiddle is below 2.24 + A / 84.
#include <cstdlib>
#include <cstring>

#include "ifma-inverse.hpp"
#include "ifma-kernels.hpp"

namespace zkclear::ifma {

namespace {

using M = ModulusR;
constexpr size_t kBlock = 40;
constexpr size_t kTile = 8 * kBlock;

}  // namespace

struct NttTables {
  unsigned k;
  /** Level by level from half-size 2^(k-1) down to 8: 2^k - 8 twiddles in blocks; for inverse and forward. */
  uint64_t* twiddles[2];
  uint64_t* coset;
  /** The eighth roots' powers 1, 2, 3, and the fourth root, for inverse and forward. */
  Words eighth[2][4];
};

namespace {

uint64_t* allocateBlocks(size_t elements) {
  return static_cast<uint64_t*>(aligned_alloc(64, elements / 8 * kBlock * sizeof(uint64_t)));
}

/** The level's table in `twiddles`: those of the larger levels come first. */
ZK_INLINE const uint64_t* levelTable(const NttTables* t, int direction, size_t half) {
  const size_t n = size_t{1} << t->k;
  return t->twiddles[direction] + (n - 2 * half) / 8 * kBlock;
}

Words firstLane(const F8& a) {
  uint64_t words[32];
  storeWords(words, 4, canonical<M>(a));
  return Words{{words[0], words[1], words[2], words[3]}};
}

/** out: start base^i for i < n, canonical, in blocks. */
void powers(uint64_t* out, size_t n, const Words& base, const Words& start) {
  const F8 b = broadcast(base);
  F8 x = broadcast(start), block = x, step = broadcast(Constants<M>::one);
  for (unsigned lane = 0; lane < 8; lane++) {
    block = select(static_cast<__mmask8>(1u << lane), block, x);
    x = mul<M>(x, b);
    step = mul<M>(step, b);
  }
  for (size_t i = 0; i < n; i += 8) {
    storeBlock(out + i / 8 * kBlock, canonical<M>(block));
    block = mul<M>(block, step);
  }
}

size_t reverseBits(size_t x, unsigned bits) {
  size_t r = 0;
  for (unsigned i = 0; i < bits; i++) r |= (x >> i & 1) << (bits - 1 - i);
  return r;
}

void fillTwiddles(NttTables* t, int direction, Words root) {
  uint64_t* out = t->twiddles[direction];
  for (size_t half = size_t{1} << (t->k - 1); half >= 8; half /= 2) {
    powers(out, half, root, Constants<M>::one);
    out += half / 8 * kBlock;
    root = firstLane(sqr<M>(broadcast(root)));
  }
  const F8 w = broadcast(root), w2 = sqr<M>(w);
  t->eighth[direction][0] = Constants<M>::one;
  t->eighth[direction][1] = root;
  t->eighth[direction][2] = firstLane(w2);
  t->eighth[direction][3] = firstLane(mul<M>(w2, w));
}

void fillCoset(NttTables* t, uint64_t* natural, const Words& shift) {
  const size_t n = size_t{1} << t->k;
  powers(natural, n, shift, powerOfTwo(M::p, 260 - static_cast<int>(t->k)));
  for (size_t i = 0; i < n; i++) {
    const size_t place = reverseBits(i, t->k);
    const size_t stored = place / 64 * kTile + place % 8 * kBlock + place / 8 % 8;
    for (size_t limb = 0; limb < 5; limb++) t->coset[stored + 8 * limb] = natural[i / 8 * kBlock + 8 * limb + i % 8];
  }
}

template <int lift>
ZK_INLINE F8 less(const F8& a, const F8& b) {
  return sub<M, lift>(a, b);
}

ZK_INLINE F8 foldedSum(const F8& a, const F8& b) { return fold<M>(addRaw(a, b)); }
ZK_INLINE F8 foldedDifference(const F8& a, const F8& b) { return fold<M>(liftRaw<M, 3>(subRaw(a, b))); }

/** Two levels, half-sizes h and h / 2, of the inverse transform (decimation in frequency), at block j of a group. */
ZK_INLINE void inverseFour(uint64_t* p, size_t quarter, const uint64_t* large, const uint64_t* small) {
  const F8 a0 = loadBlock(p), a1 = loadBlock(p + quarter);
  const F8 a2 = loadBlock(p + 2 * quarter), a3 = loadBlock(p + 3 * quarter);
  const F8 b0 = addRaw(a0, a2), b1 = addRaw(a1, a3);
  storeBlock(p, foldedSum(b0, b1));
  const F8 w = loadBlock(small);
  storeBlock(p + quarter, mul<M>(less<6>(b0, b1), w));
  const F8 b2 = mul<M>(less<3>(a0, a2), loadBlock(large));
  const F8 b3 = mul<M>(less<3>(a1, a3), loadBlock(large + quarter));
  storeBlock(p + 2 * quarter, foldedSum(b2, b3));
  storeBlock(p + 3 * quarter, mul<M>(less<3>(b2, b3), w));
}

/** The same levels of the forward transform (decimation in time), h / 2 first. */
ZK_INLINE void forwardFour(uint64_t* p, size_t quarter, const uint64_t* large, const uint64_t* small) {
  const F8 w = loadBlock(small);
  const F8 c0 = loadBlock(p), c1 = mul<M>(loadBlock(p + quarter), w);
  const F8 c2 = loadBlock(p + 2 * quarter), c3 = mul<M>(loadBlock(p + 3 * quarter), w);
  const F8 b2 = mul<M>(add(c2, c3), loadBlock(large));
  const F8 b3 = mul<M>(less<3>(c2, c3), loadBlock(large + quarter));
  const F8 b0 = addRaw(c0, c1);
  storeBlock(p, foldedSum(b0, b2));
  storeBlock(p + 2 * quarter, foldedDifference(b0, b2));
  const F8 b1 = liftRaw<M, 3>(subRaw(c0, c1));
  storeBlock(p + quarter, foldedSum(b1, b3));
  storeBlock(p + 3 * quarter, foldedDifference(b1, b3));
}

ZK_INLINE void inverseTwo(uint64_t* p, size_t half, const uint64_t* w) {
  const F8 a = loadBlock(p), b = loadBlock(p + half);
  storeBlock(p, foldedSum(a, b));
  storeBlock(p + half, mul<M>(less<3>(a, b), loadBlock(w)));
}

ZK_INLINE void forwardTwo(uint64_t* p, size_t half, const uint64_t* w) {
  const F8 a = loadBlock(p), b = mul<M>(loadBlock(p + half), loadBlock(w));
  storeBlock(p, foldedSum(a, b));
  storeBlock(p + half, foldedDifference(a, b));
}

/** Exchanges lane j of block l with lane l of block j, limb by limb. */
ZK_INLINE void transposeTile(uint64_t* p) {
  const Vec low = _mm512_setr_epi64(0, 1, 8, 9, 4, 5, 12, 13);
  const Vec high = _mm512_setr_epi64(2, 3, 10, 11, 6, 7, 14, 15);
  for (size_t limb = 0; limb < 5; limb++) {
    Vec a[8], b[8];
#pragma GCC unroll 8
    for (size_t i = 0; i < 8; i++) a[i] = _mm512_load_si512(p + i * kBlock + 8 * limb);
#pragma GCC unroll 4
    for (size_t i = 0; i < 8; i += 2) {
      b[i] = _mm512_unpacklo_epi64(a[i], a[i + 1]);
      b[i + 1] = _mm512_unpackhi_epi64(a[i], a[i + 1]);
    }
#pragma GCC unroll 4
    for (size_t i = 0; i < 4; i++) {
      const size_t at = i / 2 * 4 + i % 2;
      a[at] = _mm512_permutex2var_epi64(b[at], low, b[at + 2]);
      a[at + 2] = _mm512_permutex2var_epi64(b[at], high, b[at + 2]);
    }
#pragma GCC unroll 4
    for (size_t i = 0; i < 4; i++) {
      _mm512_store_si512(p + i * kBlock + 8 * limb, _mm512_shuffle_i64x2(a[i], a[i + 4], 0x44));
      _mm512_store_si512(p + (i + 4) * kBlock + 8 * limb, _mm512_shuffle_i64x2(a[i], a[i + 4], 0xee));
    }
  }
}

void inverseTile(uint64_t* p, const Words* eighth) {
  transposeTile(p);
  for (size_t distance = 4; distance >= 1; distance /= 2) {
    for (size_t i = 0; i < 8; i++) {
      if (i & distance) continue;
      uint64_t* const lower = p + i * kBlock;
      uint64_t* const upper = lower + distance * kBlock;
      const F8 a = loadBlock(lower), b = loadBlock(upper);
      const size_t power = i % distance * (4 / distance);
      storeBlock(lower, foldedSum(a, b));
      storeBlock(upper, power == 0 ? foldedDifference(a, b) : mul<M>(less<3>(a, b), broadcast(eighth[power])));
    }
  }
}

void forwardTile(uint64_t* p, const Words* eighth) {
  for (size_t distance = 1; distance <= 4; distance *= 2) {
    for (size_t i = 0; i < 8; i++) {
      if (i & distance) continue;
      uint64_t* const lower = p + i * kBlock;
      uint64_t* const upper = lower + distance * kBlock;
      const F8 a = loadBlock(lower);
      F8 b = loadBlock(upper);
      const size_t power = i % distance * (4 / distance);
      if (power != 0) b = mul<M>(b, broadcast(eighth[power]));
      storeBlock(lower, foldedSum(a, b));
      storeBlock(upper, foldedDifference(a, b));
    }
  }
  transposeTile(p);
}

/** One pass over the vector, split into tasks. half: the larger level's half-size; 0 for the tiles. */
struct Pass {
  const NttTables* t;
  uint64_t* data;
  size_t tasks;
  size_t half;
  int direction;
  bool four;
};

void runPass(void* context, size_t task) {
  const Pass& pass = *static_cast<const Pass*>(context);
  const size_t n = size_t{1} << pass.t->k;
  const size_t items = pass.half == 0 ? n / 64 : pass.four ? n / 32 : n / 16;
  const size_t begin = items * task / pass.tasks, end = items * (task + 1) / pass.tasks;
  if (pass.half == 0) {
    const Words* const eighth = pass.t->eighth[pass.direction];
    for (size_t i = begin; i < end; i++)
      (pass.direction == 0 ? inverseTile : forwardTile)(pass.data + i * kTile, eighth);
    return;
  }
  // Blocks from one element of a butterfly to the next, and per group of butterflies.
  const size_t distance = pass.half / 8 / (pass.four ? 2 : 1);
  const size_t group = pass.half / 4;
  const uint64_t* const large = levelTable(pass.t, pass.direction, pass.half);
  const uint64_t* const small = pass.four ? levelTable(pass.t, pass.direction, pass.half / 2) : nullptr;
  for (size_t i = begin; i < end; i++) {
    const size_t j = i % distance;
    uint64_t* const p = pass.data + (i / distance * group + j) * kBlock;
    const size_t at = j * kBlock;
    if (pass.four) {
      if (pass.direction == 0) {
        inverseFour(p, distance * kBlock, large + at, small + at);
      } else {
        forwardFour(p, distance * kBlock, large + at, small + at);
      }
    } else if (pass.direction == 0) {
      inverseTwo(p, distance * kBlock, large + at);
    } else {
      forwardTwo(p, distance * kBlock, large + at);
    }
  }
}

void execute(Pass pass, Parallel parallel, void* pool) {
  if (parallel && pass.tasks > 1) {
    parallel(pool, pass.tasks, runPass, &pass);
  } else {
    pass.tasks = 1;
    runPass(&pass, 0);
  }
}

template <class Body>
void eachBlock(size_t n, Body body) {
  for (size_t i = 0; i < n / 8; i++) body(i * kBlock, i * 32);
}

}  // namespace

size_t nttTableBytes(unsigned k) { return (size_t{3} << k) / 8 * kBlock * sizeof(uint64_t) + sizeof(NttTables); }

NttTables* createNttTables(unsigned k, const uint64_t* root, const uint64_t* shift) {
  if (k < 6 || k > 28) return nullptr;
  const size_t n = size_t{1} << k;
  auto* const t = static_cast<NttTables*>(malloc(sizeof(NttTables)));
  if (!t) return nullptr;
  *t = NttTables{k, {allocateBlocks(n), allocateBlocks(n)}, allocateBlocks(n), {}};
  if (!t->twiddles[0] || !t->twiddles[1] || !t->coset) {
    destroyNttTables(t);
    return nullptr;
  }
  const auto own = [](const uint64_t* a) {
    return firstLane(mul<M>(broadcast(Words{{a[0], a[1], a[2], a[3]}}), broadcast(Constants<M>::from256)));
  };
  const Words w = own(root);
  fillCoset(t, t->twiddles[0], own(shift));  // whose place the natural order's powers borrow
  fillTwiddles(t, 0, inverse<M>(w));
  fillTwiddles(t, 1, w);
  return t;
}

void destroyNttTables(NttTables* t) {
  if (!t) return;
  free(t->twiddles[0]);
  free(t->twiddles[1]);
  free(t->coset);
  free(t);
}

void nttInverse(const NttTables* t, uint64_t* blocks, Parallel parallel, void* pool, size_t tasks) {
  size_t half = size_t{1} << (t->k - 1);
  for (; half >= 16; half /= 4) execute(Pass{t, blocks, tasks, half, 0, true}, parallel, pool);
  if (half == 8) execute(Pass{t, blocks, tasks, half, 0, false}, parallel, pool);
  execute(Pass{t, blocks, tasks, 0, 0, false}, parallel, pool);
}

void nttForward(const NttTables* t, uint64_t* blocks, Parallel parallel, void* pool, size_t tasks) {
  execute(Pass{t, blocks, tasks, 0, 1, false}, parallel, pool);
  size_t half = 16;
  if (t->k % 2 == 0) {
    execute(Pass{t, blocks, tasks, 8, 1, false}, parallel, pool);
    half = 32;
  }
  for (; half < size_t{1} << t->k; half *= 4) execute(Pass{t, blocks, tasks, half, 1, true}, parallel, pool);
}

void nttCoset(const NttTables* t, uint64_t* blocks, size_t begin, size_t end) {
  for (size_t i = begin * kBlock; i < end * kBlock; i += kBlock) {
    storeBlock(blocks + i, mul<M>(loadBlock(blocks + i), loadBlock(t->coset + i)));
  }
}

void frMul(uint64_t* out, const uint64_t* a, const uint64_t* b, size_t blocks) {
  for (size_t i = 0; i < blocks * kBlock; i += kBlock) storeBlock(out + i, mul<M>(loadBlock(a + i), loadBlock(b + i)));
}

void frMulSub(uint64_t* out, const uint64_t* a, const uint64_t* b, const uint64_t* c, size_t blocks) {
  for (size_t i = 0; i < blocks * kBlock; i += kBlock) {
    const F8 ab = reduceRaw<M>(product(loadBlock(a + i), loadBlock(b + i)));
    storeBlock(out + i, foldedDifference(ab, loadBlock(c + i)));
  }
}

void frImport(uint64_t* blocks, const uint64_t* in, size_t n) {
  const F8 f = broadcast(Constants<M>::from256);
  eachBlock(n, [&](size_t b, size_t w) { storeBlock(blocks + b, mul<M>(loadWords(in + w, 4), f)); });
}

void frExport(uint64_t* out, const uint64_t* blocks, size_t n) {
  const F8 f = broadcast(Constants<M>::to256);
  eachBlock(n, [&](size_t b, size_t w) { storeWords(out + w, 4, canonical<M>(mul<M>(loadBlock(blocks + b), f))); });
}

void frImportPlain(uint64_t* blocks, const uint64_t* in, size_t n) {
  const F8 f = broadcast(Constants<M>::oneSquared);
  eachBlock(n, [&](size_t b, size_t w) { storeBlock(blocks + b, mul<M>(loadWords(in + w, 4), f)); });
}

void frExportPlain(uint64_t* out, const uint64_t* blocks, size_t n) {
  const F8 f = broadcast(Words{{1, 0, 0, 0}});
  eachBlock(n, [&](size_t b, size_t w) { storeWords(out + w, 4, canonical<M>(mul<M>(loadBlock(blocks + b), f))); });
}

}  // namespace zkclear::ifma

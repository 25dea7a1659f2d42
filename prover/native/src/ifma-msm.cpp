// Bucket sums of one window. Every sum, of a bucket or of the buckets, is a tree of affine additions, so that each
// round of additions is a batch of independent ones that share an inversion.
#include <cstdlib>
#include <cstring>

#include "ifma-kernels.hpp"
#include "ifma-points.hpp"

namespace zkclear::ifma {

namespace {

/** Points that are reduced together before the next ones are fetched: what the second-level cache holds. */
constexpr size_t kChunk = 4096;
/** Pairs that share an inversion at most. */
constexpr size_t kSlice = 2048;
/** A chunk's round with fewer pairs than this waits for the other chunks. */
constexpr size_t kFewPairs = 128;
constexpr size_t kPadding = 16;

size_t bucketsOf(unsigned c) { return (size_t{1} << (c - 1)) + 1; }
size_t larger(size_t a, size_t b) { return a > b ? a : b; }
size_t smaller(size_t a, size_t b) { return a < b ? a : b; }

/** Coordinates of two points with different x, to fill a batch up to a multiple of sixteen. */
alignas(64) constexpr uint64_t kFillA[16] = {0};
alignas(64) constexpr uint64_t kFillB[16] = {1};

struct Layout {
  size_t buckets, rest, pairs, bytes;
  size_t entriesAt, startsAt, restEntriesAt, restStartsAt, firstAt, secondAt, treeAt, oddAt, oddStartsAt, marksAt;
  size_t scratchAt, chunkPoolAt, restPoolAt, poolAt;
};

Layout layoutOf(size_t n, unsigned c, size_t words) {
  Layout l{};
  l.buckets = bucketsOf(c);
  const size_t chunks = n / kChunk + 1;
  l.rest = smaller(n, l.buckets + chunks * (2 * kFewPairs + 1));
  l.pairs = larger(larger(kChunk / 2, l.rest / 2), l.buckets / 2) + 2 * kPadding;
  size_t at = 0;
  const auto take = [&at](size_t bytes) {
    const size_t here = at;
    at += (bytes + 63) / 64 * 64;
    return here;
  };
  const size_t point = words * sizeof(uint64_t);
  l.entriesAt = take(kChunk * sizeof(Entry));
  l.startsAt = take((l.buckets + 1) * sizeof(uint32_t));
  l.restEntriesAt = take((l.rest + 1) * sizeof(Entry));
  l.restStartsAt = take((l.buckets + 1) * sizeof(uint32_t));
  l.firstAt = take(l.pairs * sizeof(Entry));
  l.secondAt = take(l.pairs * sizeof(Entry));
  l.treeAt = take(l.buckets * sizeof(Entry));
  l.oddAt = take((l.buckets + 1) * sizeof(Entry));
  l.oddStartsAt = take(32 * sizeof(uint32_t));
  l.marksAt = take((l.pairs / 8 + 2) * sizeof(Marks));
  l.scratchAt = take(kSlice / 8 * kScratchPerGroup * sizeof(uint64_t));
  l.chunkPoolAt = take((kChunk + kPadding) * point);
  l.restPoolAt = take((l.rest + 1) * point);
  l.poolAt = take((l.rest + 2 * l.buckets + kPadding) * point);
  l.bytes = at;
  return l;
}

template <class T>
T* part(unsigned char* memory, size_t at) {
  return reinterpret_cast<T*>(memory + at);
}

Entry entryOf(const uint64_t* p) { return reinterpret_cast<Entry>(p); }
const uint64_t* pointOf(Entry e) { return reinterpret_cast<const uint64_t*>(e & ~Entry{1}); }

}  // namespace

struct Workspace {
  Layout layout;
  unsigned char* memory;
  size_t n;
  unsigned c;
};

namespace {

template <class C>
struct Sums {
  Workspace& w;
  Entry* const first;
  Entry* const second;
  Marks* const marks;
  uint64_t* const scratch;

  explicit Sums(Workspace& workspace)
      : w(workspace),
        first(part<Entry>(w.memory, w.layout.firstAt)),
        second(part<Entry>(w.memory, w.layout.secondAt)),
        marks(part<Marks>(w.memory, w.layout.marksAt)),
        scratch(part<uint64_t>(w.memory, w.layout.scratchAt)) {}

  /** Adds the collected pairs into out[0 .. n). True when some sum is infinity: see cancelled(). */
  bool addCollected(size_t n, uint64_t* out) {
    for (size_t i = n; i % 16 != 0; i++) {
      first[i] = entryOf(kFillA);
      second[i] = entryOf(kFillB);
    }
    bool any = false;
    for (size_t i = 0; i < n; i += kSlice) {
      const size_t count = (smaller(kSlice, n - i) + 15) / 16 * 16;
      uint64_t* const to = out + i * C::kWords;
      Marks* const m = marks + i / 8;
      if (addPairs<C, false>(first + i, second + i, count, to, scratch, nullptr)) {
        memset(m, 0, count / 8 * sizeof(Marks));
        continue;
      }
      addPairs<C, true>(first + i, second + i, count, to, scratch, m);
      for (size_t g = 0; g < count / 8; g++) any = any || m[g].cancelled;
    }
    return any;
  }

  bool cancelled(size_t i) const { return marks[i / 8].cancelled >> (i % 8) & 1; }

  /**
   * One round over the segments entries[starts[s] .. starts[s + 1]): pairs are replaced by their sums, written from
   * `pool` on, which moves on. Returns how many pairs the next round will have.
   */
  size_t round(Entry* entries, uint32_t* starts, size_t segments, uint64_t*& pool) {
    size_t pairs = 0, next = 0;
    uint32_t write = 0;
    for (size_t s = 0; s < segments; s++) {
      const uint32_t end = starts[s + 1];
      uint32_t i = starts[s];
      starts[s] = write;
      for (; i + 1 < end; i += 2) {
        first[pairs] = entries[i];
        second[pairs] = entries[i + 1];
        entries[write++] = entryOf(pool + pairs * C::kWords);
        pairs++;
      }
      if (i < end) entries[write++] = entries[i];
      next += (write - starts[s]) / 2;
    }
    starts[segments] = write;
    if (pairs == 0) return 0;
    if (addCollected(pairs, pool)) next = dropCancelled(entries, starts, segments, pool, pairs);
    pool += pairs * C::kWords;
    return next;
  }

  size_t dropCancelled(Entry* entries, uint32_t* starts, size_t segments, const uint64_t* pool, size_t pairs) {
    const Entry begin = entryOf(pool), end = entryOf(pool + pairs * C::kWords);
    size_t next = 0;
    uint32_t write = 0;
    for (size_t s = 0; s < segments; s++) {
      uint32_t i = starts[s];
      starts[s] = write;
      for (; i < starts[s + 1]; i++) {
        const Entry e = entries[i];
        const bool inPool = e >= begin && e < end;
        if (inPool && cancelled((e - begin) / (C::kWords * sizeof(uint64_t)))) continue;
        entries[write++] = e;
      }
      next += (write - starts[s]) / 2;
    }
    starts[segments] = write;
    return next;
  }

  static bool infinite(const uint64_t* p) {
    uint64_t any = 0;  // no point of the two groups has y = 0
    for (size_t i = C::kWords / 2; i < C::kWords; i++) any |= p[i];
    return any == 0;
  }

  /** Sums every bucket; tree[k] is bucket k's sum or 0. Returns the pool's next free place. */
  uint64_t* bucketSums(const uint64_t* bases, const Order& order, size_t buckets, Entry* tree) {
    const Layout& l = w.layout;
    Entry* const entries = part<Entry>(w.memory, l.entriesAt);
    uint32_t* const starts = part<uint32_t>(w.memory, l.startsAt);
    Entry* const rest = part<Entry>(w.memory, l.restEntriesAt);
    uint32_t* const restStarts = part<uint32_t>(w.memory, l.restStartsAt);
    uint64_t* const chunkPool = part<uint64_t>(w.memory, l.chunkPoolAt);
    uint64_t* const restPool = part<uint64_t>(w.memory, l.restPoolAt);
    const Entry chunkBegin = entryOf(chunkPool), chunkEnd = entryOf(chunkPool + (kChunk + kPadding) * C::kWords);
    const size_t total = order.starts[buckets];

    uint32_t kept = 0;
    size_t bucket = 0;
    restStarts[0] = 0;
    for (size_t at = 0; at < total;) {
      // The chunk's points, and where the buckets begin in it; the first and the last bucket may be parts.
      const size_t chunkLimit = smaller(total, at + kChunk);
      const size_t firstBucket = bucket;
      uint32_t count = 0;
      size_t segments = 0;
      starts[0] = 0;
      for (;;) {
        const size_t end = smaller(order.starts[bucket + 1], chunkLimit);
        for (; at < end; at++) {
          if (at + 16 < total) {
            const uint64_t* const soon = bases + size_t{order.points[at + 16] & 0x7fffffff} * C::kWords;
            __builtin_prefetch(soon);
            if (C::kWords > 8) __builtin_prefetch(soon + 8);
          }
          const uint32_t o = order.points[at];
          const uint64_t* const p = bases + size_t{o & 0x7fffffff} * C::kWords;
          entries[count] = entryOf(p) | o >> 31;
          count += !infinite(p);
        }
        starts[++segments] = count;
        if (at == chunkLimit && (order.starts[bucket + 1] > at || at == total)) break;
        bucket++;
      }
      uint64_t* pool = chunkPool;
      while (round(entries, starts, segments, pool) >= kFewPairs) {
      }
      for (size_t s = 0; s < segments; s++) {
        for (uint32_t i = starts[s]; i < starts[s + 1]; i++) {
          Entry e = entries[i];
          if (e >= chunkBegin && e < chunkEnd) {
            uint64_t* const to = restPool + kept * C::kWords;
            memcpy(to, pointOf(e), C::kWords * sizeof(uint64_t));
            e = entryOf(to);
          }
          rest[kept++] = e;
        }
        restStarts[firstBucket + s + 1] = kept;
      }
    }
    for (size_t k = total == 0 ? 1 : bucket + 2; k <= buckets; k++) restStarts[k] = kept;

    uint64_t* pool = part<uint64_t>(w.memory, l.poolAt);
    while (round(rest, restStarts, buckets, pool) > 0) {
    }
    for (size_t k = 0; k < buckets; k++) tree[k] = restStarts[k] < restStarts[k + 1] ? rest[restStarts[k]] : 0;
    return pool;
  }

  /**
   * sum_k k B_k = sum_l 2^l U_l, where U_l is the sum of the B_k that have bit l in k: of the odd nodes on level l of
   * the tree that adds neighbours.
   */
  void run(const uint64_t* bases, const Order& order, unsigned c, uint64_t* out) {
    const Layout& l = w.layout;
    const size_t buckets = bucketsOf(c);
    Entry* const tree = part<Entry>(w.memory, l.treeAt);
    Entry* const odd = part<Entry>(w.memory, l.oddAt);
    uint32_t* const oddStarts = part<uint32_t>(w.memory, l.oddStartsAt);
    uint64_t* pool = bucketSums(bases, order, buckets, tree);

    const Entry top = tree[buckets - 1];
    uint32_t count = 0;
    oddStarts[0] = 0;
    size_t nodes = buckets - 1;
    for (unsigned level = 0; level + 1 < c; level++) {
      for (size_t k = 1; k < nodes; k += 2) {
        odd[count] = tree[k];
        count += tree[k] != 0;
      }
      oddStarts[level + 1] = count;
      nodes /= 2;
      if (nodes > 1) pool = halve(tree, nodes, pool);
    }
    odd[count] = top;
    count += top != 0;
    oddStarts[c] = count;
    while (round(odd, oddStarts, c, pool) > 0) {
    }
    emit(odd, oddStarts, c, out);
  }

  uint64_t* halve(Entry* tree, size_t nodes, uint64_t* pool) {
    size_t pairs = 0;
    for (size_t k = 0; k < nodes; k++) {
      const Entry a = tree[2 * k], b = tree[2 * k + 1];
      tree[k] = a | b;
      if (a == 0 || b == 0) continue;
      first[pairs] = a;
      second[pairs] = b;
      tree[k] = entryOf(pool + pairs * C::kWords);
      pairs++;
    }
    if (pairs > 0 && addCollected(pairs, pool)) {
      const Entry begin = entryOf(pool), end = entryOf(pool + pairs * C::kWords);
      for (size_t k = 0; k < nodes; k++) {
        if (tree[k] < begin || tree[k] >= end) continue;
        if (cancelled((tree[k] - begin) / (C::kWords * sizeof(uint64_t)))) tree[k] = 0;
      }
    }
    return pool + pairs * C::kWords;
  }

  static void emit(const Entry* entries, const uint32_t* starts, unsigned c, uint64_t* out);
};

/** Eight points, some negated, in the caller's form; rows of infinite points must hold zeros. */
template <class C>
ZKCLEAR_INLINE void exportEight(uint64_t* out, const Rows& rows) {
  using M = ModulusQ;
  const F8 factor = broadcast(Constants<M>::to256);
  for (size_t word = 0; word < C::kWords; word += 4) {
    F8 x = loadWords(rows.p, word);
    if (word >= C::kWords / 2) x = normal(G1::negateRaw(rows.negative, x));
    storeWords(out + word, C::kWords, canonical<M>(mul<M>(x, factor)));
  }
}

template <class C>
void Sums<C>::emit(const Entry* entries, const uint32_t* starts, unsigned c, uint64_t* out) {
  alignas(64) Entry eight[8];
  alignas(64) uint64_t block[8 * C::kWords];
  for (unsigned i = 0; i < c; i += 8) {
    for (unsigned j = 0; j < 8; j++) {
      const bool present = i + j < c && starts[i + j] < starts[i + j + 1];
      eight[j] = present ? entries[starts[i + j]] : entryOf(kFillA);
    }
    Rows rows;
    readRows(rows, eight);
    exportEight<C>(block, rows);
    memcpy(out + i * C::kWords, block, smaller(8, c - i) * C::kWords * sizeof(uint64_t));
  }
}

/** Every coordinate times a factor, canonical. */
template <size_t words>
void convert(uint64_t* out, const uint64_t* in, size_t n, const Words& factor) {
  const F8 f = broadcast(factor);
  size_t i = 0;
  const size_t elements = n * words / 4;
  for (; i + 8 <= elements; i += 8) {
    storeWords(out + 4 * i, 4, canonical<ModulusQ>(mul<ModulusQ>(loadWords(in + 4 * i, 4), f)));
  }
  if (i == elements) return;
  uint64_t block[32] = {0};
  const size_t bytes = (elements - i) * 4 * sizeof(uint64_t);
  memcpy(block, in + 4 * i, bytes);
  storeWords(block, 4, canonical<ModulusQ>(mul<ModulusQ>(loadWords(block, 4), f)));
  memcpy(out + 4 * i, block, bytes);
}

template <class C>
void addBatch(uint64_t* out, const uint64_t* a, const uint64_t* b, size_t n) {
  constexpr size_t kBatch = 1024;
  alignas(64) static thread_local uint64_t scratch[kBatch / 8 * kScratchPerGroup];
  alignas(64) static thread_local uint64_t sums[kBatch * C::kWords];
  Entry first[kBatch], second[kBatch];
  size_t to[kBatch];
  Marks marks[kBatch / 8];
  for (size_t begin = 0; begin < n; begin += kBatch) {
    size_t count = 0;
    for (size_t i = begin; i < smaller(n, begin + kBatch); i++) {
      const uint64_t* const pa = a + i * C::kWords;
      const uint64_t* const pb = b + i * C::kWords;
      const bool noA = Sums<C>::infinite(pa);
      if (noA || Sums<C>::infinite(pb)) {
        memcpy(out + i * C::kWords, noA ? pb : pa, C::kWords * sizeof(uint64_t));
        continue;
      }
      first[count] = entryOf(pa);
      second[count] = entryOf(pb);
      to[count++] = i;
    }
    if (count == 0) continue;
    size_t padded = count;
    for (; padded % 16 != 0; padded++) {
      first[padded] = entryOf(kFillA);
      second[padded] = entryOf(kFillB);
    }
    memset(marks, 0, sizeof marks);
    if (!addPairs<C, false>(first, second, padded, sums, scratch, nullptr)) {
      addPairs<C, true>(first, second, padded, sums, scratch, marks);
    }
    for (size_t i = 0; i < count; i++) {
      uint64_t* const p = out + to[i] * C::kWords;
      if (marks[i / 8].cancelled >> (i % 8) & 1) {
        memset(p, 0, C::kWords * sizeof(uint64_t));
      } else {
        memcpy(p, sums + i * C::kWords, C::kWords * sizeof(uint64_t));
      }
    }
  }
}

}  // namespace

void prepareG1(uint64_t* out, const uint64_t* in, size_t n) { convert<8>(out, in, n, Constants<ModulusQ>::from256); }
void prepareG2(uint64_t* out, const uint64_t* in, size_t n) { convert<16>(out, in, n, Constants<ModulusQ>::from256); }
void exportG1(uint64_t* out, const uint64_t* in, size_t n) { convert<8>(out, in, n, Constants<ModulusQ>::to256); }
void exportG2(uint64_t* out, const uint64_t* in, size_t n) { convert<16>(out, in, n, Constants<ModulusQ>::to256); }

size_t workspaceBytes(size_t n, unsigned c, bool g2) {
  return layoutOf(n, c, g2 ? G2::kWords : G1::kWords).bytes + sizeof(Workspace);
}

Workspace* createWorkspace(size_t n, unsigned c, bool g2) {
  const Layout l = layoutOf(n, c, g2 ? G2::kWords : G1::kWords);
  auto* const w = static_cast<Workspace*>(malloc(sizeof(Workspace)));
  if (!w) return nullptr;
  *w = Workspace{l, static_cast<unsigned char*>(aligned_alloc(64, l.bytes)), n, c};
  if (w->memory) return w;
  free(w);
  return nullptr;
}

void destroyWorkspace(Workspace* w) {
  if (!w) return;
  memset(w->memory, 0, w->layout.bytes);
  asm volatile("" : : "r"(w->memory) : "memory");  // keeps the wiping
  free(w->memory);
  free(w);
}

void windowSumsG1(Workspace* w, const uint64_t* bases, const Order& order, unsigned c, uint64_t* out) {
  Sums<G1>(*w).run(bases, order, c, out);
}

void windowSumsG2(Workspace* w, const uint64_t* bases, const Order& order, unsigned c, uint64_t* out) {
  Sums<G2>(*w).run(bases, order, c, out);
}

void addBatchG1(uint64_t* out, const uint64_t* a, const uint64_t* b, size_t n) { addBatch<G1>(out, a, b, n); }
void addBatchG2(uint64_t* out, const uint64_t* a, const uint64_t* b, size_t n) { addBatch<G2>(out, a, b, n); }

}  // namespace zkclear::ifma

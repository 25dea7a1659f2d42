// Bucket sums of one window. Every sum, of a bucket or of the buckets, is a tree of affine additions, so that each
// round of additions is a batch of independent ones that share an inversion.
#include <cstdlib>
#include <cstring>

#include "ifma-kernels.hpp"
#include "ifma-points.hpp"
#include "secret-memory.hpp"

namespace zkclear::ifma {

namespace {

/** Points that are reduced together before the next ones are fetched: what the second-level cache holds. */
constexpr size_t kChunk = 4096;
/** Pairs that share an inversion at most. */
constexpr size_t kSlice = 2048;
/** A chunk's round with fewer pairs than this waits for the other chunks. */
constexpr size_t kFewPairs = 128;
constexpr size_t kPadding = 16;
constexpr size_t kKeyPadding = 64;
constexpr unsigned kMaxBits = 16;
constexpr uint16_t kNoKey = 0xffff;  // keys are at most 2^15
constexpr uint32_t kIndex = 0x7fffffff;

size_t bucketsOf(unsigned c) { return (size_t{1} << (c - 1)) + 1; }
size_t larger(size_t a, size_t b) { return a > b ? a : b; }
size_t smaller(size_t a, size_t b) { return a < b ? a : b; }

/** Coordinates of two points with different x, to fill a batch up to a multiple of sixteen. */
alignas(64) constexpr uint64_t kFillA[16] = {0};
alignas(64) constexpr uint64_t kFillB[16] = {1};

/** Entries to be added up by key, those of one key next to each other. */
struct List {
  Entry* entries;
  uint16_t* keys;
  size_t count;
};

struct Layout {
  size_t buckets, rest, pairs, bytes;
  size_t entriesAt, keysAt, restEntriesAt, restKeysAt, firstAt, secondAt, treeAt, oddAt, oddKeysAt, marksAt;
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
  l.entriesAt = take((kChunk + 1) * sizeof(Entry));
  l.keysAt = take((kChunk + kKeyPadding) * sizeof(uint16_t));
  l.restEntriesAt = take((l.rest + 1) * sizeof(Entry));
  l.restKeysAt = take((l.rest + 1) * sizeof(uint16_t));
  l.firstAt = take(l.pairs * sizeof(Entry));
  l.secondAt = take(l.pairs * sizeof(Entry));
  l.treeAt = take(l.buckets * sizeof(Entry));
  l.oddAt = take((l.buckets + 1) * sizeof(Entry));
  l.oddKeysAt = take((l.buckets + 1) * sizeof(uint16_t));
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
};

namespace {

template <class C>
struct Sums {
  Workspace& w;
  const unsigned c;
  const size_t bucketCount;
  Entry* const first;
  Entry* const second;
  Marks* const marks;
  uint64_t* const scratch;

  Sums(Workspace& workspace, unsigned bits)
      : w(workspace),
        c(bits),
        bucketCount(bucketsOf(bits)),
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
   * One round over a list of entries, those of one key together: neighbours of the same key are replaced by their sum,
   * written from `pool` on, which moves on. Returns how many pairs there were. Without a branch on the keys, which no
   * processor could foresee.
   */
  size_t round(List& list, uint64_t*& pool) {
    size_t pairs = 0, write = 0;
    list.keys[list.count] = kNoKey;
    for (size_t i = 0; i < list.count;) {
      const uint16_t key = list.keys[i];
      const Entry e = list.entries[i];
      const bool pair = key == list.keys[i + 1];
      first[pairs] = e;
      second[pairs] = list.entries[i + 1];
      const Entry sum = entryOf(pool + pairs * C::kWords);
      list.entries[write] = pair ? sum : e;
      list.keys[write++] = key;
      pairs += pair;
      i += 1 + static_cast<size_t>(pair);
    }
    list.count = write;
    if (pairs == 0) return 0;
    if (addCollected(pairs, pool)) dropCancelled(list, pool, pairs);
    pool += pairs * C::kWords;
    return pairs;
  }

  void dropCancelled(List& list, const uint64_t* pool, size_t pairs) {
    const Entry begin = entryOf(pool), end = entryOf(pool + pairs * C::kWords);
    size_t write = 0;
    for (size_t i = 0; i < list.count; i++) {
      const Entry e = list.entries[i];
      if (e >= begin && e < end && cancelled((e - begin) / (C::kWords * sizeof(uint64_t)))) continue;
      list.entries[write] = e;
      list.keys[write++] = list.keys[i];
    }
    list.count = write;
  }

  static ZK_INLINE bool infinite(const uint64_t* p) {
    // No point of the two groups has y = 0.
    if (C::kWords == 16) {
      const Vec y = _mm512_loadu_si512(p + 8);
      return _mm512_test_epi64_mask(y, y) == 0;
    }
    const __m256i y = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p + 4));
    return _mm256_testz_si256(y, y);
  }

  /** The points [begin, end) of the order, whose first is in `bucket` or a later one; moves `bucket` to the last's. */
  void fetch(List& list, const uint64_t* bases, const Order& order, size_t begin, size_t end, size_t& bucket) {
    constexpr size_t kAhead = 32;
    const size_t total = order.starts[bucketCount];
    bool anyInfinite = false;
    for (size_t i = begin; i < end; i++) {
      const uint64_t* const soon = bases + size_t{order.points[smaller(i + kAhead, total - 1)] & kIndex} * C::kWords;
      __builtin_prefetch(soon);
      if (C::kWords > 8) __builtin_prefetch(soon + 8);
      const uint32_t o = order.points[i];
      const uint64_t* const p = bases + size_t{o & kIndex} * C::kWords;
      list.entries[i - begin] = entryOf(p) | o >> 31;
      anyInfinite |= infinite(p);
    }
    list.count = end - begin;
    for (size_t at = begin;; bucket++) {
      const size_t last = smaller(order.starts[bucket + 1], end);
      const Vec key = _mm512_set1_epi16(static_cast<short>(bucket));
      size_t i = at;
      do {  // may write 31 keys too many
        _mm512_storeu_si512(list.keys + (i - begin), key);
        i += 32;
      } while (i < last);
      at = last;
      if (at == end) break;
    }
    if (anyInfinite) dropInfinite(list);
  }

  static void dropInfinite(List& list) {
    size_t write = 0;
    for (size_t i = 0; i < list.count; i++) {
      if (infinite(pointOf(list.entries[i]))) continue;
      list.entries[write] = list.entries[i];
      list.keys[write++] = list.keys[i];
    }
    list.count = write;
  }

  /** Sums every bucket; tree[k] is bucket k's sum or 0. Returns the pool's next free place. */
  uint64_t* bucketSums(const uint64_t* bases, const Order& order, Entry* tree) {
    const Layout& l = w.layout;
    List chunk{part<Entry>(w.memory, l.entriesAt), part<uint16_t>(w.memory, l.keysAt), 0};
    List rest{part<Entry>(w.memory, l.restEntriesAt), part<uint16_t>(w.memory, l.restKeysAt), 0};
    uint64_t* const chunkPool = part<uint64_t>(w.memory, l.chunkPoolAt);
    uint64_t* const restPool = part<uint64_t>(w.memory, l.restPoolAt);
    const Entry chunkBegin = entryOf(chunkPool), chunkEnd = entryOf(chunkPool + (kChunk + kPadding) * C::kWords);
    const size_t total = order.starts[bucketCount];

    size_t bucket = 0;
    for (size_t at = 0; at < total; at += kChunk) {
      fetch(chunk, bases, order, at, smaller(total, at + kChunk), bucket);
      uint64_t* pool = chunkPool;
      while (round(chunk, pool) >= kFewPairs) {
      }
      for (size_t i = 0; i < chunk.count; i++) {
        Entry e = chunk.entries[i];
        if (e >= chunkBegin && e < chunkEnd) {
          uint64_t* const to = restPool + rest.count * C::kWords;
          memcpy(to, pointOf(e), C::kWords * sizeof(uint64_t));
          e = entryOf(to);
        }
        rest.entries[rest.count] = e;
        rest.keys[rest.count++] = chunk.keys[i];
      }
    }
    uint64_t* pool = part<uint64_t>(w.memory, l.poolAt);
    while (round(rest, pool) > 0) {
    }
    memset(tree, 0, bucketCount * sizeof(Entry));
    for (size_t i = 0; i < rest.count; i++) tree[rest.keys[i]] = rest.entries[i];
    return pool;
  }

  /**
   * sum_k k B_k = sum_l 2^l U_l, where U_l is the sum of the B_k that have bit l in k: of the odd nodes on level l of
   * the tree that adds neighbours.
   */
  void run(const uint64_t* bases, const Order& order, uint64_t* out) {
    const Layout& l = w.layout;
    Entry* const tree = part<Entry>(w.memory, l.treeAt);
    List odd{part<Entry>(w.memory, l.oddAt), part<uint16_t>(w.memory, l.oddKeysAt), 0};
    uint64_t* pool = bucketSums(bases, order, tree);
    const auto take = [&odd](Entry e, unsigned level) {
      odd.entries[odd.count] = e;
      odd.keys[odd.count] = static_cast<uint16_t>(level);
      odd.count += e != 0;
    };
    const Entry top = tree[bucketCount - 1];
    size_t nodes = bucketCount - 1;
    for (unsigned level = 0; level + 1 < c; level++) {
      for (size_t k = 1; k < nodes; k += 2) take(tree[k], level);
      nodes /= 2;
      if (nodes > 1) pool = halve(tree, nodes, pool);
    }
    take(top, c - 1);
    while (round(odd, pool) > 0) {
    }
    emit(odd, out);
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

  void emit(const List& sums, uint64_t* out) const;
};

/** Eight points, some negated, in the caller's form; rows of infinite points must hold zeros. */
template <class C>
ZK_INLINE void exportEight(uint64_t* out, const Rows& rows) {
  using M = ModulusQ;
  const F8 factor = broadcast(Constants<M>::to256);
  for (size_t word = 0; word < C::kWords; word += 4) {
    F8 x = loadWords(rows.p, word);
    if (word >= C::kWords / 2) x = normal(G1::negateRaw(rows.negative, x));
    storeWords(out + word, C::kWords, canonical<M>(mul<M>(x, factor)));
  }
}

template <class C>
void Sums<C>::emit(const List& sums, uint64_t* out) const {
  alignas(64) Entry entries[kMaxBits];
  for (Entry& e : entries) e = entryOf(kFillA);
  for (size_t i = 0; i < sums.count; i++) entries[sums.keys[i]] = sums.entries[i];
  alignas(64) uint64_t block[8 * C::kWords];
  for (unsigned i = 0; i < c; i += 8) {
    Rows rows;
    readRows(rows, entries + i);
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
  constexpr size_t kBatch = 256;
  alignas(64) uint64_t scratch[kBatch / 8 * kScratchPerGroup];
  alignas(64) uint64_t sums[kBatch * C::kWords];
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
  *w = Workspace{l, static_cast<unsigned char*>(takeSecret(l.bytes))};
  if (w->memory) return w;
  free(w);
  return nullptr;
}

void destroyWorkspace(Workspace* w) {
  if (!w) return;
  releaseSecret(w->memory, w->layout.bytes);
  free(w);
}

void windowSumsG1(Workspace* w, const uint64_t* bases, const Order& order, unsigned c, uint64_t* out) {
  Sums<G1>(*w, c).run(bases, order, out);
}

void windowSumsG2(Workspace* w, const uint64_t* bases, const Order& order, unsigned c, uint64_t* out) {
  Sums<G2>(*w, c).run(bases, order, out);
}

void addBatchG1(uint64_t* out, const uint64_t* a, const uint64_t* b, size_t n) { addBatch<G1>(out, a, b, n); }
void addBatchG2(uint64_t* out, const uint64_t* a, const uint64_t* b, size_t n) { addBatch<G2>(out, a, b, n); }

}  // namespace zkclear::ifma

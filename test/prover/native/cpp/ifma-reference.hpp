// Slow and simple arithmetic to compare the eight-lane code with: plain integers, no Montgomery form, no tricks.
#pragma once

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>

namespace reference {

using Int = std::array<uint64_t, 4>;
using Wide = unsigned __int128;

inline int compare(const Int& a, const Int& b) {
  for (int i = 3; i >= 0; i--) {
    if (a[i] != b[i]) return a[i] < b[i] ? -1 : 1;
  }
  return 0;
}

inline bool isZero(const Int& a) { return (a[0] | a[1] | a[2] | a[3]) == 0; }

inline Int subtract(const Int& a, const Int& b) {
  Int r{};
  uint64_t borrow = 0;
  for (int i = 0; i < 4; i++) {
    const Wide t = static_cast<Wide>(a[i]) - b[i] - borrow;
    r[i] = static_cast<uint64_t>(t);
    borrow = static_cast<uint64_t>(t >> 64) & 1;
  }
  return r;
}

/** The integers modulo a prime below 2^254. */
struct Field {
  Int p;

  Int reduce(Int a) const {
    while (compare(a, p) >= 0) a = subtract(a, p);
    return a;
  }
  Int add(const Int& a, const Int& b) const {
    Int r{};
    Wide c = 0;
    for (int i = 0; i < 4; i++) {
      c += static_cast<Wide>(a[i]) + b[i];
      r[i] = static_cast<uint64_t>(c);
      c >>= 64;
    }
    return reduce(r);
  }
  Int neg(const Int& a) const { return isZero(a) ? a : subtract(p, a); }
  Int sub(const Int& a, const Int& b) const { return add(a, neg(b)); }
  Int mul(const Int& a, const Int& b) const {
    uint64_t wide[8] = {0};
    for (int i = 0; i < 4; i++) {
      uint64_t carry = 0;
      for (int j = 0; j < 4; j++) {
        const Wide t = static_cast<Wide>(a[i]) * b[j] + wide[i + j] + carry;
        wide[i + j] = static_cast<uint64_t>(t);
        carry = static_cast<uint64_t>(t >> 64);
      }
      wide[i + 4] = carry;
    }
    Int r{};
    for (int bit = 511; bit >= 0; bit--) {
      for (int i = 3; i > 0; i--) r[i] = r[i] << 1 | r[i - 1] >> 63;
      r[0] = r[0] << 1 | (wide[bit / 64] >> (bit % 64) & 1);
      if (compare(r, p) >= 0) r = subtract(r, p);
    }
    return r;
  }
  Int power(Int base, const Int& e) const {
    Int r{1, 0, 0, 0};
    for (int bit = 0; bit < 256; bit++) {
      if (e[bit / 64] >> (bit % 64) & 1) r = mul(r, base);
      base = mul(base, base);
    }
    return r;
  }
  Int inverse(const Int& a) const { return power(a, subtract(p, Int{2, 0, 0, 0})); }
  /** a 2^k */
  Int shifted(Int a, int k) const {
    for (; k > 0; k--) a = add(a, a);
    return a;
  }
};

inline const Field q{{0x3c208c16d87cfd47, 0x97816a916871ca8d, 0xb85045b68181585d, 0x30644e72e131a029}};
inline const Field r{{0x43e1f593f0000001, 0x2833e84879b97091, 0xb85045b68181585d, 0x30644e72e131a029}};

using Random = std::mt19937_64;

inline Int below(Random& random, const Int& p) {
  for (;;) {
    Int a{random(), random(), random(), random() >> 2};
    if (compare(a, p) < 0) return a;
  }
}

struct FieldOne {
  using E = Int;
  static constexpr int words = 4;
  static E add(const E& a, const E& b) { return q.add(a, b); }
  static E sub(const E& a, const E& b) { return q.sub(a, b); }
  static E mul(const E& a, const E& b) { return q.mul(a, b); }
  static E inverse(const E& a) { return q.inverse(a); }
};

struct FieldTwo {
  struct E {
    Int c0{}, c1{};
    bool operator==(const E& o) const { return c0 == o.c0 && c1 == o.c1; }
  };
  static constexpr int words = 8;
  static E add(const E& a, const E& b) { return E{q.add(a.c0, b.c0), q.add(a.c1, b.c1)}; }
  static E sub(const E& a, const E& b) { return E{q.sub(a.c0, b.c0), q.sub(a.c1, b.c1)}; }
  static E mul(const E& a, const E& b) {
    return E{q.sub(q.mul(a.c0, b.c0), q.mul(a.c1, b.c1)), q.add(q.mul(a.c0, b.c1), q.mul(a.c1, b.c0))};
  }
  static E inverse(const E& a) {
    const Int n = q.inverse(q.add(q.mul(a.c0, a.c0), q.mul(a.c1, a.c1)));
    return E{q.mul(a.c0, n), q.mul(q.neg(a.c1), n)};
  }
};

template <class F>
struct Point {
  typename F::E x{}, y{};
  bool infinite = true;
};

template <class F>
bool equal(const Point<F>& a, const Point<F>& b) {
  return a.infinite == b.infinite && (a.infinite || (a.x == b.x && a.y == b.y));
}

template <class F>
Point<F> negate(Point<F> a) {
  a.y = F::sub(typename F::E{}, a.y);
  return a;
}

template <class F>
Point<F> add(const Point<F>& a, const Point<F>& b) {
  if (a.infinite) return b;
  if (b.infinite) return a;
  typename F::E l;
  if (a.x == b.x) {
    if (!(a.y == b.y)) return Point<F>{};
    const auto xx = F::mul(a.x, a.x);
    l = F::mul(F::add(xx, F::add(xx, xx)), F::inverse(F::add(a.y, a.y)));
  } else {
    l = F::mul(F::sub(b.y, a.y), F::inverse(F::sub(b.x, a.x)));
  }
  Point<F> r;
  r.infinite = false;
  r.x = F::sub(F::mul(l, l), F::add(a.x, b.x));
  r.y = F::sub(F::mul(l, F::sub(a.x, r.x)), a.y);
  return r;
}

template <class F>
Point<F> times(const Point<F>& a, int64_t k) {
  Point<F> base = k < 0 ? negate(a) : a, r;
  for (uint64_t n = static_cast<uint64_t>(k < 0 ? -k : k); n != 0; n >>= 1) {
    if (n & 1) r = add(r, base);
    base = add(base, base);
  }
  return r;
}

/** The groups' standard generators. */
inline Point<FieldOne> generatorOne() { return {Int{1, 0, 0, 0}, Int{2, 0, 0, 0}, false}; }

inline Point<FieldTwo> generatorTwo() {
  Point<FieldTwo> g;
  g.infinite = false;
  g.x.c0 = {0x46debd5cd992f6ed, 0x674322d4f75edadd, 0x426a00665e5c4479, 0x1800deef121f1e76};
  g.x.c1 = {0x97e485b7aef312c2, 0xf1aa493335a9e712, 0x7260bfb731fb5d25, 0x198e9393920d483a};
  g.y.c0 = {0x4ce6cc0166fa7daa, 0xe3d1e7690c43d37b, 0x4aab71808dcb408f, 0x12c85ea5db8c6deb};
  g.y.c1 = {0x55acdadcd122975b, 0xbc4b313370b38ef3, 0xec9e99ad690c3395, 0x090689d0585ff075};
  return g;
}

inline void writeElement(uint64_t*& out, const Int& a) {
  for (const uint64_t w : q.shifted(a, 256)) *out++ = w;
}
inline void writeElement(uint64_t*& out, const FieldTwo::E& a) {
  writeElement(out, a.c0);
  writeElement(out, a.c1);
}

/** A point as in a .zkey: Montgomery form, R = 2^256; infinity as zeros. */
template <class F>
void write(uint64_t* out, const Point<F>& a) {
  for (int i = 0; i < 2 * F::words; i++) out[i] = 0;
  if (a.infinite) return;
  writeElement(out, a.x);
  writeElement(out, a.y);
}

inline int failures = 0;
inline int checks = 0;

inline void check(bool ok, const char* what, long detail = 0) {
  checks++;
  if (ok) return;
  if (failures++ < 20) fprintf(stderr, "FAILED: %s (%ld)\n", what, detail);
}

/** Memory aligned to 64 bytes, as exact as the sanitizer wants it. */
struct Words64 {
  uint64_t* p;
  explicit Words64(size_t n) : p(static_cast<uint64_t*>(aligned_alloc(64, (n * 8 + 63) / 64 * 64 + 64))) {}
  ~Words64() { free(p); }
  Words64(const Words64&) = delete;
  Words64& operator=(const Words64&) = delete;
};

}  // namespace reference

// Modular inverses: one by division steps (Bernstein and Yang), 62 at a time; eight lanes by one of those.
#pragma once

#include "ifma-field.hpp"

namespace zkclear::ifma {
namespace {

/** A signed integer of five 62-bit limbs, the sign in the top one. */
struct Signed62 {
  int64_t v[5];
};

constexpr int64_t kMask62 = (int64_t{1} << 62) - 1;

constexpr Signed62 toSigned62(const Words& a) {
  const auto m = static_cast<uint64_t>(kMask62);
  return Signed62{{static_cast<int64_t>(a.w[0] & m), static_cast<int64_t>((a.w[0] >> 62 | a.w[1] << 2) & m),
                   static_cast<int64_t>((a.w[1] >> 60 | a.w[2] << 4) & m),
                   static_cast<int64_t>((a.w[2] >> 58 | a.w[3] << 6) & m), static_cast<int64_t>(a.w[3] >> 56)}};
}

/** What 62 division steps do to (f, g), times 2^62. */
struct Steps {
  int64_t u, v, q, r;
};

inline int64_t divisionSteps(int64_t eta, uint64_t f, uint64_t g, Steps& out) {
  uint64_t u = 1, v = 0, q = 0, r = 1;
  int left = 62;
  for (;;) {
    const int zeros = __builtin_ctzll(g | ~uint64_t{0} << left);
    g >>= zeros;
    u <<= zeros;
    v <<= zeros;
    eta -= zeros;
    left -= zeros;
    if (left == 0) break;
    if (eta < 0) {
      eta = -eta;
      const uint64_t oldF = f, oldU = u, oldV = v;
      f = g, g = 0 - oldF;
      u = q, q = 0 - oldU;
      v = r, r = 0 - oldV;
    }
    // Cancel up to six low bits of g at once: add w f with w = -g / f; f (2 - f f) is 1 / f modulo 64.
    const int limit = eta + 1 < left ? static_cast<int>(eta) + 1 : left;
    const uint64_t mask = (~uint64_t{0} >> (64 - limit)) & 63;
    const uint64_t w = (f * g * (f * f - 2)) & mask;
    g += f * w;
    q += u * w;
    r += v * w;
  }
  out = Steps{static_cast<int64_t>(u), static_cast<int64_t>(v), static_cast<int64_t>(q), static_cast<int64_t>(r)};
  return eta;
}

inline void updateFG(Signed62& f, Signed62& g, const Steps& t) {
  __int128 cf = static_cast<__int128>(t.u) * f.v[0] + static_cast<__int128>(t.v) * g.v[0];
  __int128 cg = static_cast<__int128>(t.q) * f.v[0] + static_cast<__int128>(t.r) * g.v[0];
  cf >>= 62;
  cg >>= 62;
  for (int i = 1; i < 5; i++) {
    cf += static_cast<__int128>(t.u) * f.v[i] + static_cast<__int128>(t.v) * g.v[i];
    cg += static_cast<__int128>(t.q) * f.v[i] + static_cast<__int128>(t.r) * g.v[i];
    f.v[i - 1] = static_cast<int64_t>(cf) & kMask62;
    g.v[i - 1] = static_cast<int64_t>(cg) & kMask62;
    cf >>= 62;
    cg >>= 62;
  }
  f.v[4] = static_cast<int64_t>(cf);
  g.v[4] = static_cast<int64_t>(cg);
}

/** (d, e) := t (d, e) / 2^62 modulo p, both kept in (-2p, p). */
template <class M>
inline void updateDE(Signed62& d, Signed62& e, const Steps& t) {
  constexpr Signed62 p = toSigned62(M::p);
  const int64_t signD = d.v[4] >> 63, signE = e.v[4] >> 63;
  int64_t md = (t.u & signD) + (t.v & signE);
  int64_t me = (t.q & signD) + (t.r & signE);
  __int128 cd = static_cast<__int128>(t.u) * d.v[0] + static_cast<__int128>(t.v) * e.v[0];
  __int128 ce = static_cast<__int128>(t.q) * d.v[0] + static_cast<__int128>(t.r) * e.v[0];
  const uint64_t inverse = Constants<M>::inverse62;
  md -= static_cast<int64_t>((inverse * static_cast<uint64_t>(cd) + static_cast<uint64_t>(md)) & kMask62);
  me -= static_cast<int64_t>((inverse * static_cast<uint64_t>(ce) + static_cast<uint64_t>(me)) & kMask62);
  cd += static_cast<__int128>(p.v[0]) * md;
  ce += static_cast<__int128>(p.v[0]) * me;
  cd >>= 62;
  ce >>= 62;
  for (int i = 1; i < 5; i++) {
    cd +=
        static_cast<__int128>(t.u) * d.v[i] + static_cast<__int128>(t.v) * e.v[i] + static_cast<__int128>(p.v[i]) * md;
    ce +=
        static_cast<__int128>(t.q) * d.v[i] + static_cast<__int128>(t.r) * e.v[i] + static_cast<__int128>(p.v[i]) * me;
    d.v[i - 1] = static_cast<int64_t>(cd) & kMask62;
    e.v[i - 1] = static_cast<int64_t>(ce) & kMask62;
    cd >>= 62;
    ce >>= 62;
  }
  d.v[4] = static_cast<int64_t>(cd);
  e.v[4] = static_cast<int64_t>(ce);
}

/** d, or -d, plus p where negative, with settled limbs. */
template <class M>
inline void settle(Signed62& d, bool negate) {
  constexpr Signed62 p = toSigned62(M::p);
  const int64_t addP = d.v[4] >> 63;
  int64_t c = 0;
  for (int i = 0; i < 5; i++) {
    int64_t x = d.v[i] + (p.v[i] & addP);
    if (negate) x = -x;
    x += c;
    d.v[i] = i < 4 ? x & kMask62 : x;
    c = x >> 62;
  }
}

/** x in Montgomery form (R = 2^260), below p; its inverse in the same form, below p. The inverse of 0 is 0. */
template <class M>
inline Words inverse(const Words& x) {
  Signed62 d{{0, 0, 0, 0, 0}}, e = toSigned62(Constants<M>::oneSquared);
  Signed62 f = toSigned62(M::p), g = toSigned62(x);
  int64_t eta = -1;
  while (g.v[0] | g.v[1] | g.v[2] | g.v[3] | g.v[4]) {
    Steps t;
    eta = divisionSteps(eta, static_cast<uint64_t>(f.v[0]) | static_cast<uint64_t>(f.v[1]) << 62,
                        static_cast<uint64_t>(g.v[0]) | static_cast<uint64_t>(g.v[1]) << 62, t);
    updateDE<M>(d, e, t);
    updateFG(f, g, t);
  }
  settle<M>(d, f.v[4] < 0);
  settle<M>(d, false);
  const auto* v = reinterpret_cast<const uint64_t*>(d.v);
  return Words{{v[0] | v[1] << 62, v[1] >> 2 | v[2] << 60, v[2] >> 4 | v[3] << 58, v[3] >> 6 | v[4] << 56}};
}

ZK_INLINE F8 permuteLanes(const F8& a, Vec order) {
  F8 r;
  for (int i = 0; i < 5; i++) r.l[i] = _mm512_permutexvar_epi64(order, a.l[i]);
  return r;
}

/** The inverses of eight elements below 8 p. False, and nothing written, when one of them is 0. */
template <class M>
inline bool inverse8(const F8& a, F8& out) {
  const Vec swap1 = _mm512_setr_epi64(1, 0, 3, 2, 5, 4, 7, 6);
  const Vec swap2 = _mm512_setr_epi64(2, 3, 0, 1, 6, 7, 4, 5);
  const Vec swap4 = _mm512_setr_epi64(4, 5, 6, 7, 0, 1, 2, 3);
  const F8 a1 = permuteLanes(a, swap1);
  const F8 pairs = mul<M>(a, a1);
  const F8 pairs2 = permuteLanes(pairs, swap2);
  const F8 quads = mul<M>(pairs, pairs2);
  const F8 quads4 = permuteLanes(quads, swap4);
  const F8 product8 = canonical<M>(mul<M>(quads, quads4));
  alignas(64) uint64_t words[32];
  storeWords(words, 4, product8);
  const Words x{{words[0], words[1], words[2], words[3]}};
  if (!(x.w[0] | x.w[1] | x.w[2] | x.w[3])) return false;
  const F8 i8 = broadcast(inverse<M>(x));
  out = mul<M>(mul<M>(mul<M>(i8, quads4), pairs2), a1);
  return true;
}

}  // namespace
}  // namespace zkclear::ifma

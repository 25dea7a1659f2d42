// Eight-lane field arithmetic against plain integers.
#include <cstring>
#include <vector>

#include "../../../../prover/native/src/cpu.hpp"
#include "../../../../prover/native/src/ifma-kernels.hpp"
#include "../../../../prover/native/src/ifma-points.hpp"
#include "ifma-reference.hpp"

using namespace zkclear::ifma;
using reference::check;
using reference::Int;

namespace {

Int ints(const uint64_t* w) { return Int{w[0], w[1], w[2], w[3]}; }

F8 load(const std::vector<Int>& v, size_t at) {
  uint64_t words[32];
  for (size_t i = 0; i < 8; i++) memcpy(words + 4 * i, v[(at + i) % v.size()].data(), 32);
  return loadWords(words, 4);
}

template <class M>
void expect(const reference::Field& f, const F8& got, const std::vector<Int>& a, size_t i, const std::vector<Int>& b,
            size_t j, Int (*want)(const reference::Field&, const Int&, const Int&), const char* what) {
  uint64_t words[32];
  storeWords(words, 4, canonical<M>(got));
  for (size_t lane = 0; lane < 8; lane++) {
    const Int x = f.reduce(a[(i + lane) % a.size()]), y = f.reduce(b[(j + lane) % b.size()]);
    check(ints(words + 4 * lane) == want(f, x, y), what, static_cast<long>(lane));
  }
}

/** Values at the edges of the field, of limbs and of what the kernels may hold, and random ones. */
std::vector<Int> samples(const reference::Field& f, reference::Random& random) {
  const Int p = f.p, one{1, 0, 0, 0};
  std::vector<Int> v{
      {0, 0, 0, 0}, one, {2, 0, 0, 0}, reference::subtract(p, one), reference::subtract(p, {2, 0, 0, 0}), p};
  Int twice{};
  unsigned __int128 c = 0;
  for (size_t i = 0; i < 4; i++) {
    c += static_cast<unsigned __int128>(p[i]) + p[i];
    twice[i] = static_cast<uint64_t>(c);
    c >>= 64;
  }
  v.push_back(twice);  // 2 p: the largest multiple a stored value can be
  v.push_back(reference::subtract(twice, one));
  v.push_back({~uint64_t{0}, ~uint64_t{0}, ~uint64_t{0}, ~uint64_t{0} >> 2});  // 2^254 - 1: limbs of ones
  v.push_back({~uint64_t{0}, ~uint64_t{0}, ~uint64_t{0}, ~uint64_t{0} >> 1});  // 2^255 - 1
  for (unsigned bit = 0; bit < 254; bit += 26) {
    Int x{};
    x[bit / 64] = uint64_t{1} << (bit % 64);
    v.push_back(x);
    v.push_back(reference::subtract(x, one));
  }
  while (v.size() < 75) v.push_back(reference::below(random, p));
  return v;
}

Int powerOf2(const reference::Field& f, int k) { return f.shifted(Int{1, 0, 0, 0}, k); }

template <class M>
void field(const reference::Field& f, reference::Random& random) {
  static Int inverseR;  // 2^-260
  inverseR = f.inverse(powerOf2(f, 260));
  const std::vector<Int> v = samples(f, random);
  using R = const reference::Field&;
  using I = const Int&;
  for (size_t i = 0; i < v.size(); i += 3) {
    const F8 a = load(v, i);
    expect<M>(f, a, v, i, v, i, [](R, I x, I) { return x; }, "canonical");
    expect<M>(f, sqr<M>(a), v, i, v, i, [](R g, I x, I) { return g.mul(g.mul(x, x), inverseR); }, "square");
    for (size_t j = 0; j < v.size(); j += 11) {
      const F8 b = load(v, j);
      expect<M>(f, mul<M>(a, b), v, i, v, j, [](R g, I x, I y) { return g.mul(g.mul(x, y), inverseR); }, "product");
      expect<M>(f, add(a, b), v, i, v, j, [](R g, I x, I y) { return g.add(x, y); }, "sum");
      expect<M>(f, sub<M, 3>(a, b), v, i, v, j, [](R g, I x, I y) { return g.sub(x, y); }, "difference");
      expect<M>(f, fold<M>(liftRaw<M, 5>(subRaw(a, b))), v, i, v, j, [](R g, I x, I y) { return g.sub(x, y); }, "fold");
      const Columns d = subColumns(product(a, a), product(b, b));
      expect<M>(
          f, normal(liftRaw<M, 1>(reduceRaw<M>(d))), v, i, v, j,
          [](R g, I x, I y) { return g.mul(g.sub(g.mul(x, x), g.mul(y, y)), inverseR); }, "difference of squares");
    }
  }
  // Operands of about 10.3 p.
  const F8 large = broadcast(Words{{~uint64_t{0}, ~uint64_t{0}, ~uint64_t{0}, ~uint64_t{0}}});
  uint64_t words[32];
  const F8 lifted = normal(liftRaw<M, 5>(large));
  const Int top = f.add(f.reduce(Int{~uint64_t{0}, ~uint64_t{0}, ~uint64_t{0}, ~uint64_t{0}}), Int{0, 0, 0, 0});
  storeWords(words, 4, canonical<M>(mul<M>(lifted, lifted)));
  check(ints(words) == f.mul(f.mul(top, top), inverseR), "product of large values");
  // Multiples of p are 0, by every route.
  check(isZero<M>(broadcast(M::p)) == 0xff && isZero<M>(sub<M, 3>(lifted, lifted)) == 0xff, "multiples of p are zero");
  check(isZero<M>(load(v, 0)) == 0x61, "zero lanes");  // the samples 0, p and 2 p

  const Int squareR = powerOf2(f, 520);
  for (size_t i = 0; i < v.size(); i++) {
    const Int x = f.reduce(v[i]);
    const Words got = inverse<M>(Words{{x[0], x[1], x[2], x[3]}});
    const Int g{got.w[0], got.w[1], got.w[2], got.w[3]};
    check(reference::compare(g, f.p) < 0 && f.mul(g, x) == (reference::isZero(x) ? x : squareR), "inverse",
          static_cast<long>(i));
  }
  for (int round = 0; round < 300; round++) {
    const Int x = reference::below(random, f.p);
    const Words got = inverse<M>(Words{{x[0], x[1], x[2], x[3]}});
    check(f.mul(Int{got.w[0], got.w[1], got.w[2], got.w[3]}, x) == squareR, "inverse of a random value", round);
  }
  F8 out;
  check(!inverse8<M>(load(v, 0), out), "no inverse of eight with a zero among them");
  const std::vector<Int> units(v.end() - 8, v.end());
  check(inverse8<M>(load(units, 0), out), "inverse of eight");
  storeWords(words, 4, canonical<M>(out));
  for (size_t i = 0; i < 8; i++)
    check(f.mul(ints(words + 4 * i), units[i]) == squareR, "inverse lane", static_cast<long>(i));
}

}  // namespace

int main() {
  if (!zkclear::hasIfma()) {
    puts("skipped: no AVX-512 IFMA");
    return 0;
  }
  reference::Random random(7);
  field<ModulusQ>(reference::q, random);
  field<ModulusR>(reference::r, random);
  printf("%d checks, %d failures\n", reference::checks, reference::failures);
  return reference::failures == 0 ? 0 : 1;
}

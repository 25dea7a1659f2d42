// Times of the eight-lane kernels on one core, best of several runs.
#include <chrono>
#include <cstring>
#include <vector>

#include "../../../../prover/native/src/ifma-kernels.hpp"
#include "../../../../prover/native/src/ifma-points.hpp"
#include "ifma-reference.hpp"

using namespace zkclear::ifma;
using reference::Words64;

namespace {

template <class Body>
double best(int runs, Body body) {
  double least = 1e300;
  for (int i = 0; i < runs; i++) {
    const auto start = std::chrono::steady_clock::now();
    body();
    const auto end = std::chrono::steady_clock::now();
    const double t = std::chrono::duration<double, std::nano>(end - start).count();
    if (t < least) least = t;
  }
  return least;
}

void sink(const F8& a) {
  alignas(64) uint64_t x[40];
  storeBlock(x, a);
  asm volatile("" : : "r"(x) : "memory");
}

void field() {
  constexpr int n = 20000;
  F8 a[4];
  for (auto& x : a) x = broadcast(Constants<ModulusQ>::oneSquared);
  const double chained = best(20, [&] {
    for (int i = 0; i < n; i++) a[0] = mul<ModulusQ>(a[0], a[1]);
    sink(a[0]);
  });
  const double four = best(20, [&] {
    for (int i = 0; i < n; i++) {
      for (auto& x : a) x = mul<ModulusQ>(x, x);
    }
    for (auto& x : a) sink(x);
  });
  const double squares = best(20, [&] {
    for (int i = 0; i < n; i++) {
      for (auto& x : a) x = sqr<ModulusQ>(x);
    }
    for (auto& x : a) sink(x);
  });
  printf("multiplication, 8 lanes: %.1f ns chained, %.1f ns in four chains (%.2f ns per element); squaring %.1f ns\n",
         chained / n, four / n / 4, four / n / 32, squares / n / 4);
  Words x = Constants<ModulusQ>::oneSquared;
  const double inversion = best(20, [&] {
    for (int i = 0; i < 1000; i++) {
      x = inverse<ModulusQ>(x);
      x.w[0] ^= static_cast<uint64_t>(i);
    }
  });
  F8 out = a[0];
  const double inversion8 = best(20, [&] {
    for (int i = 0; i < 1000; i++) inverse8<ModulusQ>(add(out, a[1]), out);
  });
  sink(out);
  printf("inversion: %.0f ns, eight lanes %.0f ns\n", inversion / 1000, inversion8 / 1000);
}

/** The sums of the subsets of some random points, kernels' form: no two alike. */
template <class F, class AddBatch, class Prepare>
void multiples(uint64_t* out, size_t n, const reference::Point<F>& g, AddBatch addBatch, Prepare prepare) {
  constexpr size_t words = 2 * F::words;
  reference::Random random(2);
  write(out, g);
  prepare(out, out, 1);
  Words64 other(n * words);
  for (size_t have = 1; have < n; have *= 2) {
    const size_t count = have < n - have ? have : n - have;
    write(other.p, times(g, static_cast<int64_t>(random() >> 2)));
    prepare(other.p, other.p, 1);
    for (size_t i = 1; i < count; i++) memcpy(other.p + i * words, other.p, words * 8);
    addBatch(out + have * words, out, other.p, count);
  }
}

template <class C>
void additions(const uint64_t* points, const char* name) {
  for (const size_t n : {128, 256, 512, 1024, 2048}) {
    Words64 out(n * C::kWords), scratch(n / 8 * kScratchPerGroup);
    std::vector<Entry> a(n), b(n);
    for (size_t i = 0; i < n; i++) {
      a[i] = reinterpret_cast<Entry>(points + (i * 7919 % 65536) * C::kWords);
      b[i] = reinterpret_cast<Entry>(points + (i * 104729 % 65536 + 1) * C::kWords);
    }
    const double t = best(200, [&] {
      if (!addPairs<C, false>(a.data(), b.data(), n, out.p, scratch.p, nullptr)) abort();
    });
    printf("%s addition, batches of %zu: %.1f ns\n", name, n, t / static_cast<double>(n));
  }
}

template <class C, class Run>
void windows(const uint64_t* points, size_t n, const char* name, bool g2, Run run) {
  for (unsigned c = 11; c <= 15; c++) {
    reference::Random random(1);
    std::vector<int16_t> digits(n);
    const int half = 1 << (c - 1);
    for (auto& d : digits) d = static_cast<int16_t>(static_cast<int>(random() % (2 * half)) - half + 1);
    std::vector<uint32_t> starts((1u << (c - 1)) + 2), order(n);
    const Order o{starts.data(), order.data()};
    const double sorting = best(5, [&] { sortDigits(o, digits.data(), nullptr, n, c); });
    Workspace* const w = createWorkspace(n, c, g2);
    std::vector<uint64_t> out(c * C::kWords);
    const double t = best(5, [&] { run(w, points, o, c, out.data()); });
    const unsigned count = (254 + c) / c;
    printf("%s window of %u bits, %zu points: %.3f ms (%.1f ns per point), sort %.3f ms; all %u windows: %.1f ms; %zu KB\n", name,
           c, n, t / 1e6, t / static_cast<double>(n), sorting / 1e6, count, count * (t + sorting) / 1e6,
           workspaceBytes(n, c, g2) / 1024);
    destroyWorkspace(w);
  }
}

void ntt() {
  for (const unsigned k : {14u, 16u, 18u, 19u}) {
    const size_t n = size_t{1} << k;
    Words64 data(5 * n), other(5 * n);
    memset(data.p, 0, 40 * n);
    memset(other.p, 0, 40 * n);
    for (size_t i = 0; i < 5 * n; i++) data.p[i] = i % 40 < 32 ? (i * 0x9e3779b97f4a7c15) >> 12 : 5;
    const uint64_t root[4] = {1, 2, 3, 4};
    const double tables = best(1, [&] { destroyNttTables(createNttTables(k, root, root)); });
    NttTables* const t = createNttTables(k, root, root);
    const double inverse = best(5, [&] { nttInverse(t, data.p, nullptr, nullptr, 1); });
    const double coset = best(5, [&] { nttCoset(t, data.p, 0, n / 8); });
    const double forward = best(5, [&] { nttForward(t, data.p, nullptr, nullptr, 1); });
    const double product = best(5, [&] { frMulSub(other.p, data.p, data.p, data.p, n / 8); });
    printf("2^%u: inverse NTT %.2f ms, coset %.2f ms, forward NTT %.2f ms, a b - c %.2f ms; tables %.1f ms, %zu KB\n", k,
           inverse / 1e6, coset / 1e6, forward / 1e6, product / 1e6, tables / 1e6, nttTableBytes(k) / 1024);
    destroyNttTables(t);
  }
}

}  // namespace

int main() {
  if (!supported()) {
    puts("This processor has no AVX-512 IFMA.");
    return 0;
  }
  field();
  constexpr size_t n = 65536 + 8;
  Words64 g1(n * 8), g2(n * 16);
  multiples(g1.p, n, reference::generatorOne(), addBatchG1, prepareG1);
  multiples(g2.p, n, reference::generatorTwo(), addBatchG2, prepareG2);
  additions<G1>(g1.p, "G1");
  additions<G2>(g2.p, "G2");
  windows<G1>(g1.p, 65536, "G1", false, windowSumsG1);
  windows<G2>(g2.p, 65536, "G2", true, windowSumsG2);
  ntt();
}

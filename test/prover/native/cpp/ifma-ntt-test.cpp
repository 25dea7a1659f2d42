// Transforms and products against the definition.
#include <cstring>
#include <thread>
#include <vector>

#include "../../../../prover/native/src/cpu.hpp"
#include "../../../../prover/native/src/ifma-kernels.hpp"
#include "ifma-reference.hpp"

using namespace zkclear::ifma;
using reference::check;
using reference::Int;
using reference::r;
using reference::Words64;

namespace {

Int ints(const uint64_t* w) { return Int{w[0], w[1], w[2], w[3]}; }

void runOnThreads(void*, size_t tasks, void (*body)(void*, size_t), void* context) {
  std::vector<std::thread> threads;
  for (size_t i = 0; i < tasks; i++) threads.emplace_back(body, context, i);
  for (auto& t : threads) t.join();
}

Int rootOfUnity(unsigned k) {
  Int e = reference::subtract(r.p, Int{1, 0, 0, 0});
  for (unsigned i = 0; i < k; i++) {
    for (size_t j = 0; j < 4; j++) e[j] = e[j] >> 1 | (j < 3 ? e[j + 1] << 63 : 0);
  }
  return r.power(Int{5, 0, 0, 0}, e);  // 5 generates the field's units
}

/** Evaluations at shift w^i of the polynomial with values `values` at w^i, by plain recursive transforms. */
std::vector<Int> transform(const std::vector<Int>& a, const Int& w) {
  const size_t n = a.size();
  if (n == 1) return a;
  std::vector<Int> even, odd;
  for (size_t i = 0; i < n; i += 2) {
    even.push_back(a[i]);
    odd.push_back(a[i + 1]);
  }
  even = transform(even, r.mul(w, w));
  odd = transform(odd, r.mul(w, w));
  std::vector<Int> out(n);
  Int power{1, 0, 0, 0};
  for (size_t i = 0; i < n / 2; i++) {
    const Int t = r.mul(power, odd[i]);
    out[i] = r.add(even[i], t);
    out[i + n / 2] = r.sub(even[i], t);
    power = r.mul(power, w);
  }
  return out;
}

std::vector<Int> shifted(const std::vector<Int>& values, const Int& w, const Int& shift) {
  std::vector<Int> c = transform(values, r.inverse(w));
  Int factor = r.inverse(Int{values.size(), 0, 0, 0});
  for (auto& x : c) {
    x = r.mul(x, factor);
    factor = r.mul(factor, shift);
  }
  return transform(c, w);
}

void size(unsigned k, reference::Random& random) {
  const size_t n = size_t{1} << k;
  const Int w = rootOfUnity(k), shift = rootOfUnity(k + 1);
  const Int montgomeryRoot = r.shifted(w, 256), montgomeryShift = r.shifted(shift, 256);
  NttTables* const t = createNttTables(k, montgomeryRoot.data(), montgomeryShift.data());
  for (int kind = 0; kind < 4; kind++) {
    std::vector<Int> values(n);
    for (size_t i = 0; i < n; i++) {
      if (kind == 0) values[i] = reference::below(random, r.p);
      if (kind == 1) values[i] = reference::subtract(r.p, Int{1, 0, 0, 0});
      if (kind == 2 && i == n - 1) values[i] = Int{1, 0, 0, 0};
    }
    Words64 blocks(5 * n), words(4 * n);
    memcpy(words.p, values.data(), 32 * n);
    frImportPlain(blocks.p, words.p, n);
    const Parallel parallel = kind == 0 ? runOnThreads : nullptr;
    nttInverse(t, blocks.p, parallel, nullptr, 3);
    nttCoset(t, blocks.p, 0, n / 16);
    nttCoset(t, blocks.p, n / 16, n / 8);
    nttForward(t, blocks.p, parallel, nullptr, 3);
    frExportPlain(words.p, blocks.p, n);
    const std::vector<Int> want = shifted(values, w, shift);
    for (size_t i = 0; i < n; i++) check(ints(words.p + 4 * i) == want[i], "shifted evaluation", static_cast<long>(k));
  }
  // Repeated transforms do not let values grow past their bound: as many as keep the polynomial the same.
  Words64 blocks(5 * n), words(4 * n);
  for (size_t i = 0; i < 4 * n; i++) words.p[i] = ~uint64_t{0};
  frImportPlain(blocks.p, words.p, n);
  for (int round = 0; round < 4; round++) {
    nttInverse(t, blocks.p, nullptr, nullptr, 1);
    nttForward(t, blocks.p, nullptr, nullptr, 1);
  }
  frExportPlain(words.p, blocks.p, n);
  const Int want =
      r.shifted(r.reduce(Int{~uint64_t{0}, ~uint64_t{0}, ~uint64_t{0}, ~uint64_t{0}}), static_cast<int>(4 * k));
  for (size_t i = 0; i < n; i++) check(ints(words.p + 4 * i) == want, "there and back", static_cast<long>(k));
  destroyNttTables(t);
}

void products(reference::Random& random) {
  constexpr size_t n = 64;
  std::vector<Int> a(n), b(n), c(n);
  const Int last = reference::subtract(r.p, Int{1, 0, 0, 0});
  for (size_t i = 0; i < n; i++) {
    a[i] = i % 3 == 0 ? last : reference::below(random, r.p);
    b[i] = i % 5 == 0 ? last : i % 5 == 1 ? Int{} : reference::below(random, r.p);
    c[i] = i % 7 == 0 ? last : i % 7 == 1 ? Int{} : reference::below(random, r.p);
  }
  Words64 x(5 * n), y(5 * n), z(5 * n), words(4 * n);
  const auto import = [&](uint64_t* out, const std::vector<Int>& v) {
    for (size_t i = 0; i < n; i++) memcpy(words.p + 4 * i, r.shifted(v[i], 256).data(), 32);
    frImport(out, words.p, n);
  };
  import(x.p, a);
  import(y.p, b);
  import(z.p, c);
  frMulSub(z.p, x.p, y.p, z.p, n / 8);
  frMul(x.p, x.p, y.p, n / 8);
  frExport(words.p, z.p, n);
  for (size_t i = 0; i < n; i++) {
    check(ints(words.p + 4 * i) == r.shifted(r.sub(r.mul(a[i], b[i]), c[i]), 256), "a b - c", static_cast<long>(i));
  }
  frExportPlain(words.p, x.p, n);
  for (size_t i = 0; i < n; i++) check(ints(words.p + 4 * i) == r.mul(a[i], b[i]), "a b", static_cast<long>(i));
}

}  // namespace

int main() {
  if (!zkclear::hasIfma()) {
    puts("skipped: no AVX-512 IFMA");
    return 0;
  }
  reference::Random random(11);
  const Int one{1, 0, 0, 0};
  check(createNttTables(5, one.data(), one.data()) == nullptr, "sizes below 64 are refused");
  for (unsigned k = 6; k <= 11; k++) size(k, random);
  products(random);
  printf("%d checks, %d failures\n", reference::checks, reference::failures);
  return reference::failures == 0 ? 0 : 1;
}

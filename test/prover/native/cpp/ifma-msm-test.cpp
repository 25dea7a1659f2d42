// Batches of affine additions and window sums in both groups against the schoolbook formulas.
#include <cstring>
#include <vector>

#include "../../../../prover/native/src/cpu.hpp"
#include "../../../../prover/native/src/ifma-kernels.hpp"
#include "ifma-reference.hpp"

using namespace zkclear::ifma;
using reference::check;
using reference::Point;
using reference::Words64;

namespace {

struct One {
  using F = reference::FieldOne;
  static constexpr size_t words = 8;
  static constexpr bool second = false;
  static constexpr auto generator = reference::generatorOne;
  static constexpr auto prepare = prepareG1;
  static constexpr auto unprepare = exportG1;
  static constexpr auto addBatch = addBatchG1;
  static constexpr auto windowSums = windowSumsG1;
};

struct Two {
  using F = reference::FieldTwo;
  static constexpr size_t words = 16;
  static constexpr bool second = true;
  static constexpr auto generator = reference::generatorTwo;
  static constexpr auto prepare = prepareG2;
  static constexpr auto unprepare = exportG2;
  static constexpr auto addBatch = addBatchG2;
  static constexpr auto windowSums = windowSumsG2;
};

template <class G>
bool same(const uint64_t* got, const Point<typename G::F>& want) {
  uint64_t words[G::words];
  write(words, want);
  return memcmp(got, words, sizeof words) == 0;
}

/** k G for k in (-count, count), by table. */
template <class G>
struct Multiples {
  std::vector<Point<typename G::F>> positive;
  explicit Multiples(size_t count) : positive(count) {
    for (size_t k = 1; k < count; k++) positive[k] = add(positive[k - 1], G::generator());
  }
  Point<typename G::F> operator()(int64_t k) const {
    return k < 0 ? negate(positive[static_cast<size_t>(-k)]) : positive[static_cast<size_t>(k)];
  }
};

/** Sums of pairs: random ones, equal ones, opposite ones, infinities, in every place of a batch; chained additions. */
template <class G>
void batches(const Multiples<G>& multiple, reference::Random& random) {
  for (const size_t n : {0, 1, 7, 8, 9, 15, 16, 17, 31, 33, 64, 127, 129, 1023, 1024, 1025, 2049}) {
    for (int kind = 0; kind < (n > 200 ? 2 : 4); kind++) {
      Words64 a(n * G::words), b(n * G::words), out(n * G::words);
      std::vector<int64_t> ka(n), kb(n);
      for (size_t i = 0; i < n; i++) {
        ka[i] = static_cast<int64_t>(random() % 60) - 30;
        kb[i] = static_cast<int64_t>(random() % 60) + 31;
        const uint64_t special = random() % 4;
        if (kind == 1 && special == 0) kb[i] = ka[i];
        if (kind == 1 && special == 1) kb[i] = -ka[i];
        if (kind == 1 && special == 2) ka[i] = 0;
        if (kind == 2) kb[i] = ka[i];
        if (kind == 3) kb[i] = -ka[i];
        write(a.p + i * G::words, multiple(ka[i]));
        write(b.p + i * G::words, multiple(kb[i]));
      }
      G::prepare(a.p, a.p, n);
      G::prepare(b.p, b.p, n);
      G::addBatch(out.p, a.p, b.p, n);
      G::addBatch(a.p, out.p, b.p, n);  // (a + b) + b: operands that are not below p
      G::unprepare(out.p, out.p, n);
      G::unprepare(a.p, a.p, n);
      for (size_t i = 0; i < n; i++) {
        check(same<G>(out.p + i * G::words, multiple(ka[i] + kb[i])), "sum of two points", static_cast<long>(n));
        check(same<G>(a.p + i * G::words, multiple(ka[i] + 2 * kb[i])), "sum of three points", static_cast<long>(n));
      }
    }
  }
}

template <class G>
void window(const Multiples<G>& multiple, size_t n, unsigned c, int kind, reference::Random& random) {
  const int64_t half = int64_t{1} << (c - 1);
  std::vector<int64_t> k(n);
  std::vector<int16_t> digits(n);
  Words64 bases(n * G::words);
  for (size_t i = 0; i < n; i++) {
    k[i] = static_cast<int64_t>(random() % 60) + 1;
    digits[i] = static_cast<int16_t>(static_cast<int64_t>(random() % static_cast<uint64_t>(2 * half)) - half);
    if (kind == 1) digits[i] = 1;  // one bucket
    if (kind == 2) k[i] = 7;       // repeated bases
    if (kind == 3)
      digits[i] = static_cast<int16_t>(i % 2 ? half : -half),
      k[i] = 1 + static_cast<int64_t>(i / 2 % 50);  // all cancel
    if (kind == 4) k[i] = random() % 3 ? 0 : k[i];  // many at infinity
    if (kind == 5) digits[i] = 0;                   // nothing to add
    if (kind == 6) digits[i] = static_cast<int16_t>(static_cast<int64_t>(random() % 3) - 1);
    write(bases.p + i * G::words, multiple(k[i]));
  }
  G::prepare(bases.p, bases.p, n);
  std::vector<uint32_t> starts(static_cast<size_t>(half) + 2), points(n);
  const Order order{starts.data(), points.data()};
  sortDigits(order, digits.data(), nullptr, n, c);
  Workspace* const w = createWorkspace(n, c, G::second);
  std::vector<uint64_t> out(c * G::words);
  G::windowSums(w, bases.p, order, c, out.data());
  for (unsigned bit = 0; bit < c; bit++) {
    int64_t want = 0;
    for (size_t i = 0; i < n; i++) {
      const int64_t d = digits[i];
      if ((d < 0 ? -d : d) >> bit & 1) want += d < 0 ? -k[i] : k[i];
    }
    check(same<G>(out.data() + bit * G::words, times(G::generator(), want)), "window sum, kind", kind);
  }
  destroyWorkspace(w);
}

void mappedOrder() {
  const std::vector<int16_t> digits{3, 0, -2, 4, 3};
  const std::vector<uint32_t> map{4, 1, 2, 0};
  std::vector<uint32_t> starts(6), points(4);
  sortDigits(Order{starts.data(), points.data()}, digits.data(), map.data(), map.size(), 3);
  const uint32_t minus = uint32_t{1} << 31;
  check(starts == std::vector<uint32_t>({0, 0, 0, 1, 3, 3}), "starts of a mapped order");
  check(points[0] == (2 | minus) && points[1] == 0 && points[2] == 3, "points of a mapped order");
}

template <class G>
void group(uint64_t seed) {
  reference::Random random(seed);
  const Multiples<G> multiple(256);
  batches<G>(multiple, random);
  for (int kind = 0; kind <= 6; kind++) {
    for (const size_t n : {0, 1, 2, 7, 8, 9, 63, 65, 300}) window<G>(multiple, n, 5, kind, random);
    window<G>(multiple, 4097, kind % 2 ? 8 : 1 + static_cast<unsigned>(kind), kind, random);
  }
  window<G>(multiple, 9000, 4, 0, random);   // buckets larger than what a round takes
  window<G>(multiple, 5000, 16, 0, random);  // digits of -2^15
  window<G>(multiple, 13000, 12, 0, random);
}

}  // namespace

int main() {
  if (!zkclear::hasIfma()) {
    puts("skipped: no AVX-512 IFMA");
    return 0;
  }
  mappedOrder();
  group<One>(3);
  group<Two>(5);
  printf("%d checks, %d failures\n", reference::checks, reference::failures);
  return reference::failures == 0 ? 0 : 1;
}

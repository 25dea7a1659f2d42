// The AVX-512 IFMA kernels behind the common table. What they do not do, the ADX kernels do.
#include <memory>

#include "cpu.hpp"
#include "curve.hpp"
#include "digits.hpp"
#include "ifma-kernels.hpp"
#include "kernels.hpp"
#include "memory.hpp"

namespace zkclear {
namespace {

template <class Point>
uint64_t* words(Point* points) {
  return reinterpret_cast<uint64_t*>(points);
}
template <class Point>
const uint64_t* words(const Point* points) {
  return reinterpret_cast<const uint64_t*>(points);
}

struct DestroyWorkspace {
  void operator()(ifma::Workspace* space) const { ifma::destroyWorkspace(space); }
};

struct Window {
  std::unique_ptr<ifma::Workspace, DestroyWorkspace> space;
  unsigned bits;
  Array<uint32_t> starts, points;

  Window(size_t bases, unsigned windowBits, bool g2)
      : space(ifma::createWorkspace(bases, windowBits, g2)),
        bits(windowBits),
        starts((size_t{1} << (windowBits - 1)) + 2),
        points(bases) {
    if (space == nullptr) throw std::bad_alloc();
  }
};

template <bool g2>
void* createWindow(size_t bases, unsigned bits) {
  return new Window(bases, bits, g2);
}

/** With rounding up of each of its three parts. */
template <bool g2>
size_t windowBytes(size_t bases, unsigned bits) {
  return ifma::workspaceBytes(bases, bits, g2) + 4 * (bases + (size_t{1} << (bits - 1)) + 2) + 3 * 64;
}

void destroyWindow(void* space) { delete static_cast<Window*>(space); }

/** The kernels give one sum for each bit of the digits: Horner's rule joins them. */
template <class Point>
void sumWindow(void* space, const Point* bases, const uint32_t* scalars, size_t count, const int16_t* digits,
               Point* out) {
  auto& [workspace, bits, starts, points] = *static_cast<Window*>(space);
  const ifma::Order order{starts.data(), points.data()};
  ifma::sortDigits(order, digits, scalars, count, bits);
  Array<Point> sums(bits);
  if constexpr (sizeof(Point) == sizeof(AffineG1)) {
    ifma::windowSumsG1(workspace.get(), words(bases), order, bits, words(sums.data()));
  } else {
    ifma::windowSumsG2(workspace.get(), words(bases), order, bits, words(sums.data()));
  }
  auto total = portable::toXyzz(sums[bits - 1]);
  for (unsigned bit = bits - 1; bit-- > 0;) total = portable::add(portable::dbl(total), portable::toXyzz(sums[bit]));
  *out = portable::toAffine(total);
}

/** The NTT wants at least 2^6 values; smaller ones are no matter. */
struct IfmaTables : NttTables {
  unsigned log;
  ifma::NttTables* large;
  NttTables* small;
};

Fr rootOfUnity(unsigned log) {
  Fr root{{0x636e735580d13d9c, 0xa22bf3742445ffd6, 0x56452ac01eb203d8, 0x1860ef942963f9e7}};
  for (unsigned i = 28; i > log; i--) root = portable::sqr(root);
  return root;
}

void freeTables(NttTables* base) {
  auto* tables = static_cast<IfmaTables*>(base);
  if (tables->large != nullptr) ifma::destroyNttTables(tables->large);
  if (tables->small != nullptr) adxKernels()->freeTables(tables->small);
  delete tables;
}

NttTables* makeTables(unsigned log) {
  auto* tables = new (std::nothrow) IfmaTables{{}, log, nullptr, nullptr};
  if (tables == nullptr) return nullptr;
  if (log < 6) {
    tables->small = adxKernels()->makeTables(log);
  } else {
    const Fr root = rootOfUnity(log), shift = rootOfUnity(log + 1);
    tables->large = ifma::createNttTables(log, root.w, shift.w);
  }
  if (tables->small != nullptr || tables->large != nullptr) return tables;
  delete tables;
  return nullptr;
}

struct BlockWork {
  const ifma::NttTables* tables;
  uint64_t *a, *b, *c;
  Fr *fromA, *fromB, *out;
  size_t blocks, parts;

  size_t begin(size_t part) const { return part * blocks / parts; }
};

constexpr size_t kBlock = 8, kBlockWords = 5 * kBlock;

/** The words of three vectors. */
size_t quotientWords(unsigned log) { return 3 * ((size_t{1} << log) / kBlock) * kBlockWords; }

void quotient(const NttTables* base, Fr* a, Fr* b, Fr* out, const Parallel& parallel) {
  const auto* tables = static_cast<const IfmaTables*>(base);
  if (tables->small != nullptr) return adxKernels()->quotient(tables->small, a, b, out, parallel);
  const size_t blocks = (size_t{1} << tables->log) / kBlock;
  Array<uint64_t> space(quotientWords(tables->log));
  BlockWork work{
      tables->large, space.data(), space.data() + blocks * kBlockWords,   space.data() + 2 * blocks * kBlockWords, a, b,
      out,           blocks,       std::min(blocks, 4 * parallel.threads)};
  const auto run = [&](void (*body)(void*, size_t)) { parallel.run(parallel.pool, work.parts, body, &work); };
  run([](void* context, size_t part) {
    auto& w = *static_cast<BlockWork*>(context);
    const size_t begin = w.begin(part), count = w.begin(part + 1) - begin, at = begin * kBlockWords;
    ifma::frImport(w.a + at, words(w.fromA + begin * kBlock), count * kBlock);
    ifma::frImport(w.b + at, words(w.fromB + begin * kBlock), count * kBlock);
    ifma::frMul(w.c + at, w.a + at, w.b + at, count);
  });
  for (uint64_t* values : {work.a, work.b, work.c}) {
    ifma::nttInverse(work.tables, values, parallel.run, parallel.pool, work.parts);
  }
  run([](void* context, size_t part) {
    auto& w = *static_cast<BlockWork*>(context);
    for (uint64_t* values : {w.a, w.b, w.c}) ifma::nttCoset(w.tables, values, w.begin(part), w.begin(part + 1));
  });
  for (uint64_t* values : {work.a, work.b, work.c}) {
    ifma::nttForward(work.tables, values, parallel.run, parallel.pool, work.parts);
  }
  run([](void* context, size_t part) {
    auto& w = *static_cast<BlockWork*>(context);
    const size_t begin = w.begin(part), count = w.begin(part + 1) - begin, at = begin * kBlockWords;
    ifma::frMulSub(w.c + at, w.a + at, w.b + at, w.c + at, count);
    ifma::frExportPlain(words(w.out + begin * kBlock), w.c + at, count * kBlock);
  });
}

/** Few states are as quick one by one; of the others the last block is filled up with whatever. */
constexpr size_t kFewStates = 3;

void poseidonAll(const Fr* parameters, unsigned width, unsigned partialRounds, Fr* states, size_t count) {
  const size_t odd = count % kBlock, whole = count - odd;
  if (whole == 0 && odd < kFewStates) return adxKernels()->poseidonAll(parameters, width, partialRounds, states, count);
  const size_t numbers = 8 * width + 2 * width * width + 2 * width * partialRounds;
  const size_t blocks = (numbers + kBlock - 1) / kBlock;
  Array<Fr, Privacy::open> padded(blocks * kBlock);
  padded.zero();
  std::memcpy(padded.data(), parameters, numbers * sizeof(Fr));
  Array<uint64_t, Privacy::open> constants(blocks * kBlockWords);
  ifma::frImport(constants.data(), words(padded.data()), blocks * kBlock);
  ifma::poseidonAll(constants.data(), width, partialRounds, words(states), whole);
  if (odd == 0) return;
  Fr* rest = states + whole * width;
  if (odd < kFewStates) return adxKernels()->poseidonAll(parameters, width, partialRounds, rest, odd);
  Array<Fr> last(kBlock * width);
  last.zero();
  std::memcpy(last.data(), rest, odd * width * sizeof(Fr));
  ifma::poseidonAll(constants.data(), width, partialRounds, words(last.data()), kBlock);
  for (size_t i = 0; i < odd; i++) rest[i * width] = last[i * width];
}

Kernels makeKernels() {
  Kernels k = *adxKernels();
  k.name = "ifma";
  k.importG1 = [](const AffineG1* in, AffineG1* out, size_t count) { ifma::prepareG1(words(out), words(in), count); };
  k.importG2 = [](const AffineG2* in, AffineG2* out, size_t count) { ifma::prepareG2(words(out), words(in), count); };
  k.exportG1 = [](const AffineG1* in, AffineG1* out, size_t count) { ifma::exportG1(words(out), words(in), count); };
  k.exportG2 = [](const AffineG2* in, AffineG2* out, size_t count) { ifma::exportG2(words(out), words(in), count); };
  k.addG1 = nullptr;
  k.addG2 = nullptr;
  k.makeTables = makeTables;
  k.freeTables = freeTables;
  k.quotient = quotient;
  k.quotientBytes = [](unsigned log) { return quotientWords(log) * sizeof(uint64_t); };
  k.poseidonAll = poseidonAll;
  k.createWindowG1 = createWindow<false>;
  k.createWindowG2 = createWindow<true>;
  k.destroyWindow = destroyWindow;
  k.windowBytesG1 = windowBytes<false>;
  k.windowBytesG2 = windowBytes<true>;
  k.windowG1 = sumWindow<AffineG1>;
  k.windowG2 = sumWindow<AffineG2>;
  return k;
}

}  // namespace

const Kernels* ifmaKernels() {
  if (!hasIfma() || adxKernels() == nullptr) return nullptr;
  static const Kernels kernels = makeKernels();
  return &kernels;
}

}  // namespace zkclear

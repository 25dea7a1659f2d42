// From the values of a polynomial on the roots of unity to those on the odd coset. Decimation in frequency down to the
// coefficients, which then stand in bit-reversed order, and in time back up: so nothing is ever permuted.
#pragma once
#include <cstdlib>

#include "field.hpp"
#include "kernels.hpp"

namespace zkclear::ZK_PATH {

struct Tables : NttTables {
  unsigned log;
  /** Layers that work on whole columns of the array seen as 2^columnLayers rows; the others stay inside one row. */
  unsigned columnLayers;
  /** For the layer with half-length h: entries h .. 2h - 1 are the powers of a 2h-th root, of its inverse in `down`. */
  Fr *down, *up;
  /** In bit-reversed order: powers of the coset's generator, over 2^log. */
  Fr* coset;
};

/** A root of unity of order 2^log, log <= 28, the one that snarkjs's keys are made for: a power of 5. */
inline Fr rootOfUnity(unsigned log) {
  Fr root{{0x636e735580d13d9c, 0xa22bf3742445ffd6, 0x56452ac01eb203d8, 0x1860ef942963f9e7}};
  for (unsigned i = 28; i > log; i--) root = sqr(root);
  return root;
}

inline NttTables* makeTables(unsigned log) {
  const size_t size = size_t{1} << log;
  auto* tables = static_cast<Tables*>(std::malloc(sizeof(Tables) + 3 * size * sizeof(Fr)));
  if (tables == nullptr) return nullptr;
  tables->down = reinterpret_cast<Fr*>(tables + 1);
  tables->up = tables->down + size;
  tables->coset = tables->up + size;
  tables->log = log;
  tables->columnLayers = log < 8 ? log / 2 : log < 14 ? 4 : log - 10;  // a row then fills 32 KB: the fastest cache
  for (size_t half = 1, layer = 1; half < size; half <<= 1, layer++) {
    const Fr up = rootOfUnity(static_cast<unsigned>(layer)), down = invert(up);
    tables->up[half] = tables->down[half] = Prime<Fr>::one;
    for (size_t i = 1; i < half; i++) {
      tables->up[half + i] = mul(tables->up[half + i - 1], up);
      tables->down[half + i] = mul(tables->down[half + i - 1], down);
    }
  }
  const Fr generator = rootOfUnity(log + 1);
  Fr value = invert(toMontgomery(Fr{{size, 0, 0, 0}}));
  for (size_t i = 0, reversed = 0; i < size; i++) {
    tables->coset[reversed] = value;
    value = mul(value, generator);
    size_t bit = size >> 1;
    for (; bit > 0 && (reversed & bit); bit >>= 1) reversed ^= bit;
    reversed |= bit;
  }
  return tables;
}

inline void freeTables(NttTables* tables) { std::free(tables); }

inline void butterfliesDown(const Fr* twiddles, Fr* low, Fr* high, size_t from, size_t to) {
  for (size_t i = from; i < to; i++) {
    const Fr a = low[i], b = high[i];
    low[i] = add(a, b);
    high[i] = mul(sub(a, b), twiddles[i]);
  }
}

inline void butterfliesUp(const Fr* twiddles, Fr* low, Fr* high, size_t from, size_t to) {
  for (size_t i = from; i < to; i++) {
    const Fr a = low[i], b = mul(high[i], twiddles[i]);
    low[i] = add(a, b);
    high[i] = sub(a, b);
  }
}

/** The column layers down; then rows down, coset and rows up; then the column layers up. */
inline void nttStep(const NttTables* base, Fr* values, unsigned step, size_t part, size_t parts) {
  const auto* tables = static_cast<const Tables*>(base);
  const size_t size = size_t{1} << tables->log;
  const size_t rows = size_t{1} << tables->columnLayers, columns = size / rows;
  if (step == 1) {
    for (size_t row = part * rows / parts; row < (part + 1) * rows / parts; row++) {
      Fr* const at = values + row * columns;
      for (size_t half = columns / 2; half > 0; half /= 2) {
        for (size_t block = 0; block < columns; block += 2 * half) {
          butterfliesDown(&tables->down[half], at + block, at + block + half, 0, half);
        }
      }
      for (size_t i = 0; i < columns; i++) at[i] = mul(at[i], tables->coset[row * columns + i]);
      for (size_t half = 1; half < columns; half *= 2) {
        for (size_t block = 0; block < columns; block += 2 * half) {
          butterfliesUp(&tables->up[half], at + block, at + block + half, 0, half);
        }
      }
    }
    return;
  }
  // Strips of few columns, so that the strip of all rows stays in the cache through all layers.
  const size_t end = (part + 1) * columns / parts;
  constexpr size_t kStrip = 16;
  for (size_t from = part * columns / parts; from < end; from += kStrip) {
    const size_t width = from + kStrip < end ? kStrip : end - from;
    for (unsigned layer = 0; layer < tables->columnLayers; layer++) {
      const size_t half = step == 0 ? size >> (layer + 1) : columns << layer;
      for (size_t block = 0; block < size; block += 2 * half) {
        for (size_t row = 0; row < half; row += columns) {
          Fr* const low = values + block + row + from;
          if (step == 0) {
            butterfliesDown(&tables->down[half + row + from], low, low + half, 0, width);
          } else {
            butterfliesUp(&tables->up[half + row + from], low, low + half, 0, width);
          }
        }
      }
    }
  }
}

struct Quotient {
  const NttTables* tables;
  Fr* values[3];
  size_t size, parts;
  unsigned step;
};

inline void quotient(const NttTables* tables, Fr* a, Fr* b, Fr* out, const Parallel& parallel) {
  const size_t size = size_t{1} << static_cast<const Tables*>(tables)->log;
  Quotient work{tables, {a, b, out}, size, size < 64 ? 1 : 4 * parallel.threads, 0};
  const auto run = [&](size_t tasks, void (*body)(void*, size_t)) { parallel.run(parallel.pool, tasks, body, &work); };
  run(work.parts, [](void* context, size_t part) {
    const auto& [tables, values, size, parts, step] = *static_cast<Quotient*>(context);
    for (size_t i = part * size / parts; i < (part + 1) * size / parts; i++)
      values[2][i] = mul(values[0][i], values[1][i]);
  });
  for (; work.step < 3; work.step++) {
    run(3 * work.parts, [](void* context, size_t task) {
      const auto& [tables, values, size, parts, step] = *static_cast<Quotient*>(context);
      nttStep(tables, values[task / parts], step, task % parts, parts);
    });
  }
  run(work.parts, [](void* context, size_t part) {
    const auto& [tables, values, size, parts, step] = *static_cast<Quotient*>(context);
    for (size_t i = part * size / parts; i < (part + 1) * size / parts; i++) {
      values[2][i] = fromMontgomery(sub(mul(values[0][i], values[1][i]), values[2][i]));
    }
  });
}

}  // namespace zkclear::ZK_PATH

// The part of the IFMA path that every processor can run: the sorting of digits.
#include <cstring>

#include "ifma-kernels.hpp"

namespace zkclear::ifma {

unsigned windowBits(size_t n) {
  // Additions: ceil(255 / c) (n + 2^c); the least of it, with the buckets' share at its measured price.
  unsigned best = 4;
  double least = 0;
  for (unsigned c = 4; c <= 16; c++) {
    const double cost = static_cast<double>((254 + c) / c) * (static_cast<double>(n) + static_cast<double>(1u << c));
    if (c > 4 && cost >= least) continue;
    best = c;
    least = cost;
  }
  return best;
}

void sortDigits(const Order& out, const int16_t* digits, const uint32_t* map, size_t n, unsigned c) {
  const size_t buckets = (size_t{1} << (c - 1)) + 1;
  uint32_t* const at = out.starts + 1;  // at[k]: where bucket k's next point goes; in the end, where it ends
  memset(out.starts, 0, (buckets + 1) * sizeof(uint32_t));
  const auto digit = [&](size_t i) { return static_cast<int32_t>(digits[map ? map[i] : i]); };
  const auto magnitude = [](int32_t d) { return static_cast<size_t>(d < 0 ? -d : d); };
  for (size_t i = 0; i < n; i++) at[magnitude(digit(i))]++;
  at[0] = 0;  // zeros are left out
  uint32_t sum = 0;
  for (size_t k = 0; k < buckets; k++) {
    const uint32_t count = at[k];
    at[k] = sum;
    sum += count;
  }
  for (size_t i = 0; i < n; i++) {
    const int32_t d = digit(i);
    if (d != 0) out.points[at[magnitude(d)]++] = static_cast<uint32_t>(i) | (d < 0 ? uint32_t{1} << 31 : 0);
  }
}

}  // namespace zkclear::ifma

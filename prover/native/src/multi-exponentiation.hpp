// A multi-exponentiation in windows that are independent of each other.
#pragma once
#include <memory>
#include <stdexcept>

#include "buckets.hpp"
#include "team.hpp"

namespace zkclear {

/** Scalars that are no list of canonical field elements. */
struct WitnessError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/** Indices of a long loop that one task handles. */
constexpr size_t kChunk = 2048;

struct Range {
  size_t begin, end;
};

template <class Body>
void parallelChunks(Team& team, size_t count, Body body) {
  team.run((count + kChunk - 1) / kChunk,
           [&](size_t chunk, size_t) { body(Range{chunk * kChunk, std::min(count, (chunk + 1) * kChunk)}); });
}

/** Checks the scalars and chooses the window by their lengths. */
inline Digits makeDigits(const Fr* scalars, size_t count, Team& team) {
  std::mutex mutex;
  BitLengths lengths = {};
  parallelChunks(team, count, [&](Range range) {
    BitLengths own = {};
    for (size_t i = range.begin; i < range.end; i++) {
      Fr scalar = scalars[i];
      if (!portable::isCanonical(scalar)) throw WitnessError("an entry is not below the field's order");
      shorten(scalar);
      own[bitLength(scalar)]++;
      wipe(&scalar, sizeof scalar);
    }
    std::lock_guard lock(mutex);
    for (size_t i = 0; i < 257; i++) lengths[i] += own[i];
  });
  Digits digits(count, chooseBits(lengths));
  parallelChunks(team, count, [&](Range range) { digits.fill(scalars, range.begin, range.end); });
  return digits;
}

/** One multi-exponentiation, window by window; the sums of the windows may be computed at the same time. */
template <class G>
struct MultiExponentiation {
  using Point = typename G::Point;
  const Bases<G>& bases;
  const Digits& digits;
  double& cost;
  Array<Point> sums{digits.windows};

  portable::Xyzz<decltype(Point::x)> total() const { return combineWindows(sums.data(), digits.windows, digits.bits); }
};

/** Working memory of one thread, kept from window to window. */
template <class G>
class Workspace {
 public:
  Workspace() = default;
  Workspace(const Workspace&) = delete;
  ~Workspace() {
    if (space_ != nullptr) kernels_->destroyWindow(space_);
  }

  /** What it takes at most for so many scalars, in bytes. */
  static size_t mostBytes(const Kernels& kernels, size_t scalars) {
    const auto windowBytes = G::windowBytes(kernels);
    return windowBytes == nullptr ? Buckets<G>::mostBytes(Digits::kMaxBits) : windowBytes(scalars, Digits::kMaxBits);
  }

  typename G::Point sum(const Kernels& kernels, const Bases<G>& bases, const Digits& digits, unsigned window) {
    kernels_ = &kernels;
    const size_t count = bases.points.size();
    if (G::window(kernels) == nullptr) {
      if (!buckets_) buckets_ = std::make_unique<Buckets<G>>(kernels, digits.bits);
      return buckets_->window(bases, digits.row(window));
    }
    if (space_ == nullptr) space_ = G::createWindow(kernels)(digits.count, digits.bits);
    typename G::Point result;
    G::window(kernels)(space_, bases.points.data(), bases.scalars.data(), count, digits.row(window), &result);
    return result;
  }

 private:
  const Kernels* kernels_ = nullptr;
  std::unique_ptr<Buckets<G>> buckets_;
  void* space_ = nullptr;
};

}  // namespace zkclear

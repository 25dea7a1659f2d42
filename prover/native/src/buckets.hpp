// The sum of one window of a multi-exponentiation: each point goes into the bucket of its digit, then the
// buckets are weighed.
#pragma once
#include <algorithm>
#include <vector>

#include "adder.hpp"
#include "digits.hpp"

namespace zkclear {

/** Points in the kernels' form, none at infinity, with the number of each one's scalar. */
template <class G>
struct Bases {
  Array<typename G::Point, Privacy::open> points;
  Array<uint32_t, Privacy::open> scalars;
};

template <class G>
class Buckets {
 public:
  using Point = typename G::Point;

  Buckets(const Kernels& kernels, unsigned bits)
      : kernels_(kernels),
        count_(size_t{1} << (bits - 1)),
        sums_(count_),
        state_(count_),
        adder_(kernels),
        waiting_(kMaxWaiting),
        chains_(3 * kSegments) {}

  /**
   * What it takes at most, in bytes. A round of settle() pairs the points of each bucket, and keeps half as many sums
   * as waited: after `kRounds` no bucket has more than one.
   */
  static constexpr size_t mostBytes(unsigned bits) {
    constexpr size_t kRounds = 13;
    static_assert(kMaxWaiting == size_t{1} << kRounds);
    const size_t points = (size_t{1} << (bits - 1)) + kRounds * kMaxWaiting / 2 + 3 * kSegments;
    return points * sizeof(Point) + (size_t{4} << (bits - 1)) + Adder<G>::bytes() + kMaxWaiting * sizeof(Entry);
  }

  /** Sum of digit * point over the bases, in the file's form. */
  Point window(const Bases<G>& bases, const int16_t* digits) {
    state_.zero();
    batch_ = kIdle + 1;
    waits_ = 0;
    for (size_t i = 0; i < bases.points.size(); i++) {
      const int digit = digits[bases.scalars[i]];
      if (digit == 0) continue;
      const Entry entry{static_cast<uint32_t>((digit < 0 ? -digit : digit) - 1), operand(&bases.points[i], digit < 0)};
      if (!place(entry)) waiting_[waits_++] = entry;
      if (adder_.full()) nextBatch();
      if (waits_ == kMaxWaiting) settle();
    }
    settle();
    return weigh();
  }

 private:
  struct Entry {
    uint32_t bucket;
    uintptr_t point;
  };
  /** States of a bucket; more is the number of the last batch with an addition to it. */
  enum : uint32_t { kEmpty = 0, kIdle = 1 };
  static constexpr size_t kMaxWaiting = 8 * kBatch;
  static constexpr size_t kSegments = 128;

  /** Puts a point into its bucket, now or with the batch. False if the batch has an addition to that bucket already. */
  bool place(const Entry& entry) {
    uint32_t& state = state_[entry.bucket];
    Point& sum = sums_[entry.bucket];
    if (state == kEmpty) {
      const auto& point = *reinterpret_cast<const Point*>(entry.point & ~uintptr_t{1});
      sum = entry.point & 1 ? portable::neg(point) : point;
      state = kIdle;
      return true;
    }
    if (state == batch_) return false;
    state = batch_;
    adder_.push(&sum, &sum, entry.point);
    return true;
  }

  void flush() {
    adder_.flush([this](Point* sum) { state_[sum - sums_.data()] = kEmpty; });
    batch_++;
  }

  void nextBatch() {
    flush();
    size_t kept = 0;
    for (size_t i = 0; i < waits_; i++) {
      const Entry entry = waiting_[i];
      if (adder_.full() || !place(entry)) waiting_[kept++] = entry;
    }
    waits_ = kept;
    if (adder_.full()) flush();
  }

  /** Gets rid of everything that waits. Many points for few buckets are first added up among themselves, in pairs. */
  void settle() {
    flush();
    while (waits_ > 64) {
      Entry* const begin = waiting_.data();
      std::sort(begin, begin + waits_, [](const Entry& a, const Entry& b) { return a.bucket < b.bucket; });
      Array<Point> sums(waits_ / 2);
      size_t used = 0, kept = 0;
      for (size_t i = 0; i < waits_; i++) {
        Entry entry = waiting_[i];
        if (i + 1 < waits_ && waiting_[i + 1].bucket == entry.bucket) {
          // -a + b = -(a - b)
          Point& sum = sums[used++];
          const auto* left = reinterpret_cast<const Point*>(entry.point & ~uintptr_t{1});
          adder_.push(&sum, left, waiting_[++i].point ^ (entry.point & 1));
          entry.point = operand(&sum, entry.point & 1);
          if (adder_.full()) adder_.flush([](Point*) {});
        }
        waiting_[kept++] = entry;
      }
      adder_.flush([](Point*) {});
      const auto vanished = [](const Entry& entry) {
        return portable::isInfinity(*reinterpret_cast<const Point*>(entry.point & ~uintptr_t{1}));
      };
      waits_ = std::remove_if(begin, begin + kept, vanished) - begin;
      if (used == 0) break;
      keep_.push_back(std::move(sums));
    }
    while (waits_ > 0 || adder_.count() > 0) nextBatch();
    keep_.clear();
  }

  Point weigh() {
    size_t occupied = 0, top = 0;
    for (size_t i = 0; i < count_; i++) {
      if (state_[i] == kEmpty) {
        sums_[i] = {};
      } else {
        occupied++;
        top = i + 1;
      }
    }
    if (occupied == 0) return {};
    if (count_ < 4 * kSegments || occupied < count_ / 8 * 7) return weighExactly(top);

    // Running sums over segments of buckets, all segments in one batch: of the buckets, and of those sums.
    const size_t length = count_ / kSegments;
    Point* running = chains_.data();
    Point* next = running + kSegments;
    Point* const totals = next + kSegments;
    std::fill(chains_.data(), chains_.data() + 3 * kSegments, Point{});
    const auto accumulate = [this](Point* sum, const Point* left, const Point* right) {
      if (portable::isInfinity(*left)) {
        *sum = *right;
      } else if (portable::isInfinity(*right)) {
        *sum = *left;
      } else {
        adder_.push(sum, left, operand(right, false));
      }
    };
    for (size_t step = length + 1; step-- > 0;) {
      for (size_t s = 0; s < kSegments; s++) {
        accumulate(&totals[s], &totals[s], &running[s]);
        if (step > 0) accumulate(&next[s], &running[s], &sums_[s * length + step - 1]);
      }
      adder_.flush([](Point*) {});
      std::swap(running, next);
    }
    // After the last step `next` holds the complete running sums.
    Point result;
    G::export_(kernels_)(next, next, kSegments);
    G::export_(kernels_)(totals, totals, kSegments);
    G::weigh(kernels_)(totals, next, kSegments, static_cast<unsigned>(__builtin_ctzll(length)), &result);
    return result;
  }

  Point weighExactly(size_t count) {
    Point result;
    G::export_(kernels_)(sums_.data(), sums_.data(), count);
    G::weigh(kernels_)(sums_.data(), sums_.data(), count, 0, &result);
    return result;
  }

  const Kernels& kernels_;
  const size_t count_;
  Array<Point> sums_;
  Array<uint32_t> state_;
  uint32_t batch_ = kIdle + 1;
  Adder<G> adder_;
  Array<Entry> waiting_;
  size_t waits_ = 0;
  /** Where sums of waiting points live until they are placed. */
  std::vector<Array<Point>> keep_;
  Array<Point> chains_;
};

/** Horner's rule over the windows' sums, points in the file's form. */
template <class Point>
auto combineWindows(const Point* sums, unsigned windows, unsigned bits) {
  auto total = portable::toXyzz(sums[windows - 1]);
  for (unsigned window = windows - 1; window-- > 0;) {
    for (unsigned i = 0; i < bits; i++) total = portable::dbl(total);
    total = portable::add(total, portable::toXyzz(sums[window]));
  }
  return total;
}

}  // namespace zkclear

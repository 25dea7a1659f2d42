// Collects additions into batches.
#pragma once
#include "group.hpp"
#include "memory.hpp"

namespace zkclear {

template <class G>
class Adder {
 public:
  using Point = typename G::Point;

  explicit Adder(const Kernels& kernels)
      : kernels_(kernels), additions_(kBatch), scratch_(kScratchBytes), exceptions_(kBatch) {}

  static constexpr size_t bytes() { return kBatch * (sizeof(Addition<Point>) + sizeof(uint32_t)) + kScratchBytes; }

  bool full() const { return count_ == kBatch; }
  size_t count() const { return count_; }

  /** *sum = left +- right once the batch runs. No operand may be infinity or the sum of an addition waiting here. */
  void push(Point* sum, const Point* left, uintptr_t right) { additions_[count_++] = {sum, left, right}; }

  /** Runs the batch, then calls `vanished(sum)` for each sum that came out as infinity. */
  template <class Vanished>
  void flush(Vanished vanished) {
    if (count_ == 0) return;
    const size_t exceptions = G::add(kernels_)(additions_.data(), count_, scratch_.data(), exceptions_.data());
    for (size_t i = 0; i < exceptions; i++) {
      const Addition<Point>& addition = additions_[exceptions_[i]];
      // A sum may be the right operand of no other addition, so the operands are what they were.
      *addition.sum = addExactly<G>(kernels_, *addition.left, addition.right);
      if (portable::isInfinity(*addition.sum)) vanished(addition.sum);
    }
    count_ = 0;
  }

 private:
  const Kernels& kernels_;
  Array<Addition<Point>> additions_;
  Array<uint8_t> scratch_;
  Array<uint32_t> exceptions_;
  size_t count_ = 0;
};

}  // namespace zkclear

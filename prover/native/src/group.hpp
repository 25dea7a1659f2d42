// Names one kernel table's functions for either group, so that the multi-exponentiation is written once.
#pragma once
#include "curve.hpp"
#include "kernels.hpp"

namespace zkclear {

struct G1 {
  using Point = AffineG1;
  static auto import(const Kernels& k) { return k.importG1; }
  static auto export_(const Kernels& k) { return k.exportG1; }
  static auto add(const Kernels& k) { return k.addG1; }
  static auto weigh(const Kernels& k) { return k.weighG1; }
  static auto createWindow(const Kernels& k) { return k.createWindowG1; }
  static auto windowBytes(const Kernels& k) { return k.windowBytesG1; }
  static auto window(const Kernels& k) { return k.windowG1; }
};

struct G2 {
  using Point = AffineG2;
  static auto import(const Kernels& k) { return k.importG2; }
  static auto export_(const Kernels& k) { return k.exportG2; }
  static auto add(const Kernels& k) { return k.addG2; }
  static auto weigh(const Kernels& k) { return k.weighG2; }
  static auto createWindow(const Kernels& k) { return k.createWindowG2; }
  static auto windowBytes(const Kernels& k) { return k.windowBytesG2; }
  static auto window(const Kernels& k) { return k.windowG2; }
};

/**
 * left + right, or minus, whatever the operands are: what a batch leaves to its caller. Points in the kernels' form.
 */
template <class G>
typename G::Point addExactly(const Kernels& kernels, const typename G::Point& left, uintptr_t right) {
  typename G::Point points[2] = {left, *reinterpret_cast<const typename G::Point*>(right & ~uintptr_t{1})};
  G::export_(kernels)(points, points, 2);
  if (right & 1) points[1] = portable::neg(points[1]);
  points[0] = portable::toAffine(portable::add(portable::toXyzz(points[0]), portable::toXyzz(points[1])));
  // Infinity is (0, 0) in either form.
  G::import(kernels)(points, points, 1);
  return points[0];
}

}  // namespace zkclear

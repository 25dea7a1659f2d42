// Affine additions that share one inversion: six multiplications each, against eleven in the cheapest projective form.
#pragma once
#include "curve.hpp"
#include "kernels.hpp"

namespace zkclear::ZK_PATH {

/** Chains of products that run side by side, since each product waits for the one before it in its chain. */
constexpr size_t kChains = 4;

/** Kernels::addG1 and addG2. */
template <class F>
size_t addBatch(const Addition<Affine<F>>* additions, size_t count, void* scratch, uint32_t* exceptions) {
  F* const differences = static_cast<F*>(scratch);
  F* const prefixes = differences + kBatch;  // of an addition: the product of the differences before it in its chain
  F chain[kChains];
  for (F& product : chain) product = Prime<F>::one;
  size_t nExceptions = 0;
  for (size_t i = 0; i < count; i++) {
    const auto* right = reinterpret_cast<const Affine<F>*>(additions[i].right & ~uintptr_t{1});
    differences[i] = sub(right->x, additions[i].left->x);
    if (__builtin_expect(isZero(differences[i]), false)) {
      differences[i] = Prime<F>::one;
      exceptions[nExceptions++] = static_cast<uint32_t>(i);
    }
    F& product = chain[i % kChains];
    prefixes[i] = product;
    product = mul(product, differences[i]);
  }

  // One inversion for the chains, by the same trick.
  F before[kChains];
  F all = Prime<F>::one;
  for (size_t c = 0; c < kChains; c++) {
    before[c] = all;
    all = mul(all, chain[c]);
  }
  F inverse = invert(all);
  for (size_t c = kChains; c-- > 0;) {
    const F product = chain[c];
    chain[c] = mul(inverse, before[c]);
    inverse = mul(inverse, product);
  }

  size_t nextException = nExceptions;
  for (size_t i = count; i-- > 0;) {
    F& running = chain[i % kChains];
    const F inverted = mul(running, prefixes[i]);
    running = mul(running, differences[i]);
    if (__builtin_expect(nextException > 0 && exceptions[nextException - 1] == i, false)) {
      nextException--;
      continue;
    }
    const Affine<F>& left = *additions[i].left;
    const auto& right = *reinterpret_cast<const Affine<F>*>(additions[i].right & ~uintptr_t{1});
    const F y = additions[i].right & 1 ? neg(right.y) : right.y;
    const F slope = mul(sub(y, left.y), inverted);
    const F x = sub(sub(sqr(slope), left.x), right.x);
    *additions[i].sum = {x, sub(mul(slope, sub(left.x, x)), left.y)};
  }
  return nExceptions;
}

}  // namespace zkclear::ZK_PATH

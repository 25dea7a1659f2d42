// Poseidon over the scalar field, with the partial rounds' matrices in sparse form.
#pragma once
#include "field.hpp"
#include "kernels.hpp"

namespace zkclear::ZK_PATH {

inline Fr fifthPower(const Fr& a) { return mul(sqr(sqr(a)), a); }

/** The sum of a[i] * b[i], count >= 1. Five products are below 2^256 r together, so they share a reduction. */
inline Fr dot(const Fr* a, const Fr* b, unsigned count) {
  Fr sum{};
  for (unsigned at = 0; at < count;) {
    const unsigned end = count - at < 5 ? count : at + 5;
    Wide products = multiplyWide(a[at], b[at]);
    while (++at < end) addWide(products, multiplyWide(a[at], b[at]));
    sum = add(sum, reduce<Fr>(products));
  }
  return sum;
}

/**
 * In place of the state's words, which are plain, those after the permutation. Parameters are in Montgomery
 * form: the constants of four full rounds; the matrix that ends them; that of the other full rounds; for each partial
 * round a constant, a row and, but for its first element, a column; the constants of four full rounds.
 */
inline void poseidon(const Fr* parameters, unsigned width, unsigned partialRounds, Fr* state) {
  Fr next[kMaxPoseidonWidth];
  const Fr *constants = parameters, *bridge = constants + 4 * width, *full = bridge + width * width;
  const Fr* partial = full + width * width;
  for (unsigned i = 0; i < width; i++) state[i] = toMontgomery(state[i]);
  const auto fullRound = [&](const Fr* matrix) {
    for (unsigned i = 0; i < width; i++) state[i] = fifthPower(add(state[i], constants[i]));
    for (unsigned i = 0; i < width; i++) next[i] = dot(matrix + i * width, state, width);
    for (unsigned i = 0; i < width; i++) state[i] = next[i];
    constants += width;
  };
  for (int round = 0; round < 4; round++) fullRound(round == 3 ? bridge : full);
  for (unsigned round = 0; round < partialRounds; round++) {
    const Fr *row = partial + 1, *column = row + width;
    const Fr first = fifthPower(add(state[0], partial[0]));
    state[0] = first;
    const Fr sum = dot(row, state, width);
    for (unsigned i = 1; i < width; i++) state[i] = add(state[i], mul(column[i - 1], first));
    state[0] = sum;
    partial += 2 * width;
  }
  constants = partial;
  for (int round = 0; round < 4; round++) fullRound(full);
  for (unsigned i = 0; i < width; i++) state[i] = fromMontgomery(state[i]);
}

/** The same of `count` states, one after another; each digest takes the place of its state's first word. */
inline void poseidonAll(const Fr* parameters, unsigned width, unsigned partialRounds, Fr* states, size_t count) {
  for (size_t i = 0; i < count; i++) poseidon(parameters, width, partialRounds, states + i * width);
}

}  // namespace zkclear::ZK_PATH

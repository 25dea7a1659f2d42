// Poseidon over the scalar field, with the partial rounds' matrices in sparse form.
#pragma once
#include "field.hpp"
#include "kernels.hpp"

namespace zkclear::ZK_PATH {

inline Fr fifthPower(const Fr& a) { return mul(sqr(sqr(a)), a); }

/** out = matrix * state, rows one after another. */
inline void mix(const Fr* matrix, const Fr* state, Fr* out, unsigned width) {
  for (unsigned i = 0; i < width; i++) {
    Fr sum = mul(matrix[i * width], state[0]);
    for (unsigned j = 1; j < width; j++) sum = add(sum, mul(matrix[i * width + j], state[j]));
    out[i] = sum;
  }
}

/**
 * In place of the state's words, which are plain, its first word after the permutation. Parameters are in Montgomery
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
    mix(matrix, state, next, width);
    for (unsigned i = 0; i < width; i++) state[i] = next[i];
    constants += width;
  };
  for (int round = 0; round < 4; round++) fullRound(round == 3 ? bridge : full);
  for (unsigned round = 0; round < partialRounds; round++) {
    const Fr *row = partial + 1, *column = row + width;
    const Fr first = fifthPower(add(state[0], partial[0]));
    Fr sum = mul(row[0], first);
    for (unsigned i = 1; i < width; i++) {
      sum = add(sum, mul(row[i], state[i]));
      state[i] = add(state[i], mul(column[i - 1], first));
    }
    state[0] = sum;
    partial += 2 * width;
  }
  constants = partial;
  for (int round = 0; round < 4; round++) fullRound(full);
  state[0] = fromMontgomery(state[0]);
}

}  // namespace zkclear::ZK_PATH

// Poseidon over the scalar field, eight states at a time.
//
// Bounds, in multiples of r: words and powers are below 3; a sum of 17 products of such with a constant is below
// 2.24 + 17 * 3 / 84 < 2.85. Its columns are 17 times those of one product, far below 2^63.
#include "ifma-field.hpp"
#include "ifma-kernels.hpp"

namespace zkclear::ifma {
namespace {

using M = ModulusR;
constexpr unsigned kMaxWidth = 17;

/** Constants in blocks, read one by one in their order and given to all lanes. */
struct Reader {
  const uint64_t* blocks;
  size_t next;

  ZK_INLINE F8 take() {
    const uint64_t* at = blocks + next / 8 * 40 + next % 8;
    next++;
    return F8{{all(at[0]), all(at[8]), all(at[16]), all(at[24]), all(at[32])}};
  }
};

/** (x + constant)^5, below 2.4: the sum is below 4, its square below 2.5, that one's square below 2.4. */
ZK_INLINE F8 box(const F8& x, const F8& constant) {
  const F8 sum = add(x, constant);
  return mul<M>(sqr<M>(sqr<M>(sum)), sum);
}

/** The sum of row times state; the row is read from `constants`. */
ZK_INLINE F8 dot(Reader& constants, const F8* state, unsigned width) {
  Columns columns = product(state[0], constants.take());
  for (unsigned i = 1; i < width; i++) accumulate(columns, state[i], constants.take());
  return reduce<M>(columns);
}

void permute(const uint64_t* parameters, unsigned width, unsigned partialRounds, F8* state) {
  F8 next[kMaxWidth];
  const size_t bridge = 4 * width, full = bridge + width * width;
  Reader constants{parameters, 0};
  const auto fullRound = [&](size_t matrix) {
    for (unsigned i = 0; i < width; i++) state[i] = box(state[i], constants.take());
    Reader rows{parameters, matrix};
    for (unsigned i = 0; i < width; i++) next[i] = dot(rows, state, width);
    for (unsigned i = 0; i < width; i++) state[i] = next[i];
  };
  for (int round = 0; round < 4; round++) fullRound(round == 3 ? bridge : full);
  constants.next = full + width * width;
  for (unsigned round = 0; round < partialRounds; round++) {
    const F8 first = box(state[0], constants.take());
    state[0] = first;
    const F8 sum = dot(constants, state, width);
    for (unsigned i = 1; i < width; i++) state[i] = fold<M>(addRaw(state[i], mul<M>(constants.take(), first)));
    state[0] = sum;
  }
  for (int round = 0; round < 4; round++) fullRound(full);
}

}  // namespace

void poseidonAll(const uint64_t* parameters, unsigned width, unsigned partialRounds, uint64_t* states, size_t count) {
  const size_t stride = 4 * width;
  const F8 toForm = broadcast(Constants<M>::oneSquared), fromForm = broadcast(Words{{1, 0, 0, 0}});
  F8 state[kMaxWidth];
  for (size_t at = 0; at < count; at += 8) {
    uint64_t* block = states + at * stride;
    for (unsigned i = 0; i < width; i++) state[i] = mul<M>(loadWords(block + 4 * i, stride), toForm);
    permute(parameters, width, partialRounds, state);
    storeWords(block, stride, canonical<M>(mul<M>(state[0], fromForm)));
  }
}

}  // namespace zkclear::ifma

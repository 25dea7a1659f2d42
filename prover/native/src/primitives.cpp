// Poseidon and BabyJubJub for the protocol's model, on the calling thread: they take microseconds.
#include "kernels.hpp"
#include "memory.hpp"
#include "node-api.hpp"

namespace zkclear::node {
namespace {

/** With the CPU's carry chains, unless the first argument asks for the portable path or there are none. */
const Kernels& kernelsFor(napi_env env, napi_value portable) {
  const Kernels* adx = toUint32(env, portable) == 0 ? adxKernels() : nullptr;
  return adx == nullptr ? portableKernels() : *adx;
}

/** An integer in [0, 2^256). */
Fr toPlain(napi_env env, napi_value value) {
  Fr plain{};
  int sign = 0;
  size_t count = 4;
  check(napi_get_value_bigint_words(env, value, &sign, &count, plain.w));
  if (sign != 0 || count > 4) throw ApiError("an integer outside [0, 2^256)");
  return plain;
}

Fr toElement(napi_env env, napi_value value) {
  // r, for one comparison: fields are for kernels.
  constexpr uint64_t order[] = {0x43e1f593f0000001, 0x2833e84879b97091, 0xb85045b68181585d, 0x30644e72e131a029};
  const Fr element = toPlain(env, value);
  for (int i = 3; i >= 0; i--) {
    if (element.w[i] < order[i]) return element;
    if (element.w[i] > order[i]) break;
  }
  throw ApiError("an integer that is no field element");
}

napi_value fromPlain(napi_env env, const Fr& plain) {
  napi_value value;
  check(napi_create_bigint_words(env, 0, 4, plain.w, &value));
  return value;
}

/** poseidon(portable, parameters, partialRounds, capacity, words): the digest. Parameters as in poseidon.hpp. */
napi_value poseidon(napi_env env, napi_callback_info info) {
  return guarded(env, [&] {
    const auto given = arguments(env, info, 5);
    const View parameters = view(env, given[1], napi_uint8_array);
    const uint32_t partialRounds = toUint32(env, given[2]);
    uint32_t words;
    check(napi_get_array_length(env, given[4], &words));
    const uint64_t width = uint64_t{words} + 1;
    if (words < 1 || width > kMaxPoseidonWidth || partialRounds > 1000) throw ApiError("no such width");
    if (parameters.bytes != sizeof(Fr) * (8 * width + 2 * width * width + 2 * width * partialRounds) ||
        reinterpret_cast<uintptr_t>(parameters.data) % alignof(Fr) != 0) {
      throw ApiError("parameters of another width");
    }
    Fr state[kMaxPoseidonWidth];
    state[0] = toElement(env, given[3]);
    for (uint32_t i = 0; i < words; i++) {
      napi_value word;
      check(napi_get_element(env, given[4], i, &word));
      state[i + 1] = toElement(env, word);
    }
    kernelsFor(env, given[0]).poseidon(static_cast<const Fr*>(parameters.data), width, partialRounds, state);
    const napi_value digest = fromPlain(env, state[0]);
    wipe(state, sizeof state);
    return digest;
  });
}

/** multiplyBabyJubJub(portable, x, y, scalar): [x, y]. The point is on the curve: that is not checked here. */
napi_value multiply(napi_env env, napi_callback_info info) {
  return guarded(env, [&] {
    const auto given = arguments(env, info, 4);
    Fr point[2] = {toElement(env, given[1]), toElement(env, given[2])};
    Fr scalar = toPlain(env, given[3]);
    kernelsFor(env, given[0]).multiplyBabyJubjub(point, &scalar);
    wipe(&scalar, sizeof scalar);
    napi_value pair;
    check(napi_create_array_with_length(env, 2, &pair));
    for (uint32_t i = 0; i < 2; i++) check(napi_set_element(env, pair, i, fromPlain(env, point[i])));
    wipeStack();
    return pair;
  });
}

}  // namespace

void exportPrimitives(napi_env env, napi_value exports) {
  exportFunction(env, exports, "poseidon", poseidon);
  exportFunction(env, exports, "multiplyBabyJubJub", multiply);
}

}  // namespace zkclear::node

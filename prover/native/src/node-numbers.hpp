// Integers and truth between JavaScript and the kernels, and which kernels.
#pragma once
#include "kernels.hpp"
#include "node-api.hpp"

namespace zkclear::node {

/** The fastest path that this machine has, or the next one that it has after the one that is asked for. */
inline const Kernels& kernelsFor(napi_env env, napi_value path) {
  const uint32_t asked = toUint32(env, path);
  if (asked >= 2 && ifmaKernels() != nullptr) return *ifmaKernels();
  if (asked >= 1 && adxKernels() != nullptr) return *adxKernels();
  return portableKernels();
}

/** An integer in [0, 2^256). */
inline Fr toPlain(napi_env env, napi_value value) {
  Fr plain{};
  int sign = 0;
  size_t count = 4;
  check(napi_get_value_bigint_words(env, value, &sign, &count, plain.w));
  if (sign != 0 || count > 4) throw ApiError("an integer outside [0, 2^256)");
  return plain;
}

inline napi_value fromPlain(napi_env env, const Fr& plain) {
  napi_value value;
  check(napi_create_bigint_words(env, 0, 4, plain.w, &value));
  return value;
}

inline napi_value fromBool(napi_env env, bool truth) {
  napi_value value;
  check(napi_get_boolean(env, truth, &value));
  return value;
}

}  // namespace zkclear::node

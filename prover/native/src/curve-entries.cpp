// What proofs are verified with: sums, membership and pairings of public points, which take milliseconds, on the
// calling thread.
#include <vector>

#include "node-numbers.hpp"

namespace zkclear::node {
namespace {

/** The numbers of a list, plain, each below a modulus. */
std::vector<Fr> numbersBelow(napi_env env, napi_value list, const uint64_t* modulus) {
  uint32_t count;
  check(napi_get_array_length(env, list, &count));
  std::vector<Fr> numbers(count);
  for (uint32_t i = 0; i < count; i++) {
    napi_value value;
    check(napi_get_element(env, list, i, &value));
    numbers[i] = toPlain(env, value);
    int limb = 3;
    while (limb > 0 && numbers[i].w[limb] == modulus[limb]) limb--;
    if (numbers[i].w[limb] >= modulus[limb]) throw ApiError("an integer that is no element of the field");
  }
  return numbers;
}

std::vector<Fr> coordinates(napi_env env, napi_value list) {
  constexpr uint64_t q[] = {0x3c208c16d87cfd47, 0x97816a916871ca8d, 0xb85045b68181585d, 0x30644e72e131a029};
  return numbersBelow(env, list, q);
}

Fq toFq(const Fr& number) { return {{number.w[0], number.w[1], number.w[2], number.w[3]}}; }

/** Points of two coordinates each; (0, 0) is infinity. */
std::vector<AffineG1> toG1(napi_env env, napi_value list) {
  const std::vector<Fr> numbers = coordinates(env, list);
  if (numbers.size() % 2 != 0) throw ApiError("coordinates that are no points");
  std::vector<AffineG1> points(numbers.size() / 2);
  for (size_t i = 0; i < points.size(); i++) points[i] = {toFq(numbers[2 * i]), toFq(numbers[2 * i + 1])};
  return points;
}

/** Points of four numbers each: x.c0, x.c1, y.c0, y.c1. */
std::vector<AffineG2> toG2(napi_env env, napi_value list) {
  const std::vector<Fr> numbers = coordinates(env, list);
  if (numbers.size() % 4 != 0) throw ApiError("coordinates that are no points");
  std::vector<AffineG2> points(numbers.size() / 4);
  for (size_t i = 0; i < points.size(); i++) {
    const Fr* of = numbers.data() + 4 * i;
    points[i] = {{toFq(of[0]), toFq(of[1])}, {toFq(of[2]), toFq(of[3])}};
  }
  return points;
}

/** isInG2(path, coordinates): whether a point of the twist is of order r. That it is on the twist is not checked here.
 */
napi_value isInG2(napi_env env, napi_callback_info info) {
  return guarded(env, [&] {
    const auto given = arguments(env, info, 2);
    const std::vector<AffineG2> points = toG2(env, given[1]);
    if (points.size() != 1) throw ApiError("not one point");
    return fromBool(env, kernelsFor(env, given[0]).isInG2(points.data()));
  });
}

/** combineG1(path, scalars, coordinates): [x, y] of the sum of scalar times point; [0, 0] is infinity. */
napi_value combineG1(napi_env env, napi_callback_info info) {
  return guarded(env, [&] {
    const auto given = arguments(env, info, 3);
    constexpr uint64_t r[] = {0x43e1f593f0000001, 0x2833e84879b97091, 0xb85045b68181585d, 0x30644e72e131a029};
    const std::vector<Fr> scalars = numbersBelow(env, given[1], r);
    std::vector<AffineG1> points = toG1(env, given[2]);
    if (points.size() != scalars.size()) throw ApiError("not as many scalars as points");
    AffineG1 sum;
    kernelsFor(env, given[0]).combineG1(points.data(), scalars.data(), points.size(), &sum);
    napi_value pair;
    check(napi_create_array_with_length(env, 2, &pair));
    check(napi_set_element(env, pair, 0, fromPlain(env, {{sum.x.w[0], sum.x.w[1], sum.x.w[2], sum.x.w[3]}})));
    check(napi_set_element(env, pair, 1, fromPlain(env, {{sum.y.w[0], sum.y.w[1], sum.y.w[2], sum.y.w[3]}})));
    return pair;
  });
}

/**
 * pairingIsOne(path, g1, g2): whether the product of the pairings of points in their groups is one. [0, 0] in G1 is
 * infinity.
 */
napi_value pairingIsOne(napi_env env, napi_callback_info info) {
  return guarded(env, [&] {
    const auto given = arguments(env, info, 3);
    const std::vector<AffineG1> g1 = toG1(env, given[1]);
    const std::vector<AffineG2> g2 = toG2(env, given[2]);
    if (g1.size() != g2.size() || g1.size() > kMostPairs)
      throw ApiError("not as many points of either group, or too many");
    return fromBool(env, kernelsFor(env, given[0]).pairingIsOne(g1.data(), g2.data(), g1.size()));
  });
}

}  // namespace

void exportCurve(napi_env env, napi_value exports) {
  exportFunction(env, exports, "isInG2", isInG2);
  exportFunction(env, exports, "combineG1", combineG1);
  exportFunction(env, exports, "pairingIsOne", pairingIsOne);
}

}  // namespace zkclear::node

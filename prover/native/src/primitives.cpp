// Poseidon and BabyJubJub for the protocol's model, on the calling thread, as they take microseconds, but for many
// digests that nobody waits for.
#include <algorithm>

#include "kernels.hpp"
#include "memory.hpp"
#include "node-numbers.hpp"
#include "team.hpp"

namespace zkclear::node {
namespace {

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

/** An integer in [0, 2^254). */
Fr toScalar(napi_env env, napi_value value) {
  const Fr scalar = toPlain(env, value);
  if (scalar.w[3] >> 62 != 0) throw ApiError("an integer outside [0, 2^254)");
  return scalar;
}

Fr elementAt(napi_env env, napi_value list, uint32_t index) {
  napi_value value;
  check(napi_get_element(env, list, index, &value));
  return toElement(env, value);
}

napi_value fromPoint(napi_env env, const Fr* point) {
  napi_value pair;
  check(napi_create_array_with_length(env, 2, &pair));
  for (uint32_t i = 0; i < 2; i++) check(napi_set_element(env, pair, i, fromPlain(env, point[i])));
  return pair;
}

/** Parameters as in poseidon.hpp, for a state of so many words. */
struct PoseidonInstance {
  const Fr* parameters;
  unsigned width, partialRounds;

  PoseidonInstance(napi_env env, napi_value bytes, napi_value rounds, uint32_t words)
      : width(words + 1), partialRounds(toUint32(env, rounds)) {
    const View given = view(env, bytes, napi_uint8_array);
    if (words < 1 || words >= kMaxPoseidonWidth || partialRounds > 1000) throw ApiError("no such width");
    const size_t numbers = 8 * width + 2 * width * width + 2 * width * partialRounds;
    if (given.bytes != sizeof(Fr) * numbers || reinterpret_cast<uintptr_t>(given.data) % alignof(Fr) != 0) {
      throw ApiError("parameters of another width");
    }
    parameters = static_cast<const Fr*>(given.data);
  }
};

/** Runs the permutation on the arguments path, parameters, partialRounds, capacity and words, then makes a result of
 * it. */
template <class Result>
napi_value permuted(napi_env env, napi_callback_info info, Result result) {
  return guarded(env, [&] {
    const auto given = arguments(env, info, 5);
    uint32_t words;
    check(napi_get_array_length(env, given[4], &words));
    const PoseidonInstance instance(env, given[1], given[2], words);
    Fr state[kMaxPoseidonWidth];
    state[0] = toElement(env, given[3]);
    for (uint32_t i = 0; i < words; i++) state[i + 1] = elementAt(env, given[4], i);
    kernelsFor(env, given[0]).poseidon(instance.parameters, instance.width, instance.partialRounds, state);
    const napi_value made = result(state, instance.width);
    wipe(state, sizeof state);
    return made;
  });
}

/** poseidon(path, parameters, partialRounds, capacity, words): the digest. */
napi_value poseidon(napi_env env, napi_callback_info info) {
  return permuted(env, info, [env](const Fr* state, unsigned) { return fromPlain(env, state[0]); });
}

/** poseidonState(path, parameters, partialRounds, capacity, words): all words after the permutation. */
napi_value poseidonState(napi_env env, napi_callback_info info) {
  return permuted(env, info, [env](const Fr* state, unsigned width) {
    napi_value list;
    check(napi_create_array_with_length(env, width, &list));
    for (uint32_t i = 0; i < width; i++) check(napi_set_element(env, list, i, fromPlain(env, state[i])));
    return list;
  });
}

/** Digests that make it worth another thread, which takes some 50 microseconds to begin. */
constexpr size_t kDigestsPerThread = 512;

/** Many digests of one width, from arguments path, parameters, partialRounds, capacity, words and each. */
class Digests {
 public:
  Digests(napi_env env, const std::vector<napi_value>& given)
      : instance_(env, given[1], given[2], toUint32(env, given[5])), kernels_(kernelsFor(env, given[0])) {
    const uint32_t each = instance_.width - 1;
    const Fr capacity = toElement(env, given[3]);
    uint32_t words;
    check(napi_get_array_length(env, given[4], &words));
    if (words % each != 0) throw ApiError("words that are no multiple of a digest's");
    count_ = words / each;
    const size_t width = instance_.width;
    states_ = Array<Fr>(count_ * width);
    napi_handle_scope scope;
    uint32_t next = 0;
    for (size_t i = 0; i < count_; i++) {
      check(napi_open_handle_scope(env, &scope));
      states_[i * width] = capacity;
      try {
        for (uint32_t j = 1; j < width; j++) states_[i * width + j] = elementAt(env, given[4], next++);
      } catch (...) {
        napi_close_handle_scope(env, scope);
        throw;
      }
      check(napi_close_handle_scope(env, scope));
    }
  }

  /** Computes them, on so many threads if they are worth it. */
  void compute(uint32_t threads) {
    const size_t parts = std::clamp<size_t>(count_ / kDigestsPerThread, 1, std::max<uint32_t>(threads, 1));
    const auto digest = [&](size_t part, size_t) {
      const size_t begin = part * count_ / parts, end = (part + 1) * count_ / parts;
      kernels_.poseidonAll(instance_.parameters, instance_.width, instance_.partialRounds,
                           states_.data() + begin * instance_.width, end - begin);
    };
    if (parts == 1) {
      digest(0, 0);
    } else {
      const std::atomic<int32_t> never{0};
      Team team(parts, never);
      team.run(parts, digest);
    }
  }

  napi_value toList(napi_env env) const {
    napi_value digests;
    napi_handle_scope scope;
    check(napi_create_array_with_length(env, count_, &digests));
    for (size_t i = 0; i < count_; i++) {
      check(napi_open_handle_scope(env, &scope));
      check(napi_set_element(env, digests, static_cast<uint32_t>(i), fromPlain(env, states_[i * instance_.width])));
      check(napi_close_handle_scope(env, scope));
    }
    return digests;
  }

 private:
  PoseidonInstance instance_;
  const Kernels& kernels_;
  size_t count_ = 0;
  Array<Fr> states_;
};

/**
 * poseidonAll(path, parameters, partialRounds, capacity, words, each, threads): the digests of the words, `each` at a
 * time.
 */
napi_value poseidonAll(napi_env env, napi_callback_info info) {
  return guarded(env, [&] {
    const auto given = arguments(env, info, 7);
    Digests digests(env, given);
    digests.compute(toUint32(env, given[6]));
    const napi_value list = digests.toList(env);
    wipeStack();
    return list;
  });
}

/** The digests on a thread of their own. */
class DigestsTask final : public Task {
 public:
  explicit DigestsTask(Digests digests) : digests_(std::move(digests)) {}

 protected:
  void run() override { digests_.compute(1); }
  napi_value result(napi_env env) override { return digests_.toList(env); }

 private:
  Digests digests_;
};

/**
 * poseidonAllLater(path, parameters, partialRounds, capacity, words, each): a promise of the digests, which one other
 * thread works out.
 */
napi_value poseidonAllLater(napi_env env, napi_callback_info info) {
  return guarded(env, [&] {
    const auto given = arguments(env, info, 6);
    return Task::start(env, std::make_unique<DigestsTask>(Digests(env, given)), {given[1]});
  });
}

/** multiplyBabyJubJub(path, x, y, scalar): [x, y]. The point is on the curve: that is not checked here. */
napi_value multiply(napi_env env, napi_callback_info info) {
  return guarded(env, [&] {
    const auto given = arguments(env, info, 4);
    Fr point[2] = {toElement(env, given[1]), toElement(env, given[2])};
    Fr scalar = toPlain(env, given[3]);
    kernelsFor(env, given[0]).multiplyBabyJubjub(point, &scalar);
    wipe(&scalar, sizeof scalar);
    wipeStack();
    return fromPoint(env, point);
  });
}

/** multiplyBase(path, scalar): [x, y] of scalar times the generator. */
napi_value multiplyBase(napi_env env, napi_callback_info info) {
  return guarded(env, [&] {
    const auto given = arguments(env, info, 2);
    Fr point[2], scalar = toPlain(env, given[1]);
    kernelsFor(env, given[0]).multiplyBase(point, &scalar);
    wipe(&scalar, sizeof scalar);
    wipeStack();
    return fromPoint(env, point);
  });
}

/** isSum(path, pointX, pointY, keyX, keyY, scalar, times): whether scalar * generator = point + times * key. */
napi_value isSum(napi_env env, napi_callback_info info) {
  return guarded(env, [&] {
    const auto given = arguments(env, info, 7);
    const Fr point[2] = {toElement(env, given[1]), toElement(env, given[2])};
    const Fr key[2] = {toElement(env, given[3]), toElement(env, given[4])};
    const Fr scalar = toScalar(env, given[5]), times = toScalar(env, given[6]);
    return fromBool(env, kernelsFor(env, given[0]).isSum(point, key, &scalar, &times));
  });
}

/** isInSubgroup(path, x, y): whether a point of the curve is of the prime order. */
napi_value isInSubgroup(napi_env env, napi_callback_info info) {
  return guarded(env, [&] {
    const auto given = arguments(env, info, 3);
    const Fr point[2] = {toElement(env, given[1]), toElement(env, given[2])};
    return fromBool(env, kernelsFor(env, given[0]).isInSubgroup(point));
  });
}

}  // namespace

void exportPrimitives(napi_env env, napi_value exports) {
  exportFunction(env, exports, "poseidon", poseidon);
  exportFunction(env, exports, "poseidonState", poseidonState);
  exportFunction(env, exports, "poseidonAll", poseidonAll);
  exportFunction(env, exports, "poseidonAllLater", poseidonAllLater);
  exportFunction(env, exports, "multiplyBabyJubJub", multiply);
  exportFunction(env, exports, "multiplyBase", multiplyBase);
  exportFunction(env, exports, "isSum", isSum);
  exportFunction(env, exports, "isInSubgroup", isInSubgroup);
}

}  // namespace zkclear::node

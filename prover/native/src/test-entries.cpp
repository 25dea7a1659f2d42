// What only the tests' addon exports: the prover's parts one by one, on the calling thread.
#include <unistd.h>

#include <cstring>

#include "field-probe.hpp"
#include "key.hpp"
#include "memory-probe.hpp"
#include "node-api.hpp"
#include "prove.hpp"
#include "zkey-file.hpp"

namespace zkclear::node {
namespace {

napi_value toBuffer(napi_env env, const void* data, size_t bytes) {
  void* copy;
  napi_value buffer;
  check(napi_create_arraybuffer(env, bytes, &copy, &buffer));
  std::memcpy(copy, data, bytes);
  return buffer;
}

const Kernels& kernelsOf(napi_env env, napi_value value) {
  const std::string name = toString(env, value);
  const Kernels* kernels = name == "ifma" ? ifmaKernels() : name == "adx" ? adxKernels() : &portableKernels();
  if (kernels == nullptr) throw ApiError("no such path on this machine");
  return *kernels;
}

template <class T>
Array<T> elements(napi_env env, napi_value value) {
  const View bytes = view(env, value, napi_uint8_array);
  Array<T> values(bytes.bytes / sizeof(T));
  if (bytes.bytes > 0) std::memcpy(values.data(), bytes.data, bytes.bytes);
  return values;
}

/** field(path, field, operation, a, b): in Montgomery form. */
napi_value field(napi_env env, napi_callback_info info) {
  return guarded(env, [&] {
    const auto given = arguments(env, info, 5);
    const auto select = toString(env, given[0]) == "adx" ? adxProbe : portableProbe;
    const FieldProbe probe = select(toString(env, given[1])[0]);
    const View a = view(env, given[3], napi_uint8_array), b = view(env, given[4], napi_uint8_array);
    uint8_t out[64];
    if (probe == nullptr || a.bytes > 64 || a.bytes != b.bytes) throw ApiError("no such field");
    if (!probe(toString(env, given[2])[0], a.data, b.data, out)) throw ApiError("no such operation");
    return toBuffer(env, out, a.bytes);
  });
}

template <class G>
napi_value multiplyAll(napi_env env, const Kernels& kernels, napi_value pointBytes, napi_value scalarBytes,
                       size_t threads) {
  using Point = typename G::Point;
  const Array<Point> points = elements<Point>(env, pointBytes);
  const Array<Fr> scalars = elements<Fr>(env, scalarBytes);
  if (points.size() != scalars.size()) throw ApiError("as many points as scalars");
  const std::atomic<int32_t> never{0};
  Team team(threads, never);
  Bases<G> bases;
  std::vector<uint32_t> finite;
  for (uint32_t i = 0; i < points.size(); i++) {
    if (!portable::isInfinity(points[i])) finite.push_back(i);
  }
  bases.points = decltype(bases.points)(finite.size());
  bases.scalars = decltype(bases.scalars)(finite.size());
  for (size_t i = 0; i < finite.size(); i++) {
    bases.points[i] = points[finite[i]];
    bases.scalars[i] = finite[i];
  }
  G::import(kernels)(bases.points.data(), bases.points.data(), finite.size());
  const Digits digits = makeDigits(scalars.data(), scalars.size(), team);
  double cost = 0;
  MultiExponentiation<G> sum{bases, digits, cost};
  std::vector<Workspace<G>> spaces(team.threads());
  team.run(digits.windows, [&](size_t window, size_t thread) {
    sum.sums[window] = spaces[thread].sum(kernels, bases, digits, static_cast<unsigned>(window));
  });
  const Point result = portable::toAffine(sum.total());
  return toBuffer(env, &result, sizeof result);
}

/** multiExponentiation(path, group, points, scalars, threads): points in Montgomery form, scalars plain. */
napi_value multiExponentiation(napi_env env, napi_callback_info info) {
  return guarded(env, [&] {
    const auto given = arguments(env, info, 5);
    const Kernels& kernels = kernelsOf(env, given[0]);
    const size_t threads = toUint32(env, given[4]);
    if (toUint32(env, given[1]) == 1) return multiplyAll<G1>(env, kernels, given[2], given[3], threads);
    return multiplyAll<G2>(env, kernels, given[2], given[3], threads);
  });
}

/** quotient(path, a, b): values on 2^k roots of unity, in Montgomery form; gives plain numbers. */
napi_value quotient(napi_env env, napi_callback_info info) {
  return guarded(env, [&] {
    const auto given = arguments(env, info, 3);
    const Kernels& kernels = kernelsOf(env, given[0]);
    Array<Fr> a = elements<Fr>(env, given[1]), b = elements<Fr>(env, given[2]), out(a.size());
    NttTables* tables = kernels.makeTables(static_cast<unsigned>(__builtin_ctzll(a.size())));
    const auto inOrder = [](void*, size_t tasks, void (*body)(void*, size_t), void* context) {
      for (size_t task = 0; task < tasks; task++) body(context, task);
    };
    kernels.quotient(tables, a.data(), b.data(), out.data(), {nullptr, 2, inOrder});
    kernels.freeTables(tables);
    return toBuffer(env, out.data(), out.size() * sizeof(Fr));
  });
}

/** memory(): what became of secret memory since the addon was loaded. */
napi_value memory(napi_env env, napi_callback_info) {
  return guarded(env, [&] {
    auto& counts = memoryProbe::counts;
    napi_value object;
    check(napi_create_object(env, &object));
    const auto set = [&](const char* name, uint64_t count) {
      napi_value number;
      check(napi_create_double(env, static_cast<double>(count), &number));
      check(napi_set_named_property(env, object, name, number));
    };
    set("taken", counts.taken);
    set("returned", counts.returned);
    set("bytes", counts.bytes);
    set("unwiped", counts.unwiped);
    set("peak", counts.peak.exchange(counts.live));
    return object;
  });
}

/** refuseMemory(n): grants n more requests for secret memory and refuses the one after those. */
napi_value refuseMemory(napi_env env, napi_callback_info info) {
  return guarded(env, [&] {
    memoryProbe::counts.grants = toUint32(env, arguments(env, info, 1)[0]);
    return nullptr;
  });
}

/** returnUnwiped(n): what a buffer of n bytes would be that somebody forgot to wipe. */
napi_value returnUnwiped(napi_env env, napi_callback_info info) {
  return guarded(env, [&] {
    const size_t bytes = toUint32(env, arguments(env, info, 1)[0]);
    void* const data = takeSecret(bytes);
    if (data == nullptr) throw std::bad_alloc();
    std::memset(data, 1, bytes);
    returnMemory(data, bytes);
    return nullptr;
  });
}

/** readShortened(file, bytes): opens a key file, cuts it to so many bytes, then reads all that it had. */
napi_value readShortened(napi_env env, napi_callback_info info) {
  return guarded(env, [&]() -> napi_value {
    const auto given = arguments(env, info, 2);
    const std::string path = toString(env, given[0]);
    const KeyFile file(path);
    if (truncate(path.c_str(), toUint32(env, given[1])) != 0) throw ApiError("cannot shorten the file");
    Array<uint8_t, Privacy::open> all(file.size());
    file.read(all.data(), 0, file.size());
    return nullptr;
  });
}

}  // namespace

void exportTestEntries(napi_env env, napi_value exports) {
  exportFunction(env, exports, "field", field);
  exportFunction(env, exports, "multiExponentiation", multiExponentiation);
  exportFunction(env, exports, "quotient", quotient);
  exportFunction(env, exports, "memory", memory);
  exportFunction(env, exports, "refuseMemory", refuseMemory);
  exportFunction(env, exports, "returnUnwiped", returnUnwiped);
  exportFunction(env, exports, "readShortened", readShortened);
}

}  // namespace zkclear::node

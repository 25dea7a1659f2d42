// The addon's functions. Built a second time with ZK_TEST for the project's tests, which may choose the blinding.
#include <cstring>

#include "find-kernels.hpp"
#include "node-api.hpp"
#include "prove.hpp"
#include "random.hpp"

namespace zkclear::node {

void exportPrimitives(napi_env env, napi_value exports);
void exportCurve(napi_env env, napi_value exports);
void exportWitness(napi_env env, napi_value exports);
#ifdef ZK_TEST
void exportTestEntries(napi_env env, napi_value exports);
#endif

namespace {

constexpr napi_type_tag kKeyTag{0x6f1d2a64c7b84e90, 0x9d3ce05b21f7a816};

/**
 * What caller and proof share while it runs: the caller sets the first number to stop it, the second is progress in
 * 1/1000.
 */
struct Control {
  std::atomic<int32_t> cancelled;
  std::atomic<int32_t> progress;
};
static_assert(sizeof(Control) == 8 && std::atomic<int32_t>::is_always_lock_free, "laid over an Int32Array");

std::shared_ptr<Key>* keyOf(napi_env env, napi_value value) {
  bool tagged = false;
  check(napi_check_object_type_tag(env, value, &kKeyTag, &tagged));
  void* key = nullptr;
  if (tagged) check(napi_unwrap(env, value, &key));
  if (key == nullptr) throw ApiError("no key");
  return static_cast<std::shared_ptr<Key>*>(key);
}

class LoadTask : public Task {
 public:
  LoadTask(std::string path, const Kernels& kernels, size_t threads)
      : path_(std::move(path)), kernels_(kernels), threads_(threads) {}

 protected:
  void run() override {
    const std::atomic<int32_t> never{0};
    Team team(threads_, never);
    loadKey(*key_, kernels_, path_, team);
  }

  napi_value result(napi_env env) override {
    napi_value object, bytes, wires;
    check(napi_create_object(env, &object));
    const auto finalize = [](napi_env, void* data, void*) { delete static_cast<std::shared_ptr<Key>*>(data); };
    auto owned = std::make_unique<std::shared_ptr<Key>>(key_);
    check(napi_wrap(env, object, owned.get(), finalize, nullptr, nullptr));
    owned.release();
    check(napi_type_tag_object(env, object, &kKeyTag));
    check(napi_create_double(env, static_cast<double>(key_->bytes()), &bytes));
    check(napi_set_named_property(env, object, "bytes", bytes));
    check(napi_create_double(env, static_cast<double>(key_->wires), &wires));
    check(napi_set_named_property(env, object, "wires", wires));
    return object;
  }

 private:
  const std::string path_;
  const Kernels& kernels_;
  const size_t threads_;
  std::shared_ptr<Key> key_ = std::make_shared<Key>();
};

class ProofTask : public Task {
 public:
  ProofTask(std::shared_ptr<Key> key, View witness, size_t threads, Control& control)
      : key_(std::move(key)), witness_(witness), threads_(threads), control_(control) {}
  ~ProofTask() override { wipe(&blinding_, sizeof blinding_); }

  void fixBlinding(const Blinding& blinding) {
    blinding_ = blinding;
    fixed_ = true;
  }

 protected:
  void run() override {
    if (control_.cancelled) throw Cancelled();
    if (witness_.bytes != key_->wires * sizeof(Fr)) throw WitnessError("it has the wrong number of entries");
    if (!fixed_) blinding_ = {randomScalar(), randomScalar()};
    Array<Fr> aligned;
    const auto* witness = static_cast<const Fr*>(witness_.data);
    if (reinterpret_cast<uintptr_t>(witness) % alignof(Fr) != 0) {
      aligned = Array<Fr>(key_->wires);
      std::memcpy(aligned.data(), witness_.data, witness_.bytes);
      witness = aligned.data();
    }
    const auto onProgress = [this](double fraction) { control_.progress = static_cast<int32_t>(1000 * fraction); };
    Team team(threads_, control_.cancelled);
    proof_ = prove({*key_, witness, blinding_, onProgress}, team, costs_);
  }

  /** Coordinates a.x, a.y, b.x.c0, b.x.c1, b.y.c0, b.y.c1, c.x, c.y, 32 bytes each, little-endian; then the costs. */
  napi_value result(napi_env env) override {
    void* data;
    napi_value buffer;
    check(napi_create_arraybuffer(env, sizeof proof_ + sizeof costs_, &data, &buffer));
    std::memcpy(data, &proof_, sizeof proof_);
    std::memcpy(static_cast<uint8_t*>(data) + sizeof proof_, &costs_, sizeof costs_);
    return buffer;
  }

 private:
  const std::shared_ptr<Key> key_;
  const View witness_;
  const size_t threads_;
  Control& control_;
  Blinding blinding_{};
  bool fixed_ = false;
  Proof proof_{};
  Costs costs_{};
};

/** paths(): names of the dispatch paths that this machine can run, best first. */
napi_value paths(napi_env env, napi_callback_info) {
  return guarded(env, [&] {
    napi_value array;
    check(napi_create_array(env, &array));
    uint32_t count = 0;
    for (const char* name : {"ifma", "adx", "portable"}) {
      if (findKernels(name) != nullptr) check(napi_set_element(env, array, count++, fromString(env, name)));
    }
    return array;
  });
}

size_t threadCount(napi_env env, napi_value value) {
  return std::min<size_t>(std::max<size_t>(toUint32(env, value), 1), 256);
}

/** loadKey(file, path, threads): promise of a key. */
napi_value loadKeyAsync(napi_env env, napi_callback_info info) {
  return guarded(env, [&] {
    const auto given = arguments(env, info, 3);
    const Kernels* kernels = findKernels(toString(env, given[1]));
    if (kernels == nullptr) throw ApiError("no such path on this machine");
    auto task = std::make_unique<LoadTask>(toString(env, given[0]), *kernels, threadCount(env, given[2]));
    return Task::start(env, std::move(task), {});
  });
}

/**
 * proofBytes(key, threads): the most that a proof takes beside the key, and a copy of a witness that lies askew in
 * memory.
 */
napi_value proofBytes(napi_env env, napi_callback_info info) {
  return guarded(env, [&] {
    const auto given = arguments(env, info, 2);
    const auto key = *keyOf(env, given[0]);
    if (key == nullptr) throw ApiError("the key was freed");
    napi_value bytes;
    check(napi_create_double(env, static_cast<double>(mostBytes(*key, threadCount(env, given[1]))), &bytes));
    return bytes;
  });
}

/** freeKey(key): frees it once no proof uses it. */
napi_value freeKey(napi_env env, napi_callback_info info) {
  return guarded(env, [&] {
    keyOf(env, arguments(env, info, 1)[0])->reset();
    return nullptr;
  });
}

napi_value startProof(napi_env env, const std::vector<napi_value>& given, const Blinding* blinding) {
  const auto key = *keyOf(env, given[0]);
  if (key == nullptr) throw ApiError("the key was freed");
  const View control = view(env, given[3], napi_int32_array);
  if (control.bytes < sizeof(Control) || reinterpret_cast<uintptr_t>(control.data) % alignof(Control) != 0) {
    throw ApiError("the control array is too short");
  }
  auto task = std::make_unique<ProofTask>(key, view(env, given[1], napi_uint8_array), threadCount(env, given[2]),
                                          *static_cast<Control*>(control.data));
  if (blinding != nullptr) task->fixBlinding(*blinding);
  return Task::start(env, std::move(task), {given[1], given[3]});
}

/** prove(key, witness, threads, control): promise of a proof. Reads the witness in place. */
napi_value proveAsync(napi_env env, napi_callback_info info) {
  return guarded(env, [&] { return startProof(env, arguments(env, info, 4), nullptr); });
}

#ifdef ZK_TEST
/** proveBlindedBy(key, witness, threads, control, blinding): blinding is r and s, 32 bytes each, little-endian. */
napi_value proveBlinded(napi_env env, napi_callback_info info) {
  return guarded(env, [&] {
    const auto given = arguments(env, info, 5);
    const View bytes = view(env, given[4], napi_uint8_array);
    Blinding blinding;
    if (bytes.bytes != sizeof blinding) throw ApiError("blinding is 64 bytes");
    std::memcpy(&blinding, bytes.data, sizeof blinding);
    return startProof(env, given, &blinding);
  });
}
#endif

napi_value init(napi_env env, napi_value exports) {
  return guarded(env, [&] {
    exportFunction(env, exports, "paths", paths);
    exportFunction(env, exports, "loadKey", loadKeyAsync);
    exportFunction(env, exports, "freeKey", freeKey);
    exportFunction(env, exports, "prove", proveAsync);
    exportFunction(env, exports, "proofBytes", proofBytes);
    exportPrimitives(env, exports);
    exportCurve(env, exports);
    exportWitness(env, exports);
#ifdef ZK_TEST
    exportFunction(env, exports, "proveBlindedBy", proveBlinded);
    exportTestEntries(env, exports);
#endif
    return exports;
  });
}

}  // namespace
}  // namespace zkclear::node

NAPI_MODULE_INIT() { return zkclear::node::init(env, exports); }

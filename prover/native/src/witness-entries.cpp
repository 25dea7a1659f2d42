// Witness programs for JavaScript.
#include <cstring>

#include "find-kernels.hpp"
#include "node-api.hpp"
#include "prove.hpp"
#include "witness-program.hpp"

namespace zkclear::node {
namespace {

constexpr napi_type_tag kProgramTag{0x2b9e41d07a5c4f83, 0x8c6d17f2e05b93ae};

struct LoadedProgram {
  WitnessProgram program;
  const Kernels* kernels;
};

using Shared = std::shared_ptr<const LoadedProgram>;

class WitnessTask : public Task {
 public:
  WitnessTask(Shared loaded, View inputs, View slots) : loaded_(std::move(loaded)), inputs_(inputs), slots_(slots) {}

 protected:
  void run() override {
    const WitnessProgram& program = loaded_->program;
    auto* slots = static_cast<Fr*>(slots_.data);
    const auto& inputs = program.inputs();
    slots[0] = {{1, 0, 0, 0}};
    for (size_t i = 0; i < inputs.size(); i++) {
      std::memcpy(&slots[inputs[i]], static_cast<const Fr*>(inputs_.data) + i, sizeof(Fr));
      if (!isElement(slots[inputs[i]])) throw WitnessError("an input is no field element");
    }
    Array<WitnessQuotient> space(program.quotients());
    const bool holds = loaded_->kernels->runWitness(program.code(), slots, space.data());
    // What lies behind the witness is as private, and nobody's.
    wipe(slots + program.wires(), (program.slots() - program.wires()) * sizeof(Fr));
    if (!holds) throw WitnessError("a constraint does not hold");
  }

  napi_value result(napi_env env) override {
    napi_value nothing;
    check(napi_get_undefined(env, &nothing));
    return nothing;
  }

 private:
  const Shared loaded_;
  const View inputs_, slots_;
};

const Shared& programOf(napi_env env, napi_value value) {
  bool tagged = false;
  check(napi_check_object_type_tag(env, value, &kProgramTag, &tagged));
  void* program = nullptr;
  if (tagged) check(napi_unwrap(env, value, &program));
  if (program == nullptr) throw ApiError("no witness program");
  return *static_cast<Shared*>(program);
}

void setNumber(napi_env env, napi_value object, const char* name, size_t value) {
  napi_value number;
  check(napi_create_double(env, static_cast<double>(value), &number));
  check(napi_set_named_property(env, object, name, number));
}

/** loadWitnessProgram(bytes, path): { wires, slots, inputs }. Throws PROGRAM_CORRUPT. */
napi_value loadProgram(napi_env env, napi_callback_info info) {
  return guarded(env, [&]() -> napi_value {
    const auto given = arguments(env, info, 2);
    const View bytes = view(env, given[0], napi_uint8_array);
    const Kernels* kernels = findKernels(toString(env, given[1]));
    if (kernels == nullptr) throw ApiError("no such path on this machine");
    try {
      auto owned = std::make_unique<Shared>(std::make_shared<const LoadedProgram>(
          LoadedProgram{WitnessProgram(static_cast<const uint8_t*>(bytes.data), bytes.bytes), kernels}));
      const WitnessProgram& program = (*owned)->program;
      napi_value object;
      check(napi_create_object(env, &object));
      setNumber(env, object, "wires", program.wires());
      setNumber(env, object, "slots", program.slots());
      setNumber(env, object, "inputs", program.inputs().size());
      const auto finalize = [](napi_env, void* data, void*) { delete static_cast<Shared*>(data); };
      check(napi_wrap(env, object, owned.get(), finalize, nullptr, nullptr));
      owned.release();
      check(napi_type_tag_object(env, object, &kProgramTag));
      return object;
    } catch (const ProgramError& error) {
      napi_throw_error(env, "PROGRAM_CORRUPT", error.what());
      return nullptr;
    }
  });
}

/**
 * runWitnessProgram(program, inputs, slots): promise. Inputs and slots are 32 bytes each, slots zero at first; the
 * witness is at their start afterwards. Neither may be touched before the promise is settled.
 */
napi_value runProgram(napi_env env, napi_callback_info info) {
  return guarded(env, [&] {
    const auto given = arguments(env, info, 3);
    const Shared& loaded = programOf(env, given[0]);
    const View inputs = view(env, given[1], napi_uint8_array), slots = view(env, given[2], napi_uint8_array);
    if (inputs.bytes != loaded->program.inputs().size() * sizeof(Fr)) throw ApiError("another number of inputs");
    if (slots.bytes != loaded->program.slots() * sizeof(Fr)) throw ApiError("another number of slots");
    if (reinterpret_cast<uintptr_t>(slots.data) % alignof(Fr) != 0) throw ApiError("slots that are not aligned");
    return Task::start(env, std::make_unique<WitnessTask>(loaded, inputs, slots), {given[1], given[2]});
  });
}

}  // namespace

void exportWitness(napi_env env, napi_value exports) {
  exportFunction(env, exports, "loadWitnessProgram", loadProgram);
  exportFunction(env, exports, "runWitnessProgram", runProgram);
}

}  // namespace zkclear::node

// Witness programs: how a circuit's witness is computed, step by step, as compiled at build time.
#pragma once
#include <stdexcept>

#include "memory.hpp"
#include "witness-code.hpp"

namespace zkclear {

/** Whether a plain number is below r. */
bool isElement(const Fr& a);

struct ProgramError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/**
 * A program in memory. Its file may be anything: what does not keep to the format is refused, so that a run stays
 * within its slots, reads none that was not written, and leaves none of the witness unwritten.
 */
class WitnessProgram {
 public:
  /** Throws ProgramError or std::bad_alloc. Allocates no more than a few times the bytes that are there. */
  WitnessProgram(const uint8_t* bytes, size_t size);

  WitnessCode code() const { return {code_.data(), code_.size(), constants_.data()}; }
  const Array<uint32_t, Privacy::open>& inputs() const { return inputs_; }
  size_t wires() const { return wires_; }
  size_t slots() const { return slots_; }
  /** The most quotients of one step. */
  size_t quotients() const { return quotients_; }

 private:
  void check();

  Array<Fr, Privacy::open> constants_;
  Array<uint32_t, Privacy::open> code_, inputs_;
  size_t wires_ = 0, slots_ = 0, quotients_ = 0;
};

}  // namespace zkclear

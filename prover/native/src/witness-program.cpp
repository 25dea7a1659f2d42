#include "witness-program.hpp"

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

namespace zkclear {
namespace {

constexpr char kMagic[4] = {'z', 'k', 'w', 'p'};
constexpr uint32_t kVersion = 1;

struct Header {
  char magic[4];
  uint32_t version, wires, slots, inputs, constants, words, names;
};
static_assert(sizeof(Header) == 32, "laid over the file's first bytes");

/** Walks over the code once, as a run does, and looks at what it names in place of computing. */
class Walk {
 public:
  Walk(const Array<uint32_t, Privacy::open>& code, size_t constants, Array<uint8_t, Privacy::open>& isWritten)
      : code_(code), constants_(constants), isWritten_(isWritten) {}

  /** The most quotients of one step. */
  size_t walk() {
    size_t most = 0;
    while (at_ < code_.size()) {
      const uint32_t head = word();
      if ((head & 0xff) == kQuotients) most = std::max<size_t>(most, head >> 8);
      step(head & 0xff, head >> 8);
    }
    return most;
  }

 private:
  void step(uint32_t operation, uint32_t count) {
    if (count != 0 && operation != kQuotients && operation != kBits && operation != kOneHot &&
        operation != kSignedDigits && operation != kMissingPlaces) {
      throw ProgramError("counts the parts of a step that has none");
    }
    switch (operation) {
      case kSum:
        return written(word(), [&] { form(); });
      case kProduct:
        return written(word(), [&] {
          constant();
          forms(3);
        });
      case kQuotients:
        return quotients(count);
      case kBits:
        if (count > 254) throw ProgramError("has a number of too many bits");
        form();
        for (; count > 0; count--) write(word(), true);
        return;
      case kZeroTest:
        return written(word(), [&] {
          form();
          constant();
          constant();
        });
      case kOneHot:
        forms(2);
        for (; count > 0; count--) {
          write(word(), false);
          constant();
        }
        return;
      case kDivision: {
        const uint32_t quotient = word(), remainder = word();
        forms(2);
        write(quotient, true);
        return write(remainder, true);
      }
      case kSignedDigits:
        if (count > 255) throw ProgramError("has a number of too many digits");
        forms(2);
        constant();
        for (; count > 0; count--) write(word(), false);
        return;
      case kCheckSum:
        return form();
      case kCheckProduct:
        return forms(3);
      case kCheckBit:
        return read(word());
      case kRoot:
        return written(word(), [&] {
          form();
          constant();
        });
      case kMissingPlaces:
        if (count > 253) throw ProgramError("shifts by too many places");
        return written(word(), [&] { form(); });
      case kSign:
        return written(word(), [&] { form(); });
      default:
        throw ProgramError("has an unknown operation");
    }
  }

  /** None reads what another of the same step writes. */
  void quotients(uint32_t count) {
    const size_t start = at_;
    for (uint32_t i = 0; i < count; i++) {
      word();
      word();
      forms(2);
    }
    const size_t end = std::exchange(at_, start);
    for (uint32_t i = 0; i < count; i++) {
      write(word(), false);
      word();
      skipForms(2);
    }
    at_ = end;
  }

  template <class Body>
  void written(uint32_t to, Body body) {
    body();
    write(to, false);
  }

  void forms(int count) {
    for (; count > 0; count--) form();
  }

  void form() {
    const uint32_t plain = word(), scaled = word();
    if (scaled & 1) constant();
    for (uint32_t left = (plain & 0xffff) + (plain >> 16); left > 0; left--) read(word());
    for (uint32_t left = scaled >> 1; left > 0; left--) {
      read(word());
      constant();
    }
  }

  void skipForms(int count) {
    for (; count > 0; count--) {
      const uint32_t plain = word(), scaled = word();
      at_ += (plain & 0xffff) + (plain >> 16) + (scaled & ~1u) + (scaled & 1);
    }
  }

  uint32_t word() {
    if (at_ >= code_.size()) throw ProgramError("ends in the middle of a step");
    return code_[at_++];
  }

  void constant() {
    if (word() >= constants_) throw ProgramError("names a constant that is not there");
  }

  void read(uint32_t slot) {
    if (slot >= isWritten_.size() || !isWritten_[slot]) throw ProgramError("reads a slot before it is written");
  }

  void write(uint32_t slot, bool mayBeNowhere) {
    if (mayBeNowhere && slot == kNowhere) return;
    if (slot == 0 || slot >= isWritten_.size()) throw ProgramError("writes to a slot that is not its own");
    isWritten_[slot] = 1;
  }

  const Array<uint32_t, Privacy::open>& code_;
  const size_t constants_;
  Array<uint8_t, Privacy::open>& isWritten_;
  size_t at_ = 0;
};

}  // namespace

bool isElement(const Fr& a) {
  // For one comparison: fields are for kernels.
  constexpr uint64_t order[] = {0x43e1f593f0000001, 0x2833e84879b97091, 0xb85045b68181585d, 0x30644e72e131a029};
  for (int i = 3; i >= 0; i--) {
    if (a.w[i] != order[i]) return a.w[i] < order[i];
  }
  return false;
}

WitnessProgram::WitnessProgram(const uint8_t* bytes, size_t size) {
  Header header;
  if (size < sizeof header) throw ProgramError("ends too early");
  std::memcpy(&header, bytes, sizeof header);
  if (std::memcmp(header.magic, kMagic, sizeof kMagic) != 0) throw ProgramError("is no witness program");
  if (header.version != kVersion) throw ProgramError("has version " + std::to_string(header.version) + ", not 1");
  const uint64_t expected = sizeof header + sizeof(Fr) * uint64_t{header.constants} +
                            sizeof(uint32_t) * (uint64_t{header.words} + header.inputs) + header.names;
  if (expected != size) throw ProgramError("is not as long as it says");
  // Each slot is written by an input or a word of the code, but for the constant one.
  if (header.wires < 1 || header.slots < header.wires ||
      header.slots > 1 + uint64_t{header.inputs} + uint64_t{header.words}) {
    throw ProgramError("has a number of slots that cannot be");
  }
  wires_ = header.wires;
  slots_ = header.slots;
  auto take = [at = bytes + sizeof header](auto& array, size_t count) mutable {
    array = std::decay_t<decltype(array)>(count);
    if (count > 0) std::memcpy(array.data(), at, count * sizeof array[0]);
    at += count * sizeof array[0];
  };
  take(constants_, header.constants);
  take(code_, header.words);
  take(inputs_, header.inputs);
  check();
}

void WitnessProgram::check() {
  for (size_t i = 0; i < constants_.size(); i++) {
    if (!isElement(constants_[i])) throw ProgramError("has a constant that is no field element");
  }
  Array<uint8_t, Privacy::open> isWritten(slots_);
  isWritten.zero();
  isWritten[0] = 1;
  for (size_t i = 0; i < inputs_.size(); i++) {
    if (inputs_[i] == 0 || inputs_[i] >= slots_) throw ProgramError("puts an input where it has no slot");
    isWritten[inputs_[i]] = 1;
  }
  quotients_ = Walk(code_, constants_.size(), isWritten).walk();
  for (size_t wire = 0; wire < wires_; wire++) {
    if (!isWritten[wire]) throw ProgramError("leaves a part of the witness unwritten");
  }
}

}  // namespace zkclear

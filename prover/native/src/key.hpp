// A Groth16 proving key, checked and laid out for proving.
#pragma once
#include <stdexcept>
#include <string>

#include "buckets.hpp"
#include "team.hpp"

namespace zkclear {

/** What is wrong with a key file, or that it cannot be read. */
struct KeyError : std::runtime_error {
  KeyError(bool isUnreadable, const std::string& message) : std::runtime_error(message), unreadable(isUnreadable) {}
  bool unreadable;
};

struct Rows {
  Array<uint32_t, Privacy::open> offsets;
  Array<Term, Privacy::open> terms;
};

struct Key {
  const Kernels* kernels = nullptr;
  size_t wires = 0, publics = 0;
  unsigned log = 0;
  AffineG1 alpha1, beta1, delta1;
  AffineG2 beta2, delta2;
  Bases<G1> a, b1, c, h;
  Bases<G2> b2;
  /** The constraint matrices A and B; rows beyond the last constraint are empty. */
  Rows rows[2];
  Array<Fr, Privacy::open> coefficients;
  NttTables* tables = nullptr;

  Key() = default;
  Key(const Key&) = delete;
  Key& operator=(const Key&) = delete;
  ~Key() {
    if (tables != nullptr) kernels->freeTables(tables);
  }

  size_t domain() const { return size_t{1} << log; }
  size_t bytes() const;
};

/**
 * Reads snarkjs's .zkey. Throws KeyError, std::bad_alloc or Cancelled. Allocates no more than the file's size warrants.
 */
void loadKey(Key& key, const Kernels& kernels, const std::string& path, Team& team);

}  // namespace zkclear

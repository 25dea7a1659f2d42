// One Groth16 proof.
#pragma once
#include <functional>

#include "key.hpp"
#include "multi-exponentiation.hpp"

namespace zkclear {

struct Blinding {
  Fr r, s;  // plain
};

/** Plain coordinates, not in Montgomery form; (0, 0) for infinity. */
struct Proof {
  AffineG1 a;
  AffineG2 b;
  AffineG1 c;
};

/** CPU seconds by part of the work, over all threads. */
struct Costs {
  double rows, ntt, a, b1, b2, c, h;
};

struct ProofJob {
  const Key& key;
  /** Plain canonical elements, one for each wire. Read in place. */
  const Fr* witness;
  Blinding blinding;
  std::function<void(double fraction)> onProgress;
};

/**
 * The most that a proof by so many threads takes beside its key and its witness, in bytes. Standard sizes take about
 * two thirds of it.
 */
size_t mostBytes(const Key& key, size_t threads);

/** Throws WitnessError, Cancelled or std::bad_alloc. With the same blinding, gives the same proof as snarkjs. */
Proof prove(const ProofJob& job, Team& team, Costs& costs);

}  // namespace zkclear

#include "prove.hpp"

#include "multi-exponentiation.hpp"
#include "stopwatch.hpp"

namespace zkclear {
namespace {

/** The scalars of the H bases: values of (A * B - C) on the odd coset, C being A * B on the domain itself. */
Array<Fr> quotient(const Key& key, const Fr* witness, Team& team, Costs& costs) {
  const Kernels& kernels = *key.kernels;
  const size_t size = key.domain();
  Array<Fr> a(size), b(size), result(size);
  parallelChunks(team, size, [&](Range range) {
    Stopwatch watch(costs.rows);
    for (int matrix = 0; matrix < 2; matrix++) {
      const Rows& rows = key.rows[matrix];
      kernels.multiplyRows(rows.offsets.data(), rows.terms.data(), key.coefficients.data(), witness,
                           (matrix == 0 ? a : b).data(), range.begin, range.end);
    }
  });
  struct Pool {
    Team& team;
    double& cost;
  } pool{team, costs.ntt};
  const auto run = [](void* data, size_t tasks, void (*body)(void*, size_t), void* context) {
    auto& [team, cost] = *static_cast<Pool*>(data);
    team.run(tasks, [&, &sum = cost](size_t task, size_t) {
      Stopwatch watch(sum);
      body(context, task);
    });
  };
  kernels.quotient(key.tables, a.data(), b.data(), result.data(), {&pool, team.threads(), run});
  return result;
}

/** The quotient itself is gone by then. */
Digits digitsOfQuotient(const Key& key, const Fr* witness, Team& team, Costs& costs) {
  const Array<Fr> quotients = quotient(key, witness, team, costs);
  return makeDigits(quotients.data(), key.domain(), team);
}

struct Workspaces {
  Workspace<G1> g1[2];
  Workspace<G2> g2;
};

Proof assemble(const Key& key, const Blinding& blinding, const MultiExponentiation<G1>& a,
               const MultiExponentiation<G1>& b1, const MultiExponentiation<G2>& b2, const MultiExponentiation<G1>& c,
               const MultiExponentiation<G1>& h) {
  using namespace portable;
  const auto& [r, s] = blinding;
  const auto delta1 = toXyzz(key.delta1);
  const auto pa = add(add(a.total(), toXyzz(key.alpha1)), multiply(delta1, r));
  const auto pb1 = add(add(b1.total(), toXyzz(key.beta1)), multiply(delta1, s));
  const auto pb2 = add(add(b2.total(), toXyzz(key.beta2)), multiply(toXyzz(key.delta2), s));
  const Fr rs = neg(mul(toMontgomery(r), s));
  const auto pc = add(add(add(c.total(), h.total()), multiply(delta1, rs)), add(multiply(pa, s), multiply(pb1, r)));
  const auto plain = [](auto point) {
    const auto affine = toAffine(point);
    return decltype(affine){fromMontgomery(affine.x), fromMontgomery(affine.y)};
  };
  return {plain(pa), plain(pb2), plain(pc)};
}

}  // namespace

size_t mostBytes(const Key& key, size_t threads) {
  const Kernels& kernels = *key.kernels;
  const size_t values = key.domain() * sizeof(Fr);
  const size_t ofWitness = Digits::mostBytes(key.wires), ofQuotient = Digits::mostBytes(key.domain());
  // These three come one after the other: the transforms, the quotient's digits, and the sums of windows.
  const size_t transforms = 3 * values + (kernels.quotientBytes == nullptr ? 0 : kernels.quotientBytes(key.log));
  const size_t spaces = 2 * Workspace<G1>::mostBytes(kernels, std::max(key.wires, key.domain())) +
                        Workspace<G2>::mostBytes(kernels, key.wires);
  // Sums, and the rounding of everything to what the allocator gives.
  constexpr size_t kSmall = 256 << 10;
  return std::max({transforms, values + ofQuotient, ofWitness + ofQuotient + threads * spaces}) + kSmall;
}

Proof prove(const ProofJob& job, Team& team, Costs& costs) {
  const Key& key = job.key;
  const auto progress = [&](double fraction) {
    if (job.onProgress) job.onProgress(fraction);
  };
  progress(0);
  // The transforms take the most memory: before them nothing is made that is needed after them.
  const Digits ofQuotient = digitsOfQuotient(key, job.witness, team, costs);
  const Digits ofWitness = makeDigits(job.witness, key.wires, team);
  constexpr double kBefore = 0.15;
  progress(kBefore);

  MultiExponentiation<G1> a{key.a, ofWitness, costs.a}, b1{key.b1, ofWitness, costs.b1}, c{key.c, ofWitness, costs.c};
  MultiExponentiation<G1> h{key.h, ofQuotient, costs.h};
  MultiExponentiation<G2> b2{key.b2, ofWitness, costs.b2};
  const size_t ww = ofWitness.windows, tasks = 4 * ww + ofQuotient.windows;
  std::vector<Workspaces> workspaces(team.threads());
  std::atomic<size_t> done{0};
  // The longest first, so that threads end together.
  team.run(tasks, [&](size_t task, size_t thread) {
    Workspaces& spaces = workspaces[thread];
    const auto window = [&](auto& sum, size_t index, auto& space) {
      Stopwatch watch(sum.cost);
      sum.sums[index] = space.sum(*key.kernels, sum.bases, sum.digits, static_cast<unsigned>(index));
    };
    if (task < ww) {
      window(b2, task, spaces.g2);
    } else if (task < tasks - 3 * ww) {
      window(h, task - ww, spaces.g1[1]);
    } else {
      const size_t index = task - (tasks - 3 * ww);
      window(index < ww ? a : index < 2 * ww ? c : b1, index % ww, spaces.g1[0]);
    }
    const double share = static_cast<double>(++done) / static_cast<double>(tasks);
    if (share < 1) progress(kBefore + (1 - kBefore) * share);
  });
  return assemble(key, job.blinding, a, b1, b2, c, h);
}

}  // namespace zkclear

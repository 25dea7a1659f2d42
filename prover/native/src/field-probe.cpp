// One field operation at a time, for tests only. Compiled for each path that has its own field.
#include "field-probe.hpp"

#include <cstring>

#include "field2.hpp"

namespace zkclear {
namespace ZK_PATH {

template <class F>
bool apply(char operation, const F& a, const F& b, F& out) {
  switch (operation) {
    case '+':
      out = add(a, b);
      return true;
    case '-':
      out = sub(a, b);
      return true;
    case '*':
      out = mul(a, b);
      return true;
    case '^':
      out = sqr(a);
      return true;
    case 'n':
      out = neg(a);
      return true;
    case 'd':
      out = dbl(a);
      return true;
    case '/':
      out = mul(a, invert(b));
      return true;
    case 'm':
      out = fromMontgomery(a);
      return true;
    default:
      return false;
  }
}

template <class F>
bool probe(char operation, const void* a, const void* b, void* out) {
  F x, y, z;
  std::memcpy(&x, a, sizeof x);
  std::memcpy(&y, b, sizeof y);
  if (!apply(operation, x, y, z)) return false;
  std::memcpy(out, &z, sizeof z);
  return true;
}

}  // namespace ZK_PATH

// Elsewhere than on x86-64 the second probe is the first one under another name.
#if defined(ZK_ADX) || defined(ZK_PROBE_ADX)
FieldProbe adxProbe(char field) {
#else
FieldProbe portableProbe(char field) {
#endif
  using namespace ZK_PATH;
  return field == 'q' ? probe<Fq> : field == 'r' ? probe<Fr> : field == '2' ? probe<Fq2> : nullptr;
}

}  // namespace zkclear

#include "key.hpp"
#include <unordered_map>
#include "random.hpp"
#include "zkey-file.hpp"

namespace zkclear {
namespace {

constexpr size_t kTermBytes = 12 + 32;

[[noreturn]] void fail(const std::string& what) { throw KeyError(false, what); }

Fq2 twist_constant() {
  // 3 / (9 + u)
  const Fq one = portable::Prime<Fq>::one, three = portable::add(portable::dbl(one), one);
  const Fq nine = portable::add(portable::dbl(portable::add(three, one)), one);
  return portable::mul(Fq2{three, {}}, portable::invert(Fq2{nine, one}));
}

Fq curve_constant(const Fq&) { return portable::add(portable::dbl(portable::Prime<Fq>::one), portable::Prime<Fq>::one); }
Fq2 curve_constant(const Fq2&) {
  static const Fq2 constant = twist_constant();
  return constant;
}

template <class F>
bool is_on_curve(const Affine<F>& p) {
  if (!portable::is_canonical(p.x) || !portable::is_canonical(p.y)) return false;
  using namespace portable;
  return portable::is_infinity(p) || equal(sqr(p.y), add(mul(sqr(p.x), p.x), curve_constant(p.x)));
}

template <class Point>
Point read_point(Bytes& bytes, const char* name) {
  const Point point = bytes.read<Point>();
  if (portable::is_infinity(point) || !is_on_curve(point)) fail(std::string("holds no curve point as ") + name);
  return point;
}

/// Copies the points that are not infinity; point i belongs to scalar i + shift.
template <class G>
void read_bases(Bases<G>& bases, const Kernels& kernels, Bytes section, size_t count, size_t shift, const char* name,
                Team& team) {
  using Point = typename G::Point;
  if (section.size() != count * sizeof(Point)) fail(std::string("has a wrong number of points in ") + name);
  constexpr size_t kChunk = 4096;
  const size_t chunks = (count + kChunk - 1) / kChunk;
  std::vector<size_t> starts(chunks + 1);
  const auto points = [&](size_t chunk, auto visit) {
    for (size_t i = chunk * kChunk; i < std::min(count, (chunk + 1) * kChunk); i++) {
      Point point;
      std::memcpy(&point, section.data() + i * sizeof(Point), sizeof(Point));
      if (!portable::is_infinity(point)) visit(i, point);
    }
  };
  team.run(chunks, [&](size_t chunk, size_t) {
    points(chunk, [&](size_t, const Point& point) {
      if (!is_on_curve(point)) fail(std::string("has a point off the curve in ") + name);
      starts[chunk + 1]++;
    });
  });
  for (size_t chunk = 0; chunk < chunks; chunk++) starts[chunk + 1] += starts[chunk];
  bases.points = decltype(bases.points)(starts[chunks]);
  bases.scalars = decltype(bases.scalars)(starts[chunks]);
  team.run(chunks, [&](size_t chunk, size_t) {
    size_t at = starts[chunk];
    points(chunk, [&](size_t i, const Point& point) {
      bases.scalars[at] = static_cast<uint32_t>(i + shift);
      bases.points[at++] = point;
    });
    Point* const from = bases.points.data() + starts[chunk];
    G::import(kernels)(from, from, at - starts[chunk]);
  });
}

/// Keyed at random, so that nobody can write a file whose coefficients all meet in one place of the table.
struct FrHash {
  Fr key = random_scalar();

  size_t operator()(const Fr& a) const {
    uint64_t hash = 0;
    for (int i = 0; i < 4; i++) {
      const auto product = static_cast<unsigned __int128>(a.w[i] ^ hash) * (key.w[i] | 1);
      hash = static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
    }
    return hash;
  }
};
struct FrEqual {
  bool operator()(const Fr& a, const Fr& b) const { return portable::equal(a, b); }
};

void read_rows(Key& key, Bytes section) {
  const auto count = section.read<uint32_t>();
  if (section.size() != count * kTermBytes) fail("has a wrong number of coefficients");
  const size_t domain = key.domain();
  const Fr one = portable::Prime<Fr>::square;
  std::unordered_map<Fr, uint32_t, FrHash, FrEqual> known{{one, 0}, {portable::neg(one), 1}};
  std::vector<Fr> values{one, portable::neg(one)};
  std::vector<uint32_t> coefficients(count);
  size_t sizes[2] = {};
  for (Rows& rows : key.rows) {
    rows.offsets = decltype(rows.offsets)(domain + 2);
    rows.offsets.zero();
  }
  Bytes terms = section;
  for (uint32_t i = 0; i < count; i++) {
    const auto matrix = terms.read<uint32_t>(), row = terms.read<uint32_t>(), wire = terms.read<uint32_t>();
    const Fr value = terms.read<Fr>();
    if (matrix > 1 || row >= domain || wire >= key.wires || !portable::is_canonical(value)) {
      fail("has a coefficient outside of its matrices");
    }
    sizes[matrix]++;
    // Two ahead: filling the rows below moves each offset to where its row ends, which is where the next one starts.
    key.rows[matrix].offsets[row + 2]++;
    const auto [found, isNew] = known.try_emplace(value, static_cast<uint32_t>(values.size()));
    if (isNew) values.push_back(value);
    coefficients[i] = found->second;
  }
  for (int matrix = 0; matrix < 2; matrix++) {
    Rows& rows = key.rows[matrix];
    for (size_t row = 2; row < domain + 2; row++) rows.offsets[row] += rows.offsets[row - 1];
    rows.terms = decltype(rows.terms)(sizes[matrix]);
  }
  terms = section;
  for (uint32_t i = 0; i < count; i++) {
    const auto matrix = terms.read<uint32_t>(), row = terms.read<uint32_t>(), wire = terms.read<uint32_t>();
    terms.take(32);
    Rows& rows = key.rows[matrix];
    rows.terms[rows.offsets[row + 1]++] = {wire, coefficients[i]};
  }
  key.coefficients = decltype(key.coefficients)(values.size());
  std::memcpy(key.coefficients.data(), values.data(), values.size() * sizeof(Fr));
}

void read_header(Key& key, Bytes header, size_t fileBytes) {
  const auto prime = [&](const auto& modulus, const char* name) {
    if (header.read<uint32_t>() != 32 || std::memcmp(header.take(32), &modulus, 32) != 0) {
      fail(std::string("is not for BN254: its ") + name + " field differs");
    }
  };
  prime(portable::Prime<Fq>::modulus, "base");
  prime(portable::Prime<Fr>::modulus, "scalar");
  key.wires = header.read<uint32_t>();
  key.publics = header.read<uint32_t>();
  const size_t domain = header.read<uint32_t>();
  if (key.wires == 0 || key.publics >= key.wires) fail("has more public signals than wires");
  if (domain == 0 || (domain & (domain - 1)) != 0 || domain > size_t{1} << 27) fail("has an impossible domain size");
  // Before anything is allocated: the points of these counts must be in the file.
  if (domain > fileBytes / 64 || key.wires > fileBytes / 64) fail("is too short for its counts");
  key.log = static_cast<unsigned>(__builtin_ctzll(domain));
  key.alpha1 = read_point<AffineG1>(header, "alpha");
  key.beta1 = read_point<AffineG1>(header, "beta");
  key.beta2 = read_point<AffineG2>(header, "beta");
  read_point<AffineG2>(header, "gamma");
  key.delta1 = read_point<AffineG1>(header, "delta");
  key.delta2 = read_point<AffineG2>(header, "delta");
  if (header.size() != 0) fail("has a header of a wrong size");
}

}  // namespace

void load_key(Key& key, const Kernels& kernels, const std::string& path, Team& team) {
  const MappedFile file(path);
  const ZkeySections sections(file.bytes());
  const auto& of = sections.of;
  key.kernels = &kernels;
  Bytes protocol = of[1];
  if (protocol.read<uint32_t>() != 1 || protocol.size() != 0) fail("is not for Groth16");
  read_header(key, of[2], file.bytes().size());
  read_bases(key.a, kernels, of[5], key.wires, 0, "A", team);
  read_bases(key.b1, kernels, of[6], key.wires, 0, "B1", team);
  read_bases(key.b2, kernels, of[7], key.wires, 0, "B2", team);
  read_bases(key.c, kernels, of[8], key.wires - key.publics - 1, key.publics + 1, "C", team);
  read_bases(key.h, kernels, of[9], key.domain(), 0, "H", team);
  read_rows(key, of[4]);
  key.tables = kernels.make_tables(key.log);
  if (key.tables == nullptr) throw std::bad_alloc();
}

size_t Key::bytes() const {
  const auto bases = [](const auto& b) { return b.points.size() * (sizeof(b.points[0]) + 4); };
  size_t sum = bases(a) + bases(b1) + bases(b2) + bases(c) + bases(h) + coefficients.size() * sizeof(Fr);
  for (const Rows& r : rows) sum += r.offsets.size() * 4 + r.terms.size() * sizeof(Term);
  return sum + 3 * domain() * sizeof(Fr);
}

}  // namespace zkclear

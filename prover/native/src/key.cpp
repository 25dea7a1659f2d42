#include "key.hpp"

#include <unordered_map>

#include "random.hpp"
#include "zkey-file.hpp"

namespace zkclear {
namespace {

constexpr size_t kTermBytes = 12 + 32;
constexpr size_t kMaxHeader = 1024;

[[noreturn]] void fail(const std::string& what) { throw KeyError(false, what); }

Fq2 twistConstant() {
  // 3 / (9 + u)
  const Fq one = portable::Prime<Fq>::one, three = portable::add(portable::dbl(one), one);
  const Fq nine = portable::add(portable::dbl(portable::add(three, one)), one);
  return portable::mul(Fq2{three, {}}, portable::invert(Fq2{nine, one}));
}

Fq curveConstant(const Fq&) { return portable::add(portable::dbl(portable::Prime<Fq>::one), portable::Prime<Fq>::one); }
Fq2 curveConstant(const Fq2&) {
  static const Fq2 constant = twistConstant();
  return constant;
}

template <class F>
bool isOnCurve(const Affine<F>& p) {
  if (!portable::isCanonical(p.x) || !portable::isCanonical(p.y)) return false;
  using namespace portable;
  return portable::isInfinity(p) || equal(sqr(p.y), add(mul(sqr(p.x), p.x), curveConstant(p.x)));
}

template <class Point>
Point readPoint(Bytes& bytes, const char* name) {
  const Point point = bytes.read<Point>();
  if (portable::isInfinity(point) || !isOnCurve(point)) fail(std::string("holds no curve point as ") + name);
  return point;
}

/** Room for what is read, kept from section to section: fresh memory costs as much as reading. */
class Scratch {
 public:
  template <class T>
  T* room(size_t count) {
    if (bytes_.size() < count * sizeof(T)) bytes_ = decltype(bytes_)(count * sizeof(T));
    return reinterpret_cast<T*>(bytes_.data());
  }

 private:
  Array<uint8_t, Privacy::open> bytes_;
};

/** The points that are not infinity; point i belongs to scalar i + shift. */
template <class G>
void readBases(Bases<G>& bases, const Kernels& kernels, const KeyFile& file, Section section, size_t count,
               size_t shift, const char* name, Team& team, Scratch& scratch) {
  using Point = typename G::Point;
  if (section.size != count * sizeof(Point)) fail(std::string("has a wrong number of points in ") + name);
  Point* const all = scratch.room<Point>(count);
  constexpr size_t kChunk = 4096;
  const size_t chunks = (count + kChunk - 1) / kChunk;
  const auto each = [&](auto body) {
    team.run(chunks, [&](size_t chunk, size_t) { body(chunk, chunk * kChunk, std::min(count, (chunk + 1) * kChunk)); });
  };
  std::vector<size_t> starts(chunks + 1);
  each([&](size_t chunk, size_t begin, size_t end) {
    file.read(&all[begin], section.offset + begin * sizeof(Point), (end - begin) * sizeof(Point));
    for (size_t i = begin; i < end; i++) {
      if (!isOnCurve(all[i])) fail(std::string("has a point off the curve in ") + name);
      starts[chunk + 1] += !portable::isInfinity(all[i]);
    }
  });
  for (size_t chunk = 0; chunk < chunks; chunk++) starts[chunk + 1] += starts[chunk];
  const size_t finite = starts[chunks];
  bases.scalars = decltype(bases.scalars)(finite);
  bases.points = decltype(bases.points)(finite);
  each([&](size_t chunk, size_t begin, size_t end) {
    size_t at = starts[chunk];
    for (size_t i = begin; i < end; i++) {
      if (portable::isInfinity(all[i])) continue;
      bases.scalars[at] = static_cast<uint32_t>(i + shift);
      bases.points[at++] = all[i];
    }
    Point* const from = bases.points.data() + starts[chunk];
    G::import(kernels)(from, from, at - starts[chunk]);
  });
}

/** Keyed at random, so that nobody can write a file whose coefficients all meet in one place of the table. */
struct FrHash {
  Fr key = randomScalar();

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

/** A term of the constraint matrices as it stands in the file. */
struct FileTerm {
  uint32_t row, matrix;
  Term term;
};

/** Numbers the coefficients that occur: 0 stands for 1 and 1 for -1. */
class CoefficientTable {
 public:
  uint32_t numberOf(const Fr& value) {
    const auto [found, isNew] = known_.try_emplace(value, static_cast<uint32_t>(values_.size()));
    if (isNew) values_.push_back(value);
    return found->second;
  }
  const std::vector<Fr>& values() const { return values_; }

 private:
  static constexpr Fr kOne = portable::Prime<Fr>::square;
  std::unordered_map<Fr, uint32_t, FrHash, FrEqual> known_{{kOne, 0}, {portable::neg(kOne), 1}};
  std::vector<Fr> values_{kOne, portable::neg(kOne)};
};

void readRows(Key& key, const KeyFile& file, Section section) {
  uint32_t count = 0;
  if (section.size < sizeof count) fail("ends too early");
  file.read(&count, section.offset, sizeof count);
  if (section.size - sizeof count != count * kTermBytes) fail("has a wrong number of coefficients");
  const size_t domain = key.domain();
  for (Rows& rows : key.rows) {
    rows.offsets = decltype(rows.offsets)(domain + 2);
    rows.offsets.zero();
  }
  CoefficientTable table;
  Array<FileTerm, Privacy::open> terms(count);
  size_t sizes[2] = {};
  constexpr size_t kPiece = 4096;
  Array<uint8_t, Privacy::open> piece(kPiece * kTermBytes);
  for (size_t begin = 0; begin < count; begin += kPiece) {
    const size_t end = std::min<size_t>(count, begin + kPiece), bytes = (end - begin) * kTermBytes;
    file.read(piece.data(), section.offset + sizeof count + begin * kTermBytes, bytes);
    Bytes rest(piece.data(), bytes);
    for (size_t i = begin; i < end; i++) {
      const auto matrix = rest.read<uint32_t>(), row = rest.read<uint32_t>(), wire = rest.read<uint32_t>();
      const Fr value = rest.read<Fr>();
      if (matrix > 1 || row >= domain || wire >= key.wires || !portable::isCanonical(value)) {
        fail("has a coefficient outside of its matrices");
      }
      sizes[matrix]++;
      // Two ahead: filling the rows below moves each offset to where its row ends, which is where the next one starts.
      key.rows[matrix].offsets[row + 2]++;
      terms[i] = {row, matrix, {wire, table.numberOf(value)}};
    }
  }
  for (int matrix = 0; matrix < 2; matrix++) {
    Rows& rows = key.rows[matrix];
    for (size_t row = 2; row < domain + 2; row++) rows.offsets[row] += rows.offsets[row - 1];
    rows.terms = decltype(rows.terms)(sizes[matrix]);
  }
  for (size_t i = 0; i < count; i++) {
    const auto& [row, matrix, term] = terms[i];
    Rows& rows = key.rows[matrix];
    rows.terms[rows.offsets[row + 1]++] = term;
  }
  const std::vector<Fr>& values = table.values();
  key.coefficients = decltype(key.coefficients)(values.size());
  std::memcpy(key.coefficients.data(), values.data(), values.size() * sizeof(Fr));
}

void readHeader(Key& key, Bytes header, size_t fileBytes) {
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
  key.alpha1 = readPoint<AffineG1>(header, "alpha");
  key.beta1 = readPoint<AffineG1>(header, "beta");
  key.beta2 = readPoint<AffineG2>(header, "beta");
  readPoint<AffineG2>(header, "gamma");
  key.delta1 = readPoint<AffineG1>(header, "delta");
  key.delta2 = readPoint<AffineG2>(header, "delta");
  if (header.size() != 0) fail("has a header of a wrong size");
}

}  // namespace

void loadKey(Key& key, const Kernels& kernels, const std::string& path, Team& team) {
  const KeyFile file(path);
  const ZkeySections sections(file);
  const auto& of = sections.of;
  key.kernels = &kernels;
  const auto with = [&](Section section, auto read) {
    if (section.size > kMaxHeader) fail("has a header of a wrong size");
    uint8_t bytes[kMaxHeader];
    file.read(bytes, section.offset, section.size);
    read(Bytes(bytes, section.size));
  };
  with(of[1], [](Bytes protocol) {
    if (protocol.read<uint32_t>() != 1 || protocol.size() != 0) fail("is not for Groth16");
  });
  with(of[2], [&](Bytes header) { readHeader(key, header, file.size()); });
  Scratch scratch;
  const auto bases = [&](auto& to, uint32_t id, size_t count, size_t shift, const char* name) {
    readBases(to, kernels, file, of[id], count, shift, name, team, scratch);
  };
  bases(key.a, 5, key.wires, 0, "A");
  bases(key.b1, 6, key.wires, 0, "B1");
  bases(key.b2, 7, key.wires, 0, "B2");
  bases(key.c, 8, key.wires - key.publics - 1, key.publics + 1, "C");
  bases(key.h, 9, key.domain(), 0, "H");
  readRows(key, file, of[4]);
  key.tables = kernels.makeTables(key.log);
  if (key.tables == nullptr) throw std::bad_alloc();
}

size_t Key::bytes() const {
  const auto bases = [](const auto& b) { return b.points.size() * (sizeof(b.points[0]) + 4); };
  size_t sum = bases(a) + bases(b1) + bases(b2) + bases(c) + bases(h) + coefficients.size() * sizeof(Fr);
  for (const Rows& r : rows) sum += r.offsets.size() * 4 + r.terms.size() * sizeof(Term);
  return sum + 3 * domain() * sizeof(Fr);
}

}  // namespace zkclear

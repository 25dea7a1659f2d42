// The container format of snarkjs's binary files: numbered sections with their lengths.
#pragma once
#include <cstring>
#include <string>
#include "key.hpp"

namespace zkclear {

/// Bytes of a file that were not looked at yet.
class Bytes {
 public:
  Bytes() = default;
  Bytes(const uint8_t* data, size_t size) : data_(data), size_(size) {}

  size_t size() const { return size_; }
  const uint8_t* data() const { return data_; }

  const uint8_t* take(size_t bytes) {
    if (bytes > size_) throw KeyError(false, "ends too early");
    const uint8_t* taken = data_;
    data_ += bytes;
    size_ -= bytes;
    return taken;
  }

  /// The file's numbers are little-endian and not aligned.
  template <class T>
  T read() {
    T value;
    std::memcpy(&value, take(sizeof(T)), sizeof(T));
    return value;
  }

 private:
  const uint8_t* data_ = nullptr;
  size_t size_ = 0;
};

/// A file mapped into memory, read-only.
class MappedFile {
 public:
  explicit MappedFile(const std::string& path);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  Bytes bytes() const { return {data_, size_}; }

 private:
  const uint8_t* data_ = nullptr;
  size_t size_ = 0;
};

struct ZkeySections {
  static constexpr uint32_t kLast = 10;
  Bytes of[kLast + 1];

  explicit ZkeySections(Bytes file);
};

}  // namespace zkclear

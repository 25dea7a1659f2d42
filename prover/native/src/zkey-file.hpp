// The container format of snarkjs's binary files: numbered sections with their lengths.
#pragma once
#include <cstring>
#include <string>

#include "key.hpp"

namespace zkclear {

/** Bytes of a file that were not looked at yet. */
class Bytes {
 public:
  Bytes() = default;
  Bytes(const uint8_t* data, size_t size) : data_(data), size_(size) {}

  size_t size() const { return size_; }

  const uint8_t* take(size_t bytes) {
    if (bytes > size_) throw KeyError(false, "ends too early");
    const uint8_t* taken = data_;
    data_ += bytes;
    size_ -= bytes;
    return taken;
  }

  /** The file's numbers are little-endian and not aligned. */
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

/**
 * A file that is copied piece by piece, and not mapped: a mapped file that somebody shortens takes the process along
 * (SIGBUS), and one that somebody writes to may change between a check and the use.
 */
class KeyFile {
 public:
  explicit KeyFile(const std::string& path);
  ~KeyFile();
  KeyFile(const KeyFile&) = delete;
  KeyFile& operator=(const KeyFile&) = delete;

  /** When it was opened. */
  size_t size() const { return size_; }

  /** From any thread. Throws KeyError where the file ends earlier than it did. */
  void read(void* to, size_t offset, size_t bytes) const;

 private:
  int file_;
  size_t size_ = 0;
};

struct Section {
  size_t offset = 0, size = 0;
};

struct ZkeySections {
  static constexpr uint32_t kLast = 10;
  Section of[kLast + 1];

  explicit ZkeySections(const KeyFile& file);
};

}  // namespace zkclear

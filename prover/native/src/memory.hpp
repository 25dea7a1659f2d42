// Arrays aligned for vector loads, and wiped when they go: what is computed from a witness is as private
// as the witness.
#pragma once
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>
#include <utility>

#include "secret-memory.hpp"

namespace zkclear {

/** memset that the compiler may not leave out, although nobody reads the bytes afterwards. */
inline void wipe(void* data, size_t bytes) {
  std::memset(data, 0, bytes);
  asm volatile("" : : "r"(data) : "memory");
}

enum class Privacy { open, secret };

/** Uninitialised. Throws std::bad_alloc. */
template <class T, Privacy privacy = Privacy::secret>
class Array {
 public:
  Array() = default;
  explicit Array(size_t size) : size_(size) {
    if (size == 0) return;
    if (size > SIZE_MAX / 2 / sizeof(T)) throw std::bad_alloc();
    data_ = static_cast<T*>(isSecret ? takeSecret(bytes()) : std::aligned_alloc(64, (bytes() + 63) / 64 * 64));
    if (data_ == nullptr) throw std::bad_alloc();
  }
  Array(Array&& other) noexcept : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
  Array& operator=(Array&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    return *this;
  }
  ~Array() {
    if (isSecret) {
      releaseSecret(data_, bytes());
    } else {
      std::free(data_);
    }
  }

  T* data() { return data_; }
  const T* data() const { return data_; }
  size_t size() const { return size_; }
  T& operator[](size_t index) { return data_[index]; }
  const T& operator[](size_t index) const { return data_[index]; }
  void zero() { std::memset(static_cast<void*>(data_), 0, bytes()); }

 private:
  static constexpr bool isSecret = privacy == Privacy::secret;
  size_t bytes() const { return size_ * sizeof(T); }

  T* data_ = nullptr;
  size_t size_ = 0;
};

}  // namespace zkclear

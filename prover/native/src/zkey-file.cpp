#include "zkey-file.hpp"
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace zkclear {

MappedFile::MappedFile(const std::string& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) throw KeyError(true, std::strerror(errno));
  struct stat status;
  if (fstat(file, &status) != 0 || !S_ISREG(status.st_mode)) {
    close(file);
    throw KeyError(true, "is not a regular file");
  }
  size_ = static_cast<size_t>(status.st_size);
  void* mapped = size_ == 0 ? nullptr : mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, file, 0);
  close(file);
  if (mapped == MAP_FAILED) throw KeyError(true, std::strerror(errno));
  data_ = static_cast<const uint8_t*>(mapped);
  if (mapped != nullptr) madvise(mapped, size_, MADV_WILLNEED);
}

MappedFile::~MappedFile() {
  if (data_ != nullptr) munmap(const_cast<uint8_t*>(data_), size_);
}

ZkeySections::ZkeySections(Bytes file) {
  if (std::memcmp(file.take(4), "zkey", 4) != 0) throw KeyError(false, "is no .zkey file");
  const auto version = file.read<uint32_t>();
  if (version != 1) throw KeyError(false, "has version " + std::to_string(version) + ", not 1");
  const auto count = file.read<uint32_t>();
  bool seen[kLast + 1] = {};
  for (uint32_t i = 0; i < count; i++) {
    const auto id = file.read<uint32_t>();
    const auto size = file.read<uint64_t>();
    if (id == 0 || id > kLast || seen[id]) throw KeyError(false, "has an unknown or repeated section");
    seen[id] = true;
    if (size > file.size()) throw KeyError(false, "ends too early");
    of[id] = Bytes(file.take(size), size);
  }
  if (file.size() != 0) throw KeyError(false, "goes on after its last section");
}

}  // namespace zkclear

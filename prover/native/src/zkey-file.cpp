#include "zkey-file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace zkclear {

KeyFile::KeyFile(const std::string& path) : file_(open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
  if (file_ < 0) throw KeyError(true, std::strerror(errno));
  struct stat status;
  if (fstat(file_, &status) != 0 || !S_ISREG(status.st_mode)) {
    close(file_);
    throw KeyError(true, "is not a regular file");
  }
  size_ = static_cast<size_t>(status.st_size);
}

KeyFile::~KeyFile() { close(file_); }

void KeyFile::read(void* to, size_t offset, size_t bytes) const {
  auto* at = static_cast<uint8_t*>(to);
  while (bytes > 0) {
    const ssize_t count = pread(file_, at, bytes, static_cast<off_t>(offset));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw KeyError(true, std::strerror(errno));
    if (count == 0) throw KeyError(false, "became shorter while it was read");
    at += count;
    offset += static_cast<size_t>(count);
    bytes -= static_cast<size_t>(count);
  }
}

ZkeySections::ZkeySections(const KeyFile& file) {
  size_t at = 0;
  const auto take = [&](void* to, size_t bytes) {
    if (bytes > file.size() - at) throw KeyError(false, "ends too early");
    file.read(to, at, bytes);
    at += bytes;
  };
  char magic[4];
  uint32_t version, count;
  take(magic, sizeof magic);
  if (std::memcmp(magic, "zkey", sizeof magic) != 0) throw KeyError(false, "is no .zkey file");
  take(&version, sizeof version);
  if (version != 1) throw KeyError(false, "has version " + std::to_string(version) + ", not 1");
  take(&count, sizeof count);
  bool seen[kLast + 1] = {};
  for (uint32_t i = 0; i < count; i++) {
    uint32_t id;
    uint64_t size;
    take(&id, sizeof id);
    take(&size, sizeof size);
    if (id == 0 || id > kLast || seen[id]) throw KeyError(false, "has an unknown or repeated section");
    seen[id] = true;
    if (size > file.size() - at) throw KeyError(false, "ends too early");
    of[id] = {at, size};
    at += size;
  }
  if (at != file.size()) throw KeyError(false, "goes on after its last section");
}

}  // namespace zkclear

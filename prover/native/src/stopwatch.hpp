// CPU time of the calling thread, added to a total when the scope ends.
#pragma once
#include <time.h>

#include <mutex>

namespace zkclear {

class Stopwatch {
 public:
  explicit Stopwatch(double& total) : total_(total), start_(now()) {}
  ~Stopwatch() {
    static std::mutex mutex;
    const double spent = now() - start_;
    std::lock_guard lock(mutex);
    total_ += spent;
  }
  Stopwatch(const Stopwatch&) = delete;
  Stopwatch& operator=(const Stopwatch&) = delete;

 private:
  static double now() {
    timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
  }

  double& total_;
  const double start_;
};

}  // namespace zkclear

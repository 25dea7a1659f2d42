// The threads of one proof.
#pragma once
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "secret-memory.hpp"

namespace zkclear {

struct Cancelled : std::exception {
  const char* what() const noexcept override { return "cancelled"; }
};

/** Runs numbered tasks on a fixed number of threads, the caller's own among them. */
class Team {
 public:
  using Task = std::function<void(size_t task, size_t thread)>;

  Team(size_t threads, const std::atomic<int32_t>& cancelled) : cancelled_(cancelled) {
    try {
      for (size_t thread = 1; thread < threads; thread++) helpers_.emplace_back([this, thread] { runHelper(thread); });
    } catch (const std::system_error&) {
      // No more threads to be had: fewer do the same work.
    }
  }

  ~Team() {
    {
      std::lock_guard lock(mutex_);
      closing_ = true;
    }
    wake_.notify_all();
    for (std::thread& helper : helpers_) helper.join();
  }

  size_t threads() const { return helpers_.size() + 1; }

  /**
   * Runs all tasks, in order of their starts. Throws what a task threw first, or Cancelled; no task runs then any more.
   */
  void run(size_t tasks, const Task& task) {
    {
      std::lock_guard lock(mutex_);
      task_ = &task;
      tasks_ = tasks;
      next_ = 0;
      busy_ = helpers_.size();
      failure_ = nullptr;
      round_++;
    }
    wake_.notify_all();
    work(0);
    std::unique_lock lock(mutex_);
    done_.wait(lock, [this] { return busy_ == 0; });
    if (failure_) std::rethrow_exception(failure_);
  }

 private:
  void runHelper(size_t thread) {
    help(thread);
    wipeStack();
  }

  void help(size_t thread) {
    for (uint64_t seen = 0;;) {
      {
        std::unique_lock lock(mutex_);
        wake_.wait(lock, [&] { return closing_ || round_ != seen; });
        if (closing_) return;
        seen = round_;
      }
      work(thread);
      std::lock_guard lock(mutex_);
      if (--busy_ == 0) done_.notify_one();
    }
  }

  void work(size_t thread) {
    try {
      for (size_t task; (task = next_.fetch_add(1)) < tasks_;) {
        if (cancelled_) throw Cancelled();
        (*task_)(task, thread);
      }
    } catch (...) {
      std::lock_guard lock(mutex_);
      if (!failure_) failure_ = std::current_exception();
      next_ = tasks_;
    }
  }

  const std::atomic<int32_t>& cancelled_;
  std::mutex mutex_;
  std::condition_variable wake_, done_;
  std::vector<std::thread> helpers_;
  const Task* task_ = nullptr;
  size_t tasks_ = 0;
  std::atomic<size_t> next_{0};
  size_t busy_ = 0;
  uint64_t round_ = 0;
  bool closing_ = false;
  std::exception_ptr failure_;
};

}  // namespace zkclear

// A mutex whose locking discipline clang's -Wthread-safety checks. It wraps std::mutex, which
// ThreadSanitizer understands without an instrumented library (absl::Mutex it does not).
#ifndef DAFTAR_STORAGE_MUTEX_H_
#define DAFTAR_STORAGE_MUTEX_H_

#include <chrono>
#include <condition_variable>
#include <mutex>

#if defined(__clang__)
#define DAFTAR_THREAD_ATTRIBUTE(x) __attribute__((x))
#else
#define DAFTAR_THREAD_ATTRIBUTE(x)
#endif

#define DAFTAR_GUARDED_BY(x) DAFTAR_THREAD_ATTRIBUTE(guarded_by(x))
#define DAFTAR_REQUIRES(...) DAFTAR_THREAD_ATTRIBUTE(requires_capability(__VA_ARGS__))
#define DAFTAR_EXCLUDES(...) DAFTAR_THREAD_ATTRIBUTE(locks_excluded(__VA_ARGS__))

namespace daftar::storage {

class DAFTAR_THREAD_ATTRIBUTE(capability("mutex")) Mutex {
 public:
  void Lock() DAFTAR_THREAD_ATTRIBUTE(acquire_capability()) { mutex_.lock(); }
  void Unlock() DAFTAR_THREAD_ATTRIBUTE(release_capability()) { mutex_.unlock(); }

 private:
  friend class CondVar;
  std::mutex mutex_;
};

class DAFTAR_THREAD_ATTRIBUTE(scoped_lockable) MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) DAFTAR_THREAD_ATTRIBUTE(acquire_capability(mutex))
      : mutex_(mutex) {
    mutex_.Lock();
  }
  ~MutexLock() DAFTAR_THREAD_ATTRIBUTE(release_capability()) { mutex_.Unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex& mutex_;
};

// Waits release the mutex and hold it again on return; wake-ups may be spurious, so callers loop.
class CondVar {
 public:
  void Wait(Mutex& mutex) DAFTAR_REQUIRES(mutex) {
    std::unique_lock lock(mutex.mutex_, std::adopt_lock);
    condition_.wait(lock);
    lock.release();
  }
  // False when the time ran out.
  bool WaitFor(Mutex& mutex, std::chrono::milliseconds timeout) DAFTAR_REQUIRES(mutex) {
    std::unique_lock lock(mutex.mutex_, std::adopt_lock);
    const bool notified = condition_.wait_for(lock, timeout) == std::cv_status::no_timeout;
    lock.release();
    return notified;
  }
  void NotifyOne() { condition_.notify_one(); }
  void NotifyAll() { condition_.notify_all(); }

 private:
  std::condition_variable condition_;
};

}  // namespace daftar::storage

#endif  // DAFTAR_STORAGE_MUTEX_H_

// Who may write to the book at the same time.
#ifndef DAFTAR_NODE_BOOK_WRITE_GATE_H_
#define DAFTAR_NODE_BOOK_WRITE_GATE_H_

#include "storage/mutex.h"

namespace daftar::book {

// Whatever adds or changes orders goes through together; what changes which rows are one customer,
// or removes one, goes alone. A batch's preconditions name rows that exist, so they cannot keep an
// order from being added to a customer that is being erased: the gate does. Held across a durable
// write on purpose; going alone is rare. Who waits to go alone holds up those who come after.
// Threads: any.
class WriteGate {
 public:
  class Together {
   public:
    explicit Together(WriteGate& gate) : gate_(gate) { gate_.EnterTogether(); }
    ~Together() { gate_.LeaveTogether(); }
    Together(const Together&) = delete;
    Together& operator=(const Together&) = delete;

   private:
    WriteGate& gate_;
  };
  class Alone {
   public:
    explicit Alone(WriteGate& gate) : gate_(gate) { gate_.EnterAlone(); }
    ~Alone() { gate_.LeaveAlone(); }
    Alone(const Alone&) = delete;
    Alone& operator=(const Alone&) = delete;

   private:
    WriteGate& gate_;
  };

 private:
  void EnterTogether() DAFTAR_EXCLUDES(mutex_) {
    storage::MutexLock lock(mutex_);
    while (alone_ || waiting_ > 0) changed_.Wait(mutex_);
    ++together_;
  }
  void LeaveTogether() DAFTAR_EXCLUDES(mutex_) {
    storage::MutexLock lock(mutex_);
    --together_;
    changed_.NotifyAll();
  }
  void EnterAlone() DAFTAR_EXCLUDES(mutex_) {
    storage::MutexLock lock(mutex_);
    ++waiting_;
    while (alone_ || together_ > 0) changed_.Wait(mutex_);
    --waiting_;
    alone_ = true;
  }
  void LeaveAlone() DAFTAR_EXCLUDES(mutex_) {
    storage::MutexLock lock(mutex_);
    alone_ = false;
    changed_.NotifyAll();
  }

  storage::Mutex mutex_;
  storage::CondVar changed_;
  int together_ DAFTAR_GUARDED_BY(mutex_) = 0;
  int waiting_ DAFTAR_GUARDED_BY(mutex_) = 0;
  bool alone_ DAFTAR_GUARDED_BY(mutex_) = false;
};

}  // namespace daftar::book

#endif  // DAFTAR_NODE_BOOK_WRITE_GATE_H_

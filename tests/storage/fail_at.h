// Fails one step of AtomicWriteFile: before it happened ("failed and lost") or after it ("failed
// but persisted").
#ifndef DAFTAR_TESTS_STORAGE_FAIL_AT_H_
#define DAFTAR_TESTS_STORAGE_FAIL_AT_H_

#include "storage/files.h"

namespace daftar::testing {

class FailAt final : public storage::FileHook {
 public:
  FailAt(storage::FileStep step, bool after) : step_(step), after_(after) {}
  absl::Status Before(storage::FileStep step) override { return Answer(step, false); }
  absl::Status After(storage::FileStep step) override { return Answer(step, true); }

 private:
  absl::Status Answer(storage::FileStep step, bool after) const {
    if (step != step_ || after != after_) return absl::OkStatus();
    return absl::UnavailableError("injected");
  }
  const storage::FileStep step_;
  const bool after_;
};

}  // namespace daftar::testing

#endif  // DAFTAR_TESTS_STORAGE_FAIL_AT_H_

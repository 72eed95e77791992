// Writing again when another write came between.
#ifndef DAFTAR_NODE_BOOK_RETRY_H_
#define DAFTAR_NODE_BOOK_RETRY_H_

#include "absl/status/status.h"
#include "node/book/values.h"

namespace daftar::book {

// The first result of `attempt` that is not Aborted, of at most kMaxWriteAttempts.
template <class Attempt>
auto Retry(const Attempt& attempt) -> decltype(attempt()) {
  for (int i = 0; i < kMaxWriteAttempts; ++i) {
    auto result = attempt();
    if (result.ok() || !absl::IsAborted(result.status())) return result;
  }
  return absl::AbortedError("others keep changing the same rows of the book; try again");
}

}  // namespace daftar::book

#endif  // DAFTAR_NODE_BOOK_RETRY_H_

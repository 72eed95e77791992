// Who asks for a write, and under which request: what makes a repetition safe and the record whole.
#ifndef DAFTAR_STORAGE_CALLER_H_
#define DAFTAR_STORAGE_CALLER_H_

#include <string>

namespace daftar::storage {

// A value. `actor` is "uid:1000" or "user:POS", as access control established it, never as the
// caller claims; `request_id` is the caller's. Bounds are those of requests.h.
struct Caller {
  std::string actor;
  std::string request_id;
};

}  // namespace daftar::storage

#endif  // DAFTAR_STORAGE_CALLER_H_

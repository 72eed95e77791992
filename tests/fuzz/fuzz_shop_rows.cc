// Rows of the book and of what became of decisions, as they are before sealing. The first byte says
// which. What decodes must encode to the same bytes, or, from an earlier version, to bytes that
// decode to the same.
#include <cstdlib>

#include "node/book/allowlist.h"
#include "node/book/eraser.h"
#include "node/book/groups.h"
#include "node/check/outcome_rows.h"

namespace book = daftar::book;
namespace check = daftar::check;
using daftar::crypto::Bytes;
using daftar::crypto::ByteView;

namespace {

template <class Decode, class Encode>
void RoundTrip(ByteView row, const Decode& decode, const Encode& encode) {
  const auto value = decode(row);
  if (!value.ok()) return;
  const Bytes written = encode(*value);
  if (!row.empty() && !written.empty() && row.front() == written.front()) {
    if (written != daftar::crypto::ToBytes(row)) std::abort();
    return;
  }
  const auto again = decode(written);
  if (!again.ok() || encode(*again) != written) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const ByteView row(data + 1, size - 1);
  const book::CustomerId id = *book::CustomerId::Create(Bytes(16, 7));
  switch (data[0]) {
    case 'c':
      RoundTrip(
          row, [&id](ByteView bytes) { return book::DecodeCustomer(id, bytes); },
          &book::EncodeCustomer);
      break;
    case 'o':
      RoundTrip(row, &book::DecodeOrder, &book::EncodeOrder);
      break;
    case 'a':
      RoundTrip(row, &book::DecodeAllowed, &book::EncodeAllowed);
      break;
    case 'g':
      RoundTrip(row, &book::DecodeGroupRow, &book::EncodeGroupRow);
      break;
    case 'e':
      RoundTrip(row, &book::DecodeEraseReport, &book::EncodeEraseReport);
      break;
    case 'f':
      RoundTrip(row, &check::DecodeFollowed, &check::EncodeFollowed);
      break;
    default:
      break;
  }
  return 0;
}

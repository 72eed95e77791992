// One byte of entry kind, then a body under a header that commits to it: what decodes encodes to
// the same bytes, and looking for a label in it or opening it never crashes. (Either may succeed:
// the fuzzer learns the fixed label's token and key commitment from the comparisons.)
#include <cstdlib>
#include <type_traits>

#include "node/evidence/entry.h"
#include "node/evidence/labels.h"

namespace {

using namespace daftar::evidence;  // NOLINT(google-build-using-namespace)

struct Encode {
  Bytes operator()(std::monostate) const { return {}; }
  template <class T>
  Bytes operator()(const T& body) const {
    return body.Encode();
  }
};

void TryToOpen(EntryKind kind, const Body& body) {
  const daftar::crypto::Secret32 key;
  const Label label;
  if (const auto* report = std::get_if<ReportBody>(&body)) {
    (void)UnwrapReportKey(*report, label);
    (void)OpenReport(*report, "a.example", key);
  } else if (const auto* relabel = std::get_if<RelabelBody>(&body)) {
    (void)UnwrapRelabelKey(*relabel, label);
  } else if (const auto* update = std::get_if<UpdateBody>(&body)) {
    (void)OpenUpdate(kind, *update, "a.example", key);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const ByteView bytes(data + 1, size - 1);
  Header header;
  header.kind = static_cast<EntryKind>(data[0]);
  header.commitment = CommitTo(bytes);
  const auto body = DecodeBody(header, bytes);
  if (!body.ok()) return 0;
  if (std::visit(Encode(), *body) != daftar::crypto::ToBytes(bytes)) std::abort();
  TryToOpen(header.kind, *body);
  return 0;
}

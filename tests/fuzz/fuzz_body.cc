// One byte of entry kind, then a body under a header that commits to it: what decodes encodes to
// the same bytes, and opening it under a wrong key is an error, not a crash.
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
    if (UnwrapReportKey(*report, label).ok()) std::abort();
    if (OpenReport(*report, "a.example", key).ok()) std::abort();
  } else if (const auto* relabel = std::get_if<RelabelBody>(&body)) {
    if (UnwrapRelabelKey(*relabel, label).ok()) std::abort();
  } else if (const auto* update = std::get_if<UpdateBody>(&body)) {
    if (OpenUpdate(kind, *update, "a.example", key).ok()) std::abort();
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

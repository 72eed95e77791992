#include "node/evidence/entry.h"

#include <string>

namespace daftar::evidence {
namespace {

template <class T>
absl::StatusOr<Body> As(ByteView bytes) {
  auto body = T::Decode(bytes);
  if (!body.ok()) return body.status();
  return Body(*std::move(body));
}

}  // namespace

absl::StatusOr<Body> DecodeBody(const Header& header, ByteView bytes) {
  if (header.kind == EntryKind::kErasure) {
    if (bytes.empty()) return Body(std::monostate());
    return absl::InvalidArgumentError("an ERASURE has no body");
  }
  if (CommitTo(bytes) != header.commitment) {
    return absl::InvalidArgumentError("the body of " + std::string(KindName(header.kind)) + " " +
                                      std::to_string(header.index) +
                                      " does not fit the commitment in its header");
  }
  switch (header.kind) {
    case EntryKind::kReport:
      return As<ReportBody>(bytes);
    case EntryKind::kSettlement:
    case EntryKind::kDispute:
    case EntryKind::kResolution:
    case EntryKind::kCorrection:
    case EntryKind::kWithdrawal:
      return As<UpdateBody>(bytes);
    case EntryKind::kRelabel:
      return As<RelabelBody>(bytes);
    case EntryKind::kKeys:
      return As<KeysBody>(bytes);
    case EntryKind::kCharter:
      return As<CharterBody>(bytes);
    case EntryKind::kAdoption:
      return As<AdoptionBody>(bytes);
    case EntryKind::kErasure:
      break;
  }
  return absl::InvalidArgumentError("an entry of unknown kind has no body");
}

}  // namespace daftar::evidence

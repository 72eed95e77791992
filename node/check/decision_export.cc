#include "node/check/decision_export.h"

#include <string>

namespace daftar::check {
namespace {

constexpr uint64_t kLeafBytes = 44;
constexpr uint64_t kUsualReceiptBytes = 1024;  // a guess, for how far the export is

absl::StatusOr<uint64_t> EndOf(const DecisionRange& range, uint64_t size) {
  if (size == 0) {
    return absl::FailedPreconditionError("nothing has been decided here yet: no check was made");
  }
  const uint64_t to = range.to == 0 ? size : range.to;
  if (to > size) {
    return absl::InvalidArgumentError("the decision log has " + std::to_string(size) +
                                      " receipts, " + std::to_string(to) + " were asked for");
  }
  if (range.from >= to) {
    return absl::InvalidArgumentError("from " + std::to_string(range.from) + " to " +
                                      std::to_string(to) + " there is no receipt");
  }
  return to;
}

}  // namespace

absl::Status ExportDecisions(const ReceiptLog& log, const ledger::LogIdentity& identity,
                             const DecisionRange& range, evidence::UnixMillis now,
                             audit::BundleSink& sink) {
  const auto view = log.View();
  if (!view.ok()) return view.status();
  const auto to = EndOf(range, view->size());
  if (!to.ok()) return to.status();

  audit::BundleWriter writer(sink, *to * kLeafBytes + (*to - range.from) * kUsualReceiptBytes);
  absl::Status written = writer.BeginFile("leaves");
  if (!written.ok()) return written;
  absl::Status read = view->ReadLeaves(0, *to, [&](crypto::ByteView leaf) {
    written = writer.Append(leaf);
    return written.ok();
  });
  if (!written.ok()) return written;
  if (!read.ok()) return read;

  written = writer.BeginFile("receipts");
  if (!written.ok()) return written;
  read = view->ReadKept(range.from, *to, [&](const CommittedReceipt& receipt) {
    written = writer.Append(
        crypto::Writer().U64(receipt.index).Raw(receipt.salt).Prefixed32(receipt.body).bytes());
    return written.ok();
  });
  if (!written.ok()) return written;
  if (!read.ok()) return read;

  audit::Manifest manifest;
  manifest.kind = audit::BundleKind::kDecisions;
  manifest.origin = identity.origin;
  manifest.circle = identity.circle;
  manifest.made_at = now.value / 1000;
  manifest.from = range.from;
  manifest.to = *to;
  return writer.Finish(manifest, identity.entry_key);
}

}  // namespace daftar::check

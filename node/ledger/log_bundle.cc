#include "node/ledger/log_bundle.h"

#include <set>

namespace daftar::ledger {
namespace {

using crypto::ByteView;
using crypto::Writer;
using evidence::EntryKind;
using storage::Column;
using storage::kOwnLog;

std::string Entry(uint64_t index) { return "entry " + std::to_string(index); }

std::string ProofText(const std::vector<crypto::Digest>& hashes) {
  std::string text;
  for (const crypto::Digest& hash : hashes) text += crypto::ToBase64(hash.view()) + "\n";
  return text;
}

}  // namespace

absl::Status LogBundle::Write() {
  writer_.emplace(sink_, excerpt() ? 0 : survey_.bytes);
  absl::Status status = writer_->BeginFile("head");
  if (status.ok()) status = writer_->Append(head_);
  if (status.ok() && request_.from > 0) status = WriteSinceEarlier();
  if (status.ok() && excerpt()) status = WriteEarlier(to_);
  if (status.ok() && !excerpt()) status = WriteEntries();
  if (status.ok()) status = WriteCharters();
  if (status.ok()) status = writer_->BeginFile("cosigners");
  for (const auto& [origin, note] : source_.cosigners) {
    if (status.ok()) status = writer_->Append(Writer().Prefixed32(crypto::AsBytes(note)).Take());
  }
  if (status.ok() && !keys_.empty()) status = WriteOpenings();
  if (status.ok() && !case_.empty()) {
    status = writer_->BeginFile("case");
    if (status.ok()) status = writer_->Append(case_);
  }
  if (status.ok() && excerpt()) status = WriteExcerpt();
  if (!status.ok()) return status;
  audit::Manifest manifest;
  manifest.kind = excerpt() ? audit::BundleKind::kExcerpt : audit::BundleKind::kLog;
  manifest.origin = source_.identity.origin;
  manifest.circle = source_.identity.circle;
  manifest.made_at = now_.seconds();
  manifest.from = request_.from;
  manifest.to = to_;
  return writer_->Finish(std::move(manifest), source_.identity.entry_key);
}

// What leads from the head of an earlier audit to this one's.
absl::Status LogBundle::WriteSinceEarlier() {
  absl::Status status = writer_->BeginFile("head-from");
  if (status.ok()) status = writer_->Append(head_from_);
  auto proof = log_->ConsistencyProof(kOwnLog, request_.from, to_);
  if (!proof.ok()) return proof.status();
  if (status.ok()) status = writer_->BeginFile("consistency");
  if (status.ok()) {
    status = writer_->Append("old " + std::to_string(request_.from) + "\n" + ProofText(*proof) +
                             "\n" + head_);
  }
  if (status.ok()) status = writer_->BeginFile("frontier");
  const crypto::SubtreeReader read = log_->Reader(kOwnLog, to_);
  uint64_t covered = 0;
  for (uint32_t level = 63; level-- > 0 && status.ok();) {
    if ((request_.from >> level & 1) == 0) continue;
    auto hash = read(level, covered >> level);
    if (!hash.ok()) return hash.status();
    status = writer_->Append(hash->view());
    covered += uint64_t{1} << level;
  }
  if (!status.ok()) return status;
  return WriteEarlier(request_.from);
}

absl::Status LogBundle::WriteEarlier(uint64_t below) {
  absl::Status status = writer_->BeginFile("earlier");
  for (const uint64_t index : survey_.set_up) {
    if (index >= below) break;
    auto leaf = log_->ReadLeaf(kOwnLog, index);
    if (!leaf.ok()) return leaf.status();
    auto body = ReadBody(index);
    if (!body.ok()) return body.status();
    auto proof = log_->InclusionProof(kOwnLog, index, to_);
    if (!proof.ok()) return proof.status();
    Writer record;
    record.U64(index).Prefixed16(*leaf).Prefixed16(*body).U8(static_cast<uint8_t>(proof->size()));
    for (const crypto::Digest& hash : *proof) record.Raw(hash.view());
    if (status.ok()) status = writer_->Append(record.bytes());
    if (!status.ok()) return status;
  }
  return status;
}

absl::Status LogBundle::WriteEntries() {
  absl::Status status = writer_->BeginFile("entries");
  if (!status.ok()) return status;
  std::vector<bool> with_body(to_ - request_.from);
  absl::Status read =
      log_->ReadLeaves(kOwnLog, request_.from, to_, [&](uint64_t index, ByteView leaf) {
        auto entry = evidence::SignedHeader::DecodeLeaf(leaf);
        if (!entry.ok()) {
          status = absl::DataLossError(Entry(index) + " of this node's log is no entry");
          return false;
        }
        with_body[index - request_.from] = survey_.HasBody(entry->header);
        status = writer_->Append(Writer().Prefixed16(leaf).bytes());
        return status.ok();
      });
  if (!read.ok()) return read;
  if (!status.ok()) return status;
  return WriteBodies(with_body);
}

// By one range read. Rows that the head does not know to be erased have to be there; those that it
// does may be there still, and are left out.
absl::Status LogBundle::WriteBodies(const std::vector<bool>& with_body) {
  absl::Status status = writer_->BeginFile("bodies");
  if (!status.ok()) return status;
  uint64_t next = request_.from;  // all below are written
  const auto skip_to = [&](uint64_t index) {
    for (; next < index && status.ok(); ++next) {
      if (with_body[next - request_.from]) status = BodyIsMissing(next);
    }
    return status.ok();
  };
  absl::Status scanned =
      store_->Scan(Column::kLogBodies, storage::LogKey(static_cast<uint32_t>(kOwnLog)),
                   storage::LogIndexKey(static_cast<uint32_t>(kOwnLog), request_.from),
                   [&](ByteView key, ByteView body) {
                     crypto::Reader reader(key);
                     reader.U32();
                     const uint64_t index = reader.U64();
                     if (index >= to_ || !skip_to(index)) return false;
                     next = index + 1;
                     if (!with_body[index - request_.from]) return true;
                     status = writer_->Append(Writer().U64(index).Prefixed16(body).bytes());
                     return status.ok();
                   });
  if (!scanned.ok()) return scanned;
  if (status.ok()) skip_to(to_);
  return status;
}

absl::Status LogBundle::WriteCharters() {
  absl::Status status = writer_->BeginFile("charters");
  std::set<evidence::CharterHash> stated;
  for (const uint64_t index : survey_.set_up) {
    auto entry = ReadEntry(index);
    if (!entry.ok()) return entry.status();
    if (entry->header.kind != EntryKind::kCharter) continue;
    auto body = ReadBody(index);
    if (!body.ok()) return body.status();
    auto charter = evidence::CharterBody::Decode(*body);
    if (!charter.ok()) return absl::DataLossError("the body of " + Entry(index) + " is malformed");
    stated.insert(charter->charter);
  }
  for (const evidence::CharterHash& hash : stated) {
    const auto charter = source_.charters.Find(hash);
    if (charter == nullptr || !status.ok()) continue;
    status = writer_->Append(Writer().Prefixed32(crypto::AsBytes(charter->source)).bytes());
  }
  return status;
}

absl::Status LogBundle::WriteOpenings() {
  absl::Status status = writer_->BeginFile("openings");
  for (const auto& [index, key] : keys_) {
    if (status.ok()) status = writer_->Append(Writer().U64(index).Raw(key.Expose()).bytes());
  }
  return status;
}

absl::Status LogBundle::WriteExcerpt() {
  for (const uint64_t index : entries_) {
    auto entry = ReadEntry(index);
    if (!entry.ok()) return entry.status();
    const std::string name = "entry-" + std::to_string(index);
    absl::Status status = writer_->BeginFile(name + ".leaf");
    if (status.ok()) status = writer_->Append(entry->Leaf());
    if (status.ok() && survey_.HasBody(entry->header)) {
      auto body = ReadBody(index);
      if (!body.ok()) return body.status();
      status = writer_->BeginFile(name + ".body");
      if (status.ok()) status = writer_->Append(*body);
    }
    auto proof = log_->InclusionProof(kOwnLog, index, to_);
    if (!proof.ok()) return proof.status();
    if (status.ok()) status = writer_->BeginFile(name + ".tlog-proof");
    if (status.ok()) {
      status = writer_->Append("c2sp.org/tlog-proof@v1\nindex " + std::to_string(index) + "\n" +
                               ProofText(*proof) + "\n" + head_);
    }
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace daftar::ledger

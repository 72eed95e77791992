#include "node/partners/cosignatures.h"

#include "node/evidence/header.h"

namespace daftar::partners {
namespace {

using crypto::Bytes;
using storage::Column;

constexpr uint8_t kVersion = 1;

Bytes KeyOf(storage::LogNumber log, std::string_view witness) {
  return crypto::Writer().U32(static_cast<uint32_t>(log)).Raw(crypto::AsBytes(witness)).Take();
}

Bytes Encode(const Cosignature& cosignature) {
  return crypto::Writer()
      .U8(kVersion)
      .U64(cosignature.size)
      .Raw(cosignature.root.view())
      .U64(static_cast<uint64_t>(cosignature.time))
      .Raw(cosignature.key.view())
      .Prefixed16(cosignature.blob)
      .Take();
}

absl::StatusOr<Cosignature> Decode(std::string witness, crypto::ByteView row) {
  crypto::Reader reader(row);
  Cosignature cosignature;
  cosignature.witness = std::move(witness);
  if (reader.U8() != kVersion) reader.Fail();
  cosignature.size = reader.U64();
  cosignature.root = reader.Take<crypto::Digest>();
  cosignature.time = static_cast<int64_t>(reader.U64());
  cosignature.key = reader.Take<crypto::KeyId>();
  cosignature.blob = crypto::ToBytes(reader.Prefixed16());
  if (!reader.Finish("cosignature row").ok()) {
    return absl::DataLossError("the row of a cosignature is malformed");
  }
  return cosignature;
}

}  // namespace

crypto::NoteSignature Cosignature::Line() const {
  return {evidence::MirrorKeyName(witness), key, blob};
}

absl::StatusOr<std::unique_ptr<Cosignatures>> Cosignatures::Open(storage::Store& store,
                                                                 storage::LogNumber log) {
  std::unique_ptr<Cosignatures> cosignatures(new Cosignatures(store, log));
  if (absl::Status status = cosignatures->Load(); !status.ok()) return status;
  return cosignatures;
}

absl::Status Cosignatures::Load() {
  absl::Status malformed;
  decltype(newest_) newest;
  const Bytes prefix = storage::LogKey(static_cast<uint32_t>(log_));
  absl::Status scanned = store_.Scan(
      Column::kCosignatures, prefix, prefix, [&](crypto::ByteView key, crypto::ByteView row) {
        std::string witness(crypto::AsText(key.subspan(prefix.size())));
        auto cosignature = Decode(witness, row);
        if (!cosignature.ok()) {
          malformed = cosignature.status();
          return false;
        }
        newest[std::move(witness)] = *std::move(cosignature);
        return true;
      });
  storage::MutexLock lock(mutex_);
  newest_ = std::move(newest);
  return scanned.ok() ? malformed : scanned;
}

bool Cosignatures::IsNews(const Cosignature& cosignature) const {
  const auto found = newest_.find(cosignature.witness);
  if (found == newest_.end()) return true;
  const Cosignature& kept = found->second;
  if (cosignature.size != kept.size) return cosignature.size > kept.size;
  return cosignature.root == kept.root && cosignature.key != kept.key;
}

absl::StatusOr<std::vector<Cosignature>> Cosignatures::Keep(std::vector<Cosignature> cosignatures,
                                                            const Beside& beside) {
  storage::MutexLock writing(writing_);
  std::vector<Cosignature> news;
  {
    storage::MutexLock lock(mutex_);
    for (Cosignature& cosignature : cosignatures) {
      if (IsNews(cosignature)) news.push_back(std::move(cosignature));
    }
  }
  if (news.empty()) return news;
  storage::Batch batch;
  for (const Cosignature& cosignature : news) {
    batch.Put(Column::kCosignatures, KeyOf(log_, cosignature.witness), Encode(cosignature));
    if (beside) beside(cosignature, batch);
  }
  if (absl::Status status = store_.Write(std::move(batch)); !status.ok()) return status;
  storage::MutexLock lock(mutex_);
  for (const Cosignature& cosignature : news) newest_[cosignature.witness] = cosignature;
  return news;
}

absl::Status Cosignatures::Renew(const Cosignature& renewed) {
  storage::MutexLock writing(writing_);
  const auto kept = Of(renewed.witness);
  if (!kept.has_value() || kept->size != renewed.size || kept->root != renewed.root ||
      kept->key != renewed.key || kept->time >= renewed.time) {
    return absl::FailedPreconditionError("what is kept is no earlier cosignature over that head");
  }
  storage::Batch batch;
  batch.Put(Column::kCosignatures, KeyOf(log_, renewed.witness), Encode(renewed));
  if (absl::Status status = store_.Write(std::move(batch)); !status.ok()) return status;
  storage::MutexLock lock(mutex_);
  newest_[renewed.witness] = renewed;
  return absl::OkStatus();
}

std::optional<Cosignature> Cosignatures::Of(std::string_view witness) const {
  storage::MutexLock lock(mutex_);
  const auto found = newest_.find(witness);
  return found == newest_.end() ? std::nullopt : std::optional(found->second);
}

std::vector<Cosignature> Cosignatures::Over(const crypto::Checkpoint& head) const {
  storage::MutexLock lock(mutex_);
  std::vector<Cosignature> over;
  for (const auto& [witness, cosignature] : newest_) {
    if (cosignature.size == head.size && cosignature.root == head.root) over.push_back(cosignature);
  }
  return over;
}

CosignedSizes Cosignatures::Sizes() const {
  storage::MutexLock lock(mutex_);
  CosignedSizes sizes;
  for (const auto& [witness, cosignature] : newest_) sizes[witness] = cosignature.size;
  return sizes;
}

}  // namespace daftar::partners

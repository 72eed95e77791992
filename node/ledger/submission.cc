#include "node/ledger/submission.h"

namespace daftar::ledger {
namespace {

using crypto::Bytes;
using crypto::ByteView;
using crypto::Reader;
using crypto::Writer;

constexpr uint8_t kVersion = 1;
constexpr uint8_t kVersionWithGround = 2;  // of ERASUREs only
constexpr uint8_t kQueued = 'q';
constexpr uint8_t kPublished = 'p';

}  // namespace

Bytes Submission::QueuePrefix() { return {kQueued}; }

Bytes Submission::QueueKey(int64_t not_before, const SubmissionId& id) {
  return Writer().U8(kQueued).U64(static_cast<uint64_t>(not_before)).Raw(id.view()).Take();
}

Bytes Submission::Encode() const {
  Writer writer;
  const bool erases = ground != evidence::ErasureGround::kNone;
  writer.U8(erases ? kVersionWithGround : kVersion).U8(static_cast<uint8_t>(kind)).U64(about);
  if (erases) writer.U8(static_cast<uint8_t>(ground));
  return writer.Raw(commitment.view()).Prefixed16(body).Take();
}

absl::StatusOr<Submission> Submission::Decode(ByteView key, ByteView value) {
  Submission submission;
  Reader key_reader(key);
  key_reader.U8();
  submission.not_before = static_cast<int64_t>(key_reader.U64());
  submission.id = key_reader.Take<SubmissionId>();
  Reader reader(value);
  const uint8_t version = reader.U8();
  if (version != kVersion && version != kVersionWithGround) reader.Fail();
  submission.kind = static_cast<evidence::EntryKind>(reader.U8());
  submission.about = reader.U64();
  if (version == kVersionWithGround) {
    submission.ground = static_cast<evidence::ErasureGround>(reader.U8());
    if (submission.ground == evidence::ErasureGround::kNone ||
        submission.ground > evidence::ErasureGround::kMistake) {
      reader.Fail();
    }
  }
  submission.commitment = reader.Take<evidence::Commitment>();
  submission.body = crypto::ToBytes(reader.Prefixed16());
  if (!key_reader.Finish("queue key").ok() || !reader.Finish("queue row").ok()) {
    return absl::DataLossError("a row of the publication queue is malformed");
  }
  return submission;
}

Bytes Publication::Prefix() { return {kPublished}; }

Bytes Publication::Key(const SubmissionId& id) {
  return Writer().U8(kPublished).Raw(id.view()).Take();
}

Bytes Publication::Encode() const {
  return Writer().U8(kVersion).U64(index).U64(static_cast<uint64_t>(issued_at)).Take();
}

absl::StatusOr<Publication> Publication::Decode(ByteView value) {
  Reader reader(value);
  Publication publication;
  if (reader.U8() != kVersion) reader.Fail();
  publication.index = reader.U64();
  publication.issued_at = static_cast<int64_t>(reader.U64());
  if (!reader.Finish("publication row").ok()) {
    return absl::DataLossError("a publication row is malformed");
  }
  return publication;
}

absl::StatusOr<std::optional<Publication>> FindPublication(const storage::StoreReader& store,
                                                           const SubmissionId& id) {
  auto row = store.Get(storage::Column::kSubmissions, Publication::Key(id));
  if (!row.ok()) return row.status();
  if (!row->has_value()) return std::nullopt;
  auto publication = Publication::Decode(**row);
  if (!publication.ok()) return publication.status();
  return *publication;
}

}  // namespace daftar::ledger

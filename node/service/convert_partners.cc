// What partners send each other.
#include "node/service/convert.h"

namespace daftar::service {

v1::NodeCard ToProto(const partners::NodeCard& card) {
  v1::NodeCard out;
  out.set_origin(card.origin);
  out.set_name(card.name);
  out.set_endpoint(card.endpoint);
  out.set_circle(card.circle.data(), evidence::CircleId::kSize);
  out.set_charter(card.charter.data(), evidence::CharterHash::kSize);
  out.set_first_leaf(card.first_leaf.data(), card.first_leaf.size());
  out.set_first_body(card.first_body.data(), card.first_body.size());
  out.set_certificate_pem(card.certificate_pem);
  out.set_second_leaf(card.second_leaf.data(), card.second_leaf.size());
  out.set_second_body(card.second_body.data(), card.second_body.size());
  return out;
}

absl::StatusOr<partners::NodeCard> FromProto(const v1::NodeCard& card) {
  partners::NodeCard out;
  out.origin = card.origin();
  out.name = card.name();
  out.endpoint = card.endpoint();
  auto circle = evidence::CircleId::Create(crypto::AsBytes(card.circle()));
  if (!circle.ok()) return absl::InvalidArgumentError("card: the circle has 16 bytes");
  out.circle = *circle;
  auto charter = evidence::CharterHash::Create(crypto::AsBytes(card.charter()));
  if (!charter.ok()) return absl::InvalidArgumentError("card: the charter hash has 32 bytes");
  out.charter = *charter;
  out.first_leaf = crypto::ToBytes(card.first_leaf());
  out.first_body = crypto::ToBytes(card.first_body());
  out.certificate_pem = card.certificate_pem();
  out.second_leaf = crypto::ToBytes(card.second_leaf());
  out.second_body = crypto::ToBytes(card.second_body());
  return out;
}

absl::StatusOr<crypto::Digest> FirstEntryFromProto(const std::string& first_entry) {
  const std::string compare =
      ": the hash of the new log's first entry, as its operator reads it out by phone; `daftar "
      "partner show` has the one that was seen here";
  if (first_entry.empty()) {
    return absl::InvalidArgumentError("--first-entry is needed" + compare);
  }
  auto hash = crypto::Digest::FromHexText(first_entry);
  if (hash.ok()) return hash;
  return absl::InvalidArgumentError("--first-entry takes all 64 hexadecimal digits, not " +
                                    std::to_string(first_entry.size()) + " characters" + compare);
}

v1::FollowResponse ToProto(evidence::FeedBatch batch) {
  v1::FollowResponse out;
  out.set_from(batch.from);
  for (evidence::FeedEntry& entry : batch.entries) {
    v1::FeedEntry* row = out.add_entries();
    row->set_leaf(entry.leaf.data(), entry.leaf.size());
    if (entry.body.has_value()) row->set_body(entry.body->data(), entry.body->size());
  }
  out.set_head(batch.head);
  for (const crypto::Digest& hash : batch.consistency) {
    out.add_consistency(hash.data(), crypto::Digest::kSize);
  }
  return out;
}

absl::StatusOr<evidence::FeedBatch> FromProto(v1::FollowResponse response) {
  if (static_cast<size_t>(response.entries_size()) > evidence::kMaxFeedEntries) {
    return absl::InvalidArgumentError("a batch has too many entries");
  }
  if (static_cast<size_t>(response.consistency_size()) > crypto::kMaxProofHashes) {
    return absl::InvalidArgumentError("a consistency proof has too many hashes");
  }
  if (response.head().size() > evidence::kMaxFeedHeadBytes) {
    return absl::InvalidArgumentError("a signed head is too large");
  }
  evidence::FeedBatch batch;
  batch.from = response.from();
  batch.entries.reserve(static_cast<size_t>(response.entries_size()));
  for (const v1::FeedEntry& entry : response.entries()) {
    evidence::FeedEntry row;
    row.leaf = crypto::ToBytes(entry.leaf());
    if (entry.has_body()) row.body = crypto::ToBytes(entry.body());
    batch.entries.push_back(std::move(row));
  }
  batch.head = std::move(*response.mutable_head());
  for (const std::string& hash : response.consistency()) {
    auto digest = crypto::Digest::Create(crypto::AsBytes(hash));
    if (!digest.ok()) return absl::InvalidArgumentError("a consistency hash has 32 bytes");
    batch.consistency.push_back(*digest);
  }
  return batch;
}

}  // namespace daftar::service

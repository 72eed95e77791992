// The newest head, and the entries of the own log and of partners'.
#include <algorithm>
#include <map>

#include "crypto/merkle.h"
#include "node/service/convert.h"
#include "node/service/node_handlers.h"
#include "storage/log_store.h"

namespace daftar::service {
namespace {

// Those of `partners` in the note, which were verified before they got there, by origin. Partners
// that are removed or suspended may have lines in it too.
void AddCosignatures(const std::string& text, std::span<const PolicyPartner> partners,
                     google::protobuf::RepeatedPtrField<v1::LogCosignature>& out) {
  auto note = crypto::ParseNote(text);
  if (!note.ok()) return;
  std::map<std::string, int64_t> times;
  for (const PolicyPartner& partner : partners) {
    const crypto::NoteKey key{evidence::MirrorKeyName(partner.origin),
                              crypto::KeyType::kCosignature, partner.mirror};
    const auto line = std::ranges::find_if(note->signatures, [&](const auto& one) {
      return one.name == key.name && one.id == key.id();
    });
    if (line == note->signatures.end()) continue;
    times.emplace(partner.origin, static_cast<int64_t>(crypto::Reader(line->blob).U64()));
  }
  for (const auto& [witness, seconds] : times) {
    v1::LogCosignature* row = out.Add();
    row->set_witness(witness);
    row->set_at(TimeText(evidence::UnixMillis::OfSeconds(seconds)));
  }
}

}  // namespace

absl::StatusOr<v1::GetLogHeadResponse> NodeHandlers::GetLogHead(const Actor& actor,
                                                                const v1::GetLogHeadRequest&) {
  if (absl::Status s = Authorise(actor, "NodeService/GetLogHead"); !s.ok()) return s;
  node_.ServeCosignatures();
  const auto head = node_.publisher().Head();
  if (!head.has_value()) {
    return absl::UnavailableError("there is no signed head: " + node_.publisher().trouble());
  }
  const std::string& origin = node_.config().origin;
  const storage::NodeKeys& keys = node_.keys();
  v1::GetLogHeadResponse out;
  out.set_note(head->note);
  out.set_origin(origin);
  out.set_size(head->checkpoint.size);
  out.set_root(head->checkpoint.root.hex());
  out.set_signed_at(TimeText({head->timestamp * 1000}));
  out.set_head_vkey(
      crypto::NoteKey{origin, crypto::KeyType::kEd25519, keys.head.public_key()}.ToVkey());
  out.set_self_vkey(crypto::NoteKey{evidence::SelfKeyName(origin), crypto::KeyType::kCosignature,
                                    keys.self.public_key()}
                        .ToVkey());
  out.set_mirror_vkey(crypto::NoteKey{evidence::MirrorKeyName(origin),
                                      crypto::KeyType::kCosignature, keys.mirror.public_key()}
                          .ToVkey());
  AddCosignatures(head->note, PolicyPartners(), *out.mutable_cosignatures());
  return out;
}

absl::StatusOr<v1::ListLogEntriesResponse> NodeHandlers::ListLogEntries(
    const Actor& actor, const v1::ListLogEntriesRequest& request) {
  if (absl::Status s = Authorise(actor, "NodeService/ListLogEntries"); !s.ok()) return s;
  auto page = PageSizeFromProto(request.page_size());
  if (!page.ok()) return page.status();
  storage::LogNumber log = storage::kOwnLog;
  std::shared_ptr<partners::Mirror> mirror;
  v1::ListLogEntriesResponse out;
  if (request.origin().empty() || request.origin() == node_.config().origin) {
    const auto head = node_.publisher().Head();
    // In trouble there is no head, and what the database holds is shown all the same.
    out.set_log_size(head.has_value() ? head->checkpoint.size : node_.publisher().tree_size());
  } else {
    auto partner = node_.registry().Find(request.origin());
    if (!partner.ok()) return partner.status();
    log = partner->log;
    mirror = node_.followers().MirrorOf(partner->origin);
    if (mirror != nullptr) out.set_log_size(mirror->View().size);
  }
  const uint64_t from = std::min(request.from(), out.log_size());
  const uint64_t to = std::min(out.log_size(), from + *page);
  absl::Status failed;
  absl::Status read =
      storage::LogStore(node_.store())
          .ReadLeaves(log, from, to, [&](uint64_t index, crypto::ByteView leaf) {
            v1::LogEntry* row = out.add_entries();
            row->set_index(index);
            row->set_leaf_hash(crypto::MerkleLeafHash(leaf).hex());
            auto body = node_.store().Get(storage::Column::kLogBodies,
                                          storage::LogIndexKey(static_cast<uint32_t>(log), index));
            if (!body.ok()) {
              failed = body.status();
              return false;
            }
            row->set_has_body(body->has_value());
            auto entry = evidence::SignedHeader::DecodeLeaf(leaf);
            if (!entry.ok()) {
              row->set_kind("VOID");
              return true;
            }
            const evidence::Header& header = entry->header;
            row->set_kind(std::string(evidence::KindName(header.kind)));
            if (header.ground != evidence::ErasureGround::kNone) {
              row->set_ground(std::string(ErasedForText(header.ground)));
            }
            row->set_issued_at(
                TimeText(evidence::UnixMillis::OfSeconds(static_cast<int64_t>(header.issued_at))));
            if (header.about != evidence::kAboutNothing) row->set_about(header.about);
            row->set_signer(header.signer.hex());
            row->set_commitment(header.commitment.hex());
            std::optional<crypto::PublicKey> key;
            if (mirror != nullptr) {
              key = mirror->EntryKeyAt(header.signer, index);
            } else {
              key = node_.keys().entry.public_key();
            }
            row->set_signature_valid(key.has_value() && entry->VerifiedBy(*key));
            return true;
          });
  if (!read.ok()) return read;
  if (!failed.ok()) return failed;
  return out;
}

}  // namespace daftar::service

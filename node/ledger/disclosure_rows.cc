#include "node/ledger/disclosure_rows.h"

#include <algorithm>
#include <set>

namespace daftar::ledger {
namespace rows {
namespace {

using crypto::Bytes;
using crypto::Reader;
using crypto::Writer;

constexpr uint8_t kVersion = 1;

DisclosedFile ReadFile(Reader& reader) {
  DisclosedFile file;
  file.number = reader.U16();
  file.kind = static_cast<evidence::ProofKind>(reader.U8());
  const auto kinds = evidence::AllProofKinds();
  if (std::find(kinds.begin(), kinds.end(), file.kind) == kinds.end()) reader.Fail();
  file.digest = reader.Take<crypto::Digest>();
  return file;
}

evidence::UnixMillis ReadTime(Reader& reader) { return {static_cast<int64_t>(reader.U64())}; }

}  // namespace

Bytes RequestPrefix(const IncidentId& incident) {
  return Writer().U8('i').Raw(incident.view()).Take();
}
Bytes RequestKey(const IncidentId& incident, const evidence::ProofRequestId& id) {
  return Writer().U8('i').Raw(incident.view()).Raw(id.view()).Take();
}
Bytes RequestIdKey(const evidence::ProofRequestId& id) {
  return Writer().U8('r').Raw(id.view()).Take();
}
Bytes RequestTimePrefix() { return {'s'}; }
Bytes RequestTimeKey(evidence::UnixMillis asked_at, const evidence::ProofRequestId& id) {
  return Writer().U8('s').U64(~static_cast<uint64_t>(asked_at.value)).Raw(id.view()).Take();
}
Bytes OpenRequestPrefix() { return {'o'}; }
Bytes OpenRequestPrefix(std::string_view partner) {
  return Writer().U8('o').Prefixed8(crypto::AsBytes(partner)).Take();
}
Bytes OpenRequestKey(std::string_view partner, const evidence::ProofRequestId& id) {
  return Writer().U8('o').Prefixed8(crypto::AsBytes(partner)).Raw(id.view()).Take();
}
evidence::ProofRequestId RequestIdAtEnd(crypto::ByteView key) {
  auto id = evidence::ProofRequestId::Create(
      key.last(std::min(key.size(), evidence::ProofRequestId::kSize)));
  return id.ok() ? *id : evidence::ProofRequestId();
}

Bytes Encode(const ProofRequest& request) {
  Writer writer;
  writer.U8(kVersion).Raw(request.id.view()).Raw(request.incident.view()).U64(request.report);
  writer.Prefixed16(crypto::AsBytes(request.partner)).Prefixed16(crypto::AsBytes(request.why));
  writer.U64(static_cast<uint64_t>(request.asked_at.value));
  writer.U8(static_cast<uint8_t>(request.state)).U8(request.open ? 1 : 0);
  writer.U64(static_cast<uint64_t>(request.decided_at.value));
  writer.Prefixed16(crypto::AsBytes(request.decided_by));
  writer.Prefixed16(crypto::AsBytes(request.because));
  writer.U8(static_cast<uint8_t>(request.files.size()));
  for (const DisclosedFile& file : request.files) {
    writer.U16(file.number).U8(static_cast<uint8_t>(file.kind)).Raw(file.digest.view());
  }
  writer.U8(static_cast<uint8_t>(request.fetched.size()));
  for (const evidence::UnixMillis at : request.fetched) {
    writer.U64(static_cast<uint64_t>(at.value));
  }
  return writer.Take();
}

absl::StatusOr<ProofRequest> DecodeRequest(crypto::ByteView bytes) {
  Reader reader(bytes);
  ProofRequest request;
  if (reader.U8() != kVersion) reader.Fail();
  request.id = reader.Take<evidence::ProofRequestId>();
  request.incident = reader.Take<IncidentId>();
  request.report = reader.U64();
  request.partner = reader.Text16();
  request.why = reader.Text16();
  request.asked_at = ReadTime(reader);
  const uint8_t state = reader.U8();
  if (state < 1 || state > static_cast<uint8_t>(ProofRequestState::kLapsed)) reader.Fail();
  request.state = static_cast<ProofRequestState>(state);
  request.open = reader.U8() != 0;
  request.decided_at = ReadTime(reader);
  request.decided_by = reader.Text16();
  request.because = reader.Text16();
  const uint8_t files = reader.U8();
  for (int i = 0; i < files && reader.ok(); ++i) request.files.push_back(ReadFile(reader));
  const uint8_t fetched = reader.U8();
  for (int i = 0; i < fetched && reader.ok(); ++i) request.fetched.push_back(ReadTime(reader));
  if (!reader.Finish("proof request").ok()) {
    return absl::DataLossError(
        "a row of the requests for proof is malformed, or of a newer version");
  }
  return request;
}

}  // namespace rows

std::string_view RequestStateName(ProofRequestState state) {
  switch (state) {
    case ProofRequestState::kWaiting:
      return "waiting";
    case ProofRequestState::kDisclosed:
      return "disclosed";
    case ProofRequestState::kRefused:
      return "refused";
    case ProofRequestState::kLapsed:
      return "lapsed";
  }
  std::abort();
}

bool HasNoReport(IncidentState state) {
  return state == IncidentState::kWithdrawn || state == IncidentState::kExpired ||
         state == IncidentState::kErased;
}

absl::StatusOr<std::vector<ProofRequest>> RequestsAbout(const storage::StoreReader& store,
                                                        const storage::Vault& vault,
                                                        const IncidentId& incident) {
  std::vector<ProofRequest> requests;
  absl::Status failed;
  const crypto::Bytes prefix = rows::RequestPrefix(incident);
  absl::Status scanned =
      store.Scan(storage::Column::kProofRequests, prefix, prefix,
                 [&](crypto::ByteView key, crypto::ByteView value) {
                   auto plain = vault.Open(storage::Column::kProofRequests, key, value);
                   auto request = plain.ok() ? rows::DecodeRequest(plain->Expose())
                                             : absl::StatusOr<ProofRequest>(plain.status());
                   if (!request.ok()) {
                     failed = request.status();
                     return false;
                   }
                   requests.push_back(*std::move(request));
                   return true;
                 });
  if (!scanned.ok()) return scanned;
  if (!failed.ok()) return failed;
  std::sort(requests.begin(), requests.end(),
            [](const auto& a, const auto& b) { return a.asked_at > b.asked_at; });
  return requests;
}

// By the keys alone: a row that cannot be read is erased too.
absl::Status EraseRequests(const storage::StoreReader& store, const storage::Vault&,
                           const IncidentId& incident, storage::Batch& batch) {
  constexpr auto kColumn = storage::Column::kProofRequests;
  std::set<evidence::ProofRequestId> ids;
  const crypto::Bytes about = rows::RequestPrefix(incident);
  absl::Status scanned =
      store.Scan(kColumn, about, about, [&](crypto::ByteView key, crypto::ByteView) {
        const evidence::ProofRequestId id = rows::RequestIdAtEnd(key);
        batch.Delete(kColumn, crypto::ToBytes(key));
        batch.Delete(kColumn, rows::RequestIdKey(id));
        ids.insert(id);
        return true;
      });
  if (ids.empty()) return scanned;
  for (const crypto::Bytes& list : {rows::RequestTimePrefix(), rows::OpenRequestPrefix()}) {
    if (!scanned.ok()) break;
    scanned = store.Scan(kColumn, list, list, [&](crypto::ByteView key, crypto::ByteView) {
      if (ids.count(rows::RequestIdAtEnd(key)) > 0) batch.Delete(kColumn, crypto::ToBytes(key));
      return true;
    });
  }
  return scanned;
}

}  // namespace daftar::ledger

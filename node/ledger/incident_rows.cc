#include "node/ledger/incident_rows.h"

#include "storage/log_store.h"

namespace daftar::ledger::rows {
namespace {

using crypto::Bytes;
using crypto::Writer;

storage::BlindTag TagOf(const storage::Vault& vault, std::string_view purpose,
                        const identity::Identifier& identifier) {
  return vault.Tag(purpose, identity::TypeName(identifier.type()), identifier.value());
}

}  // namespace

Bytes IncidentKey(const IncidentId& id) { return Writer().U8('i').Raw(id.view()).Take(); }

Bytes TimePrefix() { return {'s'}; }

Bytes TimeKey(evidence::UnixMillis added_at, const IncidentId& id) {
  return Writer().U8('s').U64(~static_cast<uint64_t>(added_at.value)).Raw(id.view()).Take();
}

Bytes SubjectPrefix(const storage::Vault& vault, const identity::Identifier& identifier) {
  return Writer().U8('t').Raw(TagOf(vault, "incident", identifier).view()).Take();
}

Bytes SubjectKey(const storage::Vault& vault, const identity::Identifier& identifier,
                 const IncidentId& id) {
  return Writer().Raw(SubjectPrefix(vault, identifier)).Raw(id.view()).Take();
}

Bytes ProofsKey(const IncidentId& id) { return Writer().U8('p').Raw(id.view()).Take(); }

Bytes OrderKey(std::string_view order) { return Writer().U8('o').Raw(order).Take(); }

Bytes DeadlinePrefix() { return {'d'}; }

Bytes DeadlineKey(int64_t time, const IncidentId& id) {
  return Writer().U8('d').U64(static_cast<uint64_t>(time)).Raw(id.view()).Take();
}

Bytes AllHaveDeadlinesKey() { return {'v'}; }

int64_t TimeOfDeadline(crypto::ByteView key) {
  crypto::Reader reader(key.subspan(1));
  return static_cast<int64_t>(reader.U64());
}

Bytes CodeKey(std::string_view code) { return Writer().U8('n').Raw(code).Take(); }

Bytes ReportPrefix() { return {'r'}; }

Bytes ReportKey(const evidence::Commitment& commitment) {
  return Writer().U8('r').Raw(commitment.view()).Take();
}

Bytes CounterKey(const storage::Vault& vault, uint32_t epoch,
                 const identity::Identifier& identifier) {
  return Writer().U32(epoch).Raw(TagOf(vault, "counter", identifier).view()).Take();
}

Bytes LostLabelsKey(uint32_t epoch) { return Writer().U32(epoch).Take(); }

Bytes UsedTokenKey(uint32_t epoch, const evidence::Token& token) {
  return Writer().U32(static_cast<uint32_t>(storage::kOwnLog)).U32(epoch).Raw(token.view()).Take();
}

IncidentId IdAtEnd(crypto::ByteView key) {
  auto id = IncidentId::Create(key.last(IncidentId::kSize));
  return id.ok() ? *id : IncidentId();
}

}  // namespace daftar::ledger::rows

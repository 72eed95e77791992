#include "node/partners/registry.h"

#include <algorithm>

#include "crypto/hash.h"
#include "crypto/merkle.h"
#include "storage/audit.h"
#include "storage/requests.h"

namespace daftar::partners {
namespace {

using crypto::Bytes;
using crypto::ByteView;
using crypto::Reader;
using crypto::Writer;
using storage::Batch;
using storage::Column;

constexpr uint8_t kInviteVersion = 1;
constexpr std::string_view kInviteKind = "partner.invite";

Bytes InviteKey(const crypto::Digest& hash) { return Writer().U8('i').Raw(hash.view()).Take(); }

crypto::Digest HashOf(const InviteSecret& secret) {
  return crypto::Sha256({crypto::AsBytes("daftar/invite-secret/v1"), secret.view()});
}

Bytes EncodeInvite(int64_t expires_at, const std::optional<crypto::SpkiPin>& used_by) {
  Writer writer;
  writer.U8(kInviteVersion).U64(static_cast<uint64_t>(expires_at));
  writer.U8(used_by.has_value() ? 1 : 0);
  if (used_by.has_value()) writer.Raw(used_by->view());
  return writer.Take();
}

}  // namespace

absl::StatusOr<std::unique_ptr<Registry>> Registry::Open(storage::Store& store,
                                                         const storage::Vault& vault,
                                                         const evidence::Clock& clock,
                                                         crypto::Entropy& entropy) {
  std::unique_ptr<Registry> registry(new Registry(store, vault, clock, entropy));
  if (absl::Status status = registry->Load(); !status.ok()) return status;
  return registry;
}

Bytes Registry::RowKey(std::string_view origin) { return Writer().U8('p').Raw(origin).Take(); }

absl::Status Registry::Load() {
  storage::MutexLock lock(mutex_);
  absl::Status malformed;
  std::vector<Partner> partners;
  const Bytes partner_prefix{'p'};
  absl::Status scanned =
      store_.Scan(Column::kPartners, partner_prefix, partner_prefix, [&](ByteView, ByteView value) {
        auto partner = Partner::Decode(value);
        if (!partner.ok()) malformed = partner.status();
        if (partner.ok()) partners.push_back(*std::move(partner));
        return malformed.ok();
      });
  if (!scanned.ok()) return scanned;
  if (!malformed.ok()) return malformed;
  for (Partner& partner : partners) {
    std::string origin = partner.origin;
    partners_.emplace(std::move(origin), std::move(partner));
  }
  std::vector<std::pair<crypto::Digest, OpenInvite>> invites;
  const Bytes invite_prefix{'i'};
  scanned = store_.Scan(Column::kPartners, invite_prefix, invite_prefix,
                        [&](ByteView key, ByteView value) {
                          Reader reader(value);
                          OpenInvite invite;
                          if (reader.U8() != kInviteVersion) reader.Fail();
                          invite.expires_at = static_cast<int64_t>(reader.U64());
                          if (reader.U8() != 0) invite.used_by = reader.Take<crypto::SpkiPin>();
                          auto hash = crypto::Digest::Create(key.subspan(1));
                          if (!reader.Finish("invite row").ok() || !hash.ok()) {
                            malformed = absl::DataLossError("an invite's row is malformed");
                            return false;
                          }
                          invites.emplace_back(*hash, invite);
                          return true;
                        });
  if (!scanned.ok()) return scanned;
  invites_.insert(invites.begin(), invites.end());
  return malformed;
}

std::vector<Partner> Registry::All() const {
  storage::MutexLock lock(mutex_);
  std::vector<Partner> all;
  for (const auto& [origin, partner] : partners_) all.push_back(partner);
  return all;
}

std::vector<Partner> Registry::Active() const {
  std::vector<Partner> active = All();
  std::erase_if(active,
                [](const Partner& partner) { return partner.status != PartnerStatus::kActive; });
  return active;
}

absl::StatusOr<Partner> Registry::Find(std::string_view origin) const {
  storage::MutexLock lock(mutex_);
  const auto found = partners_.find(origin);
  if (found != partners_.end()) return found->second;
  std::string known;
  for (const auto& [name, partner] : partners_) known += (known.empty() ? "" : ", ") + name;
  return absl::NotFoundError("no partner has the origin '" + std::string(origin.substr(0, 200)) +
                             "'; there " + (known.empty() ? "are none yet" : "are: " + known));
}

const Partner* Registry::FindPin(const crypto::SpkiPin& pin) const {
  for (const auto& [origin, partner] : partners_) {
    if (partner.pin == pin && partner.status != PartnerStatus::kRemoved) return &partner;
  }
  return nullptr;
}

std::optional<Partner> Registry::ByPin(const crypto::SpkiPin& pin) const {
  storage::MutexLock lock(mutex_);
  const Partner* found = FindPin(pin);
  return found == nullptr ? std::nullopt : std::optional(*found);
}

storage::LogNumber Registry::NextLogNumber() const {
  uint32_t next = static_cast<uint32_t>(storage::kFirstPartnerLog);
  for (const auto& [origin, partner] : partners_) {
    next = std::max(next, static_cast<uint32_t>(partner.log) + 1);
  }
  return static_cast<storage::LogNumber>(next);
}

absl::Status Registry::Write(Batch batch, const storage::Caller& caller, std::string_view action,
                             std::string_view object, std::string_view because) {
  storage::AuditRow row{clock_.Now().value, caller.actor, std::string(action), std::string(object),
                        std::string(because)};
  storage::RecordAudit(batch, vault_, entropy_, row);
  return store_.Write(std::move(batch));
}

absl::StatusOr<Partner> Registry::Add(const storage::Caller& caller, const NodeCard& card) {
  storage::MutexLock lock(mutex_);
  return AddLocked(caller, card, Batch());
}

absl::StatusOr<Partner> Registry::AddLocked(const storage::Caller& caller, const NodeCard& card,
                                            Batch batch) {
  if (absl::Status status = CheckCard(card); !status.ok()) return status;
  auto certificate = crypto::InspectCertificate(card.certificate_pem);
  if (!certificate.ok()) return certificate.status();
  Partner partner;
  const auto known = partners_.find(card.origin);
  const crypto::Digest first_leaf = crypto::MerkleLeafHash(card.first_leaf);
  if (known != partners_.end()) {
    partner = known->second;
    if (partner.replaced()) {
      return absl::FailedPreconditionError(
          "the log of " + card.origin + " counts no more: its node began another in its place, " +
          partner.succession->origin + ", which was accepted here");
    }
    partner.succession.reset();  // it goes on with this log
    if (partner.first_leaf != first_leaf) {
      return absl::AlreadyExistsError(
          "another log is known under the origin " + card.origin +
          "; a node that lost its log begins a new one under a new origin");
    }
  } else {
    if (partners_.size() >= kMaxPartners) {
      return absl::ResourceExhaustedError("a node has at most " + std::to_string(kMaxPartners) +
                                          " partners");
    }
    partner.origin = card.origin;
    partner.first_leaf = first_leaf;
    partner.log = NextLogNumber();
  }
  for (const auto& [origin, other] : partners_) {
    if (origin != card.origin && other.pin == certificate->pin &&
        other.status != PartnerStatus::kRemoved) {
      const bool succeeds = other.succession.has_value() &&
                            other.succession->origin == card.origin &&
                            other.succession->first_leaf == first_leaf;
      return absl::AlreadyExistsError(
          "the partner " + origin + " has the same certificate; " +
          (succeeds ? "this is its new log. Once its operator has read out the same first entry "
                      "by phone: " +
                          AcceptCommand(other)
                    : "where its node began a new log in the place of a lost one, the old one has "
                      "to go before they pair anew: daftar partner remove " +
                          origin + " --because TEXT"));
    }
  }
  partner.name = card.name;
  partner.endpoint = card.endpoint;
  partner.status = PartnerStatus::kActive;
  partner.pin = certificate->pin;
  partner.certificate_pem = card.certificate_pem;
  partner.charter = card.charter;
  partner.paired_at = clock_.Now();
  batch.Put(Column::kPartners, RowKey(partner.origin), partner.Encode());
  absl::Status written = Write(std::move(batch), caller, "partner.add", partner.origin, {});
  if (!written.ok()) return written;
  partners_.insert_or_assign(partner.origin, partner);
  ++version_;
  return partner;
}

absl::StatusOr<Partner> Registry::SetStatus(const storage::Caller& caller, std::string_view origin,
                                            PartnerStatus status, const std::string& because) {
  if (absl::Status said = storage::CheckBecause(because); !said.ok()) return said;
  auto found = Find(origin);
  if (!found.ok()) return found.status();
  storage::MutexLock lock(mutex_);
  Partner partner = partners_.find(origin)->second;
  if (partner.status == status) return partner;
  if (partner.replaced()) {
    return absl::FailedPreconditionError("the log of " + partner.origin +
                                         " was replaced; its partner is " +
                                         partner.succession->origin + " now");
  }
  if (partner.status == PartnerStatus::kRemoved) {
    return absl::FailedPreconditionError(
        "the partner " + partner.origin +
        " was removed; pair again with `daftar partner invite` and `join`");
  }
  partner.status = status;
  if (status == PartnerStatus::kRemoved) partner.succession.reset();
  Batch batch;
  batch.Put(Column::kPartners, RowKey(partner.origin), partner.Encode());
  absl::Status written =
      Write(std::move(batch), caller, "partner." + std::string(StatusName(status)), partner.origin,
            because);
  if (!written.ok()) return written;
  partners_.insert_or_assign(partner.origin, partner);
  ++version_;
  return partner;
}

absl::StatusOr<std::optional<std::string>> Registry::FindInvite(
    const storage::Caller& caller) const {
  auto request = storage::RequestLog::Key(caller.actor, caller.request_id);
  if (!request.ok()) return request.status();
  auto earlier = storage::RequestLog::Find(store_, *request, kInviteKind);
  if (!earlier.ok()) return earlier.status();
  if (!earlier->has_value()) return std::nullopt;
  auto code = vault_.Open(Column::kRequests, *request, **earlier);
  if (!code.ok()) return code.status();
  return std::string(crypto::AsText(code->Expose()));
}

absl::Status Registry::AddInvite(const storage::Caller& caller, const InviteSecret& secret,
                                 int64_t expires_at, std::string_view code) {
  auto request = storage::RequestLog::Key(caller.actor, caller.request_id);
  if (!request.ok()) return request.status();
  storage::MutexLock lock(mutex_);
  Batch batch;
  const int64_t now = clock_.Now().seconds();
  for (const auto& [hash, invite] : invites_) {
    if (invite.expires_at <= now) batch.Delete(Column::kPartners, InviteKey(hash));
  }
  std::erase_if(invites_, [now](const auto& row) { return row.second.expires_at <= now; });
  if (invites_.size() >= kMaxOpenInvites) {
    return absl::ResourceExhaustedError("there are " + std::to_string(kMaxOpenInvites) +
                                        " open invites; wait until some expire");
  }
  const crypto::Digest hash = HashOf(secret);
  batch.Put(Column::kPartners, InviteKey(hash), EncodeInvite(expires_at, std::nullopt));
  const Bytes sealed = vault_.Seal(Column::kRequests, *request, crypto::AsBytes(code));
  storage::RequestLog::Record(batch, *request, kInviteKind, sealed);
  absl::Status written = Write(std::move(batch), caller, "partner.invite", {}, {});
  if (!written.ok()) return written;
  invites_[hash] = OpenInvite{expires_at, std::nullopt};
  return absl::OkStatus();
}

bool Registry::HasOpenInvites() const {
  storage::MutexLock lock(mutex_);
  const int64_t now = clock_.Now().seconds();
  return std::any_of(invites_.begin(), invites_.end(), [now](const auto& row) {
    return row.second.expires_at > now && !row.second.used_by.has_value();
  });
}

absl::Status Registry::CheckInvite(const InviteSecret& secret, const crypto::SpkiPin& pin) const {
  storage::MutexLock lock(mutex_);
  return CheckInviteLocked(secret, pin);
}

absl::Status Registry::CheckInviteLocked(const InviteSecret& secret,
                                         const crypto::SpkiPin& pin) const {
  const absl::Status refused = absl::PermissionDeniedError(
      "the pairing code is unknown here, was used or has expired, or this node may not use it; ask "
      "for a new one");
  const auto found = invites_.find(HashOf(secret));
  if (found == invites_.end() || found->second.expires_at <= clock_.Now().seconds()) return refused;
  const Partner* partner = FindPin(pin);
  if (partner != nullptr && partner->status != PartnerStatus::kActive) return refused;
  if (!found->second.used_by.has_value()) return absl::OkStatus();
  return *found->second.used_by == pin && partner != nullptr ? absl::OkStatus() : refused;
}

absl::StatusOr<Partner> Registry::AcceptInvite(const InviteSecret& secret, const NodeCard& card) {
  auto certificate = crypto::InspectCertificate(card.certificate_pem);
  if (!certificate.ok()) return certificate.status();
  storage::MutexLock lock(mutex_);
  absl::Status allowed = CheckInviteLocked(secret, certificate->pin);
  if (!allowed.ok()) return allowed;
  const auto invite = invites_.find(HashOf(secret));
  if (invite->second.used_by.has_value()) return *FindPin(certificate->pin);
  Batch batch;
  batch.Put(Column::kPartners, InviteKey(invite->first),
            EncodeInvite(invite->second.expires_at, certificate->pin));
  auto partner = AddLocked({"pairing", "pairing"}, card, std::move(batch));
  if (partner.ok()) invite->second.used_by = certificate->pin;
  return partner;
}

uint64_t Registry::version() const {
  storage::MutexLock lock(mutex_);
  return version_;
}

}  // namespace daftar::partners

#include "node/evidence/proofs.h"

#include <algorithm>
#include <cstdlib>
#include <string>

#include "crypto/merkle.h"

namespace daftar::evidence {
namespace {

constexpr std::string_view kProofDomain = "daftar/proof/v1";

constexpr ProofKind kProofKinds[] = {
    ProofKind::kOrder,    ProofKind::kAgreement,     ProofKind::kDeliveryNote,  ProofKind::kInvoice,
    ProofKind::kReminder, ProofKind::kPaymentRecord, ProofKind::kCorrespondence};

}  // namespace

std::string_view ProofKindName(ProofKind kind) {
  switch (kind) {
    case ProofKind::kOrder:
      return "order";
    case ProofKind::kAgreement:
      return "agreement";
    case ProofKind::kDeliveryNote:
      return "delivery-note";
    case ProofKind::kInvoice:
      return "invoice";
    case ProofKind::kReminder:
      return "reminder";
    case ProofKind::kPaymentRecord:
      return "payment-record";
    case ProofKind::kCorrespondence:
      return "correspondence";
  }
  std::abort();
}

std::span<const ProofKind> AllProofKinds() { return kProofKinds; }

absl::StatusOr<ProofKind> ProofKindFromName(std::string_view name) {
  std::string names;
  for (const ProofKind kind : kProofKinds) {
    if (ProofKindName(kind) == name) return kind;
    names += (names.empty() ? "" : ", ") + std::string(ProofKindName(kind));
  }
  return absl::InvalidArgumentError("there is no such kind of proof; use one of " + names);
}

ProofHasher::ProofHasher(const ProofSalt& salt) {
  hash_.Update(crypto::AsBytes(kProofDomain));
  hash_.Update(salt.view());
}

crypto::Digest ProofDigest(const ProofSalt& salt, crypto::ByteView file) {
  ProofHasher hasher(salt);
  hasher.Update(file);
  return hasher.Finish();
}

crypto::Digest ProofsRoot(std::vector<crypto::Digest> digests) {
  if (digests.empty()) return crypto::Digest();
  std::ranges::sort(digests);
  crypto::CompactTree tree;
  for (const crypto::Digest& digest : digests) tree.Append(crypto::MerkleLeafHash(digest.view()));
  return tree.Root();
}

}  // namespace daftar::evidence

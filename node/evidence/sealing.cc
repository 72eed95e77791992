#include "node/evidence/sealing.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "crypto/seal.h"

namespace daftar::evidence {
namespace {

void Require(bool condition, const char* rule) {
  if (condition) return;
  std::fprintf(stderr, "sealing: %s\n", rule);
  std::abort();
}

// A uniform number below `bound` (1 to 256): bytes beyond the last full multiple are drawn again.
uint8_t UniformBelow(unsigned bound, crypto::Entropy& entropy) {
  const unsigned limit = 256 - 256 % bound;
  uint8_t byte = 0;
  do {
    entropy.Fill({&byte, 1});
  } while (byte >= limit);
  return static_cast<uint8_t>(byte % bound);
}

crypto::Digest Wrap(const crypto::Secret32& key, const crypto::Secret32& wrap) {
  crypto::Digest wrapped;
  for (size_t i = 0; i < crypto::Digest::kSize; ++i) {
    wrapped.data()[i] = static_cast<uint8_t>(key.Expose()[i] ^ wrap.Expose()[i]);
  }
  return wrapped;
}

crypto::Secret32 Unwrap(const crypto::Digest& wrapped, const crypto::Secret32& wrap) {
  crypto::Secret32 key;
  for (size_t i = 0; i < crypto::Digest::kSize; ++i) {
    key.ExposeMutable()[i] = static_cast<uint8_t>(wrapped.data()[i] ^ wrap.Expose()[i]);
  }
  return key;
}

std::array<Slot, kSlots> FillSlots(const crypto::Secret32& key, std::span<const Label> labels,
                                   const Salt& salt, const SlotChoices& choices) {
  Require(!labels.empty() && labels.size() <= kSlots, "an entry takes 1 to 4 labels");
  std::array<uint8_t, kSlots> sorted = choices.order;
  std::ranges::sort(sorted);
  Require(sorted == std::array<uint8_t, kSlots>{0, 1, 2, 3}, "the slot order is no permutation");
  std::array<Slot, kSlots> slots = choices.filler;
  for (size_t i = 0; i < labels.size(); ++i) {
    const Label& label = labels[i];
    Require(label.j < kLabelsPerIdentifier, "a label's counter is 0 to 15");
    slots[choices.order[i]] = {.token = TokenFor(label.f, label.j),
                               .wrapped_key = Wrap(key, WrapFor(label.f, label.j, salt))};
  }
  return slots;
}

// kind || origin: facts sealed for one entry kind of one log open nowhere else.
Bytes AssociatedData(EntryKind kind, std::string_view origin) {
  crypto::Writer writer;
  writer.U8(static_cast<uint8_t>(kind)).Raw(origin);
  return writer.Take();
}

std::array<uint8_t, kSealedFactsBytes> SealFacts(EntryKind kind, const Facts& facts,
                                                 std::string_view origin,
                                                 const crypto::Secret32& key,
                                                 const crypto::SealNonce& nonce) {
  const Bytes sealed =
      crypto::Seal(key, nonce, ByteView(EncodeFacts(facts)), AssociatedData(kind, origin));
  Require(sealed.size() == kSealedFactsBytes, "sealed facts have the wrong length");
  std::array<uint8_t, kSealedFactsBytes> result;
  std::ranges::copy(sealed, result.begin());
  return result;
}

absl::StatusOr<FactsBlock> OpenFacts(EntryKind kind,
                                     const std::array<uint8_t, kSealedFactsBytes>& sealed,
                                     std::string_view origin, const crypto::Secret32& key,
                                     const KeyCommitment& commitment,
                                     const crypto::SealNonce& nonce) {
  if (CommitToKey(key) != commitment) {
    return absl::InvalidArgumentError("the key does not fit the key commitment of the " +
                                      std::string(KindName(kind)));
  }
  const auto opened = crypto::Open(key, nonce, sealed, AssociatedData(kind, origin));
  if (!opened.ok()) {
    return absl::InvalidArgumentError("the facts of the " + std::string(KindName(kind)) +
                                      " do not open under its key");
  }
  FactsBlock block;
  if (opened->size() != block.size()) {
    return absl::InvalidArgumentError("the sealed facts have the wrong length");
  }
  std::ranges::copy(opened->Expose(), block.begin());
  return block;
}

absl::Status RequireShareable(const ReportFacts& facts) {
  if (IsShareable(facts.reason)) return absl::OkStatus();
  return absl::InvalidArgumentError("the entry gives a reason that may never be shared (number " +
                                    std::to_string(static_cast<int>(facts.reason)) + ")");
}

absl::StatusOr<crypto::Secret32> UnwrapKey(const std::array<Slot, kSlots>& slots, const Salt& salt,
                                           const KeyCommitment& commitment, const Label& label) {
  const Token token = TokenFor(label.f, label.j);
  bool found = false;
  for (const Slot& slot : slots) {
    if (slot.token != token) continue;
    found = true;
    crypto::Secret32 key = Unwrap(slot.wrapped_key, WrapFor(label.f, label.j, salt));
    if (CommitToKey(key) == commitment) return key;
  }
  if (!found) return absl::NotFoundError("no slot of the entry has the label's token");
  return absl::PermissionDeniedError(
      "a slot has the label's token, but its key does not fit the key commitment");
}

template <class T>
absl::StatusOr<Facts> AsFacts(absl::StatusOr<T> decoded) {
  if (!decoded.ok()) return decoded.status();
  return Facts(*std::move(decoded));
}

}  // namespace

SlotChoices DrawSlots(crypto::Entropy& entropy) {
  SlotChoices choices;
  for (size_t i = kSlots - 1; i > 0; --i) {
    std::swap(choices.order[i], choices.order[UniformBelow(static_cast<unsigned>(i + 1), entropy)]);
  }
  for (Slot& slot : choices.filler) {
    slot = {.token = entropy.Public<Token>(), .wrapped_key = entropy.Public<crypto::Digest>()};
  }
  return choices;
}

ReportBody SealReportWith(const ReportFacts& facts, std::span<const Label> labels,
                          std::string_view origin, const crypto::Secret32& record_key,
                          const Salt& salt, const crypto::SealNonce& nonce,
                          const SlotChoices& slots) {
  Require(IsShareable(facts.reason), "the reason may not be shared");
  const crypto::Secret32 key = ReportKey(record_key, salt);
  return {.salt = salt,
          .key_commitment = CommitToKey(key),
          .slots = FillSlots(key, labels, salt, slots),
          .nonce = nonce,
          .sealed_facts = SealFacts(EntryKind::kReport, facts, origin, key, nonce)};
}

UpdateBody SealUpdateWith(EntryKind kind, const Facts& facts, std::string_view origin,
                          const crypto::Secret32& report_key, const Salt& own_salt,
                          const crypto::SealNonce& nonce) {
  // The alternatives of Facts stand in the order of the kinds, REPORT first.
  Require(IsUpdate(kind) && facts.index() + 1 == static_cast<size_t>(kind),
          "the facts do not belong to the kind");
  const auto* correction = std::get_if<CorrectionFacts>(&facts);
  Require(correction == nullptr || IsShareable(correction->corrected.reason),
          "the reason may not be shared");
  const crypto::Secret32 key = UpdateKey(report_key, own_salt);
  return {.salt = own_salt,
          .key_commitment = CommitToKey(key),
          .nonce = nonce,
          .sealed_facts = SealFacts(kind, facts, origin, key, nonce)};
}

RelabelBody SealRelabelWith(const crypto::Secret32& report_key, std::span<const Label> labels,
                            const Salt& own_salt, const SlotChoices& slots) {
  return {.salt = own_salt,
          .key_commitment = CommitToKey(report_key),
          .slots = FillSlots(report_key, labels, own_salt, slots)};
}

ReportBody SealReport(const ReportFacts& facts, std::span<const Label> labels,
                      std::string_view origin, const crypto::Secret32& record_key,
                      crypto::Entropy& entropy) {
  const auto salt = entropy.Public<Salt>();
  const auto nonce = entropy.Public<crypto::SealNonce>();
  return SealReportWith(facts, labels, origin, record_key, salt, nonce, DrawSlots(entropy));
}

UpdateBody SealUpdate(EntryKind kind, const Facts& facts, std::string_view origin,
                      const crypto::Secret32& report_key, crypto::Entropy& entropy) {
  const auto own_salt = entropy.Public<Salt>();
  const auto nonce = entropy.Public<crypto::SealNonce>();
  return SealUpdateWith(kind, facts, origin, report_key, own_salt, nonce);
}

RelabelBody SealRelabel(const crypto::Secret32& report_key, std::span<const Label> labels,
                        crypto::Entropy& entropy) {
  const auto own_salt = entropy.Public<Salt>();
  return SealRelabelWith(report_key, labels, own_salt, DrawSlots(entropy));
}

absl::StatusOr<crypto::Secret32> UnwrapReportKey(const ReportBody& body, const Label& label) {
  return UnwrapKey(body.slots, body.salt, body.key_commitment, label);
}

absl::StatusOr<crypto::Secret32> UnwrapRelabelKey(const RelabelBody& body, const Label& label) {
  return UnwrapKey(body.slots, body.salt, body.key_commitment, label);
}

absl::StatusOr<ReportFacts> OpenReport(const ReportBody& body, std::string_view origin,
                                       const crypto::Secret32& report_key) {
  const auto block = OpenFacts(EntryKind::kReport, body.sealed_facts, origin, report_key,
                               body.key_commitment, body.nonce);
  if (!block.ok()) return block.status();
  auto facts = DecodeReportFacts(*block);
  if (!facts.ok()) return facts.status();
  if (auto status = RequireShareable(*facts); !status.ok()) return status;
  return facts;
}

absl::StatusOr<Facts> OpenUpdate(EntryKind kind, const UpdateBody& body, std::string_view origin,
                                 const crypto::Secret32& report_key) {
  const auto block = OpenFacts(kind, body.sealed_facts, origin, UpdateKey(report_key, body.salt),
                               body.key_commitment, body.nonce);
  if (!block.ok()) return block.status();
  switch (kind) {
    case EntryKind::kSettlement:
      return AsFacts(DecodeSettlementFacts(*block));
    case EntryKind::kDispute:
      return AsFacts(DecodeDisputeFacts(*block));
    case EntryKind::kResolution:
      return AsFacts(DecodeResolutionFacts(*block));
    case EntryKind::kCorrection: {
      auto correction = DecodeCorrectionFacts(*block);
      if (!correction.ok()) return correction.status();
      if (auto status = RequireShareable(correction->corrected); !status.ok()) return status;
      return Facts(*std::move(correction));
    }
    case EntryKind::kWithdrawal:
      return AsFacts(DecodeWithdrawalFacts(*block));
    default:
      return absl::InvalidArgumentError(std::string(KindName(kind)) + " carries no sealed facts");
  }
}

}  // namespace daftar::evidence

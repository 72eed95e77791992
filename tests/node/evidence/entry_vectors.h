// tests/vectors/entries.json, and the facts whose encodings stand in it.
#ifndef DAFTAR_TESTS_NODE_EVIDENCE_ENTRY_VECTORS_H_
#define DAFTAR_TESTS_NODE_EVIDENCE_ENTRY_VECTORS_H_

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/bytes.h"
#include "crypto/secret.h"
#include "node/evidence/entry.h"
#include "node/evidence/labels.h"

namespace daftar::evidence::testing {

using Json = nlohmann::json;

inline const Json& EntryVectors() {
  static const Json vectors = [] {
    std::ifstream file(DAFTAR_TEST_VECTORS "/entries.json");
    return Json::parse(file);
  }();
  return vectors;
}

// The vector of one kind ("REPORT").
inline const Json& EntryVector(std::string_view name) {
  for (const Json& entry : EntryVectors()["entries"]) {
    if (entry["name"].get<std::string>() == name) return entry;
  }
  std::abort();
}

inline Bytes FromJson(const Json& hex) { return *crypto::FromHex(hex.get<std::string>()); }
template <class Fixed>
Fixed FixedFromJson(const Json& hex) {
  return *Fixed::Create(FromJson(hex));
}
inline crypto::SigningKey KeyFromJson(const Json& seed) {
  return crypto::SigningKey::FromSeed(FixedFromJson<crypto::Secret32>(seed));
}
inline std::string Hex(ByteView bytes) { return crypto::ToHex(bytes); }

inline Date DateOf(std::string_view iso) { return *Date::Parse(iso); }
inline Money Rupiah(uint64_t minor) {
  return {.minor = minor, .currency = *Currency::FromCode("IDR")};
}

inline ReportFacts VectorReportFacts() {
  return {.reason = Reason::kDepositUnsettled,
          .amount = Rupiah(450'000'000),
          .occurred = DateOf("2026-08-20"),
          .due = DateOf("2026-09-05"),
          .reminders = {DateOf("2026-09-12"), DateOf("2026-09-19")},
          .settled_before = SettledBucket::kThreeToNine,
          .proofs_root = FixedFromJson<crypto::Digest>(EntryVectors()["proofs"]["root"])};
}

struct UpdateVector {
  EntryKind kind;
  Facts facts;
};
inline std::vector<UpdateVector> UpdateVectors() {
  CorrectionFacts correction{.corrected = VectorReportFacts(), .on = DateOf("2026-10-11")};
  correction.corrected.amount = Rupiah(400'000'000);
  correction.corrected.reminders = {DateOf("2026-09-12")};
  correction.corrected.due = Date();
  return {{EntryKind::kSettlement, SettlementFacts{.settled_on = DateOf("2026-10-03")}},
          {EntryKind::kDispute,
           DisputeFacts{.by = DisputedBy::kPersonThroughShop, .on = DateOf("2026-10-04")}},
          {EntryKind::kResolution, ResolutionFacts{.upheld = true, .on = DateOf("2026-10-10")}},
          {EntryKind::kCorrection, correction},
          {EntryKind::kWithdrawal,
           WithdrawalFacts{.ground = WithdrawalGround::kPaid, .on = DateOf("2026-10-12")}}};
}

// The label of that name ("phone").
inline Label LabelNamed(std::string_view name) {
  for (const Json& label : EntryVectors()["labels"]) {
    if (label["name"].get<std::string>() == name) {
      return {.f = FixedFromJson<crypto::Secret64>(label["f"]), .j = label["j"].get<uint32_t>()};
    }
  }
  std::abort();
}

}  // namespace daftar::evidence::testing

#endif  // DAFTAR_TESTS_NODE_EVIDENCE_ENTRY_VECTORS_H_

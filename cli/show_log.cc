// The log: its newest head, and its entries.
#include <string>
#include <utility>

#include "cli/show_node.h"
#include "cli/text.h"
#include "node/evidence/header.h"

namespace daftar::cli {

Json ToJson(const v1::GetLogHeadResponse& head) {
  Json cosignatures = Json::array();
  for (const v1::LogCosignature& cosignature : head.cosignatures()) {
    cosignatures.push_back({{"witness", cosignature.witness()}, {"at", cosignature.at()}});
  }
  return Json{{"origin", head.origin()},
              {"size", head.size()},
              {"root", head.root()},
              {"signed_at", TextOrNull(head.signed_at())},
              {"head_vkey", head.head_vkey()},
              {"self_vkey", head.self_vkey()},
              {"mirror_vkey", head.mirror_vkey()},
              {"cosignatures", std::move(cosignatures)},
              {"note", head.note()}};
}

// The note alone, byte for byte, so that it can be piped into a verifier.
void Print(std::ostream& out, const v1::GetLogHeadResponse& head) {
  out << PrintableLines(head.note());
}

Json LogJson(const std::string& origin, uint64_t log_size,
             const std::vector<v1::LogEntry>& entries) {
  Json list = Json::array();
  for (const auto& entry : entries) {
    list.push_back({{"index", entry.index()},
                    {"kind", entry.kind()},
                    {"ground", TextOrNull(entry.ground())},
                    {"issued_at", entry.issued_at()},
                    {"about", entry.has_about() ? Json(entry.about()) : Json(nullptr)},
                    {"signer", entry.signer()},
                    {"commitment", entry.commitment()},
                    {"leaf_hash", entry.leaf_hash()},
                    {"has_body", entry.has_body()},
                    {"signature_valid", entry.signature_valid()}});
  }
  return Json{{"origin", TextOrNull(origin)}, {"log_size", log_size}, {"entries", std::move(list)}};
}

namespace {

// An ERASURE never has a body.
std::string_view BodyText(const v1::LogEntry& entry) {
  if (entry.has_body()) return "yes";
  return entry.kind() == evidence::KindName(evidence::EntryKind::kErasure) ? "-" : "erased";
}

}  // namespace

void PrintLog(std::ostream& out, uint64_t log_size, const std::vector<v1::LogEntry>& entries) {
  Table table({"INDEX", "KIND", "ABOUT", "ISSUED", "GROUND", "SIGNATURE", "BODY", "COMMITMENT"});
  for (const auto& entry : entries) {
    constexpr size_t kShortCommitment = 16;  // hex digits; JSON has all
    table.Row({std::to_string(entry.index()), entry.kind(),
               entry.has_about() ? "#" + std::to_string(entry.about()) : "", entry.issued_at(),
               entry.ground(), entry.signature_valid() ? "valid" : "INVALID",
               std::string(BodyText(entry)), entry.commitment().substr(0, kShortCommitment)});
  }
  if (!table.empty()) table.Print(out);
  out << "The log has " << Count(log_size, "entry", "entries") << ".\n";
}

}  // namespace daftar::cli

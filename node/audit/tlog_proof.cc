#include "node/audit/tlog_proof.h"

#include <utility>

#include "node/audit/text.h"

namespace daftar::audit {
namespace {

constexpr std::string_view kFirstLine = "c2sp.org/tlog-proof@v1";
constexpr std::string_view kIndex = "index ";

absl::Status Fault(const char* what) {
  return absl::InvalidArgumentError(std::string("tlog-proof: ") + what);
}

}  // namespace

std::string TlogProof::ToText() const {
  std::string text = std::string(kFirstLine) + "\n" + std::string(kIndex) + std::to_string(index);
  for (const crypto::Digest& hash : hashes) text += "\n" + crypto::ToBase64(hash.view());
  return text + "\n\n" + checkpoint;
}

absl::StatusOr<TlogProof> TlogProof::Parse(std::string_view text) {
  if (text.size() > kMaxTlogProofBytes) return Fault("too many bytes");
  if (TakeTextLine(text) != kFirstLine) return Fault("the first line is another");
  const auto line = TakeTextLine(text);
  if (!line || !line->starts_with(kIndex)) return Fault("the second line is no 'index N'");
  const auto index = ParseDecimal(line->substr(kIndex.size()));
  if (!index) return Fault("the index is no decimal number below 2^63");
  auto hashes = TakeProofLines(text);
  if (!hashes) return Fault("a line is no hash, or there are more than 63");
  return TlogProof{*index, *std::move(hashes), std::string(text)};
}

}  // namespace daftar::audit

#include "node/audit/text.h"

#include "crypto/merkle.h"

namespace daftar::audit {

std::optional<std::vector<crypto::Digest>> TakeProofLines(std::string_view& rest) {
  std::vector<crypto::Digest> proof;
  while (true) {
    const auto line = TakeTextLine(rest);
    if (!line) return std::nullopt;
    if (line->empty()) return proof;
    const auto hash = ParseBase64Digest(*line);
    if (!hash || proof.size() == crypto::kMaxProofHashes) return std::nullopt;
    proof.push_back(*hash);
  }
}

}  // namespace daftar::audit

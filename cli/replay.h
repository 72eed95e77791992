// Computing a decision again from what `daftar why --output json` wrote and a policy, without any
// node (docs/cli.md). The file may come from anybody. Pure; any thread.
#ifndef DAFTAR_CLI_REPLAY_H_
#define DAFTAR_CLI_REPLAY_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "cli/json.h"
#include "node/decision/policy.h"
#include "node/decision/receipt.h"

namespace daftar::cli {

// A receipt that a node can send at all, written as JSON, is far smaller.
inline constexpr size_t kMaxReceiptFileBytes = 32 << 20;  // bytes
inline constexpr int kMaxReceiptFileDepth = 8;            // brackets within brackets
inline constexpr size_t kMaxDifferences = 20;             // told one by one; the rest is counted

struct ReplayResult {
  std::string receipt;                   // the id that the file names, as it stands there
  decision::ReceiptBody body;            // what the commitment is about
  std::string policy;                    // hash of the policy given, hex
  std::vector<std::string> wrong;        // sentences, at most kMaxDifferences
  uint64_t wrong_count = 0;              // all of them
  std::vector<std::string> not_checked;  // fields that the file has and nothing vouches for
  bool agrees() const { return wrong_count == 0; }
};

// DataLoss when the text is no such file at all, or what it holds is no receipt. What is readable
// and does not agree (the commitment, the id, the policy, the verdict, or what the file says beside
// its receipt) is in `wrong`. What the node adds of its own, like the sentence that names opened
// reasons, cannot be computed again and is in `not_checked`.
absl::StatusOr<ReplayResult> ReplayFile(std::string_view text, const decision::Policy& policy);

// "2026-11-10T08:00:00.000Z", as nodes write times.
std::string TimeText(evidence::UnixMillis time);

Json ToJson(const ReplayResult& result);
void Print(std::ostream& out, const ReplayResult& result);

}  // namespace daftar::cli

#endif  // DAFTAR_CLI_REPLAY_H_

#include "cli/console.h"

#include <vector>

#include "cli/json.h"
#include "cli/text.h"

namespace daftar::cli {
namespace {

constexpr size_t kMaxCodeInput = 4096;  // bytes

struct ErrorKind {
  absl::StatusCode code;
  const char* name;
  int exit;
};

constexpr ErrorKind kKinds[] = {
    {absl::StatusCode::kOk, "ok", kExitOk},
    {absl::StatusCode::kCancelled, "cancelled", kExitInterrupted},
    {absl::StatusCode::kUnknown, "internal", kExitInternal},
    {absl::StatusCode::kInvalidArgument, "invalid_argument", kExitUsage},
    {absl::StatusCode::kDeadlineExceeded, "deadline_exceeded", kExitTryAgain},
    {absl::StatusCode::kNotFound, "not_found", kExitNotFound},
    {absl::StatusCode::kAlreadyExists, "already_exists", kExitExists},
    {absl::StatusCode::kPermissionDenied, "permission_denied", kExitDenied},
    {absl::StatusCode::kResourceExhausted, "resource_exhausted", kExitTryAgain},
    {absl::StatusCode::kFailedPrecondition, "failed_precondition", kExitPrecondition},
    {absl::StatusCode::kAborted, "aborted", kExitTryAgain},
    {absl::StatusCode::kOutOfRange, "invalid_argument", kExitUsage},
    {absl::StatusCode::kUnimplemented, "unimplemented", kExitInternal},
    {absl::StatusCode::kInternal, "internal", kExitInternal},
    {absl::StatusCode::kUnavailable, "unavailable", kExitUnavailable},
    {absl::StatusCode::kDataLoss, "data_loss", kExitData},
    {absl::StatusCode::kUnauthenticated, "unauthenticated", kExitDenied},
};

const ErrorKind& KindOf(absl::StatusCode code) {
  for (const ErrorKind& kind : kKinds) {
    if (kind.code == code) return kind;
  }
  return kKinds[2];
}

// The sentences of a list that the node sends as "...:\n- one\n- two".
std::vector<std::string> ListIn(std::string_view message) {
  constexpr std::string_view kItem = "\n- ";
  std::vector<std::string> items;
  size_t at = message.find(kItem);
  while (at != std::string_view::npos) {
    const size_t begin = at + kItem.size();
    at = message.find(kItem, begin);
    items.emplace_back(message.substr(begin, at - begin));
  }
  return items;
}

}  // namespace

int ExitCodeOf(absl::StatusCode code) { return KindOf(code).exit; }
std::string ErrorName(absl::StatusCode code) { return KindOf(code).name; }

std::string MessageOf(const absl::Status& status) {
  return std::string(status.message().data(), status.message().size());
}

int Report(Console& console, const absl::Status& status) {
  const std::string message = MessageOf(status);
  if (console.json) {
    Json error{{"code", ErrorName(status.code())}, {"message", message}};
    if (const auto list = ListIn(message); !list.empty()) error["missing"] = list;
    PrintJson(console.err, Json{{"error", std::move(error)}});
  } else {
    console.err << "daftar: " << PrintableLines(message) << "\n";
  }
  return ExitCodeOf(status.code());
}

absl::StatusOr<std::string> ReadPairingCode(Console& console) {
  if (console.in_is_terminal) console.err << "code (end with Ctrl-D): " << std::flush;
  std::string code(kMaxCodeInput + 1, '\0');
  console.in.read(code.data(), static_cast<std::streamsize>(code.size()));
  code.resize(static_cast<size_t>(console.in.gcount()));
  if (code.size() > kMaxCodeInput) {
    return absl::InvalidArgumentError("the pairing code is longer than " +
                                      std::to_string(kMaxCodeInput) + " bytes");
  }
  return code;
}

}  // namespace daftar::cli

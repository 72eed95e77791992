#include "node/service/connect_protocol.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

namespace daftar::service {
namespace {

constexpr size_t kEnvelopeHead = 5;
constexpr unsigned char kCompressed = 1;
constexpr unsigned char kEndOfStream = 2;

struct CodeRow {
  absl::StatusCode code;
  std::string_view name;
  int http;
};
// "Error codes" of the specification.
constexpr std::array kCodes = {
    CodeRow{absl::StatusCode::kCancelled, "canceled", 499},
    CodeRow{absl::StatusCode::kUnknown, "unknown", 500},
    CodeRow{absl::StatusCode::kInvalidArgument, "invalid_argument", 400},
    CodeRow{absl::StatusCode::kDeadlineExceeded, "deadline_exceeded", 504},
    CodeRow{absl::StatusCode::kNotFound, "not_found", 404},
    CodeRow{absl::StatusCode::kAlreadyExists, "already_exists", 409},
    CodeRow{absl::StatusCode::kPermissionDenied, "permission_denied", 403},
    CodeRow{absl::StatusCode::kResourceExhausted, "resource_exhausted", 429},
    CodeRow{absl::StatusCode::kFailedPrecondition, "failed_precondition", 400},
    CodeRow{absl::StatusCode::kAborted, "aborted", 409},
    CodeRow{absl::StatusCode::kOutOfRange, "out_of_range", 400},
    CodeRow{absl::StatusCode::kUnimplemented, "unimplemented", 501},
    CodeRow{absl::StatusCode::kInternal, "internal", 500},
    CodeRow{absl::StatusCode::kUnavailable, "unavailable", 503},
    CodeRow{absl::StatusCode::kDataLoss, "data_loss", 500},
    CodeRow{absl::StatusCode::kUnauthenticated, "unauthenticated", 401},
};

const CodeRow& RowOf(absl::StatusCode code) {
  const auto found = std::find_if(kCodes.begin(), kCodes.end(),
                                  [&](const CodeRow& row) { return row.code == code; });
  return found == kCodes.end() ? kCodes[1] : *found;
}

nlohmann::json ErrorJson(const absl::Status& status) {
  return {{"code", ConnectCode(status.code())}, {"message", std::string(status.message())}};
}

// What a person typed may stand in a message in some encoding.
std::string Dump(const nlohmann::json& json) {
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string Enveloped(unsigned char flags, std::string_view message) {
  const auto size = static_cast<uint32_t>(message.size());
  std::string out;
  out.reserve(kEnvelopeHead + message.size());
  out += static_cast<char>(flags);
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>((size >> shift) & 0xFF);
  return out.append(message);
}

std::string_view Trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

}  // namespace

std::optional<ConnectForm> ConnectFormOf(std::string_view content_type) {
  const size_t semicolon = content_type.find(';');
  const std::string type = Lower(Trimmed(content_type.substr(0, semicolon)));
  const bool json = type == "application/json" || type == "application/connect+json";
  if (!json && type != "application/proto" && type != "application/connect+proto") {
    return std::nullopt;
  }
  if (semicolon != std::string_view::npos) {
    const std::string rest = Lower(Trimmed(content_type.substr(semicolon + 1)));
    if (rest != "charset=utf-8" && rest != "charset=\"utf-8\"") return std::nullopt;
  }
  return ConnectForm{json, type.starts_with("application/connect+")};
}

std::string ConnectContentType(ConnectForm form) {
  return std::string(form.streamed ? "application/connect+" : "application/") +
         (form.json ? "json" : "proto");
}

std::string_view ConnectCode(absl::StatusCode code) { return RowOf(code).name; }
int ConnectHttpStatus(absl::StatusCode code) { return RowOf(code).http; }

std::string ConnectError(const absl::Status& status) { return Dump(ErrorJson(status)); }

absl::StatusOr<std::optional<std::chrono::milliseconds>> ConnectTimeout(std::string_view header) {
  if (header.empty()) return std::nullopt;
  const bool digits =
      std::all_of(header.begin(), header.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (!digits || header.size() > kMaxTimeoutDigits) {
    return absl::InvalidArgumentError("Connect-Timeout-Ms is a number of 1 to " +
                                      std::to_string(kMaxTimeoutDigits) +
                                      " digits, in milliseconds");
  }
  return std::chrono::milliseconds(std::stoll(std::string(header)));
}

std::string ConnectEnvelope(std::string_view message) { return Enveloped(0, message); }

std::string ConnectEndOfStream(const absl::Status& status) {
  nlohmann::json end = nlohmann::json::object();
  if (!status.ok()) end["error"] = ErrorJson(status);
  return Enveloped(kEndOfStream, Dump(end));
}

absl::StatusOr<std::vector<std::string_view>> ConnectMessages(std::string_view body,
                                                              size_t most_bytes) {
  std::vector<std::string_view> messages;
  while (!body.empty()) {
    if (body.size() < kEnvelopeHead) {
      return absl::InvalidArgumentError("the request ends within the head of an envelope");
    }
    const auto flags = static_cast<unsigned char>(body[0]);
    uint32_t size = 0;
    for (size_t i = 1; i < kEnvelopeHead; ++i) {
      size = size << 8 | static_cast<unsigned char>(body[i]);
    }
    if ((flags & kCompressed) != 0) {
      return absl::UnimplementedError("compressed messages are not taken; send them as they are");
    }
    if (flags != 0) return absl::InvalidArgumentError("an envelope has flags that nobody defined");
    if (size > most_bytes) {
      return absl::ResourceExhaustedError("a message has at most " + std::to_string(most_bytes) +
                                          " bytes");
    }
    body.remove_prefix(kEnvelopeHead);
    if (size > body.size()) {
      return absl::InvalidArgumentError("the request ends within a message");
    }
    if (messages.size() == kMaxStreamedMessages) {
      return absl::ResourceExhaustedError("a request has at most " +
                                          std::to_string(kMaxStreamedMessages) + " messages");
    }
    messages.push_back(body.substr(0, size));
    body.remove_prefix(size);
  }
  return messages;
}

}  // namespace daftar::service

#include "cli/http_fetch.h"

#include <curl/curl.h>

#include <algorithm>
#include <cstdlib>

#include "node/audit/watch_record.h"

namespace daftar::cli {
namespace {

constexpr int kAskEveryMs = 100;
constexpr long kOk = 200;
constexpr size_t kMaxPostAnswer = 64 << 10;

absl::Status BadUrl() {
  return absl::InvalidArgumentError(
      "an address is written like http://toko-a.example:8080/log or https://toko-a.example/log, "
      "without user, password and query");
}

// Once in a process; libcurl asks for it before its first handle.
void PrepareCurl() {
  static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (ready != CURLE_OK) std::abort();
}

absl::Status StatusOfCode(long code) {
  if (code == kOk) return absl::OkStatus();
  if (code == 404 || code == 410) return absl::NotFoundError("it says that there is none (404)");
  if (code >= 300 && code < 400) {
    return absl::DataLossError("it redirects to somewhere else, which is not followed");
  }
  return absl::UnavailableError("it answers with status " + std::to_string(code));
}

}  // namespace

absl::Status CheckHttpUrl(const std::string& url) {
  size_t host = std::string::npos;
  for (const std::string scheme : {"http://", "https://"}) {
    if (url.starts_with(scheme)) host = scheme.size();
  }
  if (host == std::string::npos || url.size() > audit::kMaxUrlBytes || url.size() == host ||
      url[host] == '/' || url[host] == ':') {
    return BadUrl();
  }
  const bool plain = std::ranges::all_of(url, [](char c) {
    return c > ' ' && c < 0x7f && c != '@' && c != '?' && c != '#' && c != '\\' && c != '"';
  });
  return plain ? absl::OkStatus() : BadUrl();
}

struct HttpFetch::Multi {
  CURLM* handle = nullptr;
};

struct HttpFetch::Transfer {
  std::string url;
  size_t max_bytes = 0;
  long within_ms = kHttpRequestMs;
  bool keep_body = true;
  std::string body;
  size_t seen_bytes = 0;
  size_t header_bytes = 0;
  bool too_long = false;
  CURL* handle = nullptr;
  curl_slist* headers = nullptr;
  bool is_post = false;
  bool ended = false;
  absl::Status status = absl::UnavailableError("it was not asked");

  ~Transfer() {
    curl_slist_free_all(headers);
    curl_easy_cleanup(handle);
  }

  static size_t TakeBody(char* data, size_t one, size_t count, void* self) {
    auto& transfer = *static_cast<Transfer*>(self);
    const size_t bytes = one * count;
    if (bytes > transfer.max_bytes - transfer.seen_bytes) {
      transfer.too_long = true;
      return 0;  // which ends it
    }
    transfer.seen_bytes += bytes;
    if (transfer.keep_body) transfer.body.append(data, bytes);
    return bytes;
  }
  static size_t TakeHeader(char*, size_t one, size_t count, void* self) {
    auto& transfer = *static_cast<Transfer*>(self);
    transfer.header_bytes += one * count;
    if (transfer.header_bytes <= kMaxHttpHeaderBytes) return one * count;
    transfer.too_long = true;
    return 0;
  }

  void Prepare() {
    handle = curl_easy_init();
    if (handle == nullptr) std::abort();  // out of memory
    curl_easy_setopt(handle, CURLOPT_URL, url.c_str());
    curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, kHttpConnectMs);
    curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, within_ms);
    curl_easy_setopt(handle, CURLOPT_USERAGENT, "daftar-audit-watch");
    curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, &Transfer::TakeBody);
    curl_easy_setopt(handle, CURLOPT_WRITEDATA, this);
    curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, &Transfer::TakeHeader);
    curl_easy_setopt(handle, CURLOPT_HEADERDATA, this);
    curl_easy_setopt(handle, CURLOPT_PRIVATE, this);
  }

  void Ended(CURLcode result) {
    ended = true;
    if (too_long) {
      status =
          absl::DataLossError("it answers with more than " + std::to_string(max_bytes) + " bytes");
      return;
    }
    if (result != CURLE_OK) {
      status = absl::UnavailableError(curl_easy_strerror(result));
      return;
    }
    long code = 0;
    curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &code);
    status = is_post && code > kOk && code < 300 ? absl::OkStatus() : StatusOfCode(code);
  }
};

HttpFetch::HttpFetch(std::function<bool()> stop)
    : stop_(std::move(stop)), multi_(std::make_unique<Multi>()) {
  PrepareCurl();
  multi_->handle = curl_multi_init();
  if (multi_->handle == nullptr) std::abort();
  curl_multi_setopt(multi_->handle, CURLMOPT_MAX_HOST_CONNECTIONS, kHttpConnectionsOfHost);
  curl_multi_setopt(multi_->handle, CURLMOPT_MAX_TOTAL_CONNECTIONS, kHttpConnections);
}

HttpFetch::~HttpFetch() { curl_multi_cleanup(multi_->handle); }

void HttpFetch::Run(std::vector<std::unique_ptr<Transfer>>& transfers) {
  CURLM* multi = multi_->handle;
  for (auto& transfer : transfers) curl_multi_add_handle(multi, transfer->handle);
  int running = static_cast<int>(transfers.size());
  while (running > 0 && !stop_()) {
    if (curl_multi_perform(multi, &running) != CURLM_OK) break;
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi, &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      Transfer* transfer = nullptr;
      curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
      transfer->Ended(message->data.result);
    }
    if (running > 0 && curl_multi_poll(multi, nullptr, 0, kAskEveryMs, nullptr) != CURLM_OK) break;
  }
  const bool stopped = stop_();
  for (auto& transfer : transfers) {
    curl_multi_remove_handle(multi, transfer->handle);
    if (!transfer->ended && stopped) transfer->status = absl::CancelledError("it was stopped");
  }
}

std::vector<absl::StatusOr<std::string>> HttpFetch::Get(
    const std::vector<audit::FetchRequest>& requests) {
  std::vector<std::unique_ptr<Transfer>> transfers;
  for (const audit::FetchRequest& request : requests) {
    auto transfer = std::make_unique<Transfer>();
    transfer->url = request.url;
    transfer->max_bytes = request.max_bytes;
    if (request.within_ms > 0) {
      transfer->within_ms = std::min(kHttpRequestMs, static_cast<long>(request.within_ms));
    }
    transfer->Prepare();
    transfers.push_back(std::move(transfer));
  }
  Run(transfers);
  std::vector<absl::StatusOr<std::string>> answers;
  for (auto& transfer : transfers) {
    if (transfer->status.ok()) {
      answers.emplace_back(std::move(transfer->body));
    } else {
      answers.emplace_back(transfer->status);
    }
  }
  return answers;
}

absl::Status HttpFetch::PostJson(const std::string& url, const std::string& json) {
  std::vector<std::unique_ptr<Transfer>> transfers;
  auto transfer = std::make_unique<Transfer>();
  transfer->url = url;
  transfer->max_bytes = kMaxPostAnswer;
  transfer->keep_body = false;
  transfer->is_post = true;
  transfer->within_ms = kHttpPostMs;
  transfer->Prepare();
  transfer->headers = curl_slist_append(nullptr, "Content-Type: application/json");
  curl_easy_setopt(transfer->handle, CURLOPT_HTTPHEADER, transfer->headers);
  curl_easy_setopt(transfer->handle, CURLOPT_POSTFIELDSIZE, static_cast<long>(json.size()));
  curl_easy_setopt(transfer->handle, CURLOPT_POSTFIELDS, json.c_str());
  transfers.push_back(std::move(transfer));
  Run(transfers);
  return transfers[0]->status;
}

}  // namespace daftar::cli

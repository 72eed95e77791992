// Getting and posting small things over HTTP and HTTPS, over libcurl: several at once, each within
// bounds, redirects refused. Servers are hostile.
#ifndef DAFTAR_CLI_HTTP_FETCH_H_
#define DAFTAR_CLI_HTTP_FETCH_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "node/audit/tiles.h"

namespace daftar::cli {

inline constexpr long kHttpConnectMs = 5'000;
inline constexpr long kHttpRequestMs = 10'000;           // from the beginning to the last byte
inline constexpr long kHttpPostMs = 5'000;               // the same, of a post
inline constexpr size_t kMaxHttpHeaderBytes = 64 << 10;  // of one answer
inline constexpr long kHttpConnectionsOfHost = 8;
// Enough for all nodes of a watch, so that slow ones do not keep others waiting for a connection.
inline constexpr long kHttpConnections = 512;

// Ok when `url` is http:// or https:// with a host, at most audit::kMaxUrlBytes of printable ASCII
// without spaces, user and password, query and fragment. InvalidArgument with an example otherwise.
absl::Status CheckHttpUrl(const std::string& url);

// Keeps connections open between calls. One thread. Certificates are checked against the system's
// authorities; a proxy is taken from the environment as libcurl does (http_proxy, https_proxy).
class HttpFetch {
 public:
  // `stop` is asked at least ten times a second.
  explicit HttpFetch(std::function<bool()> stop);
  ~HttpFetch();
  HttpFetch(const HttpFetch&) = delete;
  HttpFetch& operator=(const HttpFetch&) = delete;

  // The bodies of answers 200, in the order of the requests, each within kHttpRequestMs or what the
  // request says where that is less; errors as audit::Fetch has them.
  std::vector<absl::StatusOr<std::string>> Get(const std::vector<audit::FetchRequest>& requests);

  // Ok for an answer 2xx within kHttpPostMs, whose body is left alone. Errors as of Get.
  absl::Status PostJson(const std::string& url, const std::string& json);

 private:
  struct Transfer;
  struct Multi;
  void Run(std::vector<std::unique_ptr<Transfer>>& transfers);

  const std::function<bool()> stop_;
  const std::unique_ptr<Multi> multi_;
};

}  // namespace daftar::cli

#endif  // DAFTAR_CLI_HTTP_FETCH_H_

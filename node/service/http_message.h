// What an HTTP listener hands over and takes.
#ifndef DAFTAR_NODE_SERVICE_HTTP_MESSAGE_H_
#define DAFTAR_NODE_SERVICE_HTTP_MESSAGE_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace daftar::service {

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

struct HttpRequest {
  std::string method;        // "GET"
  std::string path;          // without the query
  std::string body;          // at most what was admitted; else kMaxHttpBodyBytes
  std::string address = {};  // of the client, without its port; see ClientAddress
  HttpHeaders headers = {};  // as they came; see Header
  bool tls = false;

  // The header's value, whatever the case of its name; of several the first. Empty without one.
  std::string_view Header(std::string_view name) const;
};

struct HttpResponse {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;  // any bytes; a HEAD is answered without it
  std::string cache_control = "no-store";
  HttpHeaders headers = {};  // further ones
};

// Takes the answer to one request, from any thread: Send alone, or Begin, then Writes, each after
// the one before was written, and End. Nothing blocks. Let go of without either, it closes the
// connection.
class HttpAnswer {
 public:
  virtual ~HttpAnswer() = default;
  virtual void Send(HttpResponse response) = 0;
  // Everything but the body, which follows in pieces.
  virtual void Begin(HttpResponse head) = 0;
  // `written` is called once, on the listener's thread: false when the peer has gone.
  virtual void Write(std::string bytes, std::function<void(bool)> written) = 0;
  virtual void End() = 0;
};

// What answers requests without a thread for each of them.
class HttpService {
 public:
  struct Admission {
    size_t most_body_bytes = 0;
    std::optional<HttpResponse> refusal = {};  // sent instead of reading the body
    HttpResponse too_large = {};               // sent when a body of unknown length has more
    // What Admit found out, for Answer; let go of, on the listener's thread, when the body does not
    // come.
    std::shared_ptr<void> found = {};
  };
  virtual ~HttpService() = default;
  // The three are called on the listener's thread and must not block. Answer gets the request, with
  // its body, for which Admit has given `found`.
  virtual bool Knows(const HttpRequest& head) const = 0;
  virtual Admission Admit(const HttpRequest& head) = 0;
  virtual void Answer(HttpRequest request, std::shared_ptr<void> found,
                      std::shared_ptr<HttpAnswer> answer) = 0;
};

}  // namespace daftar::service

#endif  // DAFTAR_NODE_SERVICE_HTTP_MESSAGE_H_

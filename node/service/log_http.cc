#include "node/service/log_http.h"

#include <string>

#include "crypto/bytes.h"
#include "crypto/tile_path.h"
#include "storage/log_store.h"

namespace daftar::service {
namespace {

constexpr std::string_view kAddCheckpoint = "/log/add-checkpoint";
constexpr std::string_view kCheckpoint = "/log/checkpoint";
constexpr char kText[] = "text/plain; charset=utf-8";
constexpr char kImmutable[] = "public, max-age=31536000, immutable";
constexpr int kRetrySeconds = 5;

HttpResponse NotFound() { return {404, kText, "the log has no such file\n"}; }

HttpResponse Later(const std::string& why) {
  HttpResponse response{503, kText, why + "\n"};
  response.headers = {{"Retry-After", std::to_string(kRetrySeconds)}};
  return response;
}

HttpResponse WrongMethod(const std::string& allowed) {
  HttpResponse response{405, kText, "only " + allowed + "\n"};
  response.headers = {{"Allow", allowed}};
  return response;
}

// Each entry after its length, as C2SP tlog-tiles has it.
absl::StatusOr<std::string> Bundle(const storage::LogStore& log, const crypto::TilePath& tile) {
  const uint64_t first = tile.number * crypto::kTilePathHashes;
  crypto::Writer writer;
  const absl::Status read = log.ReadLeaves(storage::kOwnLog, first, first + tile.width,
                                           [&](uint64_t, crypto::ByteView leaf) {
                                             writer.Prefixed16(leaf);
                                             return true;
                                           });
  if (!read.ok()) return read;
  return std::string(crypto::AsText(writer.bytes()));
}

absl::StatusOr<std::string> Hashes(const storage::LogStore& log, const crypto::TilePath& tile) {
  const auto hashes = log.TileHashes(storage::kOwnLog, tile.level, tile.number, tile.width);
  if (!hashes.ok()) return hashes.status();
  std::string bytes;
  bytes.reserve(hashes->size() * crypto::Digest::kSize);
  for (const crypto::Digest& hash : *hashes) bytes += crypto::AsText(hash.view());
  return bytes;
}

}  // namespace

bool LogHttp::IsSlow(const HttpRequest& request) {
  return request.method == "POST" && request.path == kAddCheckpoint;
}

HttpResponse LogHttp::Answer(const HttpRequest& request) {
  if (request.path == kAddCheckpoint) {
    if (request.method != "POST") return WrongMethod("POST");
    const partners::WitnessAnswer answer = witness_.AddCheckpoint(request.body);
    HttpResponse response{answer.status, answer.content_type, answer.body};
    if (answer.retry_after.has_value()) {
      response.headers = {{"Retry-After", std::to_string(answer.retry_after->count())}};
    }
    return response;
  }
  if (request.method != "GET" && request.method != "HEAD") return WrongMethod("GET, HEAD");
  if (request.path == kCheckpoint) return Checkpoint();
  return Tile(std::string_view(request.path).substr(kLogHttpPrefix.size()));
}

HttpResponse LogHttp::Checkpoint() const {
  const auto head = publisher_.Head();
  if (!head.has_value()) return Later("there is no signed head to show now");
  HttpResponse response{200, kText, head->note};
  response.cache_control = "no-cache";
  return response;
}

HttpResponse LogHttp::Tile(std::string_view path) const {
  const auto tile = crypto::ParseTilePath(path);
  if (!tile.ok()) return NotFound();
  const auto head = publisher_.Head();
  if (!head.has_value()) return Later("there is no signed head to show now");
  // What is written and not shown yet is in the rows too.
  if (crypto::TileWidthAt(head->checkpoint.size, tile->level, tile->number) < tile->width) {
    return NotFound();
  }
  const storage::LogStore log(store_);
  auto bytes = tile->entries ? Bundle(log, *tile) : Hashes(log, *tile);
  if (!bytes.ok()) return Later("the log cannot be read now");
  HttpResponse response{200, "application/octet-stream", *std::move(bytes)};
  response.cache_control = kImmutable;
  return response;
}

}  // namespace daftar::service

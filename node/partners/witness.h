// The answers of C2SP tlog-witness's add-checkpoint about heads of the logs that are copied here.
#ifndef DAFTAR_NODE_PARTNERS_WITNESS_H_
#define DAFTAR_NODE_PARTNERS_WITNESS_H_

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "crypto/add_checkpoint.h"
#include "node/partners/cosigner.h"
#include "node/partners/followers.h"
#include "node/partners/registry.h"

namespace daftar::partners {

// After which whoever was told that the copy is behind may ask again; followers take a head within
// moments of its tick.
inline constexpr std::chrono::seconds kWitnessRetryAfter{5};

// As HTTP wants it, in this order:
//   400  malformed, or the old size is larger than the head's
//   404  the origin is no active partner's
//   403  the log's head key, as the copy knows it, has not signed, or a line of a known key is
//        wrong; or two heads of the log contradict each other, and nothing of it is cosigned any
//        more
//   409  another size than the old one is recorded here; the body is that size
//   422  the head does not continue the recorded one, or contradicts the copy
//   503  the copy has not reached the head: a mirror's cosignature says that it holds all of it
//   200  the body is this node's line, which is on the disk
struct WitnessAnswer {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;
  std::optional<std::chrono::seconds> retry_after;  // with 503
};

// Any thread may call. Nothing that is asked is trusted.
class Witness {
 public:
  // References outlive the object.
  Witness(const Registry& registry, const Followers& followers, Cosigner& cosigner)
      : registry_(registry), followers_(followers), cosigner_(cosigner) {}

  // `body` is the request's. What it costs: two signatures verified and one made (under 0.3 ms), a
  // few rows read, and a synced write at most once a second for each log; it waits while the
  // follower writes a batch. Two heads that cannot both be true are kept as fork evidence, whatever
  // the answer is.
  WitnessAnswer AddCheckpoint(std::string_view body);

 private:
  WitnessAnswer Judge(const crypto::AddCheckpoint& request, Mirror& mirror);

  const Registry& registry_;
  const Followers& followers_;
  Cosigner& cosigner_;
};

}  // namespace daftar::partners

#endif  // DAFTAR_NODE_PARTNERS_WITNESS_H_

// Who has not confirmed yet the log that this node began in the place of another.
#include <vector>

#include "crypto/merkle.h"
#include "node/evidence/body.h"
#include "node/service/node_handlers.h"
#include "storage/log_store.h"

namespace daftar::service {
namespace {

constexpr size_t kMostNamed = 5;

struct NewLog {
  std::string old_origin;
  std::string first_entry;  // what partners' operators compare
  int64_t began_at = 0;     // Unix seconds
};

// nullopt: the own log took the place of none, or is not there.
std::optional<NewLog> FindNewLog(const storage::Store& store) {
  const auto leaf = storage::LogStore(store).ReadLeaf(storage::kOwnLog, 0);
  if (!leaf.ok()) return std::nullopt;
  const auto first = evidence::SignedHeader::DecodeLeaf(*leaf);
  if (!first.ok() || first->header.kind != evidence::EntryKind::kAdoption) return std::nullopt;
  const auto body = store.Get(storage::Column::kLogBodies,
                              storage::LogIndexKey(static_cast<uint32_t>(storage::kOwnLog), 0));
  if (!body.ok() || !body->has_value()) return std::nullopt;
  const auto adoption = evidence::AdoptionBody::Decode(**body);
  if (!adoption.ok()) return std::nullopt;
  return NewLog{adoption->old_origin, crypto::MerkleLeafHash(*leaf).hex(),
                static_cast<int64_t>(first->header.issued_at)};
}

std::string Named(const std::vector<std::string>& origins) {
  std::string named;
  for (size_t i = 0; i < origins.size() && i < kMostNamed; ++i) {
    named += (i == 0 ? "" : ", ") + origins[i];
  }
  return origins.size() <= kMostNamed
             ? named
             : named + " and " + std::to_string(origins.size() - kMostNamed) + " more";
}

}  // namespace

std::string NodeHandlers::NewLogNotice(const Actor& actor) const {
  const auto begun = FindNewLog(node_.store());
  if (!begun.has_value()) return {};
  std::vector<std::string> waiting;
  for (const partners::Partner& partner : node_.registry().Active()) {
    // Who paired with the new log has nothing to accept. What was confirmed of the old one went
    // with it, so that what there is, is of the new one.
    const bool knew_the_old_one = partner.paired_at.seconds() <= begun->began_at;
    if (knew_the_old_one && node_.arrivals().HeldBy(partner).holds == 0) {
      waiting.push_back(partner.origin);
    }
  }
  if (waiting.empty()) return {};
  const std::string words = "not confirmed the new log yet, " + node_.config().origin;
  if (!MaySeePartners(actor)) {
    return std::to_string(waiting.size()) +
           (waiting.size() == 1 ? " partner has " : " partners have ") + words +
           ", and as long as they have not, they count nothing of it; tell a manager or the "
           "operator, whom `daftar status` shows which.";
  }
  return "Partners that have " + words + ": " + Named(waiting) +
         ". They count nothing of it until the operator of each has compared its first entry with "
         "you by phone and run there: daftar partner accept " +
         begun->old_origin + " --first-entry " + begun->first_entry + " --because TEXT";
}

}  // namespace daftar::service

#include "node/service/log_policy.h"

#include <set>
#include <vector>

#include "node/evidence/header.h"

namespace daftar::service {
namespace {

// Origins have no underscore, so that no partner has this name.
constexpr std::string_view kGroup = "more_than_half";

// The word that stands for no witness cannot name one.
std::string WitnessName(const std::string& origin) {
  return origin == "none" ? evidence::MirrorKeyName(origin) : origin;
}

}  // namespace

std::string WitnessLine(const std::string& origin, const crypto::PublicKey& mirror) {
  const crypto::NoteKey key{evidence::MirrorKeyName(origin), crypto::KeyType::kCosignature, mirror};
  return "witness " + WitnessName(origin) + " " + key.ToVkey() + "\n";
}

std::string LogPolicy(const crypto::NoteKey& head, std::span<const PolicyPartner> partners) {
  std::string policy = "# The log of " + head.name +
                       " and the partners that cosign it, as this node knows them.\n"
                       "# An auditor takes each key from the shop it belongs to: compare the lines "
                       "with what the\n"
                       "# partners' own nodes print (daftar log policy).\n";
  std::set<crypto::PublicKey> seen{head.key};
  std::vector<const PolicyPartner*> kept;
  for (const PolicyPartner& partner : partners) {
    if (partner.head == partner.mirror || seen.contains(partner.head) ||
        seen.contains(partner.mirror)) {
      policy += "# " + partner.origin + " is left out: it has a key that stands here already.\n";
      continue;
    }
    seen.insert({partner.head, partner.mirror});
    kept.push_back(&partner);
  }
  policy += "log " + head.ToVkey() + "\n";
  for (const PolicyPartner* partner : kept) {
    const crypto::NoteKey key{partner->origin, crypto::KeyType::kEd25519, partner->head};
    policy += "log " + key.ToVkey() + "\n";
  }
  if (kept.empty()) {
    return policy +
           "# No partner cosigns this log: nobody but the shop itself says that it shows everybody "
           "the\n# same entries.\nquorum none\n";
  }
  std::string members;
  for (const PolicyPartner* partner : kept) {
    policy += WitnessLine(partner->origin, partner->mirror);
    members += " " + WitnessName(partner->origin);
  }
  policy += "group " + std::string(kGroup) + " " + std::to_string(kept.size() / 2 + 1) + members;
  return policy + "\nquorum " + std::string(kGroup) + "\n";
}

}  // namespace daftar::service

#include "node/partners/log_beginning.h"

#include <variant>

namespace daftar::partners {
namespace {

using evidence::EntryKind;
using evidence::FeedEntry;
using evidence::SignedHeader;

absl::Status Wrong(size_t index, const std::string& origin, const std::string& what) {
  return absl::InvalidArgumentError("entry " + std::to_string(index) + " of " + origin + " " +
                                    what);
}

struct First {
  SignedHeader entry;
  evidence::Body body;
};

absl::StatusOr<First> ReadOne(const std::string& origin, std::span<const FeedEntry> entries,
                              size_t index) {
  if (index >= entries.size()) return Wrong(index, origin, "is missing");
  auto entry = SignedHeader::DecodeLeaf(entries[index].leaf);
  if (!entry.ok()) return entry.status();
  if (entry->header.index != index || entry->header.origin != origin) {
    return Wrong(index, origin, "is of another log or place");
  }
  if (!entries[index].body.has_value()) return Wrong(index, origin, "lacks its body");
  auto body = evidence::DecodeBody(entry->header, *entries[index].body);
  if (!body.ok()) return body.status();
  return First{*std::move(entry), *std::move(body)};
}

}  // namespace

absl::StatusOr<LogBeginning> ReadBeginning(const std::string& origin,
                                           std::span<const FeedEntry> entries) {
  auto first = ReadOne(origin, entries, 0);
  if (!first.ok()) return first.status();
  LogBeginning beginning;
  if (const auto* adoption = std::get_if<evidence::AdoptionBody>(&first->body)) {
    beginning.adoption = *adoption;
  }
  const size_t at = beginning.adoption.has_value() ? 1 : 0;
  auto second = at == 0 ? first : ReadOne(origin, entries, at);
  if (!second.ok()) return second.status();
  const auto* keys = std::get_if<evidence::KeysBody>(&second->body);
  if (keys == nullptr) return Wrong(at, origin, "is not its KEYS");
  beginning.keys = *keys;
  if (!second->entry.VerifiedBy(keys->entry) || !first->entry.VerifiedBy(keys->entry)) {
    return absl::InvalidArgumentError("the log of " + origin +
                                      " does not begin with what its own entry key has signed");
  }
  if (second->entry.header.issued_at < first->entry.header.issued_at) {
    return Wrong(at, origin, "is older than the one before");
  }
  return beginning;
}

bool AdoptedBy(const crypto::PublicKey& old_entry_key, const std::string& origin,
               const LogBeginning& beginning) {
  if (!beginning.adoption.has_value()) return false;
  const evidence::AdoptionBody& adoption = *beginning.adoption;
  return crypto::VerifySignature(
      old_entry_key,
      evidence::AdoptionStatement(origin, beginning.keys.entry, adoption.old_origin, adoption.size,
                                  adoption.root),
      adoption.old_entry_signature);
}

}  // namespace daftar::partners

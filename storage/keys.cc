#include "storage/keys.h"

#include <array>

namespace daftar::storage {
namespace {

// On disk: in the order of the enum, never changed.
constexpr std::array<std::string_view, kColumnCount> kColumnNames = {
    "meta",           "log_entries",  "log_tiles",   "log_heads", "log_bodies",    "tokens",
    "entry_states",   "incidents",    "submissions", "counters",  "customers",     "identifiers",
    "orders",         "partners",     "quotas",      "lookups",   "receipts",      "users",
    "requests",       "audit",        "groups",      "allowed",   "policies",      "outcomes",
    "sealed_files",   "cosignatures", "arrivals",    "warnings",  "subject_codes", "relays",
    "proof_requests", "asked_proof",
};
static_assert(!kColumnNames.back().empty(), "a column lacks its name");

}  // namespace

std::string_view ColumnName(Column column) { return kColumnNames.at(static_cast<size_t>(column)); }

crypto::Bytes LogIndexKey(uint32_t log, uint64_t index) {
  return crypto::Writer().U32(log).U64(index).Take();
}

crypto::Bytes LogTileKey(uint32_t log, uint8_t level, uint64_t tile) {
  return crypto::Writer().U32(log).U8(level).U64(tile).Take();
}

crypto::Bytes LogKey(uint32_t log) { return crypto::Writer().U32(log).Take(); }

}  // namespace daftar::storage

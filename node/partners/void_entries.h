// Why entries of a partner's log have no effect: counted, so that both operators can see what was
// refused and why (docs/protocol.md, "Replication, in short").
#ifndef DAFTAR_NODE_PARTNERS_VOID_ENTRIES_H_
#define DAFTAR_NODE_PARTNERS_VOID_ENTRIES_H_

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace daftar::partners {

// Numbers are places in a row on disk: append, never renumber.
enum class VoidReason : uint8_t {
  kFormat = 0,         // header or body is not what its kind has
  kOtherLog = 1,       // it names another log, or another index than its place
  kTimeDecreases = 2,  // issued before the entry before it
  // Not signed by the key that was valid. A REPORT's signature is verified when a check meets it:
  // such a one is counted from then on, until the node ends.
  kSignature = 3,
  kAboutNothing = 4,  // about an index that holds no report
  kBeforeReport = 5,  // issued no later than the report that it is about
  kOutOfOrder = 6,    // its kind cannot follow what there is about the report
  kTooMany = 7,       // over the bound of entries about one report
  // Not void: without effect until its time has come. Good news never waits.
  kFuture = 8,
};
inline constexpr size_t kVoidReasons = 9;
std::string_view VoidReasonName(VoidReason reason);   // a stable code: "out-of-order"
std::string_view VoidReasonWords(VoidReason reason);  // for the operator, in a subordinate clause

struct VoidEntries {
  struct Tally {
    uint64_t entries = 0;
    uint64_t newest = 0;  // index of the last of them
    friend bool operator==(const Tally&, const Tally&) = default;
  };
  std::array<Tally, kVoidReasons> by_reason{};

  void Add(VoidReason reason, uint64_t index) {
    Tally& tally = by_reason[static_cast<size_t>(reason)];
    ++tally.entries;
    tally.newest = std::max(tally.newest, index);
  }
  friend bool operator==(const VoidEntries&, const VoidEntries&) = default;
};

}  // namespace daftar::partners

#endif  // DAFTAR_NODE_PARTNERS_VOID_ENTRIES_H_

// What a node answers to a relayed dispute (docs/protocol.md, "RelayDispute").
#ifndef DAFTAR_NODE_PARTNERS_RELAY_ANSWER_H_
#define DAFTAR_NODE_PARTNERS_RELAY_ANSWER_H_

#include <cstdint>
#include <optional>
#include <string_view>

namespace daftar::partners {

enum class RelayOutcome : uint8_t {
  kDisputed,  // the issuer has queued its DISPUTE
  kAlready,   // there is nothing new in it
  kKept,      // another partner stops counting the report
  kRefused,   // it changes nothing
};

// Numbers are on disk: never renumber.
enum class RelayRefusal : uint8_t {
  kNone = 0,
  kMalformed = 1,
  kNotTheCaller = 2,
  kWrongSignature = 3,
  kFromTheFuture = 4,
  kUnknownLog = 5,
  kUnknownReport = 6,
  kNotAReport = 7,
  kBeforeTheReport = 8,
  kNotOpened = 9,
  kEnded = 10,
  kWrongDay = 11,
  kOther = 12,  // a word that this version does not know
};

struct RelayAnswer {
  RelayOutcome outcome = RelayOutcome::kRefused;
  RelayRefusal refusal = RelayRefusal::kNone;  // with kRefused
  friend bool operator==(const RelayAnswer&, const RelayAnswer&) = default;
};

// "disputed", "already", "kept", "refused"; nullopt for another word.
std::string_view OutcomeWord(RelayOutcome outcome);
std::optional<RelayOutcome> OutcomeFromWord(std::string_view word);
// "not-opened"; empty for kNone. kOther for a word that is not known.
std::string_view RefusalWord(RelayRefusal refusal);
RelayRefusal RefusalFromWord(std::string_view word);
// For whoever relayed it: what was wrong, and what to do.
std::string_view RefusalSentence(RelayRefusal refusal);

}  // namespace daftar::partners

#endif  // DAFTAR_NODE_PARTNERS_RELAY_ANSWER_H_

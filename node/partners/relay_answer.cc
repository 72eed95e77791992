#include "node/partners/relay_answer.h"

#include <array>

namespace daftar::partners {
namespace {

struct OutcomeName {
  RelayOutcome outcome;
  std::string_view word;
};
constexpr std::array kOutcomes = {
    OutcomeName{RelayOutcome::kDisputed, "disputed"},
    OutcomeName{RelayOutcome::kAlready, "already"},
    OutcomeName{RelayOutcome::kKept, "kept"},
    OutcomeName{RelayOutcome::kRefused, "refused"},
};

struct RefusalName {
  RelayRefusal refusal;
  std::string_view word;
  std::string_view sentence;
};
constexpr std::array kRefusals = {
    RefusalName{RelayRefusal::kMalformed, "malformed",
                "its node could not read the statement; the two nodes are of versions that do not "
                "fit. Update the older one and relay it again"},
    RefusalName{RelayRefusal::kNotTheCaller, "not-the-caller",
                "its node knows this one under another origin; pair again"},
    RefusalName{RelayRefusal::kWrongSignature, "wrong-signature",
                "the signature does not fit the entry key that its node knows of this one; talk to "
                "its operator"},
    RefusalName{
        RelayRefusal::kFromTheFuture, "from-the-future",
        "this node's clock is more than 5 minutes ahead of its; set the clock that is wrong. Where "
        "it is this node's, relay it again then"},
    RefusalName{RelayRefusal::kUnknownLog, "unknown-log",
                "the node that was asked does not copy the issuer's log"},
    RefusalName{RelayRefusal::kUnknownReport, "unknown-report",
                "its log has no such entry; `daftar partner show` says whether its log is forked"},
    RefusalName{RelayRefusal::kNotAReport, "not-a-report", "the entry is no report"},
    RefusalName{RelayRefusal::kBeforeTheReport, "before-the-report",
                "by the statement it was disputed before it was reported; set this node's clock "
                "and relay it again"},
    RefusalName{RelayRefusal::kNotOpened, "not-opened",
                "the statement does not prove that this node could open the report, or the report "
                "is erased; check the buyer again"},
    RefusalName{RelayRefusal::kEnded, "ended", "the report is withdrawn or erased; nothing counts"},
    RefusalName{RelayRefusal::kWrongDay, "wrong-day",
                "the day on which it was disputed lies before what is reported, or is still to "
                "come; relay it again with the right day"},
    RefusalName{RelayRefusal::kOther, "other",
                "for a reason that this version does not know; update this node"},
};

}  // namespace

std::string_view OutcomeWord(RelayOutcome outcome) {
  for (const OutcomeName& name : kOutcomes) {
    if (name.outcome == outcome) return name.word;
  }
  return "refused";
}

std::optional<RelayOutcome> OutcomeFromWord(std::string_view word) {
  for (const OutcomeName& name : kOutcomes) {
    if (name.word == word) return name.outcome;
  }
  return std::nullopt;
}

std::string_view RefusalWord(RelayRefusal refusal) {
  for (const RefusalName& name : kRefusals) {
    if (name.refusal == refusal) return name.word;
  }
  return "";
}

RelayRefusal RefusalFromWord(std::string_view word) {
  for (const RefusalName& name : kRefusals) {
    if (name.word == word) return name.refusal;
  }
  return RelayRefusal::kOther;
}

std::string_view RefusalSentence(RelayRefusal refusal) {
  for (const RefusalName& name : kRefusals) {
    if (name.refusal == refusal) return name.sentence;
  }
  return "";
}

}  // namespace daftar::partners

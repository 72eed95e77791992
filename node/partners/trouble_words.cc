#include "node/partners/trouble_words.h"

#include "node/partners/adoptions.h"

namespace daftar::partners {
namespace {

constexpr char kForked[] =
    "two signed heads of this log contradict each other; both are kept as evidence, and its "
    "reports do not count";

}  // namespace

std::string TroubleWords(const Partner& partner, const MirrorView& view) {
  if (partner.replaced()) {
    return "its node began another log in its place, " + partner.succession->origin +
           ", which was accepted here: nothing in this one counts";
  }
  if (partner.status == PartnerStatus::kRemoved) return view.forked ? kForked : "";
  const std::string succession = SuccessionWords(partner, view.forked);
  std::string words;
  if (view.forked) {
    words = kForked + (succession.empty() ? std::string(". Talk to the partner's operator")
                                          : ". " + succession);
  } else {
    words = succession;
  }
  if (!view.trouble.empty()) words += (words.empty() ? "" : "; ") + view.trouble;
  return words;
}

}  // namespace daftar::partners

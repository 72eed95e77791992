// Stories of a circle, told in files: what shops, customers, clocks and lines do, and what each
// partner may then believe. The daemon's own classes on real databases; only clock and network are
// the story's.
#ifndef DAFTAR_TESTS_SCENARIOS_STORY_H_
#define DAFTAR_TESTS_SCENARIOS_STORY_H_

#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "storage/mutex.h"
#include "tests/support/sim_circle.h"

namespace daftar::testing {

// One line of a file is one step:
//
// clang-format off
//   charter KEY = VALUE          of the reason deposit-unsettled; first lines of a story
//   circle SECTION KEY = VALUE   of another section of the charter; first lines
//   nodes N                      toko-a, toko-b, ..., each paired with each
//   file X at A about N          A files an incident X about buyer N
//   publish X, notice X          by the filer
//   approve X                    by somebody else at the shop
//   settle X, dispute X [by shop], resolve X upheld|withdrawn, correct X AMOUNT, withdraw X [paid],
//     erase X
//   relay X at B                 the buyer disputes X at B, a partner of X's shop
//   proof X                      the filer attaches an invoice
//   ask X at B                   B asks X's shop for its proof, as somebody who has checked the buyer
//   guess X by B                 B asks with a proof of the record key that it made up
//   disclose X to B, refuse X to B, fetch X at B
//   forge X by B to C            B sends C a relayed dispute of X with a key that it made up
//   tick                         all nodes that are up pass on, publish, copy, cosign
//   wait N d|h|s                 time passes, and then a tick
//   stop A, start A, cut A B, mend A B
//   adopt A KEY = VALUE          A adopts a charter with this line for deposit-unsettled
//   release B at A               A's operator has looked at B, whose reports were set aside
//   clear N at A                 somebody at A has looked: the buyer's number is one person's
//   refused STEP                 the step is refused
//   state X WORD                 what X is at its shop
//   sees B X WORD                what B's check of the buyer finds of X: live, settled, ...; nothing
//   counts B N COUNT             of how many partners B's decision about buyer N counts a record
//   got B X WORD                 what became of what B asked of X: waiting, fetched (and every file
//                                reads whole), refused, ...; nothing
//   arrived X at B, behind X at B   whether X's newest change is applied at B, as X's shop knows
//   # a remark
// clang-format on
//
// After each step, whoever holds the entry that says so must not count a report that is disputed,
// withdrawn, erased or expired; nor may whoever relays a dispute, whatever the issuer
// answers.
class Story {
 public:
  explicit Story(std::string text) : text_(std::move(text)) {}
  ~Story();
  // The first step that does not go as told, with its line.
  absl::Status Play();

 private:
  struct Told {
    size_t node = 0;
    size_t buyer = 0;
    ledger::IncidentId id;
  };
  using Words = std::vector<std::string>;

  absl::Status Step(const Words& words, const std::string& rest);
  absl::Status Change(const Words& words);
  absl::Status Expect(const Words& words);
  // What a buyer does at a partner of the shop.
  absl::Status AtPartner(const Words& words);
  // Asking for proof and handing it over.
  absl::Status Proof(const Words& words);
  absl::Status Got(const Words& words);
  absl::StatusOr<uint64_t> IndexOf(const Told& told);
  absl::Status Adopt(const Words& words, const std::string& rest);
  absl::Status CheckNobodyCountsWhatEnded();
  absl::StatusOr<size_t> NodeNamed(const std::string& name) const;
  absl::StatusOr<Told*> ToldAs(const std::string& name);
  absl::StatusOr<check::Answer> Ask(size_t node, size_t buyer);
  // What the node's answer says of the incident's report; "nothing".
  absl::StatusOr<std::string> Seen(size_t node, const Told& told);
  absl::Status Begin(size_t nodes);

  const std::string text_;
  std::string charter_;
  std::map<std::string, Told> told_;
  storage::Mutex cuts_mutex_;  // other nodes' threads ask
  std::set<std::pair<std::string, std::string>> cuts_ DAFTAR_GUARDED_BY(cuts_mutex_);
  // Goes first: its threads ask what is cut until they end.
  std::unique_ptr<SimCircle> circle_;
};

// By which the shops know buyer number `buyer`.
std::string BuyersPhone(size_t buyer);

}  // namespace daftar::testing

#endif  // DAFTAR_TESTS_SCENARIOS_STORY_H_

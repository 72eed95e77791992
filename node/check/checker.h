// The main job: one question about a buyer, answered from own and partners' records.
#ifndef DAFTAR_NODE_CHECK_CHECKER_H_
#define DAFTAR_NODE_CHECK_CHECKER_H_

#include <atomic>
#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "crypto/secret.h"
#include "node/book/allowlist.h"
#include "node/book/book.h"
#include "node/book/groups.h"
#include "node/book/warnings.h"
#include "node/check/outcomes.h"
#include "node/check/own_rate.h"
#include "node/check/policies.h"
#include "node/check/receipt_log.h"
#include "node/check/trial.h"
#include "node/decision/advice.h"
#include "node/decision/decide.h"
#include "node/decision/policy.h"
#include "node/evidence/charters.h"
#include "node/evidence/clock.h"
#include "node/identity/identifier.h"
#include "node/ledger/ledger.h"
#include "node/partners/lookup.h"
#include "storage/caller.h"

namespace daftar::check {

inline constexpr size_t kMaxIdentifiersPerCheck = 4;
inline constexpr std::chrono::milliseconds kDefaultPartnerDeadline{300};

struct Question {
  std::vector<identity::Identifier> identifiers;  // 1 to kMaxIdentifiersPerCheck
  decision::OrderContext order;
};

// What the answer shows beside the decision: opened facts, which no receipt holds.
struct Answer {
  ReceiptId receipt;
  decision::Decision decision;
  decision::Sentences because;
  evidence::UnixMillis time;
  crypto::Digest policy;
  std::vector<decision::NextStep> next;
  decision::TrackRecord own;
  std::vector<ledger::IncidentView> incidents;
  std::vector<decision::PartnerRecord> records;
  std::optional<TrialEffect> trial;  // as the receipt has it
};

struct CheckerOptions {
  const evidence::Charters& charters;
  const crypto::Secret32& receipt_key;
  std::chrono::milliseconds partner_deadline = kDefaultPartnerDeadline;
};

// The shop's own rules, beside the policy.
struct ShopRules {
  const Policies& policies;
  const book::Groups& groups;
  const book::Allowlist& allowlist;
  const Outcomes& outcomes;
  const OwnRate& own_rate;
  book::Warnings& warnings;
  const Trial& trial;
};

// Any thread may call. References outlive the checker.
class Checker {
 public:
  Checker(const ledger::Ledger& ledger, const book::Book& book, partners::Lookup& lookup,
          ReceiptLog& receipts, ShopRules rules, const evidence::Clock& clock,
          CheckerOptions options)
      : ledger_(ledger),
        book_(book),
        lookup_(lookup),
        receipts_(receipts),
        rules_(rules),
        clock_(clock),
        options_(options) {}

  // Takes at most the partner deadline plus what local work takes. The receipt is durable before
  // the answer is given. With a request id a repetition answers with the receipt of the first time.
  //   InvalidArgument  no or too many identifiers
  //   FailedPrecondition  the request id was used for a check of something else
  //   others           the store failed: there is no answer without a receipt
  absl::StatusOr<Answer> Check(const storage::Caller& caller, const Question& question);

  // The subjects under which receipts know these identifiers; sorted.
  std::vector<decision::Subject> SubjectsOf(
      std::span<const identity::Identifier> identifiers) const;

 private:
  absl::StatusOr<Answer> FromReceipt(const ReceiptId& id, const Question& question) const;
  absl::StatusOr<decision::Inputs> Gather(const Question& question, const decision::Policy& policy,
                                          Answer& answer);
  // What the policy on trial makes of the same inputs. None without one; and none when what it
  // needs beside could not be read, because no check fails by a trial.
  std::optional<TrialEffect> Try(const Question& question, decision::Inputs inputs,
                                 const decision::Policy& in_force) const;
  void WeighPartners(const decision::Policy& policy, decision::Inputs& inputs) const;
  absl::Status AddCustomer(const Question& question, const decision::Policy& policy, Answer& answer,
                           decision::Inputs& inputs) const;

  const ledger::Ledger& ledger_;
  const book::Book& book_;
  partners::Lookup& lookup_;
  ReceiptLog& receipts_;
  const ShopRules rules_;
  const evidence::Clock& clock_;
  const CheckerOptions options_;
};

}  // namespace daftar::check

#endif  // DAFTAR_NODE_CHECK_CHECKER_H_

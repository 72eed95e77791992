// How the node is, and what is wrong with it or with a partner.
#include <algorithm>

#include "absl/strings/str_split.h"
#include "node/decision/wording.h"
#include "node/partners/trouble_words.h"
#include "node/service/convert.h"
#include "node/service/node_handlers.h"
#include "node/version.h"

namespace daftar::service {
namespace {

constexpr char kWithCode[] =
    " This database knows no partner, so `daftar log recover` needs a code: have a partner make "
    "one (`daftar partner invite`), and run `daftar log recover --code CODE --because TEXT`";

// ADOPTION, KEYS and CHARTER: a log of no more has told nobody anything yet.
constexpr uint64_t kFirstEntries = 3;

}  // namespace

std::vector<Problem> ProblemsIn(const BackgroundTrouble& background) {
  std::vector<Problem> problems;
  const auto add = [&problems](std::string_view kind, std::string_view what,
                               const std::string& trouble, std::string_view then = "") {
    if (trouble.empty()) return;
    problems.push_back({kind, std::string(what) + trouble + std::string(then)});
  };
  add("charter", "charter.toml is not the charter in force: ", background.charter);
  add("outcomes", "own outcomes are not learnt from: ", background.outcomes);
  add("proof-files", "proof files that were erased could not be removed yet: ", background.proofs);
  add("codes", "persons' codes that have ended could not be removed yet: ", background.codes);
  add("reviews",
      "identifiers of many people could not be listed for review yet: ", background.reviews);
  add("clock", "", background.clock,
      ": no deadline acts until they agree; compare it with a time server");
  add("expiry",
      "partners' reports whose time is over could not be deleted yet: ", background.expiry);
  add("proof-requests",
      "requests for proof whose time is over could not be ended yet: ", background.handovers);
  add("purging",
      "what was erased could not be taken out of the database's files yet: ", background.purging);
  return problems;
}

std::vector<Problem> NodeHandlers::OwnProblems() const {
  std::vector<Problem> problems;
  const BackgroundTrouble background = node_.trouble();
  if (std::string trouble = node_.publisher().trouble(); !trouble.empty()) {
    // An empty database, or one that is being filled by a code.
    if (!node_.publisher().Head().has_value() && node_.registry().Active().empty()) {
      trouble += std::string(trouble.ends_with('.') ? "" : ".") + kWithCode;
    }
    problems.push_back({"log", std::move(trouble)});
  } else if (!background.publishing.empty()) {
    problems.push_back({"publishing", "the last tick published nothing: " + background.publishing});
  } else if (node_.publisher().tree_size() == 0) {
    problems.push_back(
        {"no-log",
         std::string("the database holds no log: it is new, or was emptied. Fetch it back from "
                     "partners, or put the right database in its place.") +
             kWithCode});
  }
  if (const std::string problem = node_.policies().problem(); !problem.empty()) {
    // One line for each fault.
    for (const absl::string_view line : absl::StrSplit(problem, '\n')) {
      problems.push_back({"policy", std::string(line)});
    }
  }
  for (Problem& problem : ProblemsIn(background)) problems.push_back(std::move(problem));
  return problems;
}

std::vector<Problem> NodeHandlers::ProblemsOf(const partners::Partner& partner) const {
  std::vector<Problem> problems;
  const auto mirror = node_.followers().MirrorOf(partner.origin);
  if (mirror == nullptr) return problems;
  if (const std::string trouble = partners::TroubleWords(partner, mirror->View());
      !trouble.empty()) {
    problems.push_back({"partner", "partner " + partner.origin + ": " + trouble});
  }
  auto certificate = crypto::InspectCertificate(partner.certificate_pem);
  if (certificate.ok() && certificate->not_after < node_.clock().Now().seconds()) {
    problems.push_back({"partner-certificate",
                        "partner " + partner.origin + ": its certificate has expired; pair again"});
  }
  if (const evidence::CharterHash stated = StatedCharter(partner);
      node_.charters().Find(stated) == nullptr) {
    constexpr size_t kShownDigits = 12;
    problems.push_back(
        {"partner-charter",
         "partner " + partner.origin + ": it files under the charter " +
             stated.hex().substr(0, kShownDigits) +
             ", which is not adopted here; what it reports under it does not count. Get "
             "the file from it: daftar charter adopt FILE"});
  }
  return problems;
}

std::vector<Problem> NodeHandlers::Problems() const {
  std::vector<Problem> problems = OwnProblems();
  for (const partners::Partner& partner : node_.registry().Active()) {
    for (Problem& problem : ProblemsOf(partner)) problems.push_back(std::move(problem));
  }
  return problems;
}

std::vector<Problem> NodeHandlers::ProblemsFor(const Actor& actor) const {
  if (MaySeePartners(actor)) return Problems();
  std::vector<Problem> problems = OwnProblems();
  const std::vector<partners::Partner> active = node_.registry().Active();
  const auto in_trouble = std::count_if(active.begin(), active.end(), [this](const auto& partner) {
    return !ProblemsOf(partner).empty();
  });
  if (in_trouble > 0) {
    problems.push_back(
        {"partners",
         "partners in trouble: " + std::to_string(in_trouble) +
             "; tell a manager or the operator, whom `daftar partner list` shows which"});
  }
  return problems;
}

absl::StatusOr<v1::GetStatusResponse> NodeHandlers::GetStatus(const Actor& actor,
                                                              const v1::GetStatusRequest&) {
  if (absl::Status s = Authorise(actor, "NodeService/GetStatus"); !s.ok()) return s;
  v1::GetStatusResponse out;
  const Config& config = node_.config();
  out.set_name(config.name);
  out.set_origin(config.origin);
  out.set_circle(node_.charter().circle.hex());
  out.set_circle_name(node_.charter().name);
  out.set_charter(node_.charter().hash.hex());
  out.set_version(std::string(kVersion));
  out.set_started_at(TimeText(started_at_));
  out.set_signing(node_.publisher().trouble().empty());
  if (const auto head = node_.publisher().Head(); head.has_value()) {
    out.set_log_size(head->checkpoint.size);
    out.set_log_root(head->checkpoint.root.hex());
  } else {
    out.set_log_size(node_.publisher().tree_size());  // what the database holds, unsigned
  }
  const check::ReceiptLog::Size decisions = node_.receipts().Head();
  out.set_decisions(decisions.size);
  out.set_decisions_root(decisions.root.hex());
  uint32_t fresh = 0;
  const std::vector<partners::Partner> active = node_.registry().Active();
  for (const partners::Partner& partner : active) {
    const v1::Partner described = Describe(partner);
    if (described.has_head_age_s() && described.head_age_s() <= node_.charter().stale_after_s) {
      ++fresh;
    }
  }
  out.set_partners_active(static_cast<uint32_t>(active.size()));
  out.set_partners_fresh(fresh);
  auto queued = node_.ledger().QueueLength();
  if (!queued.ok()) return queued.status();
  out.set_queued(*queued);
  for (Problem& problem : ProblemsFor(actor)) {
    out.add_problems(std::move(problem.words));
    out.add_problem_kinds(std::string(problem.kind));
  }
  out.set_test_mode(config.test_mode);
  if (config.test_mode) {
    out.add_notices(
        "This node is in test mode (test_mode in config.toml): answers about test identifiers are "
        "made up, and it can have no partners. It is for trying out, not for real customers.");
  }
  if (node_.unlock_method() == storage::UnlockMethod::kUnlockFile) {
    out.add_notices(
        "The keystore is opened by the unlock file beside it: whoever copies the directory has the "
        "keys. A passphrase file elsewhere or a systemd credential (daftar-passphrase) is safer.");
  }
  if (active.empty() && node_.publisher().Head().has_value() &&
      node_.publisher().tree_size() > kFirstEntries) {
    out.add_notices(
        "No partner is active: nobody copies or cosigns this log, and checks have no partner's "
        "answer. After a lost database pair again with each: there `daftar partner invite`, here "
        "`daftar partner join CODE`.");
  }
  if (const size_t waiting = node_.warnings().Waiting(); waiting > 0) {
    out.add_notices(std::to_string(waiting) +
                    (waiting == 1 ? " identifier is" : " identifiers are") +
                    " taken to be many people's and wait for somebody to look: `daftar warning "
                    "list`.");
  }
  auto undecided = node_.disclosures().Waiting();
  if (!undecided.ok()) return undecided.status();
  if (undecided->count > 0) {
    const int64_t age = (node_.clock().Now().value - undecided->oldest.value) / 1000;
    out.add_notices(std::to_string(undecided->count) +
                    (undecided->count == 1 ? " request of a partner's for proof waits"
                                           : " requests of partners' for proof wait") +
                    " for a manager to decide, the oldest for " +
                    decision::AgeText(static_cast<uint64_t>(std::max<int64_t>(age, 0)),
                                      decision::Language::kEnglish) +
                    ": `daftar proof requests`.");
  }
  auto flagged = node_.ledger().CountFlagged();
  if (!flagged.ok()) return flagged.status();
  if (flagged->count > 0) {
    const int64_t age = node_.clock().Now().seconds() - flagged->oldest;
    out.add_notices(std::to_string(flagged->count) +
                    (flagged->count == 1 ? " dispute of a report waits for an answer"
                                         : " disputes of reports wait for an answer") +
                    " longer than the charter's flag_days, the oldest for " +
                    decision::AgeText(static_cast<uint64_t>(std::max<int64_t>(age, 0)),
                                      decision::Language::kEnglish) +
                    "; unanswered they are withdrawn: `daftar incident list --state disputed`.");
  }
  if (std::string waiting = NewLogNotice(actor); !waiting.empty()) {
    out.add_notices(std::move(waiting));
  }
  out.set_partner_address(config.advertised());
  out.set_http_address(config.http_listen);
  out.set_log_address(config.log_listen);
  out.set_epoch(node_.epoch());
  const check::PolicyInForce policy = node_.policies().Current();
  out.set_policy(policy.hash.hex());
  out.set_policy_since(TimeText(policy.since));
  out.set_policy_from_file(policy.from_file);
  return out;
}

}  // namespace daftar::service

#include "node/service/node_handlers.h"

#include <algorithm>
#include <map>

#include "absl/strings/str_split.h"
#include "crypto/merkle.h"
#include "node/decision/wording.h"
#include "node/partners/issuer_record.h"
#include "node/service/convert.h"
#include "node/version.h"
#include "storage/log_store.h"
#include "storage/requests.h"

namespace daftar::service {
namespace {

storage::Caller CallerOf(const Actor& actor, const std::string& request_id) {
  return {actor.name, request_id};
}

// Those of partners in the note, which were verified before they got there, by origin.
void AddCosignatures(const std::string& text,
                     google::protobuf::RepeatedPtrField<v1::LogCosignature>& out) {
  auto note = crypto::ParseNote(text);
  if (!note.ok()) return;
  std::map<std::string, int64_t> times;
  const std::string suffix = evidence::MirrorKeyName("");
  for (const crypto::NoteSignature& line : note->signatures) {
    if (!line.name.ends_with(suffix)) continue;
    times.emplace(line.name.substr(0, line.name.size() - suffix.size()),
                  static_cast<int64_t>(crypto::Reader(line.blob).U64()));
  }
  for (const auto& [witness, seconds] : times) {
    v1::LogCosignature* row = out.Add();
    row->set_witness(witness);
    row->set_at(TimeText(evidence::UnixMillis::OfSeconds(seconds)));
  }
}

absl::Status CheckRequestId(const Actor& actor, const std::string& request_id) {
  return storage::RequestLog::Key(actor.name, request_id).status();
}

}  // namespace

std::vector<std::string> NodeHandlers::OwnProblems() const {
  std::vector<std::string> problems;
  if (std::string trouble = node_.publisher().trouble(); !trouble.empty()) {
    problems.push_back(trouble);
  } else if (const BackgroundTrouble background = node_.trouble(); !background.publishing.empty()) {
    problems.push_back("the last tick published nothing: " + background.publishing);
  } else if (node_.publisher().tree_size() == 0) {
    problems.push_back(
        "the database holds no log: it is new, or was emptied. Fetch it back from partners "
        "(`daftar log recover`), or put the right database in its place");
  }
  if (const std::string problem = node_.policies().problem(); !problem.empty()) {
    // One line for each fault.
    for (const absl::string_view line : absl::StrSplit(problem, '\n')) problems.emplace_back(line);
  }
  if (std::string trouble = node_.trouble().charter; !trouble.empty()) {
    problems.push_back("charter.toml is not the charter in force: " + trouble);
  }
  if (std::string trouble = node_.trouble().outcomes; !trouble.empty()) {
    problems.push_back("own outcomes are not learnt from: " + trouble);
  }
  if (std::string trouble = node_.trouble().proofs; !trouble.empty()) {
    problems.push_back("proof files that were erased could not be removed yet: " + trouble);
  }
  if (std::string trouble = node_.trouble().codes; !trouble.empty()) {
    problems.push_back("persons' codes that have ended could not be removed yet: " + trouble);
  }
  if (std::string trouble = node_.trouble().reviews; !trouble.empty()) {
    problems.push_back("identifiers of many people could not be listed for review yet: " + trouble);
  }
  if (std::string trouble = node_.trouble().clock; !trouble.empty()) {
    problems.push_back(trouble +
                       ": no deadline acts until they agree; compare it with a time server");
  }
  if (std::string trouble = node_.trouble().expiry; !trouble.empty()) {
    problems.push_back("partners' reports whose time is over could not be deleted yet: " + trouble);
  }
  if (std::string trouble = node_.trouble().handovers; !trouble.empty()) {
    problems.push_back("requests for proof whose time is over could not be ended yet: " + trouble);
  }
  if (std::string trouble = node_.trouble().purging; !trouble.empty()) {
    problems.push_back("what was erased could not be taken out of the database's files yet: " +
                       trouble);
  }
  return problems;
}

std::vector<std::string> NodeHandlers::ProblemsOf(const partners::Partner& partner) const {
  std::vector<std::string> problems;
  const auto mirror = node_.followers().MirrorOf(partner.origin);
  if (mirror == nullptr) return problems;
  if (std::string words = partners::SuccessionWords(partner); !words.empty()) {
    problems.push_back("partner " + partner.origin + ": " + words);
  }
  if (std::string trouble = mirror->View().trouble; !trouble.empty()) {
    problems.push_back("partner " + partner.origin + ": " + trouble);
  }
  auto certificate = crypto::InspectCertificate(partner.certificate_pem);
  if (certificate.ok() && certificate->not_after < node_.clock().Now().seconds()) {
    problems.push_back("partner " + partner.origin + ": its certificate has expired; pair again");
  }
  if (const evidence::CharterHash stated = StatedCharter(partner);
      node_.charters().Find(stated) == nullptr) {
    constexpr size_t kShownDigits = 12;
    problems.push_back("partner " + partner.origin + ": it files under the charter " +
                       stated.hex().substr(0, kShownDigits) +
                       ", which is not adopted here; what it reports under it does not count. Get "
                       "the file from it: daftar charter adopt FILE");
  }
  return problems;
}

std::vector<std::string> NodeHandlers::Problems() const {
  std::vector<std::string> problems = OwnProblems();
  for (const partners::Partner& partner : node_.registry().Active()) {
    for (std::string& problem : ProblemsOf(partner)) problems.push_back(std::move(problem));
  }
  return problems;
}

std::vector<std::string> NodeHandlers::ProblemsFor(const Actor& actor) const {
  if (MaySeePartners(actor)) return Problems();
  std::vector<std::string> problems = OwnProblems();
  const std::vector<partners::Partner> active = node_.registry().Active();
  const auto in_trouble = std::count_if(active.begin(), active.end(), [this](const auto& partner) {
    return !ProblemsOf(partner).empty();
  });
  if (in_trouble > 0) {
    problems.push_back("partners in trouble: " + std::to_string(in_trouble) +
                       "; tell a manager or the operator, whom `daftar partner list` shows which");
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
  for (std::string& problem : ProblemsFor(actor)) out.add_problems(std::move(problem));
  if (node_.unlock_method() == storage::UnlockMethod::kUnlockFile) {
    out.add_notices(
        "The keystore is opened by the unlock file beside it: whoever copies the directory has the "
        "keys. A passphrase file elsewhere or a systemd credential (daftar-passphrase) is safer.");
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
  out.set_partner_address(config.advertised());
  out.set_http_address(config.http_listen);
  out.set_epoch(node_.epoch());
  const check::PolicyInForce policy = node_.policies().Current();
  out.set_policy(policy.hash.hex());
  out.set_policy_since(TimeText(policy.since));
  out.set_policy_from_file(policy.from_file);
  return out;
}

absl::StatusOr<v1::CreateInviteResponse> NodeHandlers::CreateInvite(
    const Actor& actor, const v1::CreateInviteRequest& request) {
  if (absl::Status s = Authorise(actor, "NodeService/CreateInvite"); !s.ok()) return s;
  auto invite =
      node_.pairing().Invite(CallerOf(actor, request.request_id()), request.valid_for_s());
  if (!invite.ok()) return invite.status();
  v1::CreateInviteResponse out;
  out.set_code(invite->code);
  out.set_expires_at(TimeText({invite->expires_at * 1000}));
  out.set_endpoint(invite->endpoint);
  return out;
}

absl::StatusOr<v1::JoinPartnerResponse> NodeHandlers::JoinPartner(
    const Actor& actor, const v1::JoinPartnerRequest& request) {
  if (absl::Status s = Authorise(actor, "NodeService/JoinPartner"); !s.ok()) return s;
  if (absl::Status s = CheckRequestId(actor, request.request_id()); !s.ok()) return s;
  auto partner = node_.pairing().Join(CallerOf(actor, request.request_id()), request.code());
  if (!partner.ok()) return partner.status();
  if (absl::Status s = node_.followers().Refresh(); !s.ok()) return s;
  v1::JoinPartnerResponse out;
  *out.mutable_partner() = Describe(*partner);
  return out;
}

v1::Partner NodeHandlers::Describe(const partners::Partner& partner) const {
  v1::Partner out;
  out.set_origin(partner.origin);
  out.set_name(partner.name);
  out.set_endpoint(partner.endpoint);
  out.set_state(std::string(partners::StatusName(partner.status)));
  out.set_paired_at(TimeText(partner.paired_at));
  const evidence::CharterHash stated = StatedCharter(partner);
  out.set_charter(stated.hex());
  out.set_same_charter(stated == node_.charter().hash);
  out.set_certificate_pin(partner.pin.hex());
  out.set_first_entry(partner.first_leaf.hex());
  const partners::ConnectionView connection = node_.followers().ConnectionOf(partner.origin);
  out.set_connection(connection.connected ? "connected" : connection.reason);
  if (const auto mirror = node_.followers().MirrorOf(partner.origin); mirror != nullptr) {
    const partners::MirrorView view = mirror->View();
    out.set_log_size(view.size);
    if (view.head_time > 0) {
      const int64_t age = node_.clock().Now().seconds() - view.head_time;
      out.set_head_age_s(static_cast<uint64_t>(std::max<int64_t>(age, 0)));
    }
    out.set_trouble(view.trouble);
    out.set_forked(view.forked);
    if (view.quarantine.has_value()) {
      out.set_quarantined_since(TimeText(evidence::UnixMillis::OfSeconds(view.quarantine->since)));
      out.set_quarantined_for(std::string(partners::SuspicionName(view.quarantine->suspicion)));
    }
    out.set_reports(view.reports);
    if (!view.keys.empty()) out.set_epoch(view.keys.back().keys.epoch);
  }
  if (partner.replaced()) {
    out.set_trouble("its node began another log in its place, " + partner.succession->origin +
                    ", which was accepted here: nothing in this one counts");
  } else if (partner.succession.has_value()) {
    out.set_adopted_origin(partner.succession->origin);
    out.set_adopted_first_entry(partner.succession->first_leaf.hex());
    out.set_adopted_after(partner.succession->size);
    const std::string words = partners::SuccessionWords(partner);
    out.set_trouble(out.trouble().empty() ? words : words + "; " + out.trouble());
  }
  const partners::Arrival held = node_.arrivals().HeldBy(partner);
  out.set_holds(held.holds);
  if (held.holds > 0) {
    out.set_holds_since(TimeText(evidence::UnixMillis::OfSeconds(held.holds_since)));
  }
  if (const auto head = node_.publisher().Head()) out.set_own_log_size(head->checkpoint.size);
  const partners::QuotaUse use =
      node_.quota().Today(partner.origin, node_.registry().Active().size());
  out.set_quota_used(use.used);
  out.set_quota_limit(use.limit);
  const check::Outcomes::Learnt learnt = node_.outcomes().LearntAbout(partner.origin);
  out.set_weight_ppm(decision::LearntWeight(learnt.outcomes, *node_.policies().InForce()));
  out.set_learnt_from(learnt.outcomes.orders);
  out.set_learnt_bad_ppm(learnt.outcomes.bad_ppm);
  out.set_learnt_since(TimeText(learnt.since));
  return out;
}

absl::StatusOr<v1::ListPartnersResponse> NodeHandlers::ListPartners(
    const Actor& actor, const v1::ListPartnersRequest&) {
  if (absl::Status s = Authorise(actor, "NodeService/ListPartners"); !s.ok()) return s;
  v1::ListPartnersResponse out;
  for (const partners::Partner& partner : node_.registry().All()) {
    *out.add_partners() = Describe(partner);
  }
  return out;
}

namespace {

v1::IssuerRecord ToProto(const partners::IssuerRecord& record) {
  v1::IssuerRecord out;
  out.set_reports(record.reports);
  out.set_settled(record.settled);
  out.set_corrected(record.corrected);
  out.set_disputed(record.disputed);
  out.set_upheld(record.upheld);
  out.set_given_up(record.given_up);
  out.set_answered_in_time(record.answered_in_time);
  out.set_answered_late(record.answered_late);
  out.set_waiting(record.waiting);
  out.set_waiting_too_long(record.waiting_too_long);
  out.set_withdrawn(record.withdrawn);
  out.set_erased(record.erased);
  return out;
}

}  // namespace

absl::StatusOr<v1::GetPartnerResponse> NodeHandlers::GetPartner(
    const Actor& actor, const v1::GetPartnerRequest& request) {
  if (absl::Status s = Authorise(actor, "NodeService/GetPartner"); !s.ok()) return s;
  auto partner = node_.registry().Find(request.origin());
  if (!partner.ok()) return partner.status();
  v1::GetPartnerResponse out;
  *out.mutable_partner() = Describe(*partner);
  const auto mirror = node_.followers().MirrorOf(partner->origin);
  if (mirror == nullptr || partner->replaced()) return out;  // of its reports nothing is left here
  auto record = partners::RecordOf(node_.store(), partner->log, mirror->View(), node_.charters(),
                                   node_.clock().Now().seconds());
  if (!record.ok()) return record.status();
  *out.mutable_partner()->mutable_record() = ToProto(*record);
  const partners::VoidEntries voids = mirror->View().voids;
  for (size_t i = 0; i < partners::kVoidReasons; ++i) {
    if (voids.by_reason[i].entries == 0) continue;
    const auto reason = static_cast<partners::VoidReason>(i);
    v1::VoidEntries& told = *out.mutable_partner()->add_void_entries();
    told.set_reason(std::string(partners::VoidReasonName(reason)));
    told.set_words(std::string(partners::VoidReasonWords(reason)));
    told.set_entries(voids.by_reason[i].entries);
    told.set_newest_index(voids.by_reason[i].newest);
  }
  return out;
}

absl::StatusOr<v1::Partner> NodeHandlers::ChangeStatus(const Actor& actor,
                                                       const std::string& request_id,
                                                       const std::string& origin,
                                                       const std::string& because,
                                                       partners::PartnerStatus status) {
  if (absl::Status s = CheckRequestId(actor, request_id); !s.ok()) return s;
  auto partner = node_.registry().SetStatus(CallerOf(actor, request_id), origin, status, because);
  if (!partner.ok()) return partner.status();
  if (absl::Status s = node_.followers().Refresh(); !s.ok()) return s;
  // What it asked for ends at once; what fails is done by the node's upkeep.
  node_.disclosures().Sweep().IgnoreError();
  // Streams that the partner has open here look at its status when they wake.
  node_.publisher().WakeAll();
  return Describe(*partner);
}

absl::StatusOr<v1::AcceptPartnerResponse> NodeHandlers::AcceptPartner(
    const Actor& actor, const v1::AcceptPartnerRequest& request) {
  if (absl::Status s = Authorise(actor, "NodeService/AcceptPartner"); !s.ok()) return s;
  if (absl::Status s = CheckRequestId(actor, request.request_id()); !s.ok()) return s;
  auto first_entry = FirstEntryFromProto(request.first_entry());
  if (!first_entry.ok()) return first_entry.status();
  auto partner = node_.AcceptPartner(CallerOf(actor, request.request_id()), request.origin(),
                                     *first_entry, request.because());
  if (!partner.ok()) return partner.status();
  // As when a status changes: what was asked under the old name ends, and open streams look again.
  node_.disclosures().Sweep().IgnoreError();
  node_.publisher().WakeAll();
  v1::AcceptPartnerResponse out;
  *out.mutable_partner() = Describe(*partner);
  return out;
}

absl::StatusOr<v1::ReleasePartnerResponse> NodeHandlers::ReleasePartner(
    const Actor& actor, const v1::ReleasePartnerRequest& request) {
  if (absl::Status s = Authorise(actor, "NodeService/ReleasePartner"); !s.ok()) return s;
  if (absl::Status s = CheckRequestId(actor, request.request_id()); !s.ok()) return s;
  if (absl::Status s = book::CheckBecause(request.because()); !s.ok()) return s;
  auto partner = node_.registry().Find(request.origin());
  if (!partner.ok()) return partner.status();
  const auto mirror = node_.followers().MirrorOf(partner->origin);
  if (mirror == nullptr) {
    return absl::FailedPreconditionError("no copy of the log of " + partner->origin +
                                         " is kept, so none of its reports is set aside");
  }
  absl::Status released = mirror->Release(CallerOf(actor, request.request_id()), request.because(),
                                          node_.vault(), node_.entropy());
  if (!released.ok()) return released;
  v1::ReleasePartnerResponse out;
  *out.mutable_partner() = Describe(*partner);
  return out;
}

absl::StatusOr<v1::SuspendPartnerResponse> NodeHandlers::SuspendPartner(
    const Actor& actor, const v1::SuspendPartnerRequest& request) {
  if (absl::Status s = Authorise(actor, "NodeService/SuspendPartner"); !s.ok()) return s;
  auto partner = ChangeStatus(actor, request.request_id(), request.origin(), request.because(),
                              partners::PartnerStatus::kSuspended);
  if (!partner.ok()) return partner.status();
  v1::SuspendPartnerResponse out;
  *out.mutable_partner() = *std::move(partner);
  return out;
}

absl::StatusOr<v1::ResumePartnerResponse> NodeHandlers::ResumePartner(
    const Actor& actor, const v1::ResumePartnerRequest& request) {
  if (absl::Status s = Authorise(actor, "NodeService/ResumePartner"); !s.ok()) return s;
  auto partner = ChangeStatus(actor, request.request_id(), request.origin(), request.because(),
                              partners::PartnerStatus::kActive);
  if (!partner.ok()) return partner.status();
  v1::ResumePartnerResponse out;
  *out.mutable_partner() = *std::move(partner);
  return out;
}

absl::StatusOr<v1::RemovePartnerResponse> NodeHandlers::RemovePartner(
    const Actor& actor, const v1::RemovePartnerRequest& request) {
  if (absl::Status s = Authorise(actor, "NodeService/RemovePartner"); !s.ok()) return s;
  auto partner = ChangeStatus(actor, request.request_id(), request.origin(), request.because(),
                              partners::PartnerStatus::kRemoved);
  if (!partner.ok()) return partner.status();
  v1::RemovePartnerResponse out;
  *out.mutable_partner() = *std::move(partner);
  return out;
}

absl::StatusOr<v1::AddUserResponse> NodeHandlers::AddUser(const Actor& actor,
                                                          const v1::AddUserRequest& request) {
  if (absl::Status s = Authorise(actor, "NodeService/AddUser"); !s.ok()) return s;
  auto role = FromProto(request.role());
  if (!role.ok()) return role.status();
  std::optional<uint32_t> uid;
  if (request.has_uid()) uid = request.uid();
  auto made = users_.Add(CallerOf(actor, request.request_id()), request.name(), *role, uid,
                         request.because());
  if (!made.ok()) return made.status();
  v1::AddUserResponse out;
  v1::User* user = out.mutable_user();
  user->set_name(made->user.name);
  user->set_role(ToProto(made->user.role));
  user->set_added_at(TimeText(made->user.added_at));
  user->set_added_by(made->user.added_by);
  if (made->user.uid.has_value()) user->set_uid(*made->user.uid);
  out.set_token(made->token);
  return out;
}

absl::StatusOr<v1::ListUsersResponse> NodeHandlers::ListUsers(const Actor& actor,
                                                              const v1::ListUsersRequest&) {
  if (absl::Status s = Authorise(actor, "NodeService/ListUsers"); !s.ok()) return s;
  auto users = users_.List();
  if (!users.ok()) return users.status();
  v1::ListUsersResponse out;
  for (const User& user : *users) {
    v1::User* row = out.add_users();
    row->set_name(user.name);
    row->set_role(ToProto(user.role));
    row->set_added_at(TimeText(user.added_at));
    row->set_added_by(user.added_by);
    if (user.uid.has_value()) row->set_uid(*user.uid);
  }
  return out;
}

absl::StatusOr<v1::RemoveUserResponse> NodeHandlers::RemoveUser(
    const Actor& actor, const v1::RemoveUserRequest& request) {
  if (absl::Status s = Authorise(actor, "NodeService/RemoveUser"); !s.ok()) return s;
  absl::Status removed =
      users_.Remove(CallerOf(actor, request.request_id()), request.name(), request.because());
  if (!removed.ok()) return removed;
  return v1::RemoveUserResponse();
}

absl::StatusOr<v1::GetLogHeadResponse> NodeHandlers::GetLogHead(const Actor& actor,
                                                                const v1::GetLogHeadRequest&) {
  if (absl::Status s = Authorise(actor, "NodeService/GetLogHead"); !s.ok()) return s;
  node_.ServeCosignatures();
  const auto head = node_.publisher().Head();
  if (!head.has_value()) {
    return absl::UnavailableError("there is no signed head: " + node_.publisher().trouble());
  }
  const std::string& origin = node_.config().origin;
  const storage::NodeKeys& keys = node_.keys();
  v1::GetLogHeadResponse out;
  out.set_note(head->note);
  out.set_origin(origin);
  out.set_size(head->checkpoint.size);
  out.set_root(head->checkpoint.root.hex());
  out.set_signed_at(TimeText({head->timestamp * 1000}));
  out.set_head_vkey(
      crypto::NoteKey{origin, crypto::KeyType::kEd25519, keys.head.public_key()}.ToVkey());
  out.set_self_vkey(crypto::NoteKey{evidence::SelfKeyName(origin), crypto::KeyType::kCosignature,
                                    keys.self.public_key()}
                        .ToVkey());
  out.set_mirror_vkey(crypto::NoteKey{evidence::MirrorKeyName(origin),
                                      crypto::KeyType::kCosignature, keys.mirror.public_key()}
                          .ToVkey());
  AddCosignatures(head->note, *out.mutable_cosignatures());
  return out;
}

absl::StatusOr<v1::ListLogEntriesResponse> NodeHandlers::ListLogEntries(
    const Actor& actor, const v1::ListLogEntriesRequest& request) {
  if (absl::Status s = Authorise(actor, "NodeService/ListLogEntries"); !s.ok()) return s;
  auto page = PageSizeFromProto(request.page_size());
  if (!page.ok()) return page.status();
  storage::LogNumber log = storage::kOwnLog;
  std::shared_ptr<partners::Mirror> mirror;
  v1::ListLogEntriesResponse out;
  if (request.origin().empty() || request.origin() == node_.config().origin) {
    if (const auto head = node_.publisher().Head()) out.set_log_size(head->checkpoint.size);
  } else {
    auto partner = node_.registry().Find(request.origin());
    if (!partner.ok()) return partner.status();
    log = partner->log;
    mirror = node_.followers().MirrorOf(partner->origin);
    if (mirror != nullptr) out.set_log_size(mirror->View().size);
  }
  const uint64_t from = std::min(request.from(), out.log_size());
  const uint64_t to = std::min(out.log_size(), from + *page);
  absl::Status failed;
  absl::Status read =
      storage::LogStore(node_.store())
          .ReadLeaves(log, from, to, [&](uint64_t index, crypto::ByteView leaf) {
            v1::LogEntry* row = out.add_entries();
            row->set_index(index);
            row->set_leaf_hash(crypto::MerkleLeafHash(leaf).hex());
            auto body = node_.store().Get(storage::Column::kLogBodies,
                                          storage::LogIndexKey(static_cast<uint32_t>(log), index));
            if (!body.ok()) {
              failed = body.status();
              return false;
            }
            row->set_has_body(body->has_value());
            auto entry = evidence::SignedHeader::DecodeLeaf(leaf);
            if (!entry.ok()) {
              row->set_kind("VOID");
              return true;
            }
            const evidence::Header& header = entry->header;
            row->set_kind(std::string(evidence::KindName(header.kind)));
            if (header.ground != evidence::ErasureGround::kNone) {
              row->set_ground(std::string(ErasedForText(header.ground)));
            }
            row->set_issued_at(
                TimeText(evidence::UnixMillis::OfSeconds(static_cast<int64_t>(header.issued_at))));
            if (header.about != evidence::kAboutNothing) row->set_about(header.about);
            row->set_signer(header.signer.hex());
            row->set_commitment(header.commitment.hex());
            std::optional<crypto::PublicKey> key;
            if (mirror != nullptr) {
              key = mirror->EntryKeyAt(header.signer, index);
            } else {
              key = node_.keys().entry.public_key();
            }
            row->set_signature_valid(key.has_value() && entry->VerifiedBy(*key));
            return true;
          });
  if (!read.ok()) return read;
  if (!failed.ok()) return failed;
  return out;
}

}  // namespace daftar::service

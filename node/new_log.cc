#include "node/new_log.h"

#include <algorithm>
#include <utility>

#include "crypto/merkle.h"
#include "crypto/note.h"
#include "node/evidence/body.h"
#include "node/ledger/own_log_rows.h"
#include "node/old_log_rows.h"
#include "storage/audit.h"
#include "storage/log_store.h"
#include "storage/purge.h"

namespace daftar {
namespace {

using storage::Batch;
using storage::Column;

constexpr std::string_view kAction = "log.new";

// The origin of a signed note, whoever signed it; empty: it is none.
std::string OriginOf(const std::string& text) {
  auto note = crypto::ParseNote(text);
  if (!note.ok()) return {};
  auto checkpoint = crypto::ParseCheckpoint(note->text);
  return checkpoint.ok() ? checkpoint->origin : std::string();
}

absl::Status Unfinished(const NewLogIntent& intent) {
  return absl::FailedPreconditionError(
      "a new log was begun here under the origin " + intent.origin +
      " and is not finished. Until it is, the node does not start: daftar log recover --new-log " +
      intent.origin + " --because TEXT");
}

// One call of BeginNewLog.
class NewLog {
 public:
  NewLog(const NewLogPlan& plan, NewLogFiles files, const NewLogProgress& progress)
      : plan_(plan), files_(std::move(files)), progress_(progress) {}

  absl::StatusOr<NewLogDone> Run() {
    absl::Status status = Open();
    if (status.ok()) status = FindOrBegin();
    if (status.ok() && intent_->stage == NewLogStage::kLeaving) {
      status = Leave();
      if (status.ok()) status = Reach(NewLogStage::kChanging);
    }
    if (status.ok() && intent_->stage == NewLogStage::kChanging) {
      status = Change();
      if (status.ok()) status = Reach(NewLogStage::kPublishing);
    }
    if (status.ok()) status = Publish();
    if (!status.ok()) return status;
    return done_;
  }

 private:
  absl::Status Open() {
    node_.reset();  // before its database is opened again
    auto node = files_.open();
    if (!node.ok()) return node.status();
    node_ = *std::move(node);
    return absl::OkStatus();
  }

  absl::Status Doing(std::string_view what) {
    if (progress_(what)) return absl::OkStatus();
    return absl::CancelledError("stopped; the same command goes on from there");
  }

  absl::Status FindOrBegin() {
    auto found = FindNewLogIntent(node_->store(), node_->vault());
    if (!found.ok()) return found.status();
    if (found->has_value()) {
      intent_.emplace(**std::move(found));
      return intent_->origin == plan_.origin ? absl::OkStatus() : Unfinished(*intent_);
    }
    if (absl::Status status = Check(); !status.ok()) return status;
    return Begin();
  }

  absl::Status Check() const {
    if (absl::Status status = evidence::CheckOrigin(plan_.origin); !status.ok()) return status;
    if (auto status = storage::CheckBecause(plan_.because); !status.ok()) return status;
    if (plan_.origin == node_->config().origin || plan_.origin == Replaced()) {
      return absl::FailedPreconditionError(
          "the new log needs a name that no log has had: " + plan_.origin +
          (plan_.origin == node_->config().origin ? " is the log that cannot go on"
                                                  : " is the log before this one"));
    }
    if (node_->registry().Find(plan_.origin).ok()) {
      return absl::FailedPreconditionError(plan_.origin +
                                           " is a partner's log; give the new log another name");
    }
    const bool whole =
        node_->publisher().trouble().empty() && node_->publisher().Head().has_value();
    if (whole && !plan_.even_if_whole) {
      return absl::FailedPreconditionError(
          "nothing seems wrong with the log of " + node_->config().origin + ": it has " +
          std::to_string(node_->publisher().tree_size()) +
          " entries and is signed. Where something is missing, `daftar log recover` fetches it "
          "from "
          "partners, and the log goes on. A new log is for one that cannot: when partners say that "
          "two histories of it were signed, which this node cannot see by itself, add "
          "--even-if-whole");
    }
    return absl::OkStatus();
  }

  // Which log this one takes the place of; empty: of none.
  std::string Replaced() const {
    auto body = node_->store().Get(
        Column::kLogBodies, storage::LogIndexKey(static_cast<uint32_t>(storage::kOwnLog), 0));
    if (!body.ok() || !body->has_value()) return {};
    auto adoption = evidence::AdoptionBody::Decode(**body);
    return adoption.ok() ? adoption->old_origin : std::string();
  }

  // The newest head that the node has signed, as far as its files tell; of none the empty tree.
  crypto::Checkpoint NewestHead() {
    const storage::NodeKeys& keys = node_->keys();
    const std::string& origin = node_->config().origin;
    const ledger::LogIdentity identity{origin, node_->charter().circle, keys.entry, keys.head,
                                       keys.self};
    crypto::Checkpoint newest{origin, 0, crypto::CompactTree().Root()};
    const auto consider = [&](const std::string& text) {
      auto note = ledger::ReadOwnNote(identity, text);
      if (note.ok() && note->checkpoint.size > newest.size) newest = note->checkpoint;
    };
    auto marked = files_.high_water.Read();
    if (marked.ok() && marked->has_value()) consider(**marked);
    auto row = node_->store().Get(Column::kLogHeads, ledger::rows::HeadKey());
    if (row.ok() && row->has_value()) consider(std::string(crypto::AsText(**row)));
    return newest;
  }

  absl::Status Begin() {
    if (absl::Status status = Doing("resolving upon " + plan_.origin); !status.ok()) return status;
    crypto::Entropy& entropy = files_.entropy;
    NewLogIntent intent{.stage = NewLogStage::kLeaving,
                        .begun_at_ms = files_.clock.Now().value,
                        .actor = plan_.actor,
                        .because = plan_.because,
                        .origin = plan_.origin,
                        .old = NewestHead(),
                        .adoption = {},
                        .entry = crypto::SigningKey::Generate(entropy),
                        .head = crypto::SigningKey::Generate(entropy),
                        .mirror = crypto::SigningKey::Generate(entropy),
                        .self = crypto::SigningKey::Generate(entropy),
                        .epoch = {node_->epoch() + 1, crypto::VoprfKey::Generate(entropy)}};
    evidence::AdoptionBody adoption;
    adoption.salt = entropy.Public<evidence::Salt>();
    adoption.old_origin = intent.old.origin;
    adoption.size = intent.old.size;
    adoption.root = intent.old.root;
    adoption.old_entry_signature = node_->keys().entry.Sign(
        evidence::AdoptionStatement(intent.origin, intent.entry.public_key(), intent.old.origin,
                                    intent.old.size, intent.old.root));
    intent.adoption = adoption.Encode();
    intent_.emplace(std::move(intent));
    return Write();
  }

  absl::Status Write() {
    Batch batch;
    PutNewLogIntent(*intent_, node_->vault(), batch);
    return node_->store().Write(std::move(batch));
  }

  absl::Status Reach(NewLogStage stage) {
    intent_->stage = stage;
    return Write();
  }

  absl::Status Leave() {
    const std::string off = "taking reports off incidents";
    auto left = node_->ledger().LeaveLog([&] { return progress_(off); });
    if (!left.ok()) return left.status();
    done_.left = *left;
    if (absl::Status status = Doing("ending what partners have asked for"); !status.ok()) {
      return status;
    }
    if (absl::Status status = node_->charters().LeaveLog(); !status.ok()) return status;
    auto ended = node_->disclosures().EndAll("the log of the report was given up for a new one");
    if (!ended.ok()) return ended.status();
    return RemoveOldLog(node_->store(), intent_->old.origin, intent_->epoch.epoch,
                        [&] { return progress_("removing the old log"); });
  }

  absl::Status Change() {
    if (absl::Status status = Doing("changing the keys"); !status.ok()) return status;
    const storage::NodeKeys keys = intent_->KeysBeside(node_->keys());
    if (absl::Status status = files_.write_keys(keys); !status.ok()) return status;
    if (absl::Status status = Doing("changing the name"); !status.ok()) return status;
    if (absl::Status status = files_.write_origin(intent_->origin); !status.ok()) return status;
    if (absl::Status status = Doing("taking the old mark away"); !status.ok()) return status;
    if (absl::Status status = RemoveOldMark(); !status.ok()) return status;
    if (absl::Status status = Doing("opening the new log"); !status.ok()) return status;
    if (absl::Status status = Open(); !status.ok()) return status;
    if (IsBegun()) return absl::OkStatus();
    if (node_->publisher().tree_size() > 0) {
      // Its entries were written and no head was signed over them: nobody has seen any.
      absl::Status removed = RemoveEntries(node_->store(), [] { return true; });
      if (removed.ok()) removed = Open();
      if (!removed.ok()) return removed;
    }
    return node_->BootstrapInPlaceOf(intent_->adoption);
  }

  bool IsBegun() const {
    return node_->publisher().trouble().empty() && node_->publisher().Head().has_value();
  }

  absl::Status RemoveOldMark() {
    auto marked = files_.high_water.Read();
    if (!marked.ok() && !absl::IsDataLoss(marked.status())) return marked.status();
    const bool of_new_log =
        marked.ok() && marked->has_value() && OriginOf(**marked) == intent_->origin;
    return of_new_log ? absl::OkStatus() : files_.high_water.Remove();
  }

  absl::Status Publish() {
    if (!IsBegun()) return absl::DataLossError(node_->publisher().trouble());
    auto anew =
        node_->ledger().PublishAnew([&] { return progress_("queueing live reports anew"); });
    if (!anew.ok()) return anew.status();
    done_.anew = *anew;
    done_.old = intent_->old;
    done_.origin = intent_->origin;
    auto leaf = storage::LogStore(node_->store()).ReadLeaf(storage::kOwnLog, 0);
    if (!leaf.ok()) return leaf.status();
    done_.first_entry = crypto::MerkleLeafHash(*leaf).hex();
    for (const partners::Partner& partner : node_->registry().All()) {
      if (partner.status != partners::PartnerStatus::kRemoved) ++done_.partners;
    }
    if (absl::Status status = Doing("finishing"); !status.ok()) return status;
    Batch batch;
    DeleteNewLogIntent(batch);
    storage::AskForPurge(batch, crypto::AsBytes(intent_->origin));
    storage::RecordAudit(batch, node_->vault(), files_.entropy,
                         {files_.clock.Now().value, intent_->actor, std::string(kAction),
                          intent_->old.origin + " -> " + intent_->origin, intent_->because});
    if (absl::Status status = node_->store().Write(std::move(batch)); !status.ok()) return status;
    // The intent held keys. It is sealed, so that where this fails nobody is the wiser.
    constexpr Column kMeta[] = {Column::kMeta};
    (void)node_->store().Purge(kMeta);
    return absl::OkStatus();
  }

  const NewLogPlan& plan_;
  NewLogFiles files_;
  const NewLogProgress& progress_;
  std::unique_ptr<Node> node_;
  std::optional<NewLogIntent> intent_;
  NewLogDone done_;
};

}  // namespace

absl::StatusOr<NewLogDone> BeginNewLog(const NewLogPlan& plan, NewLogFiles files,
                                       const NewLogProgress& progress) {
  return NewLog(plan, std::move(files), progress).Run();
}

absl::Status CheckNoUnfinishedNewLog(const storage::StoreReader& store,
                                     const storage::Vault& vault) {
  auto intent = FindNewLogIntent(store, vault);
  if (!intent.ok()) return intent.status();
  return intent->has_value() ? Unfinished(**intent) : absl::OkStatus();
}

}  // namespace daftar

#include "node/new_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <set>

#include "crypto/merkle.h"
#include "node/ledger/incident_rows.h"
#include "node/ledger/own_log_rows.h"
#include "storage/audit.h"
#include "storage/log_store.h"
#include "tests/storage/fail_at.h"
#include "tests/support/incidents.h"
#include "tests/support/sim_circle.h"
#include "tests/support/status_matchers.h"

namespace daftar {
namespace {

using ::daftar::testing::DepositUnsettled;
using ::daftar::testing::FailAt;
using ::daftar::testing::IsOk;
using ::daftar::testing::Phone;
using ::daftar::testing::SimCircle;
using ::daftar::testing::SimNode;
using ::daftar::testing::StatusIs;
using evidence::EntryKind;
using ledger::IncidentAction;
using ledger::IncidentId;
using ledger::IncidentState;
using storage::Column;
using storage::FileStep;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kOld[] = "toko-a.test";
constexpr char kNew[] = "toko-a2.test";
constexpr int64_t kHour = 3600;
constexpr int64_t kDay = 24 * kHour;

bool GoOn(std::string_view) { return true; }

// A shop with one incident in each state that a log can know of, at the moment at which its log
// cannot go on.
class Shop {
 public:
  Shop() : node_(circle_.Add(kOld)) {
    live_ = Published("1");
    corrected_ = Published("2");
    ledger::Correction less;
    less.amount = evidence::Money{100'000'000, *evidence::Currency::FromCode("IDR")};
    Must(ledger().Correct(node_.Caller(), corrected_, less, "a part was paid"));
    disputed_ = Published("3");
    Must(ledger().Dispute(node_.Caller(), disputed_, {}, "says it was never delivered"));
    settled_ = Published("4");
    Must(ledger().Settle(node_.Caller(), settled_, {}, "paid"));
    withdrawn_ = Published("5");
    Must(ledger().Withdraw(node_.Caller(), withdrawn_, evidence::WithdrawalGround::kMistake, "x"));
    erased_ = Published("6");
    Must(ledger().Erase(node_.Caller(), erased_, evidence::ErasureGround::kRequest, "asked"));
    nameless_ = Filed(*identity::Identifier::FromNormalised(identity::IdentifierType::kHandle,
                                                            ledger::RecoveredHandle(7)));
    Must(ledger().Publish(node_.Caller(), nameless_));
    Tick();
    Tick();
    draft_ = Filed(Phone("0812-9999-7007"));
    // The same person again: the labels of the new epoch start anew, one for each.
    queued_ = Filed(Phone("0812-9999-7001"));
    Must(ledger().Publish(node_.Caller(), queued_));
    old_size_ = node_->publisher().tree_size();
    old_root_ = node_->publisher().Head()->checkpoint.root;
    old_entry_key_ = node_->keys().entry.public_key();
    pin_ = node_->keys().tls.pin;
    node_.Stop();
  }

  absl::StatusOr<NewLogDone> Begin(const NewLogProgress& progress = GoOn) {
    return node_.BeginNewLog(kNew, true, progress);
  }
  ledger::Ledger& ledger() { return node_->ledger(); }
  IncidentState StateOf(const IncidentId& id) { return ledger().Get(id)->state; }
  void Tick() { EXPECT_THAT(node_->Tick(), IsOk()); }
  void After(int64_t seconds) {
    circle_.clock().Advance(seconds);
    Tick();
    Tick();
    Tick();
  }
  std::vector<EntryKind> Kinds() {
    std::vector<EntryKind> kinds;
    for (uint64_t i = 0; i < node_->publisher().tree_size(); ++i) kinds.push_back(At(i).kind);
    return kinds;
  }
  evidence::Header At(uint64_t index) { return Entry(index).header; }
  evidence::SignedHeader Entry(uint64_t index) {
    auto leaf = storage::LogStore(node_->store()).ReadLeaf(storage::kOwnLog, index);
    return *evidence::SignedHeader::DecodeLeaf(*leaf);
  }
  crypto::Bytes Body(uint64_t index) {
    return **node_->store().Get(
        Column::kLogBodies, storage::LogIndexKey(static_cast<uint32_t>(storage::kOwnLog), index));
  }
  bool Did(const IncidentId& id, IncidentAction action) {
    return ledger().Get(id)->incident.LastTime(action) != 0;
  }

  // All that must hold when the new log was begun, however often that was broken off. The node is
  // up.
  void ExpectNewLogInPlaceOfOld() {
    EXPECT_EQ(node_->config().origin, kNew);
    EXPECT_EQ(node_->publisher().trouble(), "");
    ASSERT_THAT(Kinds(), ElementsAre(EntryKind::kAdoption, EntryKind::kKeys, EntryKind::kCharter));
    auto adoption = evidence::AdoptionBody::Decode(Body(0));
    auto keys = evidence::KeysBody::Decode(Body(1));
    ASSERT_TRUE(adoption.ok() && keys.ok());
    EXPECT_EQ(adoption->old_origin, kOld);
    EXPECT_EQ(adoption->size, old_size_);
    EXPECT_EQ(adoption->root, old_root_);
    EXPECT_TRUE(crypto::VerifySignature(
        old_entry_key_, evidence::AdoptionStatement(kNew, keys->entry, kOld, old_size_, old_root_),
        adoption->old_entry_signature));
    for (uint64_t i = 0; i < 3; ++i) {
      EXPECT_TRUE(Entry(i).VerifiedBy(keys->entry));
      EXPECT_EQ(At(i).origin, kNew);
    }
    EXPECT_NE(keys->entry, old_entry_key_);
    EXPECT_EQ(keys->epoch, storage::kFirstEpoch + 1);
    EXPECT_EQ(keys->tls_spki.view()[0], pin_.view()[0]);
    EXPECT_EQ(node_->keys().tls.pin, pin_);
    EXPECT_EQ(evidence::CharterBody::Decode(Body(2))->charter, node_->charter().hash);
    EXPECT_EQ(node_->charters().List().front().entry, ledger::kAdoptedCharterIndex);
    EXPECT_THAT(FindNewLogIntent(node_->store(), node_->vault()), IsOk());
    EXPECT_FALSE(FindNewLogIntent(node_->store(), node_->vault())->has_value());
    ExpectIncidents();

    Tick();
    std::set<evidence::Token> tokens;
    EXPECT_THAT(Kinds(), ElementsAre(EntryKind::kAdoption, EntryKind::kKeys, EntryKind::kCharter,
                                     EntryKind::kReport, EntryKind::kReport, EntryKind::kReport));
    for (const IncidentId& id : {live_, corrected_, queued_}) {
      EXPECT_EQ(StateOf(id), IncidentState::kPublished);
      EXPECT_GE(ledger().Get(id)->report->index, 3u);
    }
    // What it says is what stands, under the new name, and opens with the same key as ever.
    const uint64_t index = ledger().Get(corrected_)->report->index;
    auto report = evidence::ReportBody::Decode(Body(index));
    auto facts = evidence::OpenReport(*report, kNew,
                                      evidence::ReportKey(node_->keys().record, report->salt));
    ASSERT_THAT(facts, IsOk());
    EXPECT_EQ(facts->amount.minor, 100'000'000u);
  }

  void ExpectIncidents() {
    EXPECT_EQ(StateOf(draft_), IncidentState::kReady);
    EXPECT_FALSE(Did(draft_, IncidentAction::kLogLost));
    EXPECT_EQ(StateOf(disputed_), IncidentState::kDisputed);
    EXPECT_EQ(StateOf(settled_), IncidentState::kSettled);
    EXPECT_EQ(StateOf(withdrawn_), IncidentState::kWithdrawn);
    EXPECT_EQ(StateOf(nameless_), IncidentState::kWithdrawn);
    for (const IncidentId& id : {live_, corrected_, disputed_, settled_, withdrawn_, nameless_}) {
      EXPECT_TRUE(Did(id, IncidentAction::kLogLost));
    }
    EXPECT_FALSE(Did(queued_, IncidentAction::kLogLost));  // its report was never in the old one
    for (const IncidentId& id : {disputed_, settled_, withdrawn_, nameless_}) {
      EXPECT_FALSE(ledger().Get(id)->report.has_value());
    }
  }

  SimCircle circle_;
  SimNode& node_;
  IncidentId live_, corrected_, disputed_, settled_, withdrawn_, erased_, nameless_, draft_,
      queued_;
  uint64_t old_size_ = 0;
  crypto::Digest old_root_;
  crypto::PublicKey old_entry_key_;
  crypto::SpkiPin pin_;

 private:
  static void Must(const absl::StatusOr<ledger::IncidentView>& view) { EXPECT_THAT(view, IsOk()); }
  IncidentId Filed(const identity::Identifier& who) {
    auto account = DepositUnsettled("0812-9999-7000");
    account.identifiers = {who};
    auto view = ledger().Add(node_.Caller(), account);
    EXPECT_THAT(view, IsOk());
    return view->incident.id;
  }
  IncidentId Published(const std::string& digit) {
    const IncidentId id = Filed(Phone("0812-9999-700" + digit));
    Must(ledger().Publish(node_.Caller(), id));
    Tick();
    EXPECT_EQ(StateOf(id), IncidentState::kPublished);
    return id;
  }
};

TEST(NewLogTest, TakesThePlaceOfTheOldOneAndPublishesWhatIsLiveAnew) {
  Shop shop;
  auto done = shop.Begin();
  ASSERT_THAT(done, IsOk());
  EXPECT_EQ(done->origin, kNew);
  EXPECT_EQ(done->old.size, shop.old_size_);
  EXPECT_EQ(done->left.live, 3u);
  EXPECT_EQ(done->left.disputed, 1u);
  EXPECT_EQ(done->left.ended, 3u);
  EXPECT_EQ(done->left.nameless, 1u);
  EXPECT_EQ(done->anew.queued, 3u);
  EXPECT_EQ(done->anew.stopped + done->anew.expired, 0u);
  shop.node_.Start();
  auto leaf = storage::LogStore(shop.node_->store()).ReadLeaf(storage::kOwnLog, 0);
  EXPECT_EQ(done->first_entry, crypto::MerkleLeafHash(*leaf).hex());
  shop.ExpectNewLogInPlaceOfOld();
  auto record = storage::ReadAudit(shop.node_->store(), shop.node_->vault(), {.limit = 100});
  ASSERT_THAT(record, IsOk());
  const auto told = std::count_if(record->rows.begin(), record->rows.end(), [](const auto& row) {
    return row.action == "log.new" && row.because == "two histories" && row.actor == "uid:0";
  });
  EXPECT_EQ(told, 1);
}

TEST(NewLogTest, NothingOfTheOldLogIsLeft) {
  Shop shop;
  ASSERT_THAT(shop.Begin(), IsOk());
  shop.node_.Start();
  const storage::Store& store = shop.node_->store();
  const auto count = [&](Column column, const crypto::Bytes& prefix) {
    size_t rows = 0;
    EXPECT_THAT(store.Scan(column, prefix, prefix,
                           [&](crypto::ByteView, crypto::ByteView) { return ++rows > 0; }),
                IsOk());
    return rows;
  };
  const crypto::Bytes log = storage::LogKey(static_cast<uint32_t>(storage::kOwnLog));
  EXPECT_EQ(count(Column::kLogEntries, log), 3u);
  EXPECT_EQ(count(Column::kLogBodies, log), 3u);
  EXPECT_EQ(count(Column::kTokens, log), 0u);
  EXPECT_EQ(count(Column::kSubmissions, ledger::Publication::Prefix()), 0u);
  EXPECT_EQ(count(Column::kSubmissions, ledger::Submission::QueuePrefix()), 3u);
  EXPECT_EQ(count(Column::kIncidents, ledger::rows::ReportPrefix()), 3u);
  // Of the two persons with live reports, in the new epoch.
  EXPECT_EQ(count(Column::kCounters, {}), 2u);
  EXPECT_EQ(count(Column::kCounters, crypto::Writer().U32(storage::kFirstEpoch + 1).Take()), 2u);
  EXPECT_EQ(count(Column::kMeta, crypto::ToBytes(std::string_view("purge"))), 1u);
}

TEST(NewLogTest, BrokenOffAnywhereItIsFinishedByTheSameCommand) {
  size_t steps = 0;
  {
    Shop shop;
    ASSERT_THAT(shop.Begin([&](std::string_view) { return ++steps > 0; }), IsOk());
  }
  ASSERT_GT(steps, 15u);
  for (size_t last = 0; last < steps; ++last) {
    SCOPED_TRACE("broken off before step " + std::to_string(last));
    Shop shop;
    size_t step = 0;
    std::string doing;
    auto broken = shop.Begin([&](std::string_view what) {
      doing = what;
      return step++ < last;
    });
    ASSERT_THAT(broken, StatusIs(absl::StatusCode::kCancelled)) << doing;
    if (last > 0) {
      // Under another name it is not: keys and statement are those of the first call.
      EXPECT_THAT(shop.node_.BeginNewLog("toko-a3.test", true, GoOn),
                  StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr(kNew)))
          << doing;
    }
    auto done = shop.Begin();
    ASSERT_THAT(done, IsOk()) << doing;
    shop.node_.Start();
    shop.ExpectNewLogInPlaceOfOld();
    if (::testing::Test::HasFailure()) FAIL() << doing;
  }
}

TEST(NewLogTest, AMarkThatCannotBeReplacedNowIsReplacedByTheNextCall) {
  for (const FileStep at : {FileStep::kRemove, FileStep::kCreate, FileStep::kWrite,
                            FileStep::kSyncFile, FileStep::kRename, FileStep::kSyncDirectory}) {
    for (const bool after : {false, true}) {
      SCOPED_TRACE(std::to_string(static_cast<int>(at)) + (after ? " after" : " before"));
      Shop shop;
      FailAt fault(at, after);
      shop.node_.high_water_hook = &fault;
      EXPECT_THAT(shop.Begin(), StatusIs(absl::StatusCode::kUnavailable));
      shop.node_.high_water_hook = nullptr;
      ASSERT_THAT(shop.Begin(), IsOk());
      shop.node_.Start();
      shop.ExpectNewLogInPlaceOfOld();
    }
  }
}

TEST(NewLogTest, IsRefusedWhereItIsNotMeant) {
  Shop shop;
  EXPECT_THAT(shop.node_.BeginNewLog(kNew, false, GoOn),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("--even-if-whole")));
  EXPECT_THAT(shop.node_.BeginNewLog(kOld, true, GoOn),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("cannot go on")));
  EXPECT_THAT(shop.node_.BeginNewLog("Not A Name", true, GoOn),
              StatusIs(absl::StatusCode::kInvalidArgument));
  // Nothing was begun: the old log goes on.
  shop.node_.Start();
  EXPECT_EQ(shop.node_->config().origin, kOld);
  EXPECT_EQ(shop.node_->publisher().tree_size(), shop.old_size_);
  shop.node_.Stop();

  ASSERT_THAT(shop.Begin(), IsOk());
  EXPECT_THAT(shop.node_.BeginNewLog(kOld, true, GoOn),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("before this one")));
}

TEST(NewLogTest, ALogThatIsInTroubleNeedsNoWordMore) {
  Shop shop;
  std::filesystem::remove(shop.node_.dir() / "high-water");
  ASSERT_THAT(shop.node_.BeginNewLog(kNew, false, GoOn), IsOk());
  shop.node_.Start();
  shop.ExpectNewLogInPlaceOfOld();
}

TEST(NewLogTest, WithoutADatabaseTheKeystoreAloneBeginsIt) {
  Shop shop;
  std::filesystem::remove_all(shop.node_.dir() / "db");
  auto done = shop.node_.BeginNewLog(kNew, false, GoOn);
  ASSERT_THAT(done, IsOk());
  EXPECT_EQ(done->old.size, shop.old_size_);  // from the high-water file
  shop.node_.Start();
  auto adoption = evidence::AdoptionBody::Decode(shop.Body(0));
  EXPECT_EQ(adoption->root, shop.old_root_);
  EXPECT_THAT(shop.Kinds(),
              ElementsAre(EntryKind::kAdoption, EntryKind::kKeys, EntryKind::kCharter));
}

// What a listed person was told does not change because the shop lost its log.
TEST(NewLogTest, ThePeriodsThatWerePromisedGoOn) {
  Shop shop;
  ASSERT_THAT(shop.Begin(), IsOk());
  shop.node_.Start();
  shop.After(0);
  EXPECT_THAT(shop.ledger().Get(shop.erased_), StatusIs(absl::StatusCode::kNotFound));
  shop.After(49 * kHour);  // the demonstration's charter: 48 hours each
  EXPECT_EQ(shop.StateOf(shop.settled_), IncidentState::kWithdrawn);
  EXPECT_THAT(shop.ledger().Get(shop.withdrawn_), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(shop.ledger().Get(shop.nameless_), StatusIs(absl::StatusCode::kNotFound));
  shop.After(49 * kHour);
  EXPECT_THAT(shop.ledger().Get(shop.settled_), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_EQ(shop.StateOf(shop.disputed_), IncidentState::kDisputed);
  shop.After(31 * kDay);
  EXPECT_EQ(shop.StateOf(shop.disputed_), IncidentState::kWithdrawn);
  // None of it went into the new log.
  for (const EntryKind kind : shop.Kinds()) {
    EXPECT_TRUE(kind == EntryKind::kReport || !evidence::IsAboutReport(kind));
  }
}

TEST(NewLogTest, ADisputeThatIsFoundUnfoundedLeavesADraft) {
  Shop shop;
  ASSERT_THAT(shop.Begin(), IsOk());
  shop.node_.Start();
  ASSERT_THAT(shop.ledger().Resolve(shop.node_.Caller(), shop.disputed_, true, "has the receipt"),
              IsOk());
  shop.Tick();
  EXPECT_EQ(shop.StateOf(shop.disputed_), IncidentState::kReady);
  EXPECT_EQ(shop.Kinds().size(), 6u);
}

TEST(NewLogTest, WhatMayNotBeSharedAnyMoreIsNotPublishedAnew) {
  Shop shop;
  shop.circle_.clock().Advance(61 * 31 * kDay);  // past any retention
  auto done = shop.Begin();
  ASSERT_THAT(done, IsOk());
  EXPECT_EQ(done->anew.expired, 3u);
  EXPECT_EQ(done->anew.queued, 0u);
  shop.node_.Start();
  shop.Tick();
  shop.Tick();
  EXPECT_THAT(shop.ledger().Get(shop.live_), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_EQ(shop.Kinds().size(), 3u);
}

}  // namespace
}  // namespace daftar

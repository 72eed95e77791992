// A log that is taken back from partners, and what the shop then knows of its incidents.
#include "node/ledger/log_export.h"
#include "node/ledger/lost_labels.h"
#include "tests/scenarios/taking_back_fixture.h"

namespace daftar::testing {
namespace {

using ledger::IncidentState;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// Counts the files of a bundle.
class Files final : public audit::BundleSink {
 public:
  bool BeginFile(const std::string& name, const audit::BundleProgress&) override {
    names.insert(name);
    return true;
  }
  bool Append(crypto::ByteView, const audit::BundleProgress&) override { return true; }
  bool Finish(const std::string&, const audit::BundleProgress&) override { return true; }
  std::set<std::string> names;
};

class TakingBackCases : public TakingBack {
 protected:
  absl::Status Export(const ledger::LogExportRequest& request, Files& files) {
    const storage::NodeKeys& keys = a_->keys();
    const ledger::LogIdentity identity{kOrigin, a_->charter().circle, keys.entry, keys.head,
                                       keys.self};
    const ledger::LogExportSource source{a_->store(),  identity,       a_->publisher(),
                                         a_->ledger(), a_->charters(), keys.record};
    return ledger::ExportLog(source, request, circle_.clock().Now(), files);
  }
};

TEST_F(TakingBack, ADraftThatWasPublishedMeanwhileHasItsReportAgain) {
  const auto id = File();
  BackUp();
  Publish(id);
  ASSERT_THAT(a_->ledger().Settle(a_.Caller(), id, {}, "paid"), IsOk());
  Settle();
  PutBack();
  EXPECT_EQ(StateOf(id), IncidentState::kReady);
  EXPECT_THAT(a_->ledger().Publish(a_.Caller(), id),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("have been signed")));
  ASSERT_THAT(Recover(), IsOk());
  EXPECT_EQ(StateOf(id), IncidentState::kSettled);
  EXPECT_TRUE(a_->ledger().Get(id)->report.has_value());
  EXPECT_EQ(Reports(), 1u);
  // And its periods run: what is settled is withdrawn.
  circle_.clock().Advance(int64_t{circle_.charter().withdraw_after_settlement_hours} * 3600 + 60);
  Settle();
  EXPECT_EQ(StateOf(id), IncidentState::kWithdrawn);
}

TEST_F(TakingBack, WhatKeptTheLastTickFromPublishingIsOverWithTheRecovery) {
  BackUp();
  Publish(File());
  PutBack();
  EXPECT_FALSE(a_->Tick().ok());
  EXPECT_THAT(a_->trouble().publishing, HasSubstr("have been signed"));
  ASSERT_THAT(Recover(), IsOk());
  EXPECT_EQ(a_->publisher().trouble(), "");
  EXPECT_EQ(a_->trouble().publishing, "");  // though nothing has ticked since
}

// An export right after it is worth no less than one before.
TEST_F(TakingBack, ThePartnersCosignaturesComeWithTheRecovery) {
  BackUp();
  Publish(File());
  PutBack();
  const auto recovered = Recover();
  ASSERT_THAT(recovered, IsOk());
  EXPECT_THAT(recovered->said, Contains(HasSubstr("partners cosign the head when they answer")));
  const auto head = a_->publisher().Head();
  ASSERT_TRUE(head.has_value());
  EXPECT_EQ(a_->arrivals().cosignatures().Over(head->checkpoint).size(), 2u);
}

// What no partner has copied is in the other copy's database, unless somebody deletes that.
TEST_F(TakingBack, WhoeverIsToldOfALongerLogIsToldToKeepTheOtherCopy) {
  BackUp();
  std::filesystem::copy_file(a_.dir() / "high-water", circle_.temp() / "high-water");
  Publish(File());
  a_.Stop();
  std::filesystem::copy_file(circle_.temp() / "high-water", a_.dir() / "high-water",
                             std::filesystem::copy_options::overwrite_existing);
  PutBack();
  ASSERT_THAT(a_->ledger().Publish(a_.Caller(), File()), IsOk());
  circle_.clock().Advance(31);
  EXPECT_FALSE(a_->Tick().ok());
  EXPECT_THAT(a_->publisher().trouble(),
              AllOf(HasSubstr("keep its directory"), HasSubstr("is the longer one"),
                    HasSubstr("'Two copies of one node'")));
}

TEST_F(TakingBack, WhatNobodyHoldsMayBeInAnotherCopy) {
  namespace fs = std::filesystem;
  BackUp();
  const auto copy = [&](const SimNode& partner) {
    return circle_.temp() / (partner.origin() + "-copy");
  };
  for (SimNode* partner : {&b_, &c_}) {
    partner->Stop();
    fs::copy(partner->dir() / "db", copy(*partner), fs::copy_options::recursive);
    partner->Start();
  }
  Publish(File());
  a_.Stop();
  for (SimNode* partner : {&b_, &c_}) {
    partner->Stop();
    fs::remove_all(partner->dir() / "db");
    fs::copy(copy(*partner), partner->dir() / "db", fs::copy_options::recursive);
    partner->Start();
  }
  PutBack();
  constexpr char kAdvice[] = "fetches what is missing back from partners";
  EXPECT_THAT(a_->publisher().trouble(), HasSubstr(kAdvice));
  // It has just been followed.
  EXPECT_THAT(Recover(), StatusIs(absl::StatusCode::kFailedPrecondition,
                                  AllOf(HasSubstr("have been signed"), Not(HasSubstr(kAdvice)),
                                        HasSubstr(". No partner that answered"),
                                        HasSubstr("delete neither before"))));
}

TEST_F(TakingBack, WhatWasQueuedIsNotPublishedTwice) {
  const auto id = File();
  ASSERT_THAT(a_->ledger().Publish(a_.Caller(), id), IsOk());
  BackUp();  // the report waits for its tick in it
  Settle();
  const uint64_t size = a_->publisher().tree_size();
  PutBack();
  ASSERT_THAT(Recover(), IsOk());
  EXPECT_EQ(StateOf(id), IncidentState::kPublished);
  Settle();
  EXPECT_EQ(a_->publisher().tree_size(), size);
}

TEST_F(TakingBack, AnUpdateThatTheLogHasInAnotherFormIsTakenOffTheQueue) {
  const auto id = File();
  Publish(id);
  BackUp();
  ASSERT_THAT(a_->ledger().Settle(a_.Caller(), id, {}, "paid"), IsOk());
  Settle();
  const uint64_t size = a_->publisher().tree_size();
  PutBack();
  // The old copy does not know it, and says it again.
  ASSERT_THAT(a_->ledger().Settle(a_.Caller(), id, {}, "paid"), IsOk());
  ASSERT_THAT(Recover(), IsOk());
  Settle();
  EXPECT_EQ(a_->publisher().tree_size(), size);
  EXPECT_EQ(Voids(), 0u);
}

// An erasure finds by the events what it deletes, and whether it was published.
TEST_F(TakingBack, AnErasureIsTakenHoweverMuchWasNotedBefore) {
  const auto id = File();
  const auto events = [&] { return a_->ledger().Get(id)->incident.events.size(); };
  while (events() + 1 < ledger::kMaxIncidentEvents) {
    ASSERT_THAT(a_->ledger().Dispute(a_.Caller(), id, {}, "not so"), IsOk());
    ASSERT_THAT(a_->ledger().Resolve(a_.Caller(), id, /*upheld=*/true, "it is so"), IsOk());
  }
  Publish(id);
  ASSERT_EQ(events(), ledger::kMaxIncidentEvents);
  const crypto::Bytes body = storage::LogIndexKey(static_cast<uint32_t>(storage::kOwnLog),
                                                  a_->ledger().Get(id)->report->index);
  const auto has_body = [&] {
    return a_->store().Get(storage::Column::kLogBodies, body)->has_value();
  };
  BackUp();
  EXPECT_THAT(
      a_->ledger().Dispute(a_.Caller(), id, {}, "not so"),
      StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("still be withdrawn or erased")));
  ASSERT_THAT(a_->ledger().Erase(a_.Caller(), id, evidence::ErasureGround::kRequest, "asked for"),
              IsOk());
  Settle();
  EXPECT_FALSE(has_body());
  PutBack();
  EXPECT_TRUE(has_body());
  ASSERT_THAT(Recover(), IsOk());
  EXPECT_EQ(StateOf(id), IncidentState::kErased);
  Settle();
  EXPECT_FALSE(has_body());
  EXPECT_TRUE(a_->ledger().Get(id)->incident.IsScrubbed());
}

TEST_F(TakingBack, AReportWhoseIncidentIsLostCanStillBeMadeGood) {
  BackUp();
  const auto id = File();
  Publish(id);
  const uint64_t index = a_->ledger().Get(id)->report->index;
  PutBack();
  EXPECT_THAT(a_->ledger().Get(id), StatusIs(absl::StatusCode::kNotFound));
  auto recovered = Recover();
  ASSERT_THAT(recovered, IsOk());
  auto page = a_->ledger().List({}, 10, {});
  ASSERT_THAT(page, IsOk());
  ASSERT_EQ(page->incidents.size(), 1u);
  const ledger::IncidentView& found = page->incidents.front();
  EXPECT_EQ(found.state, IncidentState::kPublished);
  EXPECT_EQ(found.report->index, index);
  EXPECT_EQ(found.incident.account.amount.minor, DepositUnsettled(kPhone).amount.minor);
  EXPECT_EQ(found.incident.account.identifiers.front().value(), ledger::RecoveredHandle(index));
  ASSERT_THAT(a_->ledger().Withdraw(a_.Caller(), found.incident.id,
                                    evidence::WithdrawalGround::kOther, "the database is lost"),
              IsOk());
  Settle();
  EXPECT_EQ(Voids(), 0u);
  EXPECT_EQ(AtB().size, a_->publisher().tree_size());
}

// It would fail at the auditor's for what nobody can tell any more.
TEST_F(TakingBackCases, AReportWhoseIncidentIsLostHasNoCase) {
  BackUp();
  Publish(File());
  PutBack();
  ASSERT_THAT(Recover(), IsOk());
  const ledger::IncidentView found = a_->ledger().List({}, 10, {})->incidents.front();
  const uint64_t index = found.report->index;
  Files files;
  EXPECT_THAT(Export({.incident = found.incident.id}, files),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       AllOf(HasSubstr("who filed and approved it"),
                             HasSubstr("--open " + std::to_string(index)))));
  EXPECT_THAT(files.names, IsEmpty());
  EXPECT_THAT(Export({.open = {index}}, files), IsOk());
  EXPECT_THAT(files.names, Contains("openings"));
}

TEST_F(TakingBackCases, ACaseIsRefusedOnlyWhereSomethingOfItIsLost) {
  const auto whole = File();
  const auto without_proof = File("0813-2465-7980");
  BackUp();
  Attach(without_proof);
  Publish(without_proof);
  Publish(whole);
  PutBack();
  ASSERT_THAT(Recover(), IsOk());
  Files files;
  EXPECT_THAT(Export({.incident = without_proof}, files),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       AllOf(HasSubstr("it went the proof."), Not(HasSubstr("who filed")))));
  EXPECT_THAT(files.names, IsEmpty());
  EXPECT_THAT(Export({.incident = whole}, files), IsOk());
  EXPECT_THAT(files.names, Contains("case"));
}

TEST_F(TakingBack, NoLabelIsUsedTwice) {
  BackUp();
  Publish(File());
  PutBack();
  ASSERT_THAT(Recover(), IsOk());
  Publish(File());
  // Each report's own label leads to it alone.
  std::map<evidence::Token, int> seen;
  const storage::LogStore log(a_->store());
  for (uint64_t index = 0; index < a_->publisher().tree_size(); ++index) {
    auto entry = evidence::SignedHeader::DecodeLeaf(*log.ReadLeaf(storage::kOwnLog, index));
    if (entry->header.kind != evidence::EntryKind::kReport) continue;
    for (const auto& slot : SlotsOf(index)) ++seen[slot.token];
  }
  EXPECT_EQ(seen.size(), 8u);
}

// What was filed and erased since the backup has left nothing that shows its labels, also where the
// same backup is put back a second time.
TEST_F(TakingBack, NoLabelOfWhatWasErasedSinceIsUsedAgain) {
  BackUp();
  std::set<evidence::Token> seen;
  size_t slots = 0;
  const auto report = [&] {
    const auto id = File();
    Publish(id);
    for (const auto& slot : SlotsOf(a_->ledger().Get(id)->report->index)) {
      seen.insert(slot.token);
      ++slots;
    }
    return id;
  };
  for (int round = 0; round < 3; ++round) {
    report();
    const auto erased = report();
    ASSERT_THAT(a_->ledger().Erase(a_.Caller(), erased, evidence::ErasureGround::kRequest, "asked"),
                IsOk());
    Settle();
    PutBack();
    ASSERT_THAT(Recover(), IsOk());
  }
  report();
  EXPECT_EQ(slots, 7u * 4);
  EXPECT_EQ(seen.size(), slots);
}

TEST_F(TakingBack, AnIdentifierWithFourReportsMayHaveNoLabelLeft) {
  for (int i = 0; i < 4; ++i) Publish(File());
  storage::Batch batch;
  ASSERT_THAT(ledger::NoteLostLabels(a_->store(), a_->epoch(), 0, 20, batch), IsOk());
  ASSERT_THAT(a_->store().Write(std::move(batch)), IsOk());
  EXPECT_THAT(a_->ledger().Publish(a_.Caller(), File()),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("a new epoch does")));
  // Whoever had none has one left.
  const auto id = File("0813-2465-7980");
  Publish(id);
  EXPECT_EQ(StateOf(id), IncidentState::kPublished);
}

TEST_F(TakingBack, AReportThatWaitsUnderALabelThatMayBeUsedBecomesADraft) {
  const auto id = File();
  ASSERT_THAT(a_->ledger().Publish(a_.Caller(), id), IsOk());
  BackUp();  // the report waits for its tick in it
  ASSERT_THAT(
      a_->ledger().Withdraw(a_.Caller(), id, evidence::WithdrawalGround::kOther, "a mistake"),
      IsOk());
  const auto erased = File("0813-2465-7980");
  Publish(erased);
  ASSERT_THAT(a_->ledger().Erase(a_.Caller(), erased, evidence::ErasureGround::kRequest, "asked"),
              IsOk());
  Settle();
  PutBack();
  ASSERT_THAT(Recover(), IsOk());
  EXPECT_EQ(StateOf(id), IncidentState::kReady);
  EXPECT_THAT(a_->ledger().Get(id)->incident.events.back().because, HasSubstr("may have been"));
}

TEST_F(TakingBack, WhatPartnersAlterIsRefused) {
  const auto id = File();
  BackUp();
  Publish(id);
  const uint64_t size = a_->publisher().tree_size();
  PutBack();
  for (const int what : {0, 1, 2}) {
    circle_.faults.alter_feed = [what](const std::string&, evidence::FeedBatch& batch) {
      if (batch.entries.empty()) return;
      char& of_head = batch.head[batch.head.find('\n', batch.head.find('\n') + 1) + 3];  // its root
      switch (what) {
        case 0:
          batch.entries.back().leaf.back() ^= 1;
          break;
        case 1:
          batch.entries.back().body->back() ^= 1;
          break;
        default:
          of_head = of_head == 'A' ? 'B' : 'A';
          break;
      }
    };
    EXPECT_THAT(Recover(), StatusIs(absl::StatusCode::kUnavailable,
                                    AllOf(HasSubstr("of no help"), HasSubstr("--new-log ORIGIN"),
                                          Not(HasSubstr("again when")))));
    EXPECT_LT(a_->publisher().tree_size(), size) << what;
    EXPECT_NE(a_->publisher().trouble(), "");
  }
  circle_.faults.alter_feed = nullptr;
  ASSERT_THAT(Recover(), IsOk());
  EXPECT_EQ(a_->publisher().tree_size(), size);
  EXPECT_EQ(StateOf(id), IncidentState::kPublished);
}

}  // namespace
}  // namespace daftar::testing

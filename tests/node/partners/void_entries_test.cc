// What a partner's log holds and must not: each is counted with its reason, and changes nothing.
#include "node/partners/void_entries.h"

#include <gtest/gtest.h>

#include "crypto/cosignature.h"
#include "node/partners/apply.h"
#include "node/partners/expiry.h"
#include "node/partners/mirror.h"
#include "tests/support/incidents.h"
#include "tests/support/sim_circle.h"
#include "tests/support/status_matchers.h"

namespace daftar::partners {
namespace {

using ::daftar::testing::DepositUnsettled;
using ::daftar::testing::IsOk;
using ::daftar::testing::SimCircle;
using ::daftar::testing::SimNode;
using evidence::EntryKind;

constexpr uint64_t kReport = 2;  // its index; the entries before it are KEYS and CHARTER

// An issuer with one published report, whose keys sign whatever a test wants behind it.
class VoidEntriesTest : public ::testing::Test {
 protected:
  VoidEntriesTest() {
    auto view = issuer_->ledger().Add(issuer_.Caller(), DepositUnsettled("0812-3456-7801"));
    EXPECT_THAT(view, IsOk());
    EXPECT_THAT(issuer_->ledger().Publish(issuer_.Caller(), view->incident.id), IsOk());
    EXPECT_THAT(issuer_->Tick(), IsOk());
    auto partner = reader_->registry().Add(reader_.Caller(), *issuer_->Card());
    EXPECT_THAT(partner, IsOk());
    partner_ = *partner;
    Reopen();
    const storage::LogStore log(issuer_->store());
    for (uint64_t i = 0; i <= kReport; ++i) {
      Append(
          *log.ReadLeaf(storage::kOwnLog, i),
          **issuer_->store().Get(storage::Column::kLogBodies,
                                 storage::LogIndexKey(static_cast<uint32_t>(storage::kOwnLog), i)));
    }
    Send();
  }
  void Reopen() {
    auto mirror = Mirror::Open(reader_->store(), circle_.clock(), partner_);
    ASSERT_THAT(mirror, IsOk());
    mirror_ = *std::move(mirror);
  }
  // A good header about the report, for the next place.
  evidence::Header About(EntryKind kind) {
    evidence::Header header =
        evidence::SignedHeader::DecodeLeaf(
            *storage::LogStore(issuer_->store()).ReadLeaf(storage::kOwnLog, kReport))
            ->header;
    header.kind = kind;
    header.about = kReport;
    header.index = size_;
    header.issued_at += size_;
    if (kind == EntryKind::kErasure) {
      header.commitment = evidence::Commitment();
      header.ground = evidence::ErasureGround::kRequest;
    }
    return header;
  }
  void Append(crypto::Bytes leaf, std::optional<crypto::Bytes> body = std::nullopt) {
    tree_.Append(crypto::MerkleLeafHash(leaf));
    ++size_;
    pending_.push_back({std::move(leaf), std::move(body)});
  }
  void Append(const evidence::Header& header) {
    Append(evidence::SignHeader(header, issuer_->keys().entry).Leaf());
  }
  void Append(EntryKind kind) { Append(About(kind)); }
  void Send(bool clock_in_doubt = false) {
    evidence::FeedBatch batch;
    batch.from = mirror_->View().size;
    batch.entries = std::move(pending_);
    pending_.clear();
    crypto::Note note;
    note.text = crypto::Checkpoint{"toko-a.test", size_, tree_.Root()}.ToText();
    note.signatures = {crypto::SignNote(note.text, "toko-a.test", issuer_->keys().head),
                       crypto::Cosign(note.text,
                                      static_cast<uint64_t>(
                                          stamp_ != 0 ? stamp_ : circle_.clock().Now().seconds()),
                                      "toko-a.test/self", issuer_->keys().self)};
    batch.head = note.ToString();
    DAFTAR_ASSERT_OK(mirror_->Apply(batch, clock_in_doubt));
  }
  std::vector<EntryKind> Effects() {
    auto row =
        reader_->store().Get(storage::Column::kEntryStates, EntryState::Key(partner_.log, kReport));
    EXPECT_THAT(row, IsOk());
    std::vector<EntryKind> kinds;
    if (!row->has_value()) return kinds;
    const auto state = EntryState::Decode(**row);
    for (const auto& update : state->updates) kinds.push_back(update.kind);
    return kinds;
  }
  // The last entry is counted under `reason` alone, and did not change what was in force.
  void ExpectVoid(VoidReason reason, const std::vector<EntryKind>& in_force = {}) {
    const VoidEntries before = mirror_->View().voids;
    Send();
    VoidEntries expected = before;
    expected.Add(reason, size_ - 1);
    EXPECT_EQ(mirror_->View().voids, expected) << VoidReasonName(reason);
    EXPECT_EQ(Effects(), in_force) << VoidReasonName(reason);
    EXPECT_EQ(mirror_->View().size, size_);
    Reopen();
    EXPECT_EQ(mirror_->View().voids, expected) << "after a restart";
  }

  SimCircle circle_;
  SimNode& issuer_ = circle_.Add("toko-a.test");
  SimNode& reader_ = circle_.Add("toko-b.test");
  Partner partner_;
  std::unique_ptr<Mirror> mirror_;
  crypto::CompactTree tree_;
  uint64_t size_ = 0;
  int64_t stamp_ = 0;  // the issuer's own timestamp on what is sent; 0: the clock's
  std::vector<evidence::FeedEntry> pending_;
};

TEST_F(VoidEntriesTest, AGoodLogHasNone) {
  Append(EntryKind::kDispute);
  Send();
  EXPECT_EQ(mirror_->View().voids, VoidEntries());
  EXPECT_EQ(Effects(), std::vector{EntryKind::kDispute});
}

TEST_F(VoidEntriesTest, BytesThatAreNoEntry) {
  Append(crypto::Bytes{1, 2, 3});
  ExpectVoid(VoidReason::kFormat);
}

TEST_F(VoidEntriesTest, AnEntryOfAnotherLogOrAnotherPlace) {
  evidence::Header header = About(EntryKind::kSettlement);
  header.origin = "toko-b.test";
  Append(header);
  ExpectVoid(VoidReason::kOtherLog);
  header = About(EntryKind::kSettlement);
  ++header.index;
  Append(header);
  ExpectVoid(VoidReason::kOtherLog);
}

TEST_F(VoidEntriesTest, AnEntryDatedBeforeTheOneInFrontOfIt) {
  evidence::Header header = About(EntryKind::kSettlement);
  header.issued_at = 1;
  Append(header);
  ExpectVoid(VoidReason::kTimeDecreases);
}

TEST_F(VoidEntriesTest, AnEntryThatItsIssuerDidNotSign) {
  Append(evidence::SignHeader(About(EntryKind::kWithdrawal), reader_->keys().entry).Leaf());
  ExpectVoid(VoidReason::kSignature);
}

TEST_F(VoidEntriesTest, AnUpdateAboutWhatIsNoReport) {
  evidence::Header header = About(EntryKind::kSettlement);
  header.about = 1;  // the CHARTER
  Append(header);
  ExpectVoid(VoidReason::kAboutNothing);
  Append(EntryKind::kDispute);
  Send();
  header = About(EntryKind::kSettlement);
  header.about = size_ - 1;  // the DISPUTE
  Append(header);
  ExpectVoid(VoidReason::kAboutNothing, {EntryKind::kDispute});
}

// In a later batch it is no different.
TEST_F(VoidEntriesTest, AnUpdateAboutAReportThatIsVoid) {
  const auto about = [this](uint64_t report, EntryKind kind) {
    evidence::Header header = About(kind);
    header.about = report;
    return header;
  };
  std::vector<uint64_t> reports;
  const auto append = [&](const evidence::Header& header, const crypto::SigningKey& key) {
    reports.push_back(size_);
    Append(evidence::SignHeader(header, key).Leaf());
    Append(about(reports.back(), EntryKind::kSettlement));
    Send();
  };
  evidence::Header report = About(EntryKind::kReport);
  report.about = evidence::kAboutNothing;
  evidence::Header other = report;
  other.origin = "toko-b.test";
  append(other, issuer_->keys().entry);
  evidence::Header backdated = report;
  backdated.index = size_;
  backdated.issued_at = 1;
  append(backdated, issuer_->keys().entry);
  evidence::Header forged = report;
  forged.index = size_;
  forged.issued_at = static_cast<uint64_t>(circle_.clock().Now().seconds()) + 100;
  append(forged, reader_->keys().entry);
  const auto at = [this](VoidReason reason) {
    return mirror_->View().voids.by_reason[static_cast<size_t>(reason)].entries;
  };
  EXPECT_EQ(at(VoidReason::kAboutNothing), 3u);
  Reopen();
  for (const uint64_t index : reports) {
    const uint64_t before = at(VoidReason::kAboutNothing);
    Append(about(index, EntryKind::kSettlement));
    Append(about(index, EntryKind::kErasure));
    Send();
    EXPECT_EQ(at(VoidReason::kAboutNothing), before + 2) << index;
    EXPECT_EQ(mirror_->View().gaps, 0u);
  }
}

// To a reader that comes later its date is not in the future any more.
TEST_F(VoidEntriesTest, AReportThatNobodySignedMovesNoTime) {
  circle_.clock().Advance(2 * 86'400);
  stamp_ = circle_.clock().Now().seconds();
  evidence::Header forged = About(EntryKind::kReport);
  forged.about = evidence::kAboutNothing;
  forged.issued_at += 86'400;
  Append(evidence::SignHeader(forged, reader_->keys().entry).Leaf());
  Append(EntryKind::kWithdrawal);
  Send();
  EXPECT_EQ(Effects(), std::vector{EntryKind::kWithdrawal});
  VoidEntries expected;
  expected.Add(VoidReason::kSignature, kReport + 1);
  EXPECT_EQ(mirror_->View().voids, expected);
}

TEST_F(VoidEntriesTest, AReportOfAnyDateHoldsUpNoSweep) {
  const auto body_of = [this](uint64_t index) {
    return storage::LogIndexKey(static_cast<uint32_t>(partner_.log), index);
  };
  evidence::Header report = About(EntryKind::kReport);
  report.about = evidence::kAboutNothing;
  const int64_t issued_at = static_cast<int64_t>(report.issued_at);
  for (const bool misplaced : {true, false}) {
    evidence::Header ahead = report;
    ahead.index = size_;
    ahead.issued_at = (uint64_t{1} << 63) - 1;
    if (misplaced) ahead.origin = "toko-b.test";
    Append(evidence::SignHeader(ahead, reader_->keys().entry).Leaf());
  }
  report.index = size_;
  Append(evidence::SignHeader(report, issuer_->keys().entry).Leaf(),
         **issuer_->store().Get(
             storage::Column::kLogBodies,
             storage::LogIndexKey(static_cast<uint32_t>(storage::kOwnLog), kReport)));
  Send();
  const uint64_t last = size_ - 1;
  const auto sweep = [&](int64_t now) {
    return *SweepExpired(reader_->store(), partner_, mirror_->View(), reader_->charters(), {}, now);
  };
  constexpr int64_t kLongest = int64_t{24} * 31 * 86'400;  // of the circle's charter
  EXPECT_EQ(sweep(issued_at + kLongest - 10), 0u);
  EXPECT_TRUE((*reader_->store().Get(storage::Column::kLogBodies, body_of(last))).has_value());
  EXPECT_EQ(sweep(issued_at + kLongest), 2u);
  EXPECT_FALSE((*reader_->store().Get(storage::Column::kLogBodies, body_of(last))).has_value());
}

TEST_F(VoidEntriesTest, WhatComesWhileTheClockIsInDoubtHasItsDateAlone) {
  Append(EntryKind::kDispute);
  circle_.clock().Advance(40 * 86'400);
  stamp_ = circle_.clock().Now().seconds();
  Send(/*clock_in_doubt=*/true);
  Append(EntryKind::kResolution);
  Send();
  const auto row =
      reader_->store().Get(storage::Column::kEntryStates, EntryState::Key(partner_.log, kReport));
  const auto state = EntryState::Decode(**row);
  ASSERT_EQ(state->updates.size(), 2u);
  EXPECT_EQ(state->updates[0].seen_at, state->updates[0].issued_at);
  EXPECT_EQ(state->updates[1].seen_at, circle_.clock().Now().seconds());
}

TEST_F(VoidEntriesTest, WhatIsSaidOfAReportThatIsOverHereIsNotKept) {
  const crypto::Bytes key = EntryState::Key(partner_.log, kReport);
  EntryState swept;
  swept.swept = true;
  storage::Batch batch;
  batch.Put(storage::Column::kEntryStates, key, swept.Encode());
  DAFTAR_ASSERT_OK(reader_->store().Write(std::move(batch)));
  const crypto::Bytes body = evidence::UpdateBody().Encode();
  evidence::Header header = About(EntryKind::kCorrection);
  header.commitment = evidence::CommitTo(body);
  Append(evidence::SignHeader(header, issuer_->keys().entry).Leaf(), body);
  Send();
  EXPECT_EQ(Effects(), std::vector{EntryKind::kCorrection});
  const auto kept =
      reader_->store().Get(storage::Column::kLogBodies,
                           storage::LogIndexKey(static_cast<uint32_t>(partner_.log), size_ - 1));
  EXPECT_FALSE(kept->has_value());
}

TEST_F(VoidEntriesTest, NorDoesALabelLeadToIt) {
  const auto tokens = [this] {
    size_t count = 0;
    DAFTAR_EXPECT_OK(
        reader_->store().Scan(storage::Column::kTokens, {}, {},
                              [&](crypto::ByteView, crypto::ByteView) { return ++count > 0; }));
    return count;
  };
  const auto relabel = [this] {
    evidence::RelabelBody labels;
    for (size_t i = 0; i < evidence::kSlots; ++i) {
      labels.slots[i].token.data()[0] = static_cast<uint8_t>(size_);
      labels.slots[i].token.data()[1] = static_cast<uint8_t>(i);
    }
    const crypto::Bytes body = labels.Encode();
    evidence::Header header = About(EntryKind::kRelabel);
    header.commitment = evidence::CommitTo(body);
    Append(evidence::SignHeader(header, issuer_->keys().entry).Leaf(), body);
    Send();
  };
  const size_t before = tokens();
  relabel();
  EXPECT_EQ(tokens(), before + evidence::kSlots);
  const crypto::Bytes key = EntryState::Key(partner_.log, kReport);
  EntryState swept;
  swept.swept = true;
  storage::Batch batch;
  batch.Put(storage::Column::kEntryStates, key, swept.Encode());
  DAFTAR_ASSERT_OK(reader_->store().Write(std::move(batch)));
  relabel();
  EXPECT_EQ(tokens(), before + evidence::kSlots);
}

// An issuer that repeats a label on purpose makes no row that grows and grows.
TEST_F(VoidEntriesTest, ALabelLeadsToABoundedNumberOfReports) {
  const crypto::Bytes body = **issuer_->store().Get(
      storage::Column::kLogBodies,
      storage::LogIndexKey(static_cast<uint32_t>(storage::kOwnLog), kReport));
  for (size_t i = 0; i < kMaxReportsPerToken; ++i) {
    evidence::Header report = About(EntryKind::kReport);
    report.about = evidence::kAboutNothing;
    Append(evidence::SignHeader(report, issuer_->keys().entry).Leaf(), body);
  }
  Send();
  const auto row =
      reader_->store().Get(storage::Column::kTokens,
                           Mirror::TokenKey(partner_.log, mirror_->View().keys.back().keys.epoch,
                                            evidence::ReportBody::Decode(body)->slots[0].token));
  DAFTAR_ASSERT_OK(row);
  ASSERT_TRUE(row->has_value());
  const auto reports = Mirror::DecodeTokenRow(**row);
  DAFTAR_ASSERT_OK(reports);
  EXPECT_EQ(reports->size(), kMaxReportsPerToken);
}

TEST_F(VoidEntriesTest, AnUpdateAboutAnIndexThatIsStillToCome) {
  crypto::Bytes leaf =
      evidence::SignHeader(About(EntryKind::kSettlement), issuer_->keys().entry).Leaf();
  constexpr size_t kAbout = 22;  // docs/protocol.md, "Header"
  leaf[kAbout + 6] = 9;
  Append(leaf);
  ExpectVoid(VoidReason::kFormat);
}

TEST_F(VoidEntriesTest, AnUpdateDatedNoLaterThanItsReport) {
  evidence::Header header = About(EntryKind::kDispute);
  header.issued_at -= size_;
  Append(header);
  ExpectVoid(VoidReason::kBeforeReport);
}

TEST_F(VoidEntriesTest, WhatIsOutOfOrderOrRepeated) {
  Append(EntryKind::kResolution);
  ExpectVoid(VoidReason::kOutOfOrder);
  Append(EntryKind::kDispute);
  Send();
  Append(EntryKind::kDispute);
  ExpectVoid(VoidReason::kOutOfOrder, {EntryKind::kDispute});
  Append(EntryKind::kWithdrawal);
  Send();
  const std::vector in_force = {EntryKind::kDispute, EntryKind::kWithdrawal};
  for (const EntryKind kind : {EntryKind::kWithdrawal, EntryKind::kSettlement, EntryKind::kDispute,
                               EntryKind::kResolution, EntryKind::kCorrection}) {
    Append(kind);
    ExpectVoid(VoidReason::kOutOfOrder, in_force);
  }
}

// An ERASURE does not find it: whatever a void update has as its body would stay for ever.
TEST_F(VoidEntriesTest, TheBodyOfAVoidUpdateIsNotKept) {
  const crypto::Bytes body = evidence::UpdateBody().Encode();
  const auto append = [this](evidence::Header header, const crypto::Bytes& bytes,
                             const crypto::SigningKey& key) {
    header.commitment = evidence::CommitTo(bytes);
    Append(evidence::SignHeader(header, key).Leaf(), bytes);
  };
  const auto has_body = [this](uint64_t index) {
    return reader_->store()
        .Get(storage::Column::kLogBodies,
             storage::LogIndexKey(static_cast<uint32_t>(partner_.log), index))
        ->has_value();
  };
  const auto expect_void = [&](VoidReason reason, const std::vector<EntryKind>& in_force) {
    ExpectVoid(reason, in_force);
    EXPECT_FALSE(has_body(size_ - 1)) << VoidReasonName(reason);
    EXPECT_EQ(mirror_->View().gaps, 0u) << VoidReasonName(reason);
  };
  const crypto::SigningKey& key = issuer_->keys().entry;
  append(About(EntryKind::kSettlement), crypto::Bytes{1, 2, 3}, key);
  expect_void(VoidReason::kFormat, {});
  append(About(EntryKind::kSettlement), body, reader_->keys().entry);
  expect_void(VoidReason::kSignature, {});
  append(About(EntryKind::kResolution), body, key);
  expect_void(VoidReason::kOutOfOrder, {});
  evidence::Header header = About(EntryKind::kSettlement);
  header.about = 1;  // the CHARTER
  append(header, body, key);
  expect_void(VoidReason::kAboutNothing, {});
  append(About(EntryKind::kDispute), body, key);
  Send();
  const uint64_t dispute = size_ - 1;
  EXPECT_TRUE(has_body(dispute));
  append(About(EntryKind::kDispute), body, key);
  expect_void(VoidReason::kOutOfOrder, {EntryKind::kDispute});
  Append(EntryKind::kErasure);
  Send();
  EXPECT_EQ(mirror_->View().gaps, 0u);
  for (uint64_t index = kReport; index < size_; ++index) EXPECT_FALSE(has_body(index)) << index;
}

TEST_F(VoidEntriesTest, MoreThanAnHonestIssuerNeeds) {
  for (size_t i = 0; i < kMaxUpdates; ++i) Append(EntryKind::kCorrection);
  Send();
  EXPECT_EQ(mirror_->View().voids, VoidEntries());
  Append(EntryKind::kCorrection);
  ExpectVoid(VoidReason::kTooMany, std::vector(kMaxUpdates, EntryKind::kCorrection));
  Append(EntryKind::kSettlement);  // good news always counts
  Send();
  EXPECT_EQ(Effects().back(), EntryKind::kSettlement);
}

TEST_F(VoidEntriesTest, WhatIsDatedInTheFutureIsCountedAsWaiting) {
  Append(EntryKind::kDispute);
  Send();
  evidence::Header header = About(EntryKind::kResolution);
  header.issued_at += 2 * 86'400;
  Append(header);
  ExpectVoid(VoidReason::kFuture, {EntryKind::kDispute, EntryKind::kResolution});
}

TEST_F(VoidEntriesTest, WhatExpiredOrWasPaidAfterADisputeWasNotGivenUp) {
  Append(EntryKind::kDispute);
  Send();
  const uint64_t disputed = size_;
  for (const auto& [ground, given_up] : {std::pair(evidence::ErasureGround::kExpired, 0u),
                                         std::pair(evidence::ErasureGround::kPaid, 0u),
                                         std::pair(evidence::ErasureGround::kUpheld, 1u),
                                         std::pair(evidence::ErasureGround::kRequest, 1u)}) {
    evidence::Header erasure = About(EntryKind::kErasure);
    erasure.ground = ground;
    MirrorView view = mirror_->View();
    int64_t last_issued_at = 0;
    Applier applier(reader_->store(), partner_, circle_.clock().Now().seconds(),
                    /*clock_in_doubt=*/false, 0, view.keys, view.charters, view.reports,
                    last_issued_at, view.gaps, view.conduct, view.voids);
    DAFTAR_ASSERT_OK(applier.Add(
        disputed, {evidence::SignHeader(erasure, issuer_->keys().entry).Leaf(), std::nullopt}));
    EXPECT_EQ(view.conduct.withdrawn, given_up) << static_cast<int>(ground);
    EXPECT_EQ(view.voids, VoidEntries());
  }
}

TEST_F(VoidEntriesTest, ADateInThePastDoesNotSpreadAFloodOverManyDays) {
  const auto report = [this](uint64_t issued_at) {
    evidence::Header header =
        evidence::SignedHeader::DecodeLeaf(
            *storage::LogStore(issuer_->store()).ReadLeaf(storage::kOwnLog, kReport))
            ->header;
    header.index = size_;
    header.issued_at += issued_at;
    Append(header);
  };
  stamp_ = circle_.clock().Now().seconds();
  circle_.clock().Advance(10 * 86'400);
  // The same head, ten days later by the reader's clock, whatever its issuer says of the time.
  Send();
  Reopen();
  const int64_t today = circle_.clock().Now().seconds() / 86'400;
  for (uint64_t day = 1; day < 8; ++day) report(day * 86'400);
  report(100 * 86'400);  // nor does one that is still to come
  Send();
  const Conduct conduct = mirror_->View().conduct;
  EXPECT_EQ(conduct.day, today);
  EXPECT_EQ(conduct.by_day[0], 8u);
  Reopen();
  EXPECT_EQ(mirror_->View().conduct, conduct);
}

TEST(VoidReasons, EachHasItsNameAndWords) {
  std::set<std::string_view> names;
  for (size_t i = 0; i < kVoidReasons; ++i) {
    names.insert(VoidReasonName(static_cast<VoidReason>(i)));
    EXPECT_FALSE(VoidReasonWords(static_cast<VoidReason>(i)).empty());
  }
  EXPECT_EQ(names.size(), kVoidReasons);
}

}  // namespace
}  // namespace daftar::partners

#include "node/book/warnings.h"

#include <functional>
#include <thread>
#include <utility>

#include "storage/audit.h"
#include "storage/purge.h"
#include "tests/node/book/book_fixture.h"

namespace daftar::book {
namespace {

using ::daftar::testing::IsOk;
using ::daftar::testing::IsOkAndHolds;
using ::daftar::testing::StatusIs;
using ::testing::HasSubstr;
using ::testing::Not;

class WarningsTest : public BookTest {
 protected:
  WarningsTest() {
    charter_.shared_live_reports = 16;
    Reopen();
  }
  struct SettableClock final : evidence::Clock {
    evidence::UnixMillis Now() const override { return {seconds * 1000}; }
    int64_t seconds = 1'793'491'200;
  };
  void Reopen() { Reopen(clock_); }
  void Reopen(const evidence::Clock& clock) {
    auto opened = Warnings::Open(*store_, vault_, entropy_, clock);
    ASSERT_THAT(opened, IsOk());
    list_ = *std::move(opened);
  }
  bool IsShared(const identity::Identifier& identifier, uint32_t live = 0) {
    auto shared = list_->IsShared(identifier, live, charter_);
    EXPECT_THAT(shared, IsOk());
    return shared.ok() && *shared;
  }
  std::vector<WarningKind> Kinds() {
    std::vector<WarningKind> kinds;
    for (const Warning& warning : list_->List()) kinds.push_back(warning.kind);
    return kinds;
  }

  evidence::Charter charter_;  // 16 live reports, and the default of 5 names
  const identity::Identifier kiosk_ = Handle("shop/kiosk");
  const identity::Identifier other_ = Handle("shop/other");
  std::unique_ptr<Warnings> list_;
};

TEST_F(WarningsTest, TheShopsOwnAreRefusedUntilTheyAreTakenOff) {
  const identity::WarningList refused(list_.get());
  EXPECT_EQ(refused.WhyRefused(kiosk_), std::nullopt);
  const auto added = list_->Add(By(), kiosk_, "our own");
  ASSERT_THAT(added, IsOk());
  EXPECT_EQ(added->kind, WarningKind::kOwn);
  EXPECT_NE(refused.WhyRefused(kiosk_), std::nullopt);
  EXPECT_EQ(refused.WhyRefused(other_), std::nullopt);
  Reopen();
  EXPECT_TRUE(list_->Holds(kiosk_));
  EXPECT_THAT(list_->Remove(By(), other_, "x"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("ships with the program")));
  ASSERT_THAT(list_->Remove(By(), kiosk_, "sold"), IsOk());
  EXPECT_FALSE(list_->Holds(kiosk_));
  Reopen();
  EXPECT_FALSE(list_->Holds(kiosk_));
}

TEST_F(WarningsTest, WhatIsTakenOffAlsoLeavesTheFiles) {
  ASSERT_THAT(list_->Add(By(), kiosk_, "our own"), IsOk());
  EXPECT_THAT(storage::PurgeIfAsked(*store_, {}), IsOkAndHolds(false));
  ASSERT_THAT(list_->Remove(By(), kiosk_, "sold"), IsOk());
  EXPECT_THAT(storage::PurgeIfAsked(*store_, {}), IsOkAndHolds(true));
}

TEST_F(WarningsTest, EachWriteNeedsAReasonAndHappensOnce) {
  EXPECT_THAT(list_->Add(By(), kiosk_, ""), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(list_->Clear(By(), kiosk_, ""), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(list_->Remove(By(), kiosk_, ""), StatusIs(absl::StatusCode::kInvalidArgument));
  const storage::Caller caller = By();
  ASSERT_THAT(list_->Add(caller, kiosk_, "our own"), IsOk());
  ASSERT_THAT(list_->Add(caller, kiosk_, "our own"), IsOk());  // the answer was lost
  EXPECT_THAT(list_->Add(By(), kiosk_, "another reason"),
              StatusIs(absl::StatusCode::kAlreadyExists));
  const storage::Caller removing = By();
  ASSERT_THAT(list_->Remove(removing, kiosk_, "sold"), IsOk());
  ASSERT_THAT(list_->Remove(removing, kiosk_, "sold"), IsOk());
}

TEST_F(WarningsTest, ARetryThatComesLateChangesNothing) {
  const storage::Caller adding = By();
  ASSERT_THAT(list_->Add(adding, kiosk_, "our own"), IsOk());
  EXPECT_THAT(list_->Add(adding, other_, "our own"),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  ASSERT_THAT(list_->Remove(By(), kiosk_, "sold"), IsOk());
  EXPECT_THAT(list_->Add(adding, kiosk_, "our own"), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_FALSE(list_->Holds(kiosk_));
}

TEST_F(WarningsTest, ARowIsNamedWithoutItsIdentifier) {
  EXPECT_TRUE(IsShared(kiosk_, 17));
  auto found = list_->Find(list_->IdOf(kiosk_));
  ASSERT_THAT(found, IsOk());
  EXPECT_EQ(*found, kiosk_);
  EXPECT_THAT(list_->Find(list_->IdOf(other_)), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(WarningsTest, TooManyLiveReportsAreListedForReview) {
  EXPECT_FALSE(IsShared(kiosk_, 16));
  EXPECT_TRUE(list_->List().empty());
  EXPECT_TRUE(IsShared(kiosk_, 17));
  ASSERT_EQ(list_->List().size(), 1u);
  EXPECT_EQ(list_->List()[0].kind, WarningKind::kReview);
  EXPECT_EQ(list_->List()[0].live_reports, 17u);
  EXPECT_EQ(list_->Waiting(), 1u);
  EXPECT_FALSE(list_->Holds(kiosk_));  // nobody has said so
  DAFTAR_ASSERT_OK(list_->KeepReviews());
  Reopen();
  EXPECT_EQ(list_->Waiting(), 1u);
  EXPECT_EQ(list_->List()[0].live_reports, 17u);
}

TEST_F(WarningsTest, ACheckWaitsForNoWrite) {
  {
    const WriteGate::Alone another(list_->gate());  // somebody writes
    EXPECT_TRUE(IsShared(kiosk_, 17));
    EXPECT_EQ(list_->Waiting(), 1u);
  }
  Reopen();
  EXPECT_EQ(list_->Waiting(), 0u);  // upkeep writes, not the check
}

TEST_F(WarningsTest, AReviewIsWrittenAnewADayLaterAndKeepsItsFirstDay) {
  SettableClock clock;
  Reopen(clock);
  EXPECT_TRUE(IsShared(kiosk_, 17));
  DAFTAR_ASSERT_OK(list_->KeepReviews());
  EXPECT_TRUE(IsShared(kiosk_, 18));  // of one day the first is enough
  EXPECT_EQ(list_->List()[0].live_reports, 17u);
  clock.seconds += kReviewWriteSeconds;
  EXPECT_TRUE(IsShared(kiosk_, 19));
  DAFTAR_ASSERT_OK(list_->KeepReviews());
  Reopen(clock);
  ASSERT_EQ(list_->List().size(), 1u);
  EXPECT_EQ(list_->List()[0].live_reports, 19u);
  EXPECT_EQ(list_->List()[0].at.seconds(), clock.seconds - kReviewWriteSeconds);
}

TEST_F(WarningsTest, AReviewThatNobodyLooksAtIsTakenOff) {
  SettableClock clock;
  Reopen(clock);
  EXPECT_TRUE(IsShared(kiosk_, 17));
  ASSERT_THAT(list_->Add(By(), other_, "our own"), IsOk());
  ASSERT_THAT(list_->Clear(By(), Handle("shop/third"), "a family"), IsOk());
  DAFTAR_ASSERT_OK(list_->KeepReviews());
  clock.seconds += kReviewKeptDays * 86'400;
  DAFTAR_ASSERT_OK(list_->KeepReviews());
  EXPECT_EQ(list_->Waiting(), 1u);
  clock.seconds += 1;
  EXPECT_THAT(storage::PurgeIfAsked(*store_, {}), IsOkAndHolds(false));
  DAFTAR_ASSERT_OK(list_->KeepReviews());
  EXPECT_THAT(storage::PurgeIfAsked(*store_, {}), IsOkAndHolds(true));
  EXPECT_EQ(list_->Waiting(), 0u);
  EXPECT_EQ(list_->List().size(), 2u);  // what somebody decided stays
  Reopen(clock);
  EXPECT_EQ(list_->Waiting(), 0u);
  EXPECT_EQ(list_->List().size(), 2u);
  EXPECT_TRUE(IsShared(kiosk_, 17));  // seen again
  EXPECT_EQ(list_->Waiting(), 1u);
}

TEST_F(WarningsTest, TheShopsOwnDoesNotCountByItselfAndIsNotReviewed) {
  ASSERT_THAT(list_->Add(By(), kiosk_, "our own"), IsOk());
  EXPECT_TRUE(IsShared(kiosk_));
  EXPECT_TRUE(IsShared(kiosk_, 17));
  EXPECT_TRUE(*list_->IsSharedHere(kiosk_, charter_));
  EXPECT_FALSE(*list_->IsSharedHere(other_, charter_));
  EXPECT_EQ(list_->Waiting(), 0u);
}

TEST_F(WarningsTest, WhatSomebodyHasClearedCounts) {
  EXPECT_TRUE(IsShared(kiosk_, 17));
  ASSERT_THAT(list_->Clear(By(), kiosk_, "a family"), IsOk());
  EXPECT_FALSE(IsShared(kiosk_, 100));
  EXPECT_EQ(Kinds(), std::vector{WarningKind::kCleared});
  Reopen();
  EXPECT_FALSE(IsShared(kiosk_, 100));
  EXPECT_THAT(list_->Clear(By(), kiosk_, "again"), StatusIs(absl::StatusCode::kFailedPrecondition));
  ASSERT_THAT(list_->Remove(By(), kiosk_, "not so sure any more"), IsOk());
  EXPECT_TRUE(IsShared(kiosk_, 17));
  ASSERT_THAT(list_->Add(By(), other_, "our own"), IsOk());
  EXPECT_THAT(list_->Clear(By(), other_, "x"), StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST_F(WarningsTest, ThoseThatWaitComeFirst) {
  ASSERT_THAT(list_->Add(By(), other_, "our own"), IsOk());
  EXPECT_TRUE(IsShared(kiosk_, 17));
  ASSERT_THAT(list_->Add(By(), Handle("shop/third"), "our own"), IsOk());
  EXPECT_EQ(Kinds(), (std::vector{WarningKind::kReview, WarningKind::kOwn, WarningKind::kOwn}));
}

TEST_F(WarningsTest, TheNewestComeFirst) {
  SettableClock clock;
  Reopen(clock);
  for (const char* handle : {"shop/a", "shop/c", "shop/b"}) {
    clock.seconds += 1;
    ASSERT_THAT(list_->Add(By(), Handle(handle), "our own"), IsOk());
  }
  std::vector<identity::Identifier> listed;
  for (const Warning& warning : list_->List()) listed.push_back(warning.identifier);
  EXPECT_EQ(listed, (std::vector{Handle("shop/b"), Handle("shop/c"), Handle("shop/a")}));
}

TEST_F(WarningsTest, ThereIsABoundToEachKind) {
  storage::Batch batch;
  const auto fill = [&](WarningKind kind, size_t count, const std::string& name) {
    for (size_t i = 0; i < count; ++i) {
      const identity::Identifier identifier = Handle("shop/" + name + std::to_string(i));
      const crypto::Bytes key = WarningKey(vault_, identifier);
      const Warning warning{identifier, kind, clock_.Now(), "uid:1000", "so it is", 0, 0};
      batch.Put(storage::Column::kWarnings, key,
                vault_.Seal(storage::Column::kWarnings, key, EncodeWarning(warning)));
    }
  };
  fill(WarningKind::kOwn, kMaxOwnWarnings - 1, "own");
  fill(WarningKind::kCleared, kMaxCleared - 1, "cleared");
  fill(WarningKind::kReview, kMaxReviews - 1, "review");
  ASSERT_THAT(store_->Write(std::move(batch)), IsOk());
  Reopen();
  ASSERT_THAT(list_->Add(By(), kiosk_, "our own"), IsOk());
  EXPECT_THAT(list_->Add(By(), other_, "our own"),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("the shop's own")));
  ASSERT_THAT(list_->Clear(By(), Handle("shop/one"), "a family"), IsOk());
  EXPECT_THAT(list_->Clear(By(), other_, "a family"),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("cleared")));
  EXPECT_TRUE(IsShared(other_, 17));
  EXPECT_TRUE(IsShared(Handle("shop/two"), 17));  // not listed, and set aside all the same
  EXPECT_EQ(list_->Waiting(), kMaxReviews);
  EXPECT_EQ(list_->Of(Handle("shop/two")), std::nullopt);
}

TEST_F(WarningsTest, ANumberUnderManyNamesInTheBookIsShared) {
  const auto import = [&](const std::string& name, const std::string& invoice) {
    decision::OrderRow row = Row({kiosk_}, invoice, "2024-01-01", "2024-02-01");
    row.name = name;
    ASSERT_THAT(book_->ImportOrders({{row}}), IsOk());
  };
  const char* names[] = {"Sari", "Budi", "Wati", "Joko", "Rina"};
  for (int i = 0; i < 5; ++i) import(names[i], std::to_string(i));
  import("  SARI.", "6");  // no other name
  import("", "7");
  EXPECT_FALSE(IsShared(kiosk_));
  import("Agus", "8");
  EXPECT_TRUE(IsShared(kiosk_));
  ASSERT_EQ(list_->List().size(), 1u);
  EXPECT_EQ(list_->List()[0].names, 6u);
  EXPECT_FALSE(IsShared(other_));
  // What others publish is another matter than what the shop itself has seen.
  EXPECT_TRUE(*list_->IsSharedHere(kiosk_, charter_));
  EXPECT_TRUE(IsShared(other_, 17));
  EXPECT_FALSE(*list_->IsSharedHere(other_, charter_));
  ASSERT_THAT(list_->Clear(By(), kiosk_, "one firm, many spellings"), IsOk());
  EXPECT_FALSE(*list_->IsSharedHere(kiosk_, charter_));
}

TEST_F(WarningsTest, NamesCountThoughTheirLinesAreRefused) {
  const char* names[] = {"A", "B", "C", "D", "E", "F", "G"};
  for (int i = 0; i < 7; ++i) {
    decision::OrderRow row =
        Row({Email("buyer" + std::to_string(i) + "@mail.id")}, "1", "2024-01-01", "2024-02-01");
    row.name = names[i];
    ASSERT_THAT(book_->ImportOrders({{row}}), IsOk());
  }
  // A reseller's number: the first buyer's, then on the lines of all the others.
  for (int i = 0; i < 7; ++i) {
    decision::OrderRow row = Row({kiosk_, Email("buyer" + std::to_string(i) + "@mail.id")}, "2",
                                 "2024-01-01", "2024-02-01");
    row.name = names[i];
    ASSERT_THAT(book_->ImportOrders({{row}}), IsOk());
  }
  EXPECT_TRUE(IsShared(kiosk_));
  EXPECT_FALSE(IsShared(Email("buyer3@mail.id")));
}

TEST_F(WarningsTest, NoMoreNamesAreKeptThanABound) {
  for (int i = 0; i < 40; ++i) {
    decision::OrderRow row = Row({kiosk_}, std::to_string(i), "2024-01-01", "2024-02-01");
    row.name = "Buyer " + std::string(1, static_cast<char>('a' + i % 26)) + std::to_string(i);
    ASSERT_THAT(book_->ImportOrders({{row}}), IsOk());
  }
  EXPECT_TRUE(IsShared(kiosk_));
  EXPECT_EQ(list_->List()[0].names, kMaxNamesKept);
}

TEST_F(WarningsTest, ErasingAPersonForgetsWhatWasSeen) {
  EXPECT_TRUE(IsShared(kiosk_, 17));
  ASSERT_THAT(list_->Add(By(), other_, "our own"), IsOk());
  storage::Batch batch;
  // A first attempt at the erasure may fail.
  storage::Batch lost;
  list_->Forget(std::vector{kiosk_, other_}, lost);
  list_->Forget(std::vector{kiosk_, other_}, batch);
  ASSERT_THAT(store_->Write(std::move(batch)), IsOk());
  list_->Forgotten(std::vector{kiosk_, other_});
  EXPECT_EQ(Kinds(), std::vector{WarningKind::kOwn});
  Reopen();
  EXPECT_EQ(Kinds(), std::vector{WarningKind::kOwn});
}

TEST_F(WarningsTest, WhatIsErasedBeforeItIsWrittenIsNeverWritten) {
  EXPECT_TRUE(IsShared(kiosk_, 17));
  std::thread upkeep;
  {
    const WriteGate::Alone erasing(list_->gate());
    upkeep = std::thread([&] { DAFTAR_EXPECT_OK(list_->KeepReviews()); });
    storage::Batch batch;
    list_->Forget(std::vector{kiosk_}, batch);
    ASSERT_THAT(store_->Write(std::move(batch)), IsOk());
    list_->Forgotten(std::vector{kiosk_});
  }
  upkeep.join();
  EXPECT_TRUE(list_->List().empty());
  Reopen();
  EXPECT_TRUE(list_->List().empty());
}

// Something happens right after a row was read.
class HookedStore final : public storage::Store {
 public:
  explicit HookedStore(storage::Store& store) : store_(store) {}
  absl::StatusOr<std::optional<crypto::Bytes>> Get(storage::Column column,
                                                   crypto::ByteView key) const override {
    auto row = store_.Get(column, key);
    if (hook) std::exchange(hook, nullptr)();
    return row;
  }
  absl::StatusOr<std::vector<std::optional<crypto::Bytes>>> MultiGet(
      storage::Column column, const std::vector<crypto::Bytes>& keys) const override {
    return store_.MultiGet(column, keys);
  }
  absl::Status Scan(
      storage::Column column, crypto::ByteView prefix, crypto::ByteView start,
      const std::function<bool(crypto::ByteView, crypto::ByteView)>& visit) const override {
    return store_.Scan(column, prefix, start, visit);
  }
  std::unique_ptr<storage::StoreReader> Snapshot() const override { return store_.Snapshot(); }
  absl::Status Write(storage::Batch batch) override { return store_.Write(std::move(batch)); }
  absl::Status Purge(std::span<const storage::Column> columns) override {
    return store_.Purge(columns);
  }
  mutable std::function<void()> hook;

 private:
  storage::Store& store_;
};

TEST_F(WarningsTest, WhoIsErasedDuringACheckIsNotListedByIt) {
  for (int i = 0; i < 8; ++i) {
    decision::OrderRow row = Row({kiosk_}, std::to_string(i), "2024-01-01", "2024-02-01");
    row.name = std::string(1, static_cast<char>('a' + i));
    ASSERT_THAT(book_->ImportOrders({{row}}), IsOk());
  }
  HookedStore store(*store_);
  auto opened = Warnings::Open(store, vault_, entropy_, clock_);
  ASSERT_THAT(opened, IsOk());
  list_ = *std::move(opened);
  store.hook = [&] {
    storage::Batch batch;
    list_->Forget(std::vector{kiosk_}, batch);
    ASSERT_THAT(store_->Write(std::move(batch)), IsOk());
    list_->Forgotten(std::vector{kiosk_});
  };
  EXPECT_TRUE(IsShared(kiosk_));  // as it was when the check read it
  EXPECT_TRUE(list_->List().empty());
  DAFTAR_ASSERT_OK(list_->KeepReviews());
  EXPECT_FALSE(IsShared(kiosk_));
  Reopen();
  EXPECT_TRUE(list_->List().empty());
}

TEST_F(WarningsTest, ErasingAPersonForgetsTheNamesToo) {
  for (int i = 0; i < 8; ++i) {
    decision::OrderRow row = Row({kiosk_}, std::to_string(i), "2024-01-01", "2024-02-01");
    row.name = std::string(1, static_cast<char>('a' + i));
    ASSERT_THAT(book_->ImportOrders({{row}}), IsOk());
  }
  EXPECT_TRUE(IsShared(kiosk_));
  storage::Batch batch;
  list_->Forget(std::vector{kiosk_}, batch);
  ASSERT_THAT(store_->Write(std::move(batch)), IsOk());
  EXPECT_FALSE(IsShared(kiosk_));
}

TEST_F(WarningsTest, OfManyPeoplesIdentifierOneOfThemIsForgottenByName) {
  for (int i = 0; i < 6; ++i) {
    decision::OrderRow row = Row({kiosk_}, std::to_string(i), "2024-01-01", "2024-02-01");
    row.name = std::string(1, static_cast<char>('a' + i));
    ASSERT_THAT(book_->ImportOrders({{row}}), IsOk());
  }
  const auto forget = [&](const std::vector<std::string>& names) {
    storage::Batch batch;
    ASSERT_THAT(list_->ForgetNames(kiosk_, names, batch), IsOk());
    ASSERT_THAT(store_->Write(std::move(batch)), IsOk());
  };
  EXPECT_TRUE(IsShared(kiosk_));
  forget({"z", ""});
  EXPECT_TRUE(IsShared(kiosk_));
  const size_t six = RowsIn(storage::Column::kWarnings);
  forget({"a"});
  EXPECT_FALSE(IsShared(kiosk_));  // five are left, as many as may be
  forget({"b", "c", "d", "e", "f"});
  EXPECT_EQ(RowsIn(storage::Column::kWarnings), six - 1);
}

TEST_F(WarningsTest, TheRecordSaysWhoAndWhyAndNotWhom) {
  ASSERT_THAT(list_->Add(By(), kiosk_, "our own"), IsOk());
  auto page = storage::ReadAudit(*store_, vault_, {.limit = 10});
  ASSERT_THAT(page, IsOk());
  ASSERT_FALSE(page->rows.empty());
  EXPECT_EQ(page->rows[0].action, "warning.add");
  EXPECT_EQ(page->rows[0].because, "our own");
  EXPECT_THAT(page->rows[0].object, Not(HasSubstr("kiosk")));
}

TEST_F(WarningsTest, RowsRefuseDamage) {
  const Warning warning{kiosk_, WarningKind::kReview, {1000}, "", "", 17, 3};
  const crypto::Bytes row = EncodeWarning(warning);
  auto decoded = DecodeWarning(row);
  ASSERT_THAT(decoded, IsOk());
  EXPECT_EQ(*decoded, warning);
  for (size_t length = 0; length < row.size(); ++length) {
    EXPECT_THAT(DecodeWarning(crypto::ByteView(row).first(length)),
                StatusIs(absl::StatusCode::kDataLoss));
  }
  const crypto::Bytes names = EncodeNames({1, 2});
  EXPECT_EQ(*DecodeNames(names), (std::set<uint64_t>{1, 2}));
  EXPECT_THAT(DecodeNames(crypto::ByteView(names).first(5)), StatusIs(absl::StatusCode::kDataLoss));
}

}  // namespace
}  // namespace daftar::book

#include "node/check/receipt_log.h"

#include <gtest/gtest.h>

#include <set>
#include <thread>

#include "storage/requests.h"
#include "tests/support/incidents.h"
#include "tests/support/sim_circle.h"
#include "tests/support/status_matchers.h"

namespace daftar::check {
namespace {

using ::daftar::testing::IsOk;
using ::daftar::testing::SimCircle;
using ::daftar::testing::SimNode;
using ::daftar::testing::StatusIs;

class ReceiptLogTest : public ::testing::Test {
 protected:
  ReceiptLog& receipts() { return node_->receipts(); }
  ReceiptRecord Record(const std::string& because = "nothing known") {
    decision::Inputs inputs;
    inputs.now = circle_.clock().Now();
    ReceiptRecord record;
    record.body = decision::MakeReceipt(decision::Decide(inputs, decision::DefaultPolicy()),
                                        decision::DefaultPolicy(), {}, inputs.now);
    record.because = {because, "in bahasa Indonesia", "in bahasa Melayu"};
    record.actor = "uid:0";
    return record;
  }

  SimCircle circle_;
  SimNode& node_ = circle_.Add("toko-a.test");
};

TEST_F(ReceiptLogTest, AReceiptIsThereAfterARestartAndFitsItsLeaf) {
  auto id = receipts().Append(Record("because of this"), {});
  DAFTAR_ASSERT_OK(id);
  node_.Stop();
  node_.Start();
  auto stored = receipts().Get(id->id);
  DAFTAR_ASSERT_OK(stored);
  EXPECT_EQ(stored->record.because,
            (decision::Sentences{"because of this", "in bahasa Indonesia", "in bahasa Melayu"}));
  EXPECT_EQ(stored->record.body, Record().body);
  EXPECT_EQ(stored->index, 0u);
  EXPECT_EQ(receipts().Head().size, 1u);
  auto leaf = storage::LogStore(node_->store()).ReadLeaf(storage::kDecisionLog, 0);
  DAFTAR_ASSERT_OK(leaf);
  crypto::Reader reader(*leaf);
  EXPECT_EQ(crypto::AsText(reader.Raw(4)), "DFR1");
  EXPECT_EQ(reader.U64(), static_cast<uint64_t>(circle_.clock().Now().value));
  EXPECT_EQ(reader.Take<crypto::Digest>(), stored->commitment);
  DAFTAR_EXPECT_OK(reader.Finish("leaf"));
}

TEST_F(ReceiptLogTest, SameRequestSameReceipt) {
  const crypto::Bytes key = *storage::RequestLog::Key("uid:0", "request");
  auto first = receipts().Append(Record(), key);
  auto second = receipts().Append(Record(), key);
  DAFTAR_ASSERT_OK(second);
  EXPECT_EQ(first->id, second->id);
  EXPECT_TRUE(first->is_new);
  EXPECT_FALSE(second->is_new);
  EXPECT_EQ(receipts().Head().size, 1u);
  EXPECT_EQ(**receipts().OfRequest(key), first->id);
}

TEST_F(ReceiptLogTest, ReadingBackGoesOnWhereItStoppedAndPassesOverDeletedBodies) {
  std::vector<ReceiptId> made;
  for (size_t i = 0; i < kReceiptsReadTogether + 3; ++i) {
    auto appended = receipts().Append(Record(), {});
    DAFTAR_ASSERT_OK(appended);
    made.insert(made.begin(), appended->id);
  }
  storage::Batch batch;
  batch.Delete(storage::Column::kReceipts, crypto::Writer().U8('r').Raw(made[1].view()).Take());
  DAFTAR_ASSERT_OK(node_->store().Write(std::move(batch)));
  made.erase(made.begin() + 1);
  std::vector<ReceiptId> read;
  ReceiptSpan span;
  const auto view = receipts().View();
  DAFTAR_ASSERT_OK(view);
  do {  // one at a time
    auto next = view->ReadNewestFirst(span, [&](const StoredReceipt& receipt) {
      read.push_back(receipt.id);
      return false;
    });
    DAFTAR_ASSERT_OK(next);
    span.before = *next;
  } while (span.before > 0);
  EXPECT_EQ(read, made);
  // Behind the first one that is wanted there is nothing more.
  span = {.first = 4, .before = 5};
  EXPECT_EQ(*view->ReadNewestFirst(span, [](const StoredReceipt&) { return false; }), 0u);
}

TEST_F(ReceiptLogTest, ALimitedReadingGoesOnWhereItReachedItsLimit) {
  constexpr uint64_t kCount = 2 * kReceiptsReadTogether + 3;
  const evidence::UnixMillis start = circle_.clock().Now();
  for (uint64_t i = 0; i < kCount; ++i) {
    if (i == kCount / 2) circle_.clock().Advance(3600);
    DAFTAR_ASSERT_OK(receipts().Append(Record(), {}));
  }
  const auto view = receipts().View();
  DAFTAR_ASSERT_OK(view);
  const auto read_all = [&](ReceiptSpan span, const ReceiptLimits& limits, int& readings) {
    std::vector<uint64_t> read;
    for (readings = 0; span.before > 0; ++readings) {
      auto next = view->ReadNewestFirst(
          span,
          [&](const StoredReceipt& receipt) {
            read.push_back(receipt.index);
            return true;
          },
          {}, limits);
      EXPECT_THAT(next, IsOk());
      span.before = next.value_or(0);
    }
    return read;
  };
  std::vector<uint64_t> all;
  for (uint64_t i = kCount; i-- > 0;) all.push_back(i);
  int readings = 0;
  EXPECT_EQ(read_all({}, {.bodies = 10}, readings), all);
  EXPECT_EQ(readings, 7);
  EXPECT_EQ(read_all({}, {.leaves = kReceiptsReadTogether}, readings), all);
  EXPECT_EQ(readings, 3);
  // Those that are too new count as looked at, and open nothing.
  const std::vector<uint64_t> old(all.end() - kCount / 2, all.end());
  EXPECT_EQ(read_all({.to = start}, {.bodies = kCount / 2}, readings), old);
  EXPECT_EQ(readings, 1);
}

TEST_F(ReceiptLogTest, AClockThatWasSetBackHidesNoReceiptOfItsDay) {
  const int64_t slack_s = kReceiptOrderSlack.count() / 1000;
  const evidence::UnixMillis set_back_from = circle_.clock().Now();
  const auto append = [&](size_t count) {
    for (size_t i = 0; i < count; ++i) DAFTAR_ASSERT_OK(receipts().Append(Record(), {}));
  };
  append(1);
  circle_.clock().Set(-slack_s);
  append(kReceiptsReadTogether);
  const auto found = [&] {
    size_t count = 0;
    const auto view = receipts().View();
    EXPECT_THAT(view, IsOk());
    EXPECT_THAT(view->ReadNewestFirst({.from = set_back_from},
                                      [&](const StoredReceipt&) {
                                        ++count;
                                        return true;
                                      }),
                IsOk());
    return count;
  };
  EXPECT_EQ(found(), 1u);
  // Longer ago than clocks go wrong nothing is looked for.
  circle_.clock().Set(-1);
  append(kReceiptsReadTogether);
  EXPECT_EQ(found(), 0u);
}

TEST_F(ReceiptLogTest, ReadingBackKeepsToItsTimes) {
  const evidence::UnixMillis start = circle_.clock().Now();
  DAFTAR_ASSERT_OK(receipts().Append(Record("old"), {}));
  circle_.clock().Advance(3600);
  DAFTAR_ASSERT_OK(receipts().Append(Record("new"), {}));
  const auto read = [&](evidence::UnixMillis from, evidence::UnixMillis to) {
    std::string found;
    const auto view = receipts().View();
    EXPECT_THAT(view, IsOk());
    auto next = view->ReadNewestFirst({.from = from, .to = to}, [&](const StoredReceipt& receipt) {
      found += receipt.record.because[0] + " ";
      return true;
    });
    EXPECT_THAT(next, IsOk());
    return found;
  };
  EXPECT_EQ(read({0}, circle_.clock().Now()), "new old ");
  EXPECT_EQ(read({start.value + 1}, circle_.clock().Now()), "new ");
  EXPECT_EQ(read(start, start), "old ");
}

TEST_F(ReceiptLogTest, ASubjectsReceiptsAreFoundByTime) {
  const auto subject =
      decision::SubjectOf(node_->keys().receipt, daftar::testing::Phone("0812-3456-7890"));
  const auto other =
      decision::SubjectOf(node_->keys().receipt, daftar::testing::Phone("0812-9999-7001"));
  const evidence::UnixMillis start = circle_.clock().Now();
  std::vector<ReceiptLog::Made> made;
  for (int i = 0; i < 3; ++i) {
    ReceiptRecord record = Record();
    record.body.subjects = {i == 1 ? std::max(subject, other) : subject};
    if (i == 1) record.body.subjects = {std::min(subject, other), std::max(subject, other)};
    auto appended = receipts().Append(record, {});
    DAFTAR_ASSERT_OK(appended);
    made.push_back({record.body.time, appended->id});
    circle_.clock().Advance(3600);
  }
  const evidence::UnixMillis later = circle_.clock().Now();
  auto all = receipts().About(subject, start, later);
  DAFTAR_ASSERT_OK(all);
  EXPECT_EQ(*all, (std::vector<ReceiptLog::Made>{made[2], made[1], made[0]}));
  auto of_other = receipts().About(other, start, later);
  EXPECT_EQ(*of_other, std::vector<ReceiptLog::Made>{made[1]});
  // Both ends are included, and nothing outside them is.
  auto some = receipts().About(subject, {start.value + 1}, {start.value + 3'600'000});
  EXPECT_EQ(*some, std::vector<ReceiptLog::Made>{made[1]});
  EXPECT_TRUE(receipts().About(subject, {0}, {start.value - 1})->empty());
}

TEST_F(ReceiptLogTest, ASpanIsReadNewestFirstWithinItsTimes) {
  constexpr uint64_t kCount = 2 * kReceiptsReadTogether + 3;
  const evidence::UnixMillis start = circle_.clock().Now();
  for (uint64_t i = 0; i < kCount; ++i) {
    ReceiptRecord record = Record();
    if (i == 5) record.trial = TrialEffect{record.body.policy, decision::Effect::kReview};
    DAFTAR_ASSERT_OK(receipts().Append(record, {}));
    circle_.clock().Advance(3600);
  }
  const auto view = receipts().View();
  DAFTAR_ASSERT_OK(view);
  std::vector<uint64_t> read;
  bool tried = false;
  const auto visit = [&](const StoredReceipt& receipt) {
    read.push_back(receipt.index);
    tried = tried || receipt.record.trial.has_value();
    EXPECT_EQ(receipts().Get(receipt.id)->index, receipt.index);
    return read.size() < 100;
  };
  DAFTAR_ASSERT_OK(view->ReadNewestFirst({}, visit));
  ASSERT_EQ(read.size(), kCount);
  for (uint64_t i = 0; i < kCount; ++i) EXPECT_EQ(read[i], kCount - 1 - i);
  EXPECT_TRUE(tried);
  read.clear();
  const int64_t hour = 3'600'000;
  DAFTAR_ASSERT_OK(view->ReadNewestFirst(
      {.first = 3, .from = {start.value + 2 * hour}, .to = {start.value + 5 * hour}}, visit));
  EXPECT_EQ(read, (std::vector<uint64_t>{5, 4, 3}));
  EXPECT_THAT(view->ReadNewestFirst({}, visit, [] { return true; }),
              StatusIs(absl::StatusCode::kCancelled));
}

TEST_F(ReceiptLogTest, UnknownReceiptsAreNotFound) {
  EXPECT_THAT(receipts().Get(ReceiptId()), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(ReceiptLogTest, ManyAtOnceEachGetAPlaceOfTheirOwn) {
  constexpr int kThreads = 8;
  constexpr int kEach = 25;
  storage::Mutex mutex;
  std::set<ReceiptId> ids;
  const crypto::Bytes shared = *storage::RequestLog::Key("uid:0", "shared");
  std::set<ReceiptId> of_shared;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < kEach; ++i) {
        auto id = receipts().Append(Record(), {});
        storage::MutexLock lock(mutex);
        ASSERT_THAT(id, IsOk());
        ids.insert(id->id);
      }
      auto same = receipts().Append(Record(), shared);
      storage::MutexLock lock(mutex);
      ASSERT_THAT(same, IsOk());
      of_shared.insert(same->id);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(ids.size(), size_t{kThreads * kEach});
  EXPECT_EQ(of_shared.size(), 1u);
  EXPECT_EQ(receipts().Head().size, kThreads * kEach + 1u);
  std::set<uint64_t> indexes;
  for (const ReceiptId& id : ids) indexes.insert(receipts().Get(id)->index);
  EXPECT_EQ(indexes.size(), ids.size());
  DAFTAR_EXPECT_OK(
      storage::LogStore(node_->store())
          .Verify(storage::kDecisionLog, receipts().Head().size, [](uint64_t) { return true; }));
}

}  // namespace
}  // namespace daftar::check

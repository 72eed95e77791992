#include "node/book/allowlist.h"

#include <atomic>
#include <thread>

#include "storage/purge.h"
#include "tests/node/book/book_fixture.h"

namespace daftar::book {
namespace {

using daftar::testing::IsOk;
using daftar::testing::IsOkAndHolds;
using daftar::testing::StatusIs;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using Identifiers = std::vector<identity::Identifier>;

class AllowlistTest : public BookTest {
 protected:
  AllowlistTest() : list_(*store_, vault_, entropy_, clock_, warnings_) {}
  absl::StatusOr<Allowed> Add(const Identifiers& identifiers) {
    return list_.Add(By(), identifiers, "known for years");
  }
  Allowlist list_;
};

TEST_F(AllowlistTest, AnEntryIsHitByEachOfItsIdentifiers) {
  const auto added = Add({Handle("shop/a"), Phone("081234567890"), Handle("shop/a")});
  ASSERT_THAT(added, IsOk());
  EXPECT_EQ(added->identifiers, (Identifiers{Phone("081234567890"), Handle("shop/a")}));
  EXPECT_EQ(added->added_by, "uid:1000");
  EXPECT_EQ(added->added_at, clock_.Now());
  for (const auto& identifier : added->identifiers) {
    EXPECT_THAT(list_.Hit(Identifiers{Handle("x/y"), identifier}),
                IsOkAndHolds(std::optional(*added)));
  }
  EXPECT_THAT(list_.Hit(Identifiers{Handle("x/y")}), IsOkAndHolds(std::optional<Allowed>()));
  EXPECT_THAT(list_.Hit(Identifiers{}), IsOkAndHolds(std::optional<Allowed>()));
  EXPECT_THAT(list_.List(), IsOkAndHolds(std::vector<Allowed>{*added}));
  EXPECT_EQ(Record().at(0).action, "allow.add");
  EXPECT_EQ(Record().at(0).object, added->id.hex());
}

TEST_F(AllowlistTest, ACustomersOtherIdentifiersCountToo) {
  const auto added = Add({Handle("shop/b")});
  const CustomerId a = Bought(Handle("shop/a"), "1");
  ASSERT_THAT(book_->Merge(By(), a, Bought(Handle("shop/b"), "1"), "x"), IsOk());
  const Identifiers asked = {Handle("shop/a")};
  EXPECT_THAT(list_.Hit(asked), IsOkAndHolds(std::optional<Allowed>()));
  EXPECT_THAT(list_.Hit(asked, *book_->FindProfiles(asked)), IsOkAndHolds(std::optional(*added)));
}

TEST_F(AllowlistTest, EntriesAreRemovedWholeByIdOrIdentifier) {
  const auto a = Add({Handle("shop/a"), Handle("shop/a2")});
  const auto b = Add({Handle("shop/b"), Handle("shop/b2")});
  ASSERT_THAT(list_.Remove(By(), a->id, "moved away"), IsOk());
  ASSERT_THAT(list_.Remove(By("r"), Handle("shop/b2"), "moved away"), IsOk());
  EXPECT_EQ(Opened(storage::Column::kAllowed), "");
  EXPECT_THAT(list_.Remove(By(), a->id, "x"), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(list_.Remove(By(), Handle("shop/b"), "x"), StatusIs(absl::StatusCode::kNotFound));
  ASSERT_THAT(Add({Handle("shop/b2")}), IsOk());
  EXPECT_THAT(list_.Remove(By("r"), Handle("shop/b2"), "moved away"), IsOk());  // repeated
  EXPECT_EQ(list_.List()->size(), 1u);
  EXPECT_EQ(Record().size(), 5u);
}

TEST_F(AllowlistTest, WhatIsRemovedAlsoLeavesTheFiles) {
  ASSERT_THAT(Add({Handle("shop/a")}), IsOk());
  EXPECT_THAT(storage::PurgeIfAsked(*store_, {}), IsOkAndHolds(false));
  ASSERT_THAT(list_.Remove(By(), Handle("shop/a"), "moved away"), IsOk());
  EXPECT_THAT(storage::PurgeIfAsked(*store_, {}), IsOkAndHolds(true));
}

TEST_F(AllowlistTest, ARepeatedRequestGivesTheFirstEntry) {
  const Identifiers who = {Handle("shop/a")};
  const auto first = list_.Add(By("r"), who, "x");
  ASSERT_THAT(first, IsOk());
  EXPECT_THAT(list_.Add(By("r"), who, "x"), IsOkAndHolds(*first));
  EXPECT_EQ(list_.List()->size(), 1u);
  ASSERT_THAT(list_.Remove(By(), first->id, "x"), IsOk());
  EXPECT_THAT(list_.Add(By("r"), who, "x"), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(AllowlistTest, OneRequestIdForTwoEntriesIsRefusedAndNotTakenForDone) {
  const auto refused =
      StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("another request"));
  const Identifiers a = {Handle("shop/a")};
  const Identifiers b = {Handle("shop/b")};
  const auto first = list_.Add(By("r"), a, "x");
  ASSERT_THAT(first, IsOk());
  EXPECT_THAT(list_.Add(By("r"), b, "x"), refused);
  const auto second = list_.Add(By(), b, "x");
  ASSERT_THAT(second, IsOk());
  ASSERT_THAT(list_.Remove(By("d"), first->id, "x"), IsOk());
  EXPECT_THAT(list_.Remove(By("d"), second->id, "x"), refused);
  EXPECT_THAT(list_.Remove(By("d"), Handle("shop/b"), "x"), refused);
  EXPECT_THAT(list_.Remove(By("d"), first->id, "x"), IsOk());  // repeated
  EXPECT_EQ(list_.List()->size(), 1u);
}

TEST_F(AllowlistTest, WhatMakesNoEntryIsRefused) {
  const auto first = Add({Handle("shop/a"), Handle("shop/b")});
  EXPECT_THAT(Add({Handle("shop/b")}),
              StatusIs(absl::StatusCode::kAlreadyExists,
                       AllOf(HasSubstr(first->id.hex()), Not(HasSubstr("shop/")))));
  EXPECT_THAT(Add({}), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(Add({Handle("x/1"), Handle("x/2"), Handle("x/3"), Handle("x/4"), Handle("x/5")}),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(list_.Add(By(), Identifiers{Handle("x/1")}, ""),
              StatusIs(absl::StatusCode::kInvalidArgument));
  // Trusting an address that many share would let strangers in.
  EXPECT_THAT(Add({Handle("x/1"), Email("noreply@mail.id")}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("email"), Not(HasSubstr("noreply")))));
  EXPECT_EQ(list_.List()->size(), 1u);
}

TEST_F(AllowlistTest, ItTakesNoMoreThanItsBound) {
  storage::Batch rows;  // only their number counts
  for (size_t i = 0; i < kMaxAllowedIdentifiers - 2; ++i) {
    rows.Put(storage::Column::kAllowed, crypto::ToBytes("row " + std::to_string(i)), {});
  }
  ASSERT_THAT(store_->Write(std::move(rows)), IsOk());
  EXPECT_THAT(Add({Handle("shop/a"), Handle("shop/b"), Handle("shop/c")}),
              StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_THAT(Add({Handle("shop/a"), Handle("shop/b")}), IsOk());
  EXPECT_THAT(Add({Handle("shop/c")}), StatusIs(absl::StatusCode::kResourceExhausted));
}

TEST_F(AllowlistTest, OneIdentifierIsNeverInTwoEntriesByConcurrentWriters) {
  std::atomic<int> added = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 15; ++i) {
        const Identifiers who = {Handle("shop/" + std::to_string(i)),
                                 Handle("own/" + std::to_string(t) + "-" + std::to_string(i))};
        const auto entry =
            list_.Add({"uid:1", std::to_string(t) + "-" + std::to_string(i)}, who, "x");
        added += entry.ok() ? 1 : 0;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(added, 15);
  EXPECT_EQ(list_.List()->size(), 15u);
}

TEST_F(AllowlistTest, RowsThatNobodyWroteAreDataLoss) {
  const crypto::Bytes good = EncodeAllowed(*Add({Handle("shop/a")}));
  for (size_t length = 0; length < good.size(); ++length) {
    EXPECT_THAT(DecodeAllowed(crypto::ByteView(good).first(length)),
                StatusIs(absl::StatusCode::kDataLoss));
  }
  crypto::Bytes newer = good;
  newer[0] = 2;
  EXPECT_THAT(DecodeAllowed(newer), StatusIs(absl::StatusCode::kDataLoss));
  Allowed none;
  EXPECT_THAT(DecodeAllowed(EncodeAllowed(none)), StatusIs(absl::StatusCode::kDataLoss));
}

}  // namespace
}  // namespace daftar::book

#include "node/book/groups.h"

#include <atomic>
#include <thread>

#include "tests/node/book/book_fixture.h"

namespace daftar::book {
namespace {

using daftar::testing::IsOk;
using daftar::testing::IsOkAndHolds;
using daftar::testing::StatusIs;

const auto kNobody = [] { return absl::StatusOr<uint64_t>(0); };  // is in it

class GroupsTest : public BookTest {
 protected:
  GroupsTest() { Reopen(); }
  void Reopen() { groups_ = *Groups::Open(*store_, vault_, entropy_, clock_); }
  std::vector<std::string> Names() {
    std::vector<std::string> names;
    for (const decision::Group& group : groups_->List()) names.push_back(group.terms.name);
    return names;
  }
  static decision::Group Wholesale() {
    decision::Group group;
    group.terms.name = "wholesale";
    group.terms.precedence = 250;
    group.terms.least = decision::Effect::kAccept;
    group.terms.most = decision::Effect::kPrepay;
    group.terms.deposit_ppm = 100'000;
    group.terms.credit_limits = {{5, *evidence::Currency::FromCode("IDR")},
                                 {6, *evidence::Currency::FromCode("USD")}};
    group.terms.credit_days = 45;
    group.terms.price_list = "Grosir";
    group.terms.bonus_card = true;
    group.rule.least_settled = 1;
    group.rule.least_on_time_ppm = 2;
    group.rule.most_days_late = 3;
    group.rule.least_bad = 4;
    group.rule.least_overdue_days = 5;
    group.rule.least_days_known = 6;
    group.rule.least_turnover = {7, *evidence::Currency::FromCode("SGD")};
    return group;
  }
  std::unique_ptr<Groups> groups_;
};

TEST_F(GroupsTest, AShopStartsWithTheShippedOnes) {
  const auto shipped = decision::ShippedGroups();
  EXPECT_EQ(groups_->List(), std::vector<decision::Group>(shipped.begin(), shipped.end()));
}

TEST_F(GroupsTest, WhatIsPutIsThereByPrecedenceAndAfterOpeningAgain) {
  ASSERT_THAT(groups_->Put(By(), Wholesale(), "we sell to shops"), IsOk());
  const std::vector<std::string> names = {"staff",         "problem", "wholesale",
                                          "watch-closely", "vip",     "regular"};
  EXPECT_EQ(Names(), names);
  EXPECT_EQ(groups_->List()[2], Wholesale());
  EXPECT_EQ(Record().at(0).action, "group.put");
  EXPECT_EQ(Record().at(0).object, "wholesale");
  Reopen();
  EXPECT_EQ(Names(), names);
  EXPECT_EQ(groups_->List()[2], Wholesale());
}

TEST_F(GroupsTest, AShippedOneIsReplacedHiddenAndPutAgain) {
  decision::Group vip;
  vip.terms.name = "vip";
  vip.terms.precedence = 1;
  ASSERT_THAT(groups_->Put(By(), vip, "x"), IsOk());
  EXPECT_EQ(groups_->List().front(), vip);
  EXPECT_EQ(Names().size(), 5u);
  ASSERT_THAT(groups_->Remove(By(), "vip", "x", kNobody), IsOk());
  const std::vector<std::string> left = {"staff", "problem", "watch-closely", "regular"};
  EXPECT_EQ(Names(), left);
  Reopen();
  EXPECT_EQ(Names(), left);
  EXPECT_THAT(groups_->Remove(By(), "vip", "x", kNobody), StatusIs(absl::StatusCode::kNotFound));
  ASSERT_THAT(groups_->Put(By(), vip, "x"), IsOk());
  EXPECT_EQ(groups_->List().front(), vip);
}

TEST_F(GroupsTest, ARemovedOneOfItsOwnLeavesNoRow) {
  ASSERT_THAT(groups_->Put(By(), Wholesale(), "x"), IsOk());
  ASSERT_THAT(groups_->Remove(By(), "wholesale", "x", kNobody), IsOk());
  EXPECT_EQ(Opened(storage::Column::kGroups), "");
  EXPECT_EQ(Names().size(), 5u);
}

TEST_F(GroupsTest, ARepeatedRequestDoesNothing) {
  ASSERT_THAT(groups_->Put(By("p"), Wholesale(), "x"), IsOk());
  const auto seven = [] { return absl::StatusOr<uint64_t>(7); };
  ASSERT_THAT(groups_->Remove(By("r"), "wholesale", "x", seven), IsOkAndHolds(7u));
  EXPECT_THAT(groups_->Put(By("p"), Wholesale(), "x"), IsOk());
  EXPECT_EQ(Names().size(), 5u);
  const auto unwanted = []() -> absl::StatusOr<uint64_t> {
    ADD_FAILURE() << "a repetition takes nobody out";
    return 0;
  };
  EXPECT_THAT(groups_->Remove(By("r"), "wholesale", "x", unwanted), IsOkAndHolds(7u));
  EXPECT_EQ(Record().size(), 2u);
  EXPECT_THAT(groups_->Put(By("r"), Wholesale(), "x"),
              StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST_F(GroupsTest, OneRequestIdForTwoGroupsIsRefusedAndNotTakenForDone) {
  const auto refused =
      StatusIs(absl::StatusCode::kFailedPrecondition, ::testing::HasSubstr("another request"));
  ASSERT_THAT(groups_->Put(By("p"), Wholesale(), "x"), IsOk());
  decision::Group stricter = Wholesale();
  stricter.terms.least = decision::Effect::kDeposit;
  EXPECT_THAT(groups_->Put(By("p"), stricter, "x"), refused);
  ASSERT_THAT(groups_->Remove(By("r"), "vip", "x", kNobody), IsOk());
  EXPECT_THAT(groups_->Remove(By("r"), "regular", "x", kNobody), refused);
}

TEST_F(GroupsTest, WhatDoesNotPassItsCheckOrGoesPastTheBoundIsRefused) {
  decision::Group wrong = Wholesale();
  wrong.terms.precedence = 0;
  EXPECT_THAT(groups_->Put(By(), wrong, "x"), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(groups_->Put(By(), Wholesale(), ""), StatusIs(absl::StatusCode::kInvalidArgument));
  decision::Group group;
  while (Names().size() < decision::kMaxGroups) {
    group.terms.name = "g" + std::to_string(Names().size());
    ASSERT_THAT(groups_->Put(By(), group, "x"), IsOk());
  }
  EXPECT_THAT(groups_->Put(By(), Wholesale(), "x"),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(groups_->Put(By(), group, "x"), IsOk());  // replaces
}

TEST_F(GroupsTest, RowsThatNobodyWroteAreDataLoss) {
  const crypto::Bytes good = EncodeGroupRow(Wholesale());
  EXPECT_THAT(DecodeGroupRow(good), IsOkAndHolds(std::optional(Wholesale())));
  EXPECT_THAT(DecodeGroupRow(EncodeGroupRow(std::nullopt)),
              IsOkAndHolds(std::optional<decision::Group>()));
  for (size_t length = 0; length < good.size(); ++length) {
    EXPECT_THAT(DecodeGroupRow(crypto::ByteView(good).first(length)),
                StatusIs(absl::StatusCode::kDataLoss));
  }
  crypto::Bytes newer = good;
  newer[0] = 2;
  EXPECT_THAT(DecodeGroupRow(newer), StatusIs(absl::StatusCode::kDataLoss));
  decision::Group wrong = Wholesale();
  wrong.terms.deposit_ppm = 0;
  EXPECT_THAT(DecodeGroupRow(EncodeGroupRow(wrong)), StatusIs(absl::StatusCode::kDataLoss));
  storage::Batch batch;  // a value under another name
  const crypto::Bytes key = crypto::ToBytes("other");
  batch.Put(storage::Column::kGroups, key, vault_.Seal(storage::Column::kGroups, key, good));
  ASSERT_THAT(store_->Write(std::move(batch)), IsOk());
  EXPECT_THAT(Groups::Open(*store_, vault_, entropy_, clock_).status(),
              StatusIs(absl::StatusCode::kDataLoss));
}

TEST_F(GroupsTest, ReadersSeeWholeListsWhileOthersWrite) {
  std::atomic<bool> stop = false;
  std::thread reader([&] {
    while (!stop) {
      const auto groups = groups_->Snapshot();
      EXPECT_GE(groups->size(), 5u);
    }
  });
  std::vector<std::thread> writers;
  for (int t = 0; t < 3; ++t) {
    writers.emplace_back([&, t] {
      for (int i = 0; i < 10; ++i) {
        decision::Group group;
        group.terms.name = "g" + std::to_string(t) + "-" + std::to_string(i);
        EXPECT_THAT(groups_->Put({"uid:1", group.terms.name}, group, "x"), IsOk());
      }
    });
  }
  for (std::thread& thread : writers) thread.join();
  stop = true;
  reader.join();
  const auto shown = groups_->List();
  EXPECT_EQ(shown.size(), 35u);
  Reopen();
  EXPECT_EQ(groups_->List(), shown);
}

}  // namespace
}  // namespace daftar::book

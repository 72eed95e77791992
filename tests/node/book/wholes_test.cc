#include <atomic>
#include <functional>
#include <set>
#include <thread>
#include <utility>

#include "tests/node/book/book_fixture.h"

namespace daftar::book {
namespace {

using daftar::testing::IsOk;
using daftar::testing::IsOkAndHolds;
using daftar::testing::StatusIs;
using ::testing::HasSubstr;

class WholesTest : public BookTest {
 protected:
  WholesTest() : groups_(*Groups::Open(*store_, vault_, entropy_, clock_)) {}
  Profile Merged(const CustomerId& into, const CustomerId& from) {
    const auto merged = book_->Merge(By(), into, from, "the same person");
    EXPECT_THAT(merged, IsOk());
    return merged.ok() ? *merged : Profile();
  }
  uint64_t OrdersIn(const CustomerId& id) {
    const CustomerId ids[] = {id};
    return TrackRecordFor(*book_, ids, Day("2024-06-01")).orders;
  }
  std::unique_ptr<Groups> groups_;
};

TEST_F(WholesTest, MergedCustomersAreFoundShownAndCountedAsOne) {
  const CustomerId a = Bought(Handle("shop/a"), "1", "2024-01-20");
  const CustomerId b = Bought(Handle("shop/b"), "1");
  const Profile merged = Merged(a, b);
  EXPECT_EQ(merged.id, a);
  EXPECT_EQ(merged.members, std::vector<CustomerId>{b});
  EXPECT_EQ(merged.identifiers,
            (std::vector<identity::Identifier>{Handle("shop/a"), Handle("shop/b")}));
  EXPECT_EQ(IdOf(Handle("shop/b")), a);
  EXPECT_EQ(*book_->ShowCustomer(b), merged);
  EXPECT_EQ(OrdersIn(a), 2u);
  EXPECT_EQ(OrdersIn(b), 2u);
  const std::vector<identity::Identifier> both = {Handle("shop/b"), Handle("shop/a")};
  EXPECT_EQ(*book_->FindByIdentifiers(both), std::vector<CustomerId>{a});
  const auto profiles = book_->FindProfiles(both);
  ASSERT_THAT(profiles, IsOk());
  EXPECT_EQ(*profiles, std::vector<Profile>{merged});
  int orders = 0;
  DAFTAR_ASSERT_OK(
      book_->ScanOrdersOf(*profiles, [&](const CustomerId&, const Order&) { ++orders; }));
  EXPECT_EQ(orders, 2);
  // Nothing moved: orders keep their names.
  EXPECT_EQ(OrdersOf(a).size(), 1u);
  EXPECT_EQ(OrdersOf(b).size(), 1u);
  std::set<std::string> names;
  ASSERT_THAT(book_->ScanOrdersOfWhole(b,
                                       [&names](const CustomerId& row, const Order& order) {
                                         names.insert(OrderName(row, order));
                                         return true;
                                       }),
              IsOk());
  EXPECT_EQ(names, (std::set<std::string>{OrderName(a, "1"), OrderName(b, "1")}));
}

TEST_F(WholesTest, MergeThenUnmergeGivesBackExactlyTheEarlierRows) {
  const CustomerId a = Bought(Handle("shop/a"), "1");
  const CustomerId b = Bought(Handle("shop/b"), "1");
  ASSERT_THAT(book_->SetGroups(By(), b, {{"vip"}, {}}, *groups_, "buys much"), IsOk());
  const std::vector<Customer> before = AllRows();
  const Profile b_before = *book_->ShowCustomer(b);
  Merged(a, b);
  EXPECT_NE(AllRows(), before);
  const auto parted = book_->Unmerge(By(), b, "two brothers");
  ASSERT_THAT(parted, IsOk());
  EXPECT_EQ(*parted, b_before);
  EXPECT_EQ(AllRows(), before);
  EXPECT_EQ(IdOf(Handle("shop/b")), b);
}

TEST_F(WholesTest, ThoseMergedIntoTheOneThatIsMergedComeAlongAndLeaveWithIt) {
  const CustomerId a = Bought(Handle("shop/a"), "1");
  const CustomerId b = Bought(Handle("shop/b"), "1");
  const CustomerId c = Bought(Handle("shop/c"), "1");
  const CustomerId d = Bought(Handle("shop/d"), "1");
  Merged(b, c);
  const std::vector<Customer> before = AllRows();
  Merged(a, b);
  Merged(c, d);  // into a member: into its root
  for (const Customer& row : AllRows()) {
    EXPECT_EQ(row.members.size(), row.id == a ? 3u : 0u);
    EXPECT_EQ(row.merged_into, row.id == a ? std::nullopt : std::optional(a));
  }
  EXPECT_EQ(OrdersIn(d), 4u);
  ASSERT_THAT(book_->Unmerge(By(), d, "no"), IsOk());
  const auto parted = book_->Unmerge(By(), b, "no");
  ASSERT_THAT(parted, IsOk());
  EXPECT_EQ(parted->members, std::vector<CustomerId>{c});
  EXPECT_EQ(AllRows(), before);
}

TEST_F(WholesTest, OneThatCameAlongCanLeaveAlone) {
  const CustomerId a = Bought(Handle("shop/a"), "1");
  const CustomerId b = Bought(Handle("shop/b"), "1");
  const CustomerId c = Bought(Handle("shop/c"), "1");
  Merged(b, c);
  Merged(a, b);
  ASSERT_THAT(book_->Unmerge(By(), c, "no"), IsOk());
  EXPECT_EQ(book_->ShowCustomer(c)->members.size(), 0u);
  EXPECT_EQ(book_->ShowCustomer(b)->id, a);
  EXPECT_EQ(book_->ShowCustomer(a)->members, std::vector<CustomerId>{b});
}

TEST_F(WholesTest, WhatCannotBeMergedOrPartedSaysWhyAndChangesNothing) {
  const CustomerId a = Bought(Handle("shop/a"), "1");
  const CustomerId b = Bought(Handle("shop/b"), "1");
  EXPECT_THAT(book_->Merge(By(), a, a, "x"), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(book_->Merge(By(), a, b, ""), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(book_->Merge(By(""), a, b, "x"), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(book_->Merge(By(), a, CustomerId(), "x"), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(book_->Unmerge(By(), a, "x"), StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(book_->Unmerge(By(), CustomerId(), "x"), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_TRUE(Record().empty());
  Merged(a, b);
  const std::vector<Customer> merged = AllRows();
  EXPECT_THAT(book_->Merge(By(), a, b, "x"), StatusIs(absl::StatusCode::kAlreadyExists));
  EXPECT_THAT(book_->Merge(By(), b, a, "x"), StatusIs(absl::StatusCode::kAlreadyExists));
  EXPECT_THAT(book_->Unmerge(By(), a, "x"),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("one of its members")));
  EXPECT_EQ(AllRows(), merged);
}

TEST_F(WholesTest, AtMostThirtyTwoAreMergedIntoOne) {
  const CustomerId root = Bought(Handle("shop/root"), "1");
  for (size_t i = 0; i < kMaxMergedCustomers; ++i) {
    Merged(root, Bought(Handle("shop/m" + std::to_string(i)), "1"));
  }
  EXPECT_THAT(book_->Merge(By(), root, Bought(Handle("shop/more"), "1"), "x"),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_EQ(OrdersIn(root), kMaxMergedCustomers + 1);
}

TEST_F(WholesTest, ARepeatedRequestDoesNothingAndAnswersAlike) {
  const CustomerId a = Bought(Handle("shop/a"), "1");
  const CustomerId b = Bought(Handle("shop/b"), "1");
  const auto first = book_->Merge(By("m"), a, b, "x");
  ASSERT_THAT(first, IsOk());
  EXPECT_EQ(*book_->Merge(By("m"), a, b, "x"), *first);
  ASSERT_THAT(book_->Unmerge(By("u"), b, "x"), IsOk());
  const std::vector<Customer> parted = AllRows();
  EXPECT_THAT(book_->Merge(By("m"), a, b, "x"), IsOk());  // of the time before
  EXPECT_THAT(book_->Unmerge(By("u"), b, "x"), IsOk());
  EXPECT_EQ(AllRows(), parted);
  EXPECT_EQ(Record().size(), 2u);
  EXPECT_THAT(book_->Unmerge(By("m"), b, "x"), StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST_F(WholesTest, OneRequestIdForTwoChangesIsRefusedAndNotTakenForDone) {
  const CustomerId a = Bought(Handle("shop/a"), "1");
  const CustomerId b = Bought(Handle("shop/b"), "1");
  const CustomerId c = Bought(Handle("shop/c"), "1");
  const auto refused =
      StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("another request"));
  ASSERT_THAT(book_->Merge(By("m"), a, b, "x"), IsOk());
  EXPECT_THAT(book_->Merge(By("m"), a, c, "x"), refused);
  EXPECT_EQ(IdOf(Handle("shop/c")), c);
  ASSERT_THAT(book_->SetGroups(By("g"), a, {{"vip"}, {}}, *groups_, "x"), IsOk());
  EXPECT_THAT(book_->SetGroups(By("g"), c, {{"vip"}, {}}, *groups_, "x"), refused);
  EXPECT_THAT(book_->SetGroups(By("g"), a, {{}, {"vip"}}, *groups_, "x"), refused);
  ASSERT_THAT(book_->Unmerge(By("u"), b, "x"), IsOk());
  EXPECT_THAT(book_->Unmerge(By("u"), c, "x"), refused);
}

TEST_F(WholesTest, WhoMergedWhatAndWhyIsOnTheRecord) {
  const CustomerId a = Bought(Handle("shop/a"), "1");
  const CustomerId b = Bought(Handle("shop/b"), "1");
  Merged(a, b);
  const auto record = Record();
  ASSERT_EQ(record.size(), 1u);
  EXPECT_EQ(record[0].actor, "uid:1000");
  EXPECT_EQ(record[0].action, "customer.merge");
  EXPECT_EQ(record[0].object, a.hex() + " " + b.hex());
  EXPECT_EQ(record[0].because, "the same person");
}

TEST_F(WholesTest, ARowThatNamesSeveralRowsOfAWholeIsTaken) {
  const CustomerId a = Bought(Handle("shop/a"), "1");
  const CustomerId b = Bought(Handle("shop/b"), "2");
  Merged(b, a);
  // The row that owns the first of the identifiers takes the order and what is new.
  const std::vector<decision::OrderRow> rows = {Row(
      {Handle("shop/b"), Handle("shop/a"), Handle("shop/new")}, "3", "2024-01-01", "2024-02-01")};
  const auto report = book_->ImportOrders(rows);
  ASSERT_THAT(report, IsOk());
  EXPECT_EQ(report->added, 1u);
  EXPECT_EQ(report->customers_added, 0u);
  EXPECT_EQ(OrdersOf(a).size(), 2u);
  EXPECT_EQ(OrdersOf(b).size(), 1u);
  EXPECT_EQ(IdOf(Handle("shop/new")), b);
  EXPECT_EQ(book_->ImportOrders(rows)->unchanged, 1u);
  const std::vector<decision::CustomerRow> people = {
      {9, {Handle("shop/a"), Handle("shop/b")}, "Budi"}};
  EXPECT_EQ(book_->ImportCustomers(people)->updated, 1u);
  EXPECT_EQ(book_->ShowCustomer(b)->name, "Budi");
  // Two customers who are not one are refused as before, root or member.
  Bought(Handle("shop/c"), "9");
  const std::vector<decision::OrderRow> strangers = {
      Row({Handle("shop/a"), Handle("shop/c")}, "4", "2024-01-01", "2024-02-01")};
  EXPECT_EQ(book_->ImportOrders(strangers)->refused, 1u);
}

TEST_F(WholesTest, AnInvoiceThatAnyRowOfTheWholeHasIsThatOrder) {
  const CustomerId a = Bought(Handle("shop/a"), "1");
  const CustomerId b = Bought(Handle("shop/b"), "2");
  Merged(a, b);
  // The buyer's line now names them by the other row's identifier, and it is paid.
  const std::vector<decision::OrderRow> rows = {
      Row({Handle("shop/b")}, "1", "2024-01-01", "2024-02-01", "2024-01-15")};
  const auto report = book_->ImportOrders(rows);
  ASSERT_THAT(report, IsOk());
  EXPECT_EQ(report->updated, 1u);
  EXPECT_EQ(report->added, 0u);
  ASSERT_EQ(OrdersOf(a).size(), 1u);
  EXPECT_EQ(OrdersOf(a)[0].paid, Day("2024-01-15"));
  EXPECT_EQ(OrdersOf(b).size(), 1u);
  EXPECT_EQ(book_->ImportOrders(rows)->unchanged, 1u);
}

TEST_F(WholesTest, GroupsOfAllCountForTheWholeAndStayInTheirRows) {
  const CustomerId a = Bought(Handle("shop/a"), "1");
  const CustomerId b = Bought(Handle("shop/b"), "1");
  ASSERT_THAT(book_->SetGroups(By(), a, {{"regular"}, {}}, *groups_, "x"), IsOk());
  ASSERT_THAT(book_->SetGroups(By(), b, {{"vip", "regular"}, {}}, *groups_, "x"), IsOk());
  EXPECT_EQ(Merged(a, b).groups, (std::vector<std::string>{"regular", "vip"}));
  // By a member's id: added to the root, taken off everywhere.
  const auto changed = book_->SetGroups(By(), b, {{"staff"}, {"regular"}}, *groups_, "x");
  ASSERT_THAT(changed, IsOk());
  EXPECT_EQ(changed->groups, (std::vector<std::string>{"staff", "vip"}));
  EXPECT_EQ(*book_->ShowCustomer(a), *changed);
  EXPECT_EQ(book_->Unmerge(By(), b, "x")->groups, std::vector<std::string>{"vip"});
  EXPECT_EQ(book_->ShowCustomer(a)->groups, std::vector<std::string>{"staff"});
  const auto record = Record();
  EXPECT_TRUE(std::any_of(record.begin(), record.end(),
                          [](const auto& row) { return row.action == "customer.unmerge"; }));
}

TEST_F(WholesTest, GroupChangesThatMakeNoSenseAreRefused) {
  const CustomerId a = Bought(Handle("shop/a"), "1");
  const auto set = [&](const GroupChange& change) {
    return book_->SetGroups(By(), a, change, *groups_, "x").status();
  };
  EXPECT_THAT(set({{"nobody"}, {}}), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(set({{}, {"nobody"}}), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(set({{}, {}}), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(set({{"vip"}, {"vip"}}), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(set({{}, {"vip"}}), IsOk());  // it is in none: nothing to do
  GroupChange many;
  for (size_t i = 0; i <= decision::kMaxGroupsPerCustomer; ++i) {
    decision::Group group;
    group.terms.name = "g" + std::to_string(i);
    ASSERT_THAT(groups_->Put(By(), group, "x"), IsOk());
    many.add.push_back(group.terms.name);
  }
  EXPECT_THAT(set(many), StatusIs(absl::StatusCode::kFailedPrecondition));
  many.add.pop_back();
  EXPECT_THAT(set(many), IsOk());
  EXPECT_EQ(book_->ShowCustomer(a)->groups, many.add);
  // A group the shop has no more can still be taken off.
  ASSERT_THAT(groups_->Remove(By(), "g0", "x", [] { return absl::StatusOr<uint64_t>(0); }), IsOk());
  EXPECT_THAT(set({{}, {"g0"}}), IsOk());
  EXPECT_EQ(book_->ShowCustomer(a)->groups.size(), decision::kMaxGroupsPerCustomer - 1);
}

TEST_F(WholesTest, ARemovedGroupIsLeftByAllAndComesBackEmpty) {
  const CustomerId a = Bought(Handle("shop/a"), "1");
  const CustomerId b = Bought(Handle("shop/b"), "1");
  const CustomerId c = Bought(Handle("shop/c"), "1");
  const CustomerId d = Bought(Handle("shop/d"), "1");
  for (const CustomerId& id : {a, b, c}) {
    ASSERT_THAT(book_->SetGroups(By(), id, {{"vip", "staff"}, {}}, *groups_, "x"), IsOk());
  }
  ASSERT_THAT(book_->SetGroups(By(), d, {{"staff"}, {}}, *groups_, "x"), IsOk());
  Merged(a, b);  // one customer in two rows
  EXPECT_THAT(book_->RemoveGroup(By("r"), "vip", *groups_, "too many"), IsOkAndHolds(2u));
  for (const Customer& row : AllRows()) {
    EXPECT_EQ(row.groups, std::vector<std::string>{"staff"});
  }
  const auto record = Record();
  const auto ended = std::find_if(record.begin(), record.end(), [](const auto& row) {
    return row.action == "group.end-memberships";
  });
  ASSERT_NE(ended, record.end());
  EXPECT_EQ(ended->object, "vip 2");
  EXPECT_EQ(ended->because, "too many");
  // A repetition answers as the first did, also when somebody is in a new one by then.
  decision::Group again;
  again.terms.name = "vip";
  ASSERT_THAT(groups_->Put(By(), again, "x"), IsOk());
  EXPECT_EQ(book_->ShowCustomer(c)->groups, std::vector<std::string>{"staff"});
  ASSERT_THAT(book_->SetGroups(By(), c, {{"vip"}, {}}, *groups_, "x"), IsOk());
  EXPECT_THAT(book_->RemoveGroup(By("r"), "vip", *groups_, "too many"), IsOkAndHolds(2u));
  EXPECT_EQ(book_->ShowCustomer(c)->groups, (std::vector<std::string>{"staff", "vip"}));
  EXPECT_THAT(book_->RemoveGroup(By(), "nobody", *groups_, "x"),
              StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(book_->RemoveGroup(By(), "vip", *groups_, ""),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_EQ(book_->ShowCustomer(c)->groups, (std::vector<std::string>{"staff", "vip"}));
}

TEST_F(WholesTest, AGroupOfManyIsLeftInPiecesEachOnTheRecord) {
  constexpr size_t kMany = 2 * kMaxMembershipsPerWrite + 5;
  storage::Batch batch;
  for (size_t i = 0; i < kMany; ++i) {
    Customer customer;
    customer.id = entropy_.Public<CustomerId>();
    customer.identifiers = {Handle("shop/x" + std::to_string(i))};
    customer.groups = {"vip"};
    batch.Put(
        storage::Column::kCustomers, crypto::ToBytes(customer.id.view()),
        vault_.Seal(storage::Column::kCustomers, customer.id.view(), EncodeCustomer(customer)));
  }
  ASSERT_THAT(store_->Write(std::move(batch)), IsOk());
  EXPECT_THAT(book_->RemoveGroup(By(), "vip", *groups_, "x"), IsOkAndHolds(kMany));
  for (const Customer& row : AllRows()) ASSERT_TRUE(row.groups.empty());
  std::vector<std::string> pieces;
  for (const auto& row : Record()) {
    if (row.action == "group.end-memberships") pieces.push_back(row.object);
  }
  std::sort(pieces.begin(), pieces.end());
  EXPECT_EQ(pieces, (std::vector<std::string>{"vip 1000", "vip 1000", "vip 5"}));
}

// Does something, once, when a writer is about to seal what it has read and changed.
class MeddlingEntropy final : public crypto::Entropy {
 public:
  void Fill(std::span<uint8_t> out) override {
    if (meddle) std::exchange(meddle, nullptr)();
    entropy_.Fill(out);
  }
  std::function<void()> meddle;

 private:
  daftar::testing::FakeEntropy entropy_{2};
};

TEST_F(WholesTest, GroupsPutWhileAnotherImportsLoseNoIdentifier) {
  const CustomerId id = Bought(Handle("shop/a"), "1");
  MeddlingEntropy entropy;
  daftar::testing::FakeEntropy same;  // the fixture's key
  const storage::Vault vault(same.Secret(), entropy);
  Book book(*store_, vault, entropy, clock_, warnings_);
  entropy.meddle = [this] {
    const std::vector<decision::CustomerRow> rows = {{2, {Handle("shop/a"), Handle("shop/b")}, ""}};
    EXPECT_THAT(book_->ImportCustomers(rows), IsOk());
  };
  ASSERT_THAT(book.SetGroups(By(), id, {{"vip"}, {}}, *groups_, "x"), IsOk());
  EXPECT_EQ(entropy.meddle, nullptr);
  const auto shown = book_->ShowCustomer(id);
  EXPECT_EQ(shown->groups, std::vector<std::string>{"vip"});
  EXPECT_EQ(shown->identifiers,
            (std::vector<identity::Identifier>{Handle("shop/a"), Handle("shop/b")}));
}

TEST_F(WholesTest, ConcurrentMergesAndImportsLoseNothing) {
  constexpr int kPeople = 12;
  constexpr int kOrders = 30;
  std::vector<CustomerId> ids;
  for (int i = 0; i < kPeople; ++i) {
    ids.push_back(Bought(Handle("shop/" + std::to_string(i)), "first"));
  }
  std::atomic<int> merges = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 2; ++t) {
    threads.emplace_back([&, t] {
      for (int n = 0; n < kOrders; ++n) {
        std::vector<decision::OrderRow> rows;
        for (int i = 0; i < kPeople; ++i) {
          decision::OrderRow row;
          row.line = 2;
          row.identifiers = {Handle("shop/" + std::to_string(i)),
                             Handle("more/" + std::to_string(i) + "-" + std::to_string(n))};
          row.invoice = std::to_string(t) + "-" + std::to_string(i) + "-" + std::to_string(n);
          row.invoiced = row.due = Day("2024-01-01");
          row.amount = {1, *evidence::Currency::FromCode("USD")};
          rows.push_back(row);
        }
        const auto report = book_->ImportOrders(rows);
        EXPECT_THAT(report, IsOk());
        EXPECT_EQ(report.ok() ? report->refused : 0, 0u);
      }
    });
  }
  threads.emplace_back([&] {
    for (int i = 1; i < kPeople; ++i) {
      merges += book_->Merge({"uid:1", "m" + std::to_string(i)}, ids[0], ids[i], "x").ok() ? 1 : 0;
      if (i % 3 == 0) {
        EXPECT_THAT(book_->Unmerge({"uid:1", "u" + std::to_string(i)}, ids[i], "x"), IsOk());
        --merges;
      }
    }
  });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(merges, 8);
  uint64_t orders = 0;
  uint64_t wholes = 0;
  size_t identifiers = 0;
  ASSERT_THAT(book_->ScanWholes([&](const Profile& customer, const std::vector<NamedOrder>& all) {
    ++wholes;
    orders += all.size();
    identifiers += customer.identifiers.size();
    return true;
  }),
              IsOk());
  EXPECT_EQ(wholes, 4u);
  EXPECT_EQ(orders, uint64_t{kPeople} * (2 * kOrders + 1));
  EXPECT_EQ(identifiers, size_t{kPeople} * (kOrders + 1));
}

}  // namespace
}  // namespace daftar::book

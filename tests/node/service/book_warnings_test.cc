// The warning list and the quarantine of partners, as the shop's people and programs ask for them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "crypto/merkle.h"
#include "node/service/book_handlers.h"
#include "node/service/node_handlers.h"
#include "node/service/shop_handlers.h"
#include "storage/log_store.h"
#include "tests/support/incidents.h"
#include "tests/support/sim_circle.h"
#include "tests/support/status_matchers.h"

namespace daftar::service {
namespace {

using ::daftar::testing::DepositUnsettled;
using ::daftar::testing::IsOk;
using ::daftar::testing::SimCircle;
using ::daftar::testing::SimNode;
using ::daftar::testing::StatusIs;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class BookWarningsTest : public ::testing::Test {
 protected:
  BookWarningsTest() { circle_.PairAll(); }
  template <class Request>
  Request About(const std::string& phone) {
    Request request;
    request.set_request_id("request-" + std::to_string(++requests_));
    request.mutable_identifier()->set_phone(phone);
    request.set_because("our own counter");
    return request;
  }
  absl::StatusOr<v1::AddIncidentResponse> File(const std::string& phone) {
    v1::AddIncidentRequest request;
    request.set_request_id("request-" + std::to_string(++requests_));
    request.set_reason("deposit-unsettled");
    request.add_identifiers()->set_phone(phone);
    request.set_occurred("2026-10-01");
    return shop_.AddIncident(manager_, request);
  }

  SimCircle circle_;
  SimNode& a_ = circle_.Add("toko-a.test");
  SimNode& b_ = circle_.Add("toko-b.test");
  BookHandlers book_{*a_};
  ShopHandlers shop_{*a_};
  Users users_{a_->store(), a_->vault(), a_->clock(), a_->entropy()};
  NodeHandlers nodes_{*a_, users_};
  const Actor manager_{"user:budi", Roles{Role::kManager}};
  const Actor operator_{"user:oki", Roles{Role::kOperator}};
  int requests_ = 0;
};

TEST_F(BookWarningsTest, TheShopsOwnNumberCannotBeReported) {
  DAFTAR_ASSERT_OK(
      book_.AddWarning(manager_, About<v1::AddWarningRequest>("0812-3456-7890")).status());
  EXPECT_THAT(File("+62 812 3456 7890"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("own list")));
  DAFTAR_EXPECT_OK(File("0812-3456-7891").status());
  a_.Stop();
  a_.Start();
  BookHandlers again(*a_);
  auto listed = again.ListWarnings(manager_, {});
  DAFTAR_ASSERT_OK(listed);
  ASSERT_EQ(listed->warnings_size(), 1);
  EXPECT_EQ(listed->warnings(0).kind(), "own");
  EXPECT_EQ(listed->warnings(0).by(), "user:budi");
  EXPECT_THAT(listed->warnings(0).identifier(), Not(HasSubstr("3456")));
  DAFTAR_ASSERT_OK(
      again.RemoveWarning(manager_, About<v1::RemoveWarningRequest>("0812-3456-7890")).status());
  DAFTAR_EXPECT_OK(ShopHandlers(*a_)
                       .AddIncident(manager_,
                                    [&] {
                                      v1::AddIncidentRequest request;
                                      request.set_request_id("again");
                                      request.set_reason("deposit-unsettled");
                                      request.add_identifiers()->set_phone("0812-3456-7890");
                                      request.set_occurred("2026-10-01");
                                      return request;
                                    }())
                       .status());
}

TEST_F(BookWarningsTest, WhatWaitsForReviewIsANoticeUntilItIsCleared) {
  auto status = nodes_.GetStatus(manager_, {});
  DAFTAR_ASSERT_OK(status);
  const auto waits = HasSubstr("wait for somebody to look");
  EXPECT_THAT(status->notices(), Not(::testing::Contains(waits)));
  const auto phone = ::daftar::testing::Phone("0812-3456-7890");
  DAFTAR_ASSERT_OK(a_->warnings().IsShared(phone, 25, circle_.charter()).status());
  EXPECT_THAT(nodes_.GetStatus(manager_, {})->notices(), ::testing::Contains(waits));
  auto listed = book_.ListWarnings(manager_, {});
  DAFTAR_ASSERT_OK(listed);
  ASSERT_EQ(listed->warnings_size(), 1);
  EXPECT_EQ(listed->warnings(0).live_reports(), 25u);
  EXPECT_EQ(listed->warnings(0).names(), 0u);
  DAFTAR_ASSERT_OK(
      book_.ClearWarning(manager_, About<v1::ClearWarningRequest>("0812-3456-7890")).status());
  EXPECT_THAT(nodes_.GetStatus(manager_, {})->notices(), Not(::testing::Contains(waits)));
}

TEST_F(BookWarningsTest, ErasingACustomerForgetsItsReview) {
  v1::AddCustomerRequest request;
  request.set_request_id("customer");
  request.set_name("Sari");
  request.add_identifiers()->set_phone("0812-3456-7890");
  auto added = shop_.AddCustomer(manager_, request);
  DAFTAR_ASSERT_OK(added);
  const auto phone = ::daftar::testing::Phone("0812-3456-7890");
  DAFTAR_ASSERT_OK(a_->warnings().IsShared(phone, 25, circle_.charter()).status());
  v1::EraseCustomerRequest erase;
  erase.set_request_id("erase");
  erase.set_id(added->customer().id());
  erase.set_because("asked for");
  DAFTAR_ASSERT_OK(book_.EraseCustomer(manager_, erase).status());
  EXPECT_TRUE(a_->warnings().List().empty());
}

TEST_F(BookWarningsTest, ErasingACustomerLeavesWhatIsManyPeoplesAsItIs) {
  const auto phone = ::daftar::testing::Phone("0812-3456-7890");
  for (int i = 0; i < 7; ++i) {
    decision::OrderRow row;
    row.line = 2;
    row.identifiers = {phone};
    row.name = "Buyer " + std::string(1, static_cast<char>('a' + i));
    row.invoice = std::to_string(i);
    row.invoiced = ::daftar::testing::Day("2026-10-01");
    row.due = ::daftar::testing::Day("2026-10-08");
    row.paid = ::daftar::testing::Day("2026-10-02");
    row.amount = {100, *evidence::Currency::FromCode("USD")};
    DAFTAR_ASSERT_OK(a_->book().ImportOrders({&row, 1}));
  }
  const auto holder = a_->book().FindByIdentifier(phone);
  DAFTAR_ASSERT_OK(holder);
  ASSERT_TRUE(holder->has_value());
  EXPECT_TRUE(*a_->warnings().IsShared(phone, 0, circle_.charter()));
  v1::EraseCustomerRequest erase;
  erase.set_request_id("erase");
  erase.set_id((*holder)->hex());
  erase.set_because("asked for");
  DAFTAR_ASSERT_OK(book_.EraseCustomer(manager_, erase).status());
  EXPECT_TRUE(*a_->warnings().IsSharedHere(phone, circle_.charter()));
  EXPECT_EQ(a_->warnings().List().size(), 1u);
}

TEST_F(BookWarningsTest, OfWhoIsErasedManyPeoplesIdentifierKeepsNothing) {
  const auto phone = ::daftar::testing::Phone("0812-3456-7890");
  const auto unknown = ::daftar::testing::Phone("0812-9999-7001");
  for (int i = 0; i < 6; ++i) {  // one more name than may be
    decision::OrderRow row;
    row.line = 2;
    row.identifiers = {phone};
    row.name = "Buyer " + std::string(1, static_cast<char>('a' + i));
    row.invoice = std::to_string(i);
    row.invoiced = ::daftar::testing::Day("2026-10-01");
    row.due = ::daftar::testing::Day("2026-10-08");
    row.paid = ::daftar::testing::Day("2026-10-02");
    row.amount = {100, *evidence::Currency::FromCode("USD")};
    DAFTAR_ASSERT_OK(a_->book().ImportOrders({&row, 1}));
  }
  ASSERT_TRUE(*a_->warnings().IsSharedHere(phone, circle_.charter()));
  DAFTAR_ASSERT_OK(a_->checker().Check(a_.Caller(), {{phone}, {}}));
  ledger::NewIncident account = DepositUnsettled("0812-3456-7890");
  account.identifiers.push_back(unknown);
  const auto draft = a_->ledger().Add(a_.Caller(), account);
  DAFTAR_ASSERT_OK(draft);
  const auto rows = [&](storage::Column column, const std::string& prefix) {
    size_t count = 0;
    const crypto::Bytes from = crypto::ToBytes(prefix);
    DAFTAR_EXPECT_OK(a_->store().Scan(column, from, from, [&](auto, auto) { return ++count > 0; }));
    return count;
  };
  EXPECT_EQ(rows(storage::Column::kLookups, ""), 1u);
  EXPECT_EQ(rows(storage::Column::kReceipts, "s"), 1u);
  v1::EraseCustomerRequest erase;
  erase.set_request_id("erase");
  erase.set_id((*a_->book().FindByIdentifier(phone))->hex());
  erase.set_because("asked for");
  DAFTAR_ASSERT_OK(book_.EraseCustomer(manager_, erase).status());
  EXPECT_EQ(rows(storage::Column::kLookups, ""), 0u);
  EXPECT_EQ(rows(storage::Column::kReceipts, "s"), 0u);
  EXPECT_FALSE(*a_->warnings().IsSharedHere(phone, circle_.charter()));  // five names are left
  // A draft that is not known to be about them is left to whoever it is about.
  const auto left = a_->ledger().Get(draft->incident.id);
  DAFTAR_ASSERT_OK(left);
  EXPECT_THAT(left->incident.account.identifiers, ElementsAre(unknown));
}

TEST_F(BookWarningsTest, AFloodingPartnerIsShownAndReleased) {
  for (int i = 0; i < 201; ++i) {
    auto view =
        b_->ledger().Add(b_.Caller(), DepositUnsettled("0812-3456-" + std::to_string(2000 + i)));
    DAFTAR_ASSERT_OK(view);
    DAFTAR_ASSERT_OK(b_->ledger().Publish(b_.Caller(), view->incident.id));
  }
  circle_.Settle();
  v1::GetPartnerRequest one;
  one.set_origin("toko-b.test");
  auto shown = nodes_.GetPartner(operator_, one);
  DAFTAR_ASSERT_OK(shown);
  EXPECT_EQ(shown->partner().quarantined_for(), "flood");
  EXPECT_FALSE(shown->partner().quarantined_since().empty());
  EXPECT_THAT(nodes_.GetStatus(operator_, {})->problems(),
              ElementsAre(HasSubstr("201 reports in a day")));
  EXPECT_THAT(nodes_.GetStatus(operator_, {})->problem_kinds(), ElementsAre("partner"));
  v1::ReleasePartnerRequest release;
  release.set_origin("toko-b.test");
  EXPECT_THAT(nodes_.ReleasePartner(operator_, release),
              StatusIs(absl::StatusCode::kInvalidArgument));
  release.set_request_id("release");
  EXPECT_THAT(nodes_.ReleasePartner(operator_, release),
              StatusIs(absl::StatusCode::kInvalidArgument));
  release.set_because("a backlog");
  auto released = nodes_.ReleasePartner(operator_, release);
  DAFTAR_ASSERT_OK(released);
  EXPECT_EQ(released->partner().quarantined_for(), "");
  release.set_origin("toko-x.test");
  EXPECT_THAT(nodes_.ReleasePartner(operator_, release), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(BookWarningsTest, APartnerThatBeganANewLogIsShownAndAccepted) {
  SimNode& successor = circle_.AddSuccessor(b_, "toko-b2.test");
  circle_.Settle();
  v1::GetPartnerRequest one;
  one.set_origin("toko-b.test");
  auto shown = nodes_.GetPartner(operator_, one);
  DAFTAR_ASSERT_OK(shown);
  EXPECT_EQ(shown->partner().adopted_origin(), "toko-b2.test");
  EXPECT_EQ(shown->partner().adopted_after(), 2u);
  auto first = storage::LogStore(successor->store()).ReadLeaf(storage::kOwnLog, 0);
  DAFTAR_ASSERT_OK(first);
  EXPECT_EQ(shown->partner().adopted_first_entry(), crypto::MerkleLeafHash(*first).hex());
  EXPECT_THAT(shown->partner().trouble(), HasSubstr("daftar partner accept toko-b.test"));
  EXPECT_THAT(nodes_.GetStatus(operator_, {})->problems(),
              Contains(AllOf(HasSubstr("toko-b2.test"), HasSubstr("by phone"))));

  v1::AcceptPartnerRequest accept;
  accept.set_origin("toko-b.test");
  EXPECT_THAT(nodes_.AcceptPartner(operator_, accept),
              StatusIs(absl::StatusCode::kInvalidArgument));
  accept.set_request_id("accept");
  EXPECT_THAT(nodes_.AcceptPartner(operator_, accept),
              StatusIs(absl::StatusCode::kInvalidArgument));
  accept.set_because("compared by phone");
  // The whole hash of what was compared, in either case.
  std::string compared = crypto::MerkleLeafHash(*first).hex();
  EXPECT_THAT(shown->partner().trouble(), HasSubstr("--first-entry " + compared));
  EXPECT_THAT(nodes_.AcceptPartner(operator_, accept),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("--first-entry is needed")));
  for (const std::string& wrong : {compared.substr(0, 12), compared + "00", "x" + compared}) {
    accept.set_first_entry(wrong);
    EXPECT_THAT(nodes_.AcceptPartner(operator_, accept),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("all 64")));
  }
  accept.set_first_entry(crypto::Digest().hex());
  EXPECT_THAT(nodes_.AcceptPartner(operator_, accept),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("Compare all 64 digits")));
  std::transform(compared.begin(), compared.end(), compared.begin(), [](char c) {
    return c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  accept.set_first_entry(compared);
  auto accepted = nodes_.AcceptPartner(operator_, accept);
  DAFTAR_ASSERT_OK(accepted);
  EXPECT_EQ(accepted->partner().origin(), "toko-b2.test");
  EXPECT_EQ(accepted->partner().state(), "active");
  circle_.Settle();
  EXPECT_EQ(nodes_.GetStatus(operator_, {})->problems_size(), 0);
  shown = nodes_.GetPartner(operator_, one);
  DAFTAR_ASSERT_OK(shown);
  EXPECT_EQ(shown->partner().state(), "removed");
  EXPECT_EQ(shown->partner().adopted_origin(), "");
  EXPECT_THAT(shown->partner().trouble(), HasSubstr("toko-b2.test"));
  v1::ListLogEntriesRequest entries;
  entries.set_origin("toko-b2.test");
  entries.set_page_size(10);
  const auto listed = nodes_.ListLogEntries(operator_, entries);
  DAFTAR_ASSERT_OK(listed);
  ASSERT_EQ(listed->entries_size(), 3);
  EXPECT_EQ(listed->entries(0).kind(), "ADOPTION");
  for (const v1::LogEntry& entry : listed->entries()) EXPECT_TRUE(entry.signature_valid());
}

}  // namespace
}  // namespace daftar::service

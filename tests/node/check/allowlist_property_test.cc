// Whom the shop trusts is accepted, whatever is on record or comes onto it: whole checks between
// random changes of book, incidents, groups and allowlist, compared with a model of who is who.
// (decide_test.cc has 10,000 cases of the decision alone.)
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <random>
#include <set>

#include "node/check/checker.h"
#include "tests/support/incidents.h"
#include "tests/support/sim_circle.h"
#include "tests/support/status_matchers.h"

namespace daftar::check {
namespace {

using ::daftar::testing::IsOk;
using ::daftar::testing::Phone;
using ::daftar::testing::SimCircle;
using ::daftar::testing::SimNode;
using decision::Effect;
using decision::Rule;

// Each writes a receipt durably; tests/run.sh --long runs them all.
int Cases() { return std::getenv("DAFTAR_LONG") != nullptr ? 10'000 : 2'000; }
constexpr int kPeople = 24;
constexpr int kPhones = 3;  // of each person; the last one is in no customer row
const evidence::Currency kRupiah = *evidence::Currency::FromCode("IDR");

std::string PhoneOf(int person, int phone) {
  return "0812-3456-7" + std::to_string(100 + person * kPhones + phone);
}

class AllowlistPropertyTest : public ::testing::Test {
 protected:
  AllowlistPropertyTest() {
    circle_.PairAll();
    for (int person = 0; person < kPeople; ++person) {
      whole_[person] = person;
      ids_[person] = Register(person);
      if (person % 3 == 0) Report(person);
    }
    circle_.Settle();
  }
  int Below(int bound) { return static_cast<int>(random_() % static_cast<uint64_t>(bound)); }

  book::CustomerId Register(int person) {
    auto key = storage::RequestLog::Key("uid:0", b_.Caller().request_id);
    auto made =
        b_->book().AddCustomer(*key, {"", {Phone(PhoneOf(person, 0)), Phone(PhoneOf(person, 1))}});
    EXPECT_THAT(made, IsOk());
    return made->id;
  }
  void Report(int person) {
    auto view =
        a_->ledger().Add(a_.Caller(), testing::DepositUnsettled(PhoneOf(person, Below(kPhones))));
    DAFTAR_ASSERT_OK(view);
    DAFTAR_ASSERT_OK(a_->ledger().Publish(a_.Caller(), view->incident.id));
  }

  void Allow() {
    const std::string phone = PhoneOf(Below(kPeople), Below(kPhones));
    if (allowed_.count(phone) != 0) return;
    const std::vector<identity::Identifier> ids = {Phone(phone)};
    DAFTAR_ASSERT_OK(b_->allowlist().Add(b_.Caller(), ids, "trusted"));
    allowed_.insert(phone);
  }
  void Disallow() {
    if (allowed_.empty()) return;
    auto gone = allowed_.begin();
    std::advance(gone, Below(static_cast<int>(allowed_.size())));
    DAFTAR_ASSERT_OK(b_->allowlist().Remove(b_.Caller(), Phone(*gone), "no longer"));
    allowed_.erase(gone);
  }
  // An export of the shop's till.
  void ImportBadOrders() {
    const evidence::Date today = evidence::Date::Of(circle_.clock().Now());
    std::vector<decision::OrderRow> rows(3);
    for (decision::OrderRow& row : rows) {
      row.identifiers = {Phone(PhoneOf(Below(kPeople), Below(2)))};
      row.invoice = "I-" + std::to_string(++invoices_);
      row.invoiced = today.PlusDays(-100 - Below(300));
      row.due = row.invoiced.PlusDays(14);
      row.amount = {1'000 + random_() % 900'000'000, kRupiah};
    }
    auto report = b_->book().ImportOrders(rows);
    DAFTAR_ASSERT_OK(report);
    ASSERT_EQ(report->added, rows.size());
  }
  void File() {
    ledger::NewIncident account = testing::DepositUnsettled(PhoneOf(Below(kPeople), Below(2)));
    const auto reasons = evidence::AllReasons();
    account.reason = reasons[static_cast<size_t>(Below(static_cast<int>(reasons.size())))].reason;
    DAFTAR_ASSERT_OK(b_->ledger().Add(b_.Caller(), account));
  }
  void PutIntoProblem() {
    const book::CustomerId id = ids_[Below(kPeople)];
    DAFTAR_ASSERT_OK(
        b_->book().SetGroups(b_.Caller(), id, {{"problem"}, {}}, b_->groups(), "three times"));
  }
  void Merge() {
    const int into = Below(kPeople);
    const int from = Below(kPeople);
    if (whole_[into] == whole_[from]) return;
    DAFTAR_ASSERT_OK(b_->book().Merge(b_.Caller(), ids_[into], ids_[from], "the same person"));
    const int gone = whole_[from];
    for (auto& [person, whole] : whole_) whole = whole == gone ? whole_[into] : whole;
  }
  void Change() {
    const int what = Below(16);
    if (what < 6) return Allow();
    if (what < 11) return Disallow();
    if (what == 11) return ImportBadOrders();
    if (what == 12) return File();
    if (what == 13) return PutIntoProblem();
    if (merges_ < kPeople / 3) {
      ++merges_;
      Merge();
    }
  }

  // Those asked about, and all of the customers who have one of them.
  bool IsAllowed(const std::set<std::pair<int, int>>& asked) const {
    for (const auto& [person, phone] : asked) {
      if (allowed_.count(PhoneOf(person, phone)) != 0) return true;
      if (phone == kPhones - 1) continue;  // nobody's
      for (const auto& [other, whole] : whole_) {
        if (whole != whole_.at(person)) continue;
        if (allowed_.count(PhoneOf(other, 0)) + allowed_.count(PhoneOf(other, 1)) > 0) return true;
      }
    }
    return false;
  }

  SimCircle circle_;
  SimNode& a_ = circle_.Add("toko-a.test");
  SimNode& b_ = circle_.Add("toko-b.test");
  std::mt19937_64 random_{20261128};
  std::map<int, book::CustomerId> ids_;
  std::map<int, int> whole_;  // which people are one customer
  std::set<std::string> allowed_;
  int invoices_ = 0;
  int merges_ = 0;
};

TEST_F(AllowlistPropertyTest, WhoeverIsOnItIsAcceptedAndNobodyElseByIt) {
  std::map<Effect, int> others;
  int accepted = 0;
  const int cases = Cases();
  for (int i = 0; i < cases; ++i) {
    if (i % 8 == 0) Change();
    std::set<std::pair<int, int>> asked;
    for (int n = 1 + Below(2); n > 0; --n) asked.insert({Below(kPeople), Below(kPhones)});
    Question question;
    for (const auto& [person, phone] : asked) {
      question.identifiers.push_back(Phone(PhoneOf(person, phone)));
    }
    question.order.terms = static_cast<decision::Terms>(1 + Below(4));
    if (Below(4) != 0) {
      question.order.amount = evidence::Money{1 + random_() % 2'000'000'000, kRupiah};
    }
    auto answer = b_->checker().Check({"uid:0", ""}, question);
    DAFTAR_ASSERT_OK(answer);
    const decision::Verdict& verdict = answer->decision.verdict;
    if (IsAllowed(asked)) {
      ASSERT_EQ(verdict.effect, Effect::kAccept) << "case " << i;
      ASSERT_EQ(verdict.rule, Rule::kAllowlist) << "case " << i;
      ASSERT_TRUE(verdict.caps.empty()) << "case " << i;
      ++accepted;
    } else {
      ASSERT_NE(verdict.rule, Rule::kAllowlist) << "case " << i;
      ++others[verdict.effect];
    }
  }
  // Otherwise the cases show nothing.
  EXPECT_GT(accepted, cases / 10);
  EXPECT_GT(others[Effect::kPrepay], cases / 50);
  EXPECT_GT(others[Effect::kAccept], cases / 50);
}

}  // namespace
}  // namespace daftar::check

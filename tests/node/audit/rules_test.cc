// The rules of the charter: deadlines, and what opened reports and their case must show.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>

#include "tests/node/audit/verify_support.h"

namespace daftar::audit::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr uint64_t kHour = 3600;

std::vector<std::string> Failed(const Verdict& verdict) {
  return Named(verdict, CheckState::kFails);
}

// A log with one REPORT, at 2, and what `story` adds; judged as made at `made_at`.
Verdict Judged(const std::function<void(TestLog&)>& story, uint64_t made_at,
               const evidence::ReportFacts& facts = PlainFacts(), bool opened = false) {
  TestLog log;
  log.AddKeys(kStart);
  log.AddCharter(kStart);
  log.AddReport(kStart + 60, facts);
  story(log);
  TestBundle bundle =
      log.Bundle(0, made_at, opened ? std::vector<uint64_t>{2} : std::vector<uint64_t>());
  return VerifyWhole(bundle.Whole(log.entry_key()), log.Policy(), {}, made_at);
}

void Settle(TestLog& log, uint64_t at) {
  log.AddUpdate(EntryKind::kSettlement, at, 2, evidence::SettlementFacts{Day("2026-10-01")});
}
void Withdraw(TestLog& log, uint64_t at) {
  log.AddUpdate(EntryKind::kWithdrawal, at, 2,
                evidence::WithdrawalFacts{evidence::WithdrawalGround::kPaid, Day("2026-10-01")});
}
void Dispute(TestLog& log, uint64_t at) {
  log.AddUpdate(EntryKind::kDispute, at, 2,
                evidence::DisputeFacts{evidence::DisputedBy::kShop, Day("2026-10-01")});
}
void Resolve(TestLog& log, uint64_t at) {
  log.AddUpdate(EntryKind::kResolution, at, 2, evidence::ResolutionFacts{true, Day("2026-10-01")});
}

struct Limit {
  const char* name;
  std::function<void(TestLog&)> begin;  // at kStart + kHour
  uint64_t seconds;                     // that it may take
  std::function<void(TestLog&, uint64_t)> end;
};

TEST(DeadlinesTest, AreKeptToTheSecondOfTheirGrace) {
  const std::vector<Limit> limits = {
      {"settled", [](TestLog& log) { Settle(log, kStart + kHour); }, 48 * kHour, Withdraw},
      {"disputed", [](TestLog& log) { Dispute(log, kStart + kHour); }, 30 * kDay, Resolve},
      {"disputed, withdrawn", [](TestLog& log) { Dispute(log, kStart + kHour); }, 30 * kDay,
       Withdraw},
      {"withdrawn", [](TestLog& log) { Withdraw(log, kStart + kHour); }, 48 * kHour,
       [](TestLog& log, uint64_t at) { log.AddErasure(at, 2); }},
  };
  for (const Limit& limit : limits) {
    const uint64_t last = kStart + kHour + limit.seconds + kHour;
    const auto ended = [&](uint64_t at) {
      return Failed(Judged(
          [&](TestLog& log) {
            limit.begin(log);
            limit.end(log, at);
          },
          at + 60));
    };
    EXPECT_THAT(ended(last), ElementsAre()) << limit.name;
    EXPECT_THAT(ended(last + 1), ElementsAre("deadlines")) << limit.name;
    // What came late stays late, whenever the shop says that it made the bundle.
    EXPECT_THAT(Failed(Judged(
                    [&](TestLog& log) {
                      limit.begin(log);
                      limit.end(log, last + 1);
                    },
                    last - 299)),
                ElementsAre("deadlines"))
        << limit.name;
    EXPECT_THAT(Failed(Judged(
                    [&](TestLog& log) {
                      limit.begin(log);
                      limit.end(log, last + 400);
                    },
                    kStart + 2 * kHour)),
                ::testing::IsSupersetOf({"manifest", "deadlines"}))
        << limit.name;
    // Not ended yet.
    EXPECT_THAT(Failed(Judged(limit.begin, last)), ElementsAre()) << limit.name;
    EXPECT_THAT(Failed(Judged(limit.begin, last + 1)), ElementsAre("deadlines")) << limit.name;
  }
}

TEST(DeadlinesTest, RetentionIsTheReasonsOwnWhereTheReportIsOpened) {
  const auto nothing = [](TestLog&) {};
  // 12 months after 2026-08-20; the longest of the charter is 24 months after 2026-10-01.
  constexpr uint64_t kOwnEnd = 1'818'720'000;   // 2027-08-20
  constexpr uint64_t kLongest = 1'853'971'200;  // 2028-10-01
  ASSERT_EQ(evidence::Date::Of({int64_t{kOwnEnd} * 1000}), Day("2027-08-20"));
  ASSERT_EQ(evidence::Date::Of({int64_t{kLongest} * 1000}), Day("2028-10-01"));
  EXPECT_THAT(Failed(Judged(nothing, kOwnEnd + kHour, PlainFacts(), true)), ElementsAre());
  EXPECT_THAT(Failed(Judged(nothing, kOwnEnd + kHour + 1, PlainFacts(), true)),
              ElementsAre("deadlines"));
  EXPECT_THAT(Failed(Judged(nothing, kLongest + kHour)), ElementsAre());
  EXPECT_THAT(Failed(Judged(nothing, kLongest + kHour + 1)), ElementsAre("deadlines"));
  // A correction moves it.
  evidence::CorrectionFacts corrected{PlainFacts(), Day("2026-10-02")};
  corrected.corrected.occurred = Day("2026-09-20");
  EXPECT_THAT(
      Failed(Judged(
          [&](TestLog& log) { log.AddUpdate(EntryKind::kCorrection, kStart + kDay, 2, corrected); },
          kOwnEnd + kHour + 1, PlainFacts(), true)),
      ElementsAre());
}

TEST(DeadlinesTest, AreNotCheckedWithoutTheCharter) {
  TestLog log;
  AddStory(log);
  TestBundle bundle = log.Bundle(0, kStoryEnd);
  bundle.File("charters").clear();
  const Verdict verdict = Verify(log, bundle);
  EXPECT_EQ(verdict.code, 0) << Text(verdict);
  EXPECT_EQ(verdict.Find(Check::kDeadlines)->state, CheckState::kNotChecked);
}

TEST(OpeningsTest, FailForAKeyThatIsAnotherOrOfNoReport) {
  TestLog log;
  AddStory(log);
  TestBundle bundle = log.Bundle(0, kStoryEnd, {3});
  const std::string good = bundle.File("openings");
  bundle.File("openings").back() ^= 1;
  EXPECT_THAT(Failed(Verify(log, bundle)), ElementsAre("openings"));
  bundle.File("openings") = good + good;
  EXPECT_THAT(Failed(Verify(log, bundle)), ElementsAre("openings"));
  bundle.File("openings") = log.Openings({2});  // erased
  EXPECT_THAT(Failed(Verify(log, bundle)), ElementsAre("openings"));
}

TEST(OpeningsTest, TellWhatTheReportSaysAndWhatBecameOfIt) {
  const Verdict verdict =
      Judged([](TestLog& log) { Settle(log, kStart + kHour); }, kStart + kDay, PlainFacts(), true);
  ASSERT_EQ(verdict.opened_facts.size(), 1u) << Text(verdict);
  EXPECT_THAT(verdict.opened_facts[0], HasSubstr("deposit-unsettled, occurred 2026-08-20"));
  EXPECT_THAT(verdict.opened_facts[0], HasSubstr("settled on 2026-10-01"));
}

// What the charter's second reason asks for.
evidence::ReportFacts StrictFacts() {
  evidence::ReportFacts facts;
  facts.reason = evidence::Reason::kInvoiceUnpaidReminded;
  facts.amount = {.minor = 450'000'000, .currency = *evidence::Currency::FromCode("IDR")};
  facts.occurred = Day("2026-08-20");
  facts.due = Day("2026-09-05");
  facts.reminders = {Day("2026-09-12"), Day("2026-09-19")};
  return facts;
}

TEST(OpeningsTest, TellAmountsAsPeopleReadThem) {
  const auto told = [](uint64_t minor, const char* currency) {
    evidence::ReportFacts facts = StrictFacts();
    facts.amount = {.minor = minor, .currency = *evidence::Currency::FromCode(currency)};
    const Verdict verdict = Judged([](TestLog&) {}, kStart + kDay, facts, true);
    return verdict.opened_facts.empty() ? Text(verdict) : verdict.opened_facts[0];
  };
  EXPECT_THAT(told(450'000'000, "IDR"), HasSubstr(", IDR 4,500,000, occurred"));
  EXPECT_THAT(told(12'345'678, "MYR"), HasSubstr(", MYR 123,456.78, occurred"));
  EXPECT_THAT(told(999, "JPY"), HasSubstr(", JPY 999, occurred"));
}

TEST(FactsTest, FailForEachRuleOfTheCharter) {
  const auto judged = [](const std::function<void(evidence::ReportFacts&)>& change) {
    evidence::ReportFacts facts = StrictFacts();
    change(facts);
    return Failed(Judged([](TestLog&) {}, kStart + kDay, facts, true));
  };
  using Facts = evidence::ReportFacts;
  EXPECT_THAT(judged([](Facts&) {}), ElementsAre());
  EXPECT_THAT(judged([](Facts& f) { f.reason = evidence::Reason::kNoShow; }), ElementsAre("facts"));
  EXPECT_THAT(judged([](Facts& f) { f.amount = {}; }), ElementsAre("facts"));
  EXPECT_THAT(judged([](Facts& f) { f.occurred = Day("2026-10-02"); }), ElementsAre());
  EXPECT_THAT(judged([](Facts& f) { f.occurred = Day("2026-10-03"); }), ElementsAre("facts"));
  EXPECT_THAT(judged([](Facts& f) { f.due = {}; }), ElementsAre("facts"));
  EXPECT_THAT(judged([](Facts& f) { f.due = Day("2026-09-18"); }), ElementsAre("facts"));
  EXPECT_THAT(judged([](Facts& f) { f.reminders.pop_back(); }), ElementsAre("facts"));
  EXPECT_THAT(judged([](Facts& f) { f.reminders[1] = Day("2026-09-18"); }), ElementsAre("facts"));
  EXPECT_THAT(judged([](Facts& f) { f.reminders.push_back(Day("2026-10-03")); }),
              ElementsAre("facts"));
}

// A case with all that the charter asks for.
class CaseTest : public ::testing::Test {
 protected:
  CaseTest() {
    folder_ =
        std::filesystem::temp_directory_path() / ("daftar-case-" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder_);
    file_ = (folder_ / "invoice.pdf").string();
    std::ofstream(file_, std::ios::binary) << "%PDF-1.4 an invoice";
    salt_.data()[0] = 7;
    digest_ = evidence::ProofDigest(salt_, crypto::AsBytes("%PDF-1.4 an invoice"));
    facts_ = StrictFacts();
    facts_.proofs_root = evidence::ProofsRoot({digest_});
    lines_ = {{"incident", "3f0c5a1e9b7d4c2a8e6f0d1b2c3a4958"},
              {"report", "2"},
              {"filed", "1790812980123 uid:1000"},
              {"approved", "1790813000456 user:siti"},
              {"told-on", "2026-09-28"},
              {"notice", std::to_string(kStart + 60 - kDay)},
              {"held-until", std::to_string(kStart + 60)},
              {"reminder", "2026-09-12"},
              {"reminder", "2026-09-19"},
              {"proof", "1 invoice application/pdf 19 " + salt_.hex() + " " + digest_.hex()},
              {"event", "1790812980123 added uid:1000"}};
  }
  ~CaseTest() override { std::filesystem::remove_all(folder_); }

  std::string CaseText() const {
    std::string text = "daftar-case/v1\n";
    for (const auto& [name, value] : lines_) text += name + " " + value + "\n";
    return text;
  }
  // The first line of this name.
  std::string& Line(const std::string& name) {
    for (auto& [known, value] : lines_) {
      if (known == name) return value;
    }
    std::abort();
  }
  void Drop(const std::string& name) {
    std::erase_if(lines_, [&](const auto& line) { return line.first == name; });
  }
  Verdict Judge(std::vector<std::string> proofs = {}, bool excerpt = false) {
    TestLog log;
    log.AddKeys(kStart);
    log.AddCharter(kStart);
    log.AddReport(kStart + 60, facts_);
    TestBundle bundle = excerpt ? log.Excerpt({2}, kStart + kDay, {2}, CaseText())
                                : log.Bundle(0, kStart + kDay, {2}, CaseText());
    return Verify(log, bundle, std::move(proofs));
  }
  // What fails after one change.
  std::vector<std::string> After(const std::function<void()>& change) {
    const auto lines = lines_;
    change();
    const std::vector<std::string> failed = Failed(Judge());
    lines_ = lines;
    return failed;
  }

  std::filesystem::path folder_;
  std::string file_;
  evidence::ProofSalt salt_;
  crypto::Digest digest_;
  evidence::ReportFacts facts_;
  std::vector<std::pair<std::string, std::string>> lines_;
};

TEST_F(CaseTest, HoldsWithItsProofFiles) {
  const Verdict verdict = Judge({file_});
  EXPECT_EQ(verdict.code, 0) << Text(verdict);
  EXPECT_EQ(verdict.Find(Check::kCase)->state, CheckState::kHolds);
  EXPECT_EQ(verdict.Find(Check::kProofs)->state, CheckState::kHolds);
  EXPECT_EQ(Judge({file_}, true).code, 0);
  const std::string other = (folder_ / "other.pdf").string();
  std::ofstream(other, std::ios::binary) << "%PDF-1.4 another invoice";
  EXPECT_THAT(Failed(Judge({file_, other})), ElementsAre("proofs"));
  EXPECT_THAT(Failed(Judge({(folder_ / "none.pdf").string()})), ElementsAre("proofs"));
}

TEST_F(CaseTest, FailsForEachRuleOfTheCharter) {
  const std::vector<std::pair<const char*, std::function<void()>>> faults = {
      {"no approval", [&] { Drop("approved"); }},
      {"approved by who filed", [&] { Line("approved") = "1790813000456 uid:1000"; }},
      {"not told", [&] { Drop("told-on"); }},
      {"told after", [&] { Line("told-on") = "2026-10-03"; }},
      {"told too late", [&] { Line("told-on") = "2026-09-30"; }},
      {"told before the first reminder", [&] { Line("told-on") = "2026-09-11"; }},
      {"no notice", [&] { Drop("notice"); }},
      {"hold not over", [&] { Line("notice") = std::to_string(kStart + 61 - kDay); }},
      {"other reminders", [&] { Line("reminder") = "2026-09-11"; }},
      {"proof of another kind", [&] { Line("proof").replace(2, 7, "order"); }},
      {"another proof", [&] { Line("proof").back() ^= 1; }},
      {"no proof", [&] { Drop("proof"); }},
      {"another report", [&] { Line("report") = "1"; }},
  };
  for (const auto& [name, change] : faults) {
    EXPECT_THAT(After(change), ElementsAre("case")) << name;
  }
  EXPECT_THAT(After([] {}), ElementsAre());
}

TEST_F(CaseTest, IsReadStrictly) {
  const std::vector<std::pair<const char*, std::function<void()>>> faults = {
      {"no event", [&] { Drop("event"); }},
      {"leading zero", [&] { Line("report") = "02"; }},
      {"upper case",
       [&] {
         Line("incident")[0] = 'F';
         Line("incident")[1] = 'A';
       }},
      {"two spaces", [&] { Line("filed") = "1790812980123  uid:1000"; }},
      {"no such day", [&] { Line("told-on") = "2026-02-30"; }},
      {"order", [&] { std::swap(lines_[3], lines_[4]); }},
      {"unknown type", [&] { Line("proof").replace(10, 15, "application/foo"); }},
      {"an unknown line", [&] { lines_.emplace_back("more", "x"); }},
      {"descending reminders", [&] { std::swap(lines_[7], lines_[8]); }},
  };
  for (const auto& [name, change] : faults) {
    EXPECT_THAT(After(change), ElementsAre("case")) << name;
  }
}

TEST(ProofsTest, FailWithoutACase) {
  TestLog log;
  AddStory(log);
  TestBundle bundle = log.Bundle(0, kStoryEnd);
  const Verdict verdict = Verify(log, bundle, {"/etc/hostname"});
  EXPECT_THAT(Failed(verdict), ElementsAre("proofs"));
  EXPECT_THAT(verdict.Find(Check::kProofs)->faults.kept,
              ElementsAre(HasSubstr("The bundle has no case")));
}

}  // namespace
}  // namespace daftar::audit::testing

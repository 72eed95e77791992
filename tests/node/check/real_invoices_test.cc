// The 2,466 invoices of a public accounts-receivable sample, dealt to three nodes: what every check
// at every node is given must be what a few lines over the file say. The file is not part of the
// project (no licence to pass it on was confirmed): DAFTAR_IBM_AR names it, else it is looked for
// beside the checkout, and without it the test is skipped.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>
#include <tuple>

#include "node/decision/ledger_file.h"
#include "node/ledger/suggest.h"
#include "tests/support/sim_circle.h"
#include "tests/support/status_matchers.h"

namespace daftar::check {
namespace {

using ::daftar::testing::SimCircle;
using ::daftar::testing::SimNode;

constexpr size_t kNodes = 3;
constexpr int64_t kFebruary2014 = 1'391'212'800;  // by then everything in the file is paid
constexpr size_t kInvoices = 2466;
constexpr size_t kCustomers = 100;
constexpr size_t kLateInvoices = 338;  // more than ten days

std::string InvoiceFile() {
  const char* named = std::getenv("DAFTAR_IBM_AR");
  return named != nullptr ? named : DAFTAR_SOURCE_DIR "/../shared/data/ibm_ar.csv";
}

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// An invoice that is more than ten days late, as the other shops may read it.
using Late = std::tuple<std::string, uint64_t>;  // day after it was due, cents

struct Expected {
  uint64_t orders = 0;
  uint64_t paid_on_time = 0;
  uint64_t paid_late = 0;
  std::vector<Late> late;
};

// "1/31/2013" as a day; nothing of the reader under test is used here.
evidence::Date American(const std::string& text) {
  int month = 0;
  int day = 0;
  int year = 0;
  char slash = 0;
  std::istringstream(text) >> month >> slash >> day >> slash >> year;
  return *evidence::Date::FromCivil(year, month, day);
}

uint64_t Cents(const std::string& text) {
  const size_t point = text.find('.');
  std::string cents = point == std::string::npos ? "" : text.substr(point + 1);
  cents.resize(2, '0');
  return std::stoull(text.substr(0, point)) * 100 + std::stoull(cents);
}

std::vector<std::string> Fields(const std::string& line) {
  std::vector<std::string> fields;
  std::istringstream stream(line);
  for (std::string field; std::getline(stream, field, ',');) fields.push_back(field);
  if (!fields.empty() && !fields.back().empty() && fields.back().back() == '\r') {
    fields.back().pop_back();
  }
  return fields;
}

class RealInvoicesTest : public ::testing::Test {
 protected:
  // Invoices are dealt in turn, as cards are.
  void Deal(const std::string& file) {
    std::istringstream lines(file);
    std::string line;
    std::getline(lines, line);
    for (std::string& text : csv_) text = line + "\n";
    for (size_t number = 0; std::getline(lines, line); ++number) {
      const size_t node = number % kNodes;
      csv_[node] += line + "\n";
      const std::vector<std::string> fields = Fields(line);
      ASSERT_EQ(fields.size(), 12u);
      Expected& expected = expected_[fields[1]][node];
      ++expected.orders;
      const evidence::Date paid = American(fields[8]);
      const bool late = paid.DaysSince(American(fields[5])) > 10;
      if (late) {
        const evidence::Date since = American(fields[5]).PlusDays(1);
        expected.late.emplace_back(since.ToString(), Cents(fields[6]));
        ++late_;
      }
      ++(late ? expected.paid_late : expected.paid_on_time);
      ++invoices_;
    }
  }

  static std::vector<decision::OrderRow> ReadInvoices(const std::string& csv) {
    auto mapping = decision::LedgerMapping::Parse(
        ReadFile(DAFTAR_SOURCE_DIR "/deploy/mappings/ibm-ar.toml"), decision::MappingKind::kOrders,
        identity::Region::kIndonesia);
    EXPECT_THAT(mapping, ::daftar::testing::IsOk());
    std::vector<decision::OrderRow> rows;
    const decision::OrderSink sink{[&rows](decision::OrderRow row) {
                                     rows.push_back(std::move(row));
                                     return true;
                                   },
                                   [](const decision::LedgerRefusal& refusal) {
                                     ADD_FAILURE() << refusal.line << ": " << refusal.reason;
                                     return true;
                                   }};
    std::istringstream stream(csv);
    EXPECT_THAT(decision::ReadOrders(stream, *mapping, sink), ::daftar::testing::IsOk());
    return rows;
  }

  // Publishes every incident that the node's own records support; how many there were.
  size_t PublishWhatIsSuggested(SimNode& node) {
    std::string after;
    size_t published = 0;
    const evidence::Date today = evidence::Date::Of(circle_.clock().Now());
    while (true) {
      auto page = ledger::SuggestIncidents(node->book(), node->ledger(), today, 0, 50, after);
      EXPECT_THAT(page, ::daftar::testing::IsOk());
      for (const ledger::Suggestion& suggestion : page->suggestions) {
        EXPECT_TRUE(suggestion.missing.empty());
        auto added = node->ledger().Add(node.Caller(), suggestion.account);
        EXPECT_THAT(added, ::daftar::testing::IsOk());
        EXPECT_THAT(node->ledger().Publish(node.Caller(), added->incident.id),
                    ::daftar::testing::IsOk());
        ++published;
      }
      if (!page->next.has_value()) return published;
      after = *page->next;
    }
  }

  void CheckOne(const std::string& customer, size_t asker) {
    SimNode& node = *nodes_[asker];
    Question question;
    question.identifiers = {*identity::Normalise(identity::IdentifierType::kHandle,
                                                 "ibm/" + customer, identity::Region::kIndonesia)};
    question.order.amount = evidence::Money{10'000, *evidence::Currency::FromCode("USD")};
    auto answer = node->checker().Check({"uid:0", ""}, question);
    DAFTAR_ASSERT_OK(answer);
    for (const auto& partner : answer->decision.weighed.partners) {
      EXPECT_TRUE(partner.state == decision::PartnerState::kAnswered ||
                  partner.state == decision::PartnerState::kCached)
          << partner.origin << ": " << partner.error;
    }
    std::vector<std::vector<Late>> found(kNodes);
    for (const decision::PartnerRecord& record : answer->records) {
      const size_t issuer = static_cast<size_t>(
          std::find_if(nodes_.begin(), nodes_.end(),
                       [&](SimNode* other) { return other->origin() == record.origin; }) -
          nodes_.begin());
      ASSERT_LT(issuer, kNodes) << record.origin;
      EXPECT_EQ(record.reason, evidence::Reason::kInvoiceOverdue);
      EXPECT_EQ(record.status, decision::EntryStatus::kLive);
      EXPECT_EQ(record.amount.currency.code(), "USD");
      found[issuer].emplace_back(record.occurred.ToString(), record.amount.minor);
    }
    for (const ledger::IncidentView& incident : answer->incidents) {
      found[asker].emplace_back(incident.incident.account.occurred.ToString(),
                                incident.incident.account.amount.minor);
    }
    auto& wanted = expected_[customer];
    for (size_t issuer = 0; issuer < kNodes; ++issuer) {
      std::sort(found[issuer].begin(), found[issuer].end());
      std::sort(wanted[issuer].late.begin(), wanted[issuer].late.end());
      EXPECT_EQ(found[issuer], wanted[issuer].late)
          << "about " << customer << ", of " << nodes_[issuer]->origin() << ", asked at "
          << node.origin();
    }
    EXPECT_EQ(answer->own.orders, wanted[asker].orders);
    EXPECT_EQ(answer->own.late, wanted[asker].paid_late);
    EXPECT_EQ(answer->own.paid_on_time, wanted[asker].paid_on_time);
    EXPECT_EQ(answer->own.open, 0u);
  }

  static std::string CharterOf60Months() {
    std::string text = ReadFile(DAFTAR_SOURCE_DIR "/deploy/charters/demo.toml");
    const std::string section = "[reasons.invoice-overdue]\n";
    const size_t at = text.find(section);
    EXPECT_NE(at, std::string::npos);
    return text.insert(at + section.size(), "retention_months = 60\n");
  }

  SimCircle circle_{kFebruary2014, CharterOf60Months()};
  std::vector<SimNode*> nodes_;
  std::string csv_[kNodes];
  std::map<std::string, std::array<Expected, kNodes>> expected_;  // by customer
  size_t invoices_ = 0;
  size_t late_ = 0;
};

TEST_F(RealInvoicesTest, EveryCheckFindsAllLateInvoicesAndInventsNone) {
  const std::string file = ReadFile(InvoiceFile());
  if (file.empty()) GTEST_SKIP() << "skipped: no data (" << InvoiceFile() << ")";
  ASSERT_NO_FATAL_FAILURE(Deal(file));
  ASSERT_EQ(invoices_, kInvoices);
  ASSERT_EQ(late_, kLateInvoices);
  ASSERT_EQ(expected_.size(), kCustomers);
  for (const char* origin : {"shop-a.test", "shop-b.test", "shop-c.test"}) {
    nodes_.push_back(&circle_.Add(origin));
  }
  circle_.PairAll();

  size_t published = 0;
  for (size_t i = 0; i < kNodes; ++i) {
    const std::vector<decision::OrderRow> rows = ReadInvoices(csv_[i]);
    auto first = (*nodes_[i])->book().ImportOrders(rows);
    DAFTAR_ASSERT_OK(first);
    EXPECT_EQ(first->added, rows.size());
    auto second = (*nodes_[i])->book().ImportOrders(rows);
    DAFTAR_ASSERT_OK(second);
    EXPECT_EQ(second->unchanged, rows.size());
    published += PublishWhatIsSuggested(*nodes_[i]);
  }
  EXPECT_EQ(published, kLateInvoices);
  circle_.Settle();

  for (const auto& [customer, expected] : expected_) {
    for (size_t asker = 0; asker < kNodes; ++asker) {
      ASSERT_NO_FATAL_FAILURE(CheckOne(customer, asker));
    }
  }
}

}  // namespace
}  // namespace daftar::check

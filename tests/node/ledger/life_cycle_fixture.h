// An issuer's node, and what becomes of its incidents.
#ifndef DAFTAR_TESTS_NODE_LEDGER_LIFE_CYCLE_FIXTURE_H_
#define DAFTAR_TESTS_NODE_LEDGER_LIFE_CYCLE_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "node/evidence/header.h"
#include "node/ledger/incident_rows.h"
#include "node/ledger/ledger.h"
#include "storage/audit.h"
#include "storage/log_store.h"
#include "tests/support/incidents.h"
#include "tests/support/sim_circle.h"
#include "tests/support/status_matchers.h"

namespace daftar::ledger {

inline constexpr char kPhone[] = "0812-9999-7000";
inline constexpr int64_t kHour = 3600;
inline constexpr int64_t kDay = 24 * kHour;

// The demonstration's charter with these lines about unsettled deposits.
inline std::string CharterWith(const std::string& lines) {
  std::ifstream file(DAFTAR_SOURCE_DIR "/deploy/charters/demo.toml");
  std::string text{std::istreambuf_iterator<char>(file), {}};
  const std::string section = "[reasons.deposit-unsettled]\n";
  return text.insert(text.find(section) + section.size(), lines);
}

class LifeCycle : public ::testing::Test {
 protected:
  explicit LifeCycle(const std::string& lines)
      : circle_(1'793'491'200, CharterWith(lines)), node_(circle_.Add("toko-a.test")) {}

  Ledger& ledger() { return node_->ledger(); }
  storage::Caller Caller() { return node_.Caller(); }
  storage::Caller Another() { return {"user:another", node_.Caller().request_id}; }
  // An order that is owed.
  absl::StatusOr<book::NamedOrder> Bought() {
    book::NewOrder bought;
    bought.identifiers = {daftar::testing::Phone(kPhone)};
    bought.amount = {450'000'000, *evidence::Currency::FromCode("IDR")};
    bought.invoiced = daftar::testing::Day("2026-09-01");
    bought.due = daftar::testing::Day("2026-09-30");
    return node_->book().AddOrder(Caller(), bought);
  }
  IncidentId Filed() {
    auto view = ledger().Add(Caller(), daftar::testing::DepositUnsettled(kPhone));
    EXPECT_TRUE(view.ok()) << view.status();
    return view->incident.id;
  }
  IncidentId Published() {
    const IncidentId id = Filed();
    EXPECT_TRUE(ledger().Publish(Caller(), id).ok());
    Tick();
    EXPECT_EQ(StateOf(id), IncidentState::kPublished);
    return id;
  }
  void Tick() {
    auto published = node_->Tick();
    EXPECT_TRUE(published.ok()) << published.status();
  }
  void After(int64_t seconds) {
    circle_.clock().Advance(seconds);
    // What one tick queues goes out with it; what it removes, with the next.
    Tick();
    Tick();
  }
  IncidentState StateOf(const IncidentId& id) { return ledger().Get(id)->state; }
  std::vector<evidence::Header> Entries() {
    std::vector<evidence::Header> entries;
    for (uint64_t i = 2; i < node_->publisher().tree_size(); ++i) {
      auto leaf = storage::LogStore(node_->store()).ReadLeaf(storage::kOwnLog, i);
      entries.push_back(evidence::SignedHeader::DecodeLeaf(*leaf)->header);
    }
    return entries;
  }
  std::vector<evidence::EntryKind> Kinds() {
    std::vector<evidence::EntryKind> kinds;
    for (const evidence::Header& header : Entries()) kinds.push_back(header.kind);
    return kinds;
  }
  bool HasBody(uint64_t index) {
    return node_->store()
        .Get(storage::Column::kLogBodies,
             storage::LogIndexKey(static_cast<uint32_t>(storage::kOwnLog), index))
        ->has_value();
  }
  // The facts of the update at `index` about the report at 2.
  evidence::Facts FactsAt(uint64_t index) {
    const auto body = [&](uint64_t i) {
      return **node_->store().Get(storage::Column::kLogBodies,
                                  storage::LogIndexKey(static_cast<uint32_t>(storage::kOwnLog), i));
    };
    const auto key =
        evidence::ReportKey(node_->keys().record, evidence::ReportBody::Decode(body(2))->salt);
    auto facts = evidence::OpenUpdate(
        Entries()[index - 2].kind, *evidence::UpdateBody::Decode(body(index)), "toko-a.test", key);
    EXPECT_TRUE(facts.ok()) << facts.status();
    return *facts;
  }

  daftar::testing::SimCircle circle_;
  daftar::testing::SimNode& node_;
};

}  // namespace daftar::ledger

#endif  // DAFTAR_TESTS_NODE_LEDGER_LIFE_CYCLE_FIXTURE_H_

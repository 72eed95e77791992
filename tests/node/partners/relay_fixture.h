// A report of A about one buyer, whom B and C know too.
#ifndef DAFTAR_TESTS_NODE_PARTNERS_RELAY_FIXTURE_H_
#define DAFTAR_TESTS_NODE_PARTNERS_RELAY_FIXTURE_H_

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "crypto/merkle.h"
#include "storage/log_store.h"
#include "tests/support/incidents.h"
#include "tests/support/sim_circle.h"
#include "tests/support/status_matchers.h"

namespace daftar::partners::testing {

inline constexpr int64_t kDay = 86'400;

class RelayTest : public ::testing::Test {
 protected:
  RelayTest() {
    circle_.PairAll();
    incident_ = Publish();
  }

  ledger::IncidentId Publish() {
    auto view = a_->ledger().Add(a_.Caller(), daftar::testing::DepositUnsettled(kPhone));
    EXPECT_TRUE(view.ok()) << view.status();
    auto published = a_->ledger().Publish(a_.Caller(), view->incident.id);
    EXPECT_TRUE(published.ok()) << published.status();
    circle_.Settle();
    circle_.clock().Advance(60);  // each tick has its own second, ahead of a clock that stands
    return view->incident.id;
  }
  ledger::IncidentView Incident() { return *a_->ledger().Get(incident_); }
  uint64_t Index() { return Incident().report->index; }
  // What the node finds in A's log about the buyer; "nothing".
  std::string Sees(daftar::testing::SimNode& node) {
    check::Question question;
    question.identifiers = {daftar::testing::Phone(kPhone)};
    auto answer = node->checker().Check(node.Caller(), question);
    EXPECT_TRUE(answer.ok()) << answer.status();
    for (const decision::PartnerRecord& record : answer->records) {
      if (record.origin == a_.origin()) {
        return std::string(decision::EntryStatusName(record.status));
      }
    }
    return "nothing";
  }
  NewRelay OfBuyer() {
    NewRelay dispute;
    dispute.issuer = a_.origin();
    dispute.identifiers = {daftar::testing::Phone(kPhone)};
    return dispute;
  }
  absl::StatusOr<std::vector<RelayView>> Relay(daftar::testing::SimNode& node) {
    return node->relayer().Relay(node.Caller(), OfBuyer(), std::chrono::milliseconds(2000));
  }
  RelayView Listed(daftar::testing::SimNode& node) {
    auto all = node->relayer().List(10);
    EXPECT_TRUE(all.ok()) << all.status();
    EXPECT_EQ(all->size(), 1u);
    return all->empty() ? RelayView() : all->front();
  }
  // The clocks of all partners of `node` say an hour more; after ten minutes without news nothing
  // is in doubt any more.
  void PutClockInDoubt(daftar::testing::SimNode& node) {
    const auto later = evidence::UnixMillis::OfSeconds(circle_.clock().Now().seconds() + kDay / 24);
    for (daftar::testing::SimNode* other : {&a_, &b_, &c_}) {
      if (other != &node) {
        EXPECT_TRUE((*other)->publisher().Heartbeat(later).ok());
      }
    }
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (!node->followers().ClockInDoubt() && std::chrono::steady_clock::now() < until) {
      std::this_thread::yield();  // the follower's work, which has no event here
    }
    EXPECT_TRUE(node->followers().ClockInDoubt());
  }
  // What B sends to A arrives altered.
  void LetTheIssuerRefuse() {
    circle_.faults.alter_relay = [this](const std::string&, const std::string& to,
                                        crypto::Bytes& bytes) {
      if (to == a_.origin()) bytes.back() ^= 1;
      return true;
    };
  }
  Partner PartnerOf(daftar::testing::SimNode& node, const daftar::testing::SimNode& other) {
    return *node->registry().Find(other.origin());
  }
  // As B would state it of A's report, with its key.
  evidence::RelayStatement Statement() {
    const storage::LogStore log(a_->store());
    evidence::RelayStatement statement;
    statement.relayer = b_.origin();
    statement.issuer = a_.origin();
    statement.index = Index();
    statement.leaf = crypto::MerkleLeafHash(*log.ReadLeaf(storage::kOwnLog, Index()));
    statement.on = evidence::Date::Of(circle_.clock().Now());
    statement.at = static_cast<uint64_t>(circle_.clock().Now().seconds());
    return statement;
  }
  crypto::Secret32 Key() { return *a_->ledger().RecordKey(Index()); }
  crypto::Bytes Signed(const evidence::RelayStatement& statement) {
    return evidence::SignRelay(statement, Key(), b_->keys().entry).Encode();
  }
  crypto::Bytes Forged(const evidence::RelayStatement& statement) {
    return evidence::SignRelay(statement, crypto::Secret32(), b_->keys().entry).Encode();
  }
  RelayAnswer Sent(daftar::testing::SimNode& to, const crypto::Bytes& statement) {
    auto answer = to->relays().Take(PartnerOf(to, b_), statement);
    EXPECT_TRUE(answer.ok()) << answer.status();
    return answer.ok() ? *answer : RelayAnswer();
  }

  static constexpr char kPhone[] = "0812-9999-7100";
  daftar::testing::SimCircle circle_;
  daftar::testing::SimNode& a_ = circle_.Add("toko-a.test");
  daftar::testing::SimNode& b_ = circle_.Add("toko-b.test");
  daftar::testing::SimNode& c_ = circle_.Add("toko-c.test");
  ledger::IncidentId incident_;
};

}  // namespace daftar::partners::testing

#endif  // DAFTAR_TESTS_NODE_PARTNERS_RELAY_FIXTURE_H_

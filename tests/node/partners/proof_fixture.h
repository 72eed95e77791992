// Toko A has reported a buyer with proof that its partners may ask for.
#ifndef DAFTAR_TESTS_NODE_PARTNERS_PROOF_FIXTURE_H_
#define DAFTAR_TESTS_NODE_PARTNERS_PROOF_FIXTURE_H_

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "node/ledger/disclosure_rows.h"
#include "storage/audit.h"
#include "tests/support/incidents.h"
#include "tests/support/sim_circle.h"
#include "tests/support/status_matchers.h"

namespace daftar::partners::testing {

using ::daftar::testing::DepositUnsettled;
using ::daftar::testing::IsOk;
using ::daftar::testing::Phone;
using ::daftar::testing::SimCircle;
using ::daftar::testing::SimNode;

inline constexpr char kPhone[] = "0812-3456-7890";
inline constexpr char kIssuer[] = "toko-a.test";
inline constexpr char kInvoice[] = "Invoice 17, 4,500,000 rupiah\n";
inline constexpr char kReminder[] = "Please pay the rest by Friday\n";
inline constexpr int64_t kDay = 86'400;
inline constexpr uint64_t kReport = 2;  // after KEYS and CHARTER

// Toko A has reported a buyer with two files of proof; toko B has found the report.
class ProofTest : public ::testing::Test {
 protected:
  ProofTest() {
    circle_.PairAll();
    auto view = a_->ledger().Add(a_.Caller(), DepositUnsettled(kPhone));
    EXPECT_THAT(view, IsOk());
    incident_ = view->incident.id;
    Attach(evidence::ProofKind::kInvoice, kInvoice);
    Attach(evidence::ProofKind::kReminder, kReminder);
    EXPECT_THAT(a_->ledger().Publish(a_.Caller(), incident_), IsOk());
    circle_.Settle();
    Check(b_);
    Check(c_);
  }
  void Attach(evidence::ProofKind kind, std::string_view text) {
    auto upload = a_->proofs().Begin(a_.Caller(), {incident_, kind, "scan"});
    DAFTAR_ASSERT_OK(upload);
    DAFTAR_ASSERT_OK((*upload)->Append(crypto::AsBytes(text)));
    DAFTAR_ASSERT_OK((*upload)->Finish());
  }
  void Check(SimNode& node) {
    check::Question question;
    question.identifiers = {Phone(kPhone)};
    EXPECT_THAT(node->checker().Check(node.Caller(), question), IsOk());
  }
  absl::StatusOr<AskedProof> Ask(SimNode& node, const std::string& phone = kPhone) {
    const identity::Identifier buyer = Phone(phone);
    return node->proof_requests().Ask(node.Caller(), kIssuer, kReport, std::span(&buyer, 1),
                                      "a large order");
  }
  // The one request that waits at the issuer.
  evidence::ProofRequestId Waiting() {
    auto page = a_->disclosures().List(true, 10, {});
    EXPECT_THAT(page, IsOk());
    EXPECT_EQ(page->requests.size(), 1u);
    return page->requests.empty() ? evidence::ProofRequestId() : page->requests[0].id;
  }
  void Disclose(const std::vector<uint32_t>& numbers = {}) {
    DAFTAR_ASSERT_OK(
        a_->disclosures().Disclose(a_.Caller(), Waiting(), numbers, "the order is large"));
  }
  std::string Content(SimNode& node, const AskedProofId& id, uint32_t number) {
    std::string content;
    EXPECT_THAT(node->proof_requests().Read(
                    "uid:0", id, number, [](const KeptProof&) { return true; },
                    [&](crypto::ByteView chunk) {
                      content += crypto::AsText(chunk);
                      return true;
                    }),
                IsOk());
    return content;
  }
  // Toko A's partners say that it is an hour later than it thinks.
  void DoubtTheIssuersClock() {
    const int64_t ahead = circle_.clock().Now().seconds() + 3600;
    for (SimNode* node : {&b_, &c_}) {
      DAFTAR_ASSERT_OK((*node)->publisher().Heartbeat(evidence::UnixMillis::OfSeconds(ahead)));
    }
    EXPECT_TRUE(Until([&] { return a_->followers().ClockInDoubt(); }));
  }
  // As the charter's period does at toko B, which waits for nobody.
  void DeleteTheBody() {
    auto issuer = b_->registry().Find(kIssuer);
    DAFTAR_ASSERT_OK(issuer);
    storage::Batch batch;
    batch.Delete(storage::Column::kLogBodies,
                 storage::LogIndexKey(static_cast<uint32_t>(issuer->log), kReport));
    DAFTAR_ASSERT_OK(b_->store().Write(std::move(batch)));
  }
  // Other threads' work, which has no event here.
  static bool Until(const std::function<bool()>& is_so) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!is_so()) {
      if (std::chrono::steady_clock::now() > end) return false;
      std::this_thread::yield();
    }
    return true;
  }
  static size_t FilesOf(SimNode& node) {
    return static_cast<size_t>(
        std::distance(std::filesystem::directory_iterator(node.dir() / "proofs"),
                      std::filesystem::directory_iterator()));
  }
  size_t Recorded(SimNode& node, const std::string& action) {
    storage::AuditQuery query{.limit = 100};
    query.wanted = [&](const storage::AuditRow& row) { return row.action == action; };
    auto page = storage::ReadAudit(node->store(), node->vault(), query);
    EXPECT_THAT(page, IsOk());
    return page->rows.size();
  }
  // A request of toko B's own making.
  evidence::ProofMac MacOf(const std::string& asker, const evidence::ProofNonce& nonce) {
    const identity::Identifier buyer = Phone(kPhone);
    Lookup lookup(b_->store(), b_->vault(), b_->clock(), b_->entropy(), b_->charters(), b_.origin(),
                  b_->registry(), b_->followers(), b_->relays(), b_->network());
    auto key = lookup.RecordKey(kIssuer, kReport, std::span(&buyer, 1));
    EXPECT_THAT(key.status(), IsOk());
    return evidence::ProofRequestMac(*key, asker, nonce);
  }

  SimCircle circle_;
  SimNode& a_ = circle_.Add(kIssuer);
  SimNode& b_ = circle_.Add("toko-b.test");
  SimNode& c_ = circle_.Add("toko-c.test");
  ledger::IncidentId incident_;
};

}  // namespace daftar::partners::testing

#endif  // DAFTAR_TESTS_NODE_PARTNERS_PROOF_FIXTURE_H_

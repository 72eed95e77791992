// A shop whose database is put back to an earlier state, and two partners that hold its log.
#ifndef DAFTAR_TESTS_SCENARIOS_TAKING_BACK_FIXTURE_H_
#define DAFTAR_TESTS_SCENARIOS_TAKING_BACK_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <string>

#include "storage/log_store.h"
#include "tests/support/incidents.h"
#include "tests/support/sim_circle.h"
#include "tests/support/status_matchers.h"

namespace daftar::testing {

inline constexpr char kOrigin[] = "toko-a.test";
inline constexpr char kPhone[] = "0812-3456-7890";

class TakingBack : public ::testing::Test {
 protected:
  TakingBack() { circle_.PairAll(); }

  ledger::IncidentId File(const std::string& phone = kPhone) {
    auto filed = a_->ledger().Add(a_.Caller(), DepositUnsettled(phone));
    EXPECT_THAT(filed, IsOk());
    return filed->incident.id;
  }
  void Publish(const ledger::IncidentId& id) {
    EXPECT_THAT(a_->ledger().Publish(a_.Caller(), id), IsOk());
    Settle();
  }
  void Settle() {
    circle_.clock().Advance(31);
    circle_.Settle();
    circle_.Settle();
  }
  void BackUp() {
    a_.Stop();
    std::filesystem::copy(a_.dir() / "db", circle_.temp() / "db",
                          std::filesystem::copy_options::recursive);
    a_.Start();
  }
  void PutBack() {
    a_.Stop();
    std::filesystem::remove_all(a_.dir() / "db");
    std::filesystem::copy(circle_.temp() / "db", a_.dir() / "db",
                          std::filesystem::copy_options::recursive);
    a_.Start();
  }
  absl::StatusOr<Recovered> Recover() {
    return a_->RecoverLog(a_.Caller(), {{}, "a drill"},
                          [](const std::string&, uint64_t) { return true; });
  }
  void Attach(const ledger::IncidentId& id) {
    auto upload =
        a_->proofs().Begin(a_.Caller(), {id, evidence::ProofKind::kInvoice, "invoice.txt"});
    ASSERT_THAT(upload, IsOk());
    ASSERT_THAT((*upload)->Append(crypto::AsBytes(std::string_view("Invoice 17\n"))), IsOk());
    ASSERT_THAT((*upload)->Finish(), IsOk());
  }
  std::array<evidence::Slot, 4> SlotsOf(uint64_t report) {
    const auto body =
        a_->store().Get(storage::Column::kLogBodies,
                        storage::LogIndexKey(static_cast<uint32_t>(storage::kOwnLog), report));
    return evidence::ReportBody::Decode(**body)->slots;
  }
  ledger::IncidentState StateOf(const ledger::IncidentId& id) {
    return a_->ledger().Get(id)->state;
  }
  partners::MirrorView AtB() { return b_->followers().MirrorOf(kOrigin)->View(); }
  uint64_t Voids() {
    uint64_t voids = 0;
    for (const auto& tally : AtB().voids.by_reason) voids += tally.entries;
    return voids;
  }
  size_t Reports() {
    size_t reports = 0;
    const storage::LogStore log(a_->store());
    EXPECT_THAT(log.ReadLeaves(storage::kOwnLog, 0, a_->publisher().tree_size(),
                               [&](uint64_t, crypto::ByteView leaf) {
                                 const auto entry = evidence::SignedHeader::DecodeLeaf(leaf);
                                 reports += entry->header.kind == evidence::EntryKind::kReport;
                                 return true;
                               }),
                IsOk());
    return reports;
  }

  SimCircle circle_;
  SimNode& a_ = circle_.Add(kOrigin);
  SimNode& b_ = circle_.Add("toko-b.test");
  SimNode& c_ = circle_.Add("toko-c.test");
};

}  // namespace daftar::testing

#endif  // DAFTAR_TESTS_SCENARIOS_TAKING_BACK_FIXTURE_H_

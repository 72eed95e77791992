// Cases: what a bundle tells of one incident.
#include "tests/node/ledger/log_export_fixture.h"

namespace daftar::ledger {
namespace {

using ::daftar::testing::Day;
using ::daftar::testing::DepositUnsettled;
using ::daftar::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using Code = absl::StatusCode;

constexpr char kNote[] = "Ibu Sari from the market, never answered";
constexpr char kProofName[] = "faktur-ibu-sari.txt";
constexpr char kProof[] = "Invoice 17 for Ibu Sari, 4,500,000 rupiah\n";

class CaseExportTest : public LogExportTest {
 protected:
  CaseExportTest()
      : LogExportTest("second_person = true\nhold_hours = 24\nproof = [\"invoice\"]\n") {}

  IncidentId WithProof() {
    NewIncident account = DepositUnsettled(kPhone);
    account.note = kNote;
    account.reminders = {Day("2026-10-10"), Day("2026-10-20")};
    account.told_on = Day("2026-09-28");
    auto view = ledger().Add({"uid:1000", node_.Caller().request_id}, account);
    EXPECT_TRUE(view.ok()) << view.status();
    const IncidentId id = view->incident.id;
    auto upload = node_->proofs().Begin(Caller(), {id, evidence::ProofKind::kInvoice, kProofName});
    EXPECT_TRUE(upload.ok()) << upload.status();
    EXPECT_TRUE((*upload)->Append(crypto::AsBytes(std::string_view(kProof))).ok());
    EXPECT_TRUE((*upload)->Finish().ok());
    return id;
  }
  IncidentId PublishedCase() {
    const IncidentId id = WithProof();
    circle_.clock().Advance(60);
    auto approved = ledger().Approve({"user:siti", node_.Caller().request_id}, id);
    EXPECT_TRUE(approved.ok()) << approved.status();
    EXPECT_TRUE(ledger().Notice({"uid:1000", node_.Caller().request_id}, id).ok());
    After(25 * kHour);
    EXPECT_EQ(StateOf(id), IncidentState::kPublished);
    return id;
  }
};

TEST_F(CaseExportTest, ACaseTellsWhoDidWhatWhen) {
  const int64_t filed = circle_.clock().Now().value;
  const IncidentId id = PublishedCase();
  Kept kept = Exported({.incident = id});
  EXPECT_THAT(kept.names, ElementsAre("head", "entries", "bodies", "charters", "cosigners",
                                      "openings", "case"));
  const IncidentView view = *ledger().Get(id);
  const Proof& proof = view.proofs.front();
  const int64_t approved = filed + 60'000;
  std::string expected = "daftar-case/v1\nincident " + id.hex() + "\nreport 2\nfiled " +
                         std::to_string(filed) + " uid:1000\napproved " + std::to_string(approved) +
                         " user:siti\ntold-on 2026-09-28\nnotice " +
                         std::to_string(approved / 1000) + "\nheld-until " +
                         std::to_string(approved / 1000 + 24 * kHour) +
                         "\nreminder 2026-10-10\nreminder 2026-10-20\nproof 1 invoice text/plain " +
                         std::to_string(sizeof(kProof) - 1) + " " + proof.salt.hex() + " " +
                         evidence::ProofDigest(proof.salt, crypto::AsBytes(kProof)).hex() + "\n";
  expected += "event " + std::to_string(filed) + " added uid:1000\n";
  EXPECT_TRUE(kept.files["case"].starts_with(expected)) << kept.files["case"] << expected;
  EXPECT_THAT(kept.files["case"],
              HasSubstr("event " + std::to_string(approved) + " approved user:siti\n"));
  EXPECT_THAT(kept.files["case"], HasSubstr(" notice-made uid:1000\n"));
  // In an excerpt the report comes along.
  EXPECT_EQ(Exported({.entries = {0}, .incident = id}).files.count("entry-2.body"), 1u);
}

TEST_F(CaseExportTest, OnlyAPublishedIncidentHasACase) {
  Kept none;
  EXPECT_THAT(Export({.incident = IncidentId()}, none), StatusIs(Code::kNotFound));
  const IncidentId draft = WithProof();
  EXPECT_THAT(Export({.incident = draft}, none),
              StatusIs(Code::kFailedPrecondition, HasSubstr("only a published one")));
  EXPECT_THAT(none.names, IsEmpty());
}

TEST_F(CaseExportTest, ACorrectionOfRemindersLeavesThoseOfTheReport) {
  const IncidentId id = PublishedCase();
  Correction correction;
  correction.reminders = {{Day("2026-10-11")}};
  DAFTAR_ASSERT_OK(ledger().Correct(Caller(), id, correction, "wrong day"));
  Tick();
  Kept kept = Exported({.incident = id});
  EXPECT_THAT(kept.files["case"], HasSubstr("\nreminder 2026-10-10\nreminder 2026-10-20\nproof"));
}

TEST_F(CaseExportTest, NothingThatLeadsToAPersonGoesIntoABundle) {
  const IncidentId id = PublishedCase();
  DAFTAR_ASSERT_OK(ledger().Settle(Caller(), id, {}, "paid by her brother"));
  Tick();
  for (const LogExportRequest& request :
       {LogExportRequest{.open = {2}, .incident = id},
        LogExportRequest{.entries = {2, 3}, .open = {2}, .incident = id}}) {
    const std::string all = Exported(request).All();
    ASSERT_THAT(all, HasSubstr(id.hex()));
    for (const std::string& secret :
         {std::string("0812-9999-7000"), std::string("081299997000"), std::string("6281299997000"),
          std::string("81299997"), std::string("Sari"), std::string("sari"), std::string("faktur"),
          std::string("brother"), std::string("market"), std::string("Invoice 17")}) {
      EXPECT_THAT(all, Not(HasSubstr(secret)));
    }
    // Nor a key that opens more than was asked for.
    const storage::NodeKeys& keys = node_->keys();
    for (const crypto::Secret32* key : {&keys.record, &keys.receipt, &keys.data}) {
      EXPECT_THAT(all, Not(HasSubstr(std::string(crypto::AsText(key->Expose())))));
    }
  }
}

}  // namespace
}  // namespace daftar::ledger

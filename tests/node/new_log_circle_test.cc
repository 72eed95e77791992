// A new log as the issuer's partners see it.
#include <gmock/gmock.h>

#include "crypto/merkle.h"
#include "node/new_log.h"
#include "tests/node/partners/proof_fixture.h"

namespace daftar::partners {
namespace {

using ::daftar::testing::IsOk;
using ::daftar::testing::Phone;
using ::daftar::testing::SimNode;
using ::daftar::testing::StatusIs;
using testing::kIssuer;
using testing::kPhone;

constexpr char kNew[] = "toko-a2.test";

class NewLogCircleTest : public testing::ProofTest {
 protected:
  void BeginNewLog() {
    a_.Stop();
    DAFTAR_ASSERT_OK(a_.BeginNewLog(kNew, true, [](std::string_view) { return true; }));
    a_.Start();
    circle_.Settle();
  }
  static std::string Finds(SimNode& node) {
    check::Question question;
    question.identifiers = {Phone(kPhone)};
    auto answer = node->checker().Check(node.Caller(), question);
    EXPECT_THAT(answer, IsOk());
    std::string found;
    for (const decision::PartnerRecord& record : answer->records) {
      found += record.origin + " " + std::string(decision::EntryStatusName(record.status)) + "\n";
    }
    return found;
  }
};

TEST_F(NewLogCircleTest, PartnersThatHaveAcceptedItFindTheReportsAgain) {
  // One of them has looked the buyer up before, and the other has not.
  SimNode& d = circle_.Add("toko-d.test");
  circle_.Pair(a_, d);
  circle_.Settle();
  BeginNewLog();
  EXPECT_EQ(Finds(d), "");
  EXPECT_EQ(a_->publisher().tree_size(), 4u);  // it may grow: partners answer
  for (SimNode* reader : {&b_, &c_}) {
    EXPECT_EQ(Finds(*reader), "toko-a.test live\n");
    const auto leaf = storage::LogStore(a_->store()).ReadLeaf(storage::kOwnLog, 0);
    DAFTAR_ASSERT_OK(leaf);
    DAFTAR_ASSERT_OK((*reader)->AcceptPartner(reader->Caller(), kIssuer,
                                              crypto::MerkleLeafHash(*leaf), "compared by phone"));
    // The new one may be there already.
    EXPECT_THAT(Finds(*reader), ::testing::Not(::testing::HasSubstr("toko-a.test")));
  }
  circle_.Settle();
  for (SimNode* reader : {&b_, &c_}) EXPECT_EQ(Finds(*reader), "toko-a2.test live\n");

  // The incident lives on in the new log.
  DAFTAR_ASSERT_OK(a_->ledger().Settle(a_.Caller(), incident_, {}, "paid"));
  circle_.Settle();
  EXPECT_EQ(Finds(b_), "toko-a2.test settled\n");
  // And the issuer still finds what others report, and is found by whoever pairs now.
  SimNode& e = circle_.Add("toko-e.test");
  circle_.Pair(a_, e);
  circle_.Settle();
  EXPECT_EQ(e->followers().MirrorOf(kNew)->View().size, a_->publisher().tree_size());
}

// What is said to the operator in that case, done.
TEST_F(NewLogCircleTest, WithItsDatabaseTheNodeLosesItsPartnersAndTheyPairAnew) {
  a_.Stop();
  std::filesystem::remove_all(a_.dir() / "db");
  auto done = a_.BeginNewLog(kNew, true, [](std::string_view) { return true; });
  DAFTAR_ASSERT_OK(done);
  EXPECT_EQ(done->partners, 0u);
  a_.Start();
  auto leaf = storage::LogStore(a_->store()).ReadLeaf(storage::kOwnLog, 0);
  DAFTAR_ASSERT_OK(leaf);
  EXPECT_THAT(
      b_->AcceptPartner(b_.Caller(), kIssuer, crypto::MerkleLeafHash(*leaf), "compared"),
      StatusIs(absl::StatusCode::kFailedPrecondition, ::testing::HasSubstr("no new log here")));
  EXPECT_THAT(b_->registry().Add(b_.Caller(), *a_->Card()),
              StatusIs(absl::StatusCode::kAlreadyExists,
                       ::testing::HasSubstr("daftar partner remove toko-a.test")));
  for (SimNode* reader : {&b_, &c_}) {
    DAFTAR_ASSERT_OK((*reader)->registry().SetStatus(reader->Caller(), kIssuer,
                                                     PartnerStatus::kRemoved, "lost"));
    DAFTAR_ASSERT_OK((*reader)->followers().Refresh());
    circle_.Pair(*reader, a_);
  }
  circle_.Settle();
  for (SimNode* reader : {&b_, &c_}) {
    EXPECT_EQ((*reader)->followers().MirrorOf(kNew)->View().size, a_->publisher().tree_size());
  }
}

TEST_F(NewLogCircleTest, RequestsForProofOfTheOldLogEnd) {
  DAFTAR_ASSERT_OK(Ask(b_));
  const evidence::ProofRequestId waiting = Waiting();
  BeginNewLog();
  auto request = a_->disclosures().Get(waiting);
  DAFTAR_ASSERT_OK(request);
  EXPECT_EQ(request->state, ledger::ProofRequestState::kLapsed);
  EXPECT_FALSE(request->open);
  EXPECT_EQ(a_->disclosures().Waiting()->count, 0u);
}

TEST_F(NewLogCircleTest, APartnersNameIsNotTaken) {
  a_.Stop();
  EXPECT_THAT(a_.BeginNewLog("toko-b.test", true, [](std::string_view) { return true; }),
              StatusIs(absl::StatusCode::kFailedPrecondition, ::testing::HasSubstr("partner")));
}

}  // namespace
}  // namespace daftar::partners

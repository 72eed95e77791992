// What is erased is in no file any more, at the issuer and at its partners.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <thread>

#include "storage/log_store.h"
#include "tests/support/incidents.h"
#include "tests/support/sim_circle.h"
#include "tests/support/status_matchers.h"

namespace daftar::testing {
namespace {

using crypto::Bytes;
using storage::Column;
using ::testing::IsEmpty;
using ::testing::Not;

// The names of the files that hold these bytes as they are.
std::vector<std::string> FilesWith(const std::filesystem::path& folder, crypto::ByteView bytes) {
  const std::string_view sought = crypto::AsText(bytes);
  std::vector<std::string> names;
  std::error_code gone_meanwhile;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file(gone_meanwhile)) continue;
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    if (text.find(sought) != std::string::npos) names.push_back(entry.path().filename());
  }
  return names;
}

class ErasureOnDisk : public ::testing::Test {
 protected:
  ErasureOnDisk() { circle_.PairAll(); }
  Bytes BodyAt(SimNode& node, storage::LogNumber log, uint64_t index) {
    auto row = node->store().Get(Column::kLogBodies,
                                 storage::LogIndexKey(static_cast<uint32_t>(log), index));
    EXPECT_TRUE(row.ok() && row->has_value());
    return row.ok() && row->has_value() ? **row : Bytes();
  }
  void AttachProof(const ledger::IncidentId& id) {
    auto upload = a_->proofs().Begin(a_.Caller(), {id, evidence::ProofKind::kInvoice, "invoice"});
    DAFTAR_ASSERT_OK(upload);
    const std::string pdf = "%PDF-1.4\n" + std::string(5000, 'x') + "\n%%EOF\n";
    DAFTAR_ASSERT_OK((*upload)->Append(crypto::AsBytes(pdf)));
    DAFTAR_ASSERT_OK((*upload)->Finish());
  }
  // What the only proof file holds, sealed.
  Bytes SealedProof() {
    for (const auto& entry : std::filesystem::directory_iterator(a_.dir() / "proofs")) {
      if (!entry.is_regular_file()) continue;
      std::ifstream file(entry.path(), std::ios::binary);
      const std::string text{std::istreambuf_iterator<char>(file), {}};
      return crypto::ToBytes(text);
    }
    ADD_FAILURE() << "there is no proof file";
    return {};
  }
  // Sealed rows under this key.
  Bytes RowOf(const Bytes& key) {
    auto row = a_->store().Get(Column::kIncidents, key);
    EXPECT_TRUE(row.ok() && row->has_value());
    return row.ok() && row->has_value() ? **row : Bytes();
  }

  SimCircle circle_;
  SimNode& a_ = circle_.Add("toko-a.test");
  SimNode& b_ = circle_.Add("toko-b.test");
};

TEST_F(ErasureOnDisk, BodySaltUpdatesProofAndPlaintextAreGoneFromEveryFile) {
  ledger::NewIncident account = DepositUnsettled("0812-9999-7000");
  account.note = "Ibu Sari said she would never pay";
  auto filed = a_->ledger().Add(a_.Caller(), account);
  DAFTAR_ASSERT_OK(filed);
  const ledger::IncidentId id = filed->incident.id;
  AttachProof(id);
  DAFTAR_ASSERT_OK(a_->ledger().Publish(a_.Caller(), id));
  circle_.Settle();
  DAFTAR_ASSERT_OK(a_->ledger().Settle(a_.Caller(), id, {}, "paid by her sister"));
  circle_.Settle();

  const auto view = a_->ledger().Get(id);
  const uint64_t report = view->report->index;
  const uint64_t settlement = view->events.back()->index;
  const storage::LogNumber copy = b_->registry().Active().front().log;
  const Bytes body = BodyAt(a_, storage::kOwnLog, report);
  const Bytes update = BodyAt(a_, storage::kOwnLog, settlement);
  ASSERT_EQ(BodyAt(b_, copy, report), body);
  const Bytes salt(body.begin(), body.begin() + 32);
  const Bytes token(body.begin() + 64, body.begin() + 96);
  const Bytes proof = SealedProof();
  Bytes row_key{'i'};
  row_key.insert(row_key.end(), id.view().begin(), id.view().end());
  const Bytes row = RowOf(row_key);
  for (const Bytes& part : {body, salt, token, update}) {
    EXPECT_THAT(FilesWith(a_.dir(), part), Not(IsEmpty()));
    EXPECT_THAT(FilesWith(b_.dir(), part), Not(IsEmpty()));
  }
  EXPECT_THAT(FilesWith(a_.dir(), proof), Not(IsEmpty()));
  EXPECT_THAT(FilesWith(a_.dir(), row), Not(IsEmpty()));
  // Sealed at rest from the first moment on.
  for (const std::string plain : {"Ibu Sari", "her sister", "628129999700", "0812-9999-7000"}) {
    EXPECT_THAT(FilesWith(a_.dir(), crypto::AsBytes(plain)), IsEmpty()) << plain;
    EXPECT_THAT(FilesWith(b_.dir(), crypto::AsBytes(plain)), IsEmpty()) << plain;
  }

  DAFTAR_ASSERT_OK(
      a_->ledger().Erase(a_.Caller(), id, evidence::ErasureGround::kRequest, "she asked for it"));
  circle_.Settle();
  circle_.Settle();  // once the erasure is published, it is carried out here
  a_->Upkeep();
  b_->Upkeep();
  // The engine unlinks what it has rewritten in a thread of its own.
  const auto gone = [](const std::filesystem::path& folder, const Bytes& part) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (!FilesWith(folder, part).empty() && std::chrono::steady_clock::now() < until) {
      std::this_thread::yield();
    }
    return FilesWith(folder, part);
  };
  for (const Bytes& part : {body, salt, token, update}) {
    EXPECT_THAT(gone(a_.dir(), part), IsEmpty());
    EXPECT_THAT(gone(b_.dir(), part), IsEmpty());
  }
  EXPECT_THAT(gone(a_.dir(), proof), IsEmpty());
  EXPECT_THAT(gone(a_.dir(), row), IsEmpty());
  EXPECT_EQ(a_->ledger().Get(id)->state, ledger::IncidentState::kErased);
  // And the log is as it was: a new partner's copy of it verifies.
  SimNode& c = circle_.Add("toko-c.test");
  circle_.Pair(a_, c);
  circle_.Settle();
  const auto mirror = c->followers().MirrorOf("toko-a.test");
  ASSERT_NE(mirror, nullptr);
  EXPECT_EQ(mirror->View().size, a_->publisher().tree_size());
  EXPECT_EQ(mirror->View().trouble, "");
}

}  // namespace
}  // namespace daftar::testing

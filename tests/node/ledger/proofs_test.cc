#include "node/ledger/proofs.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>
#include <utility>

#include "node/evidence/sealing.h"
#include "node/ledger/ledger.h"
#include "storage/audit.h"
#include "storage/log_store.h"
#include "tests/support/incidents.h"
#include "tests/support/sim_circle.h"
#include "tests/support/status_matchers.h"

namespace daftar::ledger {
namespace {

namespace fs = std::filesystem;
using ::daftar::testing::DepositUnsettled;
using ::daftar::testing::IsOk;
using ::daftar::testing::IsOkAndHolds;
using ::daftar::testing::Phone;
using ::daftar::testing::SimCircle;
using ::daftar::testing::SimNode;
using ::daftar::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Code = absl::StatusCode;
using evidence::ProofKind;

constexpr char kPhone[] = "0812-3456-7890";
constexpr char kInvoice[] = "Invoice 17 for Ibu Sari, 4,500,000 rupiah\n";

// The demonstration's, in which the reason of these tests needs proof.
std::string CharterWithProof() {
  std::ifstream file(DAFTAR_SOURCE_DIR "/deploy/charters/demo.toml");
  std::string text{std::istreambuf_iterator<char>(file), {}};
  const std::string section = "[reasons.deposit-unsettled]\n";
  return text.replace(text.find(section), section.size(),
                      section + "proof = [\"invoice\", \"order\"]\n");
}

// Does something at the first question for the time: between what a change reads and its write.
class Meanwhile final : public evidence::Clock {
 public:
  explicit Meanwhile(const evidence::Clock& clock) : clock_(clock) {}
  evidence::UnixMillis Now() const override {
    if (const auto once = std::exchange(then, {})) once();
    return clock_.Now();
  }
  mutable std::function<void()> then;

 private:
  const evidence::Clock& clock_;
};

class ProofsTest : public ::testing::Test {
 protected:
  Ledger& ledger() { return node_->ledger(); }
  Proofs& proofs() { return node_->proofs(); }
  IncidentId Filed(const std::string& phone = kPhone) {
    auto view = ledger().Add(node_.Caller(), DepositUnsettled(phone));
    EXPECT_THAT(view, IsOk());
    return view.ok() ? view->incident.id : IncidentId();
  }
  absl::StatusOr<Proof> Add(const storage::Caller& caller, const NewProof& proof,
                            std::string_view content) {
    auto upload = proofs().Begin(caller, proof);
    if (!upload.ok()) return upload.status();
    // In two pieces, as a stream brings them.
    const auto bytes = crypto::AsBytes(content);
    absl::Status status = (*upload)->Append(bytes.first(bytes.size() / 2));
    if (status.ok()) status = (*upload)->Append(bytes.subspan(bytes.size() / 2));
    if (!status.ok()) return status;
    return (*upload)->Finish();
  }
  absl::StatusOr<Proof> Add(const IncidentId& id, std::string_view content = kInvoice,
                            ProofKind kind = ProofKind::kInvoice) {
    return Add(node_.Caller(), {id, kind, "scan"}, content);
  }
  absl::StatusOr<std::string> Content(const IncidentId& id, uint32_t number) {
    std::string content;
    absl::Status read = proofs().Read(
        "user:sari", id, number, [](const Proof&) { return true; },
        [&](crypto::ByteView chunk) {
          content += crypto::AsText(chunk);
          return true;
        });
    if (!read.ok()) return read;
    return content;
  }
  std::vector<Proof> Of(const IncidentId& id) { return ledger().Get(id)->proofs; }
  // "user action because", newest first.
  std::vector<std::string> Recorded(const IncidentId& id) {
    auto page = storage::ReadAudit(node_->store(), node_->vault(), {.limit = 100});
    EXPECT_THAT(page, IsOk());
    std::vector<std::string> rows;
    for (const storage::AuditRow& row : page->rows) {
      if (row.object != id.hex()) continue;
      rows.push_back(row.actor + " " + row.action + " " + row.because);
    }
    return rows;
  }
  size_t FilesThere() {
    return static_cast<size_t>(
        std::distance(fs::directory_iterator(node_.dir() / "proofs"), fs::directory_iterator()));
  }
  // Whether any file of the node has it.
  bool OnDisk(const std::string& needle) {
    for (const auto& entry : fs::recursive_directory_iterator(node_.dir())) {
      if (!entry.is_regular_file()) continue;
      std::ifstream in(entry.path(), std::ios::binary);
      const std::string bytes{std::istreambuf_iterator<char>(in), {}};
      if (bytes.find(needle) != std::string::npos) return true;
    }
    return false;
  }

  SimCircle circle_;
  SimNode& node_ = circle_.Add("toko-a.test");
};

TEST_F(ProofsTest, AProofIsListedWithWhatItIsAndReadsBack) {
  const IncidentId id = Filed();
  auto proof = Add(id);
  DAFTAR_ASSERT_OK(proof);
  const std::vector<Proof> listed = Of(id);
  ASSERT_EQ(listed.size(), 1u);
  EXPECT_EQ(listed[0].number, 1);
  EXPECT_EQ(listed[0].kind, ProofKind::kInvoice);
  EXPECT_EQ(listed[0].media, evidence::MediaType::kText);
  EXPECT_EQ(listed[0].bytes, sizeof(kInvoice) - 1);
  EXPECT_EQ(listed[0].name, "scan");
  EXPECT_EQ(listed[0].added_by, "uid:0");
  EXPECT_EQ(listed[0].added_at, circle_.clock().Now());
  EXPECT_EQ(listed[0].sha256, crypto::Sha256(crypto::AsBytes(kInvoice)));
  EXPECT_EQ(listed[0].digest, evidence::ProofDigest(listed[0].salt, crypto::AsBytes(kInvoice)));
  EXPECT_THAT(Content(id, 1), IsOkAndHolds(std::string(kInvoice)));
}

TEST_F(ProofsTest, TheReportCommitsToWhatIsAttached) {
  const IncidentId id = Filed();
  DAFTAR_ASSERT_OK(Add(id));
  DAFTAR_ASSERT_OK(Add(id, "%PDF-1.7 order", ProofKind::kOrder));
  const std::vector<Proof> attached = Of(id);
  DAFTAR_ASSERT_OK(ledger().Publish(node_.Caller(), id));
  DAFTAR_ASSERT_OK(node_->Tick());
  auto row = node_->store().Get(storage::Column::kLogBodies,
                                storage::LogIndexKey(1, ledger().Get(id)->report->index));
  auto body = evidence::ReportBody::Decode(**row);
  DAFTAR_ASSERT_OK(body);
  auto facts = evidence::OpenReport(*body, "toko-a.test",
                                    evidence::ReportKey(node_->keys().record, body->salt));
  DAFTAR_ASSERT_OK(facts);
  EXPECT_FALSE(facts->proofs_root.IsZero());
  EXPECT_EQ(facts->proofs_root, evidence::ProofsRoot({attached[1].digest, attached[0].digest}));
}

TEST_F(ProofsTest, TheSetIsFixedOncePublishingWasAskedFor) {
  const IncidentId id = Filed();
  DAFTAR_ASSERT_OK(Add(id));
  auto late = proofs().Begin(node_.Caller(), {id, ProofKind::kOrder, ""});
  DAFTAR_ASSERT_OK(late);
  DAFTAR_ASSERT_OK((*late)->Append(crypto::AsBytes("order 17")));
  DAFTAR_ASSERT_OK(ledger().Publish(node_.Caller(), id));
  EXPECT_THAT((*late)->Finish(), StatusIs(Code::kFailedPrecondition, HasSubstr("is fixed")));
  EXPECT_THAT(Add(id, "another"), StatusIs(Code::kFailedPrecondition, HasSubstr("is fixed")));
  EXPECT_THAT(proofs().Remove(node_.Caller(), id, 1, "wrong"),
              StatusIs(Code::kFailedPrecondition, HasSubstr("approved is fixed")));
  EXPECT_EQ(Of(id).size(), 1u);
  EXPECT_THAT(Content(id, 1), IsOk());
  late->reset();
  EXPECT_EQ(FilesThere(), 1u);
}

// Whoever comes first, the report's root is that of the files that the incident then has.
TEST_F(ProofsTest, PublishingAndRemovingDoNotCross) {
  for (int round = 0; round < 20; ++round) {
    const IncidentId id = Filed("0812-9999-" + std::to_string(7000 + round));
    DAFTAR_ASSERT_OK(Add(id));
    const storage::Caller publisher = node_.Caller();
    const storage::Caller remover = node_.Caller();
    std::thread removing([&] { proofs().Remove(remover, id, 1, "wrong").IgnoreError(); });
    DAFTAR_EXPECT_OK(ledger().Publish(publisher, id));
    removing.join();
    DAFTAR_ASSERT_OK(node_->Tick());
    auto view = ledger().Get(id);
    DAFTAR_ASSERT_OK(view);
    auto row = node_->store().Get(storage::Column::kLogBodies,
                                  storage::LogIndexKey(1, view->report->index));
    auto body = evidence::ReportBody::Decode(**row);
    auto facts = evidence::OpenReport(*body, "toko-a.test",
                                      evidence::ReportKey(node_->keys().record, body->salt));
    DAFTAR_ASSERT_OK(facts);
    std::vector<crypto::Digest> digests;
    for (const Proof& proof : view->proofs) digests.push_back(proof.digest);
    EXPECT_EQ(facts->proofs_root, evidence::ProofsRoot(digests)) << view->proofs.size();
  }
}

TEST_F(ProofsTest, AnIncidentThatIsPublishedMeanwhileKeepsItsProofAsItIs) {
  const Meanwhile clock(circle_.clock());
  auto files = storage::SealedFiles::Open(node_->store(), node_->vault(), circle_.entropy(),
                                          {.directory = node_.dir() / "others"});
  DAFTAR_ASSERT_OK(files);
  Proofs others(node_->store(), node_->vault(), clock, circle_.entropy(), **files);
  const IncidentId adding = Filed();
  auto upload = others.Begin(node_.Caller(), {adding, ProofKind::kOrder, ""});
  DAFTAR_ASSERT_OK(upload);
  DAFTAR_ASSERT_OK((*upload)->Append(crypto::AsBytes("order 17")));
  clock.then = [&] { DAFTAR_EXPECT_OK(ledger().Publish(node_.Caller(), adding)); };
  EXPECT_THAT((*upload)->Finish(), StatusIs(Code::kFailedPrecondition, HasSubstr("is fixed")));
  EXPECT_THAT(Of(adding), IsEmpty());
  const IncidentId removing = Filed("0812-9999-7001");
  DAFTAR_ASSERT_OK(Add(removing));
  clock.then = [&] { DAFTAR_EXPECT_OK(ledger().Publish(node_.Caller(), removing)); };
  EXPECT_THAT(others.Remove(node_.Caller(), removing, 1, "wrong"),
              StatusIs(Code::kFailedPrecondition, HasSubstr("is fixed")));
  EXPECT_EQ(Of(removing).size(), 1u);
}

TEST_F(ProofsTest, AFileIsAttachedOnceToAnIncidentAndKeptOnceForAll) {
  const IncidentId id = Filed();
  const IncidentId other = Filed("0812-9999-7001");
  DAFTAR_ASSERT_OK(Add(id));
  EXPECT_THAT(Add(id, kInvoice, ProofKind::kOrder),
              StatusIs(Code::kAlreadyExists, HasSubstr("proof number 1")));
  DAFTAR_ASSERT_OK(Add(other));
  EXPECT_EQ(FilesThere(), 1u);
  EXPECT_NE(Of(id)[0].digest, Of(other)[0].digest);  // salted: nobody sees that they are one
  DAFTAR_ASSERT_OK(proofs().Remove(node_.Caller(), id, 1, "mixed up"));
  EXPECT_THAT(Of(id), IsEmpty());
  EXPECT_THAT(Content(other, 1), IsOkAndHolds(std::string(kInvoice)));
  DAFTAR_ASSERT_OK(proofs().Remove(node_.Caller(), other, 1, "mixed up"));
  EXPECT_EQ(FilesThere(), 0u);
}

TEST_F(ProofsTest, ANumberIsNotUsedAgain) {
  const IncidentId id = Filed();
  DAFTAR_ASSERT_OK(Add(id));
  DAFTAR_ASSERT_OK(proofs().Remove(node_.Caller(), id, 1, "wrong"));
  auto next = Add(id);
  DAFTAR_ASSERT_OK(next);
  EXPECT_EQ(next->number, 2);
  EXPECT_THAT(Content(id, 1), StatusIs(Code::kNotFound, HasSubstr("proof list")));
  EXPECT_THAT(proofs().Remove(node_.Caller(), id, 1, "wrong"), StatusIs(Code::kNotFound));
}

TEST_F(ProofsTest, ARepeatedRequestAnswersAsTheFirst) {
  const IncidentId id = Filed();
  const storage::Caller adding = node_.Caller();
  const NewProof proof{id, ProofKind::kInvoice, "scan"};
  DAFTAR_ASSERT_OK(Add(adding, proof, kInvoice));
  auto again = Add(adding, proof, kInvoice);
  DAFTAR_ASSERT_OK(again);
  EXPECT_EQ(again->number, 1);
  EXPECT_EQ(Of(id).size(), 1u);
  EXPECT_THAT(Add(adding, proof, "another file"), StatusIs(Code::kFailedPrecondition));
  EXPECT_THAT(Add(adding, {id, ProofKind::kOrder, "scan"}, kInvoice),
              StatusIs(Code::kFailedPrecondition));
  EXPECT_THAT(Add(adding, {Filed("0812-9999-7001"), ProofKind::kInvoice, "scan"}, kInvoice),
              StatusIs(Code::kFailedPrecondition));
  DAFTAR_ASSERT_OK(Add(id, "another file"));
  const storage::Caller removing = node_.Caller();
  DAFTAR_ASSERT_OK(proofs().Remove(removing, id, 1, "wrong"));
  DAFTAR_ASSERT_OK(proofs().Remove(removing, id, 1, "wrong"));
  EXPECT_THAT(proofs().Remove(removing, id, 2, "wrong"), StatusIs(Code::kFailedPrecondition));
  EXPECT_EQ(Of(id).size(), 1u);
  EXPECT_THAT(Add(adding, proof, kInvoice),
              StatusIs(Code::kFailedPrecondition, HasSubstr("removed since")));
}

TEST_F(ProofsTest, WhatIsNoProofIsRefusedAndLeavesNothing) {
  const IncidentId id = Filed();
  EXPECT_THAT(Add(id, "<html>pay me</html>"),
              StatusIs(Code::kInvalidArgument, HasSubstr("taken are PDF")));
  EXPECT_THAT(Add(id, ""), StatusIs(Code::kInvalidArgument, HasSubstr("empty")));
  EXPECT_THAT(Add(node_.Caller(), {id, ProofKind::kOrder, "two\nlines"}, kInvoice),
              StatusIs(Code::kInvalidArgument, HasSubstr("one line")));
  EXPECT_THAT(Add(node_.Caller(), {id, ProofKind::kOrder, std::string(201, 'x')}, kInvoice),
              StatusIs(Code::kInvalidArgument));
  EXPECT_THAT(Add(IncidentId()), StatusIs(Code::kNotFound));
  EXPECT_THAT(proofs().Remove(node_.Caller(), id, 1, ""),
              StatusIs(Code::kInvalidArgument, HasSubstr("--because")));
  EXPECT_THAT(Of(id), IsEmpty());
  EXPECT_EQ(FilesThere(), 0u);
  EXPECT_THAT(Recorded(id), IsEmpty());
}

TEST_F(ProofsTest, ASixtyFifthFileIsRefused) {
  const IncidentId id = Filed();
  for (size_t i = 0; i < evidence::kMaxProofFiles; ++i) {
    DAFTAR_ASSERT_OK(Add(id, "letter " + std::to_string(i)));
  }
  EXPECT_THAT(Add(id, "one more"), StatusIs(Code::kResourceExhausted, HasSubstr("at most 64")));
  EXPECT_EQ(FilesThere(), evidence::kMaxProofFiles);
}

TEST_F(ProofsTest, TheRecordSaysWhoAddedReadAndRemoved) {
  const IncidentId id = Filed();
  DAFTAR_ASSERT_OK(Add(id));
  DAFTAR_ASSERT_OK(Content(id, 1));
  DAFTAR_ASSERT_OK(proofs().Remove(node_.Caller(), id, 1, "wrong page"));
  std::vector<std::string> rows = Recorded(id);
  std::ranges::sort(rows);  // all of one moment
  EXPECT_THAT(rows, ElementsAre("uid:0 incident.proof.add #1 invoice",
                                "uid:0 incident.proof.remove #1: wrong page",
                                "user:sari incident.proof.read #1"));
}

absl::StatusOr<std::vector<identity::Identifier>> NothingLeft(const NewIncident&) {
  return std::vector<identity::Identifier>();
}

TEST_F(ProofsTest, ErasingAnIncidentErasesItsProofs) {
  const IncidentId id = Filed();
  const IncidentId stays = Filed("0812-9999-7001");
  DAFTAR_ASSERT_OK(Add(id));
  DAFTAR_ASSERT_OK(Add(id, "only here"));
  DAFTAR_ASSERT_OK(Add(stays));
  storage::Batch batch;
  const std::vector<identity::Identifier> gone{Phone(kPhone)};
  auto counts = ledger().EraseUnshared(gone, {}, NothingLeft, batch);
  DAFTAR_ASSERT_OK(counts);
  EXPECT_EQ(counts->erased, 1u);
  DAFTAR_ASSERT_OK(node_->store().Write(std::move(batch)));
  auto set = LoadProofs(node_->store(), node_->vault(), id);
  DAFTAR_ASSERT_OK(set);
  EXPECT_FALSE(set->row.has_value());
  node_->Upkeep();
  EXPECT_EQ(FilesThere(), 1u);
  EXPECT_THAT(Content(stays, 1), IsOk());
}

TEST_F(ProofsTest, NobodyReadsTheProofOfWhatIsErased) {
  const IncidentId id = Filed();
  DAFTAR_ASSERT_OK(Add(id));
  DAFTAR_ASSERT_OK(ledger().Publish(node_.Caller(), id));
  DAFTAR_ASSERT_OK(node_->Tick());
  EXPECT_THAT(Content(id, 1), IsOk());
  DAFTAR_ASSERT_OK(
      ledger().Erase(node_.Caller(), id, evidence::ErasureGround::kRequest, "asked for it"));
  // Its ERASURE still waits for the tick.
  EXPECT_TRUE(LoadProofs(node_->store(), node_->vault(), id)->row.has_value());
  EXPECT_THAT(Content(id, 1), StatusIs(Code::kNotFound, HasSubstr("erased")));
  EXPECT_THAT(Of(id), IsEmpty());
}

TEST_F(ProofsTest, AProofAddedMeanwhileIsNotLeftBehindByAnErasure) {
  const IncidentId id = Filed();
  storage::Batch batch;
  const std::vector<identity::Identifier> gone{Phone(kPhone)};
  DAFTAR_ASSERT_OK(ledger().EraseUnshared(gone, {}, NothingLeft, batch));
  DAFTAR_ASSERT_OK(Add(id));
  EXPECT_THAT(node_->store().Write(std::move(batch)), StatusIs(Code::kAborted));
}

TEST_F(ProofsTest, NothingOfAProofCanBeReadOnTheDisk) {
  const IncidentId id = Filed();
  DAFTAR_ASSERT_OK(Add(node_.Caller(), {id, ProofKind::kInvoice, "faktur tujuh belas"}, kInvoice));
  const std::string salt(crypto::AsText(Of(id)[0].salt.view()));
  EXPECT_EQ(FilesThere(), 1u);
  for (const std::string& needle :
       {std::string(kInvoice, 20), std::string("faktur tujuh belas"), salt}) {
    EXPECT_FALSE(OnDisk(needle)) << needle;
  }
  std::ofstream(node_.dir() / "control", std::ios::binary) << kInvoice << salt;
  EXPECT_TRUE(OnDisk(std::string(kInvoice, 20)));  // they would be found
  EXPECT_TRUE(OnDisk(salt));
}

TEST_F(ProofsTest, AProofIsThereAfterARestart) {
  const IncidentId id = Filed();
  DAFTAR_ASSERT_OK(Add(id));
  node_.Stop();
  node_.Start();
  EXPECT_THAT(Content(id, 1), IsOkAndHolds(std::string(kInvoice)));
}

TEST(ProofsOfACharterTest, WhatTheCharterAsksForIsMissingUntilItIsAttached) {
  SimCircle circle(1'793'491'200, CharterWithProof());
  SimNode& node = circle.Add("toko-a.test");
  auto view = node->ledger().Add(node.Caller(), DepositUnsettled(kPhone));
  DAFTAR_ASSERT_OK(view);
  const IncidentId id = view->incident.id;
  EXPECT_THAT(view->missing, ElementsAre(HasSubstr("Attach a proof")));
  EXPECT_THAT(node->ledger().Publish(node.Caller(), id),
              StatusIs(Code::kFailedPrecondition, HasSubstr("incident proof add " + id.hex())));
  auto upload = node->proofs().Begin(node.Caller(), {id, ProofKind::kInvoice, ""});
  DAFTAR_ASSERT_OK(upload);
  DAFTAR_ASSERT_OK((*upload)->Append(crypto::AsBytes(kInvoice)));
  DAFTAR_ASSERT_OK((*upload)->Finish());
  EXPECT_THAT(node->ledger().Get(id)->missing, IsEmpty());
  DAFTAR_EXPECT_OK(node->ledger().Publish(node.Caller(), id));
}

}  // namespace
}  // namespace daftar::ledger

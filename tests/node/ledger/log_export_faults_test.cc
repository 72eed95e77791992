// What an exporter may get wrong without the auditor's noticing: each test is of one such fault.
#include <set>

#include "tests/node/ledger/log_export_fixture.h"

namespace daftar::ledger {
namespace {

using ::daftar::testing::DepositUnsettled;
using ::daftar::testing::IsOk;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

class ExportFaultsTest : public LogExportTest {
 protected:
  explicit ExportFaultsTest(const std::string& lines = "") : LogExportTest(lines) {}

  IncidentId PublishedOf(const std::string& phone) {
    auto view = ledger().Add(Caller(), DepositUnsettled(phone));
    EXPECT_THAT(view, IsOk());
    EXPECT_THAT(ledger().Publish(Caller(), view->incident.id), IsOk());
    Tick();
    return view->incident.id;
  }
  static std::set<uint64_t> Opened(const Kept& kept) {
    std::set<uint64_t> opened;
    const auto file = kept.files.find("openings");
    if (file == kept.files.end()) return opened;
    crypto::Reader reader(crypto::AsBytes(file->second));
    while (reader.ok() && reader.remaining() > 0) {
      opened.insert(reader.U64());
      reader.Raw(32);
    }
    EXPECT_TRUE(reader.ok());
    return opened;
  }
  // Who has signed the note, of the circle's mirrors.
  std::set<std::string> Mirrors(const std::string& note) {
    std::vector<crypto::NoteKey> keys;
    for (size_t i = 0; i < circle_.size(); ++i) {
      keys.push_back({circle_[i].origin() + "/mirror", crypto::KeyType::kCosignature,
                      circle_[i]->keys().mirror.public_key()});
    }
    auto parsed = crypto::ParseNote(note);
    EXPECT_THAT(parsed, IsOk());
    auto signers = crypto::VerifyNote(*parsed, keys);
    EXPECT_THAT(signers, IsOk());
    std::set<std::string> names;
    for (const crypto::VerifiedSigner& signer : *signers) names.insert(signer.key.name);
    return names;
  }
};

TEST_F(ExportFaultsTest, APartHasItsOwnEntriesBodiesAndProofAndNoOthers) {
  std::vector<uint64_t> sizes{0};
  for (const char* phone :
       {"0812-3456-7890", "0813-2465-7980", "0815-4263-9780", "0816-5243-8970"}) {
    PublishedOf(phone);
    sizes.push_back(Size());
  }
  std::map<uint64_t, crypto::Bytes> leaves;
  std::map<uint64_t, crypto::Bytes> bodies;
  {
    Kept whole = Exported({});
    for (const crypto::Bytes& leaf : Leaves(whole.files["entries"])) leaves[leaves.size()] = leaf;
    bodies = Bodies(whole.files["bodies"]);
    ASSERT_EQ(leaves.size(), sizes.back());
    ASSERT_EQ(bodies.size(), sizes.back());
  }
  const storage::LogStore log(node_->store());
  for (size_t first = 0; first < sizes.size(); ++first) {
    for (size_t last = first + 1; last < sizes.size(); ++last) {
      const uint64_t from = sizes[first];
      const uint64_t to = sizes[last];
      Kept kept = Exported({.from = from, .to = to});
      const std::vector<crypto::Bytes> part = Leaves(kept.files["entries"]);
      ASSERT_EQ(part.size(), to - from);
      for (size_t i = 0; i < part.size(); ++i) EXPECT_EQ(part[i], leaves[from + i]);
      std::map<uint64_t, crypto::Bytes> expected = bodies;
      std::erase_if(expected,
                    [&](const auto& body) { return body.first < from || body.first >= to; });
      EXPECT_EQ(Bodies(kept.files["bodies"]), expected);
      const crypto::Checkpoint head = CheckpointOf(kept.files["head"], HeadKey());
      EXPECT_EQ(head.size, to);
      EXPECT_EQ(head.root, *log.RootAt(storage::kOwnLog, to));
      const auto manifest = audit::ParseManifest(kept.manifest);
      EXPECT_EQ(manifest->manifest.from, from);
      EXPECT_EQ(manifest->manifest.to, to);
      if (from == 0) continue;
      const crypto::Checkpoint earlier = CheckpointOf(kept.files["head-from"], HeadKey());
      EXPECT_EQ(earlier.size, from);
      EXPECT_EQ(earlier.root, *log.RootAt(storage::kOwnLog, from));
      EXPECT_THAT(crypto::VerifyMerkleConsistency(
                      from, earlier.root, to, head.root,
                      ProofOf(kept.files["consistency"], "old " + std::to_string(from) + "\n")),
                  IsOk());
    }
  }
}

TEST_F(ExportFaultsTest, AnExcerptLeavesOutTheBodyOfWhatWasErasedEvenWhereItIsStillThere) {
  const IncidentId gone = PublishedOf("0812-3456-7890");
  const IncidentId stays = PublishedOf("0813-2465-7980");
  const uint64_t report = IndexOf(gone);
  const uint64_t other = IndexOf(stays);
  const auto key = storage::LogIndexKey(static_cast<uint32_t>(storage::kOwnLog), report);
  const auto body = node_->store().Get(storage::Column::kLogBodies, key);
  ASSERT_THAT(ledger().Erase(Caller(), gone, evidence::ErasureGround::kRequest, "asked"), IsOk());
  Tick();
  // The moment between the head and the deletion.
  storage::Batch as_before;
  as_before.Put(storage::Column::kLogBodies, key, **body);
  DAFTAR_ASSERT_OK(node_->store().Write(std::move(as_before)));
  Kept kept = Exported({.entries = {report, other}});
  EXPECT_EQ(kept.files.count("entry-" + std::to_string(report) + ".body"), 0u);
  EXPECT_EQ(kept.files.count("entry-" + std::to_string(other) + ".body"), 1u);
  EXPECT_THAT(kept.All(), Not(HasSubstr(std::string(crypto::AsText(**body)))));
}

TEST_F(ExportFaultsTest, OnlyWhatIsNamedIsOpened) {
  std::vector<uint64_t> reports;
  for (const char* phone : {"0812-3456-7890", "0813-2465-7980", "0815-4263-9780"}) {
    reports.push_back(IndexOf(PublishedOf(phone)));
  }
  EXPECT_THAT(Opened(Exported({})), ElementsAre());
  EXPECT_THAT(Opened(Exported({.entries = {reports[0], reports[1]}})), ElementsAre());
  for (const LogExportRequest& request :
       {LogExportRequest{.open = {reports[1]}},
        LogExportRequest{.entries = {reports[0], reports[2]}, .open = {reports[1]}}}) {
    Kept kept = Exported(request);
    EXPECT_THAT(Opened(kept), ElementsAre(reports[1]));
    // Nor is the key of another anywhere else.
    const std::string all = kept.All();
    for (const uint64_t index : reports) {
      const auto body =
          node_->store().Get(storage::Column::kLogBodies,
                             storage::LogIndexKey(static_cast<uint32_t>(storage::kOwnLog), index));
      const auto key =
          evidence::ReportKey(node_->keys().record, evidence::ReportBody::Decode(**body)->salt);
      const std::string text(crypto::AsText(key.Expose()));
      EXPECT_EQ(all.find(text) != std::string::npos, index == reports[1]) << index;
    }
  }
}

TEST_F(ExportFaultsTest, EveryCosignatureGoesAlongAndIntoEachProofOfAnExcerpt) {
  circle_.Add("toko-b.test");
  circle_.Add("toko-c.test");
  circle_.PairAll();
  PublishedOf("0812-3456-7890");
  circle_.Settle();
  const uint64_t from = Size();
  PublishedOf("0813-2465-7980");
  circle_.Settle();
  node_->ServeCosignatures();
  const auto both = UnorderedElementsAre("toko-b.test/mirror", "toko-c.test/mirror");
  for (const LogExportRequest& request :
       {LogExportRequest{}, LogExportRequest{.from = from}, LogExportRequest{.entries = {2}}}) {
    Kept kept = Exported(request);
    EXPECT_THAT(Mirrors(kept.files["head"]), both);
    std::set<std::string> cosigners;
    crypto::Reader reader(crypto::AsBytes(kept.files["cosigners"]));
    while (reader.ok() && reader.remaining() > 0) {
      const std::string note = reader.Text32();
      cosigners.insert(note.substr(0, note.find('\n')));
    }
    EXPECT_THAT(cosigners, UnorderedElementsAre("toko-b.test", "toko-c.test"));
    if (!request.entries.empty()) {
      EXPECT_TRUE(kept.files["entry-2.tlog-proof"].ends_with("\n\n" + kept.files["head"]));
    }
  }
}

class CaseFaultsTest : public ExportFaultsTest {
 protected:
  CaseFaultsTest() : ExportFaultsTest("second_person = true\n") {}

  struct Case {
    IncidentId id;
    std::string filed;
    std::string approved;
  };
  Case Approved(const std::string& phone, const std::string& filer, const std::string& approver) {
    const auto line = [this](const char* what, const std::string& actor) {
      return std::string("\n") + what + " " + std::to_string(circle_.clock().Now().value) + " " +
             actor + "\n";
    };
    Case out;
    auto view = ledger().Add({filer, node_.Caller().request_id}, DepositUnsettled(phone));
    EXPECT_THAT(view, IsOk());
    out.id = view->incident.id;
    out.filed = line("filed", filer);
    circle_.clock().Advance(60);
    EXPECT_THAT(ledger().Approve({approver, node_.Caller().request_id}, out.id), IsOk());
    out.approved = line("approved", approver);
    Tick();
    return out;
  }
};

TEST_F(CaseFaultsTest, ACaseHasItsOwnTimesAndPeopleAndNoOthers) {
  const Case first = Approved("0812-3456-7890", "uid:1000", "user:siti");
  circle_.clock().Advance(600);
  const Case second = Approved("0813-2465-7980", "uid:1000", "user:siti");
  for (const auto& [own, other] : {std::pair{first, second}, std::pair{second, first}}) {
    const std::string text = Exported({.incident = own.id}).files["case"];
    EXPECT_THAT(text, AllOf(HasSubstr("\nincident " + own.id.hex() + "\n"),
                            HasSubstr("\nreport " + std::to_string(IndexOf(own.id)) + "\n"),
                            HasSubstr(own.filed), HasSubstr(own.approved)));
    EXPECT_THAT(text, AllOf(Not(HasSubstr(other.id.hex())), Not(HasSubstr(other.filed)),
                            Not(HasSubstr(other.approved))));
  }
}

}  // namespace
}  // namespace daftar::ledger

#include "node/check/decision_export.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "storage/rocks_store.h"
#include "tests/storage/temp_dir.h"
#include "tests/support/fakes.h"
#include "tests/support/incidents.h"
#include "tests/support/status_matchers.h"

namespace daftar::check {
namespace {

using ::daftar::testing::FakeEntropy;
using ::daftar::testing::Phone;
using ::daftar::testing::StatusIs;
using ::daftar::testing::TempDir;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr uint64_t kReceipts = 3 * kReceiptsReadTogether + 1;
constexpr char kSentence[] = "a sentence that is shown to the shop alone";
constexpr char kActor[] = "user:budi-who-checks";

// Keeps what is sent, and wants no more after `most` pieces.
class Kept final : public audit::BundleSink {
 public:
  bool BeginFile(const std::string& name, const audit::BundleProgress&) override {
    newest_ = name;
    files[name];
    return Go();
  }
  bool Append(crypto::ByteView chunk, const audit::BundleProgress& progress) override {
    EXPECT_LE(progress.done, progress.total);
    files[newest_] += crypto::AsText(chunk);
    return Go();
  }
  bool Finish(const std::string& text, const audit::BundleProgress&) override {
    manifest = text;
    return Go();
  }
  std::string All() const { return manifest + files.at("leaves") + files.at("receipts"); }

  std::map<std::string, std::string> files;
  std::string manifest;
  size_t most = 1'000;
  std::function<void()> at_each_piece = [] {};

 private:
  bool Go() {
    at_each_piece();
    return most-- > 1;
  }
  std::string newest_;
};

struct Exported {
  uint64_t index = 0;
  crypto::Bytes salt;
  crypto::Bytes body;
};

std::vector<Exported> ReceiptsIn(const std::string& file) {
  std::vector<Exported> out;
  crypto::Reader reader(crypto::AsBytes(file));
  while (reader.ok() && reader.remaining() > 0) {
    Exported one;
    one.index = reader.U64();
    one.salt = crypto::ToBytes(reader.Raw(32));
    one.body = crypto::ToBytes(reader.Prefixed32());
    out.push_back(std::move(one));
  }
  DAFTAR_EXPECT_OK(reader.Finish("receipts"));
  return out;
}

class DecisionExportTest : public ::testing::Test {
 protected:
  DecisionExportTest() {
    auto store = storage::RocksStore::Open({.path = dir_ / "db", .create_if_missing = true});
    EXPECT_TRUE(store.ok()) << store.status();
    store_ = *std::move(store);
    auto log = ReceiptLog::Open(*store_, vault_, entropy_);
    EXPECT_TRUE(log.ok()) << log.status();
    receipts_ = *std::move(log);
  }
  ReceiptId Decide() {
    decision::Inputs inputs;
    inputs.now = now_;
    ReceiptRecord record;
    record.body = decision::MakeReceipt(
        decision::Decide(inputs, decision::DefaultPolicy()), decision::DefaultPolicy(),
        {decision::SubjectOf(receipt_key_, Phone("0812-3456-7890"))}, inputs.now);
    record.because = {kSentence, kSentence, kSentence};
    record.actor = kActor;
    auto appended = receipts_->Append(record, {});
    EXPECT_TRUE(appended.ok()) << appended.status();
    now_.value += 1000;
    return appended->id;
  }
  void DecideAll() {
    for (uint64_t i = 0; i < kReceipts; ++i) ids_.push_back(Decide());
  }
  absl::Status Export(const DecisionRange& range, audit::BundleSink& sink) {
    return ExportDecisions(*receipts_, identity_, range, now_, sink);
  }
  static crypto::Bytes RowKey(const ReceiptId& id) {
    return crypto::Writer().U8('r').Raw(id.view()).Take();
  }

  TempDir dir_;
  FakeEntropy entropy_;
  const storage::Vault vault_{entropy_.Secret(), entropy_};
  const crypto::Secret32 receipt_key_ = entropy_.Secret();
  const crypto::SigningKey key_ = crypto::SigningKey::Generate(entropy_);
  const ledger::LogIdentity identity_{
      "toko-a.test/daftar", evidence::CircleId(std::array<uint8_t, 16>{7}), key_, key_, key_};
  evidence::UnixMillis now_{1'793'491'200'000};
  std::unique_ptr<storage::Store> store_;
  std::unique_ptr<ReceiptLog> receipts_;
  std::vector<ReceiptId> ids_;
};

TEST_F(DecisionExportTest, HoldsAllLeavesAndBodiesAndNothingElse) {
  DecideAll();
  Kept sink;
  DAFTAR_ASSERT_OK(Export({}, sink));
  auto manifest = audit::ParseManifest(sink.manifest);
  DAFTAR_ASSERT_OK(manifest);
  EXPECT_TRUE(manifest->VerifiedBy(key_.public_key()));
  EXPECT_EQ(manifest->manifest.kind, audit::BundleKind::kDecisions);
  EXPECT_EQ(manifest->manifest.origin, identity_.origin);
  EXPECT_EQ(manifest->manifest.circle, identity_.circle);
  EXPECT_EQ(manifest->manifest.made_at, now_.value / 1000);
  EXPECT_EQ(manifest->manifest.from, 0u);
  EXPECT_EQ(manifest->manifest.to, kReceipts);

  const std::string& leaves = sink.files["leaves"];
  ASSERT_EQ(leaves.size(), kReceipts * 44);
  crypto::CompactTree tree;
  const auto exported = ReceiptsIn(sink.files["receipts"]);
  ASSERT_EQ(exported.size(), kReceipts);
  for (uint64_t i = 0; i < kReceipts; ++i) {
    const auto leaf = crypto::AsBytes(leaves).subspan(i * 44, 44);
    tree.Append(crypto::MerkleLeafHash(leaf));
    const auto stored = receipts_->Get(ids_[i]);
    EXPECT_EQ(exported[i].index, i);
    EXPECT_EQ(exported[i].salt, stored->salt);
    EXPECT_EQ(exported[i].body, stored->record.body.Encode());
    EXPECT_EQ(crypto::ToHex(leaf.last(32)), stored->commitment.hex());
  }
  EXPECT_EQ(tree.Root(), receipts_->Head().root);
  // What is sealed beside a receipt stays with the shop, and so does the receipt key.
  EXPECT_THAT(sink.All(), Not(HasSubstr(kSentence)));
  EXPECT_THAT(sink.All(), Not(HasSubstr(kActor)));
  EXPECT_THAT(sink.All(), Not(HasSubstr("34567890")));
  EXPECT_THAT(sink.All(), Not(HasSubstr(std::string(crypto::AsText(receipt_key_.Expose())))));
}

TEST_F(DecisionExportTest, APartHasAllLeavesAndItsOwnBodies) {
  DecideAll();
  Kept sink;
  DAFTAR_ASSERT_OK(Export({5, 40}, sink));
  EXPECT_EQ(sink.files["leaves"].size(), 40u * 44);
  const auto exported = ReceiptsIn(sink.files["receipts"]);
  ASSERT_EQ(exported.size(), 35u);
  EXPECT_EQ(exported.front().index, 5u);
  EXPECT_EQ(exported.back().index, 39u);
  EXPECT_EQ(audit::ParseManifest(sink.manifest)->manifest.from, 5u);
}

TEST_F(DecisionExportTest, BodiesThatWereDeletedAreLeftOut) {
  DecideAll();
  storage::Batch batch;
  batch.Delete(storage::Column::kReceipts, RowKey(ids_[0]));
  batch.Delete(storage::Column::kReceipts, RowKey(ids_[50]));
  DAFTAR_ASSERT_OK(store_->Write(std::move(batch)));
  Kept sink;
  DAFTAR_ASSERT_OK(Export({}, sink));
  EXPECT_EQ(sink.files["leaves"].size(), kReceipts * 44);
  const auto exported = ReceiptsIn(sink.files["receipts"]);
  EXPECT_EQ(exported.size(), kReceipts - 2);
  EXPECT_EQ(exported.front().index, 1u);
}

TEST_F(DecisionExportTest, ShowsOneMomentWhateverIsDecidedMeanwhile) {
  DecideAll();
  Kept sink;
  sink.at_each_piece = [this] { Decide(); };
  DAFTAR_ASSERT_OK(Export({}, sink));
  EXPECT_EQ(sink.files["leaves"].size(), kReceipts * 44);
  EXPECT_EQ(ReceiptsIn(sink.files["receipts"]).size(), kReceipts);
  EXPECT_GT(receipts_->Head().size, kReceipts);
}

TEST_F(DecisionExportTest, SizesThatAreNotThereAreRefused) {
  Kept sink;
  EXPECT_THAT(Export({}, sink), StatusIs(absl::StatusCode::kFailedPrecondition));
  Decide();
  Decide();
  for (const DecisionRange& range : {DecisionRange{0, 3}, {2, 2}, {2, 0}, {3, 1}}) {
    EXPECT_THAT(Export(range, sink), StatusIs(absl::StatusCode::kInvalidArgument));
  }
  EXPECT_TRUE(sink.manifest.empty());
}

TEST_F(DecisionExportTest, StopsWhenNobodyWantsMore) {
  DecideAll();
  for (size_t most = 1; most <= 4; ++most) {
    Kept sink;
    sink.most = most;
    EXPECT_THAT(Export({}, sink), StatusIs(absl::StatusCode::kCancelled)) << most;
  }
}

TEST_F(DecisionExportTest, AReceiptThatIsDamagedEndsItWithoutAManifest) {
  DecideAll();
  const auto row = store_->Get(storage::Column::kReceipts, RowKey(ids_[40]));
  crypto::Bytes altered = **row;
  for (const size_t at : {size_t{7}, size_t{20}, altered.size() - 1}) {  // index, salt, sealed
    altered = **row;
    altered[at] ^= 1;
    storage::Batch batch;
    batch.Put(storage::Column::kReceipts, RowKey(ids_[40]), altered);
    DAFTAR_ASSERT_OK(store_->Write(std::move(batch)));
    Kept sink;
    EXPECT_THAT(Export({}, sink), StatusIs(absl::StatusCode::kDataLoss)) << at;
    EXPECT_TRUE(sink.manifest.empty());
  }
}

}  // namespace
}  // namespace daftar::check

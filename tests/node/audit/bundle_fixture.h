// A small log with real keys, and bundles of it as a node would export them, to be spoilt in one
// place (docs/bundle.md).
#ifndef DAFTAR_TESTS_NODE_AUDIT_BUNDLE_FIXTURE_H_
#define DAFTAR_TESTS_NODE_AUDIT_BUNDLE_FIXTURE_H_

#include <cstdlib>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "crypto/checkpoint.h"
#include "crypto/cosignature.h"
#include "crypto/merkle.h"
#include "crypto/voprf.h"
#include "node/audit/manifest.h"
#include "node/audit/tlog_proof.h"
#include "node/evidence/charter.h"
#include "node/evidence/labels.h"
#include "tests/support/fakes.h"

namespace daftar::audit::testing {

using crypto::Bytes;
using crypto::ByteView;
using evidence::EntryKind;

inline constexpr char kOrigin[] = "toko-a.example/daftar";
inline constexpr uint64_t kStart = 1'790'812'800;  // 2026-10-01 00:00 UTC
inline constexpr uint64_t kDay = 86'400;

// Two reasons: one that asks for nothing, one that asks for everything.
inline std::string CharterText() {
  return R"(version = 1
circle = "000102030405060708090a0b0c0d0e0f"
name = "Circle of the tests"
purpose = "Tests"
region = "ID"
[dispute]
flag_days = 14
withdraw_days = 30
[withdrawal]
after_settlement_hours = 48
erase_after_hours = 48
[reasons.deposit-unsettled]
legal_basis = "None"
required = ["identifier", "occurred"]
retention_months = 12
[reasons.invoice-unpaid-reminded]
legal_basis = "None"
required = ["identifier", "amount", "occurred", "due"]
least_age_days = 14
reminders = 2
reminder_spacing_days = 7
told_beforehand = true
told_least_days = 2
proof = ["invoice"]
second_person = true
hold_hours = 24
retention_months = 24
)";
}

// A bundle as a list of named files, which may be changed before it is put together.
struct TestBundle {
  Manifest manifest;  // `files` is filled in by Seal
  std::vector<std::pair<std::string, std::string>> files;

  std::string& File(const std::string& name) {
    for (auto& [known, bytes] : files) {
      if (known == name) return bytes;
    }
    std::abort();
  }
  void Remove(const std::string& name) {
    std::erase_if(files, [&](const auto& file) { return file.first == name; });
  }
  // The manifest over the files as they are now.
  std::string Sign(const crypto::SigningKey& key) {
    manifest.files.clear();
    for (const auto& [name, bytes] : files) {
      manifest.files.push_back({name, bytes.size(), crypto::Sha256(crypto::AsBytes(bytes))});
    }
    return manifest.Sign(key);
  }
  std::string Contents() const {
    std::string all;
    for (const auto& [name, bytes] : files) all += bytes;
    return all;
  }
  std::string Whole(const crypto::SigningKey& key) { return Sign(key) + Contents(); }
};

class TestLog {
 public:
  TestLog()
      : entry_(crypto::SigningKey::Generate(entropy_)),
        head_(crypto::SigningKey::Generate(entropy_)),
        mirror_(crypto::SigningKey::Generate(entropy_)),
        self_(crypto::SigningKey::Generate(entropy_)),
        witness_(crypto::SigningKey::Generate(entropy_)),
        second_witness_(crypto::SigningKey::Generate(entropy_)),
        partner_(crypto::SigningKey::Generate(entropy_)),
        record_key_(entropy_.Secret()),
        circle_(*evidence::CircleId::FromHexText("000102030405060708090a0b0c0d0e0f")) {}

  static std::string Text(ByteView bytes) { return std::string(crypto::AsText(bytes)); }

  static evidence::Header HeaderOf(EntryKind kind, uint64_t at,
                                   uint64_t about = evidence::kAboutNothing) {
    evidence::Header header;
    header.kind = kind;
    header.issued_at = at;
    header.about = about;
    return header;
  }
  uint64_t Append(evidence::Header header, const Bytes& body, const crypto::SigningKey& key) {
    header.index = leaves_.size();
    header.origin = kOrigin;
    if (header.kind != EntryKind::kErasure) header.commitment = evidence::CommitTo(body);
    return AppendRaw(evidence::SignHeader(header, key).Leaf(), body);
  }
  uint64_t AppendRaw(Bytes leaf, const Bytes& body) {
    leaves_.push_back(std::move(leaf));
    bodies_.emplace_back();
    if (!body.empty()) bodies_.back() = body;
    return leaves_.size() - 1;
  }
  evidence::KeysBody Keys() {
    evidence::KeysBody body;
    body.salt = entropy_.Public<evidence::Salt>();
    body.entry = entry_.public_key();
    body.head = head_.public_key();
    body.mirror = mirror_.public_key();
    body.self = self_.public_key();
    body.epoch = 1;
    body.voprf =
        *decltype(body.voprf)::Create(crypto::VoprfKey::Generate(entropy_).public_key().view());
    return body;
  }
  uint64_t AddKeys(uint64_t at) {
    return Append(HeaderOf(EntryKind::kKeys, at), Keys().Encode(), entry_);
  }
  // The entry key changes: the KEYS that says so is signed by the old one.
  uint64_t ChangeEntryKey(uint64_t at) {
    crypto::SigningKey old = std::exchange(entry_, crypto::SigningKey::Generate(entropy_));
    return Append(HeaderOf(EntryKind::kKeys, at), Keys().Encode(), old);
  }
  uint64_t AddCharter(uint64_t at, const std::string& text = CharterText()) {
    charters_[crypto::Sha256(crypto::AsBytes(text))] = text;
    evidence::CharterBody body;
    body.salt = entropy_.Public<evidence::Salt>();
    body.charter = evidence::CharterHash(crypto::Sha256(crypto::AsBytes(text)).array());
    return Append(HeaderOf(EntryKind::kCharter, at), body.Encode(), entry_);
  }
  uint64_t AddReport(uint64_t at, const evidence::ReportFacts& facts) {
    const auto f = entropy_.Public<crypto::FixedBytes<struct AnyF, 64>>();
    std::vector<evidence::Label> labels(1);
    labels[0].f = *crypto::Secret64::Create(f.view());
    const evidence::ReportBody body =
        evidence::SealReport(facts, labels, kOrigin, record_key_, entropy_);
    salts_[leaves_.size()] = body.salt;
    return Append(HeaderOf(EntryKind::kReport, at), body.Encode(), entry_);
  }
  crypto::Secret32 KeyOf(uint64_t report) const {
    return evidence::ReportKey(record_key_, salts_.at(report));
  }
  uint64_t AddUpdate(EntryKind kind, uint64_t at, uint64_t about, const evidence::Facts& facts) {
    const evidence::UpdateBody body =
        evidence::SealUpdate(kind, facts, kOrigin, KeyOf(about), entropy_);
    return Append(HeaderOf(kind, at, about), body.Encode(), entry_);
  }
  // Erases the bodies of the REPORT and of what is about it, as a node does.
  uint64_t AddErasure(uint64_t at, uint64_t about) {
    for (size_t i = 0; i < leaves_.size(); ++i) {
      const auto entry = evidence::SignedHeader::DecodeLeaf(leaves_[i]);
      if (entry.ok() && (i == about || entry->header.about == about)) bodies_[i].reset();
    }
    evidence::Header header = HeaderOf(EntryKind::kErasure, at, about);
    header.ground = evidence::ErasureGround::kPaid;
    return Append(header, {}, entry_);
  }

  crypto::Digest SubtreeRoot(uint64_t begin, uint64_t end) const {
    crypto::CompactTree tree;
    for (uint64_t i = begin; i < end; ++i) tree.Append(crypto::MerkleLeafHash(leaves_[i]));
    return tree.Root();
  }
  crypto::SubtreeReader Subtrees() const {
    return [this](uint32_t level, uint64_t index) -> absl::StatusOr<crypto::Digest> {
      return SubtreeRoot(index << level, (index + 1) << level);
    };
  }
  crypto::Checkpoint CheckpointAt(uint64_t size) const {
    return {kOrigin, size, SubtreeRoot(0, size)};
  }
  std::string Head(uint64_t size, uint64_t at) const { return NoteOf(CheckpointAt(size), at); }
  std::string NoteOf(const crypto::Checkpoint& checkpoint, uint64_t at) const {
    crypto::Note note;
    note.text = checkpoint.ToText();
    note.signatures = {
        crypto::SignNote(note.text, kOrigin, head_),
        crypto::Cosign(note.text, at, evidence::SelfKeyName(kOrigin), self_),
        crypto::Cosign(note.text, at, "witness.example/w1", witness_),
        crypto::Cosign(note.text, at, "toko-b.example/daftar/mirror", second_witness_)};
    return note.ToString();
  }

  std::string LogVkey() const {
    return crypto::NoteKey{kOrigin, crypto::KeyType::kEd25519, head_.public_key()}.ToVkey();
  }
  std::string WitnessVkey() const {
    return crypto::NoteKey{"witness.example/w1", crypto::KeyType::kCosignature,
                           witness_.public_key()}
        .ToVkey();
  }
  std::string SecondWitnessVkey() const {
    return crypto::NoteKey{"toko-b.example/daftar/mirror", crypto::KeyType::kCosignature,
                           second_witness_.public_key()}
        .ToVkey();
  }
  std::string PartnerVkey() const {
    return crypto::NoteKey{"toko-b.example/daftar", crypto::KeyType::kEd25519,
                           partner_.public_key()}
        .ToVkey();
  }
  std::string Policy(const std::string& quorum = "quorum both\n") const {
    return "# an auditor's own\nlog " + LogVkey() + "\nlog " + PartnerVkey() + "\nwitness w1 " +
           WitnessVkey() + "\nwitness b " + SecondWitnessVkey() + "\ngroup both all w1 b\n" +
           quorum;
  }
  std::string PartnerNote() const {
    crypto::Note note;
    note.text = crypto::Checkpoint{"toko-b.example/daftar", 3, crypto::Sha256(Bytes{1})}.ToText();
    note.signatures = {crypto::SignNote(note.text, "toko-b.example/daftar", partner_)};
    return note.ToString();
  }

  std::string Leaf16(uint64_t index) const {
    crypto::Writer writer;
    writer.Prefixed16(leaves_[index]);
    return Text(writer.bytes());
  }
  std::vector<crypto::Digest> Inclusion(uint64_t index, uint64_t size) const {
    return *crypto::MerkleInclusionProof(index, size, Subtrees());
  }
  std::string EarlierRecord(uint64_t index, uint64_t size) const {
    crypto::Writer writer;
    writer.U64(index).Prefixed16(leaves_[index]).Prefixed16(bodies_[index].value_or(Bytes()));
    const std::vector<crypto::Digest> proof = Inclusion(index, size);
    writer.U8(static_cast<uint8_t>(proof.size()));
    for (const crypto::Digest& hash : proof) writer.Raw(hash.view());
    return Text(writer.bytes());
  }
  std::string Earlier(uint64_t below, uint64_t size) const {
    std::string all;
    for (uint64_t i = 0; i < below; ++i) {
      const auto entry = evidence::SignedHeader::DecodeLeaf(leaves_[i]);
      if (entry.ok() && entry->header.kind >= EntryKind::kKeys) all += EarlierRecord(i, size);
    }
    return all;
  }
  std::string Charters() const {
    crypto::Writer writer;
    for (const auto& [hash, text] : charters_) writer.Prefixed32(crypto::AsBytes(text));
    return Text(writer.bytes());
  }
  std::string Cosigners() const {
    crypto::Writer writer;
    writer.Prefixed32(crypto::AsBytes(PartnerNote()));
    return Text(writer.bytes());
  }
  std::string Openings(const std::vector<uint64_t>& reports) const {
    crypto::Writer writer;
    for (const uint64_t report : reports) writer.U64(report).Raw(KeyOf(report).Expose());
    return Text(writer.bytes());
  }
  std::string Consistency(uint64_t from, uint64_t to, const std::string& head) const {
    std::string text = "old " + std::to_string(from) + "\n";
    const auto proof = crypto::MerkleConsistencyProof(from, to, Subtrees());
    for (const crypto::Digest& hash : *proof) {
      text += crypto::ToBase64(hash.view()) + "\n";
    }
    return text + "\n" + head;
  }
  Manifest ManifestOf(BundleKind kind, uint64_t from, uint64_t to, uint64_t made_at) const {
    Manifest manifest;
    manifest.kind = kind;
    manifest.origin = kOrigin;
    manifest.circle = circle_;
    manifest.made_at = static_cast<int64_t>(made_at);
    manifest.from = from;
    manifest.to = to;
    return manifest;
  }

  // `opened` empty and `case_text` "": without these files.
  TestBundle Bundle(uint64_t from, uint64_t made_at, const std::vector<uint64_t>& opened = {},
                    const std::string& case_text = "") const {
    const uint64_t to = leaves_.size();
    TestBundle bundle{ManifestOf(BundleKind::kLog, from, to, made_at), {}};
    const std::string head = Head(to, made_at);
    bundle.files.emplace_back("head", head);
    if (from > 0) {
      bundle.files.emplace_back("head-from", Head(from, made_at - 10));
      bundle.files.emplace_back("consistency", Consistency(from, to, head));
      crypto::CompactTree tree;
      for (uint64_t i = 0; i < from; ++i) tree.Append(crypto::MerkleLeafHash(leaves_[i]));
      std::string frontier;
      for (const crypto::Digest& hash : tree.frontier()) frontier += Text(hash.view());
      bundle.files.emplace_back("frontier", frontier);
      bundle.files.emplace_back("earlier", Earlier(from, to));
    }
    std::string entries;
    crypto::Writer bodies;
    for (uint64_t i = from; i < to; ++i) {
      entries += Leaf16(i);
      if (bodies_[i]) bodies.U64(i).Prefixed16(*bodies_[i]);
    }
    bundle.files.emplace_back("entries", entries);
    bundle.files.emplace_back("bodies", Text(bodies.bytes()));
    AddCommon(bundle, opened, case_text);
    return bundle;
  }
  TestBundle Excerpt(const std::vector<uint64_t>& entries, uint64_t made_at,
                     const std::vector<uint64_t>& opened = {},
                     const std::string& case_text = "") const {
    const uint64_t to = leaves_.size();
    TestBundle bundle{ManifestOf(BundleKind::kExcerpt, 0, to, made_at), {}};
    const std::string head = Head(to, made_at);
    bundle.files.emplace_back("head", head);
    bundle.files.emplace_back("earlier", Earlier(to, to));
    AddCommon(bundle, opened, case_text);
    for (const uint64_t index : entries) {
      const std::string stem = "entry-" + std::to_string(index);
      bundle.files.emplace_back(stem + ".leaf", Text(leaves_[index]));
      if (bodies_[index]) bundle.files.emplace_back(stem + ".body", Text(*bodies_[index]));
      bundle.files.emplace_back(stem + ".tlog-proof",
                                TlogProof{index, Inclusion(index, to), head}.ToText());
    }
    return bundle;
  }

  crypto::SigningKey& entry_key() { return entry_; }
  const crypto::SigningKey& head_key() const { return head_; }
  const crypto::SigningKey& self_key() const { return self_; }
  const crypto::SigningKey& witness_key() const { return witness_; }
  crypto::Entropy& entropy() { return entropy_; }
  std::vector<Bytes>& leaves() { return leaves_; }
  std::vector<std::optional<Bytes>>& bodies() { return bodies_; }

 private:
  void AddCommon(TestBundle& bundle, const std::vector<uint64_t>& opened,
                 const std::string& case_text) const {
    bundle.files.emplace_back("charters", Charters());
    bundle.files.emplace_back("cosigners", Cosigners());
    if (!opened.empty()) bundle.files.emplace_back("openings", Openings(opened));
    if (!case_text.empty()) bundle.files.emplace_back("case", case_text);
  }

  daftar::testing::FakeEntropy entropy_;
  crypto::SigningKey entry_;
  crypto::SigningKey head_;
  crypto::SigningKey mirror_;
  crypto::SigningKey self_;
  crypto::SigningKey witness_;
  crypto::SigningKey second_witness_;
  crypto::SigningKey partner_;
  crypto::Secret32 record_key_;
  evidence::CircleId circle_;
  std::vector<Bytes> leaves_;
  std::vector<std::optional<Bytes>> bodies_;
  std::map<uint64_t, evidence::Salt> salts_;
  std::map<crypto::Digest, std::string> charters_;
};

inline evidence::Date Day(std::string_view iso) { return *evidence::Date::Parse(iso); }

// Facts that the first reason takes, of a report published in October 2026.
inline evidence::ReportFacts PlainFacts() {
  evidence::ReportFacts facts;
  facts.reason = evidence::Reason::kDepositUnsettled;
  facts.occurred = Day("2026-08-20");
  return facts;
}

// KEYS, CHARTER, and reports at 2 and 3, the first of them settled (4), withdrawn (5) and erased
// (6). All in time.
inline void AddStory(TestLog& log) {
  log.AddKeys(kStart);
  log.AddCharter(kStart);
  const uint64_t first = log.AddReport(kStart + 60, PlainFacts());
  log.AddReport(kStart + 90, PlainFacts());
  log.AddUpdate(EntryKind::kSettlement, kStart + 120, first,
                evidence::SettlementFacts{Day("2026-10-01")});
  log.AddUpdate(EntryKind::kWithdrawal, kStart + kDay, first,
                evidence::WithdrawalFacts{evidence::WithdrawalGround::kPaid, Day("2026-10-02")});
  log.AddErasure(kStart + 2 * kDay, first);
}
inline constexpr uint64_t kStoryEnd = kStart + 3 * kDay;

}  // namespace daftar::audit::testing

#endif  // DAFTAR_TESTS_NODE_AUDIT_BUNDLE_FIXTURE_H_

#include "node/audit/entry_checks.h"

#include <algorithm>
#include <utility>

#include "node/audit/text.h"
#include "node/audit/tlog_proof.h"

namespace daftar::audit {
namespace {

using crypto::ByteView;
using evidence::EntryKind;

std::string EntryText(uint64_t index) { return "Entry " + std::to_string(index); }

// Kinds that a log keeps for ever, and that stand in `earlier`.
bool IsKept(EntryKind kind) {
  return kind == EntryKind::kKeys || kind == EntryKind::kCharter || kind == EntryKind::kAdoption;
}

std::string EntryFile(uint64_t index, const char* ending) {
  return "entry-" + std::to_string(index) + ending;
}

}  // namespace

// Takes records off `earlier`, in ascending order.
class EntryChecks::EarlierReader {
 public:
  explicit EarlierReader(Context& context) : context_(context), reader_(context.Open("earlier")) {}
  ~EarlierReader() { context_.Close("earlier", *reader_); }
  EarlierReader(const EarlierReader&) = delete;
  EarlierReader& operator=(const EarlierReader&) = delete;

  // None at the end, or where the file is not in its format, which `entries` fails for.
  std::optional<Earlier> Next() {
    if (broken_ || reader_->AtEnd()) return std::nullopt;
    auto record = Read();
    const uint64_t end = context_.is_log() ? context_.manifest().from : context_.manifest().to;
    if (!record || record->index < least_ || record->index >= end) {
      broken_ = true;
      if (reader_->status().ok()) {
        context_.findings().Fail(Check::kEntries, "The file 'earlier' is not in its format.");
      }
      return std::nullopt;
    }
    least_ = record->index + 1;
    return record;
  }

 private:
  std::optional<Earlier> Read() {
    Earlier record;
    const auto index = reader_->TakeInteger(8);
    if (!index || !TakeInto(record.leaf) || !TakeInto(record.body)) return std::nullopt;
    record.index = *index;
    const auto count = reader_->TakeInteger(1);
    if (!count) return std::nullopt;
    const auto hashes = reader_->Take(static_cast<size_t>(*count) * crypto::Digest::kSize);
    if (!hashes) return std::nullopt;
    crypto::Reader proof(*hashes);
    while (proof.remaining() > 0) record.proof.push_back(proof.Take<crypto::Digest>());
    return record;
  }

  bool TakeInto(crypto::Bytes& out) {
    const auto length = reader_->TakeInteger(2);
    const auto bytes = length ? reader_->Take(static_cast<size_t>(*length)) : std::nullopt;
    if (!bytes) return false;
    out.assign(bytes->begin(), bytes->end());
    return true;
  }

  Context& context_;
  std::unique_ptr<BundleFileReader> reader_;
  uint64_t least_ = 0;
  bool broken_ = false;
};

// Takes bodies off `bodies`, which are ascending by index, as their entries come.
class EntryChecks::BodyReader {
 public:
  explicit BodyReader(Context& context) : context_(context), reader_(context.Open("bodies")) {
    ReadIndex(context.manifest().from);
  }

  // The body of entry `index`; none when the file has none. Asked in ascending order. Valid until
  // the next call.
  std::optional<ByteView> Take(uint64_t index) {
    if (next_ != index) return std::nullopt;
    const auto length = reader_->TakeInteger(2);
    const auto bytes = length ? reader_->Take(static_cast<size_t>(*length)) : std::nullopt;
    if (!bytes) {
      Malformed();
      return std::nullopt;
    }
    body_.assign(bytes->begin(), bytes->end());
    ReadIndex(index + 1);
    return ByteView(body_);
  }

  void Close() { context_.Close("bodies", *reader_); }

 private:
  void ReadIndex(uint64_t least) {
    next_.reset();
    if (broken_ || reader_->AtEnd()) return;
    next_ = reader_->TakeInteger(8);
    if (!next_ || *next_ < least || *next_ >= context_.manifest().to) Malformed();
  }

  void Malformed() {
    broken_ = true;
    next_.reset();
    if (reader_->status().ok()) {
      context_.findings().Fail(Check::kEntries, "The file 'bodies' is not in its format.");
    }
  }

  Context& context_;
  std::unique_ptr<BundleFileReader> reader_;
  std::optional<uint64_t> next_;
  crypto::Bytes body_;
  bool broken_ = false;
};

void EntryChecks::Malformed(const char* file) {
  context_.findings().Fail(Check::kEntries,
                           "The file '" + std::string(file) + "' is not in its format.");
}

bool EntryChecks::GoOn() {
  // So many that a stop is heard within some 10 ms of checking signatures.
  constexpr uint64_t kEntriesInOneGo = 64;
  return entries_ % kEntriesInOneGo != 0 || context_.GoOn();
}

void EntryChecks::CheckPlace(uint64_t index, const evidence::Header& header) {
  Findings& findings = context_.findings();
  if (header.index != index) {
    findings.Fail(Check::kEntries, EntryText(index) + " says that its place is " +
                                       std::to_string(header.index) + ".");
  }
  if (header.origin != context_.manifest().origin) {
    findings.Fail(Check::kEntries, EntryText(index) + " is of another log, " + header.origin + ".");
  }
  if (header.issued_at < last_issued_at_) {
    findings.Fail(Check::kEntries, EntryText(index) + " is dated before the entry before it.");
  }
  if (context_.IsTooLate(header.issued_at)) {
    findings.Fail(Check::kEntries, EntryText(index) + " is dated in the future: " +
                                       TimeText(header.issued_at) + ".");
  }
  last_issued_at_ = header.issued_at;
}

const evidence::Body* EntryChecks::CheckBody(const evidence::Header& header,
                                             std::optional<ByteView> body) {
  Findings& findings = context_.findings();
  body_.reset();
  if (!body) {
    if (IsKept(header.kind)) {
      findings.Fail(Check::kErasures, EntryText(header.index) + " (" +
                                          std::string(evidence::KindName(header.kind)) +
                                          ") has no body; one of this kind is never erased.");
    }
    return nullptr;
  }
  if (header.kind == EntryKind::kErasure) {
    findings.Fail(Check::kBodies, EntryText(header.index) + " is an ERASURE and has a body.");
    return nullptr;
  }
  auto decoded = evidence::DecodeBody(header, *body);
  if (!decoded.ok()) {
    findings.Fail(Check::kBodies,
                  EntryText(header.index) + ": " + std::string(decoded.status().message()) + ".");
    return nullptr;
  }
  body_ = *std::move(decoded);
  return &*body_;
}

void EntryChecks::Add(uint64_t index, ByteView leaf, std::optional<ByteView> body, bool earlier) {
  ++entries_;
  const auto entry = evidence::SignedHeader::DecodeLeaf(leaf);
  if (!entry.ok()) {
    context_.findings().Fail(Check::kEntries,
                             EntryText(index) + ": " + std::string(entry.status().message()) + ".");
    keys_.AddUnreadable(index);
    return;
  }
  const evidence::Header& header = entry->header;
  CheckPlace(index, header);
  if (!earlier || !context_.is_log()) newest_at_ = std::max(newest_at_, header.issued_at);
  if (earlier && !IsKept(header.kind)) {
    context_.findings().Fail(Check::kEntries, EntryText(index) +
                                                  " in 'earlier' is neither KEYS, CHARTER nor "
                                                  "ADOPTION.");
  }
  const evidence::Body* fitting = CheckBody(header, body);
  if (header.kind == EntryKind::kKeys) {
    keys_.AddKeys(*entry, fitting == nullptr ? nullptr : std::get_if<evidence::KeysBody>(fitting));
  } else {
    keys_.AddEntry(*entry);
  }
  if (earlier) {
    marks_.AddNoReport(index);
  } else {
    marks_.Add(header, body.has_value());
  }
  if (header.kind == EntryKind::kCharter) {
    const auto* charter =
        fitting == nullptr ? nullptr : std::get_if<evidence::CharterBody>(fitting);
    charters_.State(charter == nullptr ? evidence::CharterHash() : charter->charter);
  }
  if (header.kind == EntryKind::kAdoption && index == 0 && fitting != nullptr) {
    adoption_ = std::get<evidence::AdoptionBody>(*fitting);
  }
  if (fitting != nullptr && !earlier) openings_.Add(header, *fitting);
}

void EntryChecks::CheckInclusion(uint64_t index, ByteView leaf,
                                 std::span<const crypto::Digest> proof,
                                 const std::optional<VerifiedHead>& head) {
  if (!head) return;
  ++included_;
  absl::Status status;
  if (proof.size() > crypto::kMaxProofHashes) {
    status = absl::InvalidArgumentError("its proof has more than 63 hashes");
  } else {
    status = crypto::VerifyMerkleInclusion(crypto::MerkleLeafHash(leaf), index,
                                           head->checkpoint.size, head->checkpoint.root, proof);
  }
  if (status.ok()) return;
  context_.findings().Fail(Check::kInclusion,
                           EntryText(index) + ": " + std::string(status.message()) + ".");
}

void EntryChecks::AddEarlier(const Earlier& record, const std::optional<VerifiedHead>& head) {
  CheckInclusion(record.index, record.leaf, record.proof, head);
  std::optional<ByteView> body;
  if (!record.body.empty()) body = record.body;
  Add(record.index, record.leaf, body, /*earlier=*/true);
  last_leaf_ = record.leaf;
}

void EntryChecks::FinishTree(const std::optional<VerifiedHead>& head, bool judged,
                             const crypto::CompactTree& tree) {
  Findings& findings = context_.findings();
  if (!head) {
    findings.LeaveOut(Check::kTree, "The head itself is at fault.");
  } else if (!judged) {
    if (!findings.Failed(Check::kTree)) {
      findings.LeaveOut(Check::kTree, "The earlier head is at fault.");
    }
  } else if (tree.size() != head->checkpoint.size || tree.Root() != head->checkpoint.root) {
    findings.Fail(Check::kTree,
                  "The entries do not give the root of the head: something was "
                  "added, left out or changed.");
  } else {
    findings.Found(Check::kTree,
                   CountOf(tree.size(), "entry gives", "entries give") + " the root of the head.");
  }
}

void EntryChecks::FinishInclusion(const std::optional<VerifiedHead>& head) {
  Findings& findings = context_.findings();
  if (!head) {
    findings.LeaveOut(Check::kInclusion, "The head itself is at fault.");
  } else if (included_ > 0) {
    findings.Found(Check::kInclusion, CountOf(included_, "proof.", "proofs."));
  }
  findings.LeaveOut(Check::kInclusion,
                    "Whether the KEYS, CHARTER and ADOPTION entries shown are all that there are "
                    "before the others cannot be checked.");
}

void EntryChecks::ReadLog(const std::optional<VerifiedHead>& head,
                          std::optional<crypto::CompactTree> tree) {
  const Manifest& manifest = context_.manifest();
  if (manifest.from > 0) {
    EarlierReader earlier(context_);
    while (GoOn()) {
      const auto record = earlier.Next();
      if (!record) break;
      AddEarlier(*record, head);
    }
    FinishInclusion(head);
  }
  const bool judged = tree.has_value();
  crypto::CompactTree grown = judged ? *std::move(tree) : crypto::CompactTree();
  const auto entries = context_.Open("entries");
  BodyReader bodies(context_);
  const uint64_t before = entries_;
  uint64_t index = manifest.from;
  for (; index < manifest.to && GoOn(); ++index) {
    const auto length = entries->TakeInteger(2);
    const auto leaf = length ? entries->Take(static_cast<size_t>(*length)) : std::nullopt;
    if (!leaf) break;
    if (judged) grown.Append(crypto::MerkleLeafHash(*leaf));
    Add(index, *leaf, bodies.Take(index), /*earlier=*/false);
  }
  if (context_.status().ok() && entries->status().ok() &&
      (index < manifest.to || !entries->AtEnd()))
    Malformed("entries");
  context_.Close("entries", *entries);
  bodies.Close();
  FinishTree(head, judged, grown);
  context_.findings().Found(Check::kEntries, CountOf(entries_ - before, "entry.", "entries."));
}

void EntryChecks::AddExcerpted(uint64_t index, const std::optional<VerifiedHead>& head,
                               std::optional<uint64_t> last_earlier) {
  Findings& findings = context_.findings();
  const auto leaf =
      context_.ReadWhole(EntryFile(index, ".leaf"), evidence::kMaxLeafBytes, Check::kEntries);
  std::optional<std::string> body;
  if (context_.Has(EntryFile(index, ".body"))) {
    body = context_.ReadWhole(EntryFile(index, ".body"), evidence::kMaxBodyBytes, Check::kBodies);
  }
  const auto text =
      context_.ReadWhole(EntryFile(index, ".tlog-proof"), kMaxTlogProofBytes, Check::kInclusion);
  if (!leaf || !text) return;
  const auto proof = TlogProof::Parse(*text);
  if (!proof.ok()) {
    findings.Fail(Check::kInclusion,
                  EntryText(index) + ": " + std::string(proof.status().message()) + ".");
  } else if (proof->index != index) {
    findings.Fail(Check::kInclusion, EntryText(index) + ": its proof is of another entry.");
  } else if (head && proof->checkpoint != head->bytes) {
    findings.Fail(Check::kInclusion, EntryText(index) + ": its proof is not of 'head'.");
  } else {
    CheckInclusion(index, crypto::AsBytes(*leaf), proof->hashes, head);
  }
  std::optional<ByteView> bytes;
  if (body) bytes = crypto::AsBytes(*body);
  if (last_earlier != index) {
    Add(index, crypto::AsBytes(*leaf), bytes, /*earlier=*/false);
    return;
  }
  // It stands in `earlier` too, where it was judged.
  if (crypto::AsText(last_leaf_) != *leaf) {
    findings.Fail(Check::kEntries, EntryText(index) + " is another in 'earlier'.");
    return;
  }
  const auto entry = evidence::SignedHeader::DecodeLeaf(last_leaf_);
  if (entry.ok()) CheckBody(entry->header, bytes);
}

void EntryChecks::ReadExcerpt(const std::optional<VerifiedHead>& head) {
  std::vector<uint64_t> places;
  for (const ManifestFile& file : context_.manifest().files) {
    constexpr std::string_view kPrefix = "entry-";
    constexpr std::string_view kEnding = ".leaf";
    if (!file.name.ends_with(kEnding)) continue;
    const std::string_view name = file.name;
    places.push_back(
        ParseDecimal(name.substr(kPrefix.size(), name.size() - kPrefix.size() - kEnding.size()))
            .value_or(0));
  }
  {
    EarlierReader earlier(context_);
    auto record = earlier.Next();
    std::optional<uint64_t> last_earlier;
    for (const uint64_t place : places) {
      for (; record && record->index <= place && GoOn(); record = earlier.Next()) {
        AddEarlier(*record, head);
        last_earlier = record->index;
      }
      AddExcerpted(place, head, last_earlier);
    }
    for (; record && GoOn(); record = earlier.Next()) AddEarlier(*record, head);
  }
  FinishInclusion(head);
  context_.findings().Found(Check::kEntries,
                            CountOf(places.size(), "entry shown.", "entries shown."));
  context_.findings().LeaveOut(Check::kTree, "An excerpt does not hold the whole log.");
}

}  // namespace daftar::audit

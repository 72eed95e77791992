#include "cli/decision_bundle.h"

#include <algorithm>
#include <map>
#include <memory>

#include "crypto/hash.h"

namespace daftar::cli {
namespace {

using crypto::Bytes;
using crypto::ByteView;
using crypto::Digest;
using crypto::Reader;

// Places in the manifest, which has these two files and no other.
constexpr size_t kLeavesFile = 0;
constexpr size_t kReceiptsFile = 1;
constexpr size_t kRecordHeadBytes = 8 + 32 + 4;  // index, salt, the body's length
constexpr size_t kSaltBytes = 32;
constexpr size_t kIdBytes = 16;  // of the commitment: the receipt's id
constexpr char kNoBodies[] = "the bundle has no receipt with its body";

std::string At(uint64_t index) { return "receipt " + std::to_string(index); }

class Replayer {
 public:
  Replayer(const audit::Bundle& bundle, const DecisionChecks& checks,
           const ReplayProgress& progress)
      : checks_(checks),
        manifest_(bundle.manifest().manifest),
        signed_(bundle.manifest()),
        total_bytes_(bundle.total_bytes()),
        progress_(progress),
        tell_([this](uint64_t bytes) { return Tell(bytes); }),
        leaves_(bundle.Read(kLeavesFile, tell_)),
        receipts_(bundle.Read(kReceiptsFile, tell_)) {
    result_.manifest = manifest_;
    result_.subject = checks.subject;
    result_.receipts = manifest_.to - manifest_.from;
    for (const decision::Policy& policy : checks.policies) {
      given_.emplace(policy.Hash(), &policy);
      uses_[policy.Hash()].given = true;
    }
  }

  absl::StatusOr<DecisionReplay> Run() {
    const uint64_t leaf_bytes = manifest_.files[kLeavesFile].bytes;
    const bool whole =
        leaf_bytes % kDecisionLeafBytes == 0 && leaf_bytes / kDecisionLeafBytes == manifest_.to;
    if (whole) {
      if (absl::Status status = ReadAll(); !status.ok()) return status;
    } else {
      SkipAll();
    }
    auto files = FilesCheck();
    if (!files.ok()) return files.status();
    result_.checks.insert(result_.checks.begin(), {ManifestCheck(), *std::move(files)});
    for (const auto& [hash, use] : uses_) {
      result_.policies.push_back({hash, use.given, use.receipts, use.differ});
    }
    return std::move(result_);
  }

 private:
  struct Use {
    bool given = false;
    uint64_t receipts = 0;
    uint64_t differ = 0;
  };

  DecisionCheck ManifestCheck() const {
    const auto fails = [](std::string said) {
      return DecisionCheck{"manifest", CheckOutcome::kFails, std::move(said)};
    };
    if (manifest_.made_at > checks_.now + kDecisionClockSeconds) {
      return fails("it says that it was made later than now");
    }
    if (!checks_.entry_key.has_value()) {
      return {"manifest", CheckOutcome::kNotChecked,
              "its signature: no --entry-vkey was given, so it may come from anybody"};
    }
    const crypto::NoteKey& key = *checks_.entry_key;
    if (key.name != audit::EntryKeyName(manifest_.origin)) {
      return fails("it is of " + manifest_.origin + ", the key given of another log");
    }
    if (!signed_.VerifiedBy(key.key)) return fails("its signature is not of the key given");
    return {"manifest", CheckOutcome::kHolds,
            "signed with the entry key " + manifest_.signer.hex()};
  }

  // Reads what is left of both files.
  absl::StatusOr<DecisionCheck> FilesCheck() {
    std::string altered;
    for (auto& [file, place] :
         {std::pair{leaves_.get(), kLeavesFile}, std::pair{receipts_.get(), kReceiptsFile}}) {
      const auto digest = file->Finish();
      if (!digest.ok()) return digest.status();
      if (*digest != manifest_.files[place].sha256) {
        altered += (altered.empty() ? "" : ", ") + manifest_.files[place].name;
      }
    }
    if (altered.empty()) {
      return DecisionCheck{"files", CheckOutcome::kHolds, "both have the digests of the manifest"};
    }
    return DecisionCheck{"files", CheckOutcome::kFails,
                         "not what the manifest was made for: " + altered};
  }

  void SkipAll() {
    result_.checks.push_back(
        {"leaves", CheckOutcome::kFails,
         "the file has another length than " + std::to_string(manifest_.to) + " leaves have"});
    for (const char* name : {"times", "heads", "receipts", "bodies", "decisions"}) {
      result_.checks.push_back(
          {name, CheckOutcome::kNotChecked, "the leaves are not in their format"});
    }
  }

  absl::Status ReadAll() {
    DecisionLeaves leaves(*leaves_, checks_.heads, manifest_.to);
    if (absl::Status status = ReadReceipts(leaves); !status.ok()) return status;
    if (absl::Status status = ReachLeaf(leaves, manifest_.to, nullptr); !status.ok()) return status;
    result_.head = DecisionHead{leaves.tree().size(), leaves.tree().Root()};
    result_.checks.push_back(leaves.FormatCheck());
    result_.checks.push_back(leaves.TimesCheck());
    result_.checks.push_back(leaves.HeadsCheck());
    result_.checks.push_back(ReceiptsCheck());
    result_.checks.push_back(BodiesCheck());
    result_.checks.push_back(DecisionsCheck());
    return absl::OkStatus();
  }

  absl::Status ReadReceipts(DecisionLeaves& leaves) {
    std::optional<uint64_t> last;
    while (receipts_->remaining() > 0) {
      const auto head = receipts_->Take(kRecordHeadBytes);
      if (!head) {
        if (!receipts_->status().ok()) return receipts_->status();
        return Malformed(last);
      }
      Reader reader(*head);
      const uint64_t index = reader.U64();
      const Bytes salt = crypto::ToBytes(reader.Raw(kSaltBytes));
      const uint32_t length = reader.U32();
      if (index < manifest_.from || index >= manifest_.to || (last.has_value() && index <= *last) ||
          length > decision::kMaxReceiptBytes || length > receipts_->remaining()) {
        return Malformed(last);
      }
      DecisionLeaf leaf;
      if (absl::Status status = ReachLeaf(leaves, index + 1, &leaf); !status.ok()) return status;
      const auto body = TakeBody(length);
      if (!body.ok()) return body.status();
      Missing(last.has_value() ? *last + 1 : manifest_.from, index);
      last = index;
      ++result_.bodies;
      Check(index, leaf, salt, *body);
    }
    Missing(last.has_value() ? *last + 1 : manifest_.from, manifest_.to);
    return absl::OkStatus();
  }

  // REQUIRES that the file has so many bytes left.
  absl::StatusOr<Bytes> TakeBody(size_t length) {
    Bytes body;
    while (body.size() < length) {
      const auto piece =
          receipts_->Take(std::min(length - body.size(), audit::BundleFileReader::kBufferBytes));
      if (!piece) return receipts_->status();
      body.insert(body.end(), piece->begin(), piece->end());
    }
    return body;
  }

  // What follows in the file means nothing, but for its digest.
  absl::Status Malformed(std::optional<uint64_t> last) {
    malformed_ = last.has_value() ? "the file is not in its format after " + At(*last)
                                  : "the file is not in its format";
    return absl::OkStatus();
  }

  // Reads leaves until `size` of them are read; `newest` gets the last one.
  absl::Status ReachLeaf(DecisionLeaves& leaves, uint64_t size, DecisionLeaf* newest) {
    while (leaves.next() < size) {
      auto leaf = leaves.Next();
      if (!leaf.ok()) return leaf.status();
      if (newest != nullptr) *newest = *leaf;
      receipts_done_ = leaves.next();
    }
    return absl::OkStatus();
  }

  bool Tell(uint64_t bytes) {
    bytes_done_ += bytes;
    return progress_ == nullptr || progress_(bytes_done_, total_bytes_, receipts_done_);
  }

  void Missing(uint64_t first, uint64_t end) {
    if (first >= end) return;
    if (result_.without_body.size() < kMaxToldRanges) {
      result_.without_body.emplace_back(first, end - 1);
    } else {
      more_ranges_ = true;
    }
  }

  void Differs(std::string sentence) {
    ++result_.differ;
    if (result_.differences.size() < kMaxToldDifferences) {
      result_.differences.push_back(std::move(sentence));
    }
  }

  void Check(uint64_t index, const DecisionLeaf& leaf, ByteView salt, ByteView encoded) {
    const std::string who =
        At(index) + " (" + crypto::ToHex(leaf.commitment.view().first(kIdBytes)) + ")";
    const Digest commitment = crypto::Sha256({crypto::AsBytes("daftar/receipt/v1"), salt, encoded});
    if (commitment != leaf.commitment) {
      ++result_.not_fitting;
      return Differs(who + ": its body or salt is another than its leaf commits to");
    }
    auto body = decision::ReceiptBody::Decode(encoded);
    if (!body.ok()) {
      ++result_.not_fitting;
      return Differs(who + ": its body is not in its format");
    }
    if (static_cast<uint64_t>(body->time.value) != leaf.time) {
      ++result_.not_fitting;
      return Differs(who + ": its body has another time than its leaf");
    }
    List(index, leaf, *body);
    Replay(who, *body);
  }

  void List(uint64_t index, const DecisionLeaf& leaf, const decision::ReceiptBody& body) {
    if (!checks_.subject.has_value() ||
        !std::ranges::binary_search(body.subjects, *checks_.subject)) {
      result_.not_opened += body.subjects.empty() ? 0 : 1;
      return;
    }
    ++result_.about_subject_count;
    if (result_.about_subject.size() == kMaxToldAboutSubject) return;
    result_.about_subject.push_back({index, crypto::ToHex(leaf.commitment.view().first(kIdBytes)),
                                     body.time, body.verdict, body.policy});
  }

  void Replay(const std::string& who, const decision::ReceiptBody& body) {
    const auto found = uses_.find(body.policy);
    if (found == uses_.end() && uses_.size() >= kMaxToldPolicies + given_.size()) {
      ++result_.other_policies;
      ++result_.not_replayed;
      return;
    }
    Use& use = uses_[body.policy];
    ++use.receipts;
    const auto policy = given_.find(body.policy);
    if (policy == given_.end()) {
      ++result_.not_replayed;
      return;
    }
    if (absl::Status status = decision::CheckReplay(body, *policy->second); !status.ok()) {
      ++use.differ;
      ++unfollowed_;
      return Differs(who + ": " + std::string(status.message()));
    }
    ++result_.agree;
  }

  DecisionCheck ReceiptsCheck() const {
    if (!malformed_.empty()) return {"receipts", CheckOutcome::kFails, malformed_};
    if (result_.not_fitting > 0) {
      return {"receipts", CheckOutcome::kFails,
              std::to_string(result_.not_fitting) + " of " + std::to_string(result_.bodies) +
                  " do not fit their leaves"};
    }
    if (result_.bodies == 0) return {"receipts", CheckOutcome::kNotChecked, kNoBodies};
    return {"receipts", CheckOutcome::kHolds,
            "each of the " + std::to_string(result_.bodies) + " fits its leaf"};
  }

  DecisionCheck BodiesCheck() const {
    if (!malformed_.empty()) {
      return {"bodies", CheckOutcome::kNotChecked, "the receipts are not in their format"};
    }
    const uint64_t without = result_.receipts - result_.bodies;
    if (without == 0) {
      return {"bodies", CheckOutcome::kHolds,
              "all " + std::to_string(result_.receipts) + " receipts are there with their bodies"};
    }
    std::string list;
    for (const auto& [first, last] : result_.without_body) {
      list += (list.empty() ? "" : ", ") + std::to_string(first) +
              (first == last ? "" : "-" + std::to_string(last));
    }
    if (more_ranges_) list += ", ...";
    return {"bodies", CheckOutcome::kNotChecked,
            std::to_string(without) + " of " + std::to_string(result_.receipts) +
                " receipts have a commitment and no body (" + list +
                "): what they decided cannot be checked; ask the shop why the bodies are gone"};
  }

  DecisionCheck DecisionsCheck() const {
    if (unfollowed_ > 0) {
      return {"decisions", CheckOutcome::kFails,
              std::to_string(unfollowed_) + " do not follow from their inputs and policy"};
    }
    if (!malformed_.empty()) {
      return {"decisions", CheckOutcome::kNotChecked, "the receipts are not in their format"};
    }
    if (result_.bodies == 0) return {"decisions", CheckOutcome::kNotChecked, kNoBodies};
    if (result_.not_replayed > 0) {
      return {"decisions", CheckOutcome::kNotChecked,
              std::to_string(result_.not_replayed) + " of " + std::to_string(result_.bodies) +
                  " were made under policies that were not given (below); " +
                  std::to_string(result_.agree) + " follow from their inputs and policy"};
    }
    if (result_.not_fitting > 0) {
      return {"decisions", CheckOutcome::kNotChecked,
              "not all receipts fit their leaves; " + std::to_string(result_.agree) +
                  " follow from their inputs and policy"};
    }
    return {"decisions", CheckOutcome::kHolds,
            "each of the " + std::to_string(result_.agree) +
                " follows from its inputs and policy, to the last digit"};
  }

  const DecisionChecks& checks_;
  const audit::Manifest& manifest_;
  const audit::SignedManifest& signed_;
  const uint64_t total_bytes_;
  const ReplayProgress& progress_;
  const audit::ReadProgress tell_;
  const std::unique_ptr<audit::BundleFileReader> leaves_;
  const std::unique_ptr<audit::BundleFileReader> receipts_;
  uint64_t bytes_done_ = 0;
  uint64_t receipts_done_ = 0;
  DecisionReplay result_;
  std::map<Digest, const decision::Policy*> given_;
  std::map<Digest, Use> uses_;
  std::string malformed_;
  bool more_ranges_ = false;
  uint64_t unfollowed_ = 0;  // receipts that do not follow
};

}  // namespace

bool DecisionReplay::Holds() const {
  return std::ranges::none_of(
      checks, [](const DecisionCheck& check) { return check.outcome == CheckOutcome::kFails; });
}

absl::StatusOr<DecisionReplay> ReplayDecisions(const audit::Bundle& bundle,
                                               const DecisionChecks& checks,
                                               const ReplayProgress& progress) {
  return Replayer(bundle, checks, progress).Run();
}

}  // namespace daftar::cli

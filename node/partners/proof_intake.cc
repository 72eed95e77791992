#include "node/partners/proof_intake.h"

#include <algorithm>

namespace daftar::partners {

using evidence::HandoverState;

absl::Status ProofIntake::Wrong(std::string_view words) {
  wrong_ = true;
  return absl::DataLossError(std::string(words));
}

absl::Status ProofIntake::Take(absl::StatusOr<evidence::HandoverPiece> piece) {
  if (!failed_.ok()) return failed_;
  if (!piece.ok()) {
    failed_ = Wrong(std::string(piece.status().message()));
  } else if (const auto* start = std::get_if<evidence::HandoverStart>(&*piece)) {
    failed_ = Start(*start);
  } else if (const auto* file = std::get_if<evidence::HandedFile>(&*piece)) {
    failed_ = Begin(*file);
  } else {
    failed_ = Append(std::get<crypto::Bytes>(*piece));
  }
  return failed_;
}

absl::Status ProofIntake::Start(const evidence::HandoverStart& start) {
  if (state_.has_value()) return Wrong("what it handed out began twice");
  state_ = start.state;
  if (start.state != HandoverState::kDisclosed) return absl::OkStatus();
  const bool ascending = std::is_sorted(start.leaves.begin(), start.leaves.end());
  if (start.leaves.size() > evidence::kMaxProofFiles || start.files == 0 ||
      start.files > start.leaves.size() || !ascending) {
    return Wrong("the list of what it hands out is malformed");
  }
  if (evidence::ProofsRoot(start.leaves) != root_) {
    return Wrong("the files that it lists are not those to which its report commits (proofs root)");
  }
  leaves_ = start.leaves;
  expected_ = start.files;
  withheld_ = static_cast<uint32_t>(start.leaves.size()) - start.files;
  return absl::OkStatus();
}

absl::Status ProofIntake::Begin(const evidence::HandedFile& file) {
  if (state_ != HandoverState::kDisclosed || file_.has_value() || received_ == expected_) {
    return Wrong("a file came out of turn");
  }
  const auto leaf = std::find(leaves_.begin(), leaves_.end(), file.digest);
  if (leaf == leaves_.end() || file.bytes == 0 || file.bytes > evidence::kMaxProofFileBytes) {
    return Wrong("it hands out a file that is not one of the report's, or too large");
  }
  leaves_.erase(leaf);
  auto upload = files_.Begin();
  if (!upload.ok()) return upload.status();
  upload_ = *std::move(upload);
  file_ = file;
  bytes_ = 0;
  hasher_.emplace(file.salt);
  detector_ = {};
  return absl::OkStatus();
}

absl::Status ProofIntake::Append(crypto::ByteView chunk) {
  if (!file_.has_value() || chunk.empty() || chunk.size() > evidence::kMaxHandoverChunkBytes ||
      chunk.size() > file_->bytes - bytes_) {
    return Wrong("a piece of a file came out of turn, or is too large");
  }
  bytes_ += chunk.size();
  hasher_->Update(chunk);
  detector_.Update(chunk);
  if (absl::Status status = upload_->Append(chunk); !status.ok()) return status;
  return bytes_ == file_->bytes ? End() : absl::OkStatus();
}

absl::Status ProofIntake::End() {
  if (hasher_->Finish() != file_->digest) {
    return Wrong(
        "a file that it handed out is not the one to which its report "
        "commits (digest)");
  }
  // The report does not commit to the type, and what a file is called decides what opens it.
  const auto media = detector_.Finish();
  if (!media.ok() || *media != file_->media) {
    return Wrong("a file that it handed out is of another type than it says");
  }
  if (absl::Status status = upload_->Finish(); !status.ok()) return status;
  if (absl::Status status = keep_(*file_, *upload_); !status.ok()) return status;
  upload_.reset();
  file_.reset();
  ++received_;
  return absl::OkStatus();
}

absl::StatusOr<HandoverState> ProofIntake::Finish() {
  if (!failed_.ok()) return failed_;
  if (!state_.has_value() || file_.has_value() || received_ != expected_) {
    return Wrong("it ended before all was handed out that it had announced");
  }
  return *state_;
}

}  // namespace daftar::partners

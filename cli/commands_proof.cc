#include "cli/commands_proof.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <optional>
#include <system_error>

#include "cli/files.h"
#include "cli/interrupt.h"
#include "cli/progress.h"
#include "cli/show.h"
#include "cli/text.h"
#include "crypto/hash.h"
#include "node/decision/text.h"
#include "node/evidence/media_type.h"
#include "node/evidence/proofs.h"

namespace daftar::cli {
namespace {

using Shop = v1::ShopService::Stub;

constexpr size_t kChunkBytes = 64 << 10;
constexpr std::chrono::seconds kWholeCall{9 * 60};  // the node allows 10 minutes
constexpr size_t kMaxNameBytes = 200;               // as the node takes it
constexpr uint64_t kMaxNumber = 65'535;

absl::Status CannotRead(const std::string& file, int error) {
  const std::string message =
      "cannot read " + file + ": " + std::error_code(error, std::generic_category()).message();
  if (error == EACCES) return absl::PermissionDeniedError(message);
  if (error == ENOENT || error == ENOTDIR) return absl::NotFoundError(message);
  return absl::UnavailableError(message);
}

// What the file is called, where that can be shown.
std::string NameOf(const std::string& file) {
  std::string name = std::filesystem::path(file).filename().string();
  return name.size() <= kMaxNameBytes && decision::IsOneLine(name) ? name : std::string();
}

absl::StatusOr<TypedProof> MakeProof(const std::string& kind, const std::string& file) {
  if (auto known = evidence::ProofKindFromName(kind); !known.ok()) {
    return absl::InvalidArgumentError("\"" + kind + "\": " + MessageOf(known.status()));
  }
  std::error_code error;
  const auto status = std::filesystem::status(file, error);
  if (status.type() == std::filesystem::file_type::not_found) return CannotRead(file, ENOENT);
  if (error) return CannotRead(file, error.value());
  if (!std::filesystem::is_regular_file(status)) {
    return absl::InvalidArgumentError(file + " is no plain file; save what it shows as one");
  }
  const uint64_t bytes = std::filesystem::file_size(file, error);
  if (error) return CannotRead(file, error.value());
  if (bytes == 0) return absl::InvalidArgumentError(file + " is empty; attach one that is not");
  if (bytes > evidence::kMaxProofFileBytes) {
    return absl::InvalidArgumentError(
        file + " has " + std::to_string(bytes) + " bytes, more than the " +
        std::to_string(evidence::kMaxProofFileBytes) +
        " (16 MiB) that a proof may have; attach a smaller copy, or the part that matters");
  }
  return TypedProof{kind, file, NameOf(file), bytes};
}

// Before anything is filed; the node looks again at what comes.
absl::Status CheckMediaType(const std::string& file) {
  errno = 0;
  std::ifstream in(file, std::ios::binary);
  if (!in) return CannotRead(file, errno);
  evidence::MediaDetector detector;
  std::string piece(kChunkBytes, '\0');
  for (uint64_t read = 0; in && read <= evidence::kMaxProofFileBytes;) {
    in.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    const auto got = static_cast<size_t>(in.gcount());
    detector.Update(crypto::AsBytes(std::string_view(piece).substr(0, got)));
    read += got;
  }
  if (in.bad()) return CannotRead(file, errno);
  if (auto type = detector.Finish(); !type.ok()) {
    return absl::Status(type.status().code(), file + ": " + MessageOf(type.status()));
  }
  return absl::OkStatus();
}

bool IsWatched(const Console& console) { return console.err_is_terminal && !console.json; }

absl::StatusOr<v1::Proof> Attach(Session& session, const std::string& incident,
                                 const TypedProof& proof) {
  auto client = session.client();
  if (!client.ok()) return client.status();
  errno = 0;
  std::ifstream in(proof.file, std::ios::binary);
  if (!in) return CannotRead(proof.file, errno);
  Progress progress(session.console().err, proof.file, IsWatched(session.console()), "piece");
  uint64_t sent = 0;
  uint64_t pieces = 0;
  bool first = true;
  const auto next = [&](v1::AddProofRequest& message) {
    if (first) {
      v1::NewProof& what = *message.mutable_proof();
      what.set_request_id(NewRequestId());
      what.set_incident(incident);
      what.set_kind(proof.kind);
      what.set_name(proof.name);
      what.set_bytes(proof.bytes);
      first = false;
      return true;
    }
    // One byte more than announced, so that the node sees a file that grows.
    const uint64_t want = std::min<uint64_t>(kChunkBytes, proof.bytes + 1 - sent);
    std::string& chunk = *message.mutable_chunk();
    chunk.resize(want);
    in.read(chunk.data(), static_cast<std::streamsize>(want));
    chunk.resize(static_cast<size_t>(in.gcount()));
    sent += chunk.size();
    progress.Update(sent, proof.bytes, ++pieces);
    return !chunk.empty();
  };
  auto added = (*client)->Send(
      &Shop::AsyncAddProof, next, [] { return InterruptScope::Interrupted(); }, kWholeCall);
  if (absl::IsCancelled(added.status())) {
    return absl::CancelledError("stopped; " + proof.file +
                                " is not attached, unless it had just been (see `daftar incident "
                                "proof list " +
                                incident + "`)");
  }
  if (!added.ok()) {
    return absl::Status(added.status().code(), proof.file + ": " + MessageOf(added.status()));
  }
  return added->proof();
}

absl::StatusOr<v1::Incident> Incident(Session& session, const std::string& id) {
  auto client = session.client();
  if (!client.ok()) return client.status();
  v1::GetIncidentRequest request;
  request.set_id(id);
  auto response = (*client)->Read(&Shop::GetIncident, request);
  if (!response.ok()) return response.status();
  return std::move(*response->mutable_incident());
}

absl::StatusOr<uint32_t> NumberOf(const std::string& text) {
  auto number = MakeNumber("N", text, 1, kMaxNumber, 0);
  if (!number.ok()) return number.status();
  if (*number == 0) {
    return absl::InvalidArgumentError("which proof? Give its number, as proof list shows it");
  }
  return static_cast<uint32_t>(*number);
}

// What comes from the node, into a new file.
class Download {
 public:
  Download(NewFile& file, Progress& progress) : file_(file), progress_(progress) {}

  void Take(const v1::GetProofResponse& message) {
    if (message.has_proof()) {
      proof_ = message.proof();
      return;
    }
    hash_.Update(crypto::AsBytes(message.chunk()));
    bytes_ += message.chunk().size();
    if (status_.ok()) status_ = file_.Append(message.chunk());
    progress_.Update(bytes_, proof_.bytes(), ++pieces_);
  }
  bool failed() const { return !status_.ok(); }
  absl::StatusOr<v1::Proof> Finish() {
    if (!status_.ok()) return status_;
    if (bytes_ != proof_.bytes() || hash_.Finish().hex() != proof_.sha256()) {
      return absl::DataLossError("what came is not the file that the node announced; try again");
    }
    if (absl::Status kept = file_.Keep(); !kept.ok()) return kept;
    return proof_;
  }

 private:
  NewFile& file_;
  Progress& progress_;
  v1::Proof proof_;
  crypto::Sha256Stream hash_;
  uint64_t bytes_ = 0;
  uint64_t pieces_ = 0;
  absl::Status status_;
};

}  // namespace

absl::StatusOr<std::vector<TypedProof>> ReadTypedProofs(const std::vector<std::string>& typed) {
  std::vector<TypedProof> proofs;
  for (const std::string& one : typed) {
    const size_t equals = one.find('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == one.size()) {
      return absl::InvalidArgumentError("--proof " + one +
                                        ": write KIND=FILE, like --proof invoice=17.pdf");
    }
    auto proof = MakeProof(one.substr(0, equals), one.substr(equals + 1));
    if (proof.ok()) {
      if (absl::Status status = CheckMediaType(proof->file); !status.ok()) proof = status;
    }
    if (!proof.ok()) {
      return absl::Status(proof.status().code(), "--proof " + MessageOf(proof.status()));
    }
    proofs.push_back(*std::move(proof));
  }
  if (proofs.size() > evidence::kMaxProofFiles) {
    return absl::InvalidArgumentError("an incident has at most " +
                                      std::to_string(evidence::kMaxProofFiles) + " proof files");
  }
  return proofs;
}

absl::StatusOr<int> AttachAndShow(Session& session, const std::string& incident,
                                  const std::vector<TypedProof>& proofs) {
  const InterruptScope interrupts;
  absl::Status failed;
  size_t attached = 0;
  for (; attached < proofs.size() && failed.ok(); ++attached) {
    failed = Attach(session, incident, proofs[attached]).status();
    if (!failed.ok()) break;
  }
  auto shown = Incident(session, incident);
  if (shown.ok()) Show(session, *shown);
  if (failed.ok()) return shown.ok() ? absl::StatusOr<int>(kExitOk) : shown.status();
  std::string message = "the incident " + incident + " is filed, with " + std::to_string(attached) +
                        " of " + std::to_string(proofs.size()) + " proof files. " +
                        MessageOf(failed) + "\nTo go on:";
  for (size_t i = attached; i < proofs.size(); ++i) {
    message += "\n  daftar incident proof add " + incident + " " + ShellWord(proofs[i].file) +
               " --kind " + proofs[i].kind;
  }
  return absl::Status(failed.code(), message);
}

absl::StatusOr<int> RunProofAdd(Session& session, const ProofOptions& options) {
  absl::Status status = CheckText("id", options.id);
  if (status.ok()) status = CheckText("name", options.name);
  if (!status.ok()) return status;
  if (options.kind.empty()) {
    return absl::InvalidArgumentError(
        "--kind is needed: what does the file show? Like --kind "
        "invoice (daftar incident proof add --help lists them)");
  }
  auto proof = MakeProof(options.kind, options.file);
  if (!proof.ok()) return proof.status();
  if (!options.name.empty()) proof->name = options.name;
  const InterruptScope interrupts;
  auto added = Attach(session, options.id, *proof);
  if (!added.ok()) return added.status();
  Console& console = session.console();
  if (console.json) {
    PrintJson(console.out, ToJson(*added));
  } else {
    console.out << "Attached as proof #" << added->number() << ": " << added->kind() << ", "
                << added->media_type() << ", " << Count(added->bytes(), "byte") << "\n";
  }
  return kExitOk;
}

absl::StatusOr<int> RunProofList(Session& session, const ProofOptions& options) {
  if (auto status = CheckText("id", options.id); !status.ok()) return status;
  auto incident = Incident(session, options.id);
  if (!incident.ok()) return incident.status();
  Console& console = session.console();
  if (console.json) {
    Json list = Json::array();
    for (const v1::Proof& proof : incident->proofs()) list.push_back(ToJson(proof));
    PrintJson(console.out, Json{{"incident", incident->id()}, {"proofs", std::move(list)}});
  } else if (incident->proofs().empty()) {
    console.out << "No proof. Add some with: daftar incident proof add " << incident->id()
                << " FILE --kind KIND\n";
  } else {
    PrintProofs(console.out, *incident, 0);
  }
  return kExitOk;
}

absl::StatusOr<int> RunProofGet(Session& session, const ProofOptions& options) {
  if (auto status = CheckText("id", options.id); !status.ok()) return status;
  auto number = NumberOf(options.number);
  if (!number.ok()) return number.status();
  if (options.to.empty()) {
    return absl::InvalidArgumentError("--to is needed: the file to write, like --to invoice.pdf");
  }
  auto client = session.client();
  if (!client.ok()) return client.status();
  auto file = NewFile::Create(options.to);
  if (!file.ok()) return file.status();
  v1::GetProofRequest request;
  request.set_incident(options.id);
  request.set_number(*number);
  Console& console = session.console();
  const InterruptScope interrupts;
  absl::StatusOr<v1::Proof> got = absl::InternalError("not run");
  {
    Progress progress(console.err, options.to, IsWatched(console), "piece");
    Download download(**file, progress);
    const auto last = (*client)->Follow(
        &Shop::AsyncGetProof, request,
        [&](const v1::GetProofResponse& message) { download.Take(message); },
        [&] { return InterruptScope::Interrupted() || download.failed(); }, kWholeCall);
    if (last.ok()) download.Take(*last);
    got = last.ok() || download.failed() ? download.Finish()
                                         : absl::StatusOr<v1::Proof>(last.status());
  }
  if (!got.ok()) return got.status();
  if (console.json) {
    Json json = ToJson(*got);
    json["file"] = options.to;
    PrintJson(console.out, json);
  } else {
    console.out << "Wrote " << options.to << ": " << got->kind() << ", " << got->media_type()
                << ", " << Count(got->bytes(), "byte") << "\nThat you read it is on the record.\n";
  }
  return kExitOk;
}

absl::StatusOr<int> RunProofRemove(Session& session, const ProofOptions& options) {
  absl::Status status = CheckBecause(options.because);
  if (status.ok()) status = CheckText("id", options.id);
  if (!status.ok()) return status;
  auto number = NumberOf(options.number);
  if (!number.ok()) return number.status();
  auto client = session.client();
  if (!client.ok()) return client.status();
  v1::RemoveProofRequest request;
  request.set_incident(options.id);
  request.set_number(*number);
  request.set_because(options.because);
  const auto response = (*client)->Write(&Shop::RemoveProof, std::move(request));
  if (!response.ok()) return response.status();
  return Show(session, response->incident());
}

}  // namespace daftar::cli

#include "node/partners/witness.h"

#include "crypto/merkle.h"
#include "node/evidence/header.h"
#include "node/partners/first_lines.h"

namespace daftar::partners {
namespace {

WitnessAnswer Refuse(int status, const std::string& why) {
  WitnessAnswer answer;
  answer.status = status;
  answer.body = why + "\n";
  return answer;
}

WitnessAnswer Later(const std::string& why) {
  WitnessAnswer answer = Refuse(503, why);
  answer.retry_after = kWitnessRetryAfter;
  return answer;
}

WitnessAnswer Conflict(uint64_t recorded) {
  WitnessAnswer answer = Refuse(409, std::to_string(recorded));
  answer.content_type = "text/x.tlog.size";
  return answer;
}

WitnessAnswer Forked() {
  return Refuse(403, "two heads of this log contradict each other; nothing of it is cosigned");
}

// The note with the head key's line alone, or nullopt when that key has not signed it or the first
// line of one of the log's keys is wrong. Whatever else stands in it is not kept.
std::optional<std::string> VerifiedNote(const crypto::Note& note, const std::string& origin,
                                        const evidence::KeysBody& keys) {
  const crypto::NoteKey known[] = {
      {origin, crypto::KeyType::kEd25519, keys.head},
      {evidence::SelfKeyName(origin), crypto::KeyType::kCosignature, keys.self}};
  const crypto::Note first = FirstLinesOf(note, known);
  const auto signers = crypto::VerifyNote(first, known);
  if (!signers.ok()) return std::nullopt;
  for (const crypto::NoteSignature& line : first.signatures) {
    if (line.name == origin) return crypto::Note{note.text, {line}}.ToString();
  }
  return std::nullopt;
}

std::string SignatureLine(const Cosignature& made) {
  const crypto::Note note{"x\n", {made.Line()}};
  // The note without its text and the empty line.
  return note.ToString().substr(note.text.size() + 1);
}

}  // namespace

WitnessAnswer Witness::AddCheckpoint(std::string_view body) {
  auto request = crypto::ParseAddCheckpoint(body);
  if (!request.ok()) return Refuse(400, std::string(request.status().message()));
  if (request->note.text != request->checkpoint.ToText()) {
    return Refuse(400, "logs of this circle write no extension lines");
  }
  const auto partner = registry_.Find(request->checkpoint.origin);
  const auto mirror = followers_.MirrorOf(request->checkpoint.origin);
  if (!partner.ok() || partner->status != PartnerStatus::kActive) {
    return Refuse(404, "this node copies no log of that origin");
  }
  if (mirror == nullptr) return Later("nothing of that log has been copied yet");
  return Judge(*request, *mirror);
}

WitnessAnswer Witness::Judge(const crypto::AddCheckpoint& request, Mirror& mirror) {
  const crypto::Checkpoint& head = request.checkpoint;
  const MirrorView view = mirror.View();
  if (view.keys.empty()) return Later("nothing of that log has been copied yet");
  const auto note = VerifiedNote(request.note, head.origin, view.keys.back().keys);
  if (!note.has_value()) return Refuse(403, "not signed by the log's head key, or a wrong line");
  if (request.old_size > head.size) return Refuse(400, "the old size is larger than the head's");
  // Before anything that whoever asks has chosen can hide that the log has two histories.
  const auto fit = head.size == 0 ? HeadFit::kFits : mirror.CompareHead(head, *note);
  if (absl::IsFailedPrecondition(fit.status())) return Forked();
  const crypto::Checkpoint recorded = cosigner_.Recorded(mirror);
  if (request.old_size != recorded.size) return Conflict(recorded.size);
  const absl::Status proved = crypto::VerifyMerkleConsistency(recorded.size, recorded.root,
                                                              head.size, head.root, request.proof);
  if (!proved.ok())
    return Refuse(422, "the proof does not lead from the recorded head to this one");
  if (absl::IsDataLoss(fit.status())) {
    return Refuse(422, "the head contradicts the entries that were copied");
  }
  if (!fit.ok()) return Later("this node cannot read its copy now");
  if (*fit == HeadFit::kNotHeld) return Later("the copy has not reached that head yet");
  const auto made = cosigner_.CosignSubmitted(mirror, head, request.old_size);
  if (made.ok()) {
    WitnessAnswer answer;
    answer.body = SignatureLine(*made);
    return answer;
  }
  if (absl::IsAborted(made.status())) return Conflict(cosigner_.Recorded(mirror).size);
  if (absl::IsDataLoss(made.status())) {
    return mirror.View().forked ? Forked() : Refuse(422, "another head was cosigned at that size");
  }
  return Later("the copy is not whole under that head, or could not be written");
}

}  // namespace daftar::partners

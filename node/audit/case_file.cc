#include "node/audit/case_file.h"

#include <algorithm>
#include <utility>

#include "node/audit/text.h"
#include "node/evidence/admissibility.h"
#include "node/evidence/media_type.h"

namespace daftar::audit {
namespace {

using Fields = std::vector<std::string_view>;

bool IsPrintable(std::string_view text, size_t most) {
  return !text.empty() && text.size() <= most &&
         std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7F; });
}

bool IsMediaTypeName(std::string_view name) {
  for (int number = 0; number <= UINT8_MAX; ++number) {
    if (evidence::IsMediaType(static_cast<uint8_t>(number)) &&
        evidence::MediaTypeName(static_cast<evidence::MediaType>(number)) == name) {
      return true;
    }
  }
  return false;
}

std::optional<CaseAct> ActOf(std::string_view millis, std::string_view actor) {
  const auto at = ParseDecimal(millis);
  if (!at || !IsPrintable(actor, kMaxCaseActorBytes)) return std::nullopt;
  return CaseAct{*at, std::string(actor), ""};
}

std::optional<evidence::Date> DayOf(std::string_view text) {
  const auto day = evidence::Date::Parse(text);
  if (!day.ok() || !day->has_value() || day->ToString() != text) return std::nullopt;
  return *day;
}

std::optional<CaseProof> ProofOf(const Fields& fields) {
  if (fields.size() != 7) return std::nullopt;
  const auto number = ParseDecimal(fields[1]);
  const auto kind = evidence::ProofKindFromName(fields[2]);
  const auto bytes = ParseDecimal(fields[4]);
  const auto salt = ParseHex<evidence::ProofSalt>(fields[5]);
  const auto digest = ParseHex<crypto::Digest>(fields[6]);
  if (!number || !kind.ok() || !IsMediaTypeName(fields[3]) || !bytes || !salt || !digest) {
    return std::nullopt;
  }
  return CaseProof{*number, *kind, std::string(fields[3]), *bytes, *salt, *digest};
}

// Reads the lines in their order.
class CaseParser {
 public:
  explicit CaseParser(std::string_view text) : rest_(text) { Next(); }

  bool Parse(CaseFile& out) {
    return line_ == std::string_view("daftar-case/v1") && Next() && ParseBeginning(out) &&
           ParseTimes(out) && ParseLists(out) && !line_.has_value() && rest_.empty();
  }
  size_t number() const { return number_; }

 private:
  bool Next() {
    line_ = TakeTextLine(rest_);
    ++number_;
    fields_ = line_ ? SplitFields(*line_) : Fields();
    return true;
  }
  bool Is(std::string_view name, size_t fields) const {
    return !fields_.empty() && fields_[0] == name && fields_.size() == fields;
  }

  bool ParseBeginning(CaseFile& out) {
    if (!Is("incident", 2)) return false;
    const auto incident = ParseHex<IncidentNumber>(fields_[1]);
    if (!incident) return false;
    out.incident = *incident;
    Next();
    if (!Is("report", 2)) return false;
    const auto report = ParseDecimal(fields_[1]);
    if (!report) return false;
    out.report = *report;
    Next();
    if (!Is("filed", 3)) return false;
    const auto filed = ActOf(fields_[1], fields_[2]);
    if (!filed) return false;
    out.filed = *filed;
    return Next();
  }

  bool ParseTimes(CaseFile& out) {
    if (Is("approved", 3)) {
      out.approved = ActOf(fields_[1], fields_[2]);
      if (!out.approved) return false;
      Next();
    }
    if (Is("told-on", 2)) {
      const auto day = DayOf(fields_[1]);
      if (!day) return false;
      out.told_on = *day;
      Next();
    }
    if (Is("notice", 2)) {
      out.notice = ParseDecimal(fields_[1]);
      if (!out.notice) return false;
      Next();
    }
    if (Is("held-until", 2)) {
      out.held_until = ParseDecimal(fields_[1]);
      if (!out.held_until) return false;
      Next();
    }
    return true;
  }

  bool ParseLists(CaseFile& out) {
    for (; Is("reminder", 2); Next()) {
      const auto day = DayOf(fields_[1]);
      if (!day || out.reminders.size() == evidence::kMaxReminders ||
          (!out.reminders.empty() && *day <= out.reminders.back())) {
        return false;
      }
      out.reminders.push_back(*day);
    }
    for (; !fields_.empty() && fields_[0] == "proof"; Next()) {
      auto proof = ProofOf(fields_);
      if (!proof || out.proofs.size() == evidence::kMaxProofFiles ||
          (!out.proofs.empty() && proof->number <= out.proofs.back().number)) {
        return false;
      }
      out.proofs.push_back(*std::move(proof));
    }
    for (; Is("event", 4); Next()) {
      auto event = ActOf(fields_[1], fields_[3]);
      if (!event || !IsPrintable(fields_[2], kMaxCaseActorBytes)) return false;
      event->what = std::string(fields_[2]);
      out.events.push_back(*std::move(event));
    }
    return !out.events.empty();
  }

  std::string_view rest_;
  std::optional<std::string_view> line_;
  Fields fields_;
  size_t number_ = 0;
};

// Judges a case against its report.
class CaseCheck {
 public:
  CaseCheck(Context& context, const CaseFile& file, const OpenedReport& report,
            const evidence::Charter* charter)
      : context_(context),
        file_(file),
        report_(report),
        charter_(charter),
        day_(DayOfReport(report.issued_at)) {}

  void Run() {
    context_.findings().Found(Check::kCase, "Incident " + file_.incident.hex() + ", REPORT " +
                                                std::to_string(file_.report) + ", filed by " +
                                                file_.filed.actor + " at " +
                                                TimeText(file_.filed.at_millis / 1000) + ".");
    if (file_.reminders != report_.facts.reminders) {
      Fail("the reminders are not those of the report");
    }
    std::vector<crypto::Digest> digests;
    for (const CaseProof& proof : file_.proofs) digests.push_back(proof.digest);
    if (evidence::ProofsRoot(std::move(digests)) != report_.facts.proofs_root) {
      Fail("the proof files are not those that the report committed to");
    }
    const evidence::ReasonProfile* profile = Profile();
    if (profile == nullptr) {
      context_.findings().LeaveOut(Check::kCase,
                                   "What the charter asks for: the bundle does not have it, or it "
                                   "does not share the reason.");
      return;
    }
    CheckProof(*profile);
    CheckSecondPerson(*profile);
    CheckTold(*profile);
    CheckHold(*profile);
  }

 private:
  void Fail(const std::string& what) {
    context_.findings().Fail(Check::kCase, "In the case, " + what + ".");
  }

  const evidence::ReasonProfile* Profile() const {
    if (charter_ == nullptr) return nullptr;
    const auto found = charter_->reasons.find(report_.facts.reason);
    return found == charter_->reasons.end() ? nullptr : &found->second;
  }

  void CheckProof(const evidence::ReasonProfile& profile) {
    if (profile.proof.empty()) return;
    const bool any = std::ranges::any_of(file_.proofs, [&](const CaseProof& proof) {
      return std::ranges::find(profile.proof, proof.kind) != profile.proof.end();
    });
    if (!any) Fail("there is no proof of a kind that the charter asks for");
  }

  void CheckSecondPerson(const evidence::ReasonProfile& profile) {
    if (!profile.second_person) return;
    if (!file_.approved) {
      Fail("nobody approved, and the charter asks for a second person");
    } else if (file_.approved->actor == file_.filed.actor) {
      Fail("who filed it approved it, and the charter asks for a second person");
    }
  }

  void CheckTold(const evidence::ReasonProfile& profile) {
    if (!profile.told_beforehand) return;
    if (!file_.told_on.has_value()) {
      Fail("the customer was not told beforehand, which the charter asks for");
      return;
    }
    if (evidence::IsStillToCome(file_.told_on, day_)) {
      Fail("the customer was told after the report was published");
    } else if (day_ < file_.told_on.PlusDays(profile.told_least_days)) {
      Fail("the customer was told fewer days before than the charter asks for");
    }
    const std::vector<evidence::Date> counted = evidence::CountedReminders(report_.facts, profile);
    if (profile.reminders > 0 && !counted.empty() && file_.told_on < counted.front()) {
      Fail("the customer was told before the first reminder that counts");
    }
  }

  void CheckHold(const evidence::ReasonProfile& profile) {
    constexpr uint64_t kSecondsPerHour = 3600;
    if (profile.hold_hours == 0) return;
    if (!file_.notice) {
      Fail("no notice was given to the customer, and the charter has a hold");
    } else if (report_.issued_at < *file_.notice + profile.hold_hours * kSecondsPerHour) {
      Fail("the report was published before the hold after the notice was over");
    }
  }

  Context& context_;
  const CaseFile& file_;
  const OpenedReport& report_;
  const evidence::Charter* charter_;
  const evidence::Date day_;
};

// A file's digest under each proof's salt; a sentence when it fits none, or cannot be read.
std::string FaultOfProof(const std::string& path, const std::vector<CaseProof>& proofs) {
  constexpr size_t kPiece = 256 << 10;
  auto source = OpenFile(path);
  if (!source.ok()) return std::string(source.status().message()) + ".";
  if ((*source)->size() > evidence::kMaxProofFileBytes) {
    return path + " is larger than a proof file may be.";
  }
  std::vector<evidence::ProofHasher> hashers;
  for (const CaseProof& proof : proofs) hashers.emplace_back(proof.salt);
  std::vector<uint8_t> piece(kPiece);
  for (uint64_t at = 0; at < (*source)->size(); at += kPiece) {
    const auto part = std::span(piece).first(
        static_cast<size_t>(std::min<uint64_t>(kPiece, (*source)->size() - at)));
    if (absl::Status status = (*source)->ReadAt(at, part); !status.ok()) {
      return path + " cannot be read: " + std::string(status.message()) + ".";
    }
    for (evidence::ProofHasher& hasher : hashers) hasher.Update(part);
  }
  for (size_t i = 0; i < proofs.size(); ++i) {
    if (hashers[i].Finish() == proofs[i].digest) return "";
  }
  return path + " is none of the case's proof files.";
}

void CheckProofs(Context& context, const std::vector<std::string>& paths,
                 const std::optional<CaseFile>& file) {
  Findings& findings = context.findings();
  if (paths.empty()) {
    findings.LeaveOut(Check::kProofs, "No proof file was handed over.");
  } else if (!file && context.Has("case")) {
    findings.LeaveOut(Check::kProofs, "The case is at fault.");
  } else if (!file) {
    findings.Fail(
        Check::kProofs,
        "The bundle has no case, so that no proof file can be looked up in it; ask for an "
        "export of the incident (daftar log export --case).");
  } else {
    for (const std::string& path : paths) {
      const std::string fault = FaultOfProof(path, file->proofs);
      if (!fault.empty()) findings.Fail(Check::kProofs, fault);
    }
    findings.Found(Check::kProofs, CountOf(paths.size(), "proof file.", "proof files."));
  }
}

}  // namespace

absl::StatusOr<CaseFile> CaseFile::Parse(std::string_view text) {
  CaseFile file;
  CaseParser parser(text);
  if (!parser.Parse(file)) {
    return absl::InvalidArgumentError("its line " + std::to_string(parser.number()) +
                                      " is not what should stand there");
  }
  return file;
}

void CheckCase(Context& context, const Openings& openings, const CharterFiles& charters,
               const std::vector<std::string>& proof_files) {
  Findings& findings = context.findings();
  std::optional<CaseFile> file;
  if (!context.Has("case")) {
    findings.LeaveOut(Check::kCase, "The bundle has no case.");
  } else if (const auto text = context.ReadWhole("case", kMaxCaseBytes, Check::kCase)) {
    auto parsed = CaseFile::Parse(*text);
    if (!parsed.ok()) {
      findings.Fail(Check::kCase, "The case is not in its format: " +
                                      std::string(parsed.status().message()) + ".");
    } else {
      file = *std::move(parsed);
      const OpenedReport* report = openings.Find(file->report);
      if (report == nullptr) {
        findings.Fail(Check::kCase, "The case is of REPORT " + std::to_string(file->report) +
                                        ", which the bundle does not open.");
      } else if (!report->opens) {
        findings.LeaveOut(Check::kCase, "Its report does not open.");
      } else {
        CaseCheck(context, *file, *report, charters.At(report->charter)).Run();
      }
    }
  }
  CheckProofs(context, proof_files, file);
}

}  // namespace daftar::audit

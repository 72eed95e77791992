#include "node/audit/charter_files.h"

#include <optional>
#include <utility>

namespace daftar::audit {

void CharterFiles::Read(Context& context) {
  Findings& findings = context.findings();
  const auto reader = context.Open("charters");
  size_t count = 0;
  evidence::CharterHash last;
  while (!reader->AtEnd() && context.GoOn()) {
    const auto length = reader->TakeInteger(4);
    const auto bytes = length && *length <= evidence::kMaxCharterBytes
                           ? reader->Take(static_cast<size_t>(*length))
                           : std::nullopt;
    if (!bytes || count == kMaxBundleCharters) {
      if (reader->status().ok()) {
        findings.Fail(Check::kCharters, "The file 'charters' is not in its format.");
      }
      break;
    }
    const evidence::CharterHash hash(crypto::Sha256(*bytes).array());
    if (count > 0 && hash <= last) {
      findings.Fail(Check::kCharters, "The charters are not ascending by SHA-256.");
    }
    last = hash;
    ++count;
    auto charter = evidence::Charter::Parse(std::string(crypto::AsText(*bytes)));
    if (!charter.ok()) {
      findings.Fail(Check::kCharters, "The charter " + hash.hex() + " is none: " +
                                          std::string(charter.status().message()) + ".");
    } else if (charter->circle != context.manifest().circle) {
      findings.Fail(Check::kCharters, "The charter " + hash.hex() + " is of another circle.");
    } else {
      charter->source.clear();
      charter->source.shrink_to_fit();
      files_.emplace(hash, File{*std::move(charter)});
    }
  }
  context.Close("charters", *reader);
}

void CharterFiles::State(const evidence::CharterHash& hash) {
  const auto found = files_.find(hash);
  if (found != files_.end()) found->second.stated = true;
  stated_.push_back(found == files_.end() ? nullptr : &found->second.charter);
}

void CharterFiles::Finish(Context& context) const {
  Findings& findings = context.findings();
  for (const auto& [hash, file] : files_) {
    if (!file.stated) {
      findings.Fail(Check::kCharters, "No CHARTER entry states the charter " + hash.hex() + ".");
    }
  }
  if (!files_.empty()) {
    findings.Found(Check::kCharters, CountOf(files_.size(), "charter.", "charters."));
  }
  size_t missing = 0;
  for (const evidence::Charter* charter : stated_) missing += charter == nullptr ? 1 : 0;
  if (missing > 0) {
    findings.LeaveOut(Check::kCharters,
                      CountOf(missing, "CHARTER entry states", "CHARTER entries state") +
                          " a charter that the bundle does not have.");
  }
}

}  // namespace daftar::audit

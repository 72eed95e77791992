// The calls that hand the log to an auditor: bundles, and the keys that it is checked with.
#include <functional>
#include <utility>

#include "node/ledger/log_export.h"
#include "node/service/convert.h"
#include "node/service/export_stream.h"
#include "node/service/log_policy.h"
#include "node/service/node_handlers.h"
#include "storage/audit.h"

namespace daftar::service {
namespace {

constexpr const char* kOpenAction = "log.open";
constexpr const char* kOpeningsFile = "openings";  // as ledger::ExportLog names it
// Openings that the record names one by one.
constexpr int kMaxNamedOpenings = 20;

absl::StatusOr<ledger::LogExportRequest> FromProto(const v1::ExportLogRequest& request) {
  ledger::LogExportRequest out;
  out.from = request.from();
  out.to = request.to();
  out.entries.assign(request.entries().begin(), request.entries().end());
  out.open.assign(request.open().begin(), request.open().end());
  if (!request.case_id().empty()) {
    auto id = IncidentIdFromProto(request.case_id());
    if (!id.ok()) return id.status();
    out.incident = *id;
  }
  return out;
}

// Whoever holds an opening key reads what a report says: who took it stands on the record.
std::string WhatIsOpened(const v1::ExportLogRequest& request) {
  std::string what;
  if (!request.case_id().empty()) what = request.case_id();
  for (int i = 0; i < request.open_size() && i < kMaxNamedOpenings; ++i) {
    what += (what.empty() ? "entry " : ", entry ") + std::to_string(request.open(i));
  }
  if (request.open_size() > kMaxNamedOpenings) {
    what += " and " + std::to_string(request.open_size() - kMaxNamedOpenings) + " more";
  }
  return what;
}

// A bundle on its way out, which puts the openings on the record just before their keys go.
class RecordedStream final : public audit::BundleSink {
 public:
  // `send` outlives it.
  RecordedStream(const SendExport& send, std::function<absl::Status()> record)
      : stream_(send), record_(std::move(record)) {}

  bool BeginFile(const std::string& name, const audit::BundleProgress& progress) override {
    if (name == kOpeningsFile) recorded_ = record_();
    return recorded_.ok() && stream_.BeginFile(name, progress);
  }
  bool Append(crypto::ByteView chunk, const audit::BundleProgress& progress) override {
    return stream_.Append(chunk, progress);
  }
  bool Finish(const std::string& manifest, const audit::BundleProgress& progress) override {
    return stream_.Finish(manifest, progress);
  }
  bool StillWanted() override { return stream_.StillWanted(); }

  // Why the record could not be written, which ends the export.
  const absl::Status& recorded() const { return recorded_; }

 private:
  ExportStream stream_;
  std::function<absl::Status()> record_;
  absl::Status recorded_;
};

}  // namespace

absl::Status NodeHandlers::ExportLog(const Actor& actor, const v1::ExportLogRequest& request,
                                     const SendExport& send) {
  if (absl::Status s = Authorise(actor, "NodeService/ExportLog"); !s.ok()) return s;
  auto asked = FromProto(request);
  if (!asked.ok()) return asked.status();
  auto slot = exports_.Take();
  if (!slot.ok()) return slot.status();
  // All that has come so far, for the quorum that the auditor asks for.
  node_.ServeCosignatures();
  const storage::NodeKeys& keys = node_.keys();
  const ledger::LogIdentity identity{node_.config().origin, node_.charter().circle, keys.entry,
                                     keys.head, keys.self};
  const ledger::LogExportSource source{
      node_.store(),    identity,    node_.publisher(),         node_.ledger(),
      node_.charters(), keys.record, node_.notes().OfPartners()};
  RecordedStream stream(send, [&] {
    storage::Batch batch;
    storage::RecordAudit(
        batch, node_.vault(), node_.entropy(),
        {node_.clock().Now().value, actor.name, kOpenAction, WhatIsOpened(request), ""});
    return node_.store().Write(std::move(batch));
  });
  const absl::Status exported = ledger::ExportLog(source, *asked, node_.clock().Now(), stream);
  return stream.recorded().ok() ? exported : stream.recorded();
}

std::vector<PolicyPartner> NodeHandlers::PolicyPartners() const {
  std::vector<PolicyPartner> partners;
  for (const partners::Partner& partner : node_.registry().Active()) {
    const auto mirror = node_.followers().MirrorOf(partner.origin);
    if (mirror == nullptr) continue;
    const partners::MirrorView view = mirror->View();
    // Its cosignatures are taken under its newest keys.
    if (view.keys.empty()) continue;
    partners.push_back({partner.origin, view.keys.back().keys.head, view.keys.back().keys.mirror});
  }
  return partners;
}

absl::StatusOr<v1::GetLogPolicyResponse> NodeHandlers::GetLogPolicy(
    const Actor& actor, const v1::GetLogPolicyRequest&) {
  if (absl::Status s = Authorise(actor, "NodeService/GetLogPolicy"); !s.ok()) return s;
  const crypto::NoteKey head{node_.config().origin, crypto::KeyType::kEd25519,
                             node_.keys().head.public_key()};
  const crypto::NoteKey entry{audit::EntryKeyName(head.name), crypto::KeyType::kEd25519,
                              node_.keys().entry.public_key()};
  v1::GetLogPolicyResponse out;
  // What follows are comments: a node is no witness of its own log, and no policy has a line for an
  // entry key, as bundles of a log are checked with those that the log states.
  out.set_policy(LogPolicy(head, PolicyPartners()) +
                 "# This node as a witness of others, as its partners' own policies must have it:\n"
                 "# " +
                 WitnessLine(head.name, node_.keys().mirror.public_key()) +
                 "# The key that signs this log's entries, and its decision log when that is "
                 "exported\n# (daftar audit replay --entry-vkey):\n# " +
                 entry.ToVkey() + "\n");
  return out;
}

}  // namespace daftar::service

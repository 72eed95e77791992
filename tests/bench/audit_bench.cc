// What verifying a large bundle costs beside the Ed25519 checks that it needs, in bare libsodium,
// and how much memory it takes.
//
//   audit_bench [ENTRIES [ROUNDS]]
//
// A child makes the bundle (1,000,000 entries unless told otherwise) in a temporary folder, so that
// its memory is not counted. Each round measures both, one after the other, in processor time of
// this process, which other programs on the machine disturb less than the time on the wall. Exits 1
// when the median ratio is above 1.35 or the memory not below 500 MiB.
#include <sodium.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "crypto/checkpoint.h"
#include "crypto/entropy.h"
#include "crypto/merkle.h"
#include "crypto/note.h"
#include "crypto/voprf.h"
#include "node/audit/verifier.h"
#include "node/evidence/entry.h"

namespace {

using namespace daftar;
using evidence::EntryKind;

constexpr char kOrigin[] = "toko-a.example/daftar";
constexpr uint64_t kStart = 1'790'812'800;
constexpr double kMostRatio = 1.35;
constexpr double kMostMiB = 500;
// Of each tick: reports, and how many of them are settled, withdrawn and erased in the next three.
constexpr uint64_t kReportsPerTick = 700;
constexpr uint64_t kEndedPerTick = 100;

std::string Text(crypto::ByteView bytes) { return std::string(crypto::AsText(bytes)); }

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// A file of the bundle that is written in pieces.
class Out {
 public:
  Out(const std::string& folder, std::string name)
      : name_(std::move(name)), file_(folder + "/" + name_, std::ios::binary) {}
  void Write(crypto::ByteView bytes) {
    file_.write(reinterpret_cast<const char*>(bytes.data()),
                static_cast<std::streamsize>(bytes.size()));
    hash_.Update(bytes);
    bytes_ += bytes.size();
  }
  audit::ManifestFile Close() {
    file_.close();
    return {name_, bytes_, hash_.Finish()};
  }

 private:
  std::string name_;
  std::ofstream file_;
  crypto::Sha256Stream hash_;
  uint64_t bytes_ = 0;
};

// Bodies of the right size; nobody opens them.
class Maker {
 public:
  explicit Maker(const std::string& folder)
      : folder_(folder),
        entry_(crypto::SigningKey::Generate(crypto::SystemEntropy())),
        head_(crypto::SigningKey::Generate(crypto::SystemEntropy())),
        entries_(folder, "entries"),
        bodies_(folder, "bodies") {}

  void Make(uint64_t entries) {
    AddKeys();
    const uint64_t per_tick = kReportsPerTick + 3 * kEndedPerTick;
    const uint64_t ticks = (entries + per_tick - 1) / per_tick;
    std::vector<uint64_t> first_of_tick;
    for (uint64_t tick = 0; tick < ticks; ++tick) {
      const uint64_t at = kStart + 60 * (tick + 1);
      first_of_tick.push_back(tree_.size());
      AddReports(at, entries, tick + 3 < ticks);
      for (uint64_t back = 3; back >= 1; --back) {
        if (tick < back) continue;
        const EntryKind kind = back == 3   ? EntryKind::kErasure
                               : back == 2 ? EntryKind::kWithdrawal
                                           : EntryKind::kSettlement;
        // What will be erased has no body.
        const bool gone = tick - back + 3 < ticks;
        for (uint64_t i = 0; i < kEndedPerTick && tree_.size() < entries; ++i) {
          AddUpdate(kind, at, first_of_tick[tick - back] + i, gone);
        }
      }
      last_at_ = at;
    }
    Finish();
  }

 private:
  void Append(evidence::Header header, crypto::ByteView body, bool keep_body) {
    header.index = tree_.size();
    header.origin = kOrigin;
    const crypto::Bytes leaf = evidence::SignHeader(header, entry_).Leaf();
    crypto::Writer writer;
    writer.Prefixed16(leaf);
    entries_.Write(writer.bytes());
    if (keep_body && !body.empty()) {
      crypto::Writer record;
      record.U64(header.index).Prefixed16(body);
      bodies_.Write(record.bytes());
    }
    tree_.Append(crypto::MerkleLeafHash(leaf));
  }

  void AddKeys() {
    crypto::Entropy& entropy = crypto::SystemEntropy();
    evidence::KeysBody body;
    body.entry = entry_.public_key();
    body.head = head_.public_key();
    body.mirror = crypto::SigningKey::Generate(entropy).public_key();
    body.self = crypto::SigningKey::Generate(entropy).public_key();
    body.voprf =
        *decltype(body.voprf)::Create(crypto::VoprfKey::Generate(entropy).public_key().view());
    evidence::Header header;
    header.kind = EntryKind::kKeys;
    header.issued_at = kStart;
    header.commitment = evidence::CommitTo(body.Encode());
    Append(header, body.Encode(), true);
  }

  crypto::Bytes AnyBody(size_t size) {
    crypto::Bytes body(size);
    for (size_t i = 0; i < 8; ++i) body[i] = static_cast<uint8_t>(counter_ >> (8 * i));
    ++counter_;
    return body;
  }

  void AddReports(uint64_t at, uint64_t entries, bool some_erased) {
    std::vector<std::pair<evidence::Commitment, crypto::Bytes>> reports;
    for (uint64_t i = 0; i < kReportsPerTick && tree_.size() + i < entries; ++i) {
      crypto::Bytes body = AnyBody(evidence::ReportBody::kSize);
      const evidence::Commitment commitment = evidence::CommitTo(body);
      reports.emplace_back(commitment, std::move(body));
    }
    std::ranges::sort(reports);
    for (size_t i = 0; i < reports.size(); ++i) {
      evidence::Header header;
      header.kind = EntryKind::kReport;
      header.issued_at = at;
      header.commitment = reports[i].first;
      Append(header, reports[i].second, !some_erased || i >= kEndedPerTick);
    }
  }

  void AddUpdate(EntryKind kind, uint64_t at, uint64_t about, bool gone) {
    evidence::Header header;
    header.kind = kind;
    header.issued_at = at;
    header.about = about;
    crypto::Bytes body;
    if (kind == EntryKind::kErasure) {
      header.ground = evidence::ErasureGround::kPaid;
    } else {
      body = AnyBody(evidence::UpdateBody::kSize);
      header.commitment = evidence::CommitTo(body);
    }
    Append(header, body, !gone);
  }

  void Finish() {
    crypto::Note note;
    note.text = crypto::Checkpoint{kOrigin, tree_.size(), tree_.Root()}.ToText();
    note.signatures = {crypto::SignNote(note.text, kOrigin, head_)};
    audit::Manifest manifest;
    manifest.origin = kOrigin;
    manifest.made_at = static_cast<int64_t>(last_at_ + 60);
    manifest.to = tree_.size();
    Out head(folder_, "head");
    head.Write(crypto::AsBytes(note.ToString()));
    manifest.files = {head.Close(), entries_.Close(), bodies_.Close(),
                      Out(folder_, "charters").Close(), Out(folder_, "cosigners").Close()};
    std::ofstream(folder_ + "/manifest") << manifest.Sign(entry_);
    std::ofstream(folder_ + "/policy")
        << "log "
        << crypto::NoteKey{kOrigin, crypto::KeyType::kEd25519, head_.public_key()}.ToVkey()
        << "\nquorum none\n";
    std::ofstream(folder_ + "/entry-key") << Text(entry_.public_key().view());
    std::ofstream(folder_ + "/now") << last_at_ + 60;
  }

  std::string folder_;
  crypto::SigningKey entry_;
  crypto::SigningKey head_;
  Out entries_;
  Out bodies_;
  crypto::CompactTree tree_;
  uint64_t counter_ = 0;
  uint64_t last_at_ = kStart;
};

double ProcessorSeconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

// The signature checks alone: what the messages cost to read and to put together is not counted.
double BareSeconds(const std::string& folder) {
  constexpr size_t kBatch = 4096;
  const std::string key = ReadFile(folder + "/entry-key");
  std::ifstream file(folder + "/entries", std::ios::binary);
  std::vector<crypto::Bytes> messages;
  std::vector<crypto::Bytes> signatures;
  double seconds = 0;
  bool more = true;
  while (more) {
    messages.clear();
    signatures.clear();
    uint8_t length[2];
    while (messages.size() < kBatch &&
           (more = !!file.read(reinterpret_cast<char*>(length), sizeof(length)))) {
      crypto::Bytes leaf(static_cast<size_t>(length[0]) << 8 | length[1]);
      file.read(reinterpret_cast<char*>(leaf.data()), static_cast<std::streamsize>(leaf.size()));
      const crypto::ByteView view(leaf);
      messages.push_back(crypto::DssePreAuthenticationEncoding(
          evidence::kEntrySignatureType, view.first(view.size() - crypto::Signature::kSize)));
      signatures.push_back(crypto::ToBytes(view.last(crypto::Signature::kSize)));
    }
    const double begin = ProcessorSeconds();
    for (size_t i = 0; i < messages.size(); ++i) {
      if (crypto_sign_verify_detached(signatures[i].data(), messages[i].data(), messages[i].size(),
                                      reinterpret_cast<const uint8_t*>(key.data())) != 0) {
        std::abort();
      }
    }
    seconds += ProcessorSeconds() - begin;
  }
  return seconds;
}

double VerifierSeconds(const std::string& folder) {
  audit::VerifyOptions options;
  options.now = std::strtoll(ReadFile(folder + "/now").c_str(), nullptr, 10);
  const std::string policy = ReadFile(folder + "/policy");
  const double begin = ProcessorSeconds();
  const auto verdict = audit::VerifyPath(folder, policy, options);
  const double seconds = ProcessorSeconds() - begin;
  if (!verdict.ok() || verdict->code != 0) {
    std::fprintf(stderr, "the bundle does not verify: %s\n",
                 verdict.ok() ? verdict->unreadable.c_str() : verdict.status().ToString().c_str());
    if (verdict.ok()) {
      for (const audit::CheckResult& check : verdict->checks) {
        for (const std::string& fault : check.faults.kept) {
          std::fprintf(stderr, "%s: %s\n", std::string(CheckName(check.check)).c_str(),
                       fault.c_str());
        }
      }
    }
    std::exit(1);
  }
  return seconds;
}

double PeakMiB() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

int Measure(const std::string& folder, uint64_t entries, uint64_t rounds) {
  std::vector<double> ratios;
  for (uint64_t round = 0; round < rounds; ++round) {
    const double verifier = VerifierSeconds(folder);
    const double memory = PeakMiB();  // before the other's batches, which are small
    const double bare = BareSeconds(folder);
    ratios.push_back(verifier / bare);
    std::printf("%llu entries: verified in %.2f s, signatures alone %.2f s, ratio %.3f, %.0f MiB\n",
                static_cast<unsigned long long>(entries), verifier, bare, ratios.back(), memory);
    std::fflush(stdout);
  }
  std::ranges::sort(ratios);
  const double median = ratios[ratios.size() / 2];
  const double peak = PeakMiB();
  std::printf("median ratio %.3f (at most %.2f), peak memory %.0f MiB (below %.0f)\n", median,
              kMostRatio, peak, kMostMiB);
  return median <= kMostRatio && peak < kMostMiB ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  const uint64_t entries = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1'000'000;
  const uint64_t rounds = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 3;
  std::string folder =
      (std::filesystem::temp_directory_path() / "daftar-audit-bench-XXXXXX").string();
  if (entries < 1 || rounds < 1 || sodium_init() < 0 || mkdtemp(folder.data()) == nullptr) return 2;
  const pid_t child = fork();
  if (child == 0) {
    Maker(folder).Make(entries);
    _exit(0);
  }
  int status = 0;
  const bool made = child > 0 && waitpid(child, &status, 0) == child && status == 0;
  const int code = made ? Measure(folder, entries, rounds) : 2;
  std::filesystem::remove_all(folder);
  return code;
}

// What a copied log of a million entries costs: mirror_memory [ENTRIES], default 1,000,000. One
// process copies, another opens what it left, so that neither counts the other's memory.
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "crypto/cosignature.h"
#include "crypto/note.h"
#include "node/partners/mirror.h"
#include "tests/bench/bench_support.h"

namespace daftar::bench {
namespace {

constexpr char kOrigin[] = "partner.bench";
constexpr size_t kEntriesPerBatch = 3700;  // about what evidence::kMaxFeedBytes lets through
constexpr int kLookups = 2000;

// A field of /proc/self/status in MiB, or 0 where there is none.
double StatusMiB(const std::string& field) {
  std::ifstream status("/proc/self/status");
  std::string line;
  while (std::getline(status, line)) {
    if (line.compare(0, field.size() + 1, field + ":") != 0) continue;
    return std::strtod(line.c_str() + field.size() + 1, nullptr) / 1024;
  }
  return 0;
}

double ThreadCpuSeconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

void PrintMemory(const char* when) {
  std::printf("  %-28s VmRSS %.0f MiB (RssAnon %.0f, RssFile %.0f), peak VmHWM %.0f MiB\n", when,
              StatusMiB("VmRSS"), StatusMiB("RssAnon"), StatusMiB("RssFile"), StatusMiB("VmHWM"));
}

// Writes a log in memory, batch by batch, as a publisher would: a database of the issuer in the
// same process would count as the mirror's memory.
class Issuer {
 public:
  explicit Issuer(const storage::NodeKeys& keys) : keys_(keys) {}

  evidence::FeedBatch Next(size_t count) {
    evidence::FeedBatch batch;
    batch.from = tree_.size();
    while (batch.entries.size() < count) {
      if (tree_.size() == 0) {
        Add(batch, evidence::EntryKind::kKeys, FirstBody());
      } else {
        labels_[0].f = RandomF();
        Add(batch, evidence::EntryKind::kReport,
            evidence::SealReport(facts_, labels_, kOrigin, keys_.record, entropy_).Encode());
      }
    }
    crypto::Note note;
    note.text = crypto::Checkpoint{kOrigin, tree_.size(), tree_.Root()}.ToText();
    note.signatures = {
        crypto::SignNote(note.text, kOrigin, keys_.head),
        crypto::Cosign(note.text, kIssuedAt, evidence::SelfKeyName(kOrigin), keys_.self)};
    batch.head = note.ToString();
    return batch;
  }

 private:
  static constexpr uint64_t kIssuedAt = 1'793'491'200;

  crypto::Secret64 RandomF() {
    crypto::Secret64 f;
    entropy_.Fill({f.ExposeMutable(), crypto::Secret64::kSize});
    return f;
  }
  crypto::Bytes FirstBody() {
    evidence::KeysBody body;
    body.salt = entropy_.Public<evidence::Salt>();
    body.entry = keys_.entry.public_key();
    body.head = keys_.head.public_key();
    body.mirror = keys_.mirror.public_key();
    body.self = keys_.self.public_key();
    body.epoch = keys_.epochs.back().epoch;
    body.voprf = Must(decltype(body.voprf)::Create(keys_.epochs.back().key.public_key().view()));
    return body.Encode();
  }
  void Add(evidence::FeedBatch& batch, evidence::EntryKind kind, crypto::Bytes body) {
    evidence::Header header;
    header.kind = kind;
    header.index = tree_.size();
    header.issued_at = kIssuedAt;
    header.commitment = evidence::CommitTo(body);
    header.origin = kOrigin;
    crypto::Bytes leaf = evidence::SignHeader(header, keys_.entry).Leaf();
    tree_.Append(crypto::MerkleLeafHash(leaf));
    batch.entries.push_back({std::move(leaf), std::move(body)});
  }

  const storage::NodeKeys& keys_;
  crypto::Entropy& entropy_ = crypto::SystemEntropy();
  const evidence::ReportFacts facts_ = SomeFacts();
  std::vector<evidence::Label> labels_ = std::vector<evidence::Label>(1);
  crypto::CompactTree tree_;
};

partners::Partner PartnerOf(const crypto::Digest& first_leaf) {
  partners::Partner partner;
  partner.origin = kOrigin;
  partner.first_leaf = first_leaf;
  partner.log = storage::kFirstPartnerLog;
  return partner;
}

void Copy(const std::filesystem::path& dir, uint64_t entries) {
  const auto keys = Must(storage::NodeKeys::Generate(
      kOrigin, evidence::SystemClock().Now().seconds(), crypto::SystemEntropy()));
  Issuer issuer(keys);
  const auto store = Must(storage::RocksStore::Open({.path = dir, .create_if_missing = true}));
  std::unique_ptr<partners::Mirror> mirror;
  double seconds = 0;
  double making = 0;  // processor time of the issuer's part
  double slowest = 0;
  const double cpu_before = ProcessCpuSeconds();
  for (uint64_t done = 0; done < entries;) {
    const double thread_before = ThreadCpuSeconds();
    const auto batch = issuer.Next(std::min<uint64_t>(kEntriesPerBatch, entries - done));
    making += ThreadCpuSeconds() - thread_before;
    if (mirror == nullptr) {
      const auto first = crypto::MerkleLeafHash(batch.entries.front().leaf);
      mirror = Must(partners::Mirror::Open(*store, evidence::SystemClock(), PartnerOf(first)));
    }
    const auto start = std::chrono::steady_clock::now();
    Must(mirror->Apply(batch));
    const double took = SecondsSince(start);
    seconds += took;
    slowest = std::max(slowest, took);
    done += batch.entries.size();
  }
  // With what the database's threads do meanwhile, also while the issuer makes the next batch.
  const double cpu = ProcessCpuSeconds() - cpu_before - making;
  std::printf(
      "copied %llu entries: %.1f s in Apply, %.0f entries/s durable and searchable, %.1f us of "
      "processor time an entry, slowest batch %.0f ms\n",
      static_cast<unsigned long long>(entries), seconds, static_cast<double>(entries) / seconds,
      cpu * 1e6 / static_cast<double>(entries), slowest * 1e3);
  PrintMemory("after copying");
}

void Reopen(const std::filesystem::path& dir, uint64_t entries) {
  const auto start = std::chrono::steady_clock::now();
  const auto store = Must(storage::RocksStore::Open({.path = dir}));
  const double database = SecondsSince(start);
  const auto mirror = Must(partners::Mirror::Open(*store, evidence::SystemClock(), PartnerOf({})));
  const double all = SecondsSince(start);
  const partners::MirrorView view = mirror->View();
  if (view.size != entries || view.keys.empty()) std::abort();
  std::printf("opened again in %.2f s, of which the mirror's own part %.4f s\n", all,
              all - database);
  PrintMemory("after opening");

  // As a check probes: 16 tokens that are not there, and an entry with its body.
  Latencies probes;
  Latencies reads;
  const storage::LogStore log(*store);
  for (int i = 0; i < kLookups; ++i) {
    std::vector<crypto::Bytes> tokens;
    for (uint32_t j = 0; j < evidence::kLabelsPerIdentifier; ++j) {
      tokens.push_back(
          partners::Mirror::TokenKey(storage::kFirstPartnerLog, view.keys.back().keys.epoch,
                                     crypto::SystemEntropy().Public<evidence::Token>()));
    }
    auto begin = std::chrono::steady_clock::now();
    Must(store->MultiGet(storage::Column::kTokens, tokens));
    probes.Add(SecondsSince(begin));
    const uint64_t index = (static_cast<uint64_t>(i) * 48'271 + 1) % entries;
    begin = std::chrono::steady_clock::now();
    Must(log.ReadLeaf(storage::kFirstPartnerLog, index));
    Must(store->Get(storage::Column::kLogBodies,
                    storage::LogIndexKey(static_cast<uint32_t>(storage::kFirstPartnerLog), index)));
    reads.Add(SecondsSince(begin));
  }
  std::printf("16 tokens not there: p50 %.0f us, p99 %.0f us; an entry: p50 %.0f us, p99 %.0f us\n",
              probes.Microseconds(500), probes.Microseconds(990), reads.Microseconds(500),
              reads.Microseconds(990));
  PrintMemory("after 2,000 lookups");
}

template <class Work>
bool InChild(const Work& work) {
  std::fflush(stdout);
  const pid_t child = fork();
  if (child < 0) return false;
  if (child == 0) {
    work();
    std::fflush(stdout);
    _exit(0);
  }
  int status = 0;
  return waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

int Main(uint64_t entries) {
  const testing::TempDir temp;
  const std::filesystem::path dir = temp / "db";
  if (!InChild([&] { Copy(dir, entries); })) return 1;
  uint64_t bytes = 0;
  for (const auto& file : std::filesystem::directory_iterator(dir)) bytes += file.file_size();
  std::printf("on disk: %.0f MiB\n", static_cast<double>(bytes) / (1 << 20));
  return InChild([&] { Reopen(dir, entries); }) ? 0 : 1;
}

}  // namespace
}  // namespace daftar::bench

int main(int argc, char** argv) {
  const unsigned long long entries = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1'000'000;
  if (entries == 0) {
    std::fprintf(stderr, "usage: mirror_memory [ENTRIES]\n");
    return 64;
  }
  return daftar::bench::Main(entries);
}

// What the benchmarks of whole rooms share: a charter without daily limits, latencies as counters,
// and a shop's ledger and log on a real RocksDB in a directory of its own.
#ifndef DAFTAR_TESTS_BENCH_BENCH_SUPPORT_H_
#define DAFTAR_TESTS_BENCH_BENCH_SUPPORT_H_

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "crypto/entropy.h"
#include "node/evidence/charter.h"
#include "node/evidence/proofs.h"
#include "node/identity/identifier.h"
#include "node/ledger/charters.h"
#include "node/ledger/ledger.h"
#include "node/ledger/publisher.h"
#include "storage/keystore.h"
#include "storage/rocks_store.h"
#include "storage/sealed_files.h"
#include "tests/storage/temp_dir.h"

namespace daftar::bench {

inline void Must(const absl::Status& status) {
  if (status.ok()) return;
  std::fprintf(stderr, "benchmark: %s\n", status.ToString().c_str());
  std::abort();
}
template <class T>
T Must(absl::StatusOr<T> value) {
  Must(value.status());
  return *std::move(value);
}

inline double SecondsSince(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// Of all threads of this process, so that it does not depend on what else the machine does.
inline double ProcessCpuSeconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// One thread's, or several put together.
class Latencies {
 public:
  void Add(double seconds) { seconds_.push_back(seconds); }
  void Add(const Latencies& other) {
    seconds_.insert(seconds_.end(), other.seconds_.begin(), other.seconds_.end());
  }
  // The smallest that `permille` of all do not exceed, in microseconds.
  double Microseconds(size_t permille) {
    if (seconds_.empty()) return 0;
    const size_t rank = std::min(seconds_.size() - 1, seconds_.size() * permille / 1000);
    std::nth_element(seconds_.begin(), seconds_.begin() + static_cast<std::ptrdiff_t>(rank),
                     seconds_.end());
    return seconds_[rank] * 1e6;
  }
  template <class State>
  void Report(State& state) {
    state.counters["p50_us"] = Microseconds(500);
    state.counters["p95_us"] = Microseconds(950);
    state.counters["p99_us"] = Microseconds(990);
    state.counters["max_us"] = Microseconds(1000);
  }

 private:
  std::vector<double> seconds_;
};

// The demonstration charter, with quotas that no benchmark uses up.
inline std::string CharterText() {
  std::ifstream file(DAFTAR_SOURCE_DIR "/deploy/charters/demo.toml");
  std::string text{std::istreambuf_iterator<char>(file), {}};
  for (const char* key : {"evaluations_per_partner_per_day", "evaluations_per_node_per_day"}) {
    const size_t at = text.find(key);
    if (at == std::string::npos) std::abort();
    const size_t begin = text.find('=', at);
    text.replace(begin, text.find('\n', begin) - begin, "= 1000000");
  }
  return text;
}

// A different phone number for each `number`; neighbours differ in most digits.
inline identity::Identifier Phone(uint64_t number) {
  const uint64_t digits = 100'000'000 + (number * 48'271 + 12'345) % 899'999'963;
  return Must(identity::Normalise(identity::IdentifierType::kPhone, "0812" + std::to_string(digits),
                                  identity::Region::kIndonesia));
}

inline ledger::NewIncident IncidentAbout(identity::Identifier identifier) {
  ledger::NewIncident account;
  account.identifiers.push_back(std::move(identifier));
  account.amount = {450'000'000, *evidence::Currency::FromCode("IDR")};
  account.occurred = evidence::Date::Of(evidence::SystemClock().Now()).PlusDays(-40);
  return account;
}

inline evidence::ReportFacts SomeFacts() {
  const ledger::NewIncident account = IncidentAbout(Phone(1));
  evidence::ReportFacts facts;
  facts.reason = account.reason;
  facts.amount = account.amount;
  facts.occurred = account.occurred;
  return facts;
}

// Keys, database, ledger and publisher of one node, put together as Node does it.
class Shop {
 public:
  static constexpr char kOrigin[] = "shop.bench";

  Shop()
      : charter(Must(evidence::Charter::Parse(CharterText()))),
        keys(Must(storage::NodeKeys::Generate(kOrigin, evidence::SystemClock().Now().seconds(),
                                              crypto::SystemEntropy()))),
        store(Must(storage::RocksStore::Open({.path = temp / "db", .create_if_missing = true}))),
        vault(keys.data, crypto::SystemEntropy()),
        charters(Must(ledger::AdoptedCharters::Open(*store, vault, evidence::SystemClock(),
                                                    crypto::SystemEntropy(), charter))),
        files(Must(storage::SealedFiles::Open(
            *store, vault, crypto::SystemEntropy(),
            {.directory = temp / "proofs", .max_file_bytes = evidence::kMaxProofFileBytes}))),
        publisher(Must(ledger::Publisher::Open(
            *store, {kOrigin, charter.circle, keys.entry, keys.head, keys.self},
            storage::HighWaterFile(temp / "high-water")))),
        ledger(*store, vault, evidence::SystemClock(), crypto::SystemEntropy(),
               {kOrigin,
                *charters,
                {keys.epochs.back().epoch, keys.epochs.back().key},
                keys.record,
                warnings,
                *files,
                [](std::span<const identity::Identifier>, evidence::Date,
                   std::string_view) -> absl::StatusOr<uint64_t> { return uint64_t{0}; }}) {
    crypto::Entropy& entropy = crypto::SystemEntropy();
    evidence::KeysBody body;
    body.salt = entropy.Public<evidence::Salt>();
    body.entry = keys.entry.public_key();
    body.head = keys.head.public_key();
    body.mirror = keys.mirror.public_key();
    body.self = keys.self.public_key();
    body.epoch = keys.epochs.back().epoch;
    body.voprf = Must(decltype(body.voprf)::Create(keys.epochs.back().key.public_key().view()));
    const evidence::CharterBody adopted{entropy.Public<evidence::Salt>(), charter.hash};
    Must(publisher->Bootstrap({{evidence::EntryKind::kKeys, body.Encode()},
                               {evidence::EntryKind::kCharter, adopted.Encode()}},
                              evidence::SystemClock().Now()));
  }

  // Queues entries as the ledger does, with labels drawn at random: without the curve work of real
  // ones, which only the shop that reports pays. One in `updates_every` is a settlement (0: none)
  // about a report that is in the log.
  void Queue(size_t count, size_t updates_every) {
    crypto::Entropy& entropy = crypto::SystemEntropy();
    const evidence::ReportFacts facts = SomeFacts();
    const uint64_t published = publisher->tree_size();
    storage::Batch batch;
    for (size_t i = 0; i < count; ++i) {
      ledger::Submission submission;
      submission.id = entropy.Public<ledger::SubmissionId>();
      const bool update = updates_every > 0 && i % updates_every == 0 && published > 2;
      if (update) {
        submission.kind = evidence::EntryKind::kSettlement;
        submission.about = 2 + i % (published - 2);
        submission.body =
            evidence::SealUpdate(submission.kind, evidence::SettlementFacts{facts.occurred},
                                 kOrigin, keys.record, entropy)
                .Encode();
      } else {
        std::vector<evidence::Label> labels;
        labels.emplace_back();
        entropy.Fill({labels.back().f.ExposeMutable(), crypto::Secret64::kSize});
        submission.body =
            evidence::SealReport(facts, labels, kOrigin, keys.record, entropy).Encode();
      }
      submission.commitment = evidence::CommitTo(submission.body);
      batch.Put(storage::Column::kSubmissions, submission.Key(), submission.Encode());
      if (batch.operations().size() == 1000 || i + 1 == count) {
        Must(store->Write(std::exchange(batch, {})));
      }
    }
  }

  testing::TempDir temp;
  const evidence::Charter charter;
  const storage::NodeKeys keys;
  const std::unique_ptr<storage::RocksStore> store;
  const storage::Vault vault;
  const std::unique_ptr<ledger::AdoptedCharters> charters;
  const std::unique_ptr<storage::SealedFiles> files;
  const identity::WarningList warnings{};
  const std::unique_ptr<ledger::Publisher> publisher;
  ledger::Ledger ledger;
};

}  // namespace daftar::bench

#endif  // DAFTAR_TESTS_BENCH_BENCH_SUPPORT_H_

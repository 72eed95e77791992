// A whole check: own records, partners, decision, durable receipt. BM_CheckInProcess has no network
// (partners answer one after the other, inside the call): what the protocol costs one core.
// BM_CheckOverTls has every node's real server and client on the loopback device; all of them share
// this machine's cores, where a real circle has a machine each.
#include <arpa/inet.h>
#include <benchmark/benchmark.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

#include "node/node.h"
#include "node/service/accept_loop.h"
#include "node/service/partner_client.h"
#include "node/service/partner_server.h"
#include "node/service/tls.h"
#include "tests/bench/bench_support.h"
#include "tests/support/sim_circle.h"

namespace daftar::bench {
namespace {

constexpr int64_t kFresh = 0;   // every check asks about a new buyer
constexpr int64_t kCached = 1;  // always the same buyer, whom every partner has reported
constexpr int kWarmUps = 5;

uint64_t NextNumber() {
  static uint64_t next = 1'000'000;
  return ++next;
}

check::Question About(const identity::Identifier& buyer) {
  check::Question question;
  question.identifiers.push_back(buyer);
  question.order.amount = IncidentAbout(buyer).amount;
  return question;
}

storage::Caller NextCaller() { return {"uid:1000", "bench-" + std::to_string(NextNumber())}; }

void ReportBuyer(Node& partner, const identity::Identifier& buyer) {
  ledger::NewIncident account = IncidentAbout(buyer);
  account.occurred = evidence::Date::Of(partner.clock().Now()).PlusDays(-40);
  const auto added = Must(partner.ledger().Add(NextCaller(), account));
  Must(partner.ledger().Publish(NextCaller(), added.incident.id).status());
}

// Runs the checks and aborts unless `expected` partners answered each of them.
void RunChecks(benchmark::State& state, Node& shop, const identity::Identifier& buyer,
               size_t expected, size_t records) {
  const bool fresh = state.range(1) == kFresh;
  const auto check = [&] {
    return Must(shop.checker().Check(NextCaller(), About(fresh ? Phone(NextNumber()) : buyer)));
  };
  for (int i = 0; i < kWarmUps; ++i) check();
  Latencies latencies;
  double cpu = ProcessCpuSeconds();
  size_t too_few = 0;
  for (auto _ : state) {
    const auto start = std::chrono::steady_clock::now();
    const check::Answer answer = check();
    latencies.Add(SecondsSince(start));
    size_t answered = 0;
    for (const decision::WeighedPartner& partner : answer.decision.weighed.partners) {
      if (partner.state != decision::PartnerState::kNotChecked) ++answered;
    }
    if (answered < expected) ++too_few;
    if (!fresh && answer.records.size() != records) {
      state.SkipWithError("a partner's record was not found");
      return;
    }
  }
  cpu = ProcessCpuSeconds() - cpu;
  latencies.Report(state);
  state.counters["cpu_us"] = cpu * 1e6 / static_cast<double>(state.iterations());
  state.counters["too_few_answers"] = static_cast<double>(too_few);
}

void BM_CheckInProcess(benchmark::State& state) {
  testing::SimCircle circle(1'793'491'200, CharterText());
  testing::SimNode& shop = circle.Add("shop.bench");
  const auto partners = static_cast<size_t>(state.range(0));
  const identity::Identifier buyer = Phone(1);
  for (size_t i = 0; i < partners; ++i) {
    testing::SimNode& partner = circle.Add("partner-" + std::to_string(i) + ".bench");
    ReportBuyer(*partner, buyer);
    circle.Pair(shop, partner);
  }
  circle.Settle();
  RunChecks(state, *shop, buyer, partners, partners);
}
BENCHMARK(BM_CheckInProcess)->Args({0, kCached})->Iterations(400)->Unit(benchmark::kMicrosecond);
BENCHMARK(BM_CheckInProcess)
    ->ArgsProduct({{1, 5, 20}, {kCached}})
    ->Iterations(400)
    ->Unit(benchmark::kMicrosecond);
BENCHMARK(BM_CheckInProcess)
    ->ArgsProduct({{1, 5, 20}, {kFresh}})
    ->Iterations(100)
    ->Unit(benchmark::kMicrosecond);

// A socket bound to a free port of the loopback device.
class BoundPort {
 public:
  explicit BoundPort(uint16_t wanted) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const int on = 1;
    ::setsockopt(fd_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(wanted);
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    if (::bind(fd_, generic, size) != 0 || ::getsockname(fd_, generic, &size) != 0) {
      std::perror("bind");
      std::abort();
    }
    port_ = ntohs(address.sin_port);
  }
  ~BoundPort() { ::close(fd_); }
  BoundPort(const BoundPort&) = delete;
  BoundPort& operator=(const BoundPort&) = delete;
  uint16_t port() const { return port_; }
  // Takes connections and never says a word.
  void BeSilent() const { ::listen(fd_, 128); }

 private:
  const int fd_;
  uint16_t port_ = 0;
};

// The real client, until a partner falls silent: then questions to it stay without any answer, as
// when its machine stops in the middle of a connection.
class MutableNetwork final : public partners::Network {
 public:
  explicit MutableNetwork(const crypto::TlsIdentity& tls) : client_(tls) {}
  void Mute(const std::string& origin) {
    storage::MutexLock lock(mutex_);
    muted_ = origin;
  }
  void Evaluate(const partners::Partner& partner, const partners::EvaluateCall& call,
                std::chrono::milliseconds deadline,
                std::function<void(absl::StatusOr<partners::EvaluateAnswer>)> done) override {
    {
      storage::MutexLock lock(mutex_);
      if (partner.origin == muted_) return;
    }
    client_.Evaluate(partner, call, deadline, std::move(done));
  }
  void ExchangeNotes(const partners::Partner& partner, std::vector<std::string> notes,
                     std::chrono::milliseconds deadline,
                     std::function<void(absl::StatusOr<std::vector<std::string>>)> done) override {
    client_.ExchangeNotes(partner, std::move(notes), deadline, std::move(done));
  }
  void RelayDispute(const partners::Partner& partner, const crypto::Bytes& statement,
                    std::chrono::milliseconds deadline,
                    std::function<void(absl::StatusOr<partners::RelayAnswer>)> done) override {
    client_.RelayDispute(partner, statement, deadline, std::move(done));
  }
  absl::Status Follow(const partners::Partner& partner, uint64_t from,
                      const std::function<bool(evidence::FeedBatch)>& on_batch,
                      partners::Cancellation& cancel) override {
    return client_.Follow(partner, from, on_batch, cancel);
  }
  absl::Status ReadLog(const partners::Partner& partner, const std::string& origin, uint64_t from,
                       const std::function<bool(evidence::FeedBatch)>& on_batch,
                       std::chrono::milliseconds deadline,
                       partners::Cancellation& cancel) override {
    return client_.ReadLog(partner, origin, from, on_batch, deadline, cancel);
  }
  absl::StatusOr<partners::NodeCard> Pair(const std::string& endpoint, const crypto::SpkiPin& pin,
                                          const partners::InviteSecret& secret,
                                          const partners::NodeCard& own,
                                          std::chrono::milliseconds deadline) override {
    return client_.Pair(endpoint, pin, secret, own, deadline);
  }
  absl::StatusOr<evidence::ProofNonce> OpenProofRequest(
      const partners::Partner& partner, uint64_t report,
      std::chrono::milliseconds deadline) override {
    return client_.OpenProofRequest(partner, report, deadline);
  }
  absl::StatusOr<evidence::ProofRequestId> RequestProof(
      const partners::Partner& partner, const partners::ProofCall& call,
      std::chrono::milliseconds deadline) override {
    return client_.RequestProof(partner, call, deadline);
  }
  absl::Status FetchProof(
      const partners::Partner& partner, const evidence::ProofRequestId& request,
      const std::function<bool(absl::StatusOr<evidence::HandoverPiece>)>& on_piece,
      std::chrono::milliseconds deadline, partners::Cancellation& cancel) override {
    return client_.FetchProof(partner, request, on_piece, deadline, cancel);
  }
  void Forget(const std::string& origin) override { client_.Forget(origin); }
  void Shutdown() override { client_.Shutdown(); }

 private:
  service::PartnerClient client_;
  storage::Mutex mutex_;
  std::string muted_ DAFTAR_GUARDED_BY(mutex_);
};

// A node with its partner port, as the daemon runs it.
class ServedNode {
 public:
  ServedNode(const std::string& origin, const evidence::Charter& charter)
      : port_(BoundPort(0).port()) {
    Config config;
    config.name = config.origin = origin;
    config.peer_listen = "127.0.0.1:" + std::to_string(port_);
    config.http_listen = "127.0.0.1:1";
    crypto::Entropy& entropy = crypto::SystemEntropy();
    evidence::Clock& clock = evidence::SystemClock();
    node_ = Must(Node::Open(
        {.config = config,
         .charter = charter,
         .keys = Must(storage::NodeKeys::Generate("localhost", clock.Now().seconds(), entropy)),
         .store =
             Must(storage::RocksStore::Open({.path = temp_ / "db", .create_if_missing = true})),
         .high_water = storage::HighWaterFile(temp_ / "high-water"),
         .clock = clock,
         .entropy = entropy,
         .make_network =
             [this](const crypto::TlsIdentity& tls) {
               auto made = std::make_unique<MutableNetwork>(tls);
               network_ = made.get();
               return made;
             },
         .followers = {},
         .proofs = temp_ / "proofs"}));
    Must(node_->Bootstrap());
    server_ = Must(service::PartnerServer::Start(*node_));
    Must(node_->Start());
  }
  ~ServedNode() { Stop(); }
  ServedNode(const ServedNode&) = delete;
  ServedNode& operator=(const ServedNode&) = delete;

  Node& operator*() { return *node_; }
  Node* operator->() { return node_.get(); }
  MutableNetwork& network() { return *network_; }
  // The connection ends, and the port takes new ones without ever saying a word.
  void Hang() {
    Stop();
    silence_ = std::make_unique<BoundPort>(port_);
    silence_->BeSilent();
  }

 private:
  void Stop() {
    node_->Stop();
    server_.reset();
  }

  testing::TempDir temp_;
  const uint16_t port_;
  MutableNetwork* network_ = nullptr;  // the node's
  std::unique_ptr<Node> node_;
  std::unique_ptr<service::PartnerServer> server_;
  std::unique_ptr<BoundPort> silence_;
};

class TlsCircle {
 public:
  TlsCircle(size_t partners, const identity::Identifier& buyer)
      : charter_(Must(evidence::Charter::Parse(CharterText()))),
        shop(std::make_unique<ServedNode>("shop.bench", charter_)) {
    for (size_t i = 0; i < partners; ++i) {
      nodes.push_back(
          std::make_unique<ServedNode>("partner-" + std::to_string(i) + ".bench", charter_));
      Node& partner = **nodes.back();
      ReportBuyer(partner, buyer);
      Must(partner.Tick().status());
      const auto invite = Must(partner.pairing().Invite(NextCaller(), 0));
      Must((*shop)->pairing().Join(NextCaller(), invite.code).status());
      Must((*shop)->followers().Refresh());
    }
    for (const auto& partner : nodes) AwaitCopyOf(**partner);
  }

 private:
  void AwaitCopyOf(Node& partner) {
    const auto start = std::chrono::steady_clock::now();
    while (true) {
      const auto mirror = (*shop)->followers().MirrorOf(partner.config().origin);
      if (mirror != nullptr && mirror->View().size >= partner.publisher().tree_size()) return;
      if (SecondsSince(start) > 60) std::abort();
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  }
  const evidence::Charter charter_;

 public:
  std::unique_ptr<ServedNode> shop;
  std::vector<std::unique_ptr<ServedNode>> nodes;
};

void BM_CheckOverTls(benchmark::State& state) {
  const identity::Identifier buyer = Phone(1);
  const auto partners = static_cast<size_t>(state.range(0));
  TlsCircle circle(partners, buyer);
  RunChecks(state, **circle.shop, buyer, partners, partners);
}
BENCHMARK(BM_CheckOverTls)
    ->ArgsProduct({{1, 5, 20}, {kCached}})
    ->Iterations(400)
    ->Unit(benchmark::kMicrosecond);
BENCHMARK(BM_CheckOverTls)
    ->ArgsProduct({{1, 5, 20}, {kFresh}})
    ->Iterations(100)
    ->Unit(benchmark::kMicrosecond);

// As before, while nothing comes back from the last partner: the deadline (300 ms) and no more.
void BM_CheckWithSilentPartner(benchmark::State& state) {
  const identity::Identifier buyer = Phone(1);
  const auto partners = static_cast<size_t>(state.range(0));
  TlsCircle circle(partners, buyer);
  circle.shop->network().Mute((*circle.nodes.back())->config().origin);
  RunChecks(state, **circle.shop, buyer, partners - 1, partners);
}
BENCHMARK(BM_CheckWithSilentPartner)
    ->ArgsProduct({{5, 20}, {kFresh}})
    ->Iterations(20)
    ->Unit(benchmark::kMicrosecond);

// As before, after the last partner's connection was lost and new ones get no further than TCP.
void BM_CheckWithLostPartner(benchmark::State& state) {
  const identity::Identifier buyer = Phone(1);
  const auto partners = static_cast<size_t>(state.range(0));
  TlsCircle circle(partners, buyer);
  circle.nodes.back()->Hang();
  RunChecks(state, **circle.shop, buyer, partners - 1, partners);
}
BENCHMARK(BM_CheckWithLostPartner)
    ->ArgsProduct({{5, 20}, {kFresh}})
    ->Iterations(20)
    ->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace daftar::bench

int main(int argc, char** argv) {
  daftar::service::PrepareGrpcForTls();
  daftar::service::RaiseDescriptorLimit();
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}

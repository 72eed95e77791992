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
  size_t unanswered = 0;
  for (auto _ : state) {
    const auto start = std::chrono::steady_clock::now();
    const check::Answer answer = check();
    latencies.Add(SecondsSince(start));
    size_t answered = 0;
    for (const decision::WeighedPartner& partner : answer.decision.weighed.partners) {
      if (partner.state != decision::PartnerState::kNotChecked) ++answered;
    }
    if (answered < expected) ++unanswered;
    if (!fresh && answer.records.size() != records) {
      state.SkipWithError("a partner's record was not found");
      return;
    }
  }
  cpu = ProcessCpuSeconds() - cpu;
  latencies.Report(state);
  state.counters["cpu_us"] = cpu * 1e6 / static_cast<double>(state.iterations());
  state.counters["checks_with_silent_partner"] = static_cast<double>(unanswered);
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
BENCHMARK(BM_CheckInProcess)->Args({0, kCached})->Iterations(2000)->Unit(benchmark::kMicrosecond);
BENCHMARK(BM_CheckInProcess)
    ->ArgsProduct({{1, 5, 20}, {kCached}})
    ->Iterations(1000)
    ->Unit(benchmark::kMicrosecond);
BENCHMARK(BM_CheckInProcess)
    ->ArgsProduct({{1, 5, 20}, {kFresh}})
    ->Iterations(300)
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
             [](const crypto::TlsIdentity& tls) {
               return std::make_unique<service::PartnerClient>(tls);
             },
         .followers = {}}));
    Must(node_->Bootstrap());
    server_ = Must(service::PartnerServer::Start(*node_));
    Must(node_->Start());
  }
  ~ServedNode() { Stop(); }
  ServedNode(const ServedNode&) = delete;
  ServedNode& operator=(const ServedNode&) = delete;

  Node& operator*() { return *node_; }
  Node* operator->() { return node_.get(); }
  // The machine is there and the program hangs: the costliest way of being dead.
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
    ->Iterations(1000)
    ->Unit(benchmark::kMicrosecond);
BENCHMARK(BM_CheckOverTls)
    ->ArgsProduct({{1, 5, 20}, {kFresh}})
    ->Iterations(300)
    ->Unit(benchmark::kMicrosecond);

// As before, while the last partner hangs: the deadline (300 ms) and no more.
void BM_CheckWithHangingPartner(benchmark::State& state) {
  const identity::Identifier buyer = Phone(1);
  const auto partners = static_cast<size_t>(state.range(0));
  TlsCircle circle(partners, buyer);
  circle.nodes.back()->Hang();
  RunChecks(state, **circle.shop, buyer, partners - 1, partners);
}
BENCHMARK(BM_CheckWithHangingPartner)
    ->ArgsProduct({{5, 20}, {kFresh}})
    ->Iterations(30)
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

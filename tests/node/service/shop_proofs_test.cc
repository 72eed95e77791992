// Proof files over the local socket: real gRPC, real handlers, a real node.
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>

#include "daftar/v1/shop.grpc.pb.h"
#include "node/service/book_handlers.h"
#include "node/service/disclosure_handlers.h"
#include "node/service/incident_handlers.h"
#include "node/service/limits.h"
#include "node/service/local_server.h"
#include "node/service/node_handlers.h"
#include "node/service/policy_handlers.h"
#include "node/service/session_handlers.h"
#include "node/service/shop_handlers.h"
#include "node/service/subject_handlers.h"
#include "tests/support/incidents.h"
#include "tests/support/sim_circle.h"
#include "tests/support/status_matchers.h"

namespace daftar::service {
namespace {

namespace fs = std::filesystem;
using ::daftar::testing::DepositUnsettled;
using ::daftar::testing::SimCircle;
using ::daftar::testing::SimNode;
using ::testing::HasSubstr;

constexpr uint64_t kFarLessThanTheFile = uint64_t{8} << 20;  // of 16 MiB
constexpr char kText[] = "Invoice 17, 4,500,000 rupiah\n";

class ShopProofsTest : public ::testing::Test {
 protected:
  ShopProofsTest() {
    auto server = LocalServer::Start(
        socket(),
        {shop_, incident_handlers_, subject_, book_, policy_, nodes_, disclosure_, session_},
        credentials_);
    EXPECT_THAT(server, ::daftar::testing::IsOk());
    server_ = *std::move(server);
    stub_ = v1::ShopService::NewStub(
        grpc::CreateChannel("unix:" + socket(), grpc::InsecureChannelCredentials()));
    auto view = node_->ledger().Add(node_.Caller(), DepositUnsettled("0812-3456-7890"));
    EXPECT_THAT(view, ::daftar::testing::IsOk());
    incident_ = view->incident.id.hex();
  }
  ~ShopProofsTest() override {
    stub_.reset();
    server_.reset();
  }
  std::string socket() const { return node_.dir() / "daftar.sock"; }
  static void Limit(grpc::ClientContext& context) {
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
  }
  v1::NewProof What(uint64_t bytes) {
    v1::NewProof what;
    what.set_request_id("r" + std::to_string(++requests_));
    what.set_incident(incident_);
    what.set_kind("invoice");
    what.set_name("scan");
    what.set_bytes(bytes);
    return what;
  }
  // Sends `bytes` of what `piece` gives, `chunk` at a time.
  grpc::Status Send(const v1::NewProof& what, uint64_t bytes, size_t chunk,
                    const std::function<std::string(uint64_t at, size_t size)>& piece,
                    v1::Proof* added = nullptr) {
    grpc::ClientContext context;
    Limit(context);
    v1::AddProofResponse response;
    auto writer = stub_->AddProof(&context, &response);
    v1::AddProofRequest message;
    *message.mutable_proof() = what;
    bool open = writer->Write(message);
    for (uint64_t at = 0; open && at < bytes; at += chunk) {
      const size_t size = static_cast<size_t>(std::min<uint64_t>(chunk, bytes - at));
      message.set_chunk(piece(at, size));
      open = writer->Write(message);
    }
    writer->WritesDone();
    const grpc::Status status = writer->Finish();
    if (added != nullptr) *added = response.proof();
    return status;
  }
  grpc::Status Send(const v1::NewProof& what, const std::string& content) {
    return Send(what, content.size(), 7,
                [&](uint64_t at, size_t size) { return content.substr(at, size); });
  }
  v1::Incident Shown() {
    grpc::ClientContext context;
    v1::GetIncidentRequest request;
    request.set_id(incident_);
    v1::GetIncidentResponse response;
    EXPECT_TRUE(stub_->GetIncident(&context, request, &response).ok());
    return response.incident();
  }
  size_t FilesThere() {
    return static_cast<size_t>(
        std::distance(fs::directory_iterator(node_.dir() / "proofs"), fs::directory_iterator()));
  }
  // The most memory this process has held since the last call of ResetPeak, in bytes.
  static uint64_t Peak() {
    std::ifstream status("/proc/self/status");
    std::string word;
    while (status >> word) {
      if (word != "VmHWM:") continue;
      uint64_t kib = 0;
      status >> kib;
      return kib << 10;
    }
    return 0;
  }
  static bool ResetPeak() { return static_cast<bool>(std::ofstream("/proc/self/clear_refs") << 5); }

  SimCircle circle_;
  SimNode& node_ = circle_.Add("toko-a.test");
  Users users_{node_->store(), node_->vault(), node_->clock(), node_->entropy()};
  Sessions sessions_{node_->store(), node_->vault(), node_->clock(), node_->entropy()};
  const Credentials credentials_{users_, sessions_};
  SessionHandlers session_{*node_, credentials_};
  ShopHandlers shop_{*node_};
  BookHandlers book_{*node_};
  PolicyHandlers policy_{*node_};
  IncidentHandlers incident_handlers_{*node_};
  SubjectHandlers subject_{*node_};
  NodeHandlers nodes_{*node_, users_};
  DisclosureHandlers disclosure_{*node_};
  std::unique_ptr<LocalServer> server_;
  std::unique_ptr<v1::ShopService::Stub> stub_;
  std::string incident_;
  int requests_ = 0;
};

TEST_F(ShopProofsTest, AFileGoesInIsListedComesOutAndIsTakenBack) {
  const std::string content = kText;
  ASSERT_TRUE(Send(What(content.size()), content).ok());
  const v1::Incident incident = Shown();
  ASSERT_EQ(incident.proofs_size(), 1);
  const v1::Proof& proof = incident.proofs(0);
  EXPECT_EQ(proof.number(), 1u);
  EXPECT_EQ(proof.kind(), "invoice");
  EXPECT_EQ(proof.media_type(), "text/plain");
  EXPECT_EQ(proof.bytes(), content.size());
  EXPECT_EQ(proof.name(), "scan");
  EXPECT_EQ(proof.sha256(), crypto::Sha256(crypto::AsBytes(content)).hex());
  EXPECT_EQ(proof.digest().size(), 64u);
  EXPECT_NE(proof.digest(), proof.sha256());
  EXPECT_NE(proof.added_by(), "");
  grpc::ClientContext listing;
  v1::ListIncidentsResponse listed;
  ASSERT_TRUE(stub_->ListIncidents(&listing, {}, &listed).ok());
  ASSERT_EQ(listed.incidents_size(), 1);
  EXPECT_EQ(listed.incidents(0).proofs_size(), 0);

  grpc::ClientContext context;
  Limit(context);
  v1::GetProofRequest request;
  request.set_incident(incident_);
  request.set_number(1);
  auto reader = stub_->GetProof(&context, request);
  v1::GetProofResponse message;
  ASSERT_TRUE(reader->Read(&message));
  EXPECT_EQ(message.proof().SerializeAsString(), proof.SerializeAsString());
  std::string came;
  while (reader->Read(&message)) came += message.chunk();
  EXPECT_TRUE(reader->Finish().ok());
  EXPECT_EQ(came, content);

  grpc::ClientContext removing;
  v1::RemoveProofRequest remove;
  remove.set_request_id("remove");
  remove.set_incident(incident_);
  remove.set_number(1);
  remove.set_because("wrong page");
  v1::RemoveProofResponse removed;
  ASSERT_TRUE(stub_->RemoveProof(&removing, remove, &removed).ok());
  EXPECT_EQ(removed.incident().proofs_size(), 0);
  EXPECT_EQ(FilesThere(), 0u);
}

// A sanitizer keeps what was freed, to notice who still uses it.
#if defined(__SANITIZE_ADDRESS__)
constexpr bool kKeepsFreed = true;
#elif defined(__has_feature)
constexpr bool kKeepsFreed = __has_feature(address_sanitizer) || __has_feature(thread_sanitizer);
#else
constexpr bool kKeepsFreed = false;
#endif

TEST_F(ShopProofsTest, TheLargestFileTakesLittleMemoryEitherWay) {
  if (kKeepsFreed) GTEST_SKIP() << "sanitizers keep the memory that was freed";
  const uint64_t bytes = evidence::kMaxProofFileBytes;
  const auto piece = [](uint64_t at, size_t size) {
    std::string chunk(size, '\0');
    for (size_t i = 0; i < size; ++i) chunk[i] = static_cast<char>('a' + (at + i) / 977 % 26);
    return chunk;
  };
  constexpr size_t kChunk = kMaxProofChunkBytes;
  // Once, so that buffers of gRPC and RocksDB are there already.
  ASSERT_TRUE(Send(What(kChunk), kChunk, kChunk, piece).ok());
  ASSERT_TRUE(ResetPeak());
  const uint64_t before = Peak();
  ASSERT_GT(before, 0u);
  v1::Proof added;
  const grpc::Status sent = Send(What(bytes), bytes, kChunk, piece, &added);
  ASSERT_TRUE(sent.ok()) << sent.error_message();
  grpc::ClientContext context;
  Limit(context);
  v1::GetProofRequest request;
  request.set_incident(incident_);
  request.set_number(added.number());
  auto reader = stub_->GetProof(&context, request);
  v1::GetProofResponse message;
  uint64_t came = 0;
  crypto::Sha256Stream hash;
  while (reader->Read(&message)) {
    came += message.chunk().size();
    hash.Update(crypto::AsBytes(message.chunk()));
  }
  ASSERT_TRUE(reader->Finish().ok());
  EXPECT_EQ(came, bytes);
  EXPECT_EQ(hash.Finish().hex(), added.sha256());
  EXPECT_LT(Peak() - before, kFarLessThanTheFile);
}

TEST_F(ShopProofsTest, TheLargestFileTakesLittleMemoryOnItsWayToAPartner) {
  if (kKeepsFreed) GTEST_SKIP() << "sanitizers keep the memory that was freed";
  SimNode& partner = circle_.Add("toko-b.test");
  circle_.PairAll();
  constexpr size_t kChunk = kMaxProofChunkBytes;
  const auto piece = [](uint64_t, size_t size) { return std::string(size, 'x'); };
  ASSERT_TRUE(
      Send(What(evidence::kMaxProofFileBytes), evidence::kMaxProofFileBytes, kChunk, piece).ok());
  const auto id = *ledger::IncidentId::FromHexText(incident_);
  DAFTAR_ASSERT_OK(node_->ledger().Publish(node_.Caller(), id));
  circle_.Settle();
  const identity::Identifier buyer = ::daftar::testing::Phone("0812-3456-7890");
  check::Question question;
  question.identifiers = {buyer};
  DAFTAR_ASSERT_OK(partner->checker().Check(partner.Caller(), question));
  const auto asked = partner->proof_requests().Ask(partner.Caller(), node_.origin(), 2,
                                                   std::span(&buyer, 1), "a large order");
  DAFTAR_ASSERT_OK(asked);
  const auto waiting = node_->disclosures().List(true, 1, {});
  DAFTAR_ASSERT_OK(waiting);
  DAFTAR_ASSERT_OK(node_->disclosures().Disclose(node_.Caller(), waiting->requests.at(0).id, {},
                                                 "they decide about a large order"));
  ASSERT_TRUE(ResetPeak());
  const uint64_t before = Peak();
  ASSERT_GT(before, 0u);
  const auto fetched = partner->proof_requests().Fetch(asked->id);
  DAFTAR_ASSERT_OK(fetched);
  ASSERT_EQ(fetched->files.size(), 1u);
  EXPECT_EQ(fetched->files[0].what.bytes, evidence::kMaxProofFileBytes);
  EXPECT_LT(Peak() - before, kFarLessThanTheFile);
}

TEST_F(ShopProofsTest, WhatDoesNotComeAsAnnouncedIsRefusedAndLeavesNothing) {
  const std::string content = kText;
  EXPECT_EQ(Send(What(content.size() + 1), content).error_code(),
            grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(Send(What(content.size() - 1), content).error_message(), HasSubstr("more than"));
  EXPECT_THAT(Send(What(content.size() + 1), content).error_message(), HasSubstr("29 of 30 bytes"));
  EXPECT_THAT(Send(What(0), "").error_message(), HasSubstr("16 MiB"));
  EXPECT_THAT(Send(What(evidence::kMaxProofFileBytes + 1), content).error_message(),
              HasSubstr("16 MiB"));
  v1::NewProof odd = What(content.size());
  odd.set_kind("photo");
  EXPECT_THAT(Send(odd, content).error_message(), HasSubstr("delivery-note"));
  odd.set_kind("order");
  odd.set_incident("xyz");
  EXPECT_THAT(Send(odd, content).error_message(), HasSubstr("32 hexadecimal digits"));
  const size_t large = kMaxProofChunkBytes + 1;
  EXPECT_THAT(
      Send(What(large), large, large, [](uint64_t, size_t size) { return std::string(size, 'a'); })
          .error_message(),
      HasSubstr("262144 bytes"));
  const std::string page = "<html>";
  EXPECT_THAT(Send(What(page.size()), page).error_message(), HasSubstr("taken are PDF"));
  EXPECT_EQ(Shown().proofs_size(), 0);
  EXPECT_EQ(FilesThere(), 0u);
}

TEST_F(ShopProofsTest, ACallThatIsBrokenOffLeavesNothing) {
  {
    grpc::ClientContext context;
    Limit(context);
    v1::AddProofResponse response;
    auto writer = stub_->AddProof(&context, &response);
    v1::AddProofRequest message;
    *message.mutable_proof() = What(sizeof(kText) - 1);
    ASSERT_TRUE(writer->Write(message));
    message.set_chunk("Invoice");
    ASSERT_TRUE(writer->Write(message));
    context.TryCancel();
    EXPECT_EQ(writer->Finish().error_code(), grpc::StatusCode::CANCELLED);
  }
  server_.reset();  // waits for the handler
  EXPECT_EQ(FilesThere(), 0u);
  EXPECT_TRUE(node_->ledger().Get(*ledger::IncidentId::FromHexText(incident_))->proofs.empty());
}

TEST_F(ShopProofsTest, ACallThatMayLastForeverIsRefused) {
  grpc::ClientContext context;
  v1::AddProofResponse response;
  auto writer = stub_->AddProof(&context, &response);
  EXPECT_THAT(writer->Finish().error_message(), HasSubstr("deadline of at most 10 minutes"));
  grpc::ClientContext reading;
  reading.set_deadline(std::chrono::system_clock::now() + std::chrono::minutes(11));
  auto reader = stub_->GetProof(&reading, {});
  EXPECT_THAT(reader->Finish().error_message(), HasSubstr("deadline of at most 10 minutes"));
}

TEST_F(ShopProofsTest, ADamagedFileIsNotTakenForWhole) {
  const std::string content(3 * crypto::kStreamChunkBytes, 'a');
  ASSERT_TRUE(Send(What(content.size()), content.size(), 50'000, [&](uint64_t at, size_t size) {
                return content.substr(at, size);
              }).ok());
  const fs::path file = fs::directory_iterator(node_.dir() / "proofs")->path();
  {
    std::fstream bytes(file, std::ios::in | std::ios::out | std::ios::binary);
    bytes.seekp(100'000);
    bytes.put('?');
  }
  grpc::ClientContext context;
  Limit(context);
  v1::GetProofRequest request;
  request.set_incident(incident_);
  request.set_number(1);
  auto reader = stub_->GetProof(&context, request);
  v1::GetProofResponse message;
  while (reader->Read(&message)) {
  }
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::DATA_LOSS);
}

}  // namespace
}  // namespace daftar::service

#include "cli/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <thread>

#include "tests/cli/cli_support.h"

namespace daftar::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

const std::vector<std::string> kSettle{"incident", "settle", "i9", "--because", "paid"};

TEST(ClientTest, NoFolderNamedAsksForOne) {
  const Ran ran = RunCli({"status"});
  EXPECT_EQ(ran.code, kExitUsage);
  EXPECT_THAT(ran.err, HasSubstr("--dir DIR or set DAFTAR_DIR"));
}

TEST(ClientTest, FolderThatIsNotThereIsNotFound) {
  const Ran ran = RunCli({"--dir", "/nonexistent/A", "status"});
  EXPECT_EQ(ran.code, kExitNotFound);
  EXPECT_THAT(ran.err, AllOf(HasSubstr("/nonexistent/A"), HasSubstr("daftar init")));
}

TEST(ClientTest, NodeThatDoesNotRunSaysHowToStartIt) {
  const TestFolder folder;
  const Ran ran = RunCli({"--dir", folder.path(), "status"});
  EXPECT_EQ(ran.code, kExitUnavailable);
  EXPECT_THAT(ran.err, HasSubstr("start it with: daftard --dir " + folder.path()));
}

TEST(ClientTest, SocketThatACrashLeftBehindSaysTheSame) {
  const TestFolder folder;
  const int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string path = SocketOf(folder.path());
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  ASSERT_EQ(bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  close(fd);
  for (const auto& command : {std::vector<std::string>{"status"}, kSettle}) {
    const Ran ran = RunCli(command, {folder.path(), ""});
    EXPECT_EQ(ran.code, kExitUnavailable);
    EXPECT_THAT(ran.err, HasSubstr("start it with: daftard"));
  }
}

TEST(ClientTest, NodeThatClosesConnectionsAtOnceIsNotSaidToBeDown) {
  const TestFolder folder;
  const int listener = socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string path = SocketOf(folder.path());
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  ASSERT_EQ(bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  ASSERT_EQ(listen(listener, 16), 0);
  std::thread closes([listener] {
    for (int fd = accept(listener, nullptr, nullptr); fd >= 0;
         fd = accept(listener, nullptr, nullptr)) {
      close(fd);
    }
  });
  const Ran ran = RunCli({"status"}, {folder.path(), ""});
  shutdown(listener, SHUT_RDWR);
  closes.join();
  close(listener);
  EXPECT_EQ(ran.code, kExitUnavailable);
  EXPECT_THAT(ran.err, AllOf(HasSubstr("runs and took no connection"), HasSubstr("ulimit -n")));
}

TEST(ClientTest, PathTooLongForASocketIsToldWithTheBound) {
  const TestFolder folder;
  const std::string deep = folder.path() + "/" + std::string(120, 'x');
  std::filesystem::create_directory(deep);
  const Ran ran = RunCli({"--dir", deep, "status"});
  EXPECT_EQ(ran.code, kExitUsage);
  EXPECT_THAT(ran.err, HasSubstr("too long for a socket (at most 107 bytes)"));
}

TEST(ClientTest, FolderMayBeNamedByTheEnvironmentAndTheOptionWins) {
  FakeNode node;
  node.get_status = [](const v1::GetStatusRequest&, v1::GetStatusResponse& response) {
    response.set_name("here");
    return grpc::Status::OK;
  };
  EXPECT_EQ(RunCli({"status"}, {node.dir(), ""}).code, 0);
  EXPECT_EQ(RunCli({"--dir", node.dir(), "status"}, {"/nonexistent", ""}).code, 0);
  EXPECT_EQ(RunCli({"status", "--dir", node.dir()}, {"/nonexistent", ""}).code, 0);
}

TEST(ClientTest, TokenTravelsAsBearer) {
  FakeNode node;
  node.get_status = [](const v1::GetStatusRequest&, v1::GetStatusResponse&) {
    return grpc::Status::OK;
  };
  EXPECT_EQ(node.Run({"status"}, "dft_abc").code, 0);
  EXPECT_EQ(node.authorization, "Bearer dft_abc");
  EXPECT_EQ(node.Run({"status"}).code, 0);
  EXPECT_EQ(node.authorization, "");
}

TEST(ClientTest, TokenWithALineBreakIsRefusedUnrepeated) {
  FakeNode node;
  const Ran ran = node.Run({"status"}, "dft_abc\nx");
  EXPECT_EQ(ran.code, kExitUsage);
  EXPECT_THAT(ran.err, AllOf(HasSubstr("DAFTAR_TOKEN"), ::testing::Not(HasSubstr("dft_abc"))));
}

TEST(ClientTest, ErrorsOfTheNodeKeepTheirWordsAndGetTheirExitCodes) {
  FakeNode node;
  const std::pair<grpc::StatusCode, int> cases[] = {
      {grpc::StatusCode::INVALID_ARGUMENT, kExitUsage},
      {grpc::StatusCode::DATA_LOSS, kExitData},
      {grpc::StatusCode::NOT_FOUND, kExitNotFound},
      {grpc::StatusCode::INTERNAL, kExitInternal},
      {grpc::StatusCode::ALREADY_EXISTS, kExitExists},
      {grpc::StatusCode::RESOURCE_EXHAUSTED, kExitTryAgain},
      {grpc::StatusCode::ABORTED, kExitTryAgain},
      {grpc::StatusCode::PERMISSION_DENIED, kExitDenied},
      {grpc::StatusCode::UNAUTHENTICATED, kExitDenied},
      {grpc::StatusCode::FAILED_PRECONDITION, kExitPrecondition}};
  for (const auto& [status_code, exit] : cases) {
    node.get_status = [code = status_code](const v1::GetStatusRequest&, v1::GetStatusResponse&) {
      return grpc::Status(code, "words of the node");
    };
    const Ran ran = node.Run({"status"});
    EXPECT_EQ(ran.code, exit);
    EXPECT_EQ(ran.err, "daftar: words of the node\n");
    EXPECT_EQ(ran.out, "");
  }
}

TEST(ClientTest, MethodThatTheNodeLacksIsAMatterOfVersions) {
  FakeNode node;
  const Ran ran = node.Run({"status"});
  EXPECT_EQ(ran.code, kExitInternal);
  EXPECT_THAT(ran.err, HasSubstr("different versions"));
}

TEST(ClientTest, WriteWhoseAnswerWasLostIsRepeatedOnceWithTheSameId) {
  FakeNode node;
  std::vector<std::string> ids;
  node.settle_incident = [&](const v1::SettleIncidentRequest& request,
                             v1::SettleIncidentResponse& response) {
    ids.push_back(request.request_id());
    if (ids.size() == 1) return grpc::Status(grpc::StatusCode::UNAVAILABLE, "restarting");
    response.mutable_incident()->set_id("i9");
    return grpc::Status::OK;
  };
  EXPECT_EQ(node.Run(kSettle).code, 0);
  ASSERT_EQ(ids.size(), 2u);
  EXPECT_EQ(ids[0], ids[1]);
  EXPECT_EQ(ids[0].size(), 32u);
  EXPECT_EQ(node.Run(kSettle).code, 0);
  EXPECT_NE(ids[0], ids[2]);
}

TEST(ClientTest, WriteThatFailsTwiceIsNotRepeatedAgain) {
  FakeNode node;
  int calls = 0;
  node.settle_incident = [&](const v1::SettleIncidentRequest&, v1::SettleIncidentResponse&) {
    ++calls;
    return grpc::Status(grpc::StatusCode::UNAVAILABLE, "restarting");
  };
  const Ran ran = node.Run(kSettle);
  EXPECT_EQ(ran.code, kExitUnavailable);
  EXPECT_THAT(ran.err, HasSubstr("restarting"));
  EXPECT_EQ(calls, 2);
}

TEST(ClientTest, WriteThatWasRefusedIsNotRepeated) {
  FakeNode node;
  int calls = 0;
  node.settle_incident = [&](const v1::SettleIncidentRequest&, v1::SettleIncidentResponse&) {
    ++calls;
    return grpc::Status(grpc::StatusCode::FAILED_PRECONDITION, "withdrawn already");
  };
  EXPECT_EQ(node.Run(kSettle).code, kExitPrecondition);
  EXPECT_EQ(calls, 1);
}

TEST(ClientTest, ReadIsNotRepeated) {
  FakeNode node;
  int calls = 0;
  node.get_status = [&](const v1::GetStatusRequest&, v1::GetStatusResponse&) {
    ++calls;
    return grpc::Status(grpc::StatusCode::UNAVAILABLE, "restarting");
  };
  EXPECT_EQ(node.Run({"status"}).code, kExitUnavailable);
  EXPECT_EQ(calls, 1);
}

TEST(ClientTest, ANodeThatIsStoppedUnderACallIsSaidToBe) {
  FakeNode node;
  node.get_status = [](const v1::GetStatusRequest&, v1::GetStatusResponse&) {
    return grpc::Status(grpc::StatusCode::UNAVAILABLE, "Cancelling all calls");  // gRPC's words
  };
  const Ran ran = node.Run({"status"});
  EXPECT_EQ(ran.code, kExitUnavailable);
  EXPECT_THAT(ran.err, HasSubstr("was stopped before it had answered; start it again"));
}

}  // namespace
}  // namespace daftar::cli

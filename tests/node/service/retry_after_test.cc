#include "node/service/retry_after.h"

#include <grpcpp/client_context.h>
#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "daftar/v1/session.grpc.pb.h"
#include "node/service/local_services.h"
#include "tests/node/service/connect_fixture.h"

namespace daftar::service {
namespace {

TEST(RetryAfterTest, IsWholeSecondsRoundedUp) {
  const absl::Status full = absl::ResourceExhaustedError("full");
  EXPECT_EQ(RetryAfter(full), std::nullopt);
  EXPECT_EQ(RetryAfter(absl::OkStatus()), std::nullopt);
  EXPECT_EQ(RetryAfter(WithRetryAfter(full, std::chrono::seconds(900))), std::chrono::seconds(900));
  EXPECT_EQ(RetryAfter(WithRetryAfter(full, std::chrono::milliseconds(1001))),
            std::chrono::seconds(2));
  EXPECT_EQ(WithRetryAfter(full, std::chrono::seconds(1)).message(), full.message());
}

// As the HTTP listener asks its own server.
class RetryAfterMetadataTest : public ConnectTest {
 protected:
  RetryAfterMetadataTest() {
    grpc::ServerBuilder builder;
    services_.AddTo(builder);
    grpc_ = builder.BuildAndStart();
    stub_ = v1::SessionService::NewStub(grpc_->InProcessChannel({}));
  }
  ~RetryAfterMetadataTest() override { grpc_->Shutdown(); }

  struct Answer {
    grpc::Status status;
    std::string retry_after;  // empty: none came
  };
  Answer SignIn(const v1::SignInRequest& request) {
    grpc::ClientContext context;
    context.AddMetadata(kAddressMetadata, "192.0.2.1");
    v1::SignInResponse response;
    Answer answer{stub_->SignIn(&context, request, &response), {}};
    const auto& trailing = context.GetServerTrailingMetadata();
    if (const auto found = trailing.find("retry-after"); found != trailing.end()) {
      answer.retry_after.assign(found->second.begin(), found->second.end());
    }
    return answer;
  }

  LocalServices services_{handlers_, credentials_, std::nullopt};
  std::unique_ptr<grpc::Server> grpc_;
  std::unique_ptr<v1::SessionService::Stub> stub_;
};

TEST_F(RetryAfterMetadataTest, ARefusedSignInSaysHowLongToWait) {
  v1::SignInRequest request;
  request.set_user("siti");
  request.set_password("x");  // too short for anybody's
  for (size_t i = 0; i < kStrangerLimit.failures; ++i) {
    const Answer wrong = SignIn(request);
    ASSERT_EQ(wrong.status.error_code(), grpc::StatusCode::UNAUTHENTICATED);
    ASSERT_EQ(wrong.retry_after, "");
  }
  circle_.clock().Advance(1);
  const Answer refused = SignIn(request);
  EXPECT_EQ(refused.status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(refused.retry_after, "899");
}

TEST_F(RetryAfterMetadataTest, UnknownTokensAreRefusedByTheAddressThatTheyComeFrom) {
  v1::SignInRequest request;
  request.set_token("dft_made-up");
  for (size_t i = 0; i < kTokenLimit.failures; ++i) {
    ASSERT_EQ(SignIn(request).status.error_code(), grpc::StatusCode::UNAUTHENTICATED);
  }
  const Answer refused = SignIn(request);
  EXPECT_EQ(refused.status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(refused.retry_after, "3600");
}

}  // namespace
}  // namespace daftar::service

#include "node/service/session_handlers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <string>

#include "node/service/node_handlers.h"
#include "tests/support/sim_circle.h"
#include "tests/support/status_matchers.h"

namespace daftar::service {
namespace {

using ::daftar::testing::SimCircle;
using ::daftar::testing::SimNode;
using ::daftar::testing::StatusIs;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr char kPassword[] = "kopi susu dan roti";
constexpr std::string_view kWelcome = "/#/welcome/";

class SessionHandlersTest : public ::testing::Test {
 protected:
  static CallOrigin With(const std::string& secret) {
    return {secret, std::nullopt, "192.0.2.1", {}};
  }
  v1::AddUserRequest NewUser(const std::string& name, v1::Role role) {
    v1::AddUserRequest request;
    request.set_request_id(node_.Caller().request_id);
    request.set_name(name);
    request.set_role(role);
    request.set_signs_in(true);
    return request;
  }
  // The answer to the first sign-in of a new user.
  absl::StatusOr<v1::SignInResponse> Person(const std::string& name, v1::Role role) {
    auto made = nodes_.AddUser(owner_, NewUser(name, role));
    if (!made.ok()) return made.status();
    EXPECT_THAT(made->link(), StartsWith(std::string(kWelcome)));
    EXPECT_NE(made->link_expires_at(), "");
    v1::UseLinkRequest use;
    use.set_secret(made->link().substr(kWelcome.size()));
    use.set_password(kPassword);
    return sessions_calls_.UseLink(With({}), use);
  }

  SimCircle circle_;
  SimNode& node_ = circle_.Add("toko-a.test");
  Users users_{node_->store(), node_->vault(), node_->clock(), node_->entropy()};
  Sessions sessions_{node_->store(), node_->vault(), node_->clock(), node_->entropy()};
  SessionHandlers sessions_calls_{*node_, Credentials{users_, sessions_}};
  NodeHandlers nodes_{*node_, users_};
  const Actor owner_{"uid:0", Roles::All()};
  const Actor operator_{"user:op", Roles{Role::kOperator}};
};

TEST_F(SessionHandlersTest, StrangersAreNotToldWhoseNodeItIs) {
  auto seen = sessions_calls_.GetSession(With({}), {});
  DAFTAR_ASSERT_OK(seen);
  EXPECT_EQ(seen->user(), "");
  EXPECT_EQ(seen->roles_size(), 0);
  EXPECT_EQ(seen->name(), "");
  EXPECT_EQ(seen->origin(), "");
  EXPECT_NE(seen->version(), "");
  EXPECT_EQ(seen->region(), "ID");
  EXPECT_TRUE(seen->first_user_missing());
  EXPECT_FALSE(seen->test_mode());
  auto stale = sessions_calls_.GetSession(With("dfs_stale"), {});
  DAFTAR_ASSERT_OK(stale);
  EXPECT_EQ(stale->user(), "");
}

TEST_F(SessionHandlersTest, AnOwnerIsListedWithTheFourRoles) {
  auto signed_in = Person("siti", v1::ROLE_OWNER);
  DAFTAR_ASSERT_OK(signed_in);
  EXPECT_THAT(signed_in->session(), StartsWith("dfs_"));
  EXPECT_THAT(signed_in->device(), StartsWith("dfd_"));
  const v1::GetSessionResponse& seen = signed_in->signed_in();
  EXPECT_EQ(seen.user(), "siti");
  EXPECT_EQ(seen.roles_size(), 4);
  EXPECT_EQ(seen.origin(), "toko-a.test");
  EXPECT_NE(seen.expires_at(), "");
  EXPECT_EQ(seen.idle_s(), 3600u);
  EXPECT_TRUE(seen.second_factor_missing());
  EXPECT_FALSE(seen.first_user_missing());
}

TEST_F(SessionHandlersTest, ASecondFactorComesWithAnAddressForTheApp) {
  auto signed_in = Person("siti", v1::ROLE_MANAGER);
  DAFTAR_ASSERT_OK(signed_in);
  v1::BeginSecondFactorRequest request;
  request.set_request_id("b1");
  auto begun = sessions_calls_.BeginSecondFactor(With(signed_in->session()), request);
  DAFTAR_ASSERT_OK(begun);
  EXPECT_EQ(begun->secret().size(), 32u);
  EXPECT_EQ(begun->uri(), "otpauth://totp/Daftar%20toko-a.test:siti?secret=" + begun->secret() +
                              "&issuer=Daftar%20toko-a.test");
}

TEST_F(SessionHandlersTest, OnesOwnSettingsTakeASession) {
  CallOrigin local;
  local.uid = static_cast<uint32_t>(geteuid());
  EXPECT_THAT(sessions_calls_.ListSessions(local, {}),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("sign in")));
  EXPECT_THAT(sessions_calls_.SetPassword(local, {}),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(sessions_calls_.ListSessions(With({}), {}),
              StatusIs(absl::StatusCode::kUnauthenticated));
  auto token = users_.Add(node_.Caller(), "POS", Role::kStaff, std::nullopt);
  DAFTAR_ASSERT_OK(token);
  EXPECT_THAT(sessions_calls_.BeginSecondFactor(With(token->token), {}),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  auto signed_in = Person("siti", v1::ROLE_STAFF);
  DAFTAR_ASSERT_OK(signed_in);
  auto listed = sessions_calls_.ListSessions(With(signed_in->session()), {});
  DAFTAR_ASSERT_OK(listed);
  ASSERT_EQ(listed->sessions_size(), 1);
  EXPECT_TRUE(listed->sessions(0).current());
  EXPECT_EQ(listed->sessions(0).id().size(), 16u);
  DAFTAR_ASSERT_OK(sessions_calls_.SignOut(With(signed_in->session()), {}));
  EXPECT_THAT(sessions_calls_.ListSessions(With(signed_in->session()), {}),
              StatusIs(absl::StatusCode::kUnauthenticated));
  DAFTAR_EXPECT_OK(sessions_calls_.SignOut(With({}), {}));
}

TEST_F(SessionHandlersTest, ATokenSignsInToo) {
  auto token = users_.Add(node_.Caller(), "POS", Role::kManager, std::nullopt);
  DAFTAR_ASSERT_OK(token);
  v1::SignInRequest request;
  request.set_token(token->token);
  auto signed_in = sessions_calls_.SignIn(With({}), request);
  DAFTAR_ASSERT_OK(signed_in);
  EXPECT_EQ(signed_in->signed_in().user(), "POS");
  EXPECT_FALSE(signed_in->signed_in().second_factor_missing());
  request.set_token("dft_unknown");
  EXPECT_THAT(sessions_calls_.SignIn(With({}), request),
              StatusIs(absl::StatusCode::kUnauthenticated));
}

TEST_F(SessionHandlersTest, OnlyAnOwnerTouchesOwners) {
  EXPECT_THAT(nodes_.AddUser(operator_, NewUser("siti", v1::ROLE_OWNER)),
              StatusIs(absl::StatusCode::kPermissionDenied, HasSubstr("only an owner")));
  DAFTAR_ASSERT_OK(nodes_.AddUser(owner_, NewUser("siti", v1::ROLE_OWNER)));
  DAFTAR_ASSERT_OK(nodes_.AddUser(operator_, NewUser("budi", v1::ROLE_MANAGER)));
  v1::ResetSignInRequest reset;
  reset.set_request_id("r1");
  reset.set_name("siti");
  reset.set_because("lost the phone");
  EXPECT_THAT(nodes_.ResetSignIn(operator_, reset), StatusIs(absl::StatusCode::kPermissionDenied));
  auto link = nodes_.ResetSignIn(owner_, reset);
  DAFTAR_ASSERT_OK(link);
  EXPECT_THAT(link->link(), StartsWith(std::string(kWelcome)));
  reset.set_request_id("r2");
  reset.set_name("budi");
  DAFTAR_EXPECT_OK(nodes_.ResetSignIn(operator_, reset));
  v1::RemoveUserRequest remove;
  remove.set_request_id("r3");
  remove.set_name("siti");
  remove.set_because("left");
  EXPECT_THAT(nodes_.RemoveUser(operator_, remove), StatusIs(absl::StatusCode::kPermissionDenied));
  DAFTAR_EXPECT_OK(nodes_.RemoveUser(owner_, remove));
}

TEST_F(SessionHandlersTest, TheListOfUsersSaysWhoSignsIn) {
  DAFTAR_ASSERT_OK(nodes_.AddUser(owner_, NewUser("siti", v1::ROLE_STAFF)));
  DAFTAR_ASSERT_OK(users_.Add(node_.Caller(), "tok", Role::kStaff, std::nullopt));
  auto listed = nodes_.ListUsers(owner_, {});
  DAFTAR_ASSERT_OK(listed);
  ASSERT_EQ(listed->users_size(), 2);
  EXPECT_TRUE(listed->users(0).signs_in());
  EXPECT_FALSE(listed->users(0).has_second_factor());
  EXPECT_FALSE(listed->users(1).signs_in());
  circle_.clock().Advance(std::chrono::seconds(kLinkLife).count());
  listed = nodes_.ListUsers(owner_, {});
  DAFTAR_ASSERT_OK(listed);
  EXPECT_FALSE(listed->users(0).signs_in()) << "the link has ended";
}

}  // namespace
}  // namespace daftar::service

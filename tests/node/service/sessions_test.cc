#include "node/service/sessions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "crypto/totp.h"
#include "node/service/retry_after.h"
#include "storage/audit.h"
#include "tests/support/sim_circle.h"
#include "tests/support/status_matchers.h"

namespace daftar::service {
namespace {

using ::daftar::testing::SimCircle;
using ::daftar::testing::SimNode;
using ::daftar::testing::StatusIs;
using ::testing::HasSubstr;

constexpr char kPassword[] = "kopi susu dan roti";
constexpr char kOther[] = "teh manis tanpa gula";
constexpr char kHere[] = "192.0.2.1";
// Nobody's: too short to be a password, so that a test tries often without waiting for Argon2id.
constexpr char kShort[] = "x";

class SessionsTest : public ::testing::Test {
 protected:
  std::unique_ptr<Sessions> Open() {
    return std::make_unique<Sessions>(node_->store(), node_->vault(), node_->clock(),
                                      node_->entropy());
  }
  std::string LinkFor(const std::string& name, Role role) {
    auto made = users_.Add(node_.Caller(), name, role, std::nullopt, {}, true);
    EXPECT_TRUE(made.ok() && made->link.has_value() && made->token.empty());
    return made->link->secret;
  }
  // Signed in for the first time.
  NewSession Person(const std::string& name, Role role) {
    auto session = sessions_->UseLink(LinkFor(name, role), {}, kPassword);
    EXPECT_TRUE(session.ok()) << session.status();
    return session.ok() ? *session : NewSession();
  }
  std::string CodeNow(const crypto::SecretBytes& secret) {
    return crypto::TotpCode(secret.Expose(), static_cast<uint64_t>(node_->clock().Now().seconds()) /
                                                 static_cast<uint64_t>(crypto::kTotpStepSeconds));
  }
  std::string Id() { return node_.Caller().request_id; }
  absl::Status Try(const std::string& password, const std::string& address,
                   const std::string& device = {}, const std::string& code = {},
                   const std::string& user = "siti") {
    return sessions_->SignIn({user, password, code, address, device}).status();
  }

  SimCircle circle_;
  SimNode& node_ = circle_.Add("toko-a.test");
  Users users_{node_->store(), node_->vault(), node_->clock(), node_->entropy()};
  std::unique_ptr<Sessions> sessions_ = Open();
};

TEST_F(SessionsTest, ALinkSetsAPasswordOnceAndSignsIn) {
  const std::string link = LinkFor("siti", Role::kStaff);
  EXPECT_THAT(sessions_->UseLink(link, {}, "kurang"), StatusIs(absl::StatusCode::kInvalidArgument));
  auto session = sessions_->UseLink(link, {}, kPassword);
  DAFTAR_ASSERT_OK(session);
  auto actor = sessions_->BySecret(session->secret);
  DAFTAR_ASSERT_OK(actor);
  EXPECT_EQ(actor->name, "user:siti");
  EXPECT_EQ(actor->roles, Roles{Role::kStaff});
  EXPECT_THAT(sessions_->UseLink(link, {}, kOther), StatusIs(absl::StatusCode::kNotFound));
  DAFTAR_EXPECT_OK(Try(kPassword, "192.0.2.1"));
}

TEST_F(SessionsTest, ALinkEndsAfterItsTimeAndWhenAnotherIsMade) {
  const std::string first = LinkFor("siti", Role::kStaff);
  auto second = users_.ResetSignIn(node_.Caller(), "siti", "lost the link");
  DAFTAR_ASSERT_OK(second);
  EXPECT_THAT(sessions_->UseLink(first, {}, kPassword), StatusIs(absl::StatusCode::kNotFound));
  circle_.clock().Advance(std::chrono::seconds(kLinkLife).count());
  EXPECT_THAT(sessions_->UseLink((*second)->secret, {}, kPassword),
              StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(SessionsTest, TheFirstUserChoosesANameAndBecomesOwner) {
  auto link = sessions_->FirstUserLink();
  DAFTAR_ASSERT_OK(link);
  ASSERT_TRUE(link->has_value());
  auto newer = sessions_->FirstUserLink();
  DAFTAR_ASSERT_OK(newer);
  EXPECT_THAT(sessions_->UseLink((*link)->secret, "siti", kPassword),
              StatusIs(absl::StatusCode::kNotFound));
  DAFTAR_ASSERT_OK(users_.Add(node_.Caller(), "POS", Role::kStaff, std::nullopt));
  EXPECT_THAT(sessions_->UseLink((*newer)->secret, "POS", kPassword),
              StatusIs(absl::StatusCode::kAlreadyExists));
  EXPECT_THAT(sessions_->UseLink((*newer)->secret, "a b", kPassword),
              StatusIs(absl::StatusCode::kInvalidArgument));
  auto session = sessions_->UseLink((*newer)->secret, "siti", kPassword);
  DAFTAR_ASSERT_OK(session);
  auto actor = sessions_->BySecret(session->secret, true);
  DAFTAR_ASSERT_OK(actor);
  EXPECT_EQ(actor->roles, Roles::All());
  auto none = sessions_->FirstUserLink();
  DAFTAR_ASSERT_OK(none);
  EXPECT_FALSE(none->has_value());
  auto missing = sessions_->FirstUserMissing();
  DAFTAR_ASSERT_OK(missing);
  EXPECT_FALSE(*missing);
}

TEST_F(SessionsTest, AFirstUsersLinkIsOfNoUseOnceSomebodyElseSignsIn) {
  auto link = sessions_->FirstUserLink();
  DAFTAR_ASSERT_OK(link);
  Person("budi", Role::kStaff);
  EXPECT_THAT(sessions_->UseLink((*link)->secret, "siti", kPassword),
              StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(SessionsTest, UnknownUsersAndWrongPasswordsAreToldTheSame) {
  Person("siti", Role::kStaff);
  const absl::Status wrong = Try(kOther, "192.0.2.1");
  EXPECT_THAT(wrong, StatusIs(absl::StatusCode::kUnauthenticated));
  EXPECT_EQ(Try(kOther, "192.0.2.1", {}, {}, "budi"), wrong);
  EXPECT_EQ(Try(kOther, "192.0.2.1", {}, {}, "no/name"), wrong);
  LinkFor("wati", Role::kStaff);
  EXPECT_EQ(Try(kPassword, "192.0.2.1", {}, {}, "wati"), wrong) << "no password was set yet";
}

TEST_F(SessionsTest, ASessionEndsWhenIdleAndAtTheLatestAfterItsLife) {
  const NewSession session = Person("siti", Role::kStaff);
  const int64_t idle = std::chrono::seconds(kSessionIdle).count();
  circle_.clock().Advance(idle);
  DAFTAR_EXPECT_OK(sessions_->BySecret(session.secret));
  circle_.clock().Advance(idle + 1);
  EXPECT_THAT(sessions_->BySecret(session.secret), StatusIs(absl::StatusCode::kUnauthenticated));
  EXPECT_THAT(sessions_->BySecret(session.secret), StatusIs(absl::StatusCode::kUnauthenticated));

  auto long_used = sessions_->SignIn({"siti", kPassword, {}, "192.0.2.1", {}});
  DAFTAR_ASSERT_OK(long_used);
  for (int64_t hour = 1; hour < kSessionLife.count(); ++hour) {
    circle_.clock().Advance(idle);
    DAFTAR_ASSERT_OK(sessions_->BySecret(long_used->secret));
  }
  circle_.clock().Advance(idle);
  EXPECT_THAT(sessions_->BySecret(long_used->secret), StatusIs(absl::StatusCode::kUnauthenticated));
}

TEST_F(SessionsTest, ASessionSurvivesARestart) {
  const NewSession session = Person("siti", Role::kStaff);
  sessions_ = Open();
  DAFTAR_EXPECT_OK(sessions_->BySecret(session.secret));
}

TEST_F(SessionsTest, TheOldestOfTooManySessionsEnds) {
  auto made = users_.Add(node_.Caller(), "POS", Role::kStaff, std::nullopt);
  DAFTAR_ASSERT_OK(made);
  std::vector<std::string> secrets;
  for (size_t i = 0; i <= kMaxSessionsPerUser; ++i) {
    auto session = sessions_->SignInByToken(made->token, kHere);
    DAFTAR_ASSERT_OK(session);
    secrets.push_back(session->secret);
  }
  EXPECT_THAT(sessions_->BySecret(secrets.front()), StatusIs(absl::StatusCode::kUnauthenticated));
  DAFTAR_EXPECT_OK(sessions_->BySecret(secrets[1]));
  auto listed = sessions_->List(secrets.back());
  DAFTAR_ASSERT_OK(listed);
  ASSERT_EQ(listed->size(), kMaxSessionsPerUser);
  EXPECT_TRUE(listed->front().current);
}

TEST_F(SessionsTest, RemovingAUserEndsAllItHasAtOnce) {
  const NewSession session = Person("siti", Role::kStaff);
  auto made = users_.Add(node_.Caller(), "POS", Role::kManager, std::nullopt);
  auto by_token = sessions_->SignInByToken(made->token, kHere);
  DAFTAR_ASSERT_OK(by_token);
  auto actor = sessions_->BySecret(by_token->secret);
  DAFTAR_ASSERT_OK(actor);  // without a second factor
  EXPECT_EQ(actor->roles, Roles{Role::kManager});
  for (const std::string& name : {std::string("siti"), std::string("POS")}) {
    DAFTAR_ASSERT_OK(users_.Remove(node_.Caller(), name, "left"));
  }
  EXPECT_THAT(sessions_->BySecret(session.secret), StatusIs(absl::StatusCode::kUnauthenticated));
  EXPECT_THAT(sessions_->BySecret(by_token->secret), StatusIs(absl::StatusCode::kUnauthenticated));
  size_t rows = 0;
  DAFTAR_ASSERT_OK(node_->store().Scan(storage::Column::kUsers, {}, {},
                                       [&](storage::ByteView, storage::ByteView) {
                                         ++rows;
                                         return true;
                                       }));
  EXPECT_EQ(rows, 0u);
  LinkFor("siti", Role::kStaff);
  EXPECT_THAT(Try(kPassword, "192.0.2.1"), StatusIs(absl::StatusCode::kUnauthenticated));
}

TEST_F(SessionsTest, RowsOfASignInAreSealed) {
  const std::string link = LinkFor("siti", Role::kStaff);
  auto session = sessions_->UseLink(link, {}, kPassword);
  DAFTAR_ASSERT_OK(session);
  DAFTAR_ASSERT_OK(node_->store().Scan(
      storage::Column::kUsers, {}, {}, [&](storage::ByteView, storage::ByteView value) {
        const std::string_view text = crypto::AsText(value);
        EXPECT_EQ(text.find("argon2id"), std::string_view::npos);
        EXPECT_EQ(text.find(session->secret), std::string_view::npos);
        return true;
      }));
}

TEST_F(SessionsTest, AManagerDoesNothingBeforeTheSecondFactorIsSetUp) {
  const NewSession session = Person("siti", Role::kManager);
  EXPECT_THAT(sessions_->BySecret(session.secret),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("second factor")));
  DAFTAR_EXPECT_OK(sessions_->BySecret(session.secret, true));
  EXPECT_THAT(sessions_->ConfirmSecondFactor(session.secret, Id(), "123456"),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  auto secret = sessions_->BeginSecondFactor(session.secret, Id(), {});
  DAFTAR_ASSERT_OK(secret);
  EXPECT_THAT(sessions_->ConfirmSecondFactor(session.secret, Id(), "12345"),
              StatusIs(absl::StatusCode::kInvalidArgument));
  const std::string request = Id();
  auto codes = sessions_->ConfirmSecondFactor(session.secret, request, CodeNow(*secret));
  DAFTAR_ASSERT_OK(codes);
  EXPECT_EQ(codes->size(), kRecoveryCodes);
  auto again = sessions_->ConfirmSecondFactor(session.secret, request, CodeNow(*secret));
  DAFTAR_ASSERT_OK(again);
  EXPECT_TRUE(again->empty()) << "shown once";
  DAFTAR_EXPECT_OK(sessions_->BySecret(session.secret));
  EXPECT_THAT(sessions_->BeginSecondFactor(session.secret, Id(), kOther),
              StatusIs(absl::StatusCode::kInvalidArgument));
  DAFTAR_EXPECT_OK(sessions_->BeginSecondFactor(session.secret, Id(), kPassword));
  auto listed = users_.ListWithSignIn();
  DAFTAR_ASSERT_OK(listed);
  ASSERT_EQ(listed->size(), 1u);
  EXPECT_TRUE(listed->front().signs_in && listed->front().has_second_factor);
}

TEST_F(SessionsTest, CodesToConfirmAreBoundedAndCountWithThePresentPassword) {
  const NewSession session = Person("siti", Role::kManager);
  for (size_t i = 0; i <= kDeviceLimit.failures; ++i) {
    ASSERT_THAT(sessions_->ConfirmSecondFactor(session.secret, Id(), "123456"),
                StatusIs(absl::StatusCode::kFailedPrecondition))
        << "nothing was begun, so that nothing is guessed at";
  }
  auto secret = sessions_->BeginSecondFactor(session.secret, Id(), {});
  DAFTAR_ASSERT_OK(secret);
  for (size_t i = 0; i < kDeviceLimit.failures; ++i) {
    ASSERT_THAT(sessions_->ConfirmSecondFactor(session.secret, Id(), "12345"),
                StatusIs(absl::StatusCode::kInvalidArgument));
  }
  EXPECT_THAT(sessions_->ConfirmSecondFactor(session.secret, Id(), CodeNow(*secret)),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("wait 900 seconds")));
  EXPECT_THAT(sessions_->SetPassword(session.secret, Id(), kPassword, kOther),
              StatusIs(absl::StatusCode::kResourceExhausted));
  DAFTAR_EXPECT_OK(Try(kPassword, kHere)) << "signing in has counts of its own";
  circle_.clock().Advance(std::chrono::seconds(kDeviceLimit.within).count());
  DAFTAR_EXPECT_OK(sessions_->ConfirmSecondFactor(session.secret, Id(), CodeNow(*secret)));
}

TEST_F(SessionsTest, ACodeThatFitsTakesNoCountBack) {
  const NewSession session = Person("siti", Role::kStaff);
  const auto guess = [&] { return sessions_->SetPassword(session.secret, Id(), kShort, kOther); };
  for (size_t i = 1; i < kDeviceLimit.failures; ++i) {
    ASSERT_THAT(guess(), StatusIs(absl::StatusCode::kInvalidArgument));
  }
  auto secret = sessions_->BeginSecondFactor(session.secret, Id(), {});
  DAFTAR_ASSERT_OK(secret);
  DAFTAR_ASSERT_OK(sessions_->ConfirmSecondFactor(session.secret, Id(), CodeNow(*secret)));
  ASSERT_THAT(guess(), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(guess(), StatusIs(absl::StatusCode::kResourceExhausted))
      << "else whoever has a session guesses at the password for longer";
}

TEST_F(SessionsTest, AnUnconfirmedSecondFactorEndsAfterItsTime) {
  const NewSession session = Person("siti", Role::kManager);
  const int64_t life = std::chrono::seconds(kUnconfirmedLife).count();
  auto late = sessions_->BeginSecondFactor(session.secret, Id(), {});
  DAFTAR_ASSERT_OK(late);
  circle_.clock().Advance(life);
  EXPECT_THAT(
      sessions_->ConfirmSecondFactor(session.secret, Id(), CodeNow(*late)),
      StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("30 minutes ago; begin again")));
  auto in_time = sessions_->BeginSecondFactor(session.secret, Id(), {});
  DAFTAR_ASSERT_OK(in_time);
  circle_.clock().Advance(life - 1);
  sessions_ = Open();
  DAFTAR_EXPECT_OK(sessions_->ConfirmSecondFactor(session.secret, Id(), CodeNow(*in_time)));
}

TEST_F(SessionsTest, EachCodeSignsInOnce) {
  const NewSession session = Person("siti", Role::kOwner);
  auto secret = sessions_->BeginSecondFactor(session.secret, Id(), {});
  DAFTAR_ASSERT_OK(secret);
  auto codes = sessions_->ConfirmSecondFactor(session.secret, Id(), CodeNow(*secret));
  DAFTAR_ASSERT_OK(codes);
  ASSERT_FALSE(codes->empty());
  EXPECT_THAT(Try(kPassword, "192.0.2.1"),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("second factor needed")));
  EXPECT_THAT(Try(kOther, "192.0.2.1"), StatusIs(absl::StatusCode::kUnauthenticated));
  EXPECT_THAT(Try(kPassword, "192.0.2.1", {}, CodeNow(*secret)),
              StatusIs(absl::StatusCode::kUnauthenticated))
      << "used when it was confirmed";
  circle_.clock().Advance(crypto::kTotpStepSeconds);
  const std::string code = CodeNow(*secret);
  DAFTAR_EXPECT_OK(Try(kPassword, "192.0.2.1", {}, code));
  EXPECT_THAT(Try(kPassword, "192.0.2.2", {}, code), StatusIs(absl::StatusCode::kUnauthenticated));
  sessions_ = Open();
  EXPECT_THAT(Try(kPassword, "192.0.2.2", {}, code), StatusIs(absl::StatusCode::kUnauthenticated))
      << "also after a restart";
  DAFTAR_EXPECT_OK(Try(kPassword, "192.0.2.3", {}, codes->front()));
  EXPECT_THAT(Try(kPassword, "192.0.2.3", {}, codes->front()),
              StatusIs(absl::StatusCode::kUnauthenticated));
}

TEST_F(SessionsTest, ANewPasswordEndsTheOtherSessions) {
  const NewSession first = Person("siti", Role::kStaff);
  auto second = sessions_->SignIn({"siti", kPassword, {}, "192.0.2.1", {}});
  DAFTAR_ASSERT_OK(second);
  EXPECT_THAT(sessions_->SetPassword(second->secret, Id(), kOther, kOther),
              StatusIs(absl::StatusCode::kInvalidArgument));
  const std::string request = Id();
  DAFTAR_ASSERT_OK(sessions_->SetPassword(second->secret, request, kPassword, kOther));
  DAFTAR_EXPECT_OK(sessions_->SetPassword(second->secret, request, kPassword, kOther));
  DAFTAR_EXPECT_OK(sessions_->BySecret(second->secret));
  EXPECT_THAT(sessions_->BySecret(first.secret), StatusIs(absl::StatusCode::kUnauthenticated));
  EXPECT_THAT(Try(kPassword, "192.0.2.1"), StatusIs(absl::StatusCode::kUnauthenticated));
  DAFTAR_EXPECT_OK(Try(kOther, "192.0.2.1"));
}

TEST_F(SessionsTest, ARepetitionWithAnotherPasswordIsRefused) {
  const NewSession session = Person("siti", Role::kStaff);
  const std::string request = Id();
  DAFTAR_ASSERT_OK(sessions_->SetPassword(session.secret, request, kPassword, kOther));
  EXPECT_THAT(sessions_->SetPassword(session.secret, request, kPassword, kPassword),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("request_id")));
  DAFTAR_EXPECT_OK(Try(kOther, kHere));
  for (const storage::Column column : {storage::Column::kUsers, storage::Column::kRequests}) {
    DAFTAR_ASSERT_OK(
        node_->store().Scan(column, {}, {}, [](storage::ByteView, storage::ByteView value) {
          EXPECT_EQ(crypto::AsText(value).find(kOther), std::string_view::npos);
          EXPECT_EQ(crypto::AsText(value).find("argon2id"), std::string_view::npos);
          return true;
        }));
  }
  DAFTAR_ASSERT_OK(sessions_->SetPassword(session.secret, Id(), kOther, kPassword));
  EXPECT_THAT(sessions_->SetPassword(session.secret, request, kPassword, kOther),
              StatusIs(absl::StatusCode::kFailedPrecondition))
      << "what it has set is not in force any more";
}

TEST_F(SessionsTest, RepeatingIsNoWayToGuessAtThePassword) {
  const NewSession session = Person("siti", Role::kStaff);
  const std::string request = Id();
  DAFTAR_ASSERT_OK(sessions_->SetPassword(session.secret, request, kPassword, kOther));
  for (size_t i = 0; i < kDeviceLimit.failures; ++i) {
    ASSERT_THAT(sessions_->SetPassword(session.secret, request, kPassword, kShort),
                StatusIs(absl::StatusCode::kFailedPrecondition));
  }
  EXPECT_THAT(sessions_->SetPassword(session.secret, request, kPassword, kOther),
              StatusIs(absl::StatusCode::kResourceExhausted));
}

TEST_F(SessionsTest, OnesOwnSessionsAreListedAndEnded) {
  const NewSession first = Person("siti", Role::kStaff);
  auto second = sessions_->SignIn({"siti", kPassword, {}, "192.0.2.1", {}});
  DAFTAR_ASSERT_OK(second);
  const NewSession others = Person("budi", Role::kStaff);
  auto listed = sessions_->List(second->secret);
  DAFTAR_ASSERT_OK(listed);
  ASSERT_EQ(listed->size(), 2u);
  EXPECT_TRUE(listed->front().current);
  auto theirs = sessions_->List(others.secret);
  DAFTAR_ASSERT_OK(theirs);
  EXPECT_THAT(sessions_->End(second->secret, Id(), theirs->front().id.hex()),
              StatusIs(absl::StatusCode::kNotFound));
  const std::string request = Id();
  DAFTAR_ASSERT_OK(sessions_->End(second->secret, request, listed->back().id.hex()));
  DAFTAR_EXPECT_OK(sessions_->End(second->secret, request, listed->back().id.hex()));
  EXPECT_THAT(sessions_->BySecret(first.secret), StatusIs(absl::StatusCode::kUnauthenticated));
  DAFTAR_ASSERT_OK(sessions_->SignOut(second->secret));
  EXPECT_THAT(sessions_->BySecret(second->secret), StatusIs(absl::StatusCode::kUnauthenticated));
  DAFTAR_EXPECT_OK(sessions_->SignOut(second->secret));
}

TEST_F(SessionsTest, ManyAddressesDoNotKeepTheOwnerOut) {
  const NewSession owner = Person("siti", Role::kOwner);
  for (size_t i = 0; i < kUserLimit.failures; ++i) {
    ASSERT_THAT(Try(kShort, "192.0.2." + std::to_string(i)),
                StatusIs(absl::StatusCode::kUnauthenticated));
  }
  EXPECT_THAT(Try(kPassword, "198.51.100.1"),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("wait 3600 seconds")));
  // Even where the attacker goes on from the owner's own address.
  DAFTAR_EXPECT_OK(Try(kPassword, "192.0.2.1", owner.device));
  EXPECT_THAT(Try(kPassword, "198.51.100.1", "dfd_made-up"),
              StatusIs(absl::StatusCode::kResourceExhausted));
  // On a new device the owner has a link made, which nothing keeps from being used.
  auto link = users_.ResetSignIn(node_.Caller(), "siti", "new device");
  DAFTAR_ASSERT_OK(link);
  auto session = sessions_->UseLink((*link)->secret, {}, kOther);
  DAFTAR_ASSERT_OK(session);
  DAFTAR_EXPECT_OK(Try(kOther, "198.51.100.1", session->device));
  EXPECT_THAT(sessions_->BySecret(owner.secret), StatusIs(absl::StatusCode::kUnauthenticated));
  EXPECT_THAT(Try(kOther, "192.0.2.1", owner.device),
              StatusIs(absl::StatusCode::kResourceExhausted))
      << "the mark was forgotten with the rest";
  circle_.clock().Advance(3600);
  DAFTAR_EXPECT_OK(Try(kOther, "198.51.100.1"));
}

TEST_F(SessionsTest, AKnownDeviceIsBoundedToo) {
  const NewSession session = Person("siti", Role::kStaff);
  for (size_t i = 0; i < kDeviceLimit.failures; ++i) {
    ASSERT_THAT(Try(kShort, "192.0.2.1", session.device),
                StatusIs(absl::StatusCode::kUnauthenticated));
  }
  EXPECT_THAT(Try(kPassword, "192.0.2.1", session.device),
              StatusIs(absl::StatusCode::kResourceExhausted));
  DAFTAR_EXPECT_OK(Try(kPassword, "192.0.2.1")) << "strangers have counts of their own";
}

TEST_F(SessionsTest, UnknownTokensAreBoundedByAddressAndKeepNobodyElseOut) {
  Person("siti", Role::kStaff);
  auto made = users_.Add(node_.Caller(), "POS", Role::kStaff, std::nullopt);
  DAFTAR_ASSERT_OK(made);
  for (size_t i = 0; i < kTokenLimit.failures; ++i) {
    ASSERT_THAT(sessions_->SignInByToken("dft_made-up", kHere),
                StatusIs(absl::StatusCode::kUnauthenticated));
  }
  EXPECT_THAT(sessions_->SignInByToken("dft_made-up", kHere),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("wait 3600 seconds")));
  DAFTAR_EXPECT_OK(sessions_->SignInByToken(made->token, kHere)) << "somebody has that one";
  DAFTAR_EXPECT_OK(Try(kPassword, kHere)) << "passwords have counts of their own";
  circle_.clock().Advance(std::chrono::seconds(kTokenLimit.within).count());
  EXPECT_THAT(sessions_->SignInByToken("dft_made-up", kHere),
              StatusIs(absl::StatusCode::kUnauthenticated));
}

TEST_F(SessionsTest, ATokenThatIsKnownIsNotCounted) {
  auto made = users_.Add(node_.Caller(), "POS", Role::kStaff, std::nullopt);
  DAFTAR_ASSERT_OK(made);
  for (size_t i = 0; i <= kTokenLimit.failures; ++i) {
    DAFTAR_ASSERT_OK(sessions_->SignInByToken(made->token, kHere));
  }
}

TEST_F(SessionsTest, ARightPasswordWithoutItsCodeIsBoundedUntilItSignsIn) {
  const NewSession owner = Person("siti", Role::kOwner);
  auto secret = sessions_->BeginSecondFactor(owner.secret, Id(), {});
  DAFTAR_ASSERT_OK(secret);
  DAFTAR_ASSERT_OK(sessions_->ConfirmSecondFactor(owner.secret, Id(), CodeNow(*secret)));
  for (size_t i = 0; i < kHalfwayLimit.failures; ++i) {
    ASSERT_THAT(Try(kPassword, kHere), StatusIs(absl::StatusCode::kFailedPrecondition));
  }
  EXPECT_THAT(Try(kPassword, kHere),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("wait 900 seconds")));
  EXPECT_THAT(Try(kPassword, "192.0.2.2"), StatusIs(absl::StatusCode::kFailedPrecondition));
  circle_.clock().Advance(crypto::kTotpStepSeconds);
  DAFTAR_EXPECT_OK(Try(kPassword, kHere, owner.device, CodeNow(*secret)));
}

TEST_F(SessionsTest, WhoeverFindsAllPlacesTakenIsToldWhenToComeAgain) {
  std::atomic<int> refused{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      // Each a stranger to the others, so that no limit is in the way.
      for (int round = 0; round < 4; ++round) {
        const std::string who = std::to_string(8 * round + i);
        const absl::Status status = Try(kOther, "192.0.2." + who, {}, {}, "u" + who);
        if (absl::IsUnauthenticated(status)) continue;
        EXPECT_THAT(status, StatusIs(absl::StatusCode::kResourceExhausted));
        EXPECT_EQ(RetryAfter(status), kPasswordRetry);
        ++refused;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_GE(refused, 1);
}

TEST_F(SessionsTest, TheRecordTellsOfSignInsPasswordsAndResets) {
  const NewSession session = Person("siti", Role::kStaff);
  DAFTAR_ASSERT_OK(users_.ResetSignIn(node_.Caller(), "siti", "lost the phone"));
  auto page = storage::ReadAudit(node_->store(), node_->vault(), {.limit = 20});
  DAFTAR_ASSERT_OK(page);
  std::multiset<std::string> actions;
  for (const storage::AuditRow& row : page->rows) {
    if (row.object.starts_with("siti")) actions.insert(row.action);
  }
  EXPECT_EQ(actions, (std::multiset<std::string>{"session.sign-in", "user.add", "user.password",
                                                 "user.reset"}));
}

TEST_F(SessionsTest, AResetIsDoneOnceForARequest) {
  LinkFor("siti", Role::kStaff);
  const storage::Caller caller = node_.Caller();
  auto first = users_.ResetSignIn(caller, "siti", "why");
  DAFTAR_ASSERT_OK(first);
  auto again = users_.ResetSignIn(caller, "siti", "why");
  DAFTAR_ASSERT_OK(again);
  EXPECT_FALSE(again->has_value());
  DAFTAR_EXPECT_OK(sessions_->UseLink((*first)->secret, {}, kPassword));
  EXPECT_THAT(users_.ResetSignIn(caller, "budi", "why"),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(users_.ResetSignIn(node_.Caller(), "budi", "why"),
              StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(users_.ResetSignIn(node_.Caller(), "siti", ""),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(CheckPasswordTest, RefusesWhatIsTriedFirst) {
  DAFTAR_EXPECT_OK(CheckPassword("siti", kPassword));
  for (const std::string& password :
       {std::string("siti123456"), std::string("SITI.......1"), std::string("password123"),
        std::string("Qwertyuiop"), std::string("zzzzzzzzzzzz"), std::string("too short"),
        std::string(201, 'a'), std::string("\xff\xff broken text")}) {
    EXPECT_THAT(CheckPassword("siti", password), StatusIs(absl::StatusCode::kInvalidArgument));
  }
}

}  // namespace
}  // namespace daftar::service

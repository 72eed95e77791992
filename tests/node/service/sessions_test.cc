#include "node/service/sessions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "crypto/totp.h"
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
    auto session = sessions_->SignInByToken(made->token);
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
  auto by_token = sessions_->SignInByToken(made->token);
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

TEST(SignInLimitsTest, AddressesCountOverAllUsers) {
  SignInLimits limits;
  Attempt attempt;
  attempt.address = "2001:db8::1";
  for (size_t i = 0; i < kAddressLimit.failures; ++i) {
    attempt.user = "u" + std::to_string(i);
    attempt.at = {static_cast<int64_t>(i)};
    DAFTAR_ASSERT_OK(limits.Begin(attempt));
  }
  attempt.user = "another";
  EXPECT_THAT(limits.Begin(attempt), StatusIs(absl::StatusCode::kResourceExhausted));
  attempt.address = "2001:db8::2";  // of the same /64
  EXPECT_THAT(limits.Begin(attempt), StatusIs(absl::StatusCode::kResourceExhausted));
  attempt.address = "2001:db8:0:1::2";
  DAFTAR_EXPECT_OK(limits.Begin(attempt));
}

TEST(SignInLimitsTest, AStrangerWaitsUntilTheOldestFailureIsLongEnoughAgo) {
  SignInLimits limits;
  Attempt attempt{"siti", true, "192.0.2.1", {}, {0}};
  for (size_t i = 0; i < kStrangerLimit.failures; ++i) {
    DAFTAR_ASSERT_OK(limits.Begin(attempt));
    attempt.at.value += 1000;
  }
  EXPECT_THAT(limits.Begin(attempt),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("wait 895 seconds")));
  attempt.at = {std::chrono::milliseconds(kStrangerLimit.within).count()};
  DAFTAR_EXPECT_OK(limits.Begin(attempt));
  EXPECT_THAT(limits.Begin(attempt), StatusIs(absl::StatusCode::kResourceExhausted));
  limits.TakeBack(attempt);
  DAFTAR_EXPECT_OK(limits.Begin(attempt));
}

TEST(SignInLimitsTest, CountsAreBounded) {
  Attempts attempts(kStrangerLimit);
  for (size_t i = 0; i < kMaxCounted + 10; ++i) {
    attempts.Count(std::to_string(i), {static_cast<int64_t>(i)});
  }
  EXPECT_EQ(attempts.size(), kMaxCounted);
}

TEST(SignInLimitsTest, AMappedAddressIsTheOneItStandsFor) {
  EXPECT_EQ(StrangerOf("::ffff:192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(StrangerOf("192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(StrangerOf("2001:db8::1"), StrangerOf("2001:db8::ffff"));
}

}  // namespace
}  // namespace daftar::service

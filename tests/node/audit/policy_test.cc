#include "node/audit/policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/fakes.h"
#include "tests/support/status_matchers.h"

namespace daftar::audit {
namespace {

using ::daftar::testing::StatusIs;
using ::testing::HasSubstr;

class PolicyTest : public ::testing::Test {
 protected:
  crypto::NoteKey Key(const std::string& name, crypto::KeyType type) {
    return {name, type, crypto::SigningKey::Generate(entropy_).public_key()};
  }
  crypto::NoteKey Log(const std::string& name) { return Key(name, crypto::KeyType::kEd25519); }
  crypto::NoteKey Witness(const std::string& name) {
    return Key(name, crypto::KeyType::kCosignature);
  }
  // "witness a VKEY\nwitness b VKEY\n..." and the keys.
  std::string Witnesses(const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names) {
      keys_.push_back(Witness(name + ".example"));
      text += "witness " + name + " " + keys_.back().ToVkey() + "\n";
    }
    return text;
  }
  void Refused(const std::string& text, const std::string& why) {
    EXPECT_THAT(TlogPolicy::Parse(text),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(why)))
        << text;
  }

  testing::FakeEntropy entropy_;
  std::vector<crypto::NoteKey> keys_;
};

TEST_F(PolicyTest, ReadsLogsWitnessesGroupsAndComments) {
  const crypto::NoteKey log = Log("a.example/daftar");
  const std::string text = "# mine\n\n  \t\nlog\t" + log.ToVkey() + "  https://a.example/log \n" +
                           Witnesses({"w1", "w2", "w3"}) + "group some 2 w1 w2 w3\nquorum some";
  const auto policy = TlogPolicy::Parse(text);
  DAFTAR_ASSERT_OK(policy);
  EXPECT_EQ(policy->LogKeys("a.example/daftar"), std::vector<crypto::NoteKey>{log});
  EXPECT_TRUE(policy->LogKeys("b.example/daftar").empty());
  EXPECT_EQ(policy->known().size(), 4u);
  EXPECT_EQ(policy->WitnessName(keys_[1]), "w2");
  EXPECT_EQ(policy->WitnessName(log), "");
  EXPECT_EQ(policy->quorum_name(), "some");
}

TEST_F(PolicyTest, AQuorumIsOfKeysThatDiffer) {
  const auto policy = TlogPolicy::Parse(Witnesses({"w1", "w2", "w3", "w4"}) +
                                        "group inner any w3 w4\n"
                                        "group outer 2 w1 w2 inner\nquorum outer\n");
  DAFTAR_ASSERT_OK(policy);
  const auto reached = [&](std::vector<size_t> places) {
    std::vector<crypto::NoteKey> witnesses;
    for (const size_t place : places) witnesses.push_back(keys_[place]);
    return policy->IsQuorum(witnesses);
  };
  EXPECT_FALSE(reached({}));
  EXPECT_FALSE(reached({0}));
  EXPECT_FALSE(reached({0, 0}));
  EXPECT_FALSE(reached({2, 3}));
  EXPECT_TRUE(reached({0, 1}));
  EXPECT_TRUE(reached({1, 3}));
}

TEST_F(PolicyTest, NoneAsksForNobody) {
  const auto policy = TlogPolicy::Parse("quorum none\n");
  DAFTAR_ASSERT_OK(policy);
  EXPECT_TRUE(policy->IsQuorum({}));
  EXPECT_FALSE(policy->HasQuorum());
}

TEST_F(PolicyTest, SaysItsQuorumInWords) {
  const std::string witnesses = Witnesses({"w1", "w2", "w3", "w4"});
  const auto text_of = [&](const std::string& rest) {
    const auto policy = TlogPolicy::Parse(witnesses + rest);
    return policy.ok() ? policy->QuorumText() : std::string(policy.status().message());
  };
  EXPECT_EQ(text_of("quorum w2\n"), "w2");
  EXPECT_EQ(text_of("group g all w1 w2\nquorum g\n"), "all of: w1, w2");
  EXPECT_EQ(text_of("group i any w3 w4\ngroup o 2 w1 w2 i\nquorum o\n"),
            "at least 2 of 3: w1, w2, (at least 1 of 2: w3, w4)");
  EXPECT_EQ(text_of("quorum none\n"), "none: the log's own signature is enough");
}

TEST_F(PolicyTest, RefusesWhatItsFormDoesNotHave) {
  const std::string log = "log " + Log("a.example/daftar").ToVkey() + "\n";
  const std::string w = Witnesses({"w1", "w2"});
  Refused("", "quorum");
  Refused(log, "quorum");
  Refused("quorum none\nquorum none\n", "line 2 is a second quorum");
  Refused("quorum none\r\n", "control byte");
  Refused("quorum none\n# \xFF\n", "UTF-8");
  Refused("quorum w1\n" + w, "not defined above");
  Refused(w + "quorum w3\n", "not defined above");
  Refused(w + w + "quorum none\n", "defined already");
  Refused(w + "group w1 any w2\nquorum none\n", "defined already");
  Refused(w + "group none any w2\nquorum none\n", "'none'");
  Refused(w + "group g 0 w1 w2\nquorum g\n", "asks for neither");
  Refused(w + "group g 3 w1 w2\nquorum g\n", "asks for neither");
  Refused(w + "group g 01 w1 w2\nquorum g\n", "asks for neither");
  Refused(w + "group g any\nquorum none\n", "is no 'group");
  Refused(w + "group g all w1 w1\nquorum g\n", "has already");
  Refused(w + "group g all w1\ngroup h all w1 w2\nquorum h\n", "has already");
  Refused(w + "group g all g\nquorum g\n", "not defined above");
  Refused("quorum none x\n", "is no 'quorum");
  Refused("logs x\nquorum none\n", "begins with none of");
  Refused("log x\nquorum none\n", "has no key");
  Refused(log + log + "quorum none\n", "stands there already");
  Refused(std::string(kMaxTlogPolicyBytes + 1, '#'), "more than");
}

TEST_F(PolicyTest, ALogKeyIsNoWitnesssAndNoKeyIsBoth) {
  const crypto::NoteKey log = Log("a.example/daftar");
  const crypto::NoteKey witness = Witness("w.example");
  Refused("witness w " + log.ToVkey() + "\nquorum none\n", "not of type 4");
  Refused("log " + witness.ToVkey() + "\nquorum none\n", "not of type 1");
  crypto::NoteKey posing = log;
  posing.type = crypto::KeyType::kCosignature;
  Refused("log " + log.ToVkey() + "\nwitness w " + posing.ToVkey() + "\nquorum none\n",
          "stands there already");
  std::string forged = log.ToVkey();
  char& digit = forged[forged.find('+') + 1];
  digit = digit == '0' ? '1' : '0';
  Refused("log " + forged + "\nquorum none\n", "key ID");
}

TEST_F(PolicyTest, HasALogTooMany) {
  std::string text;
  for (size_t i = 0; i <= kMaxPolicyLogs; ++i) text += "log x\n";
  // A policy of real keys has fewer bytes than its bound before it has as many logs.
  EXPECT_FALSE(TlogPolicy::Parse(text + "quorum none\n").ok());
}

}  // namespace
}  // namespace daftar::audit

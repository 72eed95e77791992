#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "cli/json.h"
#include "node/evidence/charter.h"
#include "tests/cli/cli_support.h"

namespace daftar::cli {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr char kTemplates[] = DAFTAR_SOURCE_DIR "/deploy/charters/";

std::string Demo() {
  std::ifstream file(std::string(kTemplates) + "demo.toml");
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string HashOf(const std::string& toml) { return evidence::Charter::Parse(toml)->hash.hex(); }

TEST(CharterCheckTest, SaysWhatACharterMeansWithoutANode) {
  const TestFolder folder;
  const std::string file = folder.File("c.toml", Demo());
  const Ran text = RunCli({"charter", "check", file});
  EXPECT_EQ(text.code, kExitOk) << text.err;
  EXPECT_THAT(text.out, StartsWith("The charter is in order.\n\nName "));
  EXPECT_THAT(text.out, HasSubstr(HashOf(Demo())));
  EXPECT_THAT(text.out, HasSubstr("Think twice about"));
  const Ran json = RunCli({"charter", "check", "-", "--output", "json"}, {}, Demo());
  EXPECT_EQ(json.code, kExitOk) << json.err;
  const Json document = Json::parse(json.out);
  EXPECT_EQ(document["file"], "-");
  EXPECT_EQ(document["hash"], HashOf(Demo()));
  EXPECT_EQ(document["reasons"].size(), 7u);
  EXPECT_FALSE(document["warnings"].empty());
}

TEST(CharterCheckTest, TellsEveryFaultWithItsPlace) {
  const TestFolder folder;
  std::string toml = Demo();
  toml.replace(toml.find("tick_ms = 1000"), 14, "tick_ms = 1");
  const std::string file = folder.File("c.toml", toml + "proof = true\n");
  const Ran text = RunCli({"charter", "check", file});
  EXPECT_EQ(text.code, kExitData);
  EXPECT_EQ(text.out, "");
  EXPECT_THAT(text.err, StartsWith("daftar: the charter cannot be used: 2 faults\n" + file + ":"));
  EXPECT_THAT(text.err, HasSubstr(":11: 'tick_ms' must be a whole number from 100"));
  EXPECT_THAT(text.err, HasSubstr("'reasons.agreement-broken.proof' must be a list of at most 7"));
  const Ran json = RunCli({"charter", "check", file, "--output", "json"});
  EXPECT_EQ(json.code, kExitData);
  EXPECT_EQ(Json::parse(json.err)["error"]["faults"].size(), 2u);
  EXPECT_EQ(RunCli({"charter", "check", folder.path() + "/none.toml"}).code, kExitNotFound);
  EXPECT_EQ(RunCli({"charter", "check"}).code, kExitUsage);
}

// Nobody runs a template by mistake, and nothing else is wrong with it.
TEST(CharterCheckTest, NamesTheCircleAsTheOneThingATemplateLacks) {
  for (const char* name : {"indonesia.toml", "malaysia.toml", "strict.toml"}) {
    const Ran ran = RunCli({"charter", "check", std::string(kTemplates) + name});
    EXPECT_EQ(ran.code, kExitData) << name;
    EXPECT_THAT(ran.err, StartsWith("daftar: the charter cannot be used: 1 fault\n"));
    EXPECT_THAT(ran.err, HasSubstr("'circle' is still the template's: put an id of the circle's "
                                   "own there, the 32 digits that openssl rand -hex 16 prints"));
  }
}

class CharterCommandTest : public ::testing::Test {
 protected:
  CharterCommandTest() {
    node_.get_charter = [this](const v1::GetCharterRequest& request,
                               v1::GetCharterResponse& response) {
      asked_ = request.hash();
      response = Proto<v1::GetCharterResponse>(
          "in_force: true adopted { hash: 'bb' name: 'New' adopted_at: 'T2' } adopted { hash: 'aa' "
          "name: 'Demo' adopted_at: 'T1' stated_at: 'T1' entry: 1 in_force: true } "
          "partners { origin: 'b.test' name: 'B' charter: 'aa' same: true adopted: true } "
          "partners { origin: 'c.test' name: 'C' charter: 'bb' adopted: true } "
          "partners { origin: 'd.test' name: 'D' charter: 'cc' } "
          "partners { origin: 'e.test' name: 'E' }");
      response.set_toml(toml_);
      response.set_hash("aa");
      return grpc::Status::OK;
    };
    node_.adopt_charter = [this](const v1::AdoptCharterRequest& request,
                                 v1::AdoptCharterResponse& response) {
      adopted_ = request;
      response.mutable_charter()->set_hash("bb");
      response.mutable_charter()->set_name("New");
      return grpc::Status::OK;
    };
  }
  FakeNode node_;
  std::string toml_ = Demo();
  std::string asked_;
  v1::AdoptCharterRequest adopted_;
};

TEST_F(CharterCommandTest, ShowSaysWhatIsInForceAndWherePartnersStand) {
  const Ran text = node_.Run({"charter", "show"});
  EXPECT_EQ(text.code, kExitOk) << text.err;
  EXPECT_EQ(asked_, "");
  EXPECT_THAT(text.out, StartsWith("In force here.\n"));
  EXPECT_THAT(text.out, HasSubstr("What may be shared"));
  EXPECT_THAT(text.out, HasSubstr("bb       New   T2              waits for the next tick\n"));
  EXPECT_THAT(text.out, HasSubstr("aa       Demo  T1       #1     in force\n"));
  EXPECT_THAT(text.out, HasSubstr("b.test  B     the same "));
  EXPECT_THAT(text.out,
              HasSubstr("c.test  C     an earlier or later one; its reports count here "));
  EXPECT_THAT(text.out, HasSubstr("d.test  D     another one; its reports do not count here "));
  EXPECT_THAT(text.out, EndsWith("not known yet\n"));
  const Json json = Json::parse(node_.Run({"charter", "show", "aa", "--output", "json"}).out);
  EXPECT_EQ(asked_, "aa");
  EXPECT_EQ(json["adopted"][0].dump(), R"({"hash":"bb","name":"New","adopted_at":"T2",)"
                                       R"("stated_at":null,"entry":null,"in_force":false})");
  EXPECT_EQ(json["partners"][3].dump(), R"({"origin":"e.test","name":"E","charter":null,)"
                                        R"("same":false,"adopted":false})");
  EXPECT_EQ(json["toml"], toml_);
  EXPECT_EQ(json["in_force"], true);
}

TEST_F(CharterCommandTest, ShowGivesTheFileByteForByte) {
  EXPECT_EQ(node_.Run({"charter", "show", "--toml"}).out, toml_);
}

TEST_F(CharterCommandTest, ACharterOfALaterVersionIsNotShownInPart) {
  toml_ = "version = 2\n";
  const Ran ran = node_.Run({"charter", "show"});
  EXPECT_EQ(ran.code, kExitInternal);
  EXPECT_EQ(ran.out, "");
  EXPECT_THAT(ran.err, HasSubstr("use the daftar of its version"));
  EXPECT_EQ(node_.Run({"charter", "show", "--toml"}).out, toml_);
}

TEST_F(CharterCommandTest, AdoptSendsTheFileAndTheReason) {
  const TestFolder folder;
  const std::string file = folder.File("c.toml", Demo());
  const Ran ran = node_.Run({"charter", "adopt", file, "--because", "agreed in May"});
  EXPECT_EQ(ran.code, kExitOk) << ran.err;
  EXPECT_EQ(adopted_.toml(), Demo());
  EXPECT_EQ(adopted_.because(), "agreed in May");
  EXPECT_FALSE(adopted_.request_id().empty());
  EXPECT_THAT(ran.out, StartsWith("Adopted bb (\"New\"). It comes into force with the next tick."));
  EXPECT_EQ(node_.Run({"charter", "adopt", file}).code, kExitUsage);
}

TEST_F(CharterCommandTest, AdoptSendsNoFileThatIsNoCharter) {
  const TestFolder folder;
  const Ran ran =
      node_.Run({"charter", "adopt", folder.File("c.toml", "version = 1\n"), "--because", "x"});
  EXPECT_EQ(ran.code, kExitData);
  EXPECT_THAT(ran.err, HasSubstr("'circle' is missing"));
  EXPECT_EQ(adopted_.toml(), "");
}

}  // namespace
}  // namespace daftar::cli

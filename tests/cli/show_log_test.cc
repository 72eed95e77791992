#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "cli/show_node.h"
#include "tests/cli/cli_support.h"

namespace daftar::cli {
namespace {

using ::testing::HasSubstr;

TEST(ShowLogTest, HeadIsTheNoteByteForByte) {
  v1::GetLogHeadResponse head;
  head.set_note("toko-a.test\n3\nroot=\n\n— toko-a.test AAAA\n");
  std::ostringstream out;
  Print(out, head);
  EXPECT_EQ(out.str(), head.note());
  EXPECT_EQ(ToJson(head)["note"], head.note());
}

TEST(ShowLogTest, InvalidSignatureStandsOut) {
  const std::vector<v1::LogEntry> entries{Proto<v1::LogEntry>(R"pb(index: 0
                                                                   kind: "KEYS"
                                                                   issued_at: "t"
                                                                   commitment: "aa"
                                                                   has_body: true
                                                                   signature_valid: true)pb"),
                                          Proto<v1::LogEntry>(R"pb(index: 1
                                                                   kind: "ERASURE"
                                                                   issued_at: "t"
                                                                   about: 0
                                                                   ground: "paid")pb")};
  std::ostringstream out;
  PrintLog(out, 2, entries);
  EXPECT_EQ(out.str(),
            "INDEX  KIND     ABOUT  ISSUED  GROUND  SIGNATURE  BODY  COMMITMENT\n"
            "0      KEYS            t               valid      yes   aa\n"
            "1      ERASURE  #0     t       paid    INVALID    -\n"
            "The log has 2 entries.\n");
  EXPECT_EQ(LogJson("", 2, entries)["entries"][1]["about"], 0);
  EXPECT_TRUE(LogJson("", 2, entries)["entries"][0]["about"].is_null());
}

TEST(ShowLogTest, AnErasureNeverHadABodyThatCouldBeErased) {
  const std::vector<v1::LogEntry> entries{Proto<v1::LogEntry>("kind: 'REPORT'"),
                                          Proto<v1::LogEntry>("kind: 'ERASURE' about: 0")};
  std::ostringstream out;
  PrintLog(out, 2, entries);
  EXPECT_THAT(out.str(), HasSubstr("INVALID    erased\n"));
  EXPECT_THAT(out.str(), HasSubstr("INVALID    -\n"));
}

}  // namespace
}  // namespace daftar::cli
